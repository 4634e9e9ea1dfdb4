use super::*;
use crate::LabelNoiseDistribution;
use crate::LossPoint;
use crate::Parameters;
use crate::stream::{ChaChaStream, StreamName};
use ndarray::Array2;

const SAMPLES: usize = 6;
const INPUTS: usize = 5;
const OUTPUTS: usize = 3;
const UNITS: u32 = 9;

fn parameters(change: impl FnOnce(&mut Parameters)) -> ValidParameters {
    let mut parameters = Parameters {
        hidden_units: UNITS,
        seed: 11,
        ..Parameters::default()
    };
    change(&mut parameters);
    parameters.check().unwrap()
}

fn dataset() -> Dataset {
    let mut stream = ChaChaStream::new(3, StreamName::Data);
    let mut draw =
        |columns| Array2::from_shape_simple_fn((SAMPLES, columns), || 2.0 * stream.uniform() - 1.0);
    Dataset::new(draw(INPUTS), draw(OUTPUTS)).unwrap()
}

fn engine(change: impl FnOnce(&mut Parameters)) -> ReferenceEngine {
    let parameters = parameters(change);
    let weights = Weights::initial(&parameters, INPUTS, OUTPUTS);
    ReferenceEngine::new(&parameters, &dataset(), weights)
}

fn loss(weights: &Weights, data: &Batch) -> f64 {
    mean_squared_error(&forward(weights, data), data)
}

/// Distance of the hidden unit nearest to its kink, over all samples.
fn kink_distance(weights: &Weights, data: &Batch) -> f64 {
    let mut nearest = f64::MAX;
    for sample in data.inputs.rows() {
        for (unit, bias) in weights.input.rows().into_iter().zip(&weights.bias) {
            let drive: f64 = unit.iter().zip(sample).map(|(w, x)| w * x).sum();
            nearest = nearest.min((drive + bias).abs());
        }
    }
    nearest
}

#[test]
fn the_gradient_is_the_losss_central_difference() {
    const STEP: f64 = 1e-6;
    let engine = engine(|_| {});
    let (weights, data) = (&engine.weights, &engine.clean);
    // Inputs are below 1 in size: a weight moved by STEP moves no unit across its kink.
    assert!(kink_distance(weights, data) > 10.0 * STEP);
    let exact = gradient(weights, data);
    for (index, &derivative) in exact.values().enumerate() {
        let moved = |by: f64| {
            let mut moved = weights.clone();
            *moved.values_mut().nth(index).unwrap() += by;
            loss(&moved, data)
        };
        let difference = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        // The error of the difference is rounding: 1e-16 / STEP times a loss of about 1.
        let error = (derivative - difference).abs();
        assert!(
            error < 1e-9,
            "weight {index}: {derivative} is not {difference}"
        );
    }
    for tensor in [
        exact.input.view(),
        exact.bias.view().insert_axis(ndarray::Axis(0)),
    ] {
        assert!(tensor.iter().any(|&value| value.abs() > 1e-3));
    }
}

#[test]
fn the_trace_of_the_hessian_is_the_gradients_central_difference() {
    const STEP: f64 = 1e-6;
    let engine = engine(|_| {});
    let (weights, data) = (&engine.weights, &engine.clean);
    assert!(kink_distance(weights, data) > 10.0 * STEP);
    let second_derivative = |index: usize| {
        let derivative = |by: f64| {
            let mut moved = weights.clone();
            *moved.values_mut().nth(index).unwrap() += by;
            *gradient(&moved, data).values().nth(index).unwrap()
        };
        (derivative(STEP) - derivative(-STEP)) / (2.0 * STEP)
    };
    let expected: f64 = (0..weights.values().count()).map(second_derivative).sum();
    let trace = LossPoint::new(weights, &dataset()).trace();
    assert!(
        (trace - expected).abs() < 1e-7 * expected,
        "{trace} is not {expected}"
    );
}

#[test]
fn a_small_network_has_the_output_and_gradient_of_paper_and_pencil() {
    // One sample x = (1, 2), y = 1; unit 0 sees 1 + 2 - 0.5 = 2.5, unit 1 sees -1 and is silent.
    let data = Batch {
        inputs: ndarray::array![[1.0, 2.0]],
        targets: ndarray::array![[1.0]],
    };
    let weights = Weights {
        input: ndarray::array![[1.0, 1.0], [1.0, -1.0]],
        bias: ndarray::array![-0.5, 0.0],
        output: ndarray::array![[2.0, 7.0]],
    };
    // Output 5, residual 4, loss 16; 2 * 4 * hidden for V, 2 * 4 * 2 = 16 back to unit 0.
    assert_eq!(loss(&weights, &data), 16.0);
    let expected = Weights {
        input: ndarray::array![[16.0, 32.0], [0.0, 0.0]],
        bias: ndarray::array![16.0, 0.0],
        output: ndarray::array![[20.0, 0.0]],
    };
    assert_eq!(gradient(&weights, &data), expected);
}

#[test]
fn sgd_without_noise_follows_the_gradient() {
    let mut engine = engine(|p| p.learning_rate = Some(0.25));
    let mut expected = engine.weights.clone();
    expected.add_scaled(-0.25, &gradient(&engine.weights, &engine.clean));
    engine.advance(1);
    assert_eq!(engine.weights, expected);
}

#[test]
fn update_noise_moves_weights_by_its_amplitude_times_the_learning_rate() {
    let displacement = |change: fn(&mut Parameters)| {
        let mut noisy = engine(|p| {
            p.update_noise = 0.5;
            change(p);
        });
        let mut quiet = engine(|p| {
            change(p);
            p.update_noise = 0.0;
        });
        noisy.advance(1);
        quiet.advance(1);
        let mut difference = noisy.weights.clone();
        difference.add_scaled(-1.0, &quiet.weights);
        let noise = Noise::new(&parameters(|_| {})).update(&noisy.weights);
        (difference, noise)
    };
    let check = |(difference, noise): (Weights, Weights), scale: f64| {
        for (moved, z) in difference.values().zip(noise.values()) {
            assert!(
                (moved - scale * z).abs() < 1e-14,
                "{moved} is not {scale} * {z}"
            );
        }
    };
    check(displacement(|_| {}), -0.1 * 0.5);
    check(
        displacement(|p| p.update_noise_on = UpdateNoiseTarget::Weights),
        0.5,
    );
}

#[test]
fn update_noise_on_the_weights_bypasses_adam() {
    let mut noisy = engine(|p| {
        p.algorithm = Algorithm::Adam;
        p.update_noise = 0.5;
        p.update_noise_on = UpdateNoiseTarget::Weights;
    });
    let mut expected = engine(|p| p.algorithm = Algorithm::Adam);
    let noise = noisy.noise.update(&noisy.weights);
    noisy.noise = Noise::new(&parameters(|_| {}));
    noisy.advance(1);
    expected.advance(1);
    expected.weights.add_scaled(0.5, &noise);
    assert_eq!(noisy.weights, expected.weights);
}

#[test]
fn adams_first_step_is_the_learning_rate_against_the_sign() {
    let mut engine = engine(|p| (p.algorithm, p.learning_rate) = (Algorithm::Adam, Some(0.01)));
    let before = engine.weights.clone();
    let gradient = gradient(&before, &engine.clean);
    engine.advance(1);
    for ((after, before), g) in engine
        .weights
        .values()
        .zip(before.values())
        .zip(gradient.values())
    {
        // Epsilon takes 1e-8 / |g| of the step.
        let expected = if *g == 0.0 {
            0.0
        } else {
            -0.01 * g / (g.abs() + 1e-8)
        };
        assert!((after - before - expected).abs() < 1e-12);
    }
}

#[test]
fn seds_mean_step_descends_the_gradient_scaled_per_tensor() {
    let mut engine = engine(|p| (p.algorithm, p.learning_rate) = (Algorithm::Sed, Some(1.0)));
    let start = engine.weights.clone();
    // Residuals near zero make the loss flat and its curvature dominant; a large offset does not.
    engine.clean.targets += 3.0;
    const DRAWS: u32 = 40_000;
    let mut sum = Weights::zeros(UNITS as usize, INPUTS, OUTPUTS);
    for _ in 0..DRAWS {
        engine.advance(1);
        sum.add_scaled(1.0 / f64::from(DRAWS), &engine.weights);
        sum.add_scaled(-1.0 / f64::from(DRAWS), &start);
        engine.weights = start.clone();
    }
    let gradient = gradient(&start, &engine.clean);
    let hidden_variance = 0.01 / f64::from(UNITS);
    let output_variance = 0.01 / OUTPUTS as f64;
    for (tensor, mean, gradient, variance) in [
        (
            "W",
            sum.input.flatten(),
            gradient.input.flatten(),
            hidden_variance,
        ),
        (
            "b",
            sum.bias.flatten(),
            gradient.bias.flatten(),
            hidden_variance,
        ),
        (
            "V",
            sum.output.flatten(),
            gradient.output.flatten(),
            output_variance,
        ),
    ] {
        // Projection of the mean step on the direction expected, in units of its length.
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (mean, gradient) = (mean.to_vec(), gradient.to_vec());
        let ratio = dot(&mean, &gradient) / (-variance * dot(&gradient, &gradient));
        assert!(
            (ratio - 1.0).abs() < 0.1,
            "{tensor}: {ratio} of the expected step"
        );
    }
}

#[test]
fn label_noise_has_the_width_asked_for_and_leaves_the_inputs() {
    let noisy = |distribution| {
        let p = parameters(|p| {
            p.label_noise = 0.6;
            p.label_noise_distribution = distribution;
        });
        let clean = Batch {
            inputs: Array2::ones((100, 7)),
            targets: Array2::zeros((100, 103)),
        };
        let batch = Noise::new(&p).noisy(&clean);
        assert_eq!(batch.inputs, clean.inputs);
        batch.targets
    };
    let variance =
        |values: &Array2<f64>| values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
    let uniform = noisy(LabelNoiseDistribution::Uniform);
    assert!(uniform.iter().all(|v| v.abs() <= 0.3));
    // Five standard errors of a variance over 10,300 draws: 0.045 of it (uniform), 0.07 (normal).
    assert!((variance(&uniform) / (0.36 / 12.0) - 1.0).abs() < 0.05);
    let gaussian = noisy(LabelNoiseDistribution::Gaussian);
    assert!((variance(&gaussian) / 0.36 - 1.0).abs() < 0.07);
}

#[test]
fn input_noise_changes_the_inputs_of_a_step_but_not_what_is_observed() {
    let mut noisy = engine(|p| (p.input_noise, p.learning_rate) = (0.5, Some(1e-9)));
    let mut quiet = engine(|p| p.learning_rate = Some(1e-9));
    let batch = noisy.noise.noisy(&noisy.clean);
    assert_eq!(batch.targets, noisy.clean.targets);
    assert_ne!(batch.inputs, noisy.clean.inputs);
    assert_eq!(noisy.observe(), quiet.observe());
}

#[test]
fn an_observation_counts_active_samples_per_unit() {
    let mut engine = engine(|_| {});
    engine.weights.bias.fill(0.0);
    engine.weights.bias[2] = 100.0;
    engine.weights.bias[4] = -100.0;
    let active = engine.observe().active_samples;
    assert_eq!(active.len(), UNITS as usize);
    assert_eq!((active[2], active[4]), (SAMPLES as u32, 0));
}

#[test]
fn a_state_of_another_length_is_refused() {
    let mut engine = engine(|_| {});
    let state = engine.save();
    assert!(engine.restore(&state).is_ok());
    assert!(engine.restore(&state[1..]).is_err());
    assert!(engine.restore(&[]).is_err());
}
