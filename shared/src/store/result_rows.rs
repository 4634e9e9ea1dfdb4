//! A result as rows of tables.

use simulation::{FullSpectrum, Measurement, Position, RunResult, Spectrum, UnitActivity};

use super::complete::Finished;
use super::place_code::{bin_row, map_row, pair_row, place_row};
use super::sql;
use super::together::Write;
use super::value::{Argument, arguments};
use crate::Ticket;

/// The statements that end attempts and write down what came with their results.
pub(super) fn writes(finished: &[Finished<'_>]) -> Vec<Write> {
    vec![
        Write::rows(
            sql!("finish_attempts.sql"),
            finished.iter().map(attempt_row).collect(),
        ),
        Write::rows(
            sql!("insert_trajectory.sql"),
            rows_of(finished, |result| &result.trajectory, trajectory_row),
        ),
        Write::rows(
            sql!("insert_unit_activity.sql"),
            rows_of(finished, |result| &result.unit_activity, activity_row),
        ),
        Write::rows(
            sql!("insert_spectra.sql"),
            rows_of(finished, |result| &result.spectra, spectrum_row),
        ),
        Write::rows(
            sql!("insert_eigenvalues.sql"),
            rows_of(finished, |result| &result.eigenvalues, eigenvalues_row),
        ),
        Write::rows(
            sql!("insert_positions.sql"),
            rows_of(finished, |result| &result.positions, position_row),
        ),
        Write::rows(
            sql!("insert_place_bins.sql"),
            rows_of(finished, |result| &result.place_code.bins, bin_row),
        ),
        Write::rows(
            sql!("insert_place_code.sql"),
            rows_of(finished, |result| &result.place_code.snapshots, place_row),
        ),
        Write::rows(
            sql!("insert_place_correlations.sql"),
            rows_of(finished, |result| &result.place_code.correlations, pair_row),
        ),
        Write::rows(
            sql!("insert_rate_maps.sql"),
            rows_of(finished, |result| &result.place_code.rate_maps, map_row),
        ),
    ]
}

/// The rows of one kind that results bring along, each behind its job's id.
fn rows_of<T>(
    finished: &[Finished<'_>],
    list: fn(&RunResult) -> &Vec<T>,
    row: fn(&T) -> Vec<Argument>,
) -> Vec<Vec<Argument>> {
    let mut rows = Vec::new();
    for (ticket, result, _) in finished {
        for item in list(result) {
            let mut values = job_row(ticket);
            values.extend(row(item));
            rows.push(values);
        }
    }
    rows
}

pub(super) fn job_row(ticket: &Ticket) -> Vec<Argument> {
    arguments![ticket.job_id.0.as_str()]
}

pub(super) fn attempt_row((ticket, result, cost): &Finished<'_>) -> Vec<Argument> {
    arguments![
        ticket.job_id.0.as_str(),
        ticket.epoch,
        result.digest.0.as_str(),
        cost.wall_seconds,
        cost.host.as_str(),
        cost.code_version.as_str(),
    ]
}

pub(super) fn result_row((ticket, result, cost): &Finished<'_>) -> Vec<Argument> {
    let summary = &result.summary;
    arguments![
        ticket.job_id.0.as_str(),
        ticket.epoch,
        result.outcome.name(),
        result.steps_done.cast_signed(),
        number(summary.loss_final),
        number(summary.active_fraction_initial),
        number(summary.active_fraction_final),
        number(summary.normalized_active_fraction),
        number(summary.fraction_active_units_initial),
        number(summary.fraction_active_units_final),
        number(summary.normalized_fraction_active_units),
        summary.timescale_fit.name(),
        number(summary.sparsification_timescale),
        number(summary.log10_tau),
        summary.converged_step.map(u64::cast_signed),
        summary.directed_drift_end_step.map(u64::cast_signed),
        number(summary.hessian_trace_ratio),
        number(summary.hessian_max_ratio),
        number(summary.hessian_nonzero_fraction),
        number(summary.spatial_information_ratio),
        result.engine.as_str(),
        result.digest.0.as_str(),
        cost.wall_seconds,
        cost.host.as_str(),
        cost.code_version.as_str(),
    ]
}

fn trajectory_row(point: &Measurement) -> Vec<Argument> {
    arguments![
        point.step.cast_signed(),
        number(Some(point.loss)),
        number(Some(point.active_fraction)),
        number(Some(point.fraction_active_units)),
    ]
}

fn activity_row(snapshot: &UnitActivity) -> Vec<Argument> {
    let counts = serde_json::to_string(&snapshot.active_samples).expect("whole numbers are JSON");
    arguments![snapshot.step.cast_signed(), counts]
}

fn spectrum_row(spectrum: &Spectrum) -> Vec<Argument> {
    let values = spectrum.eigenvalues.as_ref();
    arguments![
        spectrum.step.cast_signed(),
        number(Some(spectrum.trace)),
        values.map(|values| i64::from(values.exact)),
        number(values.map(|values| values.largest)),
        values.map(|values| i64::from(values.positive)),
        values.map(|values| i64::from(values.negative)),
        number(values.map(|values| values.nonzero_fraction)),
        number(values.map(|values| values.nonzero_tol)),
        number(values.map(|values| values.log_sum)),
    ]
}

fn eigenvalues_row(spectrum: &FullSpectrum) -> Vec<Argument> {
    let values = serde_json::to_string(&spectrum.eigenvalues).expect("numbers are JSON");
    arguments![spectrum.step.cast_signed(), values]
}

fn position_row(position: &Position) -> Vec<Argument> {
    arguments![
        position.step.cast_signed(),
        number(Some(position.x)),
        number(Some(position.y)),
    ]
}

/// What is not a finite number is NULL: SQLite turns NaN into that by itself, PostgreSQL would
/// keep it and spoil every mean.
pub(super) fn number(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
