//! A step of gradient descent.

use super::data::Samples;
use super::matrix::Rows;
use super::noise::Window;
use super::state::State;
use super::tile::{TileJob, accumulate, sweep};
use super::update::{Section, by_rows, sections};
use super::{Scratch, dots, products};
use crate::engine::lanes::{Block, Lanes};

/// `weights += -eta gradient + noise`, with -eta folded into the residuals.
#[inline(always)]
pub(super) fn step<L: Lanes>(state: &mut State, samples: &Samples, scratch: &mut Scratch) {
    let scale = -state.learning_rate * samples.gradient_scale();
    gradient_parts::<L>(state, samples, scratch, scale as f32);
    let sections = sections(
        (&samples.noisy.inputs, samples.input_rows),
        (
            &scratch.residuals,
            samples.output_dim,
            samples.output_stride,
        ),
        &scratch.hidden,
        &scratch.back,
    );
    let columns = state.weights.columns;
    let scales = &state.noise.weights;
    let weights = &mut state.weights.blocks;
    let mut update = |section: Section, row: usize, rows: usize, noise: Option<Rows>| {
        let mut job = DescentRows {
            weights,
            columns,
            section,
            first: row,
            noise: noise.map(|noise| (noise, scales.as_slice())),
        };
        sweep::<L>(&mut job, rows, columns);
    };
    if scales.is_empty() {
        by_rows::<L>(sections, None, &mut update);
    } else {
        let generator = state.stream.open::<L>();
        let mut window = Window::new(&mut scratch.noise.blocks, columns, generator);
        by_rows::<L>(sections, Some(&mut window), &mut update);
        state.stream.close(window.close());
    }
}

/// Forward and back: H, residuals times `scale`, dZ of this step's data.
#[inline(always)]
pub(super) fn gradient_parts<L: Lanes>(
    state: &State,
    samples: &Samples,
    scratch: &mut Scratch,
    scale: f32,
) {
    let data = &samples.noisy;
    products::forward::<L>(
        &state.weights,
        &data.inputs,
        samples.input_rows,
        &mut scratch.hidden,
    );
    let output_weights = state.output_weights(samples.input_rows);
    dots::residuals::<L>(
        &output_weights,
        &scratch.hidden,
        &data.targets,
        samples.output_dim,
        scale,
        &mut scratch.residuals,
    );
    products::back::<L>(
        output_weights,
        &scratch.residuals,
        (samples.output_dim, samples.output_stride),
        &scratch.hidden,
        &mut scratch.back,
    );
}

struct DescentRows<'a> {
    weights: &'a mut [Block],
    columns: usize,
    section: Section<'a>,
    /// First row within the section.
    first: usize,
    /// Normals for these rows, and their standard deviations by lane.
    noise: Option<(Rows<'a>, &'a [Block])>,
}

impl<L: Lanes> TileJob<L> for DescentRows<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let base = (self.section.first + self.first + row) * self.columns + column;
        let mut sums = [[L::splat(0.0); C]; R];
        for (r, sums) in sums.iter_mut().enumerate() {
            let weights = &self.weights[base + r * self.columns..][..C];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = L::load(weight);
            }
            if let Some((noise, scales)) = self.noise {
                let noise = &noise.blocks[(row + r) * self.columns + column..][..C];
                for ((sum, z), scale) in sums.iter_mut().zip(noise).zip(&scales[column..][..C]) {
                    *sum = L::load(z).mul_add(L::load(scale), *sum);
                }
            }
        }
        accumulate(
            &mut sums,
            self.section.scalars,
            self.first + row,
            self.section.source,
            column,
            self.section.samples,
        );
        for (r, sums) in sums.into_iter().enumerate() {
            let weights = &mut self.weights[base + r * self.columns..][..C];
            for (sum, weight) in sums.into_iter().zip(weights) {
                sum.store(weight);
            }
        }
    }
}
