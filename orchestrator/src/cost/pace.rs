//! How fast this machine is, from two short timings.

use rustix::time::{ClockId, clock_gettime};
use simulation::{Parameters, Simulation, ValidParameters};

use super::CostModel;

/// Long enough to be past the first, busier steps, short enough that nobody waits.
const STEPS: u64 = 20_000;
/// The quickest of some repeats is the least disturbed.
const REPEATS: usize = 3;

/// This machine's seconds over the shipped model's, for the same work: the geometric mean over a
/// network with update noise and one with label noise.
pub(super) fn against_shipped() -> f64 {
    let shipped = CostModel::shipped();
    let product: f64 = [(0.03, 0.0), (0.0, 1.0)]
        .into_iter()
        .map(|(update_noise, label_noise)| {
            let parameters = Parameters {
                n_samples: 10,
                input_dim: 25,
                output_dim: 10,
                update_noise,
                label_noise,
                steps: STEPS,
                linear_measurements: 100,
                hessian_snapshots: 0,
                ..Parameters::default()
            };
            let parameters = parameters.check().expect("these parameters are valid");
            let taken = (0..REPEATS)
                .map(|_| seconds(&parameters))
                .fold(f64::INFINITY, f64::min);
            taken / shipped.seconds(&parameters)
        })
        .product();
    product.sqrt()
}

/// Of this thread's time on a core, whoever else is using the machine now.
fn seconds(parameters: &ValidParameters) -> f64 {
    let started = core_seconds();
    let mut simulation = Simulation::new(parameters, None).expect("generated data need no file");
    simulation.advance(parameters.steps);
    std::hint::black_box(simulation.finish());
    core_seconds() - started
}

fn core_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}
