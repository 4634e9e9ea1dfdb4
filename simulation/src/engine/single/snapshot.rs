//! The weights as the paper writes them, from what the engine keeps.

use ndarray::{Array1, Array2, s};

use super::span::{Span, input_side};
use super::state::State;
use crate::network::Weights;
use crate::stream::{ChaChaStream, StreamName};

/// The rotation of the input weights, and what it left aside.
pub(super) struct Rotation {
    span: Span,
    /// The initial input weights across the basis, `[input_dim + 1][hidden]`.
    across: Array2<f64>,
}

impl Rotation {
    pub fn new(span: Span, weights: &Weights) -> Self {
        let across = span.across(input_side(weights));
        Self { span, across }
    }

    pub fn rank(&self) -> usize {
        self.span.rank()
    }

    /// The engine's samples by their original numbers.
    pub fn order(&self) -> &[usize] {
        &self.span.order
    }
}

/// The weights at this step, in double precision and in the original order of units. Walks that the
/// engine has put off are drawn here, from a stream of their own and at once: each snapshot has the
/// right distribution, but what two of them draw is not one path.
pub(super) fn weights(
    state: &State,
    rows: usize,
    rotation: Option<&Rotation>,
    seed: u64,
) -> Weights {
    let mut stream = ChaChaStream::new(seed, StreamName::Deferred);
    let kept = kept_rows(state, &mut stream);
    let input = kept.slice(s![..rows, ..]).to_owned();
    let input = match rotation {
        None => input,
        Some(rotation) => {
            let deviation = state.walk_variance().sqrt();
            let walk =
                Array2::from_shape_simple_fn(rotation.across.dim(), || deviation * stream.normal());
            rotation.span.expand(&input) + rotation.span.across(walk) + &rotation.across
        }
    };
    let last = input.nrows() - 1;
    Weights {
        input: input.slice(s![..last, ..]).t().to_owned(),
        bias: input.row(last).to_owned(),
        output: kept.slice(s![rows.., ..]).to_owned(),
    }
}

/// Every row by original unit, with the steps that sleepers owe.
fn kept_rows(state: &State, stream: &mut ChaChaStream) -> Array2<f64> {
    let places = &state.places;
    let mut kept = Array2::zeros((state.weights.rows, state.hidden_units));
    for (lane, &unit) in places.units.iter().enumerate() {
        let owed = places.owed(lane, state.steps);
        let deviation = state.noise.deviation * (owed as f64).sqrt();
        let values: Array1<f64> = (0..state.weights.rows)
            .map(|row| {
                let walk = if owed > 0 {
                    deviation * stream.normal()
                } else {
                    0.0
                };
                f64::from(state.weights.value(row, lane)) + walk
            })
            .collect();
        kept.column_mut(unit as usize).assign(&values);
    }
    kept
}
