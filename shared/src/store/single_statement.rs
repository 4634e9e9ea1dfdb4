//! Telling one statement from several, before a database sees them.

/// Why text is not one read-only statement.
pub(super) fn refusal(sql: &str) -> Option<String> {
    let mut words = Words { rest: sql };
    let Some(first) = words.next_token() else {
        return Some("it is empty".to_owned());
    };
    let verb = first.to_ascii_uppercase();
    if !matches!(
        verb.as_str(),
        "SELECT" | "WITH" | "VALUES" | "EXPLAIN" | "TABLE" | "("
    ) {
        let shown: String = first.chars().take(20).collect();
        return Some(format!("it starts with {shown:?}"));
    }
    let mut ended = false;
    while let Some(token) = words.next_token() {
        if ended && token != ";" {
            return Some("it holds more than one statement".to_owned());
        }
        ended |= token == ";";
    }
    None
}

/// Reads SQL token by token: enough to know strings, names and comments from the rest. Where the
/// databases differ it may see a second statement too many, never one too few: an unclosed string
/// hides nothing that a database would run.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn next_token(&mut self) -> Option<&'a str> {
        self.skip_blank();
        let first = self.rest.chars().next()?;
        let length = match first {
            '\'' | '"' | '`' => quoted(self.rest, first),
            c if c.is_alphanumeric() || c == '_' => self
                .rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(self.rest.len()),
            c => c.len_utf8(),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(token)
    }

    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("--") {
                self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                // Not nested, as on SQLite: PostgreSQL's nested comment ends later, so what it
                // takes for a comment is read here as SQL, and at worst refused.
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }
}

/// Length of a quoted string or name; a doubled quote is two strings side by side, which ends at
/// the same place.
fn quoted(text: &str, quote: char) -> usize {
    match text[1..].find(quote) {
        Some(end) => end + 2,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reading_statement_passes() {
        for sql in [
            "select 1",
            " SELECT ';', \"a;b\", '' FROM runs -- ; comment\n;",
            "/* x; */ WITH a AS (SELECT 1) SELECT * FROM a;;",
            "VALUES (1), (2)",
            "explain query plan select 1",
        ] {
            assert_eq!(refusal(sql), None, "{sql}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for sql in [
            "",
            "  -- nothing",
            "delete from runs",
            "select 1; delete from runs",
            "select 'a''; delete from runs --'; delete from runs",
            "select 1; /* ; */ select 2",
            "select $a$ ; delete from runs; $a$",
            "pragma query_only = off",
            "attach 'x' as y",
            "COPY jobs TO PROGRAM 'sh'",
        ] {
            assert!(refusal(sql).is_some(), "{sql}");
        }
    }
}
