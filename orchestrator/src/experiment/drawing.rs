//! Recordings as Figure 3 shows them: means with error bands, and the line through all animals.

use super::Panel;
use crate::output::short_number;
use crate::report::figure::{Axis, Figure, Panel as Drawn, Series};

const ANIMALS: &str = "#9a9a9a";
const MEAN: &str = "#2166ac";
const FIT: &str = "#b2182b";

/// One panel for each data set and measure, up to three side by side.
pub(crate) fn drawn(panels: &[Panel]) -> Figure {
    Figure {
        id: "figure-3",
        number: "Figure 3",
        title: "Recordings relative to their first session".to_owned(),
        n: panels.iter().map(|panel| (name(panel), panel.animals)).collect(),
        panels: panels.iter().map(panel).collect(),
        columns: panels.len().min(3),
        caption: "Every animal's values over those of its first session (dots), their means with standard \
                  deviation over the root of n (band), and the least squares line through all dots."
            .to_owned(),
        comparisons: Vec::new(),
        claims: Vec::new(),
        statements: Vec::new(),
    }
}

fn name(panel: &Panel) -> String {
    format!("{}: {}", panel.dataset, panel.measure.replace('_', " "))
}

fn panel(panel: &Panel) -> Drawn {
    let sessions = panel.sessions();
    let line = panel.line;
    let ends = [sessions.first(), sessions.last()];
    let on_line = |time: f64| (time, line.intercept + line.slope * time);
    let series = vec![
        Series::Dots {
            name: "animals".to_owned(),
            color: ANIMALS,
            points: panel.points.clone(),
        },
        Series::Line {
            name: "mean and error".to_owned(),
            color: MEAN,
            points: sessions.iter().map(|s| (s.time, s.mean)).collect(),
            band: sessions
                .iter()
                .map(|s| (s.mean - s.error, s.mean + s.error))
                .collect(),
            dashed: false,
            second_axis: false,
        },
        Series::guide(
            "least squares line",
            FIT,
            ends.into_iter()
                .flatten()
                .map(|s| on_line(s.time))
                .collect(),
        ),
    ];
    let title = format!(
        "{} (slope {}, p = {})",
        name(panel),
        short_number(line.slope),
        short_number(line.p)
    );
    let y = Axis::new("relative to the first session");
    Drawn::new(title, Axis::new("time"), y, series)
}
