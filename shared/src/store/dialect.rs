//! The few words that differ between the databases. A statement is written once, in `sql/`, with
//! these words in braces:
//!
//! - `{now}`: the database's time, in milliseconds since 1970, read when the statement runs;
//! - `{database_started}`: when the server came up (SQLite has none: long ago);
//! - `{skip_locked}`, `{for_update}`: row locks. SQLite has one writer at a time, so nobody else
//!   has rows locked;
//! - `{error_delay}`, `{crash_delay}`: how long a job waits after a failure, in milliseconds;
//! - `{rows: type, ...}`: the rows bound to the statement, as a table with columns `column1`, ...

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

impl Dialect {
    /// Replaces the words in braces, all but `{rows: ...}`.
    pub fn render(self, sql: &str, clock_offset_ms: i64) -> String {
        let (now, database_started, skip_locked, for_update, random) = match self {
            Self::Sqlite => (
                "CAST(round(unixepoch('subsec') * 1000.0) AS INTEGER)",
                "0",
                "",
                "",
                "(abs(random() % 1000000) / 1000000.0)",
            ),
            Self::Postgres => (
                "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
                "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000 AS BIGINT)",
                "FOR UPDATE OF j SKIP LOCKED",
                "FOR UPDATE",
                "random()",
            ),
        };
        let now = match clock_offset_ms {
            0 => now.to_owned(),
            offset => format!("({now} + {offset})"),
        };
        sql.replace("{error_delay}", ERROR_DELAY)
            .replace("{crash_delay}", CRASH_DELAY)
            .replace("{now}", &now)
            .replace("{database_started}", database_started)
            .replace("{skip_locked}", skip_locked)
            .replace("{for_update}", for_update)
            .replace("{random}", random)
    }

    /// Replaces `{rows: type, ...}`, whose values are bound after `arguments` others: on SQLite one
    /// placeholder per value, on PostgreSQL one array per column.
    pub fn render_rows(self, sql: &str, arguments: usize, rows: usize) -> String {
        let Some((before, types, after)) = split_rows(sql) else {
            return sql.to_owned();
        };
        let table = match self {
            Self::Sqlite => sqlite_values(arguments, rows, types.len()),
            Self::Postgres => postgres_arrays(arguments, &types),
        };
        // `AS name` may follow in the statement itself.
        let named = after.trim_start().starts_with("AS ");
        match (self, named) {
            (Self::Sqlite, _) => format!("{before}{table}{after}"),
            (Self::Postgres, false) => {
                let columns = column_names(types.len());
                format!("{before}{table} AS bound ({columns}){after}")
            }
            (Self::Postgres, true) => {
                let columns = column_names(types.len());
                format!("{before}(SELECT * FROM {table} AS bound ({columns})){after}")
            }
        }
    }
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

fn sqlite_values(arguments: usize, rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 7 + 10);
    text.push_str("(VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let separator = if column == 0 { "" } else { ", " };
            let number = arguments + row * columns + column + 1;
            write!(text, "{separator}${number}").expect("writing to a string");
        }
        text.push(')');
    }
    text.push(')');
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

    #[test]
    fn rows_become_values_or_arrays() {
        let sql = "SELECT column1 FROM {rows: text, bigint} WHERE TRUE";
        assert_eq!(
            Dialect::Sqlite.render_rows(sql, 1, 2),
            "SELECT column1 FROM (VALUES ($2, $3), ($4, $5)) WHERE TRUE"
        );
        assert_eq!(
            Dialect::Postgres.render_rows(sql, 1, 2),
            "SELECT column1 FROM unnest(CAST($2 AS text[]), CAST($3 AS bigint[])) \
             AS bound (column1, column2) WHERE TRUE"
        );
    }

    #[test]
    fn every_word_in_braces_is_replaced() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let sql =
                "{now} {database_started} {skip_locked} {for_update} {error_delay} {crash_delay}";
            assert!(!dialect.render(sql, 5).contains('{'));
            assert!(dialect.render("{now}", 5).ends_with("+ 5)"));
        }
    }
}
