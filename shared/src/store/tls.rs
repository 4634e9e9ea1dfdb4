//! Encryption on the way to a PostgreSQL server: whether what the URL says about it can work, and
//! what it means when it doesn't.

use rustls::{CertificateError, Error as TlsError};
use sqlx::postgres::PgSslMode;

/// The settings' names, as the driver knows them.
const AUTHORITY: [&str; 3] = ["sslrootcert", "ssl-root-cert", "ssl-ca"];
const CERTIFICATE: [&str; 2] = ["sslcert", "ssl-cert"];
const KEY: [&str; 2] = ["sslkey", "ssl-key"];

/// Files (or, as the driver allows, their contents) that a URL names for TLS.
#[derive(Debug, Default)]
pub(super) struct TlsSettings {
    authority: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl TlsSettings {
    pub fn of(url: &str) -> Self {
        let mut settings = Self::default();
        // A URL that can't be read is the driver's to refuse.
        let Ok(url) = url::Url::parse(url) else {
            return settings;
        };
        for (key, value) in url.query_pairs() {
            let value = Some(value.into_owned());
            match &*key {
                key if AUTHORITY.contains(&key) => settings.authority = value,
                key if CERTIFICATE.contains(&key) => settings.certificate = value,
                key if KEY.contains(&key) => settings.key = value,
                _ => {}
            }
        }
        settings
    }

    /// Refuses what the driver would ignore without a word, and files that can't serve: it would not name them.
    pub fn check(&self, mode: PgSslMode) -> Result<(), String> {
        let verifies = matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        let encrypts = verifies || matches!(mode, PgSslMode::Prefer | PgSslMode::Require);
        if self.authority.is_some() && !verifies {
            return Err(
                "sslrootcert is looked at with sslmode=verify-full or verify-ca alone: say one of them"
                    .to_owned(),
            );
        }
        if self.certificate.is_some() != self.key.is_some() {
            return Err("sslcert and sslkey go together: give both".to_owned());
        }
        if self.certificate.is_some() && !encrypts {
            return Err(
                "sslcert serves nothing without encryption: say sslmode=verify-full".to_owned(),
            );
        }
        check_file("sslrootcert", self.authority.as_deref(), "CERTIFICATE-----")?;
        check_file("sslcert", self.certificate.as_deref(), "CERTIFICATE-----")?;
        check_file("sslkey", self.key.as_deref(), "PRIVATE KEY-----")
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
                Some(path) => format!(
                    "the server's certificate is not from the authority whose certificate sslrootcert names ({}): \
                     name the right one, or find out who answers there",
                    named(path)
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
            TlsError::AlertReceived(_) if self.certificate.is_some() => format!(
                "{error}: the server doesn't accept the certificate that sslcert names; \
                 use one from the authority that its ssl_ca_file names"
            ),
            _ => error.to_string(),
        }
    }
}

/// Whether the driver takes this as a file's contents instead of its path.
fn is_inline(value: &str) -> bool {
    let value = value.trim();
    value.starts_with("-----BEGIN") && value.ends_with("-----")
}

fn named(value: &str) -> &str {
    if is_inline(value) {
        "in the URL itself"
    } else {
        value
    }
}

/// Whether the file is in PEM and has an entry that ends like this.
fn check_file(setting: &str, value: Option<&str>, entry: &str) -> Result<(), String> {
    let Some(path) = value.filter(|value| !is_inline(value)) else {
        return Ok(());
    };
    let contents = std::fs::read(path)
        .map_err(|error| format!("{setting} names {path}, which can't be read: {error}"))?;
    let contents = String::from_utf8_lossy(&contents);
    // Of today's form and of the older one, whose header ends so.
    if contents.contains("-----BEGIN ENCRYPTED") || contents.contains(",ENCRYPTED") {
        return Err(format!(
            "{setting} names {path}, which needs a passphrase: \
             name a key without one that nobody else may read (openssl pkey -in OLD -out NEW)"
        ));
    }
    if !contents.contains(entry) {
        let what = entry.trim_end_matches('-').to_lowercase();
        return Err(format!(
            "{setting} names {path}, which holds no {what} in PEM (-----BEGIN ...)"
        ));
    }
    Ok(())
}
