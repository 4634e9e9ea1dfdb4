//! A step of Adam (Kingma and Ba 2015) in PyTorch's form: epsilon is added after the bias-corrected root.

use super::Scratch;
use super::data::Samples;
use super::descent::gradient_parts;
use super::matrix::{Matrix, Rows};
use super::noise::Window;
use super::state::{NoiseScale, State, take};
use super::tile::{TileJob, accumulate, sweep};
use super::update::{Section, UpdateRows, by_rows, sections};
use crate::engine::lanes::{Block, Lanes};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

/// Running moments of the gradient.
pub(super) struct Moments {
    first: Matrix,
    second: Matrix,
    /// `BETA_1` and `BETA_2` to the power of the steps taken.
    powers: [f64; 2],
}

impl Moments {
    /// Moments at zero, in the shape of `weights`.
    pub fn new(weights: &Matrix) -> Self {
        Self {
            first: Matrix::zeros(weights.rows, weights.columns),
            second: Matrix::zeros(weights.rows, weights.columns),
            powers: [1.0; 2],
        }
    }

    /// Moves lanes as the weights' are moved.
    pub fn permute(&mut self, from: &[u32], before: &mut [Block]) {
        self.first.permute(from, before);
        self.second.permute(from, before);
    }

    pub fn save(&self, bytes: &mut Vec<u8>) {
        self.first.save(bytes);
        self.second.save(bytes);
        bytes.extend(self.powers.iter().flat_map(|power| power.to_le_bytes()));
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        self.first.restore(bytes);
        self.second.restore(bytes);
        for power in &mut self.powers {
            *power = f64::from_le_bytes(take(bytes));
        }
    }
}

#[inline(always)]
pub(super) fn step<L: Lanes>(state: &mut State, samples: &Samples, scratch: &mut Scratch) {
    let scale = samples.gradient_scale() as f32;
    let active_columns = gradient_parts::<L>(state, samples, scratch, scale);
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
    let moments = state.moments.as_mut().expect("Adam has moments");
    moments.powers[0] *= BETA_1;
    moments.powers[1] *= BETA_2;
    let [first_power, second_power] = moments.powers;
    let columns = state.weights.columns;
    let noise_scale = &state.noise;
    let rates = Rates {
        weight: (-state.learning_rate / (1.0 - first_power)) as f32,
        root: (1.0 / (1.0 - second_power).sqrt()) as f32,
    };
    let mut job = AdamStep {
        weights: &mut state.weights.blocks,
        first_moments: &mut moments.first.blocks,
        second_moments: &mut moments.second.blocks,
        columns,
        active_columns,
        rates,
        noise_scale,
    };
    let window = if noise_scale.gradient.is_empty() && noise_scale.weights.is_empty() {
        None
    } else {
        let generator = state.stream.open::<L>();
        Some(Window::new(&mut scratch.noise.blocks, columns, generator))
    };
    if let Some(generator) = by_rows::<L>(sections, window, &mut job) {
        state.stream.close(generator);
    }
}

/// Factors that change from step to step.
#[derive(Clone, Copy)]
struct Rates {
    /// Minus the learning rate, bias-corrected for the first moment.
    weight: f32,
    /// Bias correction of the second moment's root.
    root: f32,
}

struct AdamStep<'a> {
    weights: &'a mut [Block],
    first_moments: &'a mut [Block],
    second_moments: &'a mut [Block],
    columns: usize,
    /// Blocks of units that have a gradient.
    active_columns: usize,
    rates: Rates,
    noise_scale: &'a NoiseScale,
}

impl<L: Lanes> UpdateRows<L> for AdamStep<'_> {
    #[inline(always)]
    fn update(&mut self, section: Section, row: usize, count: usize, noise: Option<Rows>) {
        let columns = self.columns;
        let first = (section.first + row) * columns;
        let mut job = AdamRows {
            step: AdamStep {
                weights: &mut self.weights[first..],
                first_moments: &mut self.first_moments[first..],
                second_moments: &mut self.second_moments[first..],
                columns,
                active_columns: self.active_columns,
                rates: self.rates,
                noise_scale: self.noise_scale,
            },
            section,
            first: row,
            noise,
        };
        let mut start = 0;
        while start < columns {
            let mut stop = self.active_columns;
            if start == stop {
                // The silent units: no gradient, but moments.
                (stop, job.section.samples) = (columns, 0);
            }
            sweep::<L>(&mut job, count, start..stop);
            start = stop;
        }
    }
}

struct AdamRows<'a> {
    /// Weights and moments from the first of these rows on.
    step: AdamStep<'a>,
    section: Section<'a>,
    /// First row within the section.
    first: usize,
    noise: Option<Rows<'a>>,
}

impl<L: Lanes> TileJob<L> for AdamRows<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[L::splat(0.0); C]; R];
        accumulate(
            &mut sums,
            self.section.scalars,
            self.first + row,
            self.section.source,
            column,
            0..self.section.samples,
        );
        for r in 0..R {
            let first = (row + r) * self.step.columns + column;
            for c in 0..C {
                let mut gradient = sums[r][c];
                let mut weight = L::load(&self.step.weights[first + c]);
                if let Some(noise) = self.noise {
                    let z = L::load(&noise.blocks[first + c]);
                    if let Some(scale) = self.step.noise_scale.gradient.get(column + c) {
                        gradient = z.mul_add(L::load(scale), gradient);
                    }
                    if let Some(scale) = self.step.noise_scale.weights.get(column + c) {
                        weight = z.mul_add(L::load(scale), weight);
                    }
                }
                self.step.update(first + c, gradient, weight);
            }
        }
    }
}

impl AdamStep<'_> {
    /// Moves `weight` and stores it with the moments at block `at`.
    #[inline(always)]
    fn update<L: Lanes>(&mut self, at: usize, gradient: L, weight: L) {
        let first = L::load(&self.first_moments[at]).mul(L::splat(BETA_1 as f32));
        let first = gradient.mul_add(L::splat((1.0 - BETA_1) as f32), first);
        let second = L::load(&self.second_moments[at]).mul(L::splat(BETA_2 as f32));
        let square = gradient.mul(gradient);
        let second = square.mul_add(L::splat((1.0 - BETA_2) as f32), second);
        first.store(&mut self.first_moments[at]);
        second.store(&mut self.second_moments[at]);
        let root = second
            .sqrt()
            .mul_add(L::splat(self.rates.root), L::splat(EPSILON));
        let move_by = first.mul(L::splat(self.rates.weight)).div(root);
        move_by.add(weight).store(&mut self.weights[at]);
    }
}
