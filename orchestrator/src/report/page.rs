//! The page: one HTML file that needs nothing else.

use askama::Template;
use serde_json::Value;

use super::Report;
use super::attrition::Attrition;
use super::chart::chart;
use super::claim::{Claim, Verdict};
use super::figure::{Drawn, Figure, Missing, Series};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    sweeps: String,
    version: &'static str,
    attrition: &'a Attrition,
    claims: Vec<(&'a Figure, &'a Claim)>,
    figures: Vec<Shown<'a>>,
    missing: Vec<&'a Missing>,
    plotly: &'a str,
}

/// A figure and its charts as JSON, which is safe within a script element.
struct Shown<'a> {
    figure: &'a Figure,
    charts: String,
    legend: Vec<(&'a str, &'static str)>,
    height_px: u32,
}

/// The page as HTML.
///
/// # Errors
/// None but a full memory's.
pub(crate) fn page(report: &Report) -> Result<String, askama::Error> {
    let mut figures = Vec::new();
    let mut missing = Vec::new();
    for drawn in &report.figures {
        match drawn {
            Drawn::Figure(figure) => figures.push(Shown::of(figure)),
            Drawn::Missing(figure) => missing.push(figure),
        }
    }
    let scripts = plotly::Plot::offline_js_sources();
    let page = Page {
        sweeps: report.sweeps.join(", "),
        version: env!("CARGO_PKG_VERSION"),
        attrition: &report.attrition,
        claims: report.claims().collect(),
        plotly: plotly_script(&scripts),
        figures,
        missing,
    };
    page.render()
}

/// The first of the crate's script elements. The second is MathJax, which no figure here uses.
fn plotly_script(scripts: &str) -> &str {
    let end = "</script>";
    let length = scripts.find(end).map_or(scripts.len(), |at| at + end.len());
    &scripts[..length]
}

impl<'a> Shown<'a> {
    fn of(figure: &'a Figure) -> Self {
        let charts: Vec<Value> = figure.panels.iter().map(chart).collect();
        let charts = serde_json::to_string(&charts).expect("plain data is JSON");
        let height_px = match figure.columns {
            1 => 400,
            2 => 330,
            3 => 300,
            _ => 230,
        };
        Self {
            figure,
            // A script element ends at the first `</`, wherever it stands.
            charts: charts.replace("</", "<\\/"),
            legend: figure
                .legend()
                .into_iter()
                .filter_map(Series::legend)
                .collect(),
            height_px,
        }
    }
}

impl Verdict {
    /// Its class in the page's style sheet.
    fn class(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Open => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plotly_is_taken_and_mathjax_left() {
        let scripts = plotly::Plot::offline_js_sources();
        let script = plotly_script(&scripts);
        assert!(script.starts_with("<script"));
        assert!(script.contains("plotly.js v"));
        assert_eq!(script.matches("<script").count(), 1);
        assert!(script.len() < scripts.len());
    }
}
