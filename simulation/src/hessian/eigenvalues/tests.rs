use super::*;
use crate::engine::lanes::doubles::Plain;

fn matrix(order: usize, entry: impl Fn(usize, usize) -> f64) -> Symmetric {
    let mut matrix = Symmetric::zeros(order);
    for row in 0..order {
        for column in 0..=row {
            matrix.add(row, column, entry(row, column));
        }
    }
    matrix
}

fn assert_close(values: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{value} is not {expected}"
        );
    }
}

#[test]
fn the_second_difference_has_its_closed_form() {
    // 2 on the diagonal, -1 beside it: 2 - 2 cos(k pi / (n + 1)).
    for order in [1, 2, 7, 8, 9, 15, 16, 17, 50, 133] {
        let entry = |row: usize, column: usize| [2.0, -1.0, 0.0][(row - column).min(2)];
        let values = eigenvalues(matrix(order, entry)).unwrap();
        let angle = std::f64::consts::PI / (order + 1) as f64;
        let expected: Vec<f64> = (1..=order)
            .rev()
            .map(|k| 2.0 - 2.0 * libm::cos(k as f64 * angle))
            .collect();
        assert_close(&values, &expected, 1e-14 * order.max(8) as f64);
    }
}

#[test]
fn the_smaller_index_has_its_closed_form() {
    // min(i, j) is the inverse of a second difference: 1 / (4 sin^2((2 k - 1) pi / (4 n + 2))).
    for order in (1..70).chain([96, 97, 150, 331]) {
        let values = eigenvalues(matrix(order, |_, column| (column + 1) as f64)).unwrap();
        let angle = std::f64::consts::PI / (4 * order + 2) as f64;
        let expected: Vec<f64> = (1..=order)
            .map(|k| libm::sin((2 * k - 1) as f64 * angle))
            .map(|sine| 1.0 / (4.0 * sine * sine))
            .collect();
        assert_close(&values, &expected, 1e-14 * expected[0]);
    }
}

#[test]
fn a_reflected_diagonal_keeps_its_values() {
    // (1 - 2 v v^T) D (1 - 2 v v^T) with many equal, many zero and negative values.
    for order in [2, 16, 17, 18, 33, 34, 90, 177] {
        let diagonal = |k: usize| [0.0, 0.0, 1e-9, 3.0, 3.0, -0.5, 20.0][k % 7];
        let length = (0..order)
            .map(|k| libm::sin((k + 1) as f64).powi(2))
            .sum::<f64>()
            .sqrt();
        let v = |k: usize| libm::sin((k + 1) as f64) / length;
        let middle: f64 = (0..order).map(|k| v(k) * v(k) * diagonal(k)).sum();
        let entry = |i: usize, j: usize| {
            let own = if i == j { diagonal(i) } else { 0.0 };
            own - 2.0 * v(i) * v(j) * (diagonal(i) + diagonal(j)) + 4.0 * middle * v(i) * v(j)
        };
        let values = eigenvalues(matrix(order, entry)).unwrap();
        let mut expected: Vec<f64> = (0..order).map(diagonal).collect();
        expected.sort_by(|a, b| b.total_cmp(a));
        assert_close(&values, &expected, 1e-13);
    }
}

#[test]
fn matrices_without_structure_keep_the_sums_of_powers() {
    for order in (1..70).chain([128, 131]) {
        let entry = |i: usize, j: usize| libm::sin(((i + 3) * (j + 7) * (i + j + 1)) as f64);
        let matrix = matrix(order, entry);
        let value = |i, j| matrix.get(i, j);
        let square =
            |i: usize, j: usize| (0..order).map(|k| value(i, k) * value(k, j)).sum::<f64>();
        let pairs = || (0..order).flat_map(|i| (0..order).map(move |j| (i, j)));
        let sums = [
            (0..order).map(|i| value(i, i)).sum::<f64>(),
            pairs().map(|(i, j)| value(i, j) * value(j, i)).sum(),
            pairs().map(|(i, j)| square(i, j) * value(j, i)).sum(),
            pairs().map(|(i, j)| square(i, j) * square(j, i)).sum(),
        ];
        let values = eigenvalues(matrix.clone()).unwrap();
        for (power, sum) in (1..).zip(sums) {
            let size: f64 = values.iter().map(|v| v.abs().powi(power)).sum();
            let found: f64 = values.iter().map(|v| v.powi(power)).sum();
            assert!(
                (found - sum).abs() <= 1e-13 * size,
                "order {order}, power {power}"
            );
        }
    }
}

#[test]
fn numbers_may_be_as_large_or_small_as_they_come() {
    for size in [1e-200, 1e200] {
        let values = eigenvalues(matrix(40, |_, column| size * (column + 1) as f64)).unwrap();
        let ones = eigenvalues(matrix(40, |_, column| (column + 1) as f64)).unwrap();
        let expected: Vec<f64> = ones.iter().map(|value| size * value).collect();
        assert_close(&values, &expected, 1e-13 * expected[0]);
    }
}

#[test]
fn nothing_has_no_eigenvalue_and_no_number_none() {
    assert_eq!(eigenvalues(Symmetric::zeros(0)), Some(vec![]));
    assert_eq!(eigenvalues(Symmetric::zeros(3)), Some(vec![0.0; 3]));
    let poisoned = matrix(20, |row, _| if row == 7 { f64::NAN } else { 1.0 });
    assert_eq!(eigenvalues(poisoned), None);
}

#[test]
fn tridiagonal_matrices_that_are_hard_for_ql_have_their_values() {
    // Rows that shifts from either end treat alike: no diagonal, equal neighbours, mirror images, and Wilkinson's
    // pairs, which differ by less than a rounding.
    type Entry = fn(usize) -> f64;
    let cases: [(&str, Entry, Entry); 4] = [
        ("no diagonal", |_| 0.0, |_| 1.0),
        ("blocks of two", |_| 0.0, |row| (row % 2) as f64),
        ("Wilkinson's", |row| (row as f64 - 10.0).abs(), |_| 1.0),
        (
            "falling",
            |row| libm::exp(-2.0 * row as f64),
            |row| libm::exp(-2.5 * row as f64),
        ),
    ];
    for (name, diagonal, beside) in cases {
        let entry = |row: usize, column: usize| match row - column {
            0 => diagonal(row),
            1 => beside(row),
            _ => 0.0,
        };
        let matrix = matrix(21, entry);
        let values = eigenvalues(matrix.clone()).expect(name);
        let size = values
            .iter()
            .fold(0.0, |size: f64, value| size.max(value.abs()));
        for value in &values {
            // Sylvester: as many negative pivots of T - s as eigenvalues below s.
            let below = |shift: f64| {
                let mut pivot = 1.0;
                let negative = (0..21).filter(|&row| {
                    let square = if row == 0 {
                        0.0
                    } else {
                        beside(row) * beside(row)
                    };
                    pivot = diagonal(row) - shift - square / pivot;
                    pivot < 0.0
                });
                negative.count()
            };
            let (low, high) = (value - 1e-14 * size, value + 1e-14 * size);
            assert!(below(low) < below(high), "{name}: nothing near {value}");
        }
        let trace: f64 = (0..21).map(diagonal).sum();
        assert!(
            (values.iter().sum::<f64>() - trace).abs() < 1e-13 * size,
            "{name}"
        );
    }
}

#[test]
fn no_bit_depends_on_the_number_of_lanes() {
    let entry = |i: usize, j: usize| libm::sin((2 + i * j + j) as f64);
    let bits = |band: band::Band| {
        let (diagonal, beside) = band.tridiagonalize::<Plain<4>>();
        let numbers = diagonal.into_iter().chain(beside);
        numbers.map(f64::to_bits).collect::<Vec<u64>>()
    };
    for order in [5, 17, 40, 151] {
        let four = reduction::to_band::<Plain<4>>(matrix(order, entry));
        let eight = reduction::to_band::<Plain<8>>(matrix(order, entry));
        assert_eq!(bits(four), bits(eight), "order {order}");
    }
}

#[test]
fn no_bit_depends_on_the_instruction_set() {
    let entry = |i: usize, j: usize| libm::sin((1 + i * j) as f64) * if i == j { 9.0 } else { 1.0 };
    let bits = |set: InstructionSet| -> Vec<u64> {
        let values = set.run(Solve {
            matrix: matrix(150, entry),
        });
        values.unwrap().into_iter().map(f64::to_bits).collect()
    };
    let first = bits(InstructionSet::best());
    for set in InstructionSet::available() {
        assert_eq!(bits(set), first, "{set}");
    }
}
