//! Which database a URL names.

use std::path::PathBuf;

use crate::OpenError;

/// A database's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DatabaseUrl {
    Sqlite { path: PathBuf, read_only: bool },
    Postgres { url: String },
}

impl DatabaseUrl {
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let invalid = |reason: &str| OpenError::InvalidUrl {
            url: shortened(&redacted_url(url)),
            reason: reason.to_owned(),
        };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if has_unknown_setting(url) {
                return Err(invalid(
                    "after the ? come settings of a connection, such as sslmode=require or sslrootcert=PATH; \
                     one of those there is unknown",
                ));
            }
            return Ok(Self::Postgres {
                url: url.to_owned(),
            });
        }
        let rest = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .ok_or_else(|| invalid("it starts with neither sqlite: nor postgres:"))?;
        let (path, read_only) = match rest.split_once('?') {
            None => (rest, false),
            Some((path, "mode=ro")) => (path, true),
            Some((path, "mode=rw" | "mode=rwc")) => (path, false),
            Some(_) => return Err(invalid("after the ? only mode=ro is understood")),
        };
        if path.is_empty() {
            return Err(invalid("the path is missing"));
        }
        if path.starts_with(":memory:") {
            return Err(invalid("a database in memory can't be resumed"));
        }
        if path.contains('\0') {
            return Err(invalid("a path can't hold a zero byte"));
        }
        Ok(Self::Sqlite {
            path: PathBuf::from(path),
            read_only,
        })
    }
}

/// Settings of a connection that the driver knows.
const SETTINGS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Those that may hold a secret: a key may stand in the URL itself instead of its file's path.
const SECRETS: [&str; 3] = ["password", "sslkey", "ssl-key"];

fn is_setting(key: &str) -> bool {
    SETTINGS.contains(&key) || key.starts_with("options[") || key.starts_with("options%5B")
}

/// Whether the driver would meet a setting that it doesn't know: it would print its name and value.
fn has_unknown_setting(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut keys = query.split('&').map(key_of);
    keys.any(|key| !key.is_empty() && !is_setting(key))
}

fn key_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(key, _)| key)
}

/// The URL without its password, for logs and errors. When in doubt it hides too much.
pub fn redacted_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    if scheme.eq_ignore_ascii_case("sqlite") {
        return url.to_owned();
    }
    // A password may hold any character, also unescaped ones, so the last @ ends it: before the
    // query if there is one there, else anywhere.
    let query = rest.find('?').unwrap_or(rest.len());
    let end = rest[..query].rfind('@').or_else(|| rest.rfind('@'));
    let (user, address) = match end {
        Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
        None => (None, rest),
    };
    let user = match user.map(|user| user.split_once(':')) {
        Some(Some((name, _))) => format!("{name}:***@"),
        Some(None) => format!("{}@", user.unwrap_or_default()),
        None => String::new(),
    };
    format!("{scheme}://{user}{}", without_secrets(address))
}

/// Replaces the values in a query, but those of settings that are no secret.
fn without_secrets(address: &str) -> String {
    let Some((host, query)) = address.split_once('?') else {
        return address.to_owned();
    };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match key_of(pair) {
            key if is_setting(key) && !SECRETS.contains(&key) => pair.to_owned(),
            key if key.len() < pair.len() => format!("{key}=***"),
            _ => "***".to_owned(),
        })
        .collect();
    format!("{host}?{}", pairs.join("&"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        for (url, shown) in [
            ("postgres://u:secret@h/db", "postgres://u:***@h/db"),
            (
                "postgres://u:se/cr@et@h:5432/db",
                "postgres://u:***@h:5432/db",
            ),
            ("postgres://u:secr?et@h/db", "postgres://u:***@h/db"),
            (
                "postgres://u@h/db?password=secret&sslmode=require",
                "postgres://u@h/db?password=***&sslmode=require",
            ),
            (
                "postgres://h/db?sslcert=c.pem&sslkey=-----BEGIN%20PRIVATE%20KEY-----secret",
                "postgres://h/db?sslcert=c.pem&sslkey=***",
            ),
            ("postgres://h/db", "postgres://h/db"),
            ("sqlite://a@b:c.db", "sqlite://a@b:c.db"),
        ] {
            assert_eq!(redacted_url(url), shown);
        }
    }

    #[test]
    fn settings_that_the_driver_would_print_are_refused_without_their_values() {
        for url in [
            "postgres://h/db?sslpassword=secret",
            "postgres://u:p@h/db?sslmode=require&sslpassword=secret",
            "postgresql://h/db?connect_timeout=secret",
            "postgres://h/db?secret",
        ] {
            let shown = DatabaseUrl::parse(url).expect_err(url).to_string();
            assert!(!shown.contains("secret"), "{shown}");
        }
        for url in [
            "postgres://h/db?sslmode=require&application_name=x&options[a]=b",
            "postgres://u:p@h/db?user=u&password=p",
            "postgres://u@h/db?",
        ] {
            assert!(DatabaseUrl::parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn sqlite_urls_name_a_path() {
        let path = |url: &str| match DatabaseUrl::parse(url) {
            Ok(DatabaseUrl::Sqlite { path, read_only }) => (path, read_only),
            other => panic!("{other:?}"),
        };
        assert_eq!(path("sqlite://a/b.db"), (PathBuf::from("a/b.db"), false));
        assert_eq!(path("sqlite:///a/b.db"), (PathBuf::from("/a/b.db"), false));
        assert_eq!(path("sqlite:b.db?mode=ro"), (PathBuf::from("b.db"), true));
        for url in [
            "b.db",
            "sqlite://",
            "sqlite::memory:",
            "mysql://h/db",
            "sqlite:a?x=1",
        ] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
    }
}
