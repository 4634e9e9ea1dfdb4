//! Reduced and plain engine are two samplers of one distribution.
//!
//! Each point runs 200 seeds through both, with the same data and initial weights but other noise.
//! Per quantity, the mean of the paired differences must lie within four standard errors, and the
//! two-sample Kolmogorov-Smirnov distance below its 1e-4 quantile. A difference in the mean of 0.40
//! standard deviations of a paired difference is missed with probability below 5 %.

use super::*;
use crate::{DataRange, Regime, Task, task};

const SEEDS: u64 = 200;

/// What is compared, at the end of a run. The last is where the reduced engine takes no step at all: the walk of
/// the input weights across the span of the inputs.
const QUANTITIES: [&str; 6] = [
    "active fraction",
    "fraction of active units",
    "log10 loss",
    "mean square of input weights",
    "mean square of output weights",
    "log10 mean square of the walk across",
];

/// Where nothing walks across, rounding does.
const WALK_MIN: f64 = 1e-9;

fn run(parameters: Parameters) -> [f64; 6] {
    let steps = parameters.steps;
    let valid = parameters.check().unwrap();
    let dataset = task::generate(&valid);
    let initial = Weights::initial(&valid, dataset.inputs().ncols(), dataset.targets().ncols());
    let mut engine = SingleEngine::new(&valid, &dataset, &initial);
    engine.advance(steps);
    let observation = engine.observe();
    let counts = &observation.active_samples;
    let units = counts.len() as f64;
    let weights = engine.weights();
    let mean_square = |values: &mut dyn Iterator<Item = &f64>| {
        let (count, sum) = values.fold((0.0, 0.0), |(n, sum), w| (n + 1.0, sum + w * w));
        sum / count
    };
    [
        counts.iter().map(|&n| f64::from(n)).sum::<f64>() / units / f64::from(valid.n_samples),
        counts.iter().filter(|&&n| n > 0).count() as f64 / units,
        libm::log10(observation.mean_squared_error),
        mean_square(&mut weights.input.iter().chain(&weights.bias)),
        mean_square(&mut weights.output.iter()),
        libm::log10(walk_across(&initial, &weights, &dataset).max(WALK_MIN)),
    ]
}

/// Mean square of what input weights and biases gained outside the span of the samples `(x, 1)`.
fn walk_across(before: &Weights, after: &Weights, dataset: &Dataset) -> f64 {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let without = |mut vector: Vec<f64>, basis: &[Vec<f64>]| {
        for direction in basis {
            let along: f64 = vector.iter().zip(direction).map(|(a, b)| a * b).sum();
            vector
                .iter_mut()
                .zip(direction)
                .for_each(|(a, b)| *a -= along * b);
        }
        vector
    };
    for sample in dataset.inputs().rows() {
        let sample: Vec<f64> = sample.iter().copied().chain([1.0]).collect();
        let rest = without(without(sample, &basis), &basis);
        let length = rest.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 1e-9 {
            basis.push(rest.iter().map(|x| x / length).collect());
        }
    }
    let mut sum = 0.0;
    for unit in 0..after.bias.len() {
        let gained = |weights: &Weights| -> Vec<f64> {
            let inputs = weights.input.row(unit);
            inputs.iter().copied().chain([weights.bias[unit]]).collect()
        };
        let walk = gained(after)
            .iter()
            .zip(gained(before))
            .map(|(after, before)| after - before)
            .collect();
        sum += without(walk, &basis).iter().map(|x| x * x).sum::<f64>();
    }
    sum / (after.bias.len() * (dataset.inputs().ncols() + 1)) as f64
}

/// Compares the two engines on one point.
fn compare(name: &str, point: &Parameters) {
    let sample = |reductions: Reductions, noise: u64| -> Vec<[f64; 6]> {
        let seeds = 0..SEEDS;
        let run = |seed| {
            run(Parameters {
                reductions,
                seed: seed + noise,
                data_seed: Some(seed),
                weights_seed: Some(seed),
                ..point.clone()
            })
        };
        seeds.map(run).collect()
    };
    let [plain, reduced] = std::thread::scope(|scope| {
        let plain = scope.spawn(|| sample(Reductions::Off, 1_000_000));
        let reduced = sample(Reductions::Auto, 2_000_000);
        [plain.join().expect("the plain engine runs"), reduced]
    });
    for (quantity, what) in QUANTITIES.iter().enumerate() {
        let column = |runs: &[[f64; 6]]| runs.iter().map(|run| run[quantity]).collect::<Vec<_>>();
        let (plain, reduced) = (column(&plain), column(&reduced));
        let z = paired_z(&plain, &reduced);
        assert!(z.abs() < 4.0, "{name}: mean {what} differs, z = {z:.2}");
        let distance = kolmogorov_smirnov(plain, reduced);
        // sqrt(-ln(1e-4 / 2) / 2) sqrt(2 / n)
        let quantile = 2.225 * (2.0 / SEEDS as f64).sqrt();
        assert!(
            distance < quantile,
            "{name}: {what}, distance {distance:.3}"
        );
    }
}

fn paired_z(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
    if variance == 0.0 {
        0.0
    } else {
        mean / (variance / n).sqrt()
    }
}

/// Largest distance of two empirical distribution functions.
fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let below =
        |values: &[f64], x: f64| values.partition_point(|&v| v <= x) as f64 / values.len() as f64;
    let distances = a
        .iter()
        .chain(&b)
        .map(|&x| (below(&a, x) - below(&b, x)).abs());
    distances.fold(0.0, f64::max)
}

/// A small point of the paper's Table 2.
fn point(
    n_samples: u32,
    input_dim: u32,
    output_dim: u32,
    change: fn(&mut Parameters),
) -> Parameters {
    let mut point = Parameters {
        n_samples,
        input_dim,
        output_dim,
        hidden_units: 40,
        steps: 20_000,
        data_range: DataRange::Unit,
        ..Parameters::default()
    };
    change(&mut point);
    point
}

#[test]
fn update_noise_in_the_rich_regime() {
    compare("rich", &point(5, 8, 3, |p| p.update_noise = 0.05));
}

#[test]
fn strong_update_noise_in_the_lazy_regime() {
    let lazy = point(3, 4, 2, |p| {
        (p.update_noise, p.regime) = (0.1, Regime::Lazy);
    });
    compare("lazy", &lazy);
}

#[test]
fn update_noise_on_the_weights_of_a_smoothed_task() {
    let on_weights = point(6, 5, 2, |p| {
        (p.update_noise, p.update_noise_on) = (0.004, UpdateNoiseTarget::Weights);
        p.task = Task::Smoothed;
    });
    compare("on weights", &on_weights);
}

#[test]
fn label_noise() {
    compare("label", &point(4, 6, 3, |p| p.label_noise = 1.0));
}

#[test]
fn stochastic_error_descent() {
    let sed = point(5, 6, 5, |p| {
        (p.algorithm, p.data_range) = (Algorithm::Sed, DataRange::Symmetric);
    });
    compare("sed", &sed);
}

#[test]
fn adam_with_update_noise() {
    let adam = point(4, 5, 3, |p| {
        (p.algorithm, p.update_noise, p.steps) = (Algorithm::Adam, 0.05, 5_000);
    });
    compare("adam", &adam);
}

/// Points of Table 2 at its sizes, with more steps than the small points: `make test-statistics`.
#[test]
#[ignore = "minutes of an optimized build"]
fn points_of_table_2_at_their_sizes() {
    let sized = |n_samples, input_dim, output_dim, change: fn(&mut Parameters)| Parameters {
        hidden_units: 100,
        steps: 50_000,
        ..point(n_samples, input_dim, output_dim, change)
    };
    compare("5, 19, 5", &sized(5, 19, 5, |p| p.update_noise = 0.05));
    // More samples than inputs.
    let lazy = |p: &mut Parameters| {
        (p.update_noise, p.regime, p.task) = (0.1, Regime::Lazy, Task::Smoothed);
    };
    compare("19, 7, 11", &sized(19, 7, 11, lazy));
    compare("12, 16, 9", &sized(12, 16, 9, |p| p.label_noise = 1.0));
    let sed = |p: &mut Parameters| {
        (p.algorithm, p.data_range) = (Algorithm::Sed, DataRange::Symmetric);
        p.learning_rate = Some(0.95);
    };
    compare("7, 19, 8", &sized(7, 19, 8, sed));
}
