//! What a training step costs: microseconds and GFLOP/s of every algorithm and noise on six network
//! sizes, against this core's peak of fused multiply-adds measured in between, and a normal's nanoseconds.
//!
//! `cargo bench -p driftsweep-simulation --bench steps [-- [--rounds N] [--csv] [--long STEPS] [TEXT]]`
//! with TEXT part of a row's name. Rows are measured in turn, round after round; the medians over the
//! rounds are shown. With `--long`, each row takes that many steps instead, and its mean step is
//! compared with that of the first hundred thousand: silent units make long runs cheaper.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};
use simulation::{Algorithm, Parameters, Simulation, workload};

/// Name, samples, inputs, outputs; always 100 hidden units.
const SIZES: [(&str, u32, u32, u32); 6] = [
    ("A", 5, 20, 5),
    ("B", 10, 25, 10),
    ("C", 20, 30, 15),
    ("S", 10, 10, 10),
    ("M", 50, 50, 50),
    ("L", 100, 100, 100),
];

/// Steps before the clock starts: activity has settled from its initial state.
const WARM_STEPS: u64 = 2_000;
const SECONDS_PER_ROUND: f64 = 0.03;

struct Row {
    name: String,
    simulation: Simulation,
    steps_per_round: u64,
    flop_per_step: f64,
    microseconds: Vec<f64>,
}

fn main() {
    let options = Options::from_arguments();
    let mut rows: Vec<Row> = rows()
        .into_iter()
        .filter(|row| row.name.contains(&options.filter))
        .collect();
    if let Some(steps) = options.long {
        rows.iter_mut().for_each(|row| row.measure_long(steps));
        return;
    }
    for row in &mut rows {
        row.calibrate();
    }
    let (mut peaks, mut normals) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        peaks.push(peak_gflops());
        normals.push(normal_nanoseconds());
        for row in &mut rows {
            row.measure();
        }
    }
    let peak = median(&mut peaks);
    println!(
        "multiply-add peak {peak:.1} GFLOP/s, a normal {:.3} ns",
        median(&mut normals)
    );
    if options.csv {
        println!("row,microseconds,gflops,percent_of_peak");
    } else {
        println!(
            "{:<26} {:>9} {:>8} {:>7}",
            "row", "us/step", "GFLOP/s", "peak"
        );
    }
    for row in &mut rows {
        let microseconds = median(&mut row.microseconds);
        let gflops = row.flop_per_step / microseconds / 1e3;
        let percent = 100.0 * gflops / peak;
        if options.csv {
            println!("{},{microseconds:.4},{gflops:.2},{percent:.1}", row.name);
        } else {
            println!(
                "{:<26} {microseconds:>9.3} {gflops:>8.1} {percent:>6.1}%",
                row.name
            );
        }
    }
}

struct Options {
    rounds: usize,
    csv: bool,
    long: Option<u64>,
    filter: String,
}

impl Options {
    /// `cargo bench` itself passes `--bench`.
    fn from_arguments() -> Self {
        let mut options = Self {
            rounds: 7,
            csv: false,
            long: None,
            filter: String::new(),
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => {
                    let count: Option<usize> =
                        arguments.next().and_then(|count| count.parse().ok());
                    options.rounds = count.expect("--rounds takes a number").max(1);
                }
                "--long" => {
                    let steps = arguments.next().and_then(|steps| steps.parse().ok());
                    options.long = Some(steps.expect("--long takes a number"));
                }
                "--csv" => options.csv = true,
                "--bench" => {}
                _ => options.filter = argument,
            }
        }
        options
    }
}

fn rows() -> Vec<Row> {
    type Change = fn(&mut Parameters);
    let kinds: [(&str, Algorithm, Change); 7] = [
        ("sgd update", Algorithm::Sgd, |p| p.update_noise = 0.03),
        ("sgd label", Algorithm::Sgd, |p| p.label_noise = 0.3),
        ("sgd input", Algorithm::Sgd, |p| p.input_noise = 0.03),
        ("sgd none", Algorithm::Sgd, |_| {}),
        ("adam update", Algorithm::Adam, |p| p.update_noise = 0.03),
        ("adam none", Algorithm::Adam, |_| {}),
        ("sed", Algorithm::Sed, |_| {}),
    ];
    let mut rows = Vec::new();
    for (size, n_samples, input_dim, output_dim) in SIZES {
        for (kind, algorithm, change) in kinds {
            let mut parameters = Parameters {
                algorithm,
                n_samples,
                input_dim,
                output_dim,
                steps: 1_000_000_000_000,
                linear_measurements: 2,
                hessian_snapshots: 0,
                trajectory_points: 2,
                ..Parameters::default()
            };
            change(&mut parameters);
            let name = format!("{size} {kind}");
            rows.push(Row::new(name, parameters.clone()));
        }
    }
    rows
}

impl Row {
    fn new(name: String, parameters: Parameters) -> Self {
        let valid = parameters.check().expect("sizes are valid");
        let [samples, inputs, outputs, hidden] = [
            valid.n_samples,
            valid.input_dim,
            valid.output_dim,
            valid.hidden_units,
        ]
        .map(f64::from);
        // A multiply and an add are two. Descent: forward and gradient of W and b, three products
        // with V. SED: two forward passes.
        let flop_per_step = match valid.algorithm {
            Algorithm::Sed => 4.0 * samples * hidden * (inputs + 1.0 + outputs),
            _ => 2.0 * samples * hidden * (2.0 * (inputs + 1.0) + 3.0 * outputs),
        };
        Self {
            name,
            simulation: Simulation::new(&valid, None).expect("the task makes its own data"),
            steps_per_round: 1,
            flop_per_step,
            microseconds: Vec::new(),
        }
    }

    fn calibrate(&mut self) {
        self.simulation.advance(WARM_STEPS);
        let seconds = timed(|| {
            self.simulation.advance(200);
        });
        self.steps_per_round = (SECONDS_PER_ROUND / (seconds / 200.0)).ceil() as u64;
    }

    fn measure_long(&mut self, steps: u64) {
        const EARLY: u64 = 100_000;
        let mut seconds = |steps: u64| {
            timed(|| {
                self.simulation.advance(steps);
            })
        };
        let early = seconds(EARLY);
        let whole = early + seconds(steps.saturating_sub(EARLY));
        let [early, whole] = [early / EARLY as f64, whole / steps as f64].map(|s| s * 1e6);
        println!(
            "{:<26} {whole:.3} us/step over {steps} steps, {early:.3} early: {:.2}",
            self.name,
            whole / early
        );
    }

    fn measure(&mut self) {
        let steps = self.steps_per_round;
        let seconds = timed(|| {
            self.simulation.advance(steps);
        });
        self.microseconds.push(seconds * 1e6 / steps as f64);
    }
}

/// Seconds of this thread's processor time.
fn timed(work: impl FnOnce()) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    };
    let start = now();
    work();
    now() - start
}

fn peak_gflops() -> f64 {
    let mut flop = 0;
    let seconds = timed(|| flop = black_box(workload::multiply_adds(2_000_000)));
    flop as f64 / seconds / 1e9
}

fn normal_nanoseconds() -> f64 {
    let mut count = 0;
    let seconds = timed(|| count = black_box(workload::normals(20_000)));
    seconds * 1e9 / count as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
