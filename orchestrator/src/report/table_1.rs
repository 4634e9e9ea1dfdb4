//! Table 1: how many runs went through which of the three phases, and for how long.

use std::collections::BTreeMap;

use shared::Answer;

use super::figure::{Comparison, Drawn, Figure, Missing};
use super::group::Group;
use super::rows::Column;
use super::words::{number, steps};
use crate::statistics::median;

/// The ends of learning and of directed drift in one run, as shares of it.
#[derive(Clone, Copy)]
struct Ends {
    steps: f64,
    learning: Option<f64>,
    directed_drift: Option<f64>,
}

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let column = |name| Column::of(&answer.table, name);
    let [algorithm, noise, length, converged, rested] = [
        "algorithm",
        "noise_type",
        "steps",
        "converged_step",
        "directed_drift_end_step",
    ]
    .map(column);
    let mut groups = BTreeMap::<Group, Vec<Ends>>::new();
    for row in &answer.table.rows {
        let group = Group {
            algorithm: algorithm.text(row).to_owned(),
            noise: noise.text(row).to_owned(),
        };
        groups.entry(group).or_default().push(Ends {
            steps: length.real(row).unwrap_or(f64::NAN),
            learning: converged.real(row),
            directed_drift: rested.real(row),
        });
    }
    if groups.is_empty() {
        return Drawn::Missing(Missing {
            number: "Table 1",
            title: "Three phases",
            needs: "an analysed run".to_owned(),
        });
    }
    let columns = [
        "runs",
        "n",
        "learning ended",
        "at step (median)",
        "directed drift ended",
        "at step (median)",
        "still in directed drift at the end",
    ];
    Figure {
        id: "table-1",
        number: "Table 1",
        title: "Three phases: learning, directed drift, null drift".to_owned(),
        n: groups.iter().map(|(group, runs)| (group.name(), runs.len())).collect(),
        panels: Vec::new(),
        columns: 1,
        caption: "Learning ends when the running median of the loss has come down to its plateau, directed drift when \
                  the active fraction and the fraction of active units have come to rest too; from then on \
                  representations alone change. The paper tells the phases apart but gives no criteria; ours \
                  are stated with the columns converged_step and directed_drift_end_step, and inferred."
            .to_owned(),
        comparisons: vec![Comparison {
            columns: columns.map(str::to_owned).to_vec(),
            rows: groups.iter().map(|(group, runs)| line(group, runs)).collect(),
        }],
        claims: Vec::new(),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn line(group: &Group, runs: &[Ends]) -> Vec<String> {
    let ends = |of: fn(&Ends) -> Option<f64>| -> Vec<f64> { runs.iter().filter_map(of).collect() };
    let (learning, drift) = (ends(|run| run.learning), ends(|run| run.directed_drift));
    let drifting = runs
        .iter()
        .filter(|run| run.learning.is_some() && run.directed_drift.is_none());
    let mut lengths: Vec<f64> = runs.iter().map(|run| run.steps).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.dedup();
    let name = match lengths.as_slice() {
        [only] => format!("{}, {} steps", group.name(), steps(*only)),
        _ => group.name(),
    };
    let at = |ends: &[f64]| match ends.is_empty() {
        true => number(f64::NAN),
        false => steps(median(ends).round()),
    };
    vec![
        name,
        runs.len().to_string(),
        learning.len().to_string(),
        at(&learning),
        drift.len().to_string(),
        at(&drift),
        drifting.count().to_string(),
    ]
}
