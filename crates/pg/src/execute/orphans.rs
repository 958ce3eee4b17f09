//! Sessions of a run that died: the server may still be at work on what it was sent last. Nothing else may begin
//! before that is over.
//! Called when a run begins, under the lease.

use super::Tell;
use crate::client::OrFault as _;
use groundline_core::{Fault, Result, scrub};
use std::time::{Duration, Instant};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

/// How long an ended session may take to go: it rolls back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The `application_name` of a run's session that works; PostgreSQL keeps 63 bytes.
pub(super) fn name(run: &str) -> String {
    format!("groundline work {run}")
}

/// Ends the working sessions of the project's earlier runs, and waits until they are gone.
pub(super) async fn end(client: &Client, project: &str, tell: &dyn Tell) -> Result<()> {
    let query = "SELECT a.pid, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80), pg_catalog.pg_terminate_backend(a.pid) \
                 FROM pg_catalog.pg_stat_activity a WHERE a.datname = current_database() \
                 AND a.application_name IN (SELECT 'groundline work ' || e.run FROM groundline.event e \
                 WHERE e.project = $1 AND e.kind = 'run_begun')";
    let started = Instant::now();
    let mut told = false;
    loop {
        let rows = client.query_typed(query, &[(&project, Type::TEXT)]).await.fault()?;
        let Some(row) = rows.first() else { return Ok(()) };
        let (pid, sent): (i32, String) = (row.get(0), scrub(row.get(1)));
        if !std::mem::replace(&mut told, true) {
            tell.note(&format!("ends the session of a run that died (pid {pid}): {sent}"));
        }
        if started.elapsed() > PATIENCE {
            return Err(Fault::new("a session of a run that died does not end")
                .why(format!("pid {pid}: {sent}"))
                .next("end it on the server, then run this again"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
