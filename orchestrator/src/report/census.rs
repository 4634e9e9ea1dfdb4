//! What the named sweeps hold, and which of them a figure is drawn from.
//!
//! A figure takes the sweeps that make it by themselves, such as those that have both noises. Where
//! none does, it takes all of them: together they may.

use shared::Answer;

use super::rows::Column;

/// Analysed runs of one task, algorithm and kind of noise.
struct Entry {
    sweep: String,
    task: String,
    algorithm: String,
    noise: String,
}

/// The analysed runs of some sweeps.
pub(crate) struct Census {
    sweeps: Vec<String>,
    entries: Vec<Entry>,
}

impl Census {
    pub fn of(sweeps: &[String], answer: &Answer) -> Self {
        let column = |name| Column::of(&answer.table, name);
        let [sweep, task, algorithm, noise] =
            ["sweep", "task", "algorithm", "noise_type"].map(column);
        let entries = answer.table.rows.iter().map(|row| Entry {
            sweep: sweep.text(row).to_owned(),
            task: task.text(row).to_owned(),
            algorithm: algorithm.text(row).to_owned(),
            noise: noise.text(row).to_owned(),
        });
        Self {
            sweeps: sweeps.to_vec(),
            entries: entries.collect(),
        }
    }

    /// Sweeps that compare algorithms.
    pub fn of_algorithms(&self) -> Vec<String> {
        self.those(|entries| {
            let first = entries.first().map(|entry| &entry.algorithm);
            entries.iter().any(|entry| Some(&entry.algorithm) != first)
        })
    }

    /// Sweeps that have both update and label noise.
    pub fn of_both_noises(&self) -> Vec<String> {
        self.those(|entries| {
            ["update", "label"].iter().all(|noise| {
                entries
                    .iter()
                    .any(|entry| entry.algorithm == "sgd" && entry.noise == *noise)
            })
        })
    }

    fn those(&self, serve: impl Fn(&[&Entry]) -> bool) -> Vec<String> {
        let serving = self.sweeps.iter().filter(|sweep| {
            let entries: Vec<&Entry> = self
                .entries
                .iter()
                .filter(|entry| entry.sweep == **sweep && entry.task != "predictive_track")
                .collect();
            serve(&entries)
        });
        let serving: Vec<String> = serving.cloned().collect();
        match serving.is_empty() {
            true => self.sweeps.clone(),
            false => serving,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(entries: &[(&str, &str, &str)]) -> Census {
        let mut sweeps: Vec<String> = entries.iter().map(|entry| entry.0.to_owned()).collect();
        sweeps.dedup();
        let entries = entries.iter().map(|(sweep, algorithm, noise)| Entry {
            sweep: (*sweep).to_owned(),
            task: "random".to_owned(),
            algorithm: (*algorithm).to_owned(),
            noise: (*noise).to_owned(),
        });
        Census {
            sweeps,
            entries: entries.collect(),
        }
    }

    #[test]
    fn a_figure_takes_the_sweeps_that_were_made_for_it() {
        let census = census(&[
            ("table2", "adam", "none"),
            ("table2", "sgd", "update"),
            ("scan", "sgd", "update"),
            ("compare", "sgd", "label"),
            ("compare", "sgd", "update"),
        ]);
        assert_eq!(census.of_algorithms(), ["table2"]);
        assert_eq!(census.of_both_noises(), ["compare"]);
    }

    #[test]
    fn sweeps_that_only_serve_together_are_taken_together() {
        let census = census(&[("a", "sgd", "update"), ("b", "sgd", "label")]);
        assert_eq!(census.of_both_noises(), ["a", "b"]);
    }
}
