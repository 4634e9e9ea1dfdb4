//! A certificate authority of the tests' own.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};

/// What signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    /// One of this name, which its own certificate gives as a host's too.
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[name]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key());
        Self {
            issuer: issuer.expect("an authority signs itself"),
        }
    }

    /// The certificate that its friends trust, in PEM.
    pub fn certificate(&self) -> String {
        self.issuer.pem()
    }

    /// Itself as a server, as in a recipe that makes do with one certificate.
    pub fn as_server(&self) -> Identity {
        Identity {
            certificate: self.certificate(),
            key: self.issuer.key().serialize_pem(),
        }
    }

    /// For a server of this host name.
    pub fn server(&self, host: &str) -> Identity {
        self.sign(named(host, &[host]), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// For a client that logs in as this role.
    pub fn client(&self, role: &str) -> Identity {
        self.sign(named(role, &[]), ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Identity {
        params.extended_key_usages = vec![usage];
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer);
        Identity {
            certificate: certificate.expect("an authority signs").pem(),
            key: key.serialize_pem(),
        }
    }
}

impl Identity {
    /// Writes both into a folder; returns them as settings of a URL.
    pub fn settings_in(&self, folder: &Path) -> String {
        let certificate = folder.join("client.crt");
        let key = folder.join("client.key");
        std::fs::write(&certificate, &self.certificate).expect("writes");
        std::fs::write(&key, &self.key).expect("writes");
        format!("sslcert={}&sslkey={}", certificate.display(), key.display())
    }
}

fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    let mut params = CertificateParams::new(hosts).expect("names of hosts");
    params
        .distinguished_name
        .push(DnType::CommonName, name.to_owned());
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
