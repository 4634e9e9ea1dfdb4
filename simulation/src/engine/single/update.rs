//! How gradients reach the weights: some rows at a time, each weight loaded and stored once a step.

use super::matrix::{Matrix, Rows};
use super::noise::{ROWS, Window};
use super::tile::Scalars;
use crate::engine::lanes::Lanes;

/// Rows of weights of which one product gives the gradient: `sum over samples of scalar(row, sample) source[sample]`.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    /// Row of the first weights.
    pub first: usize,
    pub rows: usize,
    pub scalars: Scalars<'a>,
    pub source: Rows<'a>,
    pub samples: usize,
}

/// Both sections of the weights: W with the biases, from dZ and the inputs; V, from H and residuals.
#[inline(always)]
pub(super) fn sections<'a>(
    (inputs, input_rows): (&'a [f32], usize),
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
            rows: input_rows,
            scalars: columnwise(inputs, input_rows),
            source: back.starting(0),
            samples: back.rows,
        },
        Section {
            first: input_rows,
            rows: output_dim,
            scalars: columnwise(residuals, output_stride),
            source: hidden.starting(0),
            samples: hidden.rows,
        },
    ]
}

/// Goes through sections some rows at a time: `update(section, first row within it, rows, noise)`.
#[inline(always)]
pub(super) fn by_rows<'a, L: Lanes>(
    sections: [Section<'a>; 2],
    mut noise: Option<&mut Window<'_, L>>,
    mut update: impl FnMut(Section<'a>, usize, usize, Option<Rows>),
) {
    for section in sections {
        let mut row = 0;
        while row < section.rows {
            let count = (section.rows - row).min(ROWS);
            match &mut noise {
                Some(window) => {
                    update(section, row, count, Some(window.rows(count)));
                    window.turn(count);
                }
                None => update(section, row, count, None),
            }
            row += count;
        }
    }
}
