//! A database that can be read but not written is refused before any work is done for it.

use shared::testing::PostgresCluster;

use crate::disk::Disk;
use crate::fleet::{Fleet, PATIENCE, STEPS};
use crate::support::{Sandbox, block_on};

fn expect_reading_only(fleet: &Fleet) {
    let sandbox = &fleet.sandbox;
    for command in [
        ["run", "sweep.yaml"].as_slice(),
        &["submit", "sweep.yaml"],
        &["worker", "--drain"],
        &["pause", "faults"],
    ] {
        sandbox
            .run(command)
            .expect_refusal(&["is read-only", "make it", "--database"]);
    }
    for command in [["status"].as_slice(), &["query", "SELECT * FROM runs"]] {
        sandbox.run(command).expect_exit(0);
    }
    fleet.expect_complete();
}

#[test]
fn a_sqlite_file_on_a_read_only_disk() {
    let disk = Disk::new(16 * 1024);
    let url = format!("sqlite://{}", disk.path().join("driftsweep.db").display());
    let fleet = Fleet::submitted(Sandbox::on(&url), &url, "SQLite", 2, STEPS);
    fleet.worker().expect_success(PATIENCE);
    disk.make_read_only();
    expect_reading_only(&fleet);
    disk.make_writable();
    fleet.sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
}

#[test]
fn a_postgres_database_that_takes_no_writes() {
    let cluster = PostgresCluster::shared();
    let fleet = Fleet::on_postgres(cluster, 2, STEPS);
    fleet.worker().expect_success(PATIENCE);
    let name = fleet.url.rsplit('/').next().expect("a name");
    let set = |value| {
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}");
        block_on(cluster.administer(&sql));
    };
    set("on");
    expect_reading_only(&fleet);
    set("off");
    fleet.sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
}
