use ndarray::{Array1, Array2, array};

use super::*;
use crate::Parameters;
use crate::stream::{ChaChaStream, StreamName};

/// A network with its data, to take derivatives of.
#[derive(Clone)]
struct Network {
    inputs: Array2<f64>,
    targets: Array2<f64>,
    /// All parameters: for each unit its output weights, its input weights, its bias.
    parameters: Vec<f64>,
    units: usize,
}

impl Network {
    /// Units whose number is in `silent` have a bias that no input overcomes.
    fn new(
        seed: u64,
        [samples, input_dim, output_dim, units]: [usize; 4],
        silent: &[usize],
    ) -> Self {
        let mut stream = ChaChaStream::new(seed, StreamName::Weights);
        let mut normals =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || stream.normal());
        let of_unit = input_dim + output_dim + 1;
        let mut parameters = normals(units, of_unit);
        for &unit in silent.iter().filter(|&&unit| unit < units) {
            parameters[[unit, of_unit - 1]] = -100.0;
        }
        Self {
            inputs: normals(samples, input_dim),
            targets: normals(samples, output_dim),
            parameters: parameters.into_iter().collect(),
            units,
        }
    }

    fn of_unit(&self) -> usize {
        self.parameters.len() / self.units
    }

    fn output_weight(&self, output: usize, unit: usize) -> f64 {
        self.parameters[unit * self.of_unit() + output]
    }

    fn drive(&self, sample: usize, unit: usize) -> f64 {
        let weights =
            &self.parameters[unit * self.of_unit()..][self.targets.ncols()..self.of_unit()];
        let inputs = self.inputs.row(sample).into_iter().chain(&[1.0]);
        weights.iter().zip(inputs).map(|(w, x)| w * x).sum()
    }

    fn point(&self) -> LossPoint {
        let samples = self.inputs.nrows();
        let hidden =
            Array2::from_shape_fn((samples, self.units), |(i, h)| self.drive(i, h).max(0.0));
        let output_dim = self.targets.ncols();
        let output_weights =
            Array2::from_shape_fn((output_dim, self.units), |(o, h)| self.output_weight(o, h));
        LossPoint {
            inputs: self.inputs.clone(),
            residuals: hidden.dot(&output_weights.t()) - &self.targets,
            hidden,
            output_weights,
        }
    }

    /// What parameter `index` does to the output `(sample, output)`.
    fn derivative(&self, point: &LossPoint, sample: usize, output: usize, index: usize) -> f64 {
        let (unit, place) = (index / self.of_unit(), index % self.of_unit());
        let output_dim = self.targets.ncols();
        if place < output_dim {
            return if place == output {
                point.hidden[[sample, unit]]
            } else {
                0.0
            };
        }
        let input = self.extended(sample, place - output_dim);
        let active = f64::from(u8::from(point.hidden[[sample, unit]] > 0.0));
        active * input * point.output_weights[[output, unit]]
    }

    /// The input, the bias's being 1.
    fn extended(&self, sample: usize, input: usize) -> f64 {
        self.inputs.row(sample).get(input).copied().unwrap_or(1.0)
    }

    /// What the parameters `a` and `b` together do to the output `(sample, output)`.
    fn second_derivative(
        &self,
        point: &LossPoint,
        (sample, output): (usize, usize),
        a: usize,
        b: usize,
    ) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        let (unit, output_dim) = (a / self.of_unit(), self.targets.ncols());
        let (first, second) = (a % self.of_unit(), b % self.of_unit());
        let couples = unit == b / self.of_unit() && first == output && second >= output_dim;
        let active = point.hidden[[sample, unit]] > 0.0;
        if couples && active {
            self.extended(sample, second - output_dim)
        } else {
            0.0
        }
    }

    fn gradient(&self) -> Array1<f64> {
        let point = self.point();
        (0..self.parameters.len())
            .map(|index| {
                let pairs = point.residuals.indexed_iter();
                let sum: f64 = pairs
                    .map(|((i, o), e)| e * self.derivative(&point, i, o, index))
                    .sum();
                point.scale() * sum
            })
            .collect()
    }

    /// The Hessian by its definition, entry by entry; without `residuals` the Gauss-Newton part.
    fn analytic_hessian(&self, residuals: bool) -> Array2<f64> {
        let (point, count) = (self.point(), self.parameters.len());
        Array2::from_shape_fn((count, count), |(a, b)| {
            let pairs = point.residuals.indexed_iter();
            let sum: f64 = pairs
                .map(|((i, o), e)| {
                    let curvature = self.second_derivative(&point, (i, o), a, b);
                    self.derivative(&point, i, o, a) * self.derivative(&point, i, o, b)
                        + if residuals { e * curvature } else { 0.0 }
                })
                .sum();
            point.scale() * sum
        })
    }

    /// The Hessian by central differences of the gradient.
    fn differenced_hessian(&self) -> Array2<f64> {
        const STEP: f64 = 1e-5;
        let count = self.parameters.len();
        let mut hessian = Array2::zeros((count, count));
        for index in 0..count {
            let gradient = |by: f64| {
                let mut moved = self.clone();
                moved.parameters[index] += by;
                moved.gradient()
            };
            let column = (gradient(STEP) - gradient(-STEP)) / (2.0 * STEP);
            hessian.column_mut(index).assign(&column);
        }
        hessian
    }

    /// How far the nearest kink is.
    fn kink_distance(&self) -> f64 {
        let pairs = (0..self.inputs.nrows()).flat_map(|i| (0..self.units).map(move |h| (i, h)));
        pairs
            .map(|(i, h)| self.drive(i, h).abs())
            .fold(f64::MAX, f64::min)
    }
}

/// Eigenvalues by Jacobi's rotations, falling: slow, and nothing like the solver under test.
fn jacobi(mut a: Array2<f64>) -> Vec<f64> {
    let order = a.nrows();
    let off_diagonal = |a: &Array2<f64>| -> f64 {
        let outside = a.indexed_iter().filter(|((i, j), _)| i != j);
        outside.map(|(_, v)| v * v).sum()
    };
    let total: f64 = a.iter().map(|v| v * v).sum();
    while off_diagonal(&a) > 1e-30 * total {
        for p in 0..order {
            for q in p + 1..order {
                if a[[p, q]] == 0.0 {
                    continue;
                }
                let ratio = (a[[q, q]] - a[[p, p]]) / (2.0 * a[[p, q]]);
                let tangent = ratio.signum() / (ratio.abs() + (ratio * ratio + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                for k in 0..order {
                    let (x, y) = (a[[k, p]], a[[k, q]]);
                    (a[[k, p]], a[[k, q]]) = (cosine * x - sine * y, sine * x + cosine * y);
                }
                for k in 0..order {
                    let (x, y) = (a[[p, k]], a[[q, k]]);
                    (a[[p, k]], a[[q, k]]) = (cosine * x - sine * y, sine * x + cosine * y);
                }
            }
        }
    }
    let mut values = a.diag().to_vec();
    values.sort_by(|x, y| y.total_cmp(x));
    values
}

/// Fewer samples than outputs and the reverse; more samples than input coordinates; one of each.
const SIZES: [[usize; 4]; 8] = [
    [3, 4, 2, 5],
    [2, 4, 5, 4],
    [6, 2, 3, 5],
    [7, 3, 1, 6],
    [4, 6, 4, 4],
    [9, 1, 5, 3],
    [1, 3, 2, 6],
    [1, 1, 1, 1],
];

/// With the zeros put back.
fn padded(mut values: Vec<f64>, count: usize) -> Vec<f64> {
    assert!(values.len() <= count);
    values.resize(count, 0.0);
    values.sort_by(|x, y| y.total_cmp(x));
    values
}

fn assert_equal(values: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(values.len(), expected.len());
    let size = expected.iter().fold(0.0, |size: f64, v| size.max(v.abs()));
    for (value, expected) in values.iter().zip(expected) {
        assert!(
            (value - expected).abs() <= tolerance * size,
            "{value} is not {expected} of {size}"
        );
    }
}

#[test]
fn every_route_gives_the_eigenvalues_of_the_hessian_by_definition() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        for silent in [&[][..], &[0], &[1, 3]] {
            let network = Network::new(seed as u64, sizes, silent);
            let point = network.point();
            let count = network.parameters.len();
            let expected = jacobi(network.analytic_hessian(true));
            assert_equal(
                &padded(point.eigenvalues().unwrap(), count),
                &expected,
                1e-13,
            );
            assert_equal(
                &padded(point.dense_eigenvalues().unwrap(), count),
                &expected,
                1e-13,
            );
            let expected = jacobi(network.analytic_hessian(false));
            let gauss_newton = point.gauss_newton_eigenvalues().unwrap();
            let gauss_newton: Vec<f64> = gauss_newton.into_iter().take(count).collect();
            assert_equal(&padded(gauss_newton, count), &expected, 1e-13);
        }
    }
}

#[test]
fn the_hessian_is_the_gradients_central_difference() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        let network = Network::new(seed as u64, sizes, &[]);
        assert!(network.kink_distance() > 1e-4);
        let (analytic, differenced) = (
            network.analytic_hessian(true),
            network.differenced_hessian(),
        );
        let size = analytic.iter().fold(0.0, |size: f64, v| size.max(v.abs()));
        let error = (&analytic - &differenced)
            .iter()
            .fold(0.0, |e: f64, v| e.max(v.abs()));
        assert!(error <= 1e-9 * size, "{error} of {size}");
        let symmetric = (&differenced + &differenced.t()) / 2.0;
        let values = padded(
            network.point().eigenvalues().unwrap(),
            network.parameters.len(),
        );
        assert_equal(&values, &jacobi(symmetric), 1e-9);
    }
}

#[test]
fn the_order_is_known_before_the_block_is() {
    for (seed, sizes) in [[5, 4, 3, 20], [3, 6, 2, 9], [12, 2, 5, 4], [4, 3, 9, 7]]
        .into_iter()
        .enumerate()
    {
        let point = Network::new(seed as u64, sizes, &[1, 3]).point();
        let asked = std::cell::Cell::new(0);
        let affordable = |order| {
            asked.set(order);
            true
        };
        let (spectrum, values) = point.measure(0, affordable);
        assert_eq!(asked.get(), values.unwrap().len(), "{sizes:?}");
        // Declined, the trace alone is had.
        let declined = point.measure(0, |_| false);
        assert_eq!(declined.0.trace, spectrum.trace);
        assert_eq!((declined.0.eigenvalues, declined.1), (None, None));
    }
}

#[test]
fn the_trace_is_the_sum_of_the_eigenvalues() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        let network = Network::new(seed as u64, sizes, &[0]);
        let point = network.point();
        let trace = point.trace();
        let close = |sum: f64| (sum - trace).abs() <= 1e-13 * trace.max(1.0);
        assert!(close(point.eigenvalues().unwrap().iter().sum()));
        assert!(close(
            point.gauss_newton_eigenvalues().unwrap().iter().sum()
        ));
        assert!(close(network.analytic_hessian(true).diag().sum()));
    }
}

#[test]
fn a_small_network_has_the_trace_of_paper_and_pencil() {
    // One sample (1, 2): unit 0 has activity 2.5 and output weight 2, unit 1 is silent.
    // c = 2, so 2 [ (1 + 4 + 1) 2^2 + 2.5^2 ] = 60.5.
    let point = LossPoint {
        inputs: array![[1.0, 2.0]],
        residuals: array![[4.0]],
        hidden: array![[2.5, 0.0]],
        output_weights: array![[2.0, 7.0]],
    };
    assert_eq!(point.trace(), 60.5);
    // In the plane of the output weight and the input's direction stands
    // 2 [[ h^2, h v |x| + e |x| ], [ ., v^2 |x|^2 ]]: trace 60.5, determinant 4 (h^2 v^2 - (h v + e)^2) |x|^2.
    let values = point.eigenvalues().unwrap();
    let determinant = 4.0 * (25.0 - 81.0) * 6.0;
    let root = (30.25_f64 * 30.25 - determinant).sqrt();
    assert_equal(&values, &[30.25 + root, 30.25 - root], 1e-14);
    let counts = point.summarize(5).eigenvalues.unwrap();
    assert_eq!((counts.positive, counts.negative), (1, 1));
    // 8 parameters, 4 of them live: one positive, one negative, two null of which half count.
    assert_eq!(
        (counts.nonzero_fraction, counts.nonzero_tol),
        (2.0 / 8.0, 1.0 / 8.0)
    );
}

#[test]
fn negative_eigenvalues_stay_negative() {
    let network = Network::new(3, [3, 4, 2, 5], &[]);
    let expected = jacobi(network.analytic_hessian(true));
    let counts = network.point().summarize(0).eigenvalues.unwrap();
    let bound = 1e-8 * expected[0];
    let count = |is: &dyn Fn(f64) -> bool| expected.iter().filter(|&&v| is(v)).count() as u32;
    assert!(counts.negative > 5);
    assert_eq!(counts.negative, count(&|v| v < -bound));
    assert_eq!(counts.positive, count(&|v| v > bound));
    assert!((counts.largest / expected[0] - 1.0).abs() < 1e-13);
    let log_sum: f64 = expected
        .iter()
        .filter(|&&v| v > bound)
        .map(|&v| libm::log(v))
        .sum();
    assert!((counts.log_sum - log_sum).abs() < 1e-9 * log_sum.abs());
}

#[test]
fn silent_units_leave_zeros_and_nothing_else() {
    // A network without its silent units has the same spectrum.
    let whole = Network::new(1, [3, 4, 2, 5], &[1, 3]);
    let mut live = whole.clone();
    live.units = 3;
    let of_unit = whole.of_unit();
    live.parameters = [0, 2, 4]
        .iter()
        .flat_map(|&u| whole.parameters[u * of_unit..][..of_unit].to_vec())
        .collect();
    let (whole, live) = (whole.point(), live.point());
    assert_eq!(whole.eigenvalues(), live.eigenvalues());
    assert_eq!(
        whole.gauss_newton_eigenvalues(),
        live.gauss_newton_eigenvalues()
    );
    assert_eq!(whole.live_parameter_count(), live.parameter_count());
    let counts = [&whole, &live].map(|point| point.summarize(0).eigenvalues.unwrap());
    assert_eq!(counts[0].positive, counts[1].positive);
    let share = counts[0].nonzero_fraction / counts[1].nonzero_fraction;
    assert!((share - 3.0 / 5.0).abs() < 1e-15);
}

#[test]
fn a_silent_network_has_no_eigenvalue() {
    let point = Network::new(1, [3, 4, 2, 5], &[0, 1, 2, 3, 4]).point();
    assert_eq!(point.eigenvalues(), Some(vec![]));
    let spectrum = point.summarize(7);
    assert_eq!((spectrum.step, spectrum.trace), (7, 0.0));
    let counts = spectrum.eigenvalues.unwrap();
    assert_eq!(
        (counts.largest, counts.log_sum, counts.positive),
        (0.0, 0.0, 0)
    );
    assert_eq!((counts.nonzero_fraction, counts.nonzero_tol), (0.0, 0.0));
}

#[test]
fn rotating_the_inputs_leaves_the_spectrum() {
    let point = Network::new(1, [3, 2, 4, 5], &[]).point();
    let mut rotated = point.clone();
    // By 1 radian in the plane of the inputs, then into three dimensions.
    let (sine, cosine) = (libm::sin(1.0), libm::cos(1.0));
    let turn = array![
        [cosine, 0.6 * sine, 0.8 * sine],
        [-sine, 0.6 * cosine, 0.8 * cosine]
    ];
    rotated.inputs = point.inputs.dot(&turn);
    let [values, turned] = [&point, &rotated].map(|point| point.eigenvalues().unwrap());
    assert_equal(&turned, &values, 1e-14);
}

#[test]
fn the_published_count_is_that_of_the_dense_route_within_rounding() {
    for silent in [0, 60] {
        let silent: Vec<usize> = (0..silent).collect();
        let point = Network::new(5, [5, 12, 5, 80], &silent).point();
        let counts = point.summarize(0).eigenvalues.unwrap();
        let dense = point.dense_eigenvalues().unwrap();
        let strict = dense.iter().filter(|&&v| v > 0.0).count() as f64;
        let strict = strict / point.parameter_count() as f64;
        assert!(
            (counts.nonzero_fraction - strict).abs() < 0.03,
            "{} and {strict}",
            counts.nonzero_fraction
        );
        // Counts by tolerance agree exactly.
        let by_dense = point.count(true, &dense);
        assert_eq!(
            (counts.positive, counts.negative),
            (by_dense.positive, by_dense.negative)
        );
        assert!((counts.log_sum - by_dense.log_sum).abs() < 1e-6 * counts.log_sum.abs());
    }
}

#[test]
fn the_published_share_is_met_where_all_units_are_active() {
    // Rows of 20 samples, 20 inputs, 100 units, 5 and 10 outputs; the columns `eig_nonzero`.
    for (output_dim, published) in [(5, 0.5187), (10, 0.5319)] {
        let mut point = Network::new(2, [20, 20, output_dim, 100], &[]).point();
        // As small as after learning.
        point.residuals *= 1e-3;
        let counts = point.summarize(0).eigenvalues.unwrap();
        assert!((counts.nonzero_fraction - published).abs() < 1e-3);
    }
}

#[test]
fn networks_that_are_too_large_give_less() {
    let point = |sizes: [usize; 4]| {
        let [samples, input_dim, output_dim, units] = sizes;
        LossPoint {
            inputs: Array2::zeros((samples, input_dim)),
            residuals: Array2::zeros((samples, output_dim)),
            hidden: Array2::zeros((samples, units)),
            output_weights: Array2::zeros((output_dim, units)),
        }
    };
    let exact = |sizes| {
        point(sizes)
            .summarize(0)
            .eigenvalues
            .map(|values| values.exact)
    };
    assert_eq!(exact([5, 20, 5, 100]), Some(true));
    assert_eq!(exact([20, 30, 15, 100]), Some(true));
    assert_eq!(exact([150, 18, 17, 500]), Some(false));
    assert_eq!(exact([1_000, 18, 17, 500]), None);
    let order = |n_samples, input_dim, output_dim, hidden_units| {
        let parameters = Parameters {
            n_samples,
            input_dim,
            output_dim,
            hidden_units,
            ..Parameters::default()
        };
        snapshot_order(&parameters.check().unwrap())
    };
    // 100 units with 5 coupled coordinates of each kind, 25 outputs of all samples.
    assert_eq!(order(5, 20, 5, 100), 1_025);
    assert_eq!(order(150, 18, 17, 500), 2_550);
    assert_eq!(order(1_000, 18, 17, 500), 0);
}

#[test]
fn a_network_that_has_diverged_has_no_eigenvalues() {
    for value in [f64::NAN, f64::INFINITY, 1e200] {
        let mut point = Network::new(1, [3, 4, 2, 5], &[]).point();
        point.output_weights[[0, 0]] = value;
        assert_eq!(point.eigenvalues(), None);
        assert_eq!(point.gauss_newton_eigenvalues(), None);
    }
}
