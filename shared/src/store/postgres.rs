//! Opening a PostgreSQL database.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::database_url::redacted_url;
use super::migrate::{Standing, known_version, migrate};
use super::tls::TlsSettings;
use super::{OpenOptions, Purpose};
use crate::OpenError;

/// Lock that migrations take: "driftswp".
const MIGRATION_LOCK: i64 = 0x6472_6966_7473_7770;

/// A connection that nobody used for so long is tested before it is used again.
const RESTED: Duration = Duration::from_secs(1);

/// Opens the database.
pub(super) async fn open(
    url: &str,
    purpose: Purpose,
    options: &OpenOptions,
) -> Result<PgPool, OpenError> {
    let server = Server {
        shown: redacted_url(url),
        lock_wait: options.lock_wait,
        tls: TlsSettings::of(url, |name| std::env::var(name).ok()),
    };
    let connect = PgConnectOptions::from_str(url)
        .map_err(|error| OpenError::InvalidUrl {
            url: server.shown.clone(),
            reason: error.to_string(),
        })?
        .application_name("driftsweep")
        .disable_statement_logging();
    server
        .tls
        .check(connect.get_ssl_mode())
        .map_err(|reason| server.not_safe(reason))?;
    let mut connection = server.answered(connect.connect()).await?;
    server.prepare(&mut connection, purpose).await?;
    server.answered(connection.close()).await?;
    let settings = session_settings(options, purpose);
    let pool = PgPoolOptions::new()
        // Few connections serve more jobs a second than many, and a server has few to give.
        .max_connections(2)
        // A test is a round trip: only for a connection that has rested, and may be half open since.
        .test_before_acquire(false)
        .before_acquire(|connection, resting| {
            Box::pin(async move {
                if resting.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .acquire_timeout(options.lock_wait)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                sqlx::raw_sql(sqlx::AssertSqlSafe(settings))
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .connect_lazy_with(connect);
    Ok(pool)
}

/// Durable commits, whatever the server's default: a claim that a crash rolls back would hand its
/// epoch out twice. A bound on every wait. No merge joins: for a page of `runs` from the middle of a million,
/// PostgreSQL would go through half of each table up to it.
///
/// The rest is for transactions that write, which find each row by an index whatever the values; others take it back.
/// Left to itself, PostgreSQL plans such a statement again each time, for longer than it takes to run; goes through a
/// whole table that was small when it planned; or, as it expects to see a tenth of a large queue, compiles a claim for 20 ms.
fn session_settings(options: &OpenOptions, purpose: Purpose) -> String {
    let read_only = if purpose == Purpose::Read {
        "on"
    } else {
        "off"
    };
    format!(
        "SET default_transaction_read_only = {read_only}; SET synchronous_commit = on; \
         SET enable_mergejoin = off; \
         SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off; \
         SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = 60000; SET tcp_keepalives_idle = 30; \
         SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3",
        options.statement_limit.as_millis(),
        options.lock_wait.as_millis()
    )
}

struct Server {
    shown: String,
    lock_wait: Duration,
    tls: TlsSettings,
}

impl Server {
    /// Waits for an answer, but not for ever: a half-open connection never gives one.
    async fn answered<T>(
        &self,
        future: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, OpenError> {
        match tokio::time::timeout(self.lock_wait, future).await {
            Ok(answer) => answer.map_err(|error| self.explain(&error)),
            Err(_) => {
                let waited_s = self.lock_wait.as_secs();
                Err(self.unreachable(format!("no answer in {waited_s} s")))
            }
        }
    }

    /// Migrates where the purpose allows, and checks the version.
    async fn prepare(
        &self,
        connection: &mut PgConnection,
        purpose: Purpose,
    ) -> Result<(), OpenError> {
        if purpose != Purpose::Read {
            self.check_writable(connection).await?;
        }
        match (Standing::of(self.version(connection).await?), purpose) {
            (Standing::Current, _) => Ok(()),
            (Standing::Newer { found }, _) => Err(OpenError::Newer {
                database: self.shown.clone(),
                found,
                known: known_version(),
            }),
            (Standing::Older { .. }, Purpose::Migrate) => self.migrate(connection).await,
            (Standing::Older { found }, _) => Err(OpenError::Older {
                database: self.shown.clone(),
                found,
                known: known_version(),
            }),
        }
    }

    async fn check_writable(&self, connection: &mut PgConnection) -> Result<(), OpenError> {
        let shown = sqlx::query_scalar("SHOW transaction_read_only");
        let read_only: String = self.answered(shown.fetch_one(connection)).await?;
        match read_only.as_str() {
            "on" => Err(OpenError::ReadOnly {
                database: self.shown.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// The schema's version; 0 if the schema is empty.
    async fn version(&self, connection: &mut PgConnection) -> Result<i64, OpenError> {
        let listed = sqlx::query_scalar(include_str!("sql/list_tables.postgres.sql"));
        let tables: Vec<String> = self.answered(listed.fetch_all(&mut *connection)).await?;
        if tables.is_empty() {
            return Ok(0);
        }
        let ours = ["_sqlx_migrations", "sweeps", "jobs"];
        if !ours
            .iter()
            .all(|name| tables.iter().any(|table| table == name))
        {
            return Err(OpenError::NotOurs {
                database: self.shown.clone(),
                reason: format!(
                    "its schema has a table `{}`; make a database or a schema for driftsweep alone",
                    tables[0]
                ),
            });
        }
        let version = sqlx::query(include_str!("sql/schema_version.sql"));
        let row = self.answered(version.fetch_one(connection)).await?;
        row.try_get("version").map_err(|error| self.explain(&error))
    }

    /// Takes as long as it takes, the wait for another's migration too: a person waits for it.
    async fn migrate(&self, connection: &mut PgConnection) -> Result<(), OpenError> {
        let mut transaction = connection
            .begin()
            .await
            .map_err(|error| self.explain(&error))?;
        // Held until the commit, so it can't be left behind by a lost connection or a proxy.
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(MIGRATION_LOCK)
            .execute(&mut *transaction)
            .await
            .map_err(|error| self.explain(&error))?;
        // Somebody else may have been faster, or may have made something else of it.
        self.version(&mut transaction).await?;
        migrate(&mut *transaction)
            .await
            .map_err(|error| self.other(error.to_string()))?;
        sqlx::raw_sql(include_str!("sql/tune_jobs.postgres.sql"))
            .execute(&mut *transaction)
            .await
            .map_err(|error| self.explain(&error))?;
        transaction
            .commit()
            .await
            .map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &sqlx::Error) -> OpenError {
        if let Some(reason) = self.tls.explain(error) {
            return self.not_safe(reason);
        }
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => self.unreachable(error.to_string()),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // Wrong password or role, no such database, too many connections, starting up.
                Some(code) if matches!(&code[..2], "28" | "3D" | "53" | "57") => {
                    self.unreachable(database.message().to_owned())
                }
                Some("55P03") => OpenError::Locked {
                    database: self.shown.clone(),
                    waited_seconds: self.lock_wait.as_secs(),
                },
                Some("25006") => OpenError::ReadOnly {
                    database: self.shown.clone(),
                },
                _ => self.other(database.message().to_owned()),
            },
            _ => self.other(error.to_string()),
        }
    }

    fn unreachable(&self, reason: String) -> OpenError {
        OpenError::Unreachable {
            database: self.shown.clone(),
            reason,
        }
    }

    fn not_safe(&self, reason: String) -> OpenError {
        OpenError::Unsafe {
            database: self.shown.clone(),
            reason,
        }
    }

    fn other(&self, reason: String) -> OpenError {
        OpenError::Database {
            database: self.shown.clone(),
            reason,
        }
    }
}
