//! Planning and inserting.

use std::time::Instant;

use shared::{NewJob, NewSweep, Store};

use super::rig::{Options, Rig, job, open};

/// Plans the sweep that the rest is measured on. Checking parameters and deriving ids are part of it.
pub async fn measure(rig: &Rig, options: &Options) -> Store {
    let url = rig.fresh("large.db").await;
    let store = open(&url).await;
    let sweep = NewSweep::new("large", "", 1);
    let started = Instant::now();
    let jobs: Vec<NewJob> = (0..options.jobs).map(job).collect();
    let planned = started.elapsed().as_secs_f64();
    store.submit(&sweep, &jobs, &[]).await.expect("submits");
    let what = format!("planning and inserting {} jobs", options.jobs);
    rig.line(&what, started.elapsed().as_secs_f64(), "s");
    rig.line("of which checking parameters", planned, "s");
    let started = Instant::now();
    store.submit(&sweep, &jobs, &[]).await.expect("submits");
    let what = format!("submitting the same {} jobs again", options.jobs);
    rig.line(&what, started.elapsed().as_secs_f64(), "s");
    store
}
