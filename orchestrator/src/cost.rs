//! How long a job will take, before it has run.

use simulation::{Algorithm, NoiseType, ValidParameters, snapshot_order};

/// Seconds of one core for a job. A rough model: multiplications at a typical speed, one draw per
/// noisy parameter, and a fixed part of every step. What it gets wrong by a common factor, the
/// progress display corrects from the jobs already done.
pub(crate) fn estimated_seconds(p: &ValidParameters) -> f64 {
    const NS_PER_FLOP: f64 = 1.0 / 40.0;
    const NS_PER_NORMAL: f64 = 0.3;
    const NS_PER_STEP: f64 = 200.0;

    let padded = f64::from(p.hidden_units.next_multiple_of(16));
    let (n, inputs, outputs) = (
        f64::from(p.n_samples),
        f64::from(p.input_dim + 1),
        f64::from(p.output_dim),
    );
    let forward = 2.0 * n * padded * (inputs + outputs);
    let (flop, noisy) = match p.algorithm {
        Algorithm::Sgd | Algorithm::Adam => (
            2.0 * n * padded * (2.0 * inputs + 3.0 * outputs),
            p.update_noise > 0.0,
        ),
        Algorithm::Sed => (2.0 * forward, true),
    };
    let normals = if noisy {
        padded * (inputs + outputs)
    } else {
        0.0
    };
    let step_ns = flop * NS_PER_FLOP + normals * NS_PER_NORMAL + NS_PER_STEP;
    let measured = f64::from(p.linear_measurements + p.logarithmic_measurements);
    let measurement_ns = forward * NS_PER_FLOP + 2_000.0;
    let steps = p.steps as f64;
    let hessians = f64::from(p.hessian_snapshots).min(steps) * hessian_ns(p);
    1e-9 * (steps * step_ns + measured.min(steps) * measurement_ns + hessians)
}

/// Nanoseconds of one snapshot of the Hessian: the third power of its matrix's order. Units are active
/// for half of the samples at first, and update noise silences most of them.
fn hessian_ns(p: &ValidParameters) -> f64 {
    const NS_PER_CUBE: f64 = 0.08;

    let share = if p.noise_type() == NoiseType::Update {
        0.25
    } else {
        0.5
    };
    let order = share * snapshot_order(p) as f64;
    NS_PER_CUBE * order * order * order
}
