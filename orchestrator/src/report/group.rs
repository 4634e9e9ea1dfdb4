//! Runs of one algorithm and one kind of noise: what figures tell apart.

/// Blue, orange: update and label noise in every figure.
pub(crate) const UPDATE_NOISE: &str = "#2166ac";
/// See [`UPDATE_NOISE`].
pub(crate) const LABEL_NOISE: &str = "#e08214";
pub(crate) const GREY: &str = "#6b6b6b";
pub(crate) const BLACK: &str = "#222222";
pub(crate) const RED: &str = "#b2182b";

const GREEN: &str = "#3a8f5c";
pub(crate) const PURPLE: &str = "#7b5aa6";
const TEAL: &str = "#2a9d9a";
const BROWN: &str = "#8c6239";

/// Colors of series that have none of their own.
pub(crate) const SERIES: [&str; 7] = [UPDATE_NOISE, LABEL_NOISE, GREEN, PURPLE, TEAL, BROWN, RED];

/// An algorithm and a kind of noise, named as in the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Group {
    pub algorithm: String,
    pub noise: String,
}

impl Group {
    /// As a legend calls it.
    pub fn name(&self) -> String {
        let algorithm = match self.algorithm.as_str() {
            "sgd" => "SGD",
            "adam" => "Adam",
            "sed" => "SED",
            other => other,
        };
        match self.noise.as_str() {
            "none" => algorithm.to_owned(),
            "both" => format!("{algorithm}, update and label noise"),
            noise => format!("{algorithm}, {noise} noise"),
        }
    }

    pub fn color(&self) -> &'static str {
        match (self.algorithm.as_str(), self.noise.as_str()) {
            ("sgd", "update") => UPDATE_NOISE,
            ("sgd", "label") => LABEL_NOISE,
            ("adam", "none") => GREEN,
            ("sed", _) => PURPLE,
            ("adam", "update") => TEAL,
            ("adam", _) => BROWN,
            ("sgd", "both") => RED,
            _ => GREY,
        }
    }
}

/// Color of a task.
pub(crate) fn task_color(task: &str) -> &'static str {
    match task {
        "random" => UPDATE_NOISE,
        "smoothed" => GREEN,
        "predictive" => PURPLE,
        "random_autoencoder" => TEAL,
        "smoothed_autoencoder" => BROWN,
        _ => GREY,
    }
}

/// A task as people write it.
pub(crate) fn task_name(task: &str) -> String {
    match task {
        "smoothed" => "random smoothed".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named_for_people() {
        let name = |algorithm: &str, noise: &str| {
            let (algorithm, noise) = (algorithm.to_owned(), noise.to_owned());
            Group { algorithm, noise }.name()
        };
        assert_eq!(name("sgd", "update"), "SGD, update noise");
        assert_eq!(name("sed", "none"), "SED");
        assert_eq!(name("adam", "both"), "Adam, update and label noise");
    }
}
