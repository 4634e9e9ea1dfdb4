//! One job on one slot: simulate in short pieces, look for orders in between.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::{Claim, RunCost, Ticket};
use simulation::{Checkpoint, Dataset, RunResult, Simulation};
use tokio::sync::mpsc::UnboundedSender;

use crate::control::{Control, Order};
use crate::machine::{code_version, host_name};
use crate::progress::Progress;
use crate::settle::chain;
use crate::spool::{Spool, Spooled};

/// A simulation looks for orders about this often.
const PIECE: Duration = Duration::from_millis(50);
/// First piece, before the speed is known.
const FIRST_PIECE_STEPS: u64 = 256;

/// What a slot tells the loop.
pub(crate) enum Report {
    /// A checkpoint; the simulation goes on.
    Checkpoint(Ticket, Checkpoint),
    /// The slot is free again.
    Ended(Ticket, End),
}

/// How an attempt ended.
pub(crate) enum End {
    /// With a result, which is on disk already.
    Finished(Box<Spooled>),
    /// Told to stop before it began.
    Unstarted,
    /// Stopped on request; go on from here.
    Released(Checkpoint),
    /// Stopped because nobody wants the result.
    Abandoned,
    /// An error or a panic of this job alone.
    Failed(String),
}

/// Everything a slot needs for one job.
pub(crate) struct Execution {
    pub claim: Claim,
    pub dataset: Option<Arc<Dataset>>,
    pub control: Arc<Control>,
    pub progress: Arc<Progress>,
    pub checkpoint_every: Duration,
    pub spool: Spool,
    pub reports: UnboundedSender<Report>,
}

impl Execution {
    /// Runs the job to its end on the calling thread, unless it was given back while it waited. A panic becomes
    /// this job's error.
    pub fn run(self) {
        if !self.control.begin() {
            return;
        }
        let end = catch_unwind(AssertUnwindSafe(|| self.simulate()))
            .unwrap_or_else(|panic| End::Failed(format!("panicked: {}", panic_text(&*panic))));
        // The loop outlives every slot; only a worker that is being torn down is deaf.
        let _ = self
            .reports
            .send(Report::Ended(self.claim.ticket.clone(), end));
    }

    fn simulate(&self) -> End {
        match self.control.order() {
            Order::Continue => {}
            Order::Release => return End::Unstarted,
            Order::Abandon => return End::Abandoned,
        }
        let started = Instant::now();
        let mut simulation = match self.start() {
            Ok(simulation) => simulation,
            Err(error) => return End::Failed(error),
        };
        let limit_ms = self
            .claim
            .max_job_ms
            .and_then(|limit_ms| u64::try_from(limit_ms).ok());
        let deadline = limit_ms.map(Duration::from_millis);
        let estimated_seconds = self.claim.estimated_seconds;
        let steps_all = self.claim.parameters.steps as f64;
        let mut piece_steps = FIRST_PIECE_STEPS;
        let mut last_checkpoint = Instant::now();
        loop {
            match self.control.order() {
                Order::Continue => {}
                Order::Release => return End::Released(simulation.checkpoint()),
                Order::Abandon => return End::Abandoned,
            }
            let (piece_started, steps_before) = (Instant::now(), simulation.steps_done());
            let finished = simulation.advance(piece_steps);
            let steps = simulation.steps_done() - steps_before;
            self.progress
                .add_steps(steps, estimated_seconds * steps as f64 / steps_all);
            // Truncation is a result: the run is kept as far as it came.
            if finished || deadline.is_some_and(|limit| started.elapsed() >= limit) {
                let share_done = simulation.steps_done() as f64 / steps_all;
                self.progress.add_finished(estimated_seconds, share_done);
                return End::Finished(self.spool(simulation.finish(), started.elapsed()));
            }
            piece_steps = next_piece(piece_steps, piece_started.elapsed());
            if last_checkpoint.elapsed() >= self.checkpoint_every {
                last_checkpoint = Instant::now();
                let ticket = self.claim.ticket.clone();
                let checkpoint = simulation.checkpoint();
                tracing::debug!(
                    job.id = %ticket.job_id,
                    bytes = checkpoint.as_bytes().len(),
                    slot_us = last_checkpoint.elapsed().as_micros(),
                    "Made a checkpoint"
                );
                let _ = self.reports.send(Report::Checkpoint(ticket, checkpoint));
            }
        }
    }

    /// Puts the result on disk, here on the slot: the loop must not wait for a disk.
    fn spool(&self, result: RunResult, wall: Duration) -> Box<Spooled> {
        let cost = RunCost {
            wall_seconds: wall.as_secs_f64(),
            host: host_name(),
            code_version: code_version(),
        };
        let ticket = self.claim.ticket.clone();
        let spooled = Spooled {
            ticket,
            result,
            cost,
        };
        if let Err(error) = self.spool.put(&spooled) {
            // The database may still take it; only a crash before that would cost the work.
            tracing::error!(job.id = %spooled.ticket.job_id, error = %chain(&error), "Failed to spool a result");
        }
        Box::new(spooled)
    }

    /// Goes on from the job's checkpoint; a checkpoint that can't be used costs work, not the job.
    fn start(&self) -> Result<Simulation, String> {
        let (parameters, dataset) = (&self.claim.parameters, self.dataset.as_deref());
        if let Some(checkpoint) = &self.claim.checkpoint {
            match Simulation::restore(parameters, dataset, checkpoint) {
                Ok(simulation) => return Ok(simulation),
                Err(error) => {
                    tracing::warn!(job.id = %self.claim.ticket.job_id, %error, "Started over instead of resuming");
                }
            }
        }
        Simulation::new(parameters, dataset).map_err(|error| error.to_string())
    }
}

/// Steps that take about [`PIECE`]. The cut changes no bit of the result.
fn next_piece(steps: u64, took: Duration) -> u64 {
    let ratio = PIECE.as_secs_f64() / took.as_secs_f64().max(1e-9);
    ((steps as f64 * ratio.clamp(0.1, 8.0)) as u64).max(1)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_settle_at_the_wanted_time() {
        let step = Duration::from_micros(10);
        let mut steps = FIRST_PIECE_STEPS;
        for _ in 0..6 {
            steps = next_piece(steps, step * u32::try_from(steps).unwrap());
        }
        assert_eq!(steps, 5_000);
        assert_eq!(next_piece(1, Duration::from_secs(9)), 1);
    }
}
