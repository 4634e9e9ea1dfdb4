//! Figure 2D and 2E: where units are active, and how that changes.

use shared::Answer;

use super::claim::{Claim, TREND_MIN, Verdict};
use super::curve::TimeAxis;
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::UPDATE_NOISE;
use super::rows::Column;
use super::words::{number, steps};
use crate::statistics::spearman;

/// A unit is tuned to a place above this, in bits.
const TUNED_MIN_BITS: f64 = 0.01;
/// Units shown of one order, and bins of a map: more can't be told apart, and make the file large.
const UNITS_SHOWN: usize = 60;
const BINS_SHOWN: usize = 50;
/// Snapshots between the two of a pair in the panel about lags.
const LAG: usize = 10;
/// First snapshot of such a pair, and the correlation in one independent run on the published data.
const EXPECTED_AT_LAG: [(usize, f64); 5] =
    [(0, 0.19), (10, 0.72), (20, 0.80), (30, 0.87), (40, 0.91)];

/// The same between four snapshots, which that run chose: of 51, floor(linspace(0.1 * 51, 50, 4)) are 5, 20, 35, 50.
const EXPECTED_BETWEEN: [(usize, usize, f64); 6] = [
    (5, 20, 0.605),
    (5, 34, 0.497),
    (5, 50, 0.426),
    (20, 34, 0.787),
    (20, 50, 0.692),
    (34, 50, 0.836),
];

pub(crate) fn draw(rate_maps: &Answer, correlations: &Answer) -> [Drawn; 2] {
    [tuning(rate_maps), similarity(correlations)]
}

fn missing(number: &'static str, title: &'static str) -> Drawn {
    Drawn::Missing(Missing {
        number,
        title,
        needs: "an analysed run of task `predictive_track` with the key `place_snapshots` (51 in the paper), as \
                in sweeps/corridor.yaml"
            .to_owned(),
    })
}

/// A unit's smoothed map at one snapshot.
struct Tuning {
    unit: usize,
    bits: f64,
    map: Vec<f64>,
}

/// The tuning of every unit at a few snapshots of one run.
struct Snapshots {
    /// Step and tunings, in the order of time.
    at: Vec<(f64, Vec<Tuning>)>,
    /// Length of the run in steps.
    steps: f64,
    /// Ends of the line that the bins divide.
    line: (f64, f64),
}

impl Snapshots {
    fn of(answer: &Answer) -> Option<Self> {
        let column = |name| Column::of(&answer.table, name);
        let [step, unit, bits, map] =
            ["step", "unit", "spatial_information", "rate_map"].map(column);
        let mut at: Vec<(f64, Vec<Tuning>)> = Vec::new();
        let mut bins = 0;
        for row in &answer.table.rows {
            let rates: Vec<f64> = serde_json::from_str(map.text(row)).ok()?;
            bins = rates.len();
            let time = step.real(row)?;
            if at.last().is_none_or(|(last, _)| *last != time) {
                at.push((time, Vec::new()));
            }
            at.last_mut()?.1.push(Tuning {
                unit: unit.count(row),
                bits: bits.real(row).unwrap_or(0.0),
                map: thinned(&rates),
            });
        }
        let first = answer.table.rows.first()?;
        let [steps, lowest, highest] =
            ["steps", "lowest_bin", "highest_bin"].map(|name| column(name).real(first));
        // The statement tells the bins' centres.
        let half = (highest? - lowest?) / (bins.checked_sub(1)? as f64) / 2.0;
        Some(Self {
            at,
            steps: steps?,
            line: (lowest? - half, highest? + half),
        })
    }
}

fn tuning(answer: &Answer) -> Drawn {
    let snapshots = Snapshots::of(answer);
    let Some(snapshots) = snapshots.filter(|snapshots| snapshots.at.len() > 1) else {
        return missing("Figure 2D", "Where units are active");
    };
    let tuned = |tunings: &[Tuning]| tunings.iter().filter(|t| t.bits > TUNED_MIN_BITS).count();
    let n = snapshots.at.iter().map(|(step, tunings)| {
        let name = format!("place cells after step {}", steps(step + 1.0));
        (name, tuned(tunings))
    });
    Figure {
        id: "figure-2d",
        number: "Figure 2D",
        title: "Where units are active".to_owned(),
        n: n.collect(),
        columns: snapshots.at.len(),
        panels: map_panels(&snapshots),
        caption: format!(
            "Rate maps of one run (the first of the largest networks) at four snapshots, evenly spaced from a tenth of all \
             on to the last (5, 20, 35 and 50 of 0 to 50, as by the published script), smoothed with a Gaussian of 6 of 100 bins, each \
             unit's divided by its maximum. A row shows the units that are tuned (above {TUNED_MIN_BITS} \
             bits) at the row's time, in the order of their peaks at that time; a column shows them at the \
             column's time. Position is the signed distance from the corridor's lower end (it is 14 long): negative \
             on the way down, positive on the way up. Of each order at most {UNITS_SHOWN} units are shown, evenly \
             chosen, and pairs of bins are averaged."
        ),
        comparisons: Vec::new(),
        claims: Vec::new(),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn map_panels(snapshots: &Snapshots) -> Vec<Panel> {
    let percent = |step: f64| format!("{:.0} %", 100.0 * step / snapshots.steps);
    let mut panels = Vec::new();
    for (row, (sorted_at, sorted)) in snapshots.at.iter().enumerate() {
        let order = order(sorted);
        for (column, (shown_at, shown)) in snapshots.at.iter().enumerate() {
            let title = match row {
                0 => format!("at {} of the run", percent(*shown_at)),
                _ => String::new(),
            };
            let label = match column {
                0 => format!("order of {}", percent(*sorted_at)),
                _ => String::new(),
            };
            let values = sorted_maps(&order, shown);
            let units = values.len().max(1) as f64;
            let heat = Series::Heat {
                label: String::new(),
                x: snapshots.line,
                y: (0.0, units),
                values,
                shown: (0.0, 1.0),
            };
            let position = Axis::new("position").range(snapshots.line.0, snapshots.line.1);
            panels.push(Panel::new(
                title,
                position,
                Axis::new(label).range(0.0, units),
                vec![heat],
            ));
        }
    }
    panels
}

/// Maps over their maxima, the first unit of the order on top, which is the last row.
fn sorted_maps(order: &[usize], shown: &[Tuning]) -> Vec<Vec<Option<f64>>> {
    let bins = shown.first().map_or(1, |tuning| tuning.map.len());
    let row = |unit: &usize| {
        let tuning = shown.iter().find(|tuning| tuning.unit == *unit);
        let largest = tuning.map_or(0.0, |tuning| tuning.map[peak(&tuning.map)]);
        match tuning {
            Some(tuning) if largest > 0.0 => {
                let rates = tuning.map.iter();
                rates.map(|rate| Some(rate / largest)).collect()
            }
            // Silent for every sample by then.
            _ => vec![Some(0.0); bins],
        }
    };
    order.iter().rev().map(row).collect()
}

/// Neighbouring bins averaged, so that at most [`BINS_SHOWN`] stay.
fn thinned(rates: &[f64]) -> Vec<f64> {
    let width = rates.len().div_ceil(BINS_SHOWN).max(1);
    rates.chunks(width).map(crate::statistics::mean).collect()
}

/// Tuned units by the bin of their peak, at most [`UNITS_SHOWN`] of them, evenly chosen.
fn order(tunings: &[Tuning]) -> Vec<usize> {
    let mut peaks: Vec<(usize, usize)> = tunings
        .iter()
        .filter(|tuning| tuning.bits > TUNED_MIN_BITS)
        .map(|tuning| (peak(&tuning.map), tuning.unit))
        .collect();
    peaks.sort_unstable();
    let shown = peaks.len().min(UNITS_SHOWN);
    (0..shown)
        .map(|index| peaks[index * peaks.len() / shown].1)
        .collect()
}

fn peak(map: &[f64]) -> usize {
    (0..map.len())
        .max_by(|a, b| map[*a].total_cmp(&map[*b]))
        .unwrap_or(0)
}

fn similarity(answer: &Answer) -> Drawn {
    let column = |name| Column::of(&answer.table, name);
    let [length, step, other, correlation] =
        ["steps", "step", "other_step", "rate_map_correlation"].map(column);
    let rows = &answer.table.rows;
    let mut times: Vec<f64> = rows
        .iter()
        .flat_map(|row| [step.real(row), other.real(row)])
        .flatten()
        .collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    if times.len() < 3 {
        return missing("Figure 2E", "Rate maps drift, more and more slowly");
    }
    let index = |time: Option<f64>| {
        times
            .binary_search_by(|known| known.total_cmp(&time.unwrap_or(f64::NAN)))
            .ok()
    };
    let mut matrix = vec![vec![None; times.len()]; times.len()];
    for (diagonal, row) in matrix.iter_mut().enumerate() {
        row[diagonal] = Some(1.0);
    }
    for row in rows {
        if let (Some(a), Some(b)) = (index(step.real(row)), index(other.real(row))) {
            matrix[a][b] = correlation.real(row);
            matrix[b][a] = correlation.real(row);
        }
    }
    let axis = TimeAxis::in_steps(rows.first().and_then(|row| length.real(row)).unwrap_or(1.0));
    let at_lag: Vec<(f64, f64)> = (0..times.len().saturating_sub(LAG))
        .filter_map(|start| {
            let x = axis.end * start as f64 / (times.len() - 1) as f64;
            Some((x, matrix[start][start + LAG]?))
        })
        .collect();
    let claim = drift_slows(&at_lag);
    Figure {
        id: "figure-2e",
        number: "Figure 2E",
        title: "Rate maps drift, more and more slowly".to_owned(),
        n: vec![("snapshots".to_owned(), times.len())],
        panels: similarity_panels(&axis, &matrix, at_lag),
        columns: 2,
        caption: format!(
            "Pearson correlation of a unit's smoothed rate maps at two times, mean over the units that are tuned \
             (above {TUNED_MIN_BITS} bits) at both, of the run of Figure 2D; 1 on the diagonal. The right panel \
             reads it {LAG} snapshots off the diagonal. The numbers beside ours are of one independent run \
             on the published data, which recorded snapshot 34 where Figure 2D shows 35; ours are of 34 too."
        ),
        comparisons: vec![pair_table(&matrix)],
        claims: vec![claim],
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn similarity_panels(
    axis: &TimeAxis,
    matrix: &[Vec<Option<f64>>],
    at_lag: Vec<(f64, f64)>,
) -> Vec<Panel> {
    let known = matrix.iter().flatten().flatten().copied();
    let lowest = known.fold(1.0, f64::min);
    let heat = Series::Heat {
        label: "correlation".to_owned(),
        x: (0.0, axis.end),
        y: (0.0, axis.end),
        values: matrix.to_vec(),
        shown: (lowest, 1.0),
    };
    let time = || Axis::new(axis.label.clone()).range(0.0, axis.end);
    vec![
        Panel::new("Rate-map correlation", time(), time(), vec![heat]),
        Panel::new(
            format!("{LAG} snapshots later"),
            Axis::new(format!("{} at the first", axis.label)).range(0.0, axis.end),
            Axis::new("rate-map correlation"),
            vec![Series::line("", UPDATE_NOISE, at_lag)],
        ),
    ]
}

fn drift_slows(at_lag: &[(f64, f64)]) -> Claim {
    let (time, correlations): (Vec<f64>, Vec<f64>) = at_lag.iter().copied().unzip();
    let trend = spearman(&time, &correlations);
    let end = |value: Option<&f64>| number(value.copied().unwrap_or(f64::NAN));
    Claim {
        claim: "Drift slows down: rate maps a fixed time apart become more alike.",
        verdict: Verdict::of(trend > TREND_MIN, &[at_lag.len()]),
        statistic: format!(
            "the correlation of rate maps {LAG} snapshots apart goes from {} to {} over {} such pairs; Spearman's \
             correlation with time is {} (held above {TREND_MIN})",
            end(correlations.first()),
            end(correlations.last()),
            at_lag.len(),
            number(trend),
        ),
    }
}

fn pair_table(matrix: &[Vec<Option<f64>>]) -> Comparison {
    let at_lag = EXPECTED_AT_LAG.iter();
    let at_lag = at_lag.map(|(start, expected)| (*start, start + LAG, *expected));
    let pairs = at_lag.chain(EXPECTED_BETWEEN);
    let rows = pairs.map(|(early, late, expected)| {
        let ours = matrix.get(early).and_then(|row| *row.get(late)?);
        vec![
            format!("snapshots {early} and {late}"),
            number(ours.unwrap_or(f64::NAN)),
            number(expected),
        ]
    });
    Comparison {
        columns: ["correlation between", "ours", "one run elsewhere"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_ordered_by_their_peaks_and_silent_ones_left_out() {
        let tuning = |unit, bits, map: [f64; 3]| Tuning {
            unit,
            bits,
            map: map.to_vec(),
        };
        let tunings = [
            tuning(0, 1.0, [0.0, 0.0, 2.0]),
            tuning(1, 0.0, [1.0, 1.0, 1.0]),
            tuning(2, 1.0, [3.0, 0.0, 0.0]),
        ];
        assert_eq!(order(&tunings), [2, 0]);
        let maps = sorted_maps(&[2, 0], &tunings[..1]);
        assert_eq!(
            maps[0],
            [Some(0.0), Some(0.0), Some(1.0)],
            "over its maximum"
        );
        assert_eq!(maps[1], [Some(0.0); 3], "unit 2 is silent here");
    }

    #[test]
    fn drift_that_does_not_slow_down_is_seen() {
        let slowing: Vec<(f64, f64)> = (1..20).map(f64::from).map(|x| (x, 1.0 - 1.0 / x)).collect();
        let steady: Vec<(f64, f64)> = slowing.iter().map(|(x, _)| (*x, (3.0 * x).sin())).collect();
        assert_eq!(drift_slows(&slowing).verdict, Verdict::Held);
        assert_eq!(drift_slows(&steady).verdict, Verdict::Failed);
        assert_eq!(drift_slows(&slowing[..2]).verdict, Verdict::Open);
    }

    #[test]
    fn pairs_of_bins_are_averaged() {
        let rates: Vec<f64> = (0..100).map(f64::from).collect();
        let thin = thinned(&rates);
        assert_eq!((thin.len(), thin[0], thin[49]), (50, 0.5, 98.5));
    }
}
