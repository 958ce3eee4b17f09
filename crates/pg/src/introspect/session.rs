//! The settings under which a catalog is read: names with their schema, literals in one fixed form.
//! Out: the queries. Called by the reader.

use crate::client::{OrFault as _, fault};
use groundline_core::{Fault, Result, ServerVersion, quote_literal};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

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

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The last statement of a beginning: it saves a round trip to ask here.
const VERSION: &str = "SELECT current_setting('server_version_num')";

/// A savepoint in the caller's transaction, or a read-only transaction of its own.
pub(super) struct Session {
    /// Of the server that is read.
    pub server: ServerVersion,
    /// Whether it is part of the caller's transaction.
    pub is_callers: bool,
    end: &'static str,
}

impl Session {
    /// Begins reading, in a transaction or not: the server knows.
    pub async fn open(client: &Client) -> Result<Self> {
        let begin = format!("SAVEPOINT groundline_read; {SETTINGS}; {VERSION}");
        let end = "ROLLBACK TO SAVEPOINT groundline_read; RELEASE SAVEPOINT groundline_read";
        match client.simple_query(&begin).await {
            Ok(answer) => Ok(Self { server: version(&answer)?, is_callers: true, end }),
            Err(error) if error.code() == Some(&SqlState::NO_ACTIVE_SQL_TRANSACTION) => {
                Self::alone(client).await
            }
            Err(error) => Err(fault(&error)),
        }
    }

    /// Begins reading on a connection that is in no transaction, and what another one of the same database begins
    /// with to see the same. Source: PostgreSQL manual, 9.28.5 "Snapshot Synchronization Functions".
    pub async fn shared(client: &Client) -> Result<(Self, String)> {
        let begin = format!("{BEGIN}; {SETTINGS}; {VERSION}, pg_catalog.pg_export_snapshot()");
        let answer = client.simple_query(&begin).await.fault()?;
        let snapshot = quote_literal(said(&answer, 1).unwrap_or_default());
        Ok((Self::own(&answer)?, format!("{BEGIN}; SET TRANSACTION SNAPSHOT {snapshot}; {SETTINGS}")))
    }

    /// Begins reading on a connection that is in no transaction.
    pub async fn alone(client: &Client) -> Result<Self> {
        let answer = client.simple_query(&format!("{BEGIN}; {SETTINGS}; {VERSION}")).await.fault()?;
        Self::own(&answer)
    }

    /// One of a transaction of its own, whose beginning was answered.
    fn own(answer: &[SimpleQueryMessage]) -> Result<Self> {
        Ok(Self { server: version(answer)?, is_callers: false, end: "ROLLBACK" })
    }

    /// Ends reading; settings and locks are those from before.
    pub async fn close(self, client: &Client) -> Result<()> {
        client.batch_execute(self.end).await.fault()
    }
}

fn version(answer: &[SimpleQueryMessage]) -> Result<ServerVersion> {
    let number = said(answer, 0).and_then(|number| number.parse().ok());
    number.map(ServerVersion::from_num).ok_or_else(|| Fault::new("the server does not say its version"))
}

/// A column of the row in an answer.
fn said(answer: &[SimpleQueryMessage], column: usize) -> Option<&str> {
    answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(column),
        _ => None,
    })
}
