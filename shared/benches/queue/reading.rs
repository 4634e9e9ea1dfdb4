//! What people look at, with half of the jobs finished.

use shared::{Finished, Store};
use simulation::RunResult;
use uuid::Uuid;

use super::rig::{Options, Rig, cost, milliseconds, result, up_to};

/// Finishes half of the jobs; some fail, some are left running.
pub async fn finish_half(store: &Store, options: &Options) {
    let (worker, cost) = (Uuid::now_v7(), cost());
    let mut done = 0;
    while done < options.jobs / 2 {
        let claims = store.claim(worker, &up_to(500)).await.expect("claims");
        let results: Vec<RunResult> = claims
            .iter()
            .map(|claim| result(claim.parameters.seed))
            .collect();
        let finished: Vec<Finished<'_>> = claims
            .iter()
            .zip(&results)
            .map(|(claim, result)| (&claim.ticket, result, &cost))
            .collect();
        store.complete_all(&finished).await.expect("completes");
        done += claims.len() as u64;
    }
    for (index, claim) in (store
        .claim(worker, &up_to(64))
        .await
        .expect("claims")
        .iter())
    .enumerate()
    {
        if index % 2 == 0 {
            store.fail(&claim.ticket, "broke").await.expect("fails");
        }
    }
}

pub async fn measure(rig: &Rig, store: &Store, options: &Options) {
    let status = milliseconds(options.rounds, |_| async {
        store.status(Some("large")).await.expect("counts");
    });
    rig.line("status", status.await, "ms");
    let failures = milliseconds(options.rounds, |_| async {
        store.failures("large", 5).await.expect("lists");
    });
    rig.line("status: its failures", failures.await, "ms");
    for (what, sql) in [
        (
            "sweep_summary",
            "SELECT * FROM sweep_summary WHERE sweep = 'large'".to_owned(),
        ),
        ("runs: the first 100", page("", 0)),
        (
            "runs: 100 in the middle, by id",
            page("AND job_id > '8'", 0),
        ),
        ("runs: 100 after 1000", page("", 1_000)),
        (
            "runs: one job",
            "SELECT * FROM runs WHERE job_id = (SELECT max(id) FROM jobs)".to_owned(),
        ),
        (
            "counting runs by outcome, row by row",
            "SELECT outcome, count(*) FROM runs GROUP BY outcome".to_owned(),
        ),
    ] {
        let sql = sql.as_str();
        let taken = milliseconds(options.rounds, |_| async move {
            let table = store.query(sql).await.expect("reads");
            assert!(!table.rows.is_empty());
        });
        rig.line(what, taken.await, "ms");
    }
}

fn page(condition: &str, skipped: u32) -> String {
    format!(
        "SELECT * FROM runs WHERE sweep = 'large' {condition} ORDER BY job_id LIMIT 100 OFFSET {skipped}"
    )
}
