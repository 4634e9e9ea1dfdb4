//! Eigenvalues of a tridiagonal matrix by implicit QL steps without square roots, the way of Pal, Walker and
//! Kahan (Parlett, *The Symmetric Eigenvalue Problem*, 8.15): what stands beside the diagonal is kept squared.

/// QL steps allowed for one eigenvalue; two are usual.
const STEPS_MAX: u32 = 60;

/// Eigenvalues into the diagonal, unsorted; none if QL doesn't converge. `beside[k]` stands between the rows
/// `k - 1` and `k`. Squares of the entries must be finite.
#[inline(always)]
pub(super) fn diagonalize(diagonal: &mut [f64], beside: &mut [f64]) -> Option<()> {
    let order = diagonal.len();
    if order == 0 {
        return Some(());
    }
    // From here on `squares[k]` stands between rows k and k + 1.
    let squares = beside;
    squares.rotate_left(1);
    squares[order - 1] = 0.0;
    for square in &mut *squares {
        *square *= *square;
    }
    for first in 0..order {
        for step in 0.. {
            let is_small = |k: usize| {
                let neighbours = f64::EPSILON * (diagonal[k].abs() + diagonal[k + 1].abs());
                squares[k] <= neighbours * neighbours
            };
            let end = (first..order - 1)
                .find(|&k| is_small(k))
                .unwrap_or(order - 1);
            squares[end] = 0.0;
            if end == first {
                break;
            }
            if step == STEPS_MAX {
                return None;
            }
            ql_step(diagonal, squares, first, end);
        }
    }
    Some(())
}

/// One implicit QL step with Wilkinson's shift on the rows `first` to `end`.
#[inline(always)]
fn ql_step(diagonal: &mut [f64], squares: &mut [f64], first: usize, end: usize) {
    let shift = shift(diagonal[first], diagonal[first + 1], squares[first]);
    let (mut cosine, mut sine) = (1.0, 0.0);
    let mut turned = diagonal[end] - shift;
    let mut pivot = turned * turned;
    for k in (first..end).rev() {
        let square = squares[k];
        let length = pivot + square;
        squares[k + 1] = sine * length;
        let earlier = cosine;
        cosine = pivot / length;
        sine = square / length;
        let inverse = length / pivot;
        let before = turned;
        turned = cosine * (diagonal[k] - shift) - sine * before;
        diagonal[k + 1] = before + (diagonal[k] - turned);
        pivot = if inverse < f64::INFINITY {
            turned * turned * inverse
        } else {
            earlier * square
        };
    }
    squares[first] = sine * pivot;
    diagonal[first] = shift + turned;
    squares[end] = 0.0;
}

/// The eigenvalue of the first two rows that is nearer to the first one's diagonal.
#[inline(always)]
fn shift(first: f64, second: f64, square: f64) -> f64 {
    let beside = square.sqrt();
    let half = (second - first) / (2.0 * beside);
    let root = half.mul_add(half, 1.0).sqrt();
    first - beside / (half + if half < 0.0 { -root } else { root })
}
