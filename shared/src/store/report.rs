//! What a report, or a methods section, reads: named statements over some sweeps, all of one moment.

use super::transaction::Transaction;
use super::{Store, sql};
use crate::{StoreError, Table};

/// A statement of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportView {
    /// Tasks, algorithms and noises of the analysed runs.
    Census,
    /// Jobs by state, outcome and the rule that excludes them.
    Attrition,
    /// Activity along every analysed run.
    Curves,
    /// Summary values of every analysed run.
    Finals,
    /// Summary values of runs on problems whose update noise alone was varied, by its size.
    NoiseScan,
    /// Activity and loss along runs with update or label noise.
    ComparisonCurves,
    /// Spectra along runs with update or label noise.
    ComparisonSpectra,
    /// Trace of the Hessian along one run with label noise and its twin with update noise.
    TraceExample,
    /// Ends of the phases of every analysed run.
    Phases,
    /// Loss and activity along the corridor's runs.
    CorridorCurves,
    /// Parameters of the corridor's runs, from which their data can be made again.
    CorridorParameters,
    /// Spatial information along the corridor's runs.
    CorridorPlaceCode,
    /// Rate maps of one run of the corridor.
    CorridorRateMaps,
    /// Correlation of rate maps between snapshots of one run of the corridor.
    CorridorCorrelations,
    /// Loss and activity along runs with similarity matching.
    RingCurves,
    /// Correlation of population vectors between snapshots along runs with similarity matching.
    RingCorrelations,
    /// Where walkers in valleys were.
    ValleyPaths,
    /// Two whole spectra of one run.
    Eigenvalues,
    /// Correlation of population vectors between snapshots, over runs with update or label noise.
    ComparisonCorrelations,
    /// Spatial information along runs with update or label noise.
    ComparisonPlaceCode,
    /// Summary values and parameters of every job, for a published table.
    ReferenceRuns,
    /// Jobs by everything that is a choice among names.
    MethodsConditions,
    /// Smallest and largest value of every size, rate, noise and length, by algorithm and noise.
    MethodsRanges,
    /// Results and their cost by machine and version of the program.
    MethodsHardware,
    /// Seeds of the sweeps and of their jobs.
    MethodsSeeds,
}

impl ReportView {
    /// Every statement.
    pub const ALL: &[Self] = &[
        Self::Census,
        Self::Attrition,
        Self::Curves,
        Self::Finals,
        Self::NoiseScan,
        Self::ComparisonCurves,
        Self::ComparisonSpectra,
        Self::TraceExample,
        Self::Phases,
        Self::CorridorCurves,
        Self::CorridorParameters,
        Self::CorridorPlaceCode,
        Self::CorridorRateMaps,
        Self::CorridorCorrelations,
        Self::RingCurves,
        Self::RingCorrelations,
        Self::ValleyPaths,
        Self::Eigenvalues,
        Self::ComparisonCorrelations,
        Self::ComparisonPlaceCode,
        Self::ReferenceRuns,
        Self::MethodsConditions,
        Self::MethodsRanges,
        Self::MethodsHardware,
        Self::MethodsSeeds,
    ];

    fn statement(self) -> &'static str {
        match self {
            Self::Census => sql!("report/census.sql"),
            Self::Attrition => sql!("report/attrition.sql"),
            Self::Curves => sql!("report/curves.sql"),
            Self::Finals => sql!("report/finals.sql"),
            Self::NoiseScan => sql!("report/noise_scan.sql"),
            Self::ComparisonCurves => sql!("report/comparison_curves.sql"),
            Self::ComparisonSpectra => sql!("report/comparison_spectra.sql"),
            Self::TraceExample => sql!("report/trace_example.sql"),
            Self::Phases => sql!("report/phases.sql"),
            Self::CorridorCurves => sql!("report/corridor_curves.sql"),
            Self::CorridorParameters => sql!("report/corridor_parameters.sql"),
            Self::CorridorPlaceCode => sql!("report/corridor_place_code.sql"),
            Self::CorridorRateMaps => sql!("report/corridor_rate_maps.sql"),
            Self::CorridorCorrelations => sql!("report/corridor_correlations.sql"),
            Self::RingCurves => sql!("report/ring_curves.sql"),
            Self::RingCorrelations => sql!("report/ring_correlations.sql"),
            Self::ValleyPaths => sql!("report/valley_paths.sql"),
            Self::Eigenvalues => sql!("report/eigenvalues.sql"),
            Self::ComparisonCorrelations => sql!("report/comparison_correlations.sql"),
            Self::ComparisonPlaceCode => sql!("report/comparison_place_code.sql"),
            Self::ReferenceRuns => sql!("report/reference_runs.sql"),
            Self::MethodsConditions => sql!("report/methods_conditions.sql"),
            Self::MethodsRanges => sql!("report/methods_ranges.sql"),
            Self::MethodsHardware => sql!("report/methods_hardware.sql"),
            Self::MethodsSeeds => sql!("report/methods_seeds.sql"),
        }
    }
}

/// Rows, and the statement that found them, ready to be run again by `driftsweep query`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The statement as it was run.
    pub sql: String,
    /// What it returned.
    pub table: Table,
}

/// One state of the database: what it answers adds up, however long it is asked, while workers go
/// on writing.
pub struct Snapshot {
    transaction: Transaction,
    sweeps: Vec<String>,
}

impl Store {
    /// Begins to read about some sweeps.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn snapshot(&self, sweeps: &[String]) -> Result<Snapshot, StoreError> {
        let mut transaction = self.read("reading for a report").await?;
        for sweep in sweeps {
            super::status::known_sweep(&mut transaction, sweep).await?;
        }
        Ok(Snapshot {
            transaction,
            sweeps: sweeps.to_vec(),
        })
    }
}

impl Snapshot {
    /// Runs a statement over some of the snapshot's sweeps.
    ///
    /// # Errors
    /// The database's.
    ///
    /// # Panics
    /// If a sweep is not of those that the snapshot was begun with, and so may hold a quote.
    pub async fn report(
        &mut self,
        view: ReportView,
        sweeps: &[String],
    ) -> Result<Answer, StoreError> {
        assert!(sweeps.iter().all(|sweep| self.sweeps.contains(sweep)));
        let names: Vec<String> = sweeps.iter().map(|name| format!("'{name}'")).collect();
        // Submission checked the names: they hold no quotes.
        let sql = view.statement().replace("{sweeps}", &names.join(", "));
        let table = self.transaction.table(&sql).await?;
        Ok(Answer { sql, table })
    }

    /// Gives the connection back. Dropping the snapshot closes it instead.
    ///
    /// # Errors
    /// The database's.
    pub async fn end(self) -> Result<(), StoreError> {
        self.transaction.commit().await
    }
}
