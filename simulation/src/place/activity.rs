//! Snapshots of all activities, in little memory.

use ndarray::Array2;

/// Activity of every unit for every sample at one snapshot. Most are zero, and left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Activity {
    units: usize,
    samples: usize,
    /// Which entries are not zero, unit by unit: bit `k % 8` of byte `k / 8`.
    pub present: Vec<u8>,
    /// Those entries.
    pub values: Vec<f32>,
}

impl Activity {
    /// Keeps what isn't zero of H, `[hidden_units, n_samples]`.
    pub fn new(hidden: &Array2<f32>) -> Self {
        let (units, samples) = hidden.dim();
        let mut present = vec![0; Self::present_len(units, samples)];
        let mut values = Vec::new();
        for (index, &value) in hidden.iter().enumerate() {
            // A number that is none is present: a diverged network must stay visible.
            if value != 0.0 {
                present[index / 8] |= 1 << (index % 8);
                values.push(value);
            }
        }
        Self {
            units,
            samples,
            present,
            values,
        }
    }

    /// Puts the parts together again; `None` if they don't match.
    pub fn from_parts(
        (units, samples): (usize, usize),
        present: Vec<u8>,
        values: Vec<f32>,
    ) -> Option<Self> {
        let count = Self::count(&present);
        let matching = present.len() == Self::present_len(units, samples) && count == values.len();
        matching.then_some(Self {
            units,
            samples,
            present,
            values,
        })
    }

    /// Bytes that tell which entries are there.
    pub fn present_len(units: usize, samples: usize) -> usize {
        (units * samples).div_ceil(8)
    }

    /// Number of entries that are there.
    pub fn count(present: &[u8]) -> usize {
        present.iter().map(|byte| byte.count_ones() as usize).sum()
    }

    /// Whether every entry is a finite number.
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }

    /// All entries, `[hidden_units, n_samples]`.
    pub fn dense(&self) -> Array2<f64> {
        let mut dense = Array2::zeros((self.units, self.samples));
        let mut values = self.values.iter();
        for (index, entry) in dense.iter_mut().enumerate() {
            if self.present[index / 8] >> (index % 8) & 1 == 1 {
                *entry = values.next().copied().map_or(0.0, f64::from);
            }
        }
        dense
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn what_is_left_out_comes_back_as_zero() {
        let hidden = array![
            [0.0, 1.5, 0.0, 0.0, 3.0_f32],
            [0.25, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.0]
        ];
        let activity = Activity::new(&hidden);
        assert_eq!(activity.values, [1.5, 3.0, 0.25]);
        assert_eq!(activity.present, [0b0011_0010, 0]);
        assert_eq!(activity.dense(), hidden.mapv(f64::from));
        assert!(activity.is_finite());
    }

    #[test]
    fn a_diverged_network_stays_visible() {
        for value in [f32::NAN, f32::INFINITY] {
            assert!(!Activity::new(&array![[0.0, value]]).is_finite());
        }
    }

    #[test]
    fn parts_that_do_not_match_are_refused() {
        let parts = |present: &[u8], values: &[f32]| {
            Activity::from_parts((3, 3), present.to_vec(), values.to_vec())
        };
        assert!(parts(&[1, 1], &[0.5, 0.5]).is_some());
        assert!(parts(&[1, 1], &[0.5]).is_none());
        assert!(parts(&[1], &[0.5]).is_none());
    }
}
