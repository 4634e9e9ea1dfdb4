//! A program older than the database's schema refuses to touch it, and says what to do.

use shared::testing::{PostgresCluster, tamper};

use crate::fleet::{Fleet, STEPS};
use crate::support::block_on;

const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, \
     execution_time) SELECT 999, 'later', installed_on, success, checksum, execution_time \
     FROM _sqlx_migrations WHERE version = 1";

fn expect_refusal(fleet: &Fleet, url: &str) {
    block_on(tamper(url, LATER));
    for command in [
        ["run", "sweep.yaml"].as_slice(),
        &["submit", "sweep.yaml"],
        &["migrate"],
        &["worker", "--drain"],
        &["status"],
        &["query", "SELECT 1"],
        &["pause", "faults"],
    ] {
        let finished = fleet.sandbox.run(command);
        finished.expect_refusal(&["schema version 999", "use the newer driftsweep"]);
    }
    block_on(tamper(
        url,
        "DELETE FROM _sqlx_migrations WHERE version = 999",
    ));
    assert_eq!(
        fleet.count("jobs WHERE state = 'queued' AND epoch = 0"),
        2,
        "nothing was touched"
    );
}

#[test]
fn than_a_sqlite_file() {
    let fleet = Fleet::on_sqlite(2, STEPS);
    let url = format!("sqlite://{}", fleet.sandbox.path("driftsweep.db").display());
    expect_refusal(&fleet, &url);
}

#[test]
fn than_a_postgres_schema() {
    let fleet = Fleet::on_postgres(PostgresCluster::shared(), 2, STEPS);
    expect_refusal(&fleet, &fleet.url);
}
