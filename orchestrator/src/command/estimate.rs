//! The cost model that a command estimates with.

use shared::{Purpose, Store};

use super::store_failure;
use crate::cost::{CostModel, Observation};
use crate::failure::Failure;

/// More finished jobs than this teach nothing new.
const OBSERVATIONS_MAX: u32 = 1_000;

/// Fewer of this host than this, and other hosts' jobs count as well.
const OBSERVATIONS_MIN: usize = 8;

/// What the jobs in the database teach, those of this host if there are some.
pub(super) async fn from_store(store: &Store) -> Result<CostModel, Failure> {
    let host = worker::host_name();
    let mut costs = store
        .finished_costs(Some(&host), OBSERVATIONS_MAX)
        .await
        .map_err(store_failure)?;
    if costs.len() < OBSERVATIONS_MIN {
        costs = store
            .finished_costs(None, OBSERVATIONS_MAX)
            .await
            .map_err(store_failure)?;
    }
    let finished: Vec<Observation> = costs
        .into_iter()
        .map(|cost| Observation {
            parameters: cost.parameters,
            seconds: cost.wall_seconds,
        })
        .collect();
    Ok(CostModel::of_this_machine(&finished))
}

/// The same, of a database that may not be there yet.
pub(super) async fn from_database(database: &str) -> CostModel {
    match Store::open(database, Purpose::Read).await {
        Ok(store) => from_store(&store).await.unwrap_or_else(|error| {
            tracing::debug!("estimating without the database: {error}");
            CostModel::of_this_machine(&[])
        }),
        Err(error) => {
            tracing::debug!("estimating without the database: {error}");
            CostModel::of_this_machine(&[])
        }
    }
}
