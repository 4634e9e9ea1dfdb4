//! Which units a step can leave out.
//!
//! A unit that is silent for every sample has no gradient. Without noise on the weights it stays so for
//! ever and is *frozen*. With noise it walks without drift: while its distance from every kink is more
//! than [`DEVIATIONS`] standard deviations of its walk over the next k steps, it can *sleep* for k steps
//! and then take them at once, as one normal of k times the variance; the probability that the walk
//! would have woken it meanwhile is below 1e-15 for each sample. Units are kept sorted, active ones
//! first, so that whole vectors of silent ones are left out.
//!
//! All this is decided at multiples of [`PERIOD`] steps, whatever the cuts between calls.

use super::data::Samples;
use super::matrix::Matrix;
use super::products;
use super::state::{State, take};
use crate::engine::lanes::{Block, Lanes, WIDTH};
use crate::engine::normals::Generator;

/// Steps between decisions.
pub(super) const PERIOD: u64 = 128;

/// The longest sleep is `PERIOD << DOUBLINGS_MAX` steps.
const DOUBLINGS_MAX: u32 = 20;

/// See the module's head: a standard normal exceeds this with probability 1e-17.
const DEVIATIONS: f64 = 8.5;

/// `wake_at` of units that never wake.
const NEVER: u64 = u64::MAX;

/// What may be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Packing {
    /// Nothing; units keep their places.
    Off,
    /// Units are sorted.
    Sort,
    /// And silent ones left out for ever.
    Freeze,
    /// And silent ones left out for a while; the weights' standard deviation per step.
    Sleep { deviation: f64 },
}

/// Where each unit is, and until when it is left out. One entry per unit, in the order of lanes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    /// Original index of the unit.
    pub units: Vec<u32>,
    /// The step at which it fell asleep.
    pub slept_at: Vec<u64>,
    /// The step before which it sleeps; 0 awake.
    pub wake_at: Vec<u64>,
    /// Blocks of units that steps deal with: all after them sleep.
    pub awake_columns: usize,
}

impl Places {
    /// Everybody awake, in the original order.
    pub fn new(hidden_units: usize) -> Self {
        Self {
            units: (0..hidden_units as u32).collect(),
            slept_at: vec![0; hidden_units],
            wake_at: vec![0; hidden_units],
            awake_columns: hidden_units.div_ceil(WIDTH),
        }
    }

    /// Steps of the walk that a lane's unit has not taken yet, at step `now`.
    pub fn owed(&self, lane: usize, now: u64) -> u64 {
        match self.wake_at[lane] {
            0 | NEVER => 0,
            _ => now - self.slept_at[lane],
        }
    }

    pub fn save(&self, bytes: &mut Vec<u8>) {
        for lane in 0..self.units.len() {
            bytes.extend(self.units[lane].to_le_bytes());
            bytes.extend(self.slept_at[lane].to_le_bytes());
            bytes.extend(self.wake_at[lane].to_le_bytes());
        }
        bytes.extend((self.awake_columns as u64).to_le_bytes());
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        for lane in 0..self.units.len() {
            self.units[lane] = u32::from_le_bytes(take(bytes));
            self.slept_at[lane] = u64::from_le_bytes(take(bytes));
            self.wake_at[lane] = u64::from_le_bytes(take(bytes));
        }
        self.awake_columns = u64::from_le_bytes(take(bytes)) as usize;
    }

    fn permute(&mut self, from: &[u32], before: &mut Self) {
        before.units.copy_from_slice(&self.units);
        before.slept_at.copy_from_slice(&self.slept_at);
        before.wake_at.copy_from_slice(&self.wake_at);
        for (lane, &from) in from.iter().enumerate() {
            let from = from as usize;
            self.units[lane] = before.units[from];
            self.slept_at[lane] = before.slept_at[from];
            self.wake_at[lane] = before.wake_at[from];
        }
    }
}

/// Rank of a unit in the order of lanes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Active,
    Silent,
    Asleep,
}

/// Room to sort units in, so that sorting allocates nothing.
pub(super) struct Sorter {
    ranks: Vec<Rank>,
    from: Vec<u32>,
    row: Vec<Block>,
    places: Places,
}

impl Sorter {
    pub fn new(hidden_units: usize) -> Self {
        Self {
            ranks: vec![Rank::Active; hidden_units],
            from: vec![0; hidden_units],
            row: vec![Block::ZERO; hidden_units.div_ceil(WIDTH)],
            places: Places::new(hidden_units),
        }
    }

    /// Moves units into the order of their ranks; equal ones keep theirs.
    fn sort(&mut self, state: &mut State) {
        if self.ranks.is_sorted() {
            return;
        }
        let mut next = 0;
        for rank in [Rank::Active, Rank::Silent, Rank::Asleep] {
            for (lane, _) in self.ranks.iter().enumerate().filter(|(_, r)| **r == rank) {
                self.from[next] = lane as u32;
                next += 1;
            }
        }
        state.weights.permute(&self.from, &mut self.row);
        if let Some(moments) = &mut state.moments {
            moments.permute(&self.from, &mut self.row);
        }
        state.places.permute(&self.from, &mut self.places);
    }
}

/// Wakes who is due, sends who can to sleep, sorts. `drive` is a place for one number a sample and unit.
#[inline(always)]
pub(super) fn pack<L: Lanes>(
    state: &mut State,
    samples: &Samples,
    drive: &mut Matrix,
    sorter: &mut Sorter,
) {
    if state.packing == Packing::Off {
        return;
    }
    if let Packing::Sleep { deviation } = state.packing {
        let mut generator = state.stream.open::<L>();
        wake(state, deviation, &mut generator);
        state.stream.close(generator);
    }
    products::drive::<L>(&state.weights, &samples.clean.inputs, samples.design, drive);
    decide(state, samples, drive, sorter);
}

/// Gives the units that are due the noise of the steps they slept.
#[inline(always)]
fn wake<L: Lanes>(state: &mut State, deviation: f64, generator: &mut Generator<L>) {
    let (now, columns) = (state.steps, state.weights.columns);
    for column in 0..columns {
        let mut scale = Block::ZERO;
        let lanes = column * WIDTH..state.hidden_units.min((column + 1) * WIDTH);
        for lane in lanes {
            if state.places.wake_at[lane] <= now {
                let owed = state.places.owed(lane, now) as f64;
                scale.0[lane % WIDTH] = (deviation * owed.sqrt()) as f32;
                state.places.wake_at[lane] = 0;
            }
        }
        if scale == Block::ZERO {
            continue;
        }
        let scale = L::load(&scale);
        let mut blocks = state
            .weights
            .blocks
            .iter_mut()
            .skip(column)
            .step_by(columns);
        while let Some(first) = blocks.next() {
            let (z, other) = generator.normal_pair();
            z.mul_add(scale, L::load(first)).store(first);
            if let Some(second) = blocks.next() {
                other.mul_add(scale, L::load(second)).store(second);
            }
        }
    }
}

fn decide(state: &mut State, samples: &Samples, drive: &Matrix, sorter: &mut Sorter) {
    for lane in 0..state.hidden_units {
        sorter.ranks[lane] = rank(state, samples, drive, lane);
    }
    sorter.sort(state);
    let awake = |rank: &&Rank| **rank != Rank::Asleep;
    let awake = sorter.ranks.iter().filter(awake).count();
    state.places.awake_columns = awake.div_ceil(WIDTH);
    state.scale_noise();
}

/// Ranks a unit, and sends it to sleep if it can.
fn rank(state: &mut State, samples: &Samples, drive: &Matrix, lane: usize) -> Rank {
    if state.places.wake_at[lane] != 0 {
        return Rank::Asleep;
    }
    let Some(distance) = distance_from_activity(samples, drive, lane) else {
        return Rank::Active;
    };
    let wake_at = match state.packing {
        Packing::Off | Packing::Sort => None,
        Packing::Freeze => Some(NEVER),
        Packing::Sleep { deviation } => sleep(distance, deviation).map(|steps| state.steps + steps),
    };
    let Some(wake_at) = wake_at else {
        return Rank::Silent;
    };
    state.places.slept_at[lane] = state.steps;
    state.places.wake_at[lane] = wake_at;
    Rank::Asleep
}

/// How far a silent unit's weights are from making it active, in the metric of the weights; none for
/// an active unit.
fn distance_from_activity(samples: &Samples, drive: &Matrix, lane: usize) -> Option<f64> {
    let mut nearest = f64::INFINITY;
    for (sample, norm) in samples.norms.iter().enumerate() {
        let below = -f64::from(drive.value(sample, lane));
        // NaN is active: it must not be left out.
        if below.is_nan() || below < 0.0 {
            return None;
        }
        nearest = nearest.min(below / norm);
    }
    Some(nearest)
}

/// The longest sleep that a unit at this distance can take, in steps.
fn sleep(distance: f64, deviation: f64) -> Option<u64> {
    let walk = |doublings: u32| DEVIATIONS * deviation * ((PERIOD << doublings) as f64).sqrt();
    (0..=DOUBLINGS_MAX)
        .rev()
        .find(|&doublings| distance > walk(doublings))
        .map(|doublings| PERIOD << doublings)
}
