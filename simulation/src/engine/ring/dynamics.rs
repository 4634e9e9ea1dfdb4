//! The settling of activity, and the synapses that it settles by (Qin et al.'s published code).
//!
//! Loops run over whole columns, so that the compiler vectorizes them for the instruction set at hand; no
//! product is fused with a sum but where written, and sums have one order, so no bit depends on it.

use ndarray::Array2;

use crate::engine::lanes::{Kernel, Lanes};
use crate::network::Weights;

/// Time step of the dynamics.
const DT: f64 = 0.05;
/// Added to each unit's own lateral weight (the published lambda_2).
const REGULARIZATION: f64 = 0.01;
/// Activity that changes by a smaller share of itself per unit of time has settled.
const CHANGE_MIN: f64 = 1e-4;
/// So has activity whose change is as it was this many iterations ago, to within [`CHANGE_REPEATED`].
const CHANGES_KEPT: usize = 4;
const CHANGE_REPEATED: f64 = 1e-10;
const ITERATIONS_MAX: u32 = 10_000;
/// Partial sums that go side by side.
const SUMS: usize = 8;

/// W and M.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Synapses {
    /// Columns of W, one for each coordinate of the input.
    pub input: [Vec<f64>; 2],
    /// The diagonal of M.
    pub own: Vec<f64>,
    /// M without its diagonal, column by column: what a unit does to every unit.
    pub lateral: Vec<Vec<f64>>,
}

impl Synapses {
    /// W from `draw`, row by row; M the identity.
    pub fn initial(units: usize, mut draw: impl FnMut() -> f64) -> Self {
        let mut input = [vec![0.0; units], vec![0.0; units]];
        for unit in 0..units {
            for column in &mut input {
                column[unit] = draw();
            }
        }
        Self {
            input,
            own: vec![1.0; units],
            lateral: vec![vec![0.0; units]; units],
        }
    }

    pub fn units(&self) -> usize {
        self.own.len()
    }

    /// One step of learning: `noise` holds normals for W, then for M column by column, or nothing.
    pub fn learn(
        &mut self,
        learning_rate: f64,
        input: [f64; 2],
        activity: &[f64],
        noise_scale: f64,
        noise: &[f64],
    ) {
        let units = self.units();
        let keep = 1.0 - learning_rate;
        let mut noise = noise.chunks_exact(units);
        let mut scaled = || noise.next().map(|normals| (noise_scale, normals));
        for (column, x) in self.input.iter_mut().zip(input) {
            towards(column, keep, learning_rate * x, activity, scaled());
        }
        for (unit, column) in self.lateral.iter_mut().enumerate() {
            // Its own place in the column, zero otherwise, takes part as if it were one of the others.
            column[unit] = self.own[unit];
            let strength = learning_rate * activity[unit];
            towards(column, keep, strength, activity, scaled());
            column
                .iter_mut()
                .for_each(|weight| *weight = weight.max(0.0));
            self.own[unit] = std::mem::take(&mut column[unit]);
        }
    }

    pub fn weights(&self) -> Weights {
        let units = self.units();
        let mut weights = Weights::zeros(units, 2, units);
        weights.input = Array2::from_shape_fn((units, 2), |(unit, k)| self.input[k][unit]);
        weights.output = Array2::from_shape_fn((units, units), |(to, from)| {
            if to == from {
                self.own[to]
            } else {
                self.lateral[from][to]
            }
        });
        weights
    }

    pub fn values(&self) -> impl Iterator<Item = &f64> {
        let lateral = self.lateral.iter().flatten();
        self.input.iter().flatten().chain(&self.own).chain(lateral)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let lateral = self.lateral.iter_mut().flatten();
        let input = self.input.iter_mut().flatten();
        input.chain(&mut self.own).chain(lateral)
    }
}

/// `column <- keep column + strength activity + noise`.
fn towards(
    column: &mut [f64],
    keep: f64,
    strength: f64,
    activity: &[f64],
    noise: Option<(f64, &[f64])>,
) {
    for (weight, y) in column.iter_mut().zip(activity) {
        *weight = keep * *weight + strength * y;
    }
    if let Some((scale, normals)) = noise {
        for (weight, normal) in column.iter_mut().zip(normals) {
            *weight += scale * normal;
        }
    }
}

/// Lets activity settle for one input:
/// `u += dt (-u + W x - (M - diag M) y)`, `y = max(0, u / (lambda_2 + diag M))`.
pub(super) struct Settle<'a> {
    pub synapses: &'a Synapses,
    pub input: [f64; 2],
    /// The activity to start from.
    pub start: Vec<f64>,
}

impl Kernel for Settle<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Vec<f64> {
        let Synapses {
            input,
            own,
            lateral,
        } = self.synapses;
        let units = own.len();
        let [x0, x1] = self.input;
        let columns = input[0].iter().zip(&input[1]);
        let drive: Vec<f64> = columns.map(|(w0, w1)| w0 * x0 + w1 * x1).collect();
        let divisor: Vec<f64> = own.iter().map(|m| REGULARIZATION + m).collect();
        let mean_divisor = REGULARIZATION + own.iter().sum::<f64>() / units as f64;
        let mut activity = self.start;
        let mut potential: Vec<f64> = activity.iter().map(|y| y * mean_divisor).collect();
        let mut inhibition = vec![0.0; units];
        let mut settled = vec![0.0; units];
        let mut changes = [f64::NAN; CHANGES_KEPT];
        for iteration in 0..ITERATIONS_MAX {
            inhibition.fill(0.0);
            for (column, &y) in lateral.iter().zip(&activity).filter(|(_, y)| **y != 0.0) {
                for (sum, weight) in inhibition.iter_mut().zip(column) {
                    *sum += weight * y;
                }
            }
            for unit in 0..units {
                let u = potential[unit];
                let moved = u + DT * (drive[unit] - u - inhibition[unit]);
                potential[unit] = moved;
                settled[unit] = (moved / divisor[unit]).max(0.0);
            }
            let change = difference(&settled, &activity).sqrt();
            let change = change / (dot(&activity, &activity).sqrt() + 1e-12) / DT;
            std::mem::swap(&mut activity, &mut settled);
            let earlier = &mut changes[iteration as usize % CHANGES_KEPT];
            let repeats = (change - *earlier).abs() < CHANGE_REPEATED;
            *earlier = change;
            if change < CHANGE_MIN || repeats {
                break;
            }
        }
        activity
    }
}

#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a, b, |a, b| a * b)
}

/// Sum of squared differences.
#[inline(always)]
fn difference(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a, b, |a, b| (a - b) * (a - b))
}

#[inline(always)]
fn sum_of(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let (a_parts, a_rest) = a.as_chunks::<SUMS>();
    let (b_parts, b_rest) = b.as_chunks::<SUMS>();
    let mut sums = [0.0; SUMS];
    for (a, b) in a_parts.iter().zip(b_parts) {
        for lane in 0..SUMS {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| term(*a, *b));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}
