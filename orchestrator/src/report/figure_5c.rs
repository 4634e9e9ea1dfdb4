//! Figure 5C: directed drift leaves large eigenvalues as they are and lowers small ones.

use shared::Answer;

use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, LABEL_NOISE, UPDATE_NOISE};
use super::rows::Column;
use super::words::{THEORY, number, steps};

/// Eigenvalues below this share of the largest are rounding.
const ROUNDING: f64 = 1e-12;
/// Eigenvalues above this share are counted.
const COUNTED: f64 = 1e-8;
/// Points drawn; more can't be told apart.
const POINTS_SHOWN: usize = 800;
/// Rank, log10 eigenvalue at both times in one independent run on the published data.
const EXPECTED: [(usize, [f64; 2]); 8] = [
    (1, [1.30, 1.30]),
    (10, [1.16, 1.16]),
    (50, [0.29, 0.32]),
    (100, [-0.29, -0.31]),
    (300, [-1.66, -1.66]),
    (600, [-3.37, -3.55]),
    (1000, [-5.42, -5.63]),
    (1500, [-6.94, -7.21]),
];
/// Counted in that run.
const EXPECTED_COUNT: [usize; 2] = [1412, 1351];

/// One spectrum: log10 of its eigenvalues, falling.
struct Spectrum {
    step: f64,
    log10: Vec<f64>,
    counted: usize,
}

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let spectra = spectra(answer);
    let [early, late] = spectra.as_slice() else {
        return Drawn::Missing(Missing {
            number: "Figure 5C",
            title: "Small eigenvalues fall, large ones stay",
            needs: "an analysed run with the keys `hessian_snapshots` (51 in the paper) and \
                    `hessian_eigenvalues`, as in sweeps/corridor.yaml"
                .to_owned(),
        });
    };
    let at = |spectrum: &Spectrum| format!("after step {}", steps(spectrum.step + 1.0));
    let pairs: Vec<(f64, f64)> = early
        .log10
        .iter()
        .copied()
        .zip(late.log10.iter().copied())
        .collect();
    let ends = [pairs.last(), pairs.first()].map(|pair| pair.map_or(0.0, |pair| pair.0));
    let by_rank = |spectrum: &Spectrum| {
        let ranked = spectrum.log10.iter().enumerate();
        thinned(
            &ranked
                .map(|(rank, value)| ((rank + 1) as f64, *value))
                .collect::<Vec<_>>(),
        )
    };
    let row = &answer.table.rows[0];
    let column = |name| Column::of(&answer.table, name);
    Figure {
        id: "figure-5c",
        number: "Figure 5C",
        title: "Small eigenvalues fall, large ones stay".to_owned(),
        n: vec![("pairs of eigenvalues".to_owned(), pairs.len())],
        panels: vec![
            Panel::new(
                "Pairs of equal rank",
                Axis::new(format!("log₁₀ eigenvalue {}", at(early))),
                Axis::new(format!("log₁₀ eigenvalue {}", at(late))),
                vec![
                    Series::Dots {
                        name: String::new(),
                        color: UPDATE_NOISE,
                        points: thinned(&pairs),
                    },
                    Series::guide("unchanged", BLACK, ends.map(|end| (end, end)).to_vec()),
                ],
            ),
            Panel::new(
                "By rank",
                Axis::new("rank"),
                Axis::new("log₁₀ eigenvalue"),
                vec![
                    Series::line(at(early), LABEL_NOISE, by_rank(early)),
                    Series::line(at(late), UPDATE_NOISE, by_rank(late)),
                ],
            ),
        ],
        columns: 2,
        caption: format!(
            "Eigenvalues of the Hessian of one run (task {}, {} hidden units, {} samples) at two fifths and three \
             fifths of it, paired by rank; at most {POINTS_SHOWN} of each are shown. For networks as large \
             as the corridor's it is the Gauss-Newton part, from the Gram matrix, which is the whole Hessian \
             where the loss is small. The published script pairs them in the order in which the solver put \
             them out. Counted are those above 10⁻⁸ of the largest. The numbers beside ours are of one \
             independent run on the published data. {THEORY}",
            column("task").text(row).replace('_', " "),
            column("hidden_units").count(row),
            column("n_samples").count(row),
        ),
        comparisons: vec![comparison(early, late)],
        claims: Vec::new(),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn spectra(answer: &Answer) -> Vec<Spectrum> {
    let [step, values] = ["step", "eigenvalues"].map(|name| Column::of(&answer.table, name));
    let rows = answer.table.rows.iter();
    rows.filter_map(|row| {
        let values: Vec<f64> = serde_json::from_str(values.text(row)).ok()?;
        let largest = values.first().copied()?;
        let above = |share: f64| values.iter().filter(move |value| **value > share * largest);
        Some(Spectrum {
            step: step.real(row)?,
            log10: above(ROUNDING).map(|value| value.log10()).collect(),
            counted: above(COUNTED).count(),
        })
    })
    .collect()
}

fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(POINTS_SHOWN).max(1);
    points.iter().copied().step_by(every).collect()
}

fn comparison(early: &Spectrum, late: &Spectrum) -> Comparison {
    let at = |spectrum: &Spectrum, rank: usize| {
        number(spectrum.log10.get(rank - 1).copied().unwrap_or(f64::NAN))
    };
    let mut rows: Vec<Vec<String>> = EXPECTED
        .iter()
        .map(|(rank, [first, second])| {
            vec![
                format!("log₁₀ of rank {rank}"),
                at(early, *rank),
                number(*first),
                at(late, *rank),
                number(*second),
            ]
        })
        .collect();
    let [first, second] = EXPECTED_COUNT;
    rows.push(vec![
        "counted".to_owned(),
        early.counted.to_string(),
        first.to_string(),
        late.counted.to_string(),
        second.to_string(),
    ]);
    let time = |spectrum: &Spectrum| format!("after step {}", steps(spectrum.step + 1.0));
    Comparison {
        columns: vec![
            String::new(),
            time(early),
            "one run elsewhere".to_owned(),
            time(late),
            "one run elsewhere".to_owned(),
        ],
        rows,
    }
}
