//! What every store must do, on SQLite and on PostgreSQL alike. A scenario is a function of a
//! [`Bench`]; `scenarios!` makes two tests of each.

mod auditing;
mod authority;
mod bench;
mod checkpointing;
mod claiming;
mod contending;
mod encrypting;
mod excluding;
mod failing;
mod finishing;
mod migrating;
mod opening;
mod overrunning;
mod postgres;
mod reading;
mod reaping;
mod reporting;
mod steering;
mod submitting;
mod totalling;

/// Runs each scenario on both databases.
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() { super::$name(crate::bench::Bench::sqlite()).await; })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() { super::$name(crate::bench::Bench::postgres().await).await; })+
        }
    };
}
use scenarios;
