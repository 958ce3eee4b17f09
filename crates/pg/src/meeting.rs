//! Whether two addresses lead to one database: proven by a lock that one session holds and the other sees, not by names.
//! Out: which addresses, and what it means when they do not meet (`contracts`, `cli`). Called by `doctor`.

use crate::client::{self, Client, OrFault as _};
use groundline_core::Result;
use serde::Serialize;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// What a session says of where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// The database's name.
    pub database: String,
    /// Its OID.
    pub oid: u32,
    /// The role that statements run as.
    pub role: String,
    /// Its search path.
    pub search_path: String,
    /// The server's version.
    pub version: String,
    /// Whether the server is a standby, which takes no writes.
    pub is_standby: bool,
    /// The cluster's system identifier, where the role may read it.
    pub system: Option<String>,
}

/// Two sessions, and whether they are in one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// The first and the second.
    pub sessions: [Whereabouts; 2],
    /// Whether the lock of one was seen from the other.
    pub is_same_database: bool,
}

/// Connects to both, holds an advisory lock with a random key in one for a moment, and looks for it from the other. Nothing is
/// written. Source: PostgreSQL manual, 54.12 "pg_locks".
///
/// # Errors
/// One of them can't be connected to or asked.
pub async fn meet(first: &str, second: &str) -> Result<Meeting> {
    let mut first = client::connect(first).await?;
    let second = client::connect(second).await?;
    let sessions = [whereabouts(&first).await?, whereabouts(&second).await?];
    let key = (RandomState::new().build_hasher().finish() >> 1) as i64;
    // For a transaction, so that a pooler in between can't lend the session to others with the lock in it.
    let transaction = first.transaction().await.fault()?;
    transaction.execute("SELECT pg_catalog.pg_advisory_xact_lock($1)", &[&key]).await.fault()?;
    let seen = second
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_database AS d ON d.oid = l.database
             WHERE l.locktype = 'advisory' AND d.datname = pg_catalog.current_database() AND l.granted AND l.objsubid = 1
               AND (l.classid::bigint << 32) | l.objid::bigint = $1)",
            &[&key],
        )
        .await
        .fault()?
        .get(0);
    transaction.rollback().await.fault()?;
    Ok(Meeting { sessions, is_same_database: seen })
}

/// Where a session is.
///
/// # Errors
/// The server's.
pub async fn whereabouts(client: &Client) -> Result<Whereabouts> {
    let row = client
        .query_one(
            "SELECT pg_catalog.current_database()::text, d.oid, current_user::text,
                    pg_catalog.current_setting('search_path'), pg_catalog.current_setting('server_version'),
                    pg_catalog.pg_is_in_recovery(),
                    pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
             FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()",
            &[],
        )
        .await
        .fault()?;
    let system = match row.get::<_, bool>(6) {
        true => {
            let asked = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()";
            Some(client.query_one(asked, &[]).await.fault()?.get(0))
        }
        false => None,
    };
    Ok(Whereabouts {
        database: row.get(0),
        oid: row.get(1),
        role: row.get(2),
        search_path: row.get(3),
        version: row.get(4),
        is_standby: row.get(5),
        system,
    })
}
