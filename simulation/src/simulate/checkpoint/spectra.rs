//! The snapshots of the Hessian within a checkpoint.

use super::{CheckpointError, Reader, inconsistent};
use crate::{Eigenvalues, Spectrum};

/// What a snapshot takes at least: its trace, and whether eigenvalues follow.
const LENGTH_MIN: usize = 9;

const ABSENT: u8 = 0;
const GAUSS_NEWTON: u8 = 1;
const EXACT: u8 = 2;

pub(super) fn save(spectra: &[Spectrum], bytes: &mut Vec<u8>) {
    bytes.extend((spectra.len() as u64).to_le_bytes());
    for spectrum in spectra {
        bytes.extend(spectrum.trace.to_le_bytes());
        let Some(values) = spectrum.eigenvalues else {
            bytes.push(ABSENT);
            continue;
        };
        bytes.push(if values.exact { EXACT } else { GAUSS_NEWTON });
        bytes.extend(values.positive.to_le_bytes());
        bytes.extend(values.negative.to_le_bytes());
        for real in [
            values.largest,
            values.log_sum,
            values.nonzero_fraction,
            values.nonzero_tol,
        ] {
            bytes.extend(real.to_le_bytes());
        }
    }
}

/// `step` tells the step of the k-th snapshot.
pub(super) fn restore(
    reader: &mut Reader,
    step: impl Fn(usize) -> Option<u64>,
) -> Result<Vec<Spectrum>, CheckpointError> {
    let count = reader.count(LENGTH_MIN)?;
    let spectrum = |index| {
        Ok(Spectrum {
            step: step(index).ok_or_else(inconsistent)?,
            trace: reader.real()?,
            eigenvalues: eigenvalues(reader)?,
        })
    };
    (0..count).map(spectrum).collect()
}

fn eigenvalues(reader: &mut Reader) -> Result<Option<Eigenvalues>, CheckpointError> {
    let exact = match reader.take()? {
        [ABSENT] => return Ok(None),
        [GAUSS_NEWTON] => false,
        [EXACT] => true,
        _ => return Err(inconsistent()),
    };
    Ok(Some(Eigenvalues {
        exact,
        positive: u32::from_le_bytes(reader.take()?),
        negative: u32::from_le_bytes(reader.take()?),
        largest: reader.real()?,
        log_sum: reader.real()?,
        nonzero_fraction: reader.real()?,
        nonzero_tol: reader.real()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_spectrum_comes_back() {
        let values = |exact| Eigenvalues {
            exact,
            largest: 20.0,
            positive: 3,
            negative: 1,
            log_sum: -7.5,
            nonzero_fraction: 0.25,
            nonzero_tol: 0.1,
        };
        let kinds = [None, Some(values(false)), Some(values(true))];
        let spectra: Vec<Spectrum> = (0..3)
            .map(|k| Spectrum {
                step: 10 * k as u64,
                trace: k as f64,
                eigenvalues: kinds[k],
            })
            .collect();
        let mut bytes = Vec::new();
        save(&spectra, &mut bytes);
        let steps = |k: usize| Some(10 * k as u64);
        let mut reader = Reader(&bytes);
        assert_eq!(restore(&mut reader, steps).unwrap(), spectra);
        assert!(reader.0.is_empty());
        // More snapshots than the run has, a kind that is none, a cut.
        assert!(restore(&mut Reader(&bytes), |_| None).is_err());
        let mut other = bytes.clone();
        other[16] = 9;
        assert!(restore(&mut Reader(&other), steps).is_err());
        assert!(restore(&mut Reader(&bytes[..bytes.len() - 1]), steps).is_err());
    }
}
