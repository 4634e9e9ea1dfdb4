mod equivalence;
mod reduced;

use ndarray::Array2;

use super::*;
use crate::engine::ReferenceEngine;
use crate::stream::{ChaChaStream, StreamName};
use crate::{LabelNoiseDistribution, Parameters, Reductions, UpdateNoiseTarget};

/// A learning problem and how it is learned.
#[derive(Clone, Debug)]
pub(super) struct Case {
    parameters: Parameters,
    /// Samples, inputs, outputs.
    shape: (usize, usize, usize),
}

impl Case {
    fn new(
        shape: (usize, usize, usize),
        hidden_units: u32,
        change: impl FnOnce(&mut Parameters),
    ) -> Self {
        let mut parameters = Parameters {
            hidden_units,
            seed: 11,
            reductions: Reductions::Off,
            ..Parameters::default()
        };
        change(&mut parameters);
        Self { parameters, shape }
    }

    fn dataset(&self) -> Dataset {
        let (samples, inputs, outputs) = self.shape;
        let mut stream = ChaChaStream::new(3, StreamName::Data);
        let mut draw = |columns| {
            Array2::from_shape_simple_fn((samples, columns), || 2.0 * stream.uniform() - 1.0)
        };
        Dataset::new(draw(inputs), draw(outputs)).unwrap()
    }

    fn single(&self, set: InstructionSet) -> SingleEngine {
        let parameters = self.parameters.clone().check().unwrap();
        let weights = Weights::initial(&parameters, self.shape.1, self.shape.2);
        SingleEngine::with(set, &parameters, &self.dataset(), &weights)
    }

    fn reference(&self) -> ReferenceEngine {
        let parameters = self.parameters.clone().check().unwrap();
        let weights = Weights::initial(&parameters, self.shape.1, self.shape.2);
        ReferenceEngine::new(&parameters, &self.dataset(), weights)
    }
}

/// Every algorithm with every noise it can carry, on sizes that leave remainders everywhere.
fn cases() -> Vec<Case> {
    let noises: [fn(&mut Parameters); 7] = [
        |_| {},
        |p| p.update_noise = 0.03,
        |p| {
            p.update_noise = 0.003;
            p.update_noise_on = UpdateNoiseTarget::Weights;
        },
        |p| p.label_noise = 0.5,
        |p| {
            p.label_noise = 0.2;
            p.label_noise_distribution = LabelNoiseDistribution::Gaussian;
        },
        |p| p.input_noise = 0.1,
        |p| (p.update_noise, p.label_noise, p.input_noise) = (0.03, 0.5, 0.1),
    ];
    let shapes = [
        ((5, 7, 3), 37),
        ((8, 3, 12), 116),
        ((3, 2, 1), 16),
        ((1, 1, 9), 5),
    ];
    let mut cases = Vec::new();
    for algorithm in [Algorithm::Sgd, Algorithm::Adam, Algorithm::Sed] {
        for (index, noise) in noises.into_iter().enumerate() {
            let (shape, hidden_units) = shapes[index % shapes.len()];
            cases.push(Case::new(shape, hidden_units, |p| {
                noise(p);
                p.algorithm = algorithm;
                if algorithm == Algorithm::Sed {
                    p.update_noise = 0.0;
                }
            }));
        }
    }
    cases
}

#[test]
fn steps_follow_the_float64_reference() {
    for case in cases() {
        let (mut single, mut reference) = (case.single(InstructionSet::best()), case.reference());
        for steps in [1, 1, 8, 40, 50, 100] {
            single.advance(steps);
            reference.advance(steps);
            let ours = single.weights();
            for (weight, expected) in ours.values().zip(reference.weights.values()) {
                let difference = (weight - expected).abs();
                assert!(difference < 1e-4, "{case:?}: {weight} is not {expected}");
            }
            let (ours, expected) = (single.observe(), reference.observe());
            let loss = expected.mean_squared_error;
            assert!(
                (ours.mean_squared_error - loss).abs() < 1e-4 * loss + 1e-9,
                "{case:?}"
            );
            assert_eq!(ours.active_samples, expected.active_samples, "{case:?}");
        }
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for case in cases() {
        let state = |set: InstructionSet| {
            let mut engine = case.single(set);
            engine.advance(60);
            (engine.observe(), engine.save())
        };
        let expected = state(InstructionSet::best());
        for set in InstructionSet::available() {
            assert!(state(set) == expected, "{set}: {case:?}");
        }
    }
}

#[test]
fn cutting_saving_and_looking_change_no_bit() {
    for case in cases() {
        let mut whole = case.single(InstructionSet::best());
        whole.advance(60);
        let mut pieces = case.single(InstructionSet::best());
        for count in [1, 2, 0, 30] {
            pieces.advance(count);
            pieces.observe();
        }
        let mut restored = case.single(InstructionSet::best());
        restored.restore(&pieces.save()).unwrap();
        restored.advance(27);
        assert!(restored.save() == whole.save(), "{case:?}");
        assert_eq!(restored.observe(), whole.observe());
    }
}

#[test]
fn noise_never_reaches_the_pads() {
    for case in cases() {
        let mut engine = case.single(InstructionSet::best());
        engine.advance(100);
        let weights = &engine.state.weights;
        let hidden = case.parameters.hidden_units as usize;
        for row in 0..weights.rows {
            for lane in hidden..weights.columns * crate::engine::lanes::WIDTH {
                assert_eq!(weights.value(row, lane), 0.0, "{case:?}");
            }
        }
    }
}

#[test]
fn a_diverged_network_shows() {
    // Noise this large keeps units awake whatever the gradient does to them.
    let case = Case::new((5, 7, 3), 37, |p| {
        (p.learning_rate, p.update_noise) = (Some(100.0), 1000.0);
    });
    for set in InstructionSet::available() {
        let mut engine = case.single(set);
        engine.advance(300);
        assert!(!engine.observe().mean_squared_error.is_finite());
    }
}

#[test]
fn a_state_of_another_length_is_refused() {
    let case = &cases()[0];
    let mut engine = case.single(InstructionSet::best());
    let mut state = engine.save();
    state.pop();
    assert!(engine.restore(&state).is_err());
}
