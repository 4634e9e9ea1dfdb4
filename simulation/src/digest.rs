//! Fingerprints of results.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 in lower-case hexadecimal. Equal digests mean equal bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Takes a result's values one by one. Every list is preceded by its length and every absent value
/// is marked, so two different results never feed the same bytes.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.whole(bytes.len() as u64);
        self.0.update(bytes);
    }

    pub fn whole(&mut self, value: u64) {
        self.0.update(value.to_le_bytes());
    }

    /// All numbers that are none count as one: which bits they have depends on the machine.
    pub fn real(&mut self, value: f64) {
        let value = if value.is_nan() { f64::NAN } else { value };
        self.whole(value.to_bits());
    }

    pub fn optional_real(&mut self, value: Option<f64>) {
        self.whole(u64::from(value.is_some()));
        self.real(value.unwrap_or(0.0));
    }

    pub fn finish(self) -> Digest {
        let hash = self.0.finalize();
        Digest(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_sha256s() {
        let published = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::new().finish().0, published);
    }

    #[test]
    fn an_absent_value_is_no_zero() {
        let digest = |value| {
            let mut fingerprint = Fingerprint::new();
            fingerprint.optional_real(value);
            fingerprint.finish()
        };
        assert_ne!(digest(None), digest(Some(0.0)));
        assert_ne!(digest(Some(-0.0)), digest(Some(0.0)));
    }

    #[test]
    fn numbers_that_are_none_are_all_alike() {
        let digest = |bits| {
            let mut fingerprint = Fingerprint::new();
            fingerprint.real(f64::from_bits(bits));
            fingerprint.finish()
        };
        assert_eq!(
            digest(f64::NAN.to_bits()),
            digest(f64::NAN.to_bits() ^ 1 ^ (1 << 63))
        );
        assert_ne!(digest(f64::INFINITY.to_bits()), digest(f64::NAN.to_bits()));
    }
}
