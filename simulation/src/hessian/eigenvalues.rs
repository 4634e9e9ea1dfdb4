//! Eigenvalues of a symmetric matrix: reflections to a band, from there to a tridiagonal matrix, then implicit
//! QL steps. Own code, because libraries choose their kernels, and so their last bits, by the processor at
//! hand.

use super::symmetric::Symmetric;
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

mod band;
mod reduction;
mod tridiagonal;

/// All eigenvalues, falling; none if an entry isn't finite.
pub(super) fn eigenvalues(matrix: Symmetric) -> Option<Vec<f64>> {
    let mut values = InstructionSet::best().run(Solve { matrix })?;
    values.sort_by(|a, b| b.total_cmp(a));
    Some(values)
}

struct Solve {
    matrix: Symmetric,
}

impl Kernel for Solve {
    type Output = Option<Vec<f64>>;

    #[inline(always)]
    fn run<L: Lanes>(mut self) -> Self::Output {
        let exponent = self.exponent();
        if exponent != 0 {
            self.matrix.multiply(libm::ldexp(1.0, -exponent));
        }
        let band = reduction::to_band::<L::Doubles>(self.matrix);
        let (mut diagonal, mut beside) = band.tridiagonalize::<L::Quad>();
        let mut values = diagonal.iter().chain(&beside);
        if !values.all(|value| value.is_finite()) {
            return None;
        }
        tridiagonal::diagonalize(&mut diagonal, &mut beside)?;
        let unit = libm::ldexp(1.0, exponent);
        diagonal.iter_mut().for_each(|value| *value *= unit);
        Some(diagonal)
    }
}

impl Solve {
    /// Of the power of two, which is exact, to divide by, so that no square is too large or too small.
    #[inline(always)]
    fn exponent(&self) -> i32 {
        let (_, exponent) = libm::frexp(self.matrix.largest());
        match exponent {
            -64..=64 => 0,
            _ => exponent.clamp(-1_000, 1_000),
        }
    }
}

/// The reflection `1 - scale v v^T` that leaves of a vector one coordinate, the pivot: what that becomes, and the
/// scale; v is the vector with the pivot less what it becomes. `rest` is the sum of the other coordinates'
/// squares; none if that is zero.
#[inline(always)]
fn reflection(pivot: f64, rest: f64) -> Option<(f64, f64)> {
    if rest == 0.0 {
        return None;
    }
    let norm = pivot.mul_add(pivot, rest).sqrt();
    let target = if pivot > 0.0 { -norm } else { norm };
    Some((target, 1.0 / (norm * (norm + pivot.abs()))))
}

#[cfg(test)]
mod tests;
