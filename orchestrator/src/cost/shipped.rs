//! Coefficients measured on one machine: `make cost-coefficients` runs `benches/cost.yaml` on one slot
//! and prints them anew. The last column is what `cargo bench --bench spectra`
//! said there, times 0.55: what reducing to a band first left of it on a Zen 3.

use super::{KINDS, TERMS};

/// Nanoseconds per unit of each term, by kind; a Zen 5 core with AVX-512.
pub(super) const NANOSECONDS: [[f64; TERMS]; KINDS] = [
    // SgdNoisy: 132 jobs, median error 10.3 %
    [139.8, 0.0051, 0.2576, 1.509, 0.0347, 129.2, 0.044],
    // SgdQuiet: 110 jobs, median error 9.8 %
    [54.66, 0.0063, 0.0193, 1.305, 0.0421, 347.1, 0.044],
    // AdamNoisy: 25 jobs, median error 3.8 %
    [103.2, 0.0121, 0.3552, 0.0918, 0.0384, 101.7, 0.044],
    // AdamQuiet: 50 jobs, median error 7.8 %
    [156.8, 0.0117, 0.1971, 0.01, 0.0325, 232.8, 0.044],
    // Sed: 48 jobs, median error 3.7 %
    [124.5, 0.0053, 0.194, 2.24, 0.0452, 81.05, 0.044],
    // F64: 19 jobs, median error 11.0 %
    [5.979, 0.2245, 8.942, 34.3, 0.6221, 0.7387, 0.044],
];
