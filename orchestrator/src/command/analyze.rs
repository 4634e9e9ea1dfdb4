//! `driftsweep analyze experiment DATA.csv`: do animals' recordings change as the networks do?

use std::fs;
use std::path::Path;

use shared::{Table, Value};

use crate::cli::{AnalyzeCommand, Format};
use crate::experiment::{Panel, drawn, panels, published};
use crate::failure::{Exit, Failure};
use crate::{output, report};

pub(super) fn analyze(format: Format, command: &AnalyzeCommand) -> Result<Exit, Failure> {
    match command {
        AnalyzeCommand::Experiment {
            data,
            points,
            figures,
        } => experiment(format, data, *points, figures.as_deref()),
    }
}

fn experiment(
    format: Format,
    data: &Path,
    points: bool,
    figures: Option<&Path>,
) -> Result<Exit, Failure> {
    let panels = panels(data).map_err(Failure::input)?;
    let table = if points {
        sessions(&panels)
    } else {
        fits(&panels)
    };
    output::print(&table, format)?;
    if let Some(folder) = figures {
        let failed = |error| {
            Failure::input(format!(
                "failed to write to {}: {error}; name a folder you can write to",
                folder.display()
            ))
        };
        fs::create_dir_all(folder).map_err(failed)?;
        for path in report::print(&drawn(&panels), folder).map_err(failed)? {
            eprintln!("wrote {}", path.display());
        }
    }
    Ok(Exit::Done)
}

fn fits(panels: &[Panel]) -> Table {
    let columns = [
        "dataset",
        "measure",
        "animals",
        "left_out",
        "n",
        "slope",
        "slope_se",
        "t",
        "p",
        "r_squared",
        "intercept",
        "published_slope",
        "published_p",
    ];
    let row = |panel: &Panel| {
        let line = panel.line;
        let published = published(&panel.dataset, &panel.measure);
        let mut row = named(panel);
        row.extend([panel.animals, panel.left_out, panel.points.len()].map(whole));
        let numbers = [
            line.slope,
            line.slope_se,
            line.t,
            line.p,
            line.r_squared,
            line.intercept,
        ];
        row.extend(numbers.map(Value::Real));
        row.push(
            published
                .as_ref()
                .and_then(|fit| fit.slope)
                .map_or(Value::Null, Value::Real),
        );
        row.push(published.map_or(Value::Null, |fit| Value::Text(fit.p)));
        row
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: panels.iter().map(row).collect(),
    }
}

fn sessions(panels: &[Panel]) -> Table {
    let columns = ["dataset", "measure", "time", "n", "mean", "error"];
    let of_panel = |panel: &Panel| {
        let start = named(panel);
        let row = move |session: crate::experiment::Session| {
            let mut row = start.clone();
            row.extend([
                Value::Real(session.time),
                whole(session.n),
                Value::Real(session.mean),
                Value::Real(session.error),
            ]);
            row
        };
        panel.sessions().into_iter().map(row)
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: panels.iter().flat_map(of_panel).collect(),
    }
}

fn named(panel: &Panel) -> Vec<Value> {
    vec![
        Value::Text(panel.dataset.clone()),
        Value::Text(panel.measure.clone()),
    ]
}

fn whole(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
