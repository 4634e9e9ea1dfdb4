//! What a spectrum of the loss's Hessian costs: milliseconds by the structured route, by the dense one
//! and by the Gauss-Newton part's Gram matrix, at two published sizes, with all units live and with a fifth.
//!
//! Processor time, so other work matters little. `cargo bench -p driftsweep-simulation --bench spectra [-- [--rounds N] [--no-dense]]`. Rows are measured
//! in turn, round after round; the medians over the rounds are shown.

use std::hint::black_box;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustix::time::{ClockId, clock_gettime};
use simulation::LossPoint;

/// Name, samples, inputs, outputs; always 100 hidden units, each active for half of the samples.
const SIZES: [(&str, usize, usize, usize); 3] =
    [("A", 5, 20, 5), ("B", 10, 25, 10), ("C", 20, 30, 15)];
const UNITS: usize = 100;

type Route = fn(&LossPoint) -> Option<Vec<f64>>;

struct Row {
    name: String,
    point: LossPoint,
    route: Route,
    order: usize,
    milliseconds: Vec<f64>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = match arguments.iter().position(|argument| argument == "--rounds") {
        Some(place) => arguments[place + 1]
            .parse()
            .expect("--rounds takes a number"),
        None => 5,
    };
    let mut rows = rows(!arguments.iter().any(|argument| argument == "--no-dense"));
    for _ in 0..rounds {
        for row in &mut rows {
            let start = milliseconds();
            let values = black_box((row.route)(&row.point)).expect("finite");
            row.milliseconds.push(milliseconds() - start);
            row.order = values.len();
        }
    }
    println!("{:<34} {:>6} {:>10}", "row", "order", "ms");
    for row in &mut rows {
        row.milliseconds.sort_by(f64::total_cmp);
        let median = row.milliseconds[row.milliseconds.len() / 2];
        println!("{:<34} {:>6} {median:>10.2}", row.name, row.order);
    }
}

/// Processor time of this thread: other work on the machine costs it nothing.
fn milliseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn rows(dense: bool) -> Vec<Row> {
    let routes: [(&str, Route); 3] = [
        ("structured", LossPoint::eigenvalues),
        ("gauss-newton", LossPoint::gauss_newton_eigenvalues),
        ("dense", LossPoint::dense_eigenvalues),
    ];
    let mut rows = Vec::new();
    for (name, samples, inputs, outputs) in SIZES {
        for live in [UNITS, UNITS / 5] {
            let point = point([samples, inputs, outputs], live);
            for (route_name, route) in &routes[..if dense { 3 } else { 2 }] {
                rows.push(Row {
                    name: format!("{name}, {live} % live, {route_name}"),
                    point: point.clone(),
                    route: *route,
                    order: 0,
                    milliseconds: Vec::new(),
                });
            }
        }
    }
    rows
}

fn point([samples, inputs, outputs]: [usize; 3], live: usize) -> LossPoint {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut uniform = |rows, columns| {
        ndarray::Array2::from_shape_simple_fn((rows, columns), || random.random_range(-1.0..1.0))
    };
    let mut hidden = uniform(samples, UNITS).mapv(|drive: f64| drive.max(0.0));
    hidden.slice_mut(ndarray::s![.., live..]).fill(0.0);
    LossPoint {
        inputs: uniform(samples, inputs),
        residuals: uniform(samples, outputs) * 0.1,
        hidden,
        output_weights: uniform(outputs, UNITS) * 0.2,
    }
}
