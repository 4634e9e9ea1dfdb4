//! The texts of messages, remembered: one takes longer to write than a database takes to find it prepared.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// As many as the drivers keep prepared statements: a worker's claims and results of every size up to its usual batch.
const TEXTS_MAX: usize = 100;

/// What a message's text depends on: its statements, each with how many values and how many rows are bound to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub sql: Cow<'static, str>,
    pub arguments: usize,
    pub rows: usize,
}

/// The clock's offset in milliseconds, and the statements.
type Key = (i64, Vec<Shape>);

/// The texts that were written last.
#[derive(Debug, Default)]
pub(super) struct Texts(Mutex<HashMap<Key, Arc<str>>>);

impl Texts {
    /// The text of these statements: remembered, or written now.
    pub fn of(
        &self,
        clock_offset_ms: i64,
        shapes: Vec<Shape>,
        write: impl FnOnce(&[Shape]) -> String,
    ) -> Arc<str> {
        let key: Key = (clock_offset_ms, shapes);
        // Whole at every moment, whoever panicked.
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(&key) {
            return Arc::clone(text);
        }
        if texts.len() == TEXTS_MAX {
            texts.clear();
        }
        let text: Arc<str> = write(&key.1).into();
        texts.insert(key, Arc::clone(&text));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(sql: &'static str, arguments: usize, rows: usize) -> Shape {
        Shape {
            sql: sql.into(),
            arguments,
            rows,
        }
    }

    #[test]
    fn a_text_is_written_once_for_each_shape_and_offset() {
        let texts = Texts::default();
        let mut written = 0;
        for _ in 0..2 {
            for (offset, shape) in [
                (0, shape("a", 1, 1)),
                (5, shape("a", 1, 1)),
                (0, shape("b", 1, 1)),
                (0, shape("a", 2, 1)),
                (0, shape("a", 1, 2)),
            ] {
                let expected = format!("{shape:?} {offset}");
                let text = texts.of(offset, vec![shape], |shapes| {
                    written += 1;
                    format!("{:?} {offset}", shapes[0])
                });
                assert_eq!(*text, *expected);
            }
        }
        assert_eq!(written, 5);
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let texts = Texts::default();
        for rows in 0..3 * TEXTS_MAX {
            texts.of(0, vec![shape("a", 0, rows)], |_| String::new());
            assert!(texts.0.lock().expect("nobody panics").len() <= TEXTS_MAX);
        }
    }
}
