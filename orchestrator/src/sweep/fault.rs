//! What is wrong with a sweep file, and where.

use std::path::{Path, PathBuf};

/// A sweep that can't be planned: where, what is wrong, what would be right.
///
/// Displayed as `FILE:LINE:COLUMN: KEY: MESSAGE`, as compilers do, with what is unknown left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepError {
    /// The sweep file, or the CSV file that it names.
    pub file: PathBuf,
    /// Line and column, from 1; column 0 when only the line is known.
    pub place: Option<(u32, u32)>,
    /// Path of keys, such as `grid.update_noise[2]`; may be empty.
    pub at: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for SweepError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        match self.place {
            Some((line, 0)) => write!(f, ":{line}")?,
            Some((line, column)) => write!(f, ":{line}:{column}")?,
            None => {}
        }
        if !self.at.is_empty() {
            write!(f, ": {}", self.at)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for SweepError {}

/// Where something was written: a file (by number, see [`Files`]), line and column from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

/// The files that one sweep was read from: number 0 is the sweep file.
pub(super) struct Files(Vec<PathBuf>);

impl Files {
    pub fn new(sweep: &Path) -> Self {
        Self(vec![sweep.to_owned()])
    }

    /// Adds a file and gives its number.
    pub fn add(&mut self, path: PathBuf) -> u32 {
        self.0.push(path);
        u32::try_from(self.0.len() - 1).expect("a sweep names few files")
    }

    /// The sweep file.
    pub fn sweep(&self) -> &Path {
        &self.0[0]
    }

    /// `path` as written in the sweep file: relative ones start from the sweep file's folder.
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.sweep().parent().unwrap_or(Path::new("")).join(path)
    }

    pub fn error(&self, fault: Fault) -> SweepError {
        let known = |place: &Place| place.line > 0;
        SweepError {
            file: self.0[fault.place.file as usize].clone(),
            place: Some(fault.place)
                .filter(known)
                .map(|place| (place.line, place.column)),
            at: fault.at,
            message: fault.message,
        }
    }
}

/// A [`SweepError`] that doesn't know its file's name yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub place: Place,
    pub at: String,
    pub message: String,
}

impl Fault {
    pub fn new(place: Place, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place,
            at: at.into(),
            message: message.into(),
        }
    }
}

/// The user's text for a message: in quotes, control characters escaped, long ones cut.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    let length = text.chars().count();
    if length > SHOWN {
        shown.push('…');
        return format!("{shown:?} ({length} characters)");
    }
    format!("{shown:?}")
}

/// "; did you mean NEAREST?", or all known names when none is near.
pub(super) fn suggestion<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(wrong, &known) {
        Some(name) => format!("; did you mean {name}?"),
        None => format!("; known are {}", known.join(", ")),
    }
}

/// The known name that `wrong` most likely means, if any is near.
pub(super) fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    // Longer texts are no slips of the pen, and the distance costs their length squared.
    const LONGEST: usize = 60;
    if wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_lowercase();
    known
        .iter()
        .map(|name| (similarity(&wrong, name), *name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > 0.66)
        .map(|(_, name)| name)
}

/// From 0 to 1: a common beginning counts for long names, swapped letters for short ones.
fn similarity(wrong: &str, name: &str) -> f64 {
    strsim::jaro_winkler(wrong, name).max(strsim::normalized_damerau_levenshtein(wrong, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names_are_suggested_and_strangers_are_not() {
        let known = ["update_noise", "label_noise", "input_noise", "steps"];
        assert_eq!(
            suggestion("update_nose", known),
            "; did you mean update_noise?"
        );
        assert_eq!(suggestion("Step", known), "; did you mean steps?");
        assert_eq!(nearest("sdg", &["sgd", "adam", "sed"]), Some("sgd"));
        let all = "; known are update_noise, label_noise, input_noise, steps";
        assert_eq!(suggestion("zzz", known), all);
        assert_eq!(suggestion(&"x".repeat(10_000), known), all);
    }

    #[test]
    fn quoted_text_is_escaped_and_cut() {
        assert_eq!(quoted("a\"b\n"), r#""a\"b\n""#);
        assert_eq!(
            quoted(&"n".repeat(10_000)),
            format!("\"{}…\" (10000 characters)", "n".repeat(40))
        );
    }
}
