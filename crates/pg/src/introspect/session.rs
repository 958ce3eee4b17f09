//! The settings under which a catalog is read: names with their schema, literals in one fixed form.
//! Out: the queries. Called by the reader.

use crate::client::{OrFault as _, fault};
use groundline_core::Result;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// As `pg_dump` sets them, and a plan that is made once: a catalog's queries are always planned alike.
/// Source: `setup_connection` in `src/bin/pg_dump/pg_dump.c`.
const SETTINGS: &str = "\
SET LOCAL search_path = ''; \
SET LOCAL DateStyle = ISO; \
SET LOCAL IntervalStyle = postgres; \
SET LOCAL TimeZone = 'UTC'; \
SET LOCAL extra_float_digits = 3; \
SET LOCAL bytea_output = hex; \
SET LOCAL xmloption = content; \
SET LOCAL quote_all_identifiers = off; \
SET LOCAL row_security = off; \
SET LOCAL enable_seqscan = on; \
SET LOCAL jit = off; \
SET LOCAL plan_cache_mode = force_generic_plan; \
SET LOCAL lock_timeout = '5s'";

/// A savepoint in the caller's transaction, or a read-only transaction of its own.
pub(super) enum Session {
    Savepoint,
    Own,
}

impl Session {
    /// Begins reading, in a transaction or not: the server knows.
    pub async fn open(client: &Client) -> Result<Self> {
        let inside = client.batch_execute(&format!("SAVEPOINT groundline_read; {SETTINGS}")).await;
        match inside {
            Ok(()) => Ok(Session::Savepoint),
            Err(error) if error.code() == Some(&SqlState::NO_ACTIVE_SQL_TRANSACTION) => {
                Self::alone(client).await
            }
            Err(error) => Err(fault(&error)),
        }
    }

    /// Begins reading on a connection that is in no transaction.
    pub async fn alone(client: &Client) -> Result<Self> {
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}");
        client.batch_execute(&begin).await.fault()?;
        Ok(Session::Own)
    }

    /// Ends reading; settings and locks are those from before.
    pub async fn close(self, client: &Client) -> Result<()> {
        let end = match self {
            Session::Savepoint => "ROLLBACK TO SAVEPOINT groundline_read; RELEASE SAVEPOINT groundline_read",
            Session::Own => "ROLLBACK",
        };
        client.batch_execute(end).await.fault()
    }
}
