//! The output layer: dot products over the hidden units, and the residuals they leave.

use super::matrix::{Matrix, Rows};
use crate::engine::lanes::{Lanes, WIDTH};

/// Outputs in a tile, at most.
pub(super) const OUTPUTS: usize = 8;

/// Distance between samples in residuals and targets, such that every tile of outputs fits.
pub(super) fn output_stride(output_dim: usize) -> usize {
    output_dim.next_multiple_of(OUTPUTS)
}

/// Numbers in residuals or targets: the last tile of a sample may write over its end.
pub(super) fn residuals_len(n_samples: usize, output_dim: usize) -> usize {
    n_samples * output_stride(output_dim) + OUTPUTS
}

/// `residuals = scale (H V^T - Y)`, both `[n_samples][output_stride]`.
#[inline(always)]
pub(super) fn residuals<L: Lanes>(
    output_weights: &Rows,
    hidden: &Matrix,
    targets: &[f32],
    output_dim: usize,
    scale: f32,
    residuals: &mut [f32],
) {
    let mut dots = Dots {
        output_weights: *output_weights,
        hidden,
        targets,
        output_stride: output_stride(output_dim),
        scale,
        residuals,
    };
    let mut sample = 0;
    // Two samples by eight outputs where there are registers for sixteen sums, else one by four.
    if L::ACCUMULATORS >= 16 {
        while sample + 2 <= hidden.rows {
            dots.outputs::<L, 2>(sample, output_dim);
            sample += 2;
        }
    }
    while sample < hidden.rows {
        dots.outputs::<L, 1>(sample, output_dim);
        sample += 1;
    }
}

struct Dots<'a> {
    output_weights: Rows<'a>,
    hidden: &'a Matrix,
    targets: &'a [f32],
    output_stride: usize,
    scale: f32,
    residuals: &'a mut [f32],
}

impl Dots<'_> {
    /// All outputs of S samples, in ascending order: a tile's surplus is overwritten by the next.
    #[inline(always)]
    fn outputs<L: Lanes, const S: usize>(&mut self, sample: usize, output_dim: usize) {
        let most = if L::ACCUMULATORS >= 16 { OUTPUTS } else { 4 };
        let mut output = 0;
        while output < output_dim {
            let count = (output_dim - output).min(most);
            match count {
                8 if L::ACCUMULATORS >= 16 => self.tile::<L, S, 8>(sample, output),
                7 if L::ACCUMULATORS >= 16 => self.tile::<L, S, 7>(sample, output),
                6 if L::ACCUMULATORS >= 16 => self.tile::<L, S, 6>(sample, output),
                5 if L::ACCUMULATORS >= 16 => self.tile::<L, S, 5>(sample, output),
                4 => self.tile::<L, S, 4>(sample, output),
                3 => self.tile::<L, S, 3>(sample, output),
                2 => self.tile::<L, S, 2>(sample, output),
                _ => self.tile::<L, S, 1>(sample, output),
            }
            output += count;
        }
    }

    /// S samples by O outputs: the sum of sample s and output o ends in lane 8 s + o.
    #[inline(always)]
    fn tile<L: Lanes, const S: usize, const O: usize>(&mut self, sample: usize, output: usize) {
        let columns = self.hidden.columns;
        let hidden: [_; S] =
            std::array::from_fn(|s| &self.hidden.blocks[(sample + s) * columns..][..columns]);
        let weights: [_; O] = std::array::from_fn(|o| {
            &self.output_weights.blocks[(output + o) * self.output_weights.columns..][..columns]
        });
        let mut sums = [[L::splat(0.0); O]; S];
        for c in 0..columns {
            let vectors = weights.map(|row| L::load(&row[c]));
            for (sums, row) in sums.iter_mut().zip(hidden) {
                let activity = L::load(&row[c]);
                for (sum, weight) in sums.iter_mut().zip(vectors) {
                    *sum = activity.mul_add(weight, *sum);
                }
            }
        }
        let mut terms = [L::splat(0.0); WIDTH];
        for s in 0..S {
            terms[OUTPUTS * s..][..O].copy_from_slice(&sums[s]);
        }
        let first = sample * self.output_stride + output;
        let second = first + (S - 1) * self.output_stride;
        let eight = |at: usize| -> &[f32; OUTPUTS] {
            self.targets[at..][..OUTPUTS].try_into().expect("eight")
        };
        let difference = L::sums(terms).sub(L::load_halves(eight(first), eight(second)));
        let scaled = difference.mul(L::splat(self.scale));
        let low = &mut self.residuals[first..][..OUTPUTS];
        scaled.store_low(low.try_into().expect("eight"));
        if S == 2 {
            let high = &mut self.residuals[second..][..OUTPUTS];
            scaled.store_high(high.try_into().expect("eight"));
        }
    }
}
