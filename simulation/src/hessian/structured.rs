//! The Hessian's non-zero block, by what is known of its null space.
//!
//! `H = c (J^T J + R)`, with J the derivatives of all outputs (a row for every sample i and output o)
//! and R coupling only a unit's output weights with its own input weights and bias, through
//! `B_h = sum_i g_ih e_i x_i^T` (`[O, D + 1]`; e_i the residuals, x_i the input with a 1 appended).
//! Orthogonal changes of coordinates take the zeros out:
//!
//! 1. Only unit h's active samples enter: s_h of them span at most s_h of the D + 1 input coordinates.
//! 2. B_h has rank q_h = min(O, s_h, D + 1) at most. By its QR decomposition q_h coordinates of the
//!    output weights and q_h of the input weights are coupled by R; the others are free of it.
//! 3. The free coordinates of all units enter through J's S O rows alone: one more QR decomposition
//!    leaves S O of them.
//!
//! What remains has order `sum_h 2 q_h + min(S O, free)`: 525 of 2,600 with 100 units, 20 inputs, 5 outputs
//! and 5 samples. In general it has full rank.

use ndarray::{Array2, Axis, s};

use super::LossPoint;
use super::panel::Panel;
use super::reflection::triangularize;
use super::symmetric::Symmetric;

/// One live unit in its new coordinates.
struct Unit {
    /// Its active samples, `[s_h]`.
    samples: Vec<usize>,
    /// Their inputs, `[s_h, rho_h]` with rho_h = min(s_h, D + 1).
    inputs: Array2<f64>,
    /// The new output coordinates of each output, `[O, O]`: column o is output o's.
    outputs: Array2<f64>,
    /// R's entries between coupled coordinates, `[q_h, q_h]`: rows outputs, columns inputs.
    coupling: Array2<f64>,
}

impl Unit {
    fn coupled(&self) -> usize {
        self.coupling.nrows()
    }

    fn free(&self) -> usize {
        self.outputs.nrows() + self.inputs.ncols() - 2 * self.coupled()
    }
}

/// Order of the block, by counting: what its eigenvalues cost follows from it.
pub(super) fn order(point: &LossPoint) -> usize {
    let (samples, input_dim) = point.inputs.dim();
    let output_dim = point.residuals.ncols();
    let (mut coupled, mut free) = (0, 0);
    for unit in point.live_units() {
        let hidden = point.hidden.column(unit);
        let active = hidden.iter().filter(|&&activity| activity > 0.0).count();
        let spanned = active.min(input_dim + 1);
        let count = output_dim.min(spanned);
        coupled += 2 * count;
        free += output_dim + spanned - 2 * count;
    }
    coupled + free.min(samples * output_dim)
}

/// The block, in coordinates of its own. Its eigenvalues and zeros are those of the whole Hessian.
pub(super) fn nonzero_block(point: &LossPoint) -> Symmetric {
    let inputs = rotated_inputs(point);
    let units: Vec<(usize, Unit)> = point
        .live_units()
        .map(|unit| (unit, reduced(point, &inputs, unit)))
        .collect();
    let rows = point.residuals.len();
    let coupled: usize = units.iter().map(|(_, unit)| 2 * unit.coupled()).sum();
    let free: usize = units.iter().map(|(_, unit)| unit.free()).sum();
    let mut derivatives = Derivatives {
        scale: point.scale().sqrt(),
        coupled: Panel::zeros(coupled + free.min(rows), rows),
        free: Array2::zeros((free, rows)),
    };
    let (mut coupled_start, mut free_start) = (0, 0);
    for (index, unit) in &units {
        derivatives.add(point, *index, unit, coupled_start, free_start);
        coupled_start += 2 * unit.coupled();
        free_start += unit.free();
    }
    let derivatives = derivatives.reduced(coupled);
    let mut block = Symmetric::zeros(coupled + free.min(rows));
    block.add_square(&derivatives);
    let mut start = 0;
    for (_, unit) in &units {
        let count = unit.coupled();
        for ((output, input), value) in unit.coupling.indexed_iter() {
            block.add(start + output, start + count + input, point.scale() * value);
        }
        start += 2 * count;
    }
    block
}

/// The inputs with a 1 appended, in coordinates of the space they span: `[S, min(S, D + 1)]`.
fn rotated_inputs(point: &LossPoint) -> Array2<f64> {
    let (samples, input_dim) = point.inputs.dim();
    let mut extended = Array2::ones((samples, input_dim + 1));
    extended
        .slice_mut(s![.., ..input_dim])
        .assign(&point.inputs);
    spanned(extended)
}

/// Rows of vectors in coordinates of the space they span: never more columns than rows.
fn spanned(vectors: Array2<f64>) -> Array2<f64> {
    let (count, dimension) = vectors.dim();
    if dimension <= count {
        return vectors;
    }
    let mut transposed = vectors.reversed_axes().as_standard_layout().into_owned();
    triangularize(&mut transposed, &mut Array2::zeros((dimension, 0)));
    transposed
        .slice(s![..count, ..])
        .t()
        .as_standard_layout()
        .into_owned()
}

/// Steps 1 and 2 of the module's text.
fn reduced(point: &LossPoint, inputs: &Array2<f64>, unit: usize) -> Unit {
    let hidden = point.hidden.column(unit);
    let samples: Vec<usize> = (0..hidden.len()).filter(|&i| hidden[i] > 0.0).collect();
    let mut inputs = spanned(inputs.select(Axis(0), &samples));
    let residuals = point.residuals.select(Axis(0), &samples);
    let mut coupling = products(&residuals, &inputs);
    let (output_dim, spanned) = coupling.dim();
    let mut outputs = Array2::eye(output_dim);
    if output_dim > spanned {
        triangularize(&mut coupling, &mut outputs);
    } else if spanned > output_dim {
        let mut transposed = coupling.t().as_standard_layout().into_owned();
        let mut turned = inputs.t().as_standard_layout().into_owned();
        triangularize(&mut transposed, &mut turned);
        coupling = transposed.reversed_axes();
        inputs = turned.reversed_axes();
    }
    let count = output_dim.min(spanned);
    Unit {
        samples,
        inputs,
        outputs,
        coupling: coupling.slice(s![..count, ..count]).to_owned(),
    }
}

/// `a^T b` in plain loops: a library would choose the order of its sums by the machine.
fn products(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut product = Array2::zeros((a.ncols(), b.ncols()));
    for (a, b) in a.rows().into_iter().zip(b.rows()) {
        for (row, &factor) in product.rows_mut().into_iter().zip(a) {
            for (value, term) in row.into_iter().zip(b) {
                *value += factor * term;
            }
        }
    }
    product
}

/// J in the new coordinates, transposed, times the square root of c.
struct Derivatives {
    scale: f64,
    /// Room for all that will be kept, the coupled coordinates first.
    coupled: Panel,
    /// `[free, S O]`.
    free: Array2<f64>,
}

impl Derivatives {
    fn add(
        &mut self,
        point: &LossPoint,
        index: usize,
        unit: &Unit,
        coupled_start: usize,
        free_start: usize,
    ) {
        let output_dim = point.residuals.ncols();
        let count = unit.coupled();
        for (place, &sample) in unit.samples.iter().enumerate() {
            let activity = self.scale * point.hidden[[sample, index]];
            for output in 0..output_dim {
                let weight = self.scale * point.output_weights[[output, index]];
                let row = sample * output_dim + output;
                let to_outputs = unit
                    .outputs
                    .column(output)
                    .into_iter()
                    .map(|v| activity * v);
                let to_inputs = unit.inputs.row(place).into_iter().map(|x| weight * x);
                for (k, value) in to_outputs.enumerate() {
                    if k < count {
                        self.coupled.set(coupled_start + k, row, value);
                    } else {
                        self.free[[free_start + k - count, row]] = value;
                    }
                }
                let free_inputs = free_start + output_dim - count;
                for (k, value) in to_inputs.enumerate() {
                    if k < count {
                        self.coupled.set(coupled_start + count + k, row, value);
                    } else {
                        self.free[[free_inputs + k - count, row]] = value;
                    }
                }
            }
        }
    }

    /// Step 3 of the module's text.
    fn reduced(mut self, coupled: usize) -> Panel {
        let (free, rows) = self.free.dim();
        if free > rows {
            triangularize(&mut self.free, &mut Array2::zeros((free, 0)));
        }
        for ((coordinate, row), &value) in self.free.slice(s![..free.min(rows), ..]).indexed_iter()
        {
            self.coupled.set(coupled + coordinate, row, value);
        }
        self.coupled
    }
}
