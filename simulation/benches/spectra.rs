//! What a spectrum of the loss's Hessian costs: milliseconds by the structured route, by the dense one
//! and by the Gauss-Newton part's Gram matrix, at three published sizes, with all units live and with a fifth.
//!
//! Processor time, so other work matters little. Rows are measured in turn, round after round; the
//! medians over the rounds are shown.
//! `cargo bench -p driftsweep-simulation --bench spectra [-- [--rounds N] [--no-dense] [--structured] [--csv]]`:
//! `--structured` times that route alone, `--csv` prints what other programs read, with facts to compare.

use std::hint::black_box;

use ndarray::{Array1, Array2};
use rustix::time::{ClockId, clock_gettime};
use simulation::LossPoint;

/// Name, samples, inputs, outputs; always 100 hidden units, each active for about half of the samples.
const SIZES: [(&str, usize, usize, usize); 3] =
    [("A", 5, 20, 5), ("B", 10, 25, 10), ("C", 20, 30, 15)];
const UNITS: usize = 100;

type Route = fn(&LossPoint) -> Option<Vec<f64>>;

struct Row {
    case: &'static str,
    live: usize,
    route_name: &'static str,
    point: LossPoint,
    route: Route,
    values: Vec<f64>,
    milliseconds: Vec<f64>,
}

impl Row {
    fn median(&self) -> f64 {
        let mut sorted = self.milliseconds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let rounds = match arguments.iter().position(|argument| argument == "--rounds") {
        Some(place) => arguments[place + 1]
            .parse()
            .expect("--rounds takes a number"),
        None => 5,
    };
    let routes = match (has("--structured"), has("--no-dense")) {
        (true, _) => 1,
        (_, true) => 2,
        _ => 3,
    };
    let mut rows = rows(routes);
    for _ in 0..rounds {
        for row in &mut rows {
            let start = milliseconds();
            row.values = black_box((row.route)(&row.point)).expect("finite");
            row.milliseconds.push(milliseconds() - start);
        }
    }
    if has("--csv") {
        print_csv(&rows);
    } else {
        print_table(&rows);
    }
}

fn print_table(rows: &[Row]) {
    println!("{:<34} {:>6} {:>10}", "row", "order", "ms");
    for row in rows {
        let name = format!("{}, {} live units, {}", row.case, row.live, row.route_name);
        println!("{name:<34} {:>6} {:>10.2}", row.values.len(), row.median());
    }
}

fn print_csv(rows: &[Row]) {
    println!("case,live,route,order,ms,trace,largest,positive");
    for row in rows {
        let largest = row.values[0];
        let positive = row.values.iter().filter(|&&value| value > 1e-8 * largest);
        println!(
            "{},{},{},{},{},{:?},{largest:?},{}",
            row.case,
            row.live,
            row.route_name,
            row.values.len(),
            row.median(),
            row.point.trace(),
            positive.count()
        );
    }
}

/// Processor time of this thread: other work on the machine costs it nothing.
fn milliseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Every size and number of live units by the first so many routes.
fn rows(routes: usize) -> Vec<Row> {
    let named: [(&str, Route); 3] = [
        ("structured", LossPoint::eigenvalues),
        ("gauss-newton", LossPoint::gauss_newton_eigenvalues),
        ("dense", LossPoint::dense_eigenvalues),
    ];
    let mut rows = Vec::new();
    for (case, samples, inputs, outputs) in SIZES {
        for live in [UNITS, UNITS / 5] {
            let point = point([samples, inputs, outputs], live);
            for (route_name, route) in &named[..routes] {
                rows.push(Row {
                    case,
                    live,
                    route_name,
                    point: point.clone(),
                    route: *route,
                    values: Vec::new(),
                    milliseconds: Vec::new(),
                });
            }
        }
    }
    rows
}

/// Numbers from -1 to 1 that a script in another language draws too (benches/peers/spectra.py): Knuth's
/// linear congruential generator.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn array(&mut self, rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_shape_simple_fn((rows, columns), || self.next())
    }
}

/// A network before training; units from `live` on have a bias that no input overcomes.
fn point([samples, inputs, outputs]: [usize; 3], live: usize) -> LossPoint {
    let mut draws = Draws(1);
    let x = draws.array(samples, inputs);
    let targets = draws.array(samples, outputs);
    let scale = (6.0 / inputs as f64).sqrt();
    let input_weights = draws.array(UNITS, inputs) * scale;
    let mut bias = Array1::from_shape_simple_fn(UNITS, || draws.next() * scale);
    let output_weights = draws.array(outputs, UNITS) * (6.0 / UNITS as f64).sqrt();
    bias.slice_mut(ndarray::s![live..]).fill(-100.0);
    let hidden = (x.dot(&input_weights.t()) + bias).mapv(|drive| drive.max(0.0));
    LossPoint {
        residuals: hidden.dot(&output_weights.t()) - targets,
        inputs: x,
        hidden,
        output_weights,
    }
}
