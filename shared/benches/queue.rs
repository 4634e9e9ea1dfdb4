//! What the queue costs, on SQLite and on a private PostgreSQL: no-op jobs claimed and completed a second,
//! with fencing, attempts and results; planning and inserting; what people look at, at that size; what
//! heartbeats leave behind.
//!
//! `cargo bench -p driftsweep-shared --bench queue -- [--jobs N] [--rounds N] [--seconds S] [--at-once 1|16|64]
//! [--workers 1|4|16|64] [sqlite|postgres] [throughput|large]`,
//! by default a million jobs, medians of 5, two seconds a measurement. Files lie in the temporary folder, or in
//! `TMPDIR`; PostgreSQL is durable (fsync on). Workers are connections of this process.

mod queue {
    pub mod bare;
    pub mod heartbeats;
    pub mod plan;
    pub mod reading;
    pub mod rig;
    pub mod throughput;
}

use queue::rig::{Kind, Options, Rig};

fn main() {
    let options = Options::from_arguments();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("| database | what | | unit |\n|---|---|---:|---|");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if options.wants(kind) {
            runtime.block_on(measure(kind, &options));
        }
    }
}

async fn measure(kind: Kind, options: &Options) {
    let rig = Rig::new(kind).await;
    if options.throughput {
        queue::throughput::measure(&rig, options).await;
    }
    if !options.large {
        return;
    }
    let store = queue::plan::measure(&rig, options).await;
    queue::reading::finish_half(&store, options).await;
    queue::reading::measure(&rig, &store, options).await;
    queue::heartbeats::measure(&rig, &store, options).await;
}
