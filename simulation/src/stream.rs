//! Named random streams. Each derives from the job's seed and its own name alone, so adding a
//! stream changes no other.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest as _, Sha256};

/// What a stream's numbers are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamName {
    /// Inputs and targets.
    Data,
    /// Initial weights.
    Weights,
    /// Noise on the gradient or the weights.
    UpdateNoise,
    /// Noise on the targets.
    LabelNoise,
    /// Noise on the inputs.
    InputNoise,
    /// SED's trial perturbations.
    Perturbation,
    /// Which inputs come when, and what activity starts from.
    InputOrder,
    /// Walks of weights that the engine puts off until somebody looks.
    Deferred,
}

impl StreamName {
    fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Weights => "weights",
            Self::UpdateNoise => "update noise",
            Self::LabelNoise => "label noise",
            Self::InputNoise => "input noise",
            Self::Perturbation => "perturbation",
            Self::InputOrder => "input order",
            Self::Deferred => "deferred",
        }
    }

    /// The stream's 32-byte key: SHA-256 over its name and the job's seed.
    pub fn key(self, seed: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"driftsweep stream\0");
        hash.update(self.name().as_bytes());
        hash.update([0]);
        hash.update(seed.to_le_bytes());
        hash.finalize().into()
    }
}

/// Double-precision numbers for data and initial weights: ChaCha with 8 rounds.
pub(crate) struct ChaChaStream {
    generator: ChaCha8Rng,
}

impl ChaChaStream {
    pub fn new(seed: u64, name: StreamName) -> Self {
        Self {
            generator: ChaCha8Rng::from_seed(name.key(seed)),
        }
    }

    /// Uniform on [0, 1), with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller; the second of the pair is dropped for simplicity.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let first = |name| ChaChaStream::new(5, name).uniform();
        assert_ne!(first(StreamName::Data), first(StreamName::Weights));
        assert_eq!(first(StreamName::Data), first(StreamName::Data));
    }

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let mut stream = ChaChaStream::new(1, StreamName::Weights);
        let draws: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 1e5;
        // Five standard errors: 1/sqrt(1e5) for the mean, sqrt(2/1e5) for the variance.
        assert!(mean.abs() < 0.016, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.023, "variance {variance}");
    }
}
