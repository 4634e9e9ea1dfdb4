//! Runs that vary the size of update noise and nothing else: Figures 4B and 5B.

use shared::Answer;

use super::rows::Column;
use super::words::{listed, number, steps};

/// Problems that a caption lists; of more it says how many.
const LISTED_MAX: usize = 4;

/// Summary values of one run with update noise.
pub(crate) struct NoisyRun {
    pub task: String,
    pub noise: f64,
    pub log10_rate: Option<f64>,
    pub active_fraction: Option<f64>,
    pub active_units: Option<f64>,
    pub loss: Option<f64>,
    pub nonzero: Option<f64>,
    /// What is equal along a scan, in words: sizes, regime, range of the data, learning rate, length.
    problem: String,
}

impl NoisyRun {
    /// Every run of the statement's answer, which holds scanned problems alone, by task.
    pub fn all(answer: &Answer) -> Vec<Self> {
        let column = |name| Column::of(&answer.table, name);
        let [task, regime, range] = ["task", "regime", "data_range"].map(column);
        let sizes = ["n_samples", "input_dim", "output_dim", "hidden_units"].map(column);
        let [noise, learning_rate, length] = ["update_noise", "learning_rate", "steps"].map(column);
        let [rate, active, units, loss, nonzero] = [
            "log10_tau",
            "normalized_active_fraction",
            "normalized_fraction_active_units",
            "loss_final",
            "hessian_nonzero_fraction",
        ]
        .map(column);
        let problem = |row: &[shared::Value]| {
            let [samples, inputs, outputs, hidden] = sizes.map(|size| size.count(row));
            let interval = match range.text(row) {
                "unit" => "[0, 1)",
                _ => "[−1, 1)",
            };
            format!(
                "{samples} samples, {inputs} inputs, {outputs} outputs, {hidden} hidden units, {}, data in \
                 {interval}, learning rate {}, {} steps",
                regime.text(row),
                number(learning_rate.real(row).unwrap_or(f64::NAN)),
                steps(length.real(row).unwrap_or(f64::NAN)),
            )
        };
        let rows = answer.table.rows.iter();
        rows.map(|row| Self {
            task: task.text(row).to_owned(),
            noise: noise.real(row).unwrap_or(f64::NAN),
            log10_rate: rate.real(row),
            active_fraction: active.real(row),
            active_units: units.real(row),
            loss: loss.real(row),
            nonzero: nonzero.real(row),
            problem: problem(row),
        })
        .collect()
    }
}

/// Which problems the runs are of, for a caption.
pub(crate) fn problems(runs: &[NoisyRun]) -> String {
    let mut problems: Vec<String> = runs.iter().map(|run| run.problem.clone()).collect();
    problems.sort_unstable();
    problems.dedup();
    let count = problems.len();
    let problems: Vec<String> = match count {
        0..=LISTED_MAX => problems,
        _ => {
            problems.truncate(LISTED_MAX - 1);
            let rest = count - problems.len();
            problems.push(format!("{rest} more kinds (see the statement)"));
            problems
        }
    };
    let separated = match problems.as_slice() {
        [only] => only.clone(),
        several => listed(
            &several
                .iter()
                .map(|problem| format!("({problem})"))
                .collect::<Vec<_>>(),
        ),
    };
    format!(
        "Shown are problems of which nothing but the noise was varied, over three levels or more; of the published \
         scan's own (rich, 5 samples, 20 inputs, data in [0, 1)) if there are some, those alone. Here: {separated}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    impl NoisyRun {
        /// A run of some problem at this noise.
        pub(crate) fn at(noise: f64) -> Self {
            Self {
                task: "random".to_owned(),
                noise,
                log10_rate: Some(-5.0),
                active_fraction: Some(0.5),
                active_units: None,
                loss: None,
                nonzero: None,
                problem: "a".to_owned(),
            }
        }
    }

    fn run(problem: &str) -> NoisyRun {
        NoisyRun {
            problem: problem.to_owned(),
            ..NoisyRun::at(0.1)
        }
    }

    #[test]
    fn a_caption_lists_each_problem_once_and_counts_the_many() {
        let caption = problems(&[run("a"), run("a")]);
        assert!(caption.ends_with("Here: a."), "{caption}");
        let caption = problems(&["c", "a", "b"].map(run));
        assert!(caption.ends_with("Here: (a), (b) and (c)."), "{caption}");
        let caption = problems(&["a", "b", "c", "d", "e", "f"].map(run));
        assert!(
            caption.contains("(c) and (3 more kinds (see the statement))"),
            "{caption}"
        );
    }
}
