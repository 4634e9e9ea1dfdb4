//! The corridor: a box with textured walls, and what is seen from inside.
//!
//! The box is `|x| <= 1/2`, `|y| <= 7`. Headings count from +y towards +x: heading `a` looks along
//! `(sin a, cos a)`. Walls: 0 top (y = 7), 1 right, 2 bottom, 3 left, each from its own corner on.

use std::f64::consts::PI;

use ndarray::Array1;

use super::TRACK_OUTPUT_DIM;
use super::filter::gaussian_1d;
use super::interpolate::{at, linspace};
use crate::stream::ChaChaStream;

/// Width of the box, along x.
const WIDTH: f64 = 1.0;
/// Length of the box, along y.
pub(super) const LENGTH: f64 = 14.0;
/// Rays of one view.
const RAYS: usize = TRACK_OUTPUT_DIM as usize;
/// A view spans this angle to either side of the heading: an eighth of a turn in all.
const HALF_VIEW: f64 = PI / 8.0;
/// Standard deviation of the texture's smoothing, as a fraction of the texture. (The paper gives
/// this number for the variance; the authors' code uses it as the standard deviation.)
const SMOOTHNESS: f64 = 0.09;

/// The walls' texture: one sequence around the box.
pub(super) struct Corridor {
    /// Knots -1 to n of the texture, which is circular: last, all n, first.
    knots: Vec<f64>,
}

impl Corridor {
    /// Draws a texture: standard normals, smoothed around the circle.
    pub fn draw(stream: &mut ChaChaStream) -> Self {
        let count = (2.0 * (WIDTH + LENGTH)) as usize * RAYS;
        let rough: Vec<f64> = (0..count).map(|_| stream.normal()).collect();
        let smooth = gaussian_1d(&rough.repeat(3), SMOOTHNESS * count as f64);
        let texture = &smooth[count..2 * count];
        let knots = [&texture[count - 1..], texture, &texture[..1]].concat();
        Self { knots }
    }

    /// What the rays of one view from `(0, y)` meet, from left to right.
    pub fn view(&self, y: f64, heading: f64) -> Array1<f64> {
        linspace(heading - HALF_VIEW, heading + HALF_VIEW, RAYS)
            .map(|angle| self.texture(phase_of_hit(0.0, y, angle)))
            .collect()
    }

    /// The texture at a phase. Phases above 1 (see [`phase_of_hit`]) keep its end value.
    fn texture(&self, phase: f64) -> f64 {
        let count = (self.knots.len() - 2) as f64;
        at(&self.knots, phase * count + 1.0)
    }
}

/// Where a ray from inside the box meets the walls, as a phase of the texture:
/// `wall / 4 + (distance from the wall's corner) / (circumference)`.
///
/// A long wall is 14/30 of the circumference but begins only 1/4 behind the wall before, so walls
/// overlap in phase, and the left one goes beyond 1. So do the authors' figures.
fn phase_of_hit(x: f64, y: f64, angle: f64) -> f64 {
    let (dx, dy) = (libm::sin(angle), libm::cos(angle));
    let (right, top) = (WIDTH / 2.0, LENGTH / 2.0);
    let distance = |gap: f64, speed: f64| {
        if speed > 0.0 {
            gap / speed
        } else {
            f64::INFINITY
        }
    };
    let distances = [
        distance(top - y, dy),
        distance(right - x, dx),
        distance(y + top, -dy),
        distance(x + right, -dx),
    ];
    let (wall, distance) = (0..)
        .zip(distances)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("a box has four walls");
    let (hit_x, hit_y) = (x + distance * dx, y + distance * dy);
    let offset = match wall {
        0 => hit_x + right,
        1 => top - hit_y,
        2 => right - hit_x,
        _ => hit_y + top,
    };
    f64::from(wall) / 4.0 + offset / (2.0 * (WIDTH + LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::StreamName;

    fn assert_phase(actual: f64, exact: f64) {
        assert!((actual - exact).abs() < 1e-12, "{actual} for {exact}");
    }

    #[test]
    fn rays_meet_each_wall_where_geometry_says() {
        // Straight ahead, right, back and left from (0.25, 3): offsets 0.75, 4, 0.25 and 10.
        assert_phase(phase_of_hit(0.25, 3.0, 0.0), 0.75 / 30.0);
        assert_phase(phase_of_hit(0.25, 3.0, PI / 2.0), 0.25 + 4.0 / 30.0);
        assert_phase(phase_of_hit(0.25, 3.0, PI), 0.5 + 0.25 / 30.0);
        assert_phase(phase_of_hit(0.25, 3.0, -PI / 2.0), 0.75 + 10.0 / 30.0);
        // From the middle at 45 degrees: the right wall at y = 0.5, the left one at y = -0.5.
        assert_phase(phase_of_hit(0.0, 0.0, PI / 4.0), 0.25 + 6.5 / 30.0);
        assert_phase(phase_of_hit(0.0, 0.0, PI + PI / 4.0), 0.75 + 6.5 / 30.0);
        // Steeply past the top right corner: the top, at x = 0.25.
        assert_phase(phase_of_hit(0.0, 6.5, libm::atan(0.5)), 0.75 / 30.0);
    }

    #[test]
    fn any_ray_ends_on_the_box() {
        for step in 0..1_000 {
            let angle = f64::from(step) * 0.01;
            let phase = phase_of_hit(0.1, -4.0, angle);
            assert!(
                (0.0..=0.75 + 14.0 / 30.0).contains(&phase),
                "{phase} at {angle}"
            );
        }
    }

    #[test]
    fn the_texture_goes_around_and_ends_flat() {
        let corridor = Corridor::draw(&mut ChaChaStream::new(1, StreamName::Data));
        assert_eq!(corridor.knots.len(), 512);
        let first = corridor.knots[1];
        assert_eq!(corridor.texture(0.0), first);
        assert_eq!(corridor.texture(1.0), first);
        assert_eq!(corridor.texture(1.2), first);
        assert_phase(
            corridor.texture(3.5 / 510.0),
            (corridor.knots[4] + corridor.knots[5]) / 2.0,
        );
        // No seam: from the last to the first it changes no more than elsewhere.
        let change = |pair: &[f64]| (pair[1] - pair[0]).abs();
        let inside = corridor.knots[1..511].windows(2).map(change);
        assert!(change(&corridor.knots[..2]) <= inside.fold(0.0, f64::max));
    }

    #[test]
    fn a_view_spans_an_eighth_of_a_turn() {
        let corridor = Corridor::draw(&mut ChaChaStream::new(1, StreamName::Data));
        let view = corridor.view(1.0, 0.3);
        let ray = |angle| corridor.texture(phase_of_hit(0.0, 1.0, angle));
        assert_eq!(view[0], ray(0.3 - PI / 8.0));
        assert_eq!(view[16], ray(0.3 + PI / 8.0));
        assert_phase(view[8], ray(0.3));
    }
}
