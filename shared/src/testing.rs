//! A private PostgreSQL cluster for tests: its own data, port and socket, gone when the test
//! process is gone, however that ends.
//!
//! Tests that need it fail where PostgreSQL is not installed; none is skipped.

mod account;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use account::{Account, give_to, run_as};

const INSTALL: &str = "PostgreSQL 15 or later was not found (initdb, pg_ctl and postgres in one \
     folder): install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install \
     postgresql-server; macOS: brew install postgresql), or name its bin folder in \
     DRIFTSWEEP_POSTGRES_BIN";

/// Starts the server, waits for its keeper to go away, stops the server and removes its files. The
/// keeper holds our standard input: it closes when the test process ends, also by a signal.
const WATCHDOG: &str = r#"
cd "$1"
if "$2/pg_ctl" -D data -l log -w -t 60 -o "-p $3 -k $1 -c listen_addresses=127.0.0.1 -c max_connections=200" start >/dev/null 2>&1
then echo ready
else echo "could not be started:"; cat log; echo; exit 1
fi
while read -r line; do
  "$2/pg_ctl" -D data -l log -w -t 60 -m "$line" restart >/dev/null 2>&1 && echo restarted || echo failed
done
"$2/pg_ctl" -D data -m immediate stop >/dev/null 2>&1
cd / && rm -rf "$1"
"#;

/// A running server with no database of ours yet.
#[derive(Debug)]
pub struct PostgresCluster {
    port: u16,
    next: AtomicU32,
    keeper: std::sync::Mutex<Keeper>,
}

/// The pipes to the watchdog. Closing its input ends the server.
#[derive(Debug)]
struct Keeper {
    input: ChildStdin,
    output: BufReader<std::process::ChildStdout>,
    _watchdog: Child,
}

impl PostgresCluster {
    /// The one cluster of this test process, started at the first call.
    ///
    /// # Panics
    /// PostgreSQL is not installed or can't be started; says what to do.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<PostgresCluster> = OnceLock::new();
        CLUSTER.get_or_init(Self::start)
    }

    /// A cluster of its own, for tests that stop or break the server.
    ///
    /// # Panics
    /// PostgreSQL is not installed or can't be started; says what to do.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A cluster of its own with these files (name, contents) in its data folder, which only the server can read:
    /// `postgresql.auto.conf` for settings, `pg_hba.conf` for who may enter, certificates.
    ///
    /// # Panics
    /// PostgreSQL is not installed or can't be started; says what to do.
    pub fn start_with(files: &[(&str, &str)]) -> Self {
        let programs = programs().unwrap_or_else(|| panic!("{INSTALL}"));
        let user = Account::unprivileged();
        let folder = tempfile::Builder::new()
            .prefix("driftsweep-pg-")
            .tempdir()
            .expect("a temporary folder can be made")
            .keep();
        give_to(&folder, user.as_ref());
        initialize(&programs, &folder, user.as_ref());
        for (name, contents) in files {
            let path = folder.join("data").join(name);
            write_private(&path, contents);
            give_to(&path, user.as_ref());
        }
        let port = free_port();
        let mut watchdog = Command::new("sh");
        watchdog
            .args(["-c", WATCHDOG, "sh"])
            .args([&folder, &programs])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Out of reach of the terminal's Ctrl-C, so that it can clean up.
            .process_group(0);
        run_as(&mut watchdog, user.as_ref());
        let mut watchdog = watchdog.spawn().expect("sh can be started");
        let input = watchdog.stdin.take().expect("piped");
        let mut output = BufReader::new(watchdog.stdout.take().expect("piped"));
        let mut answer = String::new();
        output.read_line(&mut answer).expect("the watchdog speaks");
        if answer.trim() != "ready" {
            output
                .read_to_string(&mut answer)
                .expect("the watchdog speaks");
            panic!("PostgreSQL in {} {answer}", programs.display());
        }
        Self {
            port,
            next: AtomicU32::new(0),
            keeper: std::sync::Mutex::new(Keeper {
                input,
                output,
                _watchdog: watchdog,
            }),
        }
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.administer(&format!("CREATE DATABASE {name}")).await;
        format!(
            "postgres://driftsweep:not-a-secret@127.0.0.1:{}/{name}",
            self.port
        )
    }

    /// Makes an empty database whose tables lie in `folder`, which then belongs to the server's
    /// account, and returns its URL.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn fresh_database_in(&self, folder: &Path) -> String {
        let tables = folder.join("tables");
        std::fs::create_dir(&tables).expect("a folder can be made there");
        give_to(&tables, Account::unprivileged().as_ref());
        let url = self.fresh_database().await;
        let name = url
            .rsplit('/')
            .next()
            .expect("a URL ends with its database");
        let shown = tables.display();
        self.administer(&format!("CREATE TABLESPACE {name} LOCATION '{shown}'"))
            .await;
        self.administer(&format!("ALTER DATABASE {name} SET TABLESPACE {name}"))
            .await;
        url
    }

    /// Runs a statement as superuser, in the cluster's own database; returns the number of rows.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn administer(&self, sql: &str) -> u64 {
        let mut connection = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("driftsweep")
            .database("postgres")
            .connect()
            .await
            .expect("the cluster answers");
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .expect("a superuser may do that");
        connection
            .close()
            .await
            .expect("a connection can be closed");
        done.rows_affected()
    }

    /// Port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server (`mode`: `smart`, `fast` or `immediate`, the last as a crash would) and
    /// starts it again.
    ///
    /// # Panics
    /// It does not come back.
    pub fn restart(&self, mode: &str) {
        let mut keeper = self
            .keeper
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        writeln!(keeper.input, "{mode}").expect("the watchdog listens");
        let mut answer = String::new();
        keeper
            .output
            .read_line(&mut answer)
            .expect("the watchdog speaks");
        assert_eq!(answer.trim(), "restarted", "PostgreSQL came back");
    }
}

/// Runs statements in a database behind the store's back: what a later version, an administrator or
/// a fault would do to it.
///
/// # Panics
/// The database refuses.
pub async fn tamper(url: &str, sql: &str) {
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    let done = if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.expect("answers");
        sql.execute(&mut connection).await.expect("the owner may");
        connection.close().await
    } else {
        let mut connection = sqlx::SqliteConnection::connect(url).await.expect("opens");
        sql.execute(&mut connection).await.expect("the owner may");
        connection.close().await
    };
    done.expect("it was open");
}

/// The newest folder that holds the server's programs.
fn programs() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("DRIFTSWEEP_POSTGRES_BIN") {
        return Some(PathBuf::from(named)).filter(|folder| holds_server(folder));
    }
    let mut packaged: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, folder)| *version >= 15 && holds_server(folder))
        .collect();
    packaged.sort();
    if let Some((_, folder)) = packaged.pop() {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| holds_server(folder))
}

fn holds_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn initialize(programs: &Path, folder: &Path, user: Option<&Account>) {
    let mut initdb = Command::new(programs.join("initdb"));
    initdb
        // The new files need not reach the disk; what the server writes later does (fsync is on).
        .args([
            "--no-sync",
            "--auth=trust",
            "--username=driftsweep",
            "--encoding=UTF8",
        ])
        .args(["--locale=C", "-D", "data"])
        .current_dir(folder);
    run_as(&mut initdb, user);
    let output = initdb.output().expect("initdb can be started");
    assert!(
        output.status.success(),
        "initdb failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn write_private(path: &Path, contents: &str) {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .expect("the data folder is there");
    file.write_all(contents.as_bytes())
        .expect("there is room for it");
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("some port is free")
        .port()
}
