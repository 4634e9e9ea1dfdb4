//! Eigenvalues of a tridiagonal matrix by implicit QL steps without square roots, the way of Pal, Walker and
//! Kahan (Parlett, *The Symmetric Eigenvalue Problem*, 8.15): what stands beside the diagonal is kept squared.
//!
//! A row of a sweep waits for the one below it, half the time for a quotient. So two sweeps go at once, the
//! second two rows behind the first, each with one of the eigenvalues of the first two rows as its shift.

/// Pairs of sweeps allowed for one eigenvalue; one is usual.
const PAIRS_MAX: u32 = 60;

/// After so many pairs without success both sweeps take the nearer shift, whose convergence is proved.
const PAIRS_WITH_TWO_SHIFTS: u32 = 10;

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
    let mut first = 0;
    while first < order {
        first += split_off(diagonal, squares, first)?;
    }
    Some(())
}

/// Makes one or two rows from `first` on eigenvalues: how many.
#[inline(always)]
fn split_off(diagonal: &mut [f64], squares: &mut [f64], first: usize) -> Option<usize> {
    for pair in 0..=PAIRS_MAX {
        let end = end_of_block(diagonal, squares, first);
        squares[end] = 0.0;
        if end == first {
            return Some(1);
        }
        let (near, far) = eigenvalues_of_two(diagonal[first], diagonal[first + 1], squares[first]);
        if end == first + 1 {
            (diagonal[first], diagonal[end]) = (near, far);
            squares[first] = 0.0;
            return Some(2);
        }
        let second = if pair < PAIRS_WITH_TWO_SHIFTS {
            far
        } else {
            near
        };
        sweep_twice(diagonal, squares, first, end, [near, second]);
    }
    None
}

/// The first row from `first` on that hardly anything ties to the next.
#[inline(always)]
fn end_of_block(diagonal: &[f64], squares: &[f64], first: usize) -> usize {
    let is_small = |k: usize| {
        let neighbours = f64::EPSILON * (diagonal[k].abs() + diagonal[k + 1].abs());
        squares[k] <= neighbours * neighbours
    };
    let last = diagonal.len() - 1;
    (first..last).find(|&k| is_small(k)).unwrap_or(last)
}

/// Two QL sweeps with these shifts over the rows `first` to `end`, three at least.
#[inline(always)]
fn sweep_twice(
    diagonal: &mut [f64],
    squares: &mut [f64],
    first: usize,
    end: usize,
    shifts: [f64; 2],
) {
    let mut leader = Sweep::new(shifts[0], diagonal[end]);
    leader.turn(diagonal, squares, end - 1);
    leader.turn(diagonal, squares, end - 2);
    let mut follower = Sweep::new(shifts[1], diagonal[end]);
    for row in (first..end - 2).rev() {
        leader.turn(diagonal, squares, row);
        follower.turn(diagonal, squares, row + 2);
    }
    follower.turn(diagonal, squares, first + 1);
    leader.finish(diagonal, squares, first);
    follower.turn(diagonal, squares, first);
    follower.finish(diagonal, squares, first);
    squares[end] = 0.0;
}

/// A sweep on its way up: the rotation of the last row it turned, by its squared sine and cosine, and the row to
/// be turned next.
struct Sweep {
    shift: f64,
    cosine: f64,
    sine: f64,
    /// What the next row's diagonal has become, less the shift: Parlett's gamma.
    turned: f64,
    /// Parlett's pi, the square of the next row's pivot, as a fraction: `turned^2 / cosine`, so that no
    /// quotient is waited for.
    pivot: (f64, f64),
}

impl Sweep {
    /// Of a block with this last diagonal entry.
    #[inline(always)]
    fn new(shift: f64, last: f64) -> Self {
        let turned = last - shift;
        Self {
            shift,
            cosine: 1.0,
            sine: 0.0,
            turned,
            pivot: (turned * turned, 1.0),
        }
    }

    /// Turns the rows `row` and `row + 1`.
    #[inline(always)]
    fn turn(&mut self, diagonal: &mut [f64], squares: &mut [f64], row: usize) {
        let square = squares[row];
        let (pivot, divisor) = self.pivot;
        // Times the divisor, all three.
        let beside = square * divisor;
        let length = square.mul_add(divisor, pivot);
        let inverse = 1.0 / length;
        squares[row + 1] = self.sine * length / divisor;
        let earlier = self.cosine;
        self.cosine = pivot * inverse;
        self.sine = beside * inverse;
        let before = self.turned;
        self.turned = pivot.mul_add(diagonal[row] - self.shift, -(beside * before)) * inverse;
        diagonal[row + 1] = before + (diagonal[row] - self.turned);
        self.pivot = self.next_pivot(earlier * square);
    }

    /// The fraction as it stands unless it comes near what a number can't hold; `limit` is what becomes of it
    /// as the cosine vanishes.
    #[inline(always)]
    fn next_pivot(&self, limit: f64) -> (f64, f64) {
        let squared = self.turned * self.turned;
        if self.cosine > 1e-30 && squared > 1e-200 {
            return (squared, self.cosine);
        }
        let inverse = 1.0 / self.cosine;
        if inverse < f64::INFINITY {
            (squared * inverse, 1.0)
        } else {
            (limit, 1.0)
        }
    }

    #[inline(always)]
    fn finish(self, diagonal: &mut [f64], squares: &mut [f64], first: usize) {
        let (pivot, divisor) = self.pivot;
        squares[first] = self.sine * pivot / divisor;
        diagonal[first] = self.shift + self.turned;
    }
}

/// The eigenvalues of two rows, that nearer to the first one's diagonal first.
#[inline(always)]
fn eigenvalues_of_two(first: f64, second: f64, square: f64) -> (f64, f64) {
    let beside = square.sqrt();
    let half = (second - first) / (2.0 * beside);
    let root = half.mul_add(half, 1.0).sqrt();
    let away = beside / (half + if half < 0.0 { -root } else { root });
    (first - away, second + away)
}
