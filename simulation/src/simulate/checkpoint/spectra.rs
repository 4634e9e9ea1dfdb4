//! The snapshots of the Hessian within a checkpoint.

use super::{CheckpointError, Reader, inconsistent};
use crate::{Eigenvalues, FullSpectrum, Spectrum};

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

pub(super) fn save_full(spectra: &[FullSpectrum], bytes: &mut Vec<u8>) {
    bytes.extend((spectra.len() as u64).to_le_bytes());
    for spectrum in spectra {
        bytes.extend(spectrum.step.to_le_bytes());
        bytes.extend((spectrum.eigenvalues.len() as u64).to_le_bytes());
        for value in &spectrum.eigenvalues {
            bytes.extend(value.to_le_bytes());
        }
    }
}

pub(super) fn restore_full(reader: &mut Reader) -> Result<Vec<FullSpectrum>, CheckpointError> {
    let spectrum = |reader: &mut Reader| {
        let step = u64::from_le_bytes(reader.take()?);
        let count = reader.count(8)?;
        let eigenvalues = (0..count)
            .map(|_| reader.real())
            .collect::<Result<_, _>>()?;
        Ok(FullSpectrum { step, eigenvalues })
    };
    // A step and a count at least.
    let count = reader.count(16)?;
    (0..count).map(|_| spectrum(reader)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_eigenvalues_come_back() {
        let full = |step, eigenvalues| FullSpectrum { step, eigenvalues };
        let spectra = [full(0, vec![20.0, 0.5, -1e-3]), full(7, Vec::new())];
        let mut bytes = Vec::new();
        save_full(&spectra, &mut bytes);
        let mut reader = Reader(&bytes);
        assert_eq!(restore_full(&mut reader).unwrap(), spectra);
        assert!(reader.0.is_empty());
        assert!(restore_full(&mut Reader(&bytes[..bytes.len() - 1])).is_err());
    }

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
