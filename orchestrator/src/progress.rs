//! What a person sees while a sweep runs: jobs done, speed, and how long it will still take.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use shared::Store;
use worker::Progress;

/// The one drawing area on stderr; log lines go above it.
static DRAWING: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Time between two looks at the database.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Time between two lines where no terminal redraws them.
const LINE_EVERY: Duration = Duration::from_secs(15);

/// A log writer that doesn't tear the progress display.
#[derive(Clone, Copy, Debug)]
pub struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        DRAWING.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Shows the progress of one sweep until dropped with its task.
pub(crate) struct Display {
    store: Store,
    sweep: String,
    progress: Arc<Progress>,
    bar: ProgressBar,
    started: Instant,
    lines: bool,
}

impl Display {
    pub fn new(store: Store, sweep: String, progress: Arc<Progress>, jobs: u64) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} jobs{msg}")
            .expect("the template is fixed")
            .progress_chars("█▉▊▋▌▍▎▏ ");
        let bar = DRAWING.add(ProgressBar::new(jobs).with_style(style));
        let lines = !io::stderr().is_terminal();
        if lines {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            store,
            sweep,
            progress,
            bar,
            started: Instant::now(),
            lines,
        }
    }

    /// Redraws until the task that runs it is aborted.
    pub async fn run(self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last_line = Instant::now();
        loop {
            ticks.tick().await;
            let asked = Instant::now();
            let Ok(status) = self.store.status(Some(&self.sweep)).await else {
                continue;
            };
            // On a huge sweep the look itself costs something: at most a twentieth of the time.
            ticks.reset_after(LOOK_EVERY.max(asked.elapsed() * 20));
            let Some(status) = status.first() else {
                continue;
            };
            self.bar
                .set_position(status.done + status.dead + status.cancelled);
            let message = self.message(status.remaining_seconds, status.dead);
            if self.lines && last_line.elapsed() >= LINE_EVERY {
                last_line = Instant::now();
                tracing::info!("{}/{} jobs{message}", status.done, status.planned);
            }
            self.bar.set_message(message);
        }
    }

    fn message(&self, remaining_seconds: f64, dead: u64) -> String {
        let snapshot = self.progress.snapshot();
        let elapsed = self.started.elapsed().as_secs_f64();
        let mut message = format!(", {} steps/s", magnitude(snapshot.steps as f64 / elapsed));
        if dead > 0 {
            message.push_str(&format!(", {dead} dead"));
        }
        // What running jobs have already done is no longer ahead; the pace is this session's own.
        let under_way = snapshot.estimated_seconds_done - snapshot.estimated_seconds_finished;
        let ahead = (remaining_seconds - under_way).max(0.0);
        if snapshot.estimated_seconds_done > 0.0 && elapsed > 1.0 {
            let eta_s = ahead * elapsed / snapshot.estimated_seconds_done;
            message.push_str(&format!(", {} left", period(eta_s)));
        }
        message
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A count with k, M or G.
pub(crate) fn magnitude(count: f64) -> String {
    for (unit, size) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] {
        if count >= size {
            return format!("{:.1} {unit}", count / size);
        }
    }
    format!("{count:.0} ")
}

/// A duration in its two largest units.
pub(crate) fn period(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min {} s", s / 60, s % 60),
        3_600..172_800 => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
        _ => format!("{} d {} h", s / 86_400, s % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_name_their_two_largest_units() {
        assert_eq!(period(59.6), "1 min 0 s");
        assert_eq!(period(5.2), "5 s");
        assert_eq!(period(3_725.0), "1 h 2 min");
        assert_eq!(period(200_000.0), "2 d 7 h");
    }

    #[test]
    fn magnitudes_are_short() {
        assert_eq!(magnitude(1_234_567.0), "1.2 M");
        assert_eq!(magnitude(12.0), "12 ");
    }
}
