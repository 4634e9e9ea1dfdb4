//! The same parameters give the same bits, whatever the number of slots.

use crate::support::{Sandbox, block_on, short_sweep};

#[test]
fn digests_do_not_depend_on_the_number_of_slots() {
    let digests = ["1", "2", "5"].map(|slots| {
        let sandbox = Sandbox::new();
        sandbox.write("sweep.yaml", &short_sweep("slots", 10, 20_000));
        sandbox
            .run(&["run", "sweep.yaml", "--slots", slots])
            .expect_exit(0);
        sandbox.digests()
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}

#[test]
fn a_job_can_be_reproduced_and_a_forged_digest_is_noticed() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("again", 1, 20_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    let job = sandbox.value("SELECT job_id FROM runs");
    let job = job.as_str().expect("text");
    let finished = sandbox.run(&["reproduce", job]);
    finished.expect_exit(0);
    assert!(finished.stdout().contains("equal"));
}

#[test]
fn running_again_inserts_nothing_and_an_edited_sweep_adds_what_is_new() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("extended", 3, 2_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    let before = sandbox.digests();
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    assert_eq!(sandbox.digests(), before);
    sandbox.write("sweep.yaml", &short_sweep("extended", 5, 2_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    assert_eq!(sandbox.digests().len(), 5);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM attempts"),
        5,
        "no job ran twice"
    );
    sandbox.write("sweep.yaml", &short_sweep("extended", 2, 2_000));
    let finished = sandbox.run(&["run", "sweep.yaml"]);
    finished.expect_exit(0);
    assert!(
        finished.stderr().contains("3 jobs are no longer named"),
        "{}",
        finished.stderr()
    );
    assert_eq!(sandbox.digests().len(), 5, "nothing was deleted");
}

/// Runs one job of the sandbox's database and records its result under another digest.
async fn record_forged(database: &str) -> String {
    let store = shared::Store::open(database, shared::Purpose::Use)
        .await
        .expect("opens");
    let request = shared::ClaimRequest {
        sweep: None,
        limit: 1,
        lease_ms: 90_000,
        remaining_seconds: None,
    };
    let claims = store
        .claim(uuid::Uuid::now_v7(), &request)
        .await
        .expect("claims");
    let mut simulation = simulation::Simulation::new(&claims[0].parameters, None).expect("starts");
    simulation.advance(u64::MAX);
    let mut result = simulation.finish();
    result.digest.0 = "forged".to_owned();
    let cost = shared::RunCost {
        wall_seconds: 1.0,
        host: "forge".to_owned(),
        code_version: "0".to_owned(),
    };
    let ticket = &claims[0].ticket;
    store
        .complete(ticket, &result, &cost)
        .await
        .expect("completes");
    store.close().await;
    ticket.job_id.0.clone()
}

#[test]
fn an_audit_names_the_job_whose_bits_differ() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("audited", 6, 2_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    let database = format!("sqlite://{}", sandbox.path("driftsweep.db").display());
    let forged = block_on(record_forged(&database));
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    let all = [
        "audit", "audited", "--sample", "100%", "--slots", "2", "--format", "json",
    ];
    let audited = sandbox.run(&all);
    audited.expect_exit(1);
    let said = audited.stderr();
    assert!(
        said.contains("1 of 6 jobs run again here gave other bits"),
        "{said}"
    );
    let rows: serde_json::Value = serde_json::from_str(&audited.stdout()).expect("JSON");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), 6);
    for row in rows {
        let equal = if row["job_id"] == forged.as_str() {
            "no"
        } else {
            "yes"
        };
        assert_eq!(row["equal"], equal);
    }
    assert_eq!(sandbox.value("SELECT count(*) FROM audits"), 6);
    let shown = sandbox.run(&["status", "audited"]).stdout();
    let alarm = format!("job {forged}: DIFFERENT BITS: forged on forge (");
    assert!(shown.contains(&alarm), "{shown}");
    // A sample without that job is none the wiser.
    let some = sandbox.run(&["audit", "audited", "--sample", "1%", "--format", "csv"]);
    assert_eq!(some.stdout().lines().count(), 2);
}
