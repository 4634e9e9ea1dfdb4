//! The output layer: dot products over the hidden units, and the residuals they leave.

use super::matrix::{Matrix, Rows};
use crate::engine::lanes::{Kernel, Lanes, WIDTH};

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
    (hidden, columns): (&Matrix, usize),
    targets: &[f32],
    output_dim: usize,
    scale: f32,
    residuals: &mut [f32],
) {
    L::call(Dots {
        output_weights: *output_weights,
        hidden,
        columns,
        targets,
        output_dim,
        scale,
        residuals,
    });
}

impl Kernel for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self) {
        let mut sample = 0;
        // Two samples by eight outputs where there are registers for sixteen sums, else one by four.
        if L::ACCUMULATORS >= 16 {
            while sample + 2 <= self.hidden.rows {
                self.outputs::<L, 2>(sample);
                sample += 2;
            }
        }
        while sample < self.hidden.rows {
            self.outputs::<L, 1>(sample);
            sample += 1;
        }
    }
}

struct Dots<'a> {
    output_weights: Rows<'a>,
    hidden: &'a Matrix,
    /// Blocks of units that count; the others are silent.
    columns: usize,
    targets: &'a [f32],
    output_dim: usize,
    scale: f32,
    residuals: &'a mut [f32],
}

impl Dots<'_> {
    /// All outputs of S samples, in ascending order: a tile's surplus is overwritten by the next.
    #[inline(always)]
    fn outputs<L: Lanes, const S: usize>(&mut self, sample: usize) {
        let most = if L::ACCUMULATORS >= 16 { OUTPUTS } else { 4 };
        let mut output = 0;
        while output < self.output_dim {
            let count = (self.output_dim - output).min(most);
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
        let columns = self.columns;
        let mut hidden = [[].as_slice(); S];
        for s in 0..S {
            hidden[s] = &self.hidden.blocks[(sample + s) * self.hidden.columns..][..columns];
        }
        let mut weights = [[].as_slice(); O];
        for o in 0..O {
            let first = (output + o) * self.output_weights.columns;
            weights[o] = &self.output_weights.blocks[first..][..columns];
        }
        let mut sums = [[L::splat(0.0); O]; S];
        for c in 0..columns {
            let mut activities = [L::splat(0.0); S];
            for s in 0..S {
                activities[s] = L::load(&hidden[s][c]);
            }
            for o in 0..O {
                let weight = L::load(&weights[o][c]);
                for s in 0..S {
                    sums[s][o] = activities[s].mul_add(weight, sums[s][o]);
                }
            }
        }
        let mut terms = [L::splat(0.0); WIDTH];
        for s in 0..S {
            for o in 0..O {
                terms[OUTPUTS * s + o] = sums[s][o];
            }
        }
        let stride = output_stride(self.output_dim);
        let first = sample * stride + output;
        let second = first + (S - 1) * stride;
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
