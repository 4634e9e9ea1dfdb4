//! Points of a circle (Qin et al. 2023): what the network of `similarity_matching` represents.

use ndarray::Array2;

/// Equally spaced angles from which inputs are drawn.
pub(crate) const RING_ANGLES: u32 = 1_000;
/// Every so many angles one is probed.
pub(crate) const PROBE_EVERY: u32 = 4;
/// Angles at which responses are measured.
pub(crate) const PROBES: u32 = RING_ANGLES / PROBE_EVERY;

/// The point of the unit circle at an angle.
pub(crate) fn on_ring(angle: u32) -> [f64; 2] {
    let phi = std::f64::consts::TAU * f64::from(angle) / f64::from(RING_ANGLES);
    [libm::cos(phi), libm::sin(phi)]
}

/// All points, `[RING_ANGLES, 2]`. Their similarities are what is to be matched, so they are the targets too.
pub(super) fn points() -> Array2<f64> {
    Array2::from_shape_fn((RING_ANGLES as usize, 2), |(angle, k)| {
        on_ring(angle as u32)[k]
    })
}
