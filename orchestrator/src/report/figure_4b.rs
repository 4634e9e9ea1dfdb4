//! Figure 4B: the larger the noise, the faster and the sparser.

use shared::Answer;

use super::claim::{Claim, Verdict};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, task_color, task_name};
use super::scan::{NoisyRun, problems};
use super::words::number;
use crate::statistics::{fit_line, median, pearson, spearman};

/// Rates from here on are not fitted: the published figure leaves them out.
const LOG10_RATE_MAX: f64 = -4.0;
/// The published fit, and what counts as its like.
const PUBLISHED_SLOPE: f64 = 2.10;
const SLOPE: [f64; 2] = [1.7, 2.4];
const PEARSON_MIN: f64 = 0.85;
/// Spearman's correlation of noise and final active fraction in the authors' table.
const PUBLISHED_SPARSITY: f64 = -0.58;
/// The published scan's noises, 0.01 to 0.1, with room for rounding: with less, runs of its length have not become
/// sparse, and have no rate to compare.
const PUBLISHED_NOISE: [f64; 2] = [0.0099, 0.101];
/// Levels of noise below which nothing is fitted.
const LEVELS_MIN: usize = 3;

/// Medians of the authors' table by size of the noise: lower and upper end, runs, log10 rate, active fraction,
/// active units, share of non-zero eigenvalues. Its losses are left out: this set publishes the mean squared
/// error itself, ours is divided by the variance of the targets, which the table doesn't give.
const PUBLISHED: [([f64; 2], usize, [f64; 4]); 5] = [
    ([0.0100, 0.0158], 30, [-5.81, 0.039, 0.069, 0.030]),
    ([0.0158, 0.0251], 30, [-5.50, 0.033, 0.047, 0.021]),
    ([0.0251, 0.0398], 29, [-4.97, 0.024, 0.031, 0.013]),
    ([0.0398, 0.0631], 22, [-4.51, 0.020, 0.017, 0.008]),
    ([0.0631, 0.1000], 7, [-4.23, 0.022, 0.018, 0.007]),
];

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let runs = NoisyRun::all(answer);
    let mut levels: Vec<f64> = runs.iter().map(|run| run.noise).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    if levels.len() < LEVELS_MIN {
        return Drawn::Missing(Missing {
            number: "Figure 4B",
            title: "The larger the noise, the faster and the sparser",
            needs: "analysed runs of sgd at three or more levels of `update_noise` and everything else \
                    equal, as in sweeps/noise_scan.yaml"
                .to_owned(),
        });
    }
    let fitted: Vec<(f64, f64)> = runs.iter().filter_map(rate_point).collect();
    let (x, y): (Vec<f64>, Vec<f64>) = fitted.iter().copied().unzip();
    let line = fit_line(&x, &y);
    let fit = Fit {
        n: x.len(),
        slope: line.slope,
        intercept: line.intercept,
        pearson: pearson(&x, &y),
    };
    let mut rates = by_task(&runs, rate_point);
    // No line where nothing was fitted.
    let ends = [
        x.iter().copied().fold(f64::INFINITY, f64::min),
        x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    ];
    if x.len() >= LEVELS_MIN {
        let at = |x: f64| (x, line.slope * x + line.intercept);
        rates.push(Series::guide(
            format!("fit, slope {}", number(line.slope)),
            BLACK,
            ends.map(at).to_vec(),
        ));
    }
    let axis = || Axis::new("log₁₀ update noise");
    let final_of = |value: fn(&NoisyRun) -> Option<f64>| {
        by_task(&runs, move |run| Some((run.noise.log10(), value(run)?)))
    };
    Figure {
        id: "figure-4b",
        number: "Figure 4B",
        title: "The larger the noise, the faster and the sparser".to_owned(),
        n: vec![
            ("runs".to_owned(), runs.len()),
            ("with a fitted rate below 10⁻⁴".to_owned(), fit.n),
        ],
        panels: vec![
            Panel::new(
                "Rate of sparsification",
                axis(),
                Axis::new("log₁₀ rate (per step)"),
                rates,
            ),
            Panel::new(
                "Active fraction",
                axis(),
                Axis::new("final over initial"),
                final_of(|run| run.active_fraction),
            ),
            Panel::new(
                "Fraction of active units",
                axis(),
                Axis::new("final over initial"),
                final_of(|run| run.active_units),
            ),
        ],
        columns: 3,
        caption: caption(&runs),
        comparisons: vec![fit_table(&fit), medians(&runs)],
        claims: claims(&runs, &fit),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

/// A straight line through log10 rate against log10 noise.
struct Fit {
    n: usize,
    slope: f64,
    intercept: f64,
    pearson: f64,
}

fn rate_point(run: &NoisyRun) -> Option<(f64, f64)> {
    let rate = run.log10_rate.filter(|rate| *rate < LOG10_RATE_MAX)?;
    Some((run.noise.log10(), rate))
}

fn by_task(runs: &[NoisyRun], point: impl Fn(&NoisyRun) -> Option<(f64, f64)>) -> Vec<Series> {
    let of_tasks = runs.chunk_by(|a, b| a.task == b.task);
    of_tasks
        .map(|of_task| Series::Dots {
            name: task_name(&of_task[0].task),
            color: task_color(&of_task[0].task),
            points: of_task.iter().filter_map(&point).collect(),
        })
        .collect()
}

fn caption(runs: &[NoisyRun]) -> String {
    format!(
        "One dot is a run. {} The rate is the reciprocal of the time constant of an exponential, fitted \
         to the fall of the fraction of active units; the published figure shows its logarithm under the \
         label log(τ), and leaves out rates from 10⁻⁴ on, as is done here. The line is a least-squares \
         fit over all tasks. Update noise is a standard deviation on the gradient (the paper's table \
         says variance). The published figure labels the active fraction as fraction of active units; \
         here are both. Losses stand without the published ones, which are of the mean squared error itself: ours \
         are divided by the variance of the targets.",
        problems(runs)
    )
}

/// Medians by size of the noise.
fn medians(runs: &[NoisyRun]) -> Comparison {
    let columns = [
        "update noise",
        "n",
        "published n",
        "log₁₀ rate",
        "published",
        "active fraction",
        "published",
        "active units",
        "published",
        "log₁₀ normalized loss",
        "non-zero eigenvalues",
        "published",
    ];
    let last = PUBLISHED.len() - 1;
    let bins = PUBLISHED.iter().enumerate().map(|(index, bin)| {
        let ([from, to], n, published) = bin;
        // Rounded ends: the first and the last bin take their very edge in.
        let inside = |noise: f64| {
            (noise >= *from || (index == 0 && noise >= from - 1e-9))
                && (noise < *to || (index == last && noise <= to + 1e-9))
        };
        let members: Vec<&NoisyRun> = runs.iter().filter(|run| inside(run.noise)).collect();
        let middle = |value: fn(&NoisyRun) -> Option<f64>| {
            let values: Vec<f64> = members.iter().filter_map(|run| value(run)).collect();
            number(median(&values))
        };
        let mut row = vec![
            format!("{from:.4} to {to:.4}"),
            members.len().to_string(),
            n.to_string(),
        ];
        let [rate, active, units, nonzero] = published.map(number);
        row.extend([middle(|run| run.log10_rate), rate]);
        row.extend([middle(|run| run.active_fraction), active]);
        row.extend([middle(|run| run.active_units), units]);
        row.push(middle(|run| run.loss));
        row.extend([middle(|run| run.nonzero), nonzero]);
        row
    });
    Comparison {
        columns: columns.map(str::to_owned).to_vec(),
        rows: bins.collect(),
    }
}

fn fit_table(fit: &Fit) -> Comparison {
    let lines = [
        ("slope", fit.slope, PUBLISHED_SLOPE),
        ("intercept", fit.intercept, -1.84),
        ("Pearson's r", fit.pearson, 0.951),
    ];
    let ours = format!("ours (n = {})", fit.n);
    let columns = [
        "log₁₀ rate against log₁₀ noise",
        &ours,
        "published (n = 118)",
    ];
    Comparison {
        columns: columns.map(str::to_owned).to_vec(),
        rows: lines
            .map(|(name, ours, published)| vec![name.to_owned(), number(ours), number(published)])
            .to_vec(),
    }
}

fn claims(runs: &[NoisyRun], fit: &Fit) -> Vec<Claim> {
    let faster = fit.slope >= SLOPE[0] && fit.slope <= SLOPE[1] && fit.pearson > PEARSON_MIN;
    let (noise, active): (Vec<f64>, Vec<f64>) = runs
        .iter()
        .filter_map(|run| Some((run.noise, run.active_fraction?)))
        .unzip();
    let rank = spearman(&noise, &active);
    let comparable = runs
        .iter()
        .filter(|run| rate_point(run).is_some())
        .filter(|run| (PUBLISHED_NOISE[0]..=PUBLISHED_NOISE[1]).contains(&run.noise))
        .count();
    vec![
        Claim {
            claim: "Larger update noise makes activity sparse faster.",
            verdict: Verdict::of(faster, &[comparable]),
            statistic: format!(
                "slope {} of log₁₀ rate against log₁₀ noise (held from {} to {}, published {}), r = {} \
                 (held above {}, published 0.951), n = {}, {comparable} of them at noises of the published scan",
                number(fit.slope),
                SLOPE[0],
                SLOPE[1],
                number(PUBLISHED_SLOPE),
                number(fit.pearson),
                PEARSON_MIN,
                fit.n,
            ),
        },
        Claim {
            claim: "Larger update noise makes activity sparser.",
            verdict: Verdict::of(rank < 0.0, &[noise.len()]),
            statistic: format!(
                "Spearman's correlation of noise and final active fraction {} (held below 0, published {}), \
                 n = {}",
                number(rank),
                number(PUBLISHED_SPARSITY),
                noise.len(),
            ),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(noises: &[f64]) -> Verdict {
        let runs: Vec<NoisyRun> = noises.iter().map(|noise| NoisyRun::at(*noise)).collect();
        let fit = Fit {
            n: runs.len(),
            slope: 2.0,
            intercept: 0.0,
            pearson: 0.9,
        };
        claims(&runs, &fit)[0].verdict
    }

    #[test]
    fn noises_below_the_published_ones_tell_nothing_of_their_slope() {
        assert_eq!(verdict(&[0.01, 0.03, 0.1]), Verdict::Held);
        assert_eq!(verdict(&[0.001, 0.003, 0.009, 0.01]), Verdict::Open);
    }
}
