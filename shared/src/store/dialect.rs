//! The few words that differ between the databases. A statement is written once, in `sql/`, with
//! these words in braces:
//!
//! - `{now}`: the database's time, in milliseconds since 1970, read when the statement runs;
//! - `{database_started}`: when the server came up (SQLite has none: long ago);
//! - `{skip_locked}`, `{for_update}`, `{for_update_of_jobs}`, `{for_update_and_rules}`: row locks. SQLite has one
//!   writer at a time, so nobody else has rows locked;
//! - `{locked_rules}`: a sweep's exclusion rules, as locked;
//! - `{error_delay}`, `{crash_delay}`: how long a job waits after a failure, in milliseconds;
//! - `{rows: type, ...}`: the rows bound to the statement, as a table `given (column1, ...)`.

use super::texts::Shape;

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// Ten seconds, doubling with every error, at most an hour, times 0.5 to 1.5: jobs that failed
/// together don't come back together.
const ERROR_DELAY: &str = "CAST((CASE WHEN jobs.errors >= 9 THEN 3600000 \
     ELSE CAST(10000 AS BIGINT) << CAST(jobs.errors AS INTEGER) END) * (0.5 + {random}) AS BIGINT)";

/// Nothing after the first crash, which a lease has already waited for; then ten seconds, doubling,
/// at most ten minutes.
const CRASH_DELAY: &str = "(CASE WHEN jobs.crashes = 0 THEN 0 \
     ELSE CAST((CASE WHEN jobs.crashes >= 7 THEN 600000 \
     ELSE CAST(10000 AS BIGINT) << CAST(jobs.crashes - 1 AS INTEGER) END) \
     * (0.5 + {random}) AS BIGINT) END)";

/// Every word, what it is on SQLite, and on PostgreSQL. Later ones may stand in earlier ones.
const WORDS: [(&str, &str, &str); 9] = [
    ("{error_delay}", ERROR_DELAY, ERROR_DELAY),
    ("{crash_delay}", CRASH_DELAY, CRASH_DELAY),
    (
        "{database_started}",
        "0",
        "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000 AS BIGINT)",
    ),
    ("{skip_locked}", "", "FOR UPDATE OF j SKIP LOCKED"),
    ("{for_update}", "", "FOR UPDATE"),
    ("{for_update_of_jobs}", "", "FOR UPDATE OF j"),
    (
        "{for_update_and_rules}",
        "",
        "FOR UPDATE OF j FOR SHARE OF a",
    ),
    // SQLite returns nothing of the tables that an update reads beside its own.
    (
        "{locked_rules}",
        "(SELECT a.rules FROM analyses AS a WHERE a.sweep = jobs.sweep)",
        "finished.rules",
    ),
    (
        "{random}",
        "(abs(random() % 1000000) / 1000000.0)",
        "random()",
    ),
];

const NOW_SQLITE: &str = "CAST(round(unixepoch('subsec') * 1000.0) AS INTEGER)";
const NOW_POSTGRES: &str = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

impl Dialect {
    /// Replaces the words in braces, all but `{rows: ...}`.
    pub fn render(self, sql: &str, clock_offset_ms: i64) -> String {
        let mut text = sql.to_owned();
        for (word, sqlite, postgres) in WORDS {
            if text.contains(word) {
                let meaning = match self {
                    Self::Sqlite => sqlite,
                    Self::Postgres => postgres,
                };
                text = text.replace(word, meaning);
            }
        }
        let now = match self {
            Self::Sqlite => NOW_SQLITE,
            Self::Postgres => NOW_POSTGRES,
        };
        match clock_offset_ms {
            0 => text.replace("{now}", now),
            offset => text.replace("{now}", &format!("({now} + {offset})")),
        }
    }
}

/// Statements one after the other, for SQLite, with a placeholder for every value of `{rows: type, ...}`. The rows of all
/// are bound first, then the other values: placeholders without a number cost nothing, while SQLite searches its
/// list of numbered ones for each.
pub(super) fn in_turn(statements: &[Shape]) -> String {
    let mut shift = statements
        .iter()
        .map(|statement| statement.rows * row_types(&statement.sql).len())
        .sum();
    let mut texts = Vec::with_capacity(statements.len());
    for Shape {
        sql,
        arguments,
        rows,
    } in statements
    {
        texts.push(match split_rows(sql) {
            None => renumbered(sql, shift),
            Some((before, types, after)) => format!(
                "{}{}{}",
                renumbered(before, shift),
                sqlite_values(*rows, types.len()),
                renumbered(after, shift)
            ),
        });
        shift += arguments;
    }
    // On lines of their own: a statement may end with a comment.
    texts.join("\n;\n")
}

/// A statement for PostgreSQL: each column of `{rows: type, ...}` is one array, bound after the statement's `arguments`
/// other values.
pub(super) fn with_arrays(sql: &str, arguments: usize) -> String {
    let Some((before, types, after)) = split_rows(sql) else {
        return sql.to_owned();
    };
    let table = postgres_arrays(arguments, &types);
    let columns = column_names(types.len());
    format!("{before}(SELECT * FROM {table} AS bound ({columns})) AS given{after}")
}

/// An `INSERT INTO ... SELECT` as PostgreSQL's `COPY` of the same columns of the same table.
pub(super) fn as_copy(insert: &str) -> String {
    let target = insert.split_once("INTO ").map_or(insert, |(_, rest)| rest);
    let target = target
        .split_once("SELECT")
        .map_or(target, |(target, _)| target);
    format!("COPY {} FROM STDIN (FORMAT binary)", target.trim_end())
}

/// Statements as one, for PostgreSQL: each a common table expression, the rows of the last returned. `bound`:
/// how many values each is bound to.
pub(super) fn at_once(mut statements: Vec<String>, bound: &[usize]) -> String {
    if statements.len() == 1 {
        return statements.remove(0);
    }
    let mut shift = 0;
    let mut parts = Vec::with_capacity(statements.len());
    for (index, (statement, bound)) in statements.iter().zip(bound).enumerate() {
        // On lines of its own: a statement may begin with a comment.
        parts.push(format!(
            "part{index} AS (\n{}\n)",
            renumbered(statement, shift)
        ));
        shift += bound;
    }
    let last = statements.len() - 1;
    format!("WITH {} SELECT * FROM part{last}", parts.join(", "))
}

/// The types named in `{rows: ...}`.
pub(super) fn row_types(sql: &str) -> Vec<&str> {
    split_rows(sql)
        .map(|(_, types, _)| types)
        .unwrap_or_default()
}

fn split_rows(sql: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (before, rest) = sql.split_once("{rows:")?;
    let (types, after) = rest.split_once('}')?;
    Some((before, types.split(',').map(str::trim).collect(), after))
}

fn sqlite_values(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    format!("(VALUES {}) AS given", vec![row.as_str(); rows].join(", "))
}

/// Adds `shift` to every `$number`.
fn renumbered(sql: &str, shift: usize) -> String {
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(piece.len());
        match piece[..end].parse::<usize>() {
            Ok(number) => text.push_str(&format!("${}{}", number + shift, &piece[end..])),
            Err(_) => text.push_str(&format!("${piece}")),
        }
    }
    text
}

fn postgres_arrays(arguments: usize, types: &[&str]) -> String {
    let arrays: Vec<String> = types
        .iter()
        .enumerate()
        .map(|(column, kind)| format!("CAST(${} AS {kind}[])", arguments + column + 1))
        .collect();
    format!("unnest({})", arrays.join(", "))
}

fn column_names(columns: usize) -> String {
    let names: Vec<String> = (1..=columns).map(|n| format!("column{n}")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [&str; 2] = [
        "UPDATE a SET b = $2 WHERE c = $1",
        "DELETE FROM d USING {rows: text, bigint} WHERE e = $1 RETURNING f",
    ];

    #[test]
    fn a_copy_has_the_columns_of_its_insertion() {
        assert_eq!(
            as_copy(
                "-- $1 b.\nINSERT OR ROLLBACK INTO a (b, c)\nSELECT $1, column1\nFROM {rows: text}\n"
            ),
            "COPY a (b, c) FROM STDIN (FORMAT binary)"
        );
    }

    #[test]
    fn at_once_statements_have_placeholders_of_their_own() {
        let statements = vec![with_arrays(TWO[0], 2), with_arrays(TWO[1], 1)];
        assert_eq!(
            at_once(statements, &[2, 3]),
            "WITH part0 AS (\nUPDATE a SET b = $2 WHERE c = $1\n), \
             part1 AS (\nDELETE FROM d USING (SELECT * FROM unnest(CAST($4 AS text[]), CAST($5 AS bigint[])) \
             AS bound (column1, column2)) AS given WHERE e = $3 RETURNING f\n) SELECT * FROM part1"
        );
        assert_eq!(at_once(vec![TWO[0].to_owned()], &[2]), TWO[0]);
    }

    #[test]
    fn in_turn_rows_are_bound_before_all_other_values() {
        let shape = |sql: &str, arguments, rows| Shape {
            sql: sql.to_owned().into(),
            arguments,
            rows,
        };
        assert_eq!(
            in_turn(&[
                shape(TWO[0], 2, 0),
                shape(TWO[1], 1, 2),
                shape("COMMIT", 0, 0)
            ]),
            "UPDATE a SET b = $6 WHERE c = $5\n;\n\
             DELETE FROM d USING (VALUES (?, ?), (?, ?)) AS given WHERE e = $7 RETURNING f\n;\nCOMMIT"
        );
    }

    #[test]
    fn every_word_in_braces_is_replaced() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for (word, ..) in WORDS {
                assert!(!dialect.render(word, 5).contains('{'), "{word}");
            }
            assert!(dialect.render("{now}", 5).ends_with("+ 5)"));
        }
    }
}
