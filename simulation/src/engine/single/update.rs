//! How gradients reach the weights: some rows at a time, each weight loaded and stored once a step.

use super::data::Design;
use super::matrix::{Matrix, Rows};
use super::noise::{ROWS, Window};
use super::tile::Scalars;
use crate::engine::lanes::Lanes;
use crate::engine::normals::Generator;

/// Rows of weights of which one product gives the gradient: `sum over samples of scalar(row, sample) source[sample]`.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    /// Row of the first weights.
    pub first: usize,
    pub rows: usize,
    pub scalars: Scalars<'a>,
    pub source: Rows<'a>,
    pub samples: usize,
    /// Whether the first samples see only the first rows.
    pub triangular: bool,
}

impl Section<'_> {
    /// The first sample that matters to rows from `row` on.
    #[inline(always)]
    pub fn first_sample(&self, row: usize) -> usize {
        if self.triangular { row } else { 0 }
    }
}

/// Both sections of the weights: W with the biases, from dZ and the inputs; V, from H and residuals.
#[inline(always)]
pub(super) fn sections<'a>(
    (inputs, design): (&'a [f32], Design),
    (residuals, output_dim, output_stride): (&'a [f32], usize, usize),
    hidden: &'a Matrix,
    back: &'a Matrix,
) -> [Section<'a>; 2] {
    let columnwise = |values, source_step| Scalars {
        values,
        row_step: 1,
        source_step,
    };
    [
        Section {
            first: 0,
            rows: design.rows,
            scalars: columnwise(inputs, design.rows),
            source: back.starting(0),
            samples: back.rows,
            triangular: design.triangular,
        },
        Section {
            first: design.rows,
            rows: output_dim,
            scalars: columnwise(residuals, output_stride),
            source: hidden.starting(0),
            samples: hidden.rows,
            triangular: false,
        },
    ]
}

/// What is done to some rows of weights.
pub(super) trait UpdateRows<L: Lanes> {
    /// Updates `count` rows of a section from `row` on, with normals for them or without noise.
    fn update(&mut self, section: Section, row: usize, count: usize, noise: Option<Rows>);
}

/// Goes through both sections, some rows at a time.
#[inline(always)]
pub(super) fn by_rows<L: Lanes>(
    sections: [Section; 2],
    mut noise: Option<Window<'_, L>>,
    job: &mut impl UpdateRows<L>,
) -> Option<Generator<L>> {
    let (mut section, mut row) = (0, 0);
    while section < 2 {
        let count = (sections[section].rows - row).min(ROWS);
        let rows = match &mut noise {
            Some(window) => Some(window.rows(count)),
            None => None,
        };
        job.update(sections[section], row, count, rows);
        if let Some(window) = &mut noise {
            window.turn(count);
        }
        row += count;
        if row == sections[section].rows {
            (section, row) = (section + 1, 0);
        }
    }
    match noise {
        Some(window) => Some(window.close()),
        None => None,
    }
}
