//! Where inputs and targets come from.

use crate::{Dataset, ValidParameters};

/// Size of the corridor's input: 17 rays and one action.
pub(crate) const TRACK_INPUT_DIM: u32 = 18;
/// Size of the corridor's target: 17 rays.
pub(crate) const TRACK_OUTPUT_DIM: u32 = 17;

/// Generates the data of any task but `dataset`.
pub(crate) fn generate(_parameters: &ValidParameters) -> Dataset {
    unimplemented!()
}
