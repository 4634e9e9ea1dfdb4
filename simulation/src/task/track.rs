//! The predictive corridor (paper, Figure 2): an agent walks up and down between textured walls,
//! and from each view and its action predicts the next view.

use std::f64::consts::{PI, TAU};

use ndarray::{Array2, s};

use super::corridor::{Corridor, LENGTH};
use super::scale::min_max;
use super::{TRACK_INPUT_DIM, TRACK_OUTPUT_DIM, data_stream};
use crate::stream::ChaChaStream;
use crate::{Task, ValidParameters};

/// Mean and standard deviation of the distance walked in one step. (The paper says constant.)
const STEP_MEAN: f64 = 0.2;
const STEP_DEVIATION: f64 = 0.1;
/// The agent turns back a tenth of the corridor before each end.
const TURN_AT: f64 = 0.4 * LENGTH;
/// Standard deviation of the heading's change in one step, in turns.
const JITTER_TURNS: f64 = PI * 0.1 / 360.0;
/// The first heading lies at most this far left of straight ahead, in radians.
const FIRST_HEADING_MAX: f64 = 0.01;

/// Rays of one view.
const RAYS: usize = TRACK_OUTPUT_DIM as usize;

/// Where the corridor's agent was at each sample.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackPath {
    /// Position along the corridor where the sample's input was seen, -5.6 to 5.6, `[n_samples]`.
    pub positions: Vec<f64>,
    /// Heading at the start of the sample's step, in radians from +y towards +x, `[n_samples]`.
    pub headings: Vec<f64>,
}

/// The path behind the data of task `predictive_track`; `None` for any other task.
pub fn track_path(parameters: &ValidParameters) -> Option<TrackPath> {
    (parameters.task == Task::PredictiveTrack).then(|| {
        let mut stream = data_stream(parameters);
        let n_samples = parameters.n_samples as usize;
        Walk::draw(&mut stream, n_samples, parameters.heading_jitter).path
    })
}

/// Inputs `[n_samples, 18]` (views, and actions in the last column) and targets `[n_samples, 17]`
/// (views one step ahead). As the authors do, views and actions are scaled apart.
pub(super) fn views_and_actions(
    stream: &mut ChaChaStream,
    n_samples: usize,
    heading_jitter: bool,
) -> (Array2<f64>, Array2<f64>) {
    let mut walk = Walk::draw(stream, n_samples, heading_jitter);
    min_max(walk.inputs.slice_mut(s![.., ..RAYS]));
    min_max(walk.inputs.slice_mut(s![.., RAYS..]));
    min_max(walk.targets.view_mut());
    (walk.inputs, walk.targets)
}

/// A walk as it was recorded, nothing scaled.
struct Walk {
    inputs: Array2<f64>,
    targets: Array2<f64>,
    path: TrackPath,
}

impl Walk {
    /// Draws a corridor and walks `n_samples` steps from its middle.
    ///
    /// With and without jitter the same numbers are drawn: the same steps between the same walls.
    fn draw(stream: &mut ChaChaStream, n_samples: usize, heading_jitter: bool) -> Self {
        let jitter = if heading_jitter { 1.0 } else { 0.0 };
        let corridor = Corridor::draw(stream);
        let mut agent = Agent {
            position: 0.0,
            heading: jitter * FIRST_HEADING_MAX * (stream.uniform() - 1.0),
            drift: 0.0,
        };
        let mut walk = Self {
            inputs: Array2::zeros((n_samples, TRACK_INPUT_DIM as usize)),
            targets: Array2::zeros((n_samples, RAYS)),
            path: TrackPath {
                positions: Vec::with_capacity(n_samples),
                headings: Vec::with_capacity(n_samples),
            },
        };
        let mut view = corridor.view(agent.position, agent.heading);
        for sample in 0..n_samples {
            let heading_before = agent.heading;
            walk.path.positions.push(agent.position);
            walk.path.headings.push(heading_before);
            walk.inputs.slice_mut(s![sample, ..RAYS]).assign(&view);
            agent.step(STEP_MEAN + STEP_DEVIATION * stream.normal());
            // Recorded before a turn: the next input has this view but the heading after the turn.
            view = corridor.view(agent.position, agent.heading);
            walk.targets.row_mut(sample).assign(&view);
            agent.turn_at_ends();
            walk.inputs[[sample, RAYS]] = nearest_turn(heading_before, agent.heading);
            agent.drift = jitter * TAU * JITTER_TURNS * stream.normal();
        }
        walk
    }
}

/// The agent stays on the corridor's axis: the authors' limits on x leave no room beside it.
struct Agent {
    /// Along the corridor, from its middle.
    position: f64,
    /// In radians from +y towards +x.
    heading: f64,
    /// Change of the heading in the next step, in radians.
    drift: f64,
}

impl Agent {
    fn step(&mut self, distance: f64) {
        let moved = self.position + distance * libm::cos(self.heading);
        self.position = moved.clamp(-TURN_AT, TURN_AT);
        self.heading = (self.heading + self.drift).rem_euclid(TAU);
    }

    /// Faces the middle when at an end.
    fn turn_at_ends(&mut self) {
        if self.position >= TURN_AT {
            self.heading = PI;
        } else if self.position <= -TURN_AT {
            self.heading = 0.0;
        }
    }
}

/// The change from one heading to another by the shorter way, as `numpy.unwrap` takes it: half a
/// turn keeps the sign of the plain difference.
fn nearest_turn(from: f64, to: f64) -> f64 {
    let difference = to - from;
    if difference.abs() <= PI {
        return difference;
    }
    difference - TAU * libm::copysign(1.0, difference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::StreamName;

    fn walked(seed: u64, n_samples: usize, heading_jitter: bool) -> Walk {
        Walk::draw(
            &mut ChaChaStream::new(seed, StreamName::Data),
            n_samples,
            heading_jitter,
        )
    }

    #[test]
    fn each_target_is_the_view_of_the_next_input() {
        let walk = walked(1, 150, true);
        let next_views = walk.inputs.slice(s![1.., ..RAYS]);
        assert_eq!(next_views, walk.targets.slice(s![..149, ..]));
    }

    #[test]
    fn steps_have_the_published_mean_and_deviation() {
        // Published, 150 steps without jitter: |dy| = 0.187 +- 0.092, shortened by the ends.
        let mut moved = Vec::new();
        for seed in 0..50 {
            let path = walked(seed, 150, false).path;
            moved.extend(
                path.positions
                    .windows(2)
                    .map(|pair| (pair[1] - pair[0]).abs()),
            );
        }
        let mean = moved.iter().sum::<f64>() / moved.len() as f64;
        let squares = moved.iter().map(|d| (d - mean).powi(2)).sum::<f64>();
        let deviation = (squares / moved.len() as f64).sqrt();
        assert!((mean - 0.195).abs() < 0.012, "mean {mean}");
        assert!((deviation - 0.095).abs() < 0.006, "deviation {deviation}");
    }

    #[test]
    fn the_agent_turns_at_both_ends_and_nowhere_else() {
        let walk = walked(4, 1_000, false);
        let (positions, headings) = (&walk.path.positions, &walk.path.headings);
        assert!(positions.iter().all(|y| y.abs() <= TURN_AT));
        assert!(positions.contains(&TURN_AT) && positions.contains(&-TURN_AT));
        assert_eq!(headings[0], 0.0);
        for sample in 0..999 {
            let expected = match positions[sample + 1] {
                y if y == TURN_AT => PI,
                y if y == -TURN_AT => 0.0,
                _ => headings[sample],
            };
            assert_eq!(headings[sample + 1], expected, "sample {sample}");
            let action = walk.inputs[[sample, RAYS]];
            assert_eq!(action, headings[sample + 1] - headings[sample]);
        }
        // A lap of 22.4 at 0.2 a step: about 9 laps, 18 turns, as many of each sign.
        let actions = walk.inputs.column(RAYS);
        let count = |turn: f64| actions.iter().filter(|&&a| a == turn).count();
        assert!((8..=10).contains(&count(PI)), "{} turns", count(PI));
        assert!(count(PI).abs_diff(count(-PI)) <= 1);
        assert_eq!(count(0.0) + count(PI) + count(-PI), 1_000);
    }

    #[test]
    fn heading_jitter_is_small_and_actions_tell_it() {
        let walk = walked(5, 1_000, true);
        assert!((-0.01..0.0).contains(&walk.path.headings[0]));
        let actions = walk.inputs.column(RAYS);
        let small: Vec<f64> = actions.iter().copied().filter(|a| a.abs() < 1.0).collect();
        assert!(
            (970..=990).contains(&small.len()),
            "{} steps without turn",
            small.len()
        );
        let deviation = (small.iter().map(|a| a * a).sum::<f64>() / small.len() as f64).sqrt();
        // 2 pi times pi 0.1 / 360 = 5.48e-3; four standard errors are 0.5e-3.
        assert!(
            (deviation - 5.48e-3).abs() < 0.5e-3,
            "deviation {deviation}"
        );
        assert!(actions.iter().all(|a| a.abs() <= PI));
    }

    #[test]
    fn jitter_changes_neither_walls_nor_speeds() {
        let (with, without) = (walked(6, 20, true), walked(6, 20, false));
        for (a, b) in with.path.positions.iter().zip(&without.path.positions) {
            assert!((a - b).abs() < 0.01, "{a} and {b}");
        }
    }

    #[test]
    fn the_shorter_way_round_keeps_the_sign_of_half_a_turn() {
        assert_eq!(nearest_turn(0.0, PI), PI);
        assert_eq!(nearest_turn(PI, 0.0), -PI);
        assert!((nearest_turn(0.1, TAU - 0.1) + 0.2).abs() < 1e-12);
        assert!((nearest_turn(-0.005, TAU - 0.01) + 0.005).abs() < 1e-12);
    }
}
