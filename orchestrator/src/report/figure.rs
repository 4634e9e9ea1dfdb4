//! A figure, free of how it is drawn: on the page (`chart`) or on paper (`print`).

use super::claim::Claim;

/// A figure of the paper, drawn from the user's runs.
pub(crate) struct Figure {
    /// Names its files and its place on the page, such as `figure-4b`.
    pub id: &'static str,
    /// As the paper calls it, such as `Figure 4B`.
    pub number: &'static str,
    pub title: String,
    /// What its points stand for, and how many: `update noise`, 162.
    pub n: Vec<(String, usize)>,
    pub panels: Vec<Panel>,
    /// Panels side by side.
    pub columns: usize,
    /// How it was computed, and what of that is inferred.
    pub caption: String,
    /// Ours beside the paper's numbers.
    pub comparisons: Vec<Comparison>,
    pub claims: Vec<Claim>,
    /// The statements that its data came from, as they were run.
    pub statements: Vec<String>,
}

/// A figure whose data no sweep has.
pub(crate) struct Missing {
    pub number: &'static str,
    pub title: &'static str,
    /// The key or the sweep that would give it.
    pub needs: String,
}

/// What became of a figure.
pub(crate) enum Drawn {
    Figure(Box<Figure>),
    Missing(Missing),
}

impl From<Figure> for Drawn {
    fn from(figure: Figure) -> Self {
        Self::Figure(Box::new(figure))
    }
}

/// A table of numbers under a figure; as many cells as columns in each row.
pub(crate) struct Comparison {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// One pair of axes, or two with a second y axis.
pub(crate) struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    /// On the right side, for series that say so.
    pub y2: Option<Axis>,
    pub series: Vec<Series>,
    pub regions: Vec<Region>,
}

impl Panel {
    /// A panel without a second axis and regions.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self {
            title: title.into(),
            x,
            y,
            y2: None,
            series,
            regions: Vec::new(),
        }
    }
}

/// A labelled axis.
#[derive(Clone)]
pub(crate) struct Axis {
    pub label: String,
    pub log: bool,
    /// Shown interval; fitted to the data when absent.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            log: false,
            range: None,
        }
    }

    pub fn log(mut self) -> Self {
        self.log = true;
        self
    }

    /// Shows this interval, whatever the data.
    pub fn range(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }
}

/// A shaded stretch of the x axis.
pub(crate) struct Region {
    pub name: String,
    pub from: f64,
    pub to: f64,
    pub color: &'static str,
}

/// What is drawn in a panel. Series of one name share an entry of the legend; an empty name has
/// none.
pub(crate) enum Series {
    /// A line, with a band around it if `band` has as many intervals as there are points.
    Line {
        name: String,
        color: &'static str,
        points: Vec<(f64, f64)>,
        band: Vec<(f64, f64)>,
        dashed: bool,
        second_axis: bool,
    },
    /// Many thin lines of one color.
    Bundle {
        name: String,
        color: &'static str,
        lines: Vec<Vec<(f64, f64)>>,
    },
    Dots {
        name: String,
        color: &'static str,
        points: Vec<(f64, f64)>,
    },
    /// Cells of equal size: `values[row][column]`, the first row at the bottom. Absent values are
    /// left blank.
    Heat {
        label: String,
        x: (f64, f64),
        y: (f64, f64),
        values: Vec<Vec<Option<f64>>>,
        shown: (f64, f64),
    },
}

impl Series {
    /// A plain line on the first axis.
    pub fn line(name: impl Into<String>, color: &'static str, points: Vec<(f64, f64)>) -> Self {
        Self::Line {
            name: name.into(),
            color,
            points,
            band: Vec::new(),
            dashed: false,
            second_axis: false,
        }
    }

    /// A dashed line on the first axis: a fit or a theory.
    pub fn guide(name: impl Into<String>, color: &'static str, points: Vec<(f64, f64)>) -> Self {
        Self::Line {
            name: name.into(),
            color,
            points,
            band: Vec::new(),
            dashed: true,
            second_axis: false,
        }
    }

    /// The same on the second axis.
    pub fn on_second_axis(mut self) -> Self {
        if let Self::Line { second_axis, .. } = &mut self {
            *second_axis = true;
        }
        self
    }

    /// Its entry in the legend, if it has one.
    pub fn legend(&self) -> Option<(&str, &'static str)> {
        let (name, color) = match self {
            Self::Line { name, color, .. }
            | Self::Bundle { name, color, .. }
            | Self::Dots { name, color, .. } => (name.as_str(), *color),
            Self::Heat { .. } => return None,
        };
        (!name.is_empty()).then_some((name, color))
    }
}

impl Figure {
    /// Series with an entry in the legend, each name once, in the order of drawing.
    pub fn legend(&self) -> Vec<&Series> {
        let mut entries: Vec<&Series> = Vec::new();
        for series in self.panels.iter().flat_map(|panel| &panel.series) {
            let Some((name, _)) = series.legend() else {
                continue;
            };
            let known = |entry: &&Series| entry.legend().is_some_and(|(other, _)| other == name);
            if !entries.iter().any(known) {
                entries.push(series);
            }
        }
        entries
    }
}
