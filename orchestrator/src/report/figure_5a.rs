//! Figure 5A: noise drives a walker down a narrowing valley to its flat side; Figure 1's two kinds
//! of movement.

use shared::Answer;

use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, GREY, LABEL_NOISE, RED, UPDATE_NOISE};
use super::rows::{Column, measured};
use super::words::number;
use crate::statistics::{mean, median};

/// Paths drawn; more hide each other.
const PATHS_SHOWN: usize = 40;
/// Median of a standard normal's square.
const MEDIAN_OF_SQUARE: f64 = 0.454_936;
/// Step, mean and median of x over 4,000 walkers elsewhere.
const EXPECTED: [(f64, [f64; 2]); 5] = [
    (300.0, [1.69, f64::NAN]),
    (1000.0, [1.59, 1.60]),
    (2000.0, [1.45, 1.47]),
    (5000.0, [1.13, 0.88]),
    (1e4, [0.88, 0.22]),
];

type Path = Vec<(f64, f64)>;

/// The walkers of one valley: x and y by step.
struct Walkers {
    x: Vec<Path>,
    y: Vec<Path>,
    steps: f64,
    learning_rate: f64,
    noise: f64,
}

/// Figure 1 (both valleys) and Figure 5A (the narrowing one).
pub(crate) fn draw(answer: &Answer) -> [Drawn; 2] {
    let (narrowing, flat) = (
        Walkers::of(answer, "narrowing_valley"),
        Walkers::of(answer, "flat_valley"),
    );
    let missing = |number, title, tasks: &str| {
        Drawn::Missing(Missing {
            number,
            title,
            needs: format!("analysed runs of {tasks}, as in sweeps/valley.yaml"),
        })
    };
    let movement = match (&narrowing, &flat) {
        (Some(narrowing), Some(flat)) => movement(narrowing, flat, &answer.sql).into(),
        _ => missing(
            "Figure 1",
            "Undirected and directed movement",
            "the tasks `flat_valley` and `narrowing_valley`",
        ),
    };
    let valley = match &narrowing {
        Some(walkers) => valley(walkers, &answer.sql).into(),
        None => missing(
            "Figure 5A",
            "Noise drives to the flat side of a valley",
            "task `narrowing_valley`",
        ),
    };
    [movement, valley]
}

impl Walkers {
    fn of(answer: &Answer, wanted: &str) -> Option<Self> {
        let column = |name| Column::of(&answer.table, name);
        let [task, learning_rate, noise] = ["task", "learning_rate", "update_noise"].map(column);
        let paths = |value| -> Vec<_> {
            let runs = measured(&answer.table, value).into_iter();
            runs.filter(|run| task.text(run.row) == wanted).collect()
        };
        let (x, y) = (paths("x"), paths("y"));
        let first = x.first()?;
        Some(Self {
            steps: first.steps,
            learning_rate: learning_rate.real(first.row)?,
            noise: noise.real(first.row)?,
            x: x.into_iter().map(|run| run.points).collect(),
            y: y.into_iter().map(|run| run.points).collect(),
        })
    }

    /// Paths in the plane, the first of the replicates first.
    fn paths(&self) -> impl Iterator<Item = Path> {
        self.x
            .iter()
            .zip(&self.y)
            .map(|(x, y)| x.iter().zip(y).map(|(x, y)| (x.1, y.1)).collect())
    }

    /// A statistic over walkers at every step that all of them share.
    fn over_time(&self, of: fn(&[f64]) -> f64, values: &[Path], form: fn(f64) -> f64) -> Path {
        let points = values.iter().map(Vec::len).min().unwrap_or(0);
        (0..points)
            .map(|point| {
                let at: Vec<f64> = values.iter().map(|path| form(path[point].1)).collect();
                (values[0][point].0, of(&at))
            })
            .collect()
    }

    fn time(&self) -> Axis {
        Axis::new("step").range(0.0, self.steps)
    }
}

fn plane(title: &str, walkers: &Walkers, name: &str, color: &'static str) -> Panel {
    let mut paths = walkers.paths();
    let bold: Path = paths.next().unwrap_or_default();
    let others: Vec<Path> = paths.take(PATHS_SHOWN).collect();
    let series = vec![
        Series::Bundle {
            name: "other walkers".to_owned(),
            color: GREY,
            lines: others,
        },
        Series::line(name, color, bold),
    ];
    Panel::new(
        title,
        Axis::new("x (along the valley)"),
        Axis::new("y (across)").range(-1.0, 1.2),
        series,
    )
}

fn movement(narrowing: &Walkers, flat: &Walkers, sql: &str) -> Figure {
    let means = |walkers: &Walkers| walkers.over_time(mean, &walkers.x, |x| x);
    let start = |path: &[(f64, f64)]| path.first().map_or(f64::NAN, |point| point.1);
    let end = |path: &[(f64, f64)]| path.last().map_or(f64::NAN, |point| point.1);
    let (directed, undirected) = (means(narrowing), means(flat));
    let row = |name: &str, path: &[(f64, f64)], n: usize| {
        vec![
            name.to_owned(),
            n.to_string(),
            number(start(path)),
            number(end(path)),
        ]
    };
    let comparison = Comparison {
        columns: ["movement", "n", "mean x at the start", "at the end"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            row("undirected (flat valley)", &undirected, flat.x.len()),
            row("directed (narrowing valley)", &directed, narrowing.x.len()),
        ],
    };
    Figure {
        id: "figure-1",
        number: "Figure 1",
        title: "Undirected and directed movement".to_owned(),
        n: vec![
            ("flat valley".to_owned(), flat.x.len()),
            ("narrowing valley".to_owned(), narrowing.x.len()),
        ],
        panels: vec![
            plane("Undirected", flat, "flat valley", LABEL_NOISE),
            plane("Directed", narrowing, "narrowing valley", UPDATE_NOISE),
            Panel::new(
                "Mean over walkers",
                narrowing.time(),
                Axis::new("mean x"),
                vec![
                    Series::line("flat valley", LABEL_NOISE, undirected),
                    Series::line("narrowing valley", UPDATE_NOISE, directed),
                ],
            ),
        ],
        columns: 3,
        caption: "The paper's figure is a schematic; these are walkers under gradient descent with noise on the \
                  position, from (2, 1). Both move along the bottom for ever. Where the valley is as steep \
                  everywhere their mean stays; where it narrows, noise across the bottom pushes towards the \
                  flat side."
            .to_owned(),
        comparisons: vec![comparison],
        claims: Vec::new(),
        statements: vec![sql.to_owned()],
    }
}

fn valley(walkers: &Walkers, sql: &str) -> Figure {
    let means = walkers.over_time(mean, &walkers.x, |x| x);
    let medians = walkers.over_time(median, &walkers.x, |x| x);
    let squares = walkers.over_time(median, &walkers.y, |y| y * y);
    Figure {
        id: "figure-5a",
        number: "Figure 5A",
        title: "Noise drives to the flat side of a valley".to_owned(),
        n: vec![("walkers".to_owned(), walkers.x.len())],
        comparisons: vec![comparison(&means, &medians)],
        panels: vec![
            plane(
                "Paths in L(x, y) = (xy)²",
                walkers,
                "one walker",
                UPDATE_NOISE,
            ),
            Panel::new(
                "Along the valley",
                walkers.time(),
                Axis::new("x"),
                vec![
                    Series::line("mean", UPDATE_NOISE, means.clone()),
                    Series::line("median", RED, medians),
                    Series::guide("theory", BLACK, drift_in_theory(walkers, &means)),
                ],
            ),
            Panel::new(
                "Across the valley",
                walkers.time(),
                Axis::new("median of y²").log(),
                vec![
                    Series::line("median", RED, squares),
                    Series::guide("theory", BLACK, spread_in_theory(walkers)),
                ],
            ),
        ],
        columns: 3,
        caption: format!(
            "Gradient descent in L(x, y) = (xy)² with Gaussian noise of standard deviation {} on the position and \
             learning rate {}; bold is one walker of the ensemble. Start, noise, learning rate and number of \
             steps are not published and chosen here. Theory, derived for small learning rate times x²: \
             y is normal with variance s²/(4ηx²), and the mean of x falls by s²/(2x) a step, drawn from a \
             tenth of the way on. That is the slope of s²/4 times the logarithm of the only non-zero eigenvalue, 2x²: \
             update noise regularizes the sum of such logarithms. The median of y² is 0.455 of its mean. As x diffuses too, the drift shows in the mean and the median, not in a single path. \
             The numbers beside ours are of 4,000 walkers elsewhere.",
            number(walkers.noise),
            number(walkers.learning_rate),
        ),
        claims: Vec::new(),
        statements: vec![sql.to_owned()],
    }
}

/// dx/dt = -s^2/(2x) from the mean of x at a tenth of the way: x^2 falls by s^2 a step.
fn drift_in_theory(walkers: &Walkers, means: &[(f64, f64)]) -> Path {
    let Some((start, from)) = means.iter().find(|point| point.0 >= walkers.steps / 10.0) else {
        return Vec::new();
    };
    let square = |step: f64| from * from - walkers.noise.powi(2) * (step - start);
    means
        .iter()
        .filter(|(step, _)| step >= start && square(*step) > 0.0)
        .map(|(step, _)| (*step, square(*step).sqrt()))
        .collect()
}

/// Median of y^2 for normal y of variance s^2 / (4 eta x^2), at the median of x^2.
fn spread_in_theory(walkers: &Walkers) -> Path {
    let scale = MEDIAN_OF_SQUARE * walkers.noise.powi(2) / (4.0 * walkers.learning_rate);
    let medians = walkers.over_time(median, &walkers.x, |x| x * x);
    medians
        .into_iter()
        .skip(1)
        .filter(|(_, square)| *square > 0.0)
        .map(|(step, square)| (step, scale / square))
        .collect()
}

fn comparison(means: &[(f64, f64)], medians: &[(f64, f64)]) -> Comparison {
    let at = |path: &[(f64, f64)], step: f64| {
        let reached = path.last().is_some_and(|point| point.0 + 1.0 >= step);
        let nearest = path.iter().min_by(|a, b| {
            (a.0 + 1.0 - step)
                .abs()
                .total_cmp(&(b.0 + 1.0 - step).abs())
        });
        nearest
            .filter(|_| reached)
            .map_or(f64::NAN, |point| point.1)
    };
    let rows = EXPECTED.iter().map(|(step, [of_mean, of_median])| {
        vec![
            super::words::steps(*step),
            number(at(means, *step)),
            number(*of_mean),
            number(at(medians, *step)),
            number(*of_median),
        ]
    });
    Comparison {
        columns: ["step", "mean x", "elsewhere", "median x", "elsewhere"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}
