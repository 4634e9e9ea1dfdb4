//! A step of gradient descent.

use super::data::Samples;
use super::matrix::Rows;
use super::noise::Window;
use super::state::State;
use super::tile::{TileJob, accumulate, accumulate_rows, sweep};
use super::update::{Section, UpdateRows, by_rows, sections};
use super::{Scratch, dots, products};
use crate::engine::lanes::{Block, Lanes};

/// `weights += -eta gradient + noise`, with -eta folded into the residuals.
#[inline(always)]
pub(super) fn step<L: Lanes>(state: &mut State, samples: &Samples, scratch: &mut Scratch) {
    let scale = -state.learning_rate * samples.gradient_scale();
    let active_columns = gradient_parts::<L>(state, samples, scratch, scale as f32);
    let sections = sections(
        (&samples.noisy.inputs, samples.design),
        (
            &scratch.residuals,
            samples.output_dim,
            samples.output_stride,
        ),
        &scratch.hidden,
        &scratch.back,
    );
    let columns = state.weights.columns;
    let mut job = Descent {
        weights: &mut state.weights.blocks,
        columns,
        active_columns,
        awake_columns: state.places.awake_columns,
        scales: &state.noise.weights,
    };
    let window = if job.scales.is_empty() {
        None
    } else {
        let generator = state.stream.open::<L>();
        Some(Window::new(
            &mut scratch.noise.blocks,
            job.awake_columns,
            generator,
        ))
    };
    if let Some(generator) = by_rows::<L>(sections, window, &mut job) {
        state.stream.close(generator);
    }
}

/// Forward and back: H, residuals times `scale`, dZ of this step's data. Returns how many blocks of
/// units, from the first, hold all active ones; only there dZ is written.
#[inline(always)]
pub(super) fn gradient_parts<L: Lanes>(
    state: &State,
    samples: &Samples,
    scratch: &mut Scratch,
    scale: f32,
) -> usize {
    let data = &samples.noisy;
    let columns = products::forward::<L>(
        &state.weights,
        &data.inputs,
        samples.design,
        state.places.awake_columns,
        &mut scratch.hidden,
    );
    let output_weights = state.weights.starting(samples.design.rows);
    dots::residuals::<L>(
        &output_weights,
        (&scratch.hidden, columns),
        &data.targets,
        samples.output_dim,
        scale,
        &mut scratch.residuals,
    );
    products::back::<L>(
        output_weights,
        &scratch.residuals,
        (samples.output_dim, samples.output_stride),
        columns,
        &scratch.hidden,
        &mut scratch.back,
    );
    columns
}

struct Descent<'a> {
    weights: &'a mut [Block],
    columns: usize,
    /// Blocks of units that have a gradient, and those that have noise.
    active_columns: usize,
    awake_columns: usize,
    /// Standard deviations of the noise by lane, empty where there is none.
    scales: &'a [Block],
}

impl<L: Lanes> UpdateRows<L> for Descent<'_> {
    #[inline(always)]
    fn update(&mut self, section: Section, row: usize, count: usize, noise: Option<Rows>) {
        let first = (section.first + row) * self.columns;
        let mut job = DescentRows {
            weights: &mut self.weights[first..],
            columns: self.columns,
            section,
            first: row,
            noise: noise.map(|noise| (noise, self.scales)),
        };
        let end = match job.noise {
            Some(_) => self.awake_columns,
            None => self.active_columns,
        };
        let mut start = 0;
        while start < end {
            let mut stop = self.active_columns;
            if start == stop {
                // The silent units: no gradient, but noise.
                (stop, job.section.samples) = (end, 0);
            }
            sweep::<L>(&mut job, count, start..stop);
            start = stop;
        }
    }
}

struct DescentRows<'a> {
    /// From the first of these rows on.
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
        let base = row * self.columns + column;
        let mut sums = [[L::splat(0.0); C]; R];
        for r in 0..R {
            let weights = &self.weights[base + r * self.columns..][..C];
            for c in 0..C {
                sums[r][c] = L::load(&weights[c]);
            }
        }
        if let Some((noise, scales)) = self.noise {
            let scales = &scales[column..][..C];
            for r in 0..R {
                let first = (row + r) * noise.columns + column;
                let noise = &noise.blocks[first..][..C];
                for c in 0..C {
                    sums[r][c] = L::load(&noise[c]).mul_add(L::load(&scales[c]), sums[r][c]);
                }
            }
        }
        let Section {
            scalars,
            source,
            samples,
            ..
        } = self.section;
        let first = self.first + row;
        let mut sample = self.section.first_sample(first);
        if self.section.triangular {
            for r in 1..R {
                // A sample that sees some rows of the tile, from the first.
                if sample < samples {
                    accumulate_rows(&mut sums, scalars, first, source, column, sample, 0..r);
                    sample += 1;
                }
            }
        }
        accumulate(&mut sums, scalars, first, source, column, sample..samples);
        for r in 0..R {
            let weights = &mut self.weights[base + r * self.columns..][..C];
            for c in 0..C {
                sums[r][c].store(&mut weights[c]);
            }
        }
    }
}
