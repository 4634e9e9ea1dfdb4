use ndarray::{Array2, array};

use super::*;
use crate::Parameters;

/// Bins of samples without a place.
fn unordered(samples: u32) -> Bins {
    let parameters = Parameters {
        n_samples: samples,
        ..Parameters::default()
    };
    Bins::new(&parameters.check().unwrap())
}

fn spatial_information(hidden: &Array2<f32>, bins: &Bins) -> Vec<(u32, f64)> {
    let activity = Activity::new(hidden);
    let code = PlaceCode::of(bins, &[0], &[(7, &activity)]);
    let maps = code.rate_maps.iter();
    maps.map(|map| (map.unit, map.spatial_information))
        .collect()
}

fn assert_close(actual: impl IntoIterator<Item = f64>, expected: &[f64], tolerance: f64) {
    let actual: Vec<f64> = actual.into_iter().collect();
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        let close = (actual - expected).abs() <= tolerance;
        assert!(close, "{actual} for {expected}");
    }
}

#[test]
fn spatial_information_has_its_closed_forms() {
    let hidden = array![
        // In one of eight bins: 3 bits; in two: 2 bits; in half of them: 1 bit.
        [0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0_f32],
        [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5],
        [2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0],
        // Everywhere alike: nothing.
        [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3],
        // Silent: no map.
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        // Rates 3 and 1 in halves, mean 2: (3/4) log2(3/2) + (1/4) log2(1/2) bits.
        [3.0, 1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 1.0],
    ];
    let found = spatial_information(&hidden, &unordered(8));
    let units: Vec<u32> = found.iter().map(|&(unit, _)| unit).collect();
    assert_eq!(units, [0, 1, 2, 3, 5]);
    let two_rates = 0.75 * libm::log2(1.5) - 0.25;
    let expected = [3.0, 2.0, 1.0, 0.0, two_rates];
    assert_close(found.iter().map(|found| found.1), &expected, 1e-15);
}

#[test]
fn occupancy_weighs_and_activity_is_averaged() {
    // Up from 0 to 1 in one step, and staying there for long: places 0, 1, 0, 0, ... of which the
    // first bin holds all but one.
    let mut positions = vec![1.0; 8];
    positions[0] = 0.0;
    let bins = Bins::along_track(&positions);
    let mut hidden = Array2::zeros((2, 8));
    hidden[[0, 1]] = 4.0;
    hidden.row_mut(1).fill(1.0);
    hidden[[1, 1]] = 0.0;
    // Unit 0 fires in a bin of occupancy 1/8, unit 1 in the other bin alone.
    let found = spatial_information(&hidden, &bins);
    let expected = [3.0, libm::log2(8.0 / 7.0)];
    assert_close(found.iter().map(|found| found.1), &expected, 1e-15);
}

#[test]
fn units_above_a_hundredth_of_a_bit_are_place_cells() {
    // Rates 1 + a and 1 - a in halves carry about a^2 / (2 ln 2) bits: 0.0115 and 0.0088.
    let (tuned, untuned) = (0.126, 0.110);
    let hidden = array![
        [1.0 + tuned, 1.0 - tuned],
        [1.0 + untuned, 1.0 - untuned],
        [0.0, 1.0_f32],
        [0.0, 0.0]
    ];
    let activity = Activity::new(&hidden);
    let code = PlaceCode::of(&unordered(2), &[], &[(3, &activity)]);
    let [snapshot] = code.snapshots[..] else {
        panic!("one snapshot was given")
    };
    assert_eq!((snapshot.step, snapshot.place_cells), (3, 2));
    let a = f64::from(tuned);
    let bits = ((1.0 + a) * libm::log2(1.0 + a) + (1.0 - a) * libm::log2(1.0 - a)) / 2.0;
    let mean = snapshot.mean_spatial_information.unwrap();
    assert!((mean - f64::midpoint(bits, 1.0)).abs() < 1e-6, "{mean}");
    assert!(code.rate_maps.is_empty());
}

#[test]
fn a_silent_network_has_no_place_code() {
    let activity = Activity::new(&Array2::zeros((3, 4)));
    let code = PlaceCode::of(&unordered(4), &[0], &[(0, &activity), (1, &activity)]);
    assert!(code.rate_maps.is_empty());
    assert_eq!(code.snapshots[0].mean_spatial_information, None);
    assert_eq!(code.snapshots[0].place_cells, 0);
    let [pair] = code.correlations[..] else {
        panic!("two snapshots make one pair")
    };
    assert_eq!((pair.rate_maps, pair.population_vectors), (None, None));
    assert_eq!(code.spatial_information_ratio(), None);
}

#[test]
fn correlations_are_means_over_units_and_over_samples() {
    let earlier = Activity::new(&array![
        [1.0, 2.0, 3.0, 4.0_f32],
        [4.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 9.0]
    ]);
    let later = Activity::new(&array![
        [1.0, 3.0, 2.0, 4.0_f32],
        [0.0, 0.0, 1.0, 4.0],
        [0.0, 0.0, 0.0, 0.0]
    ]);
    let code = PlaceCode::of(&unordered(4), &[], &[(0, &earlier), (9, &later)]);
    let pair = code.correlations[0];
    assert_eq!((pair.step, pair.other_step), (0, 9));
    // Unit 0: 4/5. Unit 1: products -25/16 and around, (4*0+1*0+0*1+0*4) - 4 (5/4)(5/4) = -6.25 over
    // 17 - 6.25 = 10.75. Unit 2 is silent later.
    let expected = f64::midpoint(0.8, -6.25 / 10.75);
    assert!((pair.rate_maps.unwrap() - expected).abs() < 1e-14);
    // Samples: (1,4,0) (1,0,0); (2,1,0) (3,0,0); (3,0,0) (2,1,0); (4,0,9) (4,4,0).
    let pearson = |x: [f64; 3], y: [f64; 3]| {
        let mean = |v: [f64; 3]| (v[0] + v[1] + v[2]) / 3.0;
        let product = |v: [f64; 3], w: [f64; 3]| -> f64 {
            (0..3).map(|k| (v[k] - mean(v)) * (w[k] - mean(w))).sum()
        };
        product(x, y) / (product(x, x) * product(y, y)).sqrt()
    };
    let expected = [
        pearson([1.0, 4.0, 0.0], [1.0, 0.0, 0.0]),
        pearson([2.0, 1.0, 0.0], [3.0, 0.0, 0.0]),
        pearson([3.0, 0.0, 0.0], [2.0, 1.0, 0.0]),
        pearson([4.0, 0.0, 9.0], [4.0, 4.0, 0.0]),
    ];
    let expected = expected.iter().sum::<f64>() / 4.0;
    assert!((pair.population_vectors.unwrap() - expected).abs() < 1e-14);
}

/// Six units on 40 samples of an uneven walk: broad and narrow fields, one unit that comes later, one
/// that is silent, and samples at which nobody is active.
fn walked(snapshot: u32) -> (Vec<f64>, Activity) {
    let time = |t: usize| t as f64;
    let turns = std::f64::consts::TAU * 1.7 / 40.0;
    let positions: Vec<f64> = (0..40)
        .map(|t| 5.0 * libm::sin((time(t) + 0.3) * turns))
        .collect();
    let k = f64::from(snapshot);
    let hidden = Array2::from_shape_fn((6, 40), |(unit, t)| {
        let u = unit as f64;
        let place = libm::sin(0.9 * (u + 1.0) * positions[t] / 3.0 + 0.4 * k * (u + 1.0));
        let activity = match unit {
            4 if snapshot == 2 => positions[t],
            4 | 5 => 0.0,
            _ => place + 0.3 * libm::cos(1.3 * time(t) + u) - 0.2 * u,
        };
        activity.max(0.0) as f32
    });
    (positions, Activity::new(&hidden))
}

#[test]
fn numpy_and_scipy_find_the_same_on_a_made_walk() {
    // numpy.histogram for the bins, scipy.ndimage.gaussian_filter1d(sigma=6, mode="reflect") for the
    // smoothing, numpy.corrcoef for the correlations.
    let (positions, _) = walked(0);
    let activities = [walked(0).1, walked(1).1, walked(2).1];
    let bins = Bins::along_track(&positions);
    let occupied = bins.samples_in.iter().filter(|&&samples| samples > 0);
    assert_eq!(occupied.count(), 37);
    assert_eq!(bins.of_sample[..8], [76, 83, 89, 94, 97, 99, 99, 1]);
    let taken = [
        (0, &activities[0]),
        (10, &activities[1]),
        (20, &activities[2]),
    ];
    let code = PlaceCode::of(&bins, &[1], &taken);
    let means = code
        .snapshots
        .iter()
        .map(|s| s.mean_spatial_information.unwrap());
    let expected = [1.6208212074670523, 1.7221901686079082, 1.6176117643585175];
    assert_close(means, &expected, 1e-6);
    let place_cells: Vec<u32> = code.snapshots.iter().map(|s| s.place_cells).collect();
    assert_eq!(place_cells, [4, 4, 5]);
    let of_maps = code.correlations.iter().map(|pair| pair.rate_maps.unwrap());
    let expected = [0.2792031114946879, -0.16054799156286273, 0.6838092675989464];
    assert_close(of_maps, &expected, 1e-6);
    let vectors = code
        .correlations
        .iter()
        .map(|pair| pair.population_vectors.unwrap());
    let expected = [0.738053376908597, 0.028096263917926124, 0.1561062483264845];
    assert_close(vectors, &expected, 1e-6);
    let second = &code.rate_maps[1];
    assert_eq!((second.step, second.unit, second.rates.len()), (10, 1, 100));
    let rates = [0, 50, 99].map(|bin| f64::from(second.rates[bin]));
    let expected = [
        0.05082659461036122,
        2.7379035648609986e-05,
        0.01044997162083773,
    ];
    assert_close(rates, &expected, 1e-7);
    let information = code.rate_maps.iter().map(|map| map.spatial_information);
    let expected = [
        0.7351005130946812,
        1.846950236974298,
        2.685046426200562,
        1.6216634981620917,
    ];
    assert_close(information, &expected, 1e-6);
}

#[test]
fn maps_are_kept_at_the_papers_four_snapshots() {
    // numpy.floor(numpy.linspace(0.1 * 51, 50, 4)) and of 101 snapshots.
    assert_eq!(mapped(51), [5, 20, 35, 50]);
    assert_eq!(mapped(101), [10, 40, 70, 100]);
    assert_eq!(mapped(4), [0, 1, 2, 3]);
    assert_eq!(mapped(2), [0, 1]);
    assert_eq!(mapped(1), [0]);
}

#[test]
fn the_ratio_averages_the_last_ten_snapshots_but_one() {
    let code = |values: &[Option<f64>]| PlaceCode {
        snapshots: (0..)
            .zip(values)
            .map(|(step, &mean_spatial_information)| PlaceSnapshot {
                step,
                mean_spatial_information,
                place_cells: 1,
            })
            .collect(),
        ..PlaceCode::default()
    };
    // 51 values 0.5, 0.6, ..., 5.5: those of the snapshots 40 to 49 have mean 4.95.
    let mut values: Vec<Option<f64>> = (0..51).map(|k| Some(0.5 + 0.1 * f64::from(k))).collect();
    let ratio = code(&values).spatial_information_ratio().unwrap();
    assert!((ratio - 9.9).abs() < 1e-12, "{ratio}");
    values[20] = None;
    assert!(code(&values).spatial_information_ratio().is_some());
    values[45] = None;
    assert_eq!(code(&values).spatial_information_ratio(), None);
    assert_eq!(code(&[Some(1.0)]).spatial_information_ratio(), None);
    assert_eq!(code(&[None, Some(1.0)]).spatial_information_ratio(), None);
    assert_eq!(
        code(&[Some(2.0), Some(5.0)]).spatial_information_ratio(),
        Some(2.5)
    );
}
