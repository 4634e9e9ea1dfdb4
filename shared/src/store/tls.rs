//! Encryption on the way to a PostgreSQL server: whether what the URL says about it can work, and
//! what it means when it doesn't.

use rustls::{CertificateError, Error as TlsError};
use sqlx::postgres::PgSslMode;

/// Names of settings in a URL, as the driver knows them, the first of which is ours; and of the variable of the
/// environment that the driver takes where the URL says nothing.
struct Names {
    url: &'static [&'static str],
    variable: &'static str,
}

const AUTHORITY: Names = Names {
    url: &["sslrootcert", "ssl-root-cert", "ssl-ca"],
    variable: "PGSSLROOTCERT",
};
const CERTIFICATE: Names = Names {
    url: &["sslcert", "ssl-cert"],
    variable: "PGSSLCERT",
};
const KEY: Names = Names {
    url: &["sslkey", "ssl-key"],
    variable: "PGSSLKEY",
};

/// A file, or, as the driver allows, its contents: nothing to be printed.
struct Setting {
    name: &'static str,
    value: String,
    in_url: bool,
}

/// What a URL, and where it says nothing the environment, name for TLS.
#[derive(Default)]
pub(super) struct TlsSettings {
    authority: Option<Setting>,
    certificate: Option<Setting>,
    key: Option<Setting>,
}

impl TlsSettings {
    /// `variable` looks a variable of the environment up.
    pub fn of(url: &str, variable: impl Fn(&str) -> Option<String>) -> Self {
        // A URL that can't be read is the driver's to refuse.
        let Ok(url) = url::Url::parse(url) else {
            return Self::default();
        };
        let setting = |names: Names| {
            let said = url
                .query_pairs()
                .filter(|(key, _)| names.url.contains(&&**key));
            match said.last() {
                Some((_, value)) => Some(Setting {
                    name: names.url[0],
                    value: value.into_owned(),
                    in_url: true,
                }),
                None => variable(names.variable).map(|value| Setting {
                    name: names.variable,
                    value,
                    in_url: false,
                }),
            }
        };
        Self {
            authority: setting(AUTHORITY),
            certificate: setting(CERTIFICATE),
            key: setting(KEY),
        }
    }

    /// Refuses what the driver would ignore without a word, and files that can't serve: it would not name them.
    /// What the environment says for all programs may be of no use to this one, but may not be taken for a check of the
    /// server's certificate, as `require` with an authority is by other programs.
    pub fn check(&self, mode: PgSslMode) -> Result<(), String> {
        let verifies = matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        let encrypts = verifies || matches!(mode, PgSslMode::Prefer | PgSslMode::Require);
        if let Some(authority) = &self.authority
            && !verifies
            && (authority.in_url || matches!(mode, PgSslMode::Require))
        {
            return Err(format!(
                "{} is looked at with sslmode=verify-full or verify-ca alone: say one of them",
                authority.name
            ));
        }
        if let (Some(one), None) | (None, Some(one)) = (&self.certificate, &self.key)
            && (encrypts || one.in_url)
        {
            return Err(format!(
                "sslcert and sslkey go together: give both, not {} alone",
                one.name
            ));
        }
        if let Some(certificate) = &self.certificate
            && !encrypts
            && certificate.in_url
        {
            return Err(
                "sslcert serves nothing without encryption: say sslmode=verify-full".to_owned(),
            );
        }
        if verifies && let Some(authority) = &self.authority {
            authority.check_file("CERTIFICATE-----")?;
        }
        if encrypts && let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            certificate.check_file("CERTIFICATE-----")?;
            key.check_file("PRIVATE KEY-----")?;
        }
        Ok(())
    }

    /// What to do about a connection that failed for want of safety; nothing if it failed otherwise.
    pub fn explain(&self, error: &sqlx::Error) -> Option<String> {
        match error {
            sqlx::Error::Tls(error) => Some(format!(
                "{error}: if it should, turn TLS on there (ssl = on in postgresql.conf); the URL's sslmode asks for it"
            )),
            sqlx::Error::Io(error) => {
                let error = error.get_ref()?.downcast_ref::<TlsError>()?;
                Some(self.explain_handshake(error))
            }
            _ => None,
        }
    }

    fn explain_handshake(&self, error: &TlsError) -> String {
        match error {
            TlsError::InvalidCertificate(CertificateError::UnknownIssuer) => match &self.authority {
                Some(authority) => format!(
                    "the server's certificate is not from the authority whose certificate {} names ({}): \
                     name the right one, or find out who answers there",
                    authority.name,
                    authority.shown()
                ),
                None => "the server's certificate is from no public authority: \
                     name the file with its own authority's certificate, sslrootcert=PATH"
                    .to_owned(),
            },
            TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => format!(
                "the server's certificate doesn't name this host ({error}): \
                 connect to a name that it has, or give the server a certificate with this one"
            ),
            // The type inside is of a crate that is not ours to name.
            TlsError::InvalidCertificate(CertificateError::Other(other))
                if other.to_string().contains("CaUsedAsEndEntity") =>
            {
                "the server's certificate is an authority's own: \
                 give the server one that this authority has signed, and name the authority's as sslrootcert=PATH"
                    .to_owned()
            }
            TlsError::InvalidCertificate(_) => {
                format!("{error}: the server needs another certificate")
            }
            TlsError::AlertReceived(_) => match &self.certificate {
                Some(certificate) => format!(
                    "{error}: the server doesn't accept the certificate that {} names; \
                     use one from the authority that its ssl_ca_file names",
                    certificate.name
                ),
                None => error.to_string(),
            },
            _ => error.to_string(),
        }
    }
}

impl Setting {
    /// Whether the driver takes the value as a file's contents instead of its path.
    fn is_inline(&self) -> bool {
        let value = self.value.trim();
        value.starts_with("-----BEGIN") && value.ends_with("-----")
    }

    fn shown(&self) -> &str {
        if self.is_inline() {
            "in its own text"
        } else {
            &self.value
        }
    }

    /// Whether the file is in PEM and has an entry that ends like this.
    fn check_file(&self, entry: &str) -> Result<(), String> {
        if self.is_inline() {
            return Ok(());
        }
        let Self { name, value, .. } = self;
        let contents = std::fs::read(value)
            .map_err(|error| format!("{name} names {value}, which can't be read: {error}"))?;
        let contents = String::from_utf8_lossy(&contents);
        // Of today's form and of the older one, whose header ends so.
        if contents.contains("-----BEGIN ENCRYPTED") || contents.contains(",ENCRYPTED") {
            return Err(format!(
                "{name} names {value}, which needs a passphrase: \
                 name a key without one that nobody else may read (openssl pkey -in OLD -out NEW)"
            ));
        }
        if !contents.contains(entry) {
            let what = entry.trim_end_matches('-').to_lowercase();
            return Err(format!(
                "{name} names {value}, which holds no {what} in PEM (-----BEGIN ...)"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(query: &str, environment: &[(&str, &str)], mode: PgSslMode) -> Result<(), String> {
        let variable = |name: &str| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        TlsSettings::of(&format!("postgres://host/db?{query}"), variable).check(mode)
    }

    #[test]
    fn the_environment_says_what_the_url_leaves_open() {
        let root = [("PGSSLROOTCERT", "/no/such.crt")];
        let error = checked("", &root, PgSslMode::VerifyFull).expect_err("not there");
        assert!(
            error.contains("PGSSLROOTCERT names /no/such.crt"),
            "{error}"
        );
        let error = checked("sslrootcert=/nor/this.crt", &root, PgSslMode::VerifyFull);
        assert!(
            error
                .expect_err("not there")
                .contains("sslrootcert names /nor/this.crt")
        );
    }

    #[test]
    fn the_environment_may_say_what_this_connection_has_no_use_for() {
        let all = [
            ("PGSSLROOTCERT", "/no/such.crt"),
            ("PGSSLCERT", "/no/such.crt"),
        ];
        assert_eq!(checked("", &all, PgSslMode::Disable), Ok(()));
        assert_eq!(checked("", &all[..1], PgSslMode::Prefer), Ok(()));
    }

    #[test]
    fn an_authority_in_the_environment_is_not_taken_for_a_check() {
        let root = [("PGSSLROOTCERT", "/no/such.crt")];
        let error = checked("", &root, PgSslMode::Require).expect_err("ignored");
        assert!(
            error.contains("PGSSLROOTCERT") && error.contains("verify-full"),
            "{error}"
        );
    }

    #[test]
    fn half_an_identity_in_the_environment_is_refused() {
        let error = checked("", &[("PGSSLKEY", "/a.key")], PgSslMode::Prefer);
        let error = error.expect_err("half");
        assert!(
            error.contains("go together") && error.contains("PGSSLKEY"),
            "{error}"
        );
    }
}
