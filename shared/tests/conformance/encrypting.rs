//! TLS to a server, as the URL asks for it: had, or refused with the remedy.

use std::path::Path;
use std::sync::OnceLock;

use shared::testing::PostgresCluster;
use shared::{Finish, OpenError, Purpose, Store, Value};
use tempfile::TempDir;

use crate::authority::{Authority, Identity};
use crate::bench::{claim_one, cost, later, result, status, submit, sweep, value};

/// The one name in the server's certificate. It has 127.0.0.1 as its address, which is not in it.
const HOST: &str = "localhost";
/// A role that must show a certificate.
const CERTIFIED: &str = "certified";

/// A server that nobody enters in plain text, and the authority that signed its certificate.
struct Guarded {
    authority: Authority,
    cluster: PostgresCluster,
}

impl Guarded {
    fn start(authority: Authority, server: &Identity) -> Self {
        let settings = "ssl = on\nssl_cert_file = 'tls.crt'\nssl_key_file = 'tls.key'\n\
             ssl_ca_file = 'ca.crt'\n";
        let who_may = format!(
            "hostssl all {CERTIFIED} 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\n"
        );
        let cluster = PostgresCluster::start_with(&[
            ("postgresql.auto.conf", settings),
            ("pg_hba.conf", &who_may),
            ("ca.crt", &authority.certificate()),
            ("tls.crt", &server.certificate),
            ("tls.key", &server.key),
        ]);
        Self { authority, cluster }
    }

    fn shared() -> &'static Self {
        static GUARDED: OnceLock<Guarded> = OnceLock::new();
        GUARDED.get_or_init(|| {
            let authority = Authority::new("authority.example");
            let server = authority.server(HOST);
            Self::start(authority, &server)
        })
    }

    /// A new database, by the name that the certificate has.
    async fn database(&self) -> String {
        let url = self.cluster.fresh_database().await;
        url.replace("127.0.0.1", HOST)
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes an authority's certificate into a folder; returns it as a setting of a URL.
fn trusting(authority: &Authority, folder: &Path) -> String {
    let path = folder.join("root.crt");
    std::fs::write(&path, authority.certificate()).expect("writes");
    format!("sslrootcert={}", path.display())
}

/// Why a database isn't opened, in words that don't give the password away.
#[track_caller]
fn complaint(opened: Result<Store, OpenError>) -> String {
    let error = opened.expect_err("refused");
    assert!(matches!(error, OpenError::Unsafe { .. }), "{error:?}");
    let shown = error.to_string();
    assert!(!format!("{shown} {error:?}").contains("not-a-secret"));
    shown
}

async fn refused(url: &str) -> String {
    complaint(Store::open(url, Purpose::Migrate).await)
}

#[tokio::test]
async fn a_verified_connection_is_encrypted_and_carries_work() {
    let guarded = Guarded::shared();
    let folder = folder();
    let database = guarded.database().await;
    let root = trusting(&guarded.authority, folder.path());
    let url = format!("{database}?sslmode=verify-full&{root}");
    let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
    later(&store, 2 * 86_400);
    submit(&store, &sweep(), 1).await;
    let (_, job) = claim_one(&store).await;
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(status(&store).await.done, 1);

    let own = "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(value(&store, own).await, Value::Integer(1));
    let plain = "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) \
                 WHERE datname = current_database() AND NOT ssl";
    assert_eq!(value(&store, plain).await, Value::Integer(0));
    store.close().await;
    let error = Store::open(&format!("{database}?sslmode=disable"), Purpose::Use).await;
    let error = error.expect_err("this server accepts nothing else");
    assert!(error.to_string().contains("no encryption"), "{error}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let folder = folder();
    let database = Guarded::shared().database().await;
    let root = trusting(&Authority::new("stranger.example"), folder.path());
    for mode in ["verify-full", "verify-ca"] {
        let shown = refused(&format!("{database}?sslmode={mode}&{root}")).await;
        let path = root.trim_start_matches("sslrootcert=");
        for word in ["certificate", "sslrootcert", "authority", path] {
            assert!(shown.contains(word), "{shown}");
        }
        let shown = refused(&format!("{database}?sslmode={mode}")).await;
        for word in ["certificate", "public authority", "sslrootcert=PATH"] {
            assert!(shown.contains(word), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_host_that_the_certificate_does_not_name_is_refused_unless_any_will_do() {
    let guarded = Guarded::shared();
    let folder = folder();
    let database = guarded.database().await.replace(HOST, "127.0.0.1");
    let root = trusting(&guarded.authority, folder.path());
    let shown = refused(&format!("{database}?sslmode=verify-full&{root}")).await;
    for word in ["certificate", "doesn't name this host", "127.0.0.1", HOST] {
        assert!(shown.contains(word), "{shown}");
    }
    let url = format!("{database}?sslmode=verify-ca&{root}");
    Store::open(&url, Purpose::Migrate).await.expect("opens");
}

#[tokio::test]
async fn a_server_without_tls_is_not_talked_to_in_plain_text() {
    let folder = folder();
    let database = PostgresCluster::shared().fresh_database().await;
    let root = trusting(&Authority::new("authority.example"), folder.path());
    for settings in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-ca&{root}"),
        format!("sslmode=verify-full&{root}"),
    ] {
        let shown = refused(&format!("{database}?{settings}")).await;
        for word in ["does not support TLS", "ssl = on", "sslmode"] {
            assert!(shown.contains(word), "{shown}");
        }
    }
    let untouched = Store::open(&database, Purpose::Use).await;
    let untouched = untouched.expect_err("nobody has migrated it");
    assert!(
        matches!(untouched, OpenError::Older { found: 0, .. }),
        "{untouched}"
    );
}

#[tokio::test]
async fn a_client_is_who_its_certificate_says() {
    let guarded = Guarded::shared();
    let create = format!("CREATE ROLE {CERTIFIED} LOGIN SUPERUSER");
    guarded.cluster.administer(&create).await;
    let folder = folder();
    let database = guarded.database().await;
    let database = database.replace("driftsweep:not-a-secret", CERTIFIED);
    let root = trusting(&guarded.authority, folder.path());
    let url = format!("{database}?sslmode=verify-full&{root}");
    let with = |identity: Identity| format!("{url}&{}", identity.settings_in(folder.path()));

    let own = with(guarded.authority.client(CERTIFIED));
    let store = Store::open(&own, Purpose::Migrate).await.expect("opens");
    let role = value(&store, "SELECT current_user::text").await;
    assert_eq!(role, Value::Text(CERTIFIED.to_owned()));

    for (url, reason) in [
        (url.clone(), "valid client certificate"),
        (
            with(guarded.authority.client("driftsweep")),
            "authentication failed",
        ),
    ] {
        let error = Store::open(&url, Purpose::Use).await.expect_err("refused");
        assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let forged = Authority::new("authority.example").client(CERTIFIED);
    let shown = refused(&with(forged)).await;
    for word in ["sslcert", "ssl_ca_file"] {
        assert!(shown.contains(word), "{shown}");
    }
}

#[tokio::test]
async fn an_authority_is_no_server() {
    let authority = Authority::new(HOST);
    let server = authority.as_server();
    let guarded = Guarded::start(authority, &server);
    let folder = folder();
    let root = trusting(&guarded.authority, folder.path());
    let database = guarded.database().await;
    let shown = refused(&format!("{database}?sslmode=verify-full&{root}")).await;
    for word in ["an authority's own", "signed", "sslrootcert=PATH"] {
        assert!(shown.contains(word), "{shown}");
    }
}

#[tokio::test]
async fn settings_that_cannot_serve_are_refused_before_anything_is_sent() {
    let folder = folder();
    let root = trusting(&Authority::new("authority.example"), folder.path());
    let client = Authority::new("authority.example").client("anna");
    let identity = client.settings_in(folder.path());
    let (certificate, key) = identity.split_once('&').expect("two settings");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        path.display().to_string()
    };
    let empty = file("empty.crt", "no certificate");
    let locked = file("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    for (settings, words) in [
        (root.clone(), "sslmode=verify-full"),
        (format!("sslmode=require&{root}"), "sslmode=verify-full"),
        (format!("sslmode=require&{certificate}"), "go together"),
        (format!("sslmode=require&{key}"), "go together"),
        (
            format!("sslmode=disable&{identity}"),
            "serves nothing without encryption",
        ),
        (
            "sslmode=verify-full&sslrootcert=/no/such.crt".to_owned(),
            "/no/such.crt, which can't be read",
        ),
        (
            format!("sslmode=verify-full&sslrootcert={empty}"),
            "holds no certificate",
        ),
        (
            format!("sslmode=require&{certificate}&sslkey={locked}"),
            "needs a passphrase",
        ),
    ] {
        // Nobody listens there.
        let url = format!("postgres://anna:not-a-secret@127.0.0.1:1/db?{settings}");
        let shown = refused(&url).await;
        assert!(shown.contains(words), "{shown}");
    }
}
