//! Reductions keep what the engine promises, and where no noise is drawn they give the same network.

use super::*;

/// Runs long enough, and with noise weak enough, that units fall asleep and wake.
fn cases() -> Vec<Case> {
    let changes: [fn(&mut Parameters); 7] = [
        |p| p.update_noise = 0.03,
        |p| {
            p.update_noise = 0.002;
            p.update_noise_on = UpdateNoiseTarget::Weights;
        },
        |p| p.label_noise = 1.0,
        |p| (p.update_noise, p.input_noise) = (0.03, 0.1),
        |p| p.algorithm = Algorithm::Sed,
        |p| (p.algorithm, p.update_noise) = (Algorithm::Adam, 0.03),
        |p| (p.algorithm, p.label_noise) = (Algorithm::Adam, 0.5),
    ];
    let build = |change: fn(&mut Parameters)| {
        Case::new((4, 7, 3), 37, |p| {
            p.reductions = Reductions::Auto;
            change(p);
        })
    };
    changes.map(build).to_vec()
}

#[test]
fn every_instruction_set_gives_the_same_bits_with_reductions() {
    for case in cases() {
        let state = |set: InstructionSet| {
            let mut engine = case.single(set);
            engine.advance(700);
            (engine.observe(), engine.save(), engine.weights())
        };
        let expected = state(InstructionSet::best());
        for set in InstructionSet::available() {
            assert!(state(set) == expected, "{set}: {case:?}");
        }
    }
}

#[test]
fn cutting_saving_and_looking_change_no_bit_with_reductions() {
    for case in cases() {
        let mut whole = case.single(InstructionSet::best());
        whole.advance(2_000);
        let mut pieces = case.single(InstructionSet::best());
        for count in [1, 126, 1, 0, 500, 13] {
            pieces.advance(count);
            pieces.observe();
            pieces.weights();
        }
        let mut restored = case.single(InstructionSet::best());
        restored.restore(&pieces.save()).unwrap();
        restored.advance(2_000 - 641);
        assert!(restored.save() == whole.save(), "{case:?}");
        assert_eq!(restored.observe(), whole.observe());
        assert_eq!(restored.weights(), whole.weights());
    }
}

#[test]
fn units_sleep_and_wake_and_freeze() {
    let mut cases = cases();
    let (updated, labelled) = (cases.remove(0), cases.remove(1));
    let mut engine = updated.single(InstructionSet::best());
    assert_eq!(engine.describe(), "f32 span:4/8 packing sleeping");
    let (mut slept, mut woke) = (0, 0);
    for _ in 0..200 {
        let before = engine.state.places.clone();
        engine.advance(packing::PERIOD);
        let after = &engine.state.places;
        let asleep = |places: &packing::Places, unit: u32| {
            let lane = places.units.iter().position(|&u| u == unit).unwrap();
            places.wake_at[lane] != 0
        };
        for unit in 0..updated.parameters.hidden_units {
            match (asleep(&before, unit), asleep(after, unit)) {
                (false, true) => slept += 1,
                (true, false) => woke += 1,
                _ => {}
            }
        }
    }
    assert!(slept > 10 && woke > 10, "{slept} slept, {woke} woke");

    let mut engine = labelled.single(InstructionSet::best());
    assert_eq!(engine.describe(), "f32 span:4/8 packing freezing");
    engine.advance(1_000);
    let frozen = engine
        .state
        .places
        .wake_at
        .iter()
        .filter(|&&at| at != 0)
        .count();
    let silent = engine
        .observe()
        .active_samples
        .iter()
        .filter(|&&n| n == 0)
        .count();
    assert!(frozen > 0 && frozen <= silent, "{frozen} of {silent}");
}

#[test]
fn without_noise_reductions_give_the_references_network() {
    // More samples than inputs, fewer, as many; a sample that repeats another.
    for (shape, units) in [
        ((4, 7, 3), 37),
        ((9, 3, 2), 40),
        ((5, 4, 5), 16),
        ((6, 6, 1), 100),
    ] {
        let case = Case::new(shape, units, |p| p.reductions = Reductions::Auto);
        let (mut single, mut reference) = (case.single(InstructionSet::best()), case.reference());
        for steps in [1, 127, 1, 100, 171] {
            single.advance(steps);
            reference.advance(steps);
            for (weight, expected) in single.weights().values().zip(reference.weights.values()) {
                let difference = (weight - expected).abs();
                assert!(difference < 1e-4, "{shape:?}: {weight} is not {expected}");
            }
            let (ours, expected) = (single.observe(), reference.observe());
            let loss = expected.mean_squared_error;
            assert!((ours.mean_squared_error - loss).abs() < 1e-4 * loss + 1e-8);
            assert_eq!(ours.active_samples, expected.active_samples);
        }
    }
}

#[test]
fn a_sleeper_wakes_with_the_variance_of_the_steps_it_slept() {
    // One silent unit far from every kink: its output weights walk by noise alone. It can sleep for
    // at most eight periods at a time.
    let (noise, steps, draws) = (0.1f64, 40 * packing::PERIOD, 400);
    let mut squares = 0.0;
    for seed in 0..draws {
        let mut case = Case::new((2, 3, 8), 1, |p| {
            (p.learning_rate, p.update_noise) = (Some(0.1), noise);
            p.reductions = Reductions::Auto;
        });
        case.parameters.seed = seed;
        let parameters = case.parameters.clone().check().unwrap();
        let mut weights = Weights::zeros(1, 3, 8);
        weights.bias[0] = -5.0;
        let set = InstructionSet::best();
        let mut engine = SingleEngine::with(set, &parameters, &case.dataset(), &weights);
        engine.advance(steps / 2);
        assert_ne!(engine.state.places.wake_at[0], 0);
        engine.advance(steps - steps / 2);
        assert!(engine.state.places.owed(0, steps) <= 16 * packing::PERIOD);
        squares += engine.weights().output.iter().map(|v| v * v).sum::<f64>();
    }
    let count = f64::from(u32::try_from(draws).unwrap()) * 8.0;
    let variance = squares / count / ((0.1 * noise).powi(2) * steps as f64);
    // Five standard errors of a variance.
    assert!(
        (variance - 1.0).abs() < 5.0 * (2.0 / count).sqrt(),
        "{variance}"
    );
}

/// Zero times infinity is not zero, so what is multiplied by a zero must not depend on how a set cuts its tiles.
#[test]
fn every_instruction_set_diverges_with_the_same_bits() {
    let noises: [fn(&mut Parameters); 4] = [
        |_| {},
        |p| p.label_noise = 1.0,
        |p| p.update_noise = 0.1,
        |p| p.algorithm = Algorithm::Sed,
    ];
    let bits = |engine: &mut SingleEngine| -> Vec<u64> {
        let loss = engine.observe().mean_squared_error;
        let weights = engine.weights();
        let values = weights.values().copied().chain([loss]);
        // Any NaN is as good as another.
        let canonical = values.map(|value| if value.is_nan() { f64::NAN } else { value });
        canonical.map(f64::to_bits).collect()
    };
    let mut diverged = 0;
    for (noise, seed) in noises
        .into_iter()
        .flat_map(|n| (0..10).map(move |s| (n, s)))
    {
        let case = Case::new((7, 9, 3), 37, |p| {
            noise(p);
            p.reductions = Reductions::Auto;
            p.seed = seed;
            p.learning_rate = Some([3.0, 10.0, 50.0][seed as usize % 3]);
        });
        let mut engines: Vec<SingleEngine> = InstructionSet::available()
            .into_iter()
            .map(|set| case.single(set))
            .collect();
        for step in 0..200 {
            engines.iter_mut().for_each(|engine| engine.advance(1));
            let expected = bits(&mut engines[0]);
            for engine in &mut engines[1..] {
                assert_eq!(bits(engine), expected, "step {step} of {case:?}");
            }
        }
        diverged += u32::from(engines[0].weights().values().any(|w| !w.is_finite()));
    }
    assert!(diverged >= 10, "{diverged}");
}
