//! Who is in the way of a session that waits for a lock, and how far a long statement is.
//! Out: what is done about it (`group`, `alone`). Called while a statement runs, on the lease's session.

use super::Run;
use groundline_core::scrub;
use std::time::Duration;
use tokio_postgres::Client;

/// The pause before the first look: within the shortest lock timeouts. Each pause is twice as long as the one before,
/// up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// A session that another waits for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Blocker {
    /// The server process.
    pub pid: i32,
    /// Its role.
    pub user: String,
    /// Its `application_name`.
    pub application: String,
    /// `active`, `idle in transaction`, …
    pub state: String,
    /// For how many seconds its transaction has been open.
    pub age_seconds: i64,
    /// What it runs, or ran last.
    pub query: String,
}

impl Blocker {
    /// In words, on a line.
    pub fn words(&self) -> String {
        let Self { pid, user, application, state, age_seconds, query } = self;
        let application = if application.is_empty() { "no application name" } else { application };
        format!("pid {pid} ({user}, {application}), {state}, in its transaction for {age_seconds} s: {query}")
    }
}

/// Who blocks a session now.
async fn now(client: &Client, pid: i32) -> Vec<Blocker> {
    let query = "SELECT pid, coalesce(usename::text, ''), coalesce(application_name, ''), coalesce(state, 'hidden'), \
                 coalesce(extract(epoch FROM clock_timestamp() - xact_start)::bigint, 0), \
                 coalesce(left(regexp_replace(query, '\\s+', ' ', 'g'), 100), '') \
                 FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY 5 DESC";
    // It is for people only: where it can't be had, nobody is named.
    let rows = client.query(query, &[&pid]).await.unwrap_or_default();
    let blocker = |row: &tokio_postgres::Row| Blocker {
        pid: row.get(0),
        user: row.get(1),
        application: row.get(2),
        state: row.get(3),
        age_seconds: row.get(4),
        query: scrub(row.get(5)),
    };
    rows.iter().map(blocker).collect()
}

/// How far a long statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The phase, as the server calls it.
    pub phase: String,
    /// Blocks, tuples, sessions or bytes that are done.
    pub done: u64,
    /// All of them; 0 where the server does not know.
    pub total: u64,
}

/// How far a session's statement is; nothing where it does not say. Source: PostgreSQL manual, 28.4 "Progress
/// Reporting".
async fn progress(client: &Client, pid: i32) -> Option<Progress> {
    let query = "SELECT phase, blocks_done + tuples_done + lockers_done, blocks_total + tuples_total + lockers_total \
                 FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1 \
                 UNION ALL SELECT phase, heap_blks_scanned, heap_blks_total \
                 FROM pg_catalog.pg_stat_progress_cluster WHERE pid = $1 \
                 UNION ALL SELECT phase, heap_blks_scanned, heap_blks_total \
                 FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = $1 \
                 UNION ALL SELECT command || ' ' || type, bytes_processed, bytes_total \
                 FROM pg_catalog.pg_stat_progress_copy WHERE pid = $1 LIMIT 1";
    let row = client.query_opt(query, &[&pid]).await.ok()??;
    let number = |column: usize| u64::try_from(row.get::<_, Option<i64>>(column)?).ok();
    Some(Progress {
        phase: row.get(0),
        done: number(1).unwrap_or_default(),
        total: number(2).unwrap_or_default(),
    })
}

impl Run<'_> {
    /// Does some work on the session that works, looks at it meanwhile, and keeps who was seen last in its way; `seen`
    /// hears of each new set of them.
    pub(super) async fn watched<T>(
        &self,
        work: impl Future<Output = T>,
        seen: &dyn Fn(&[Blocker]),
    ) -> (T, Vec<Blocker>) {
        tokio::pin!(work);
        let client = &self.lease.client;
        let (mut last, mut pause) = (Vec::<Blocker>::new(), FIRST_PAUSE);
        let pids = |blockers: &[Blocker]| blockers.iter().map(|one| one.pid).collect::<Vec<_>>();
        loop {
            tokio::select! {
                done = &mut work => return (done, last),
                () = tokio::time::sleep(pause) => {}
            }
            pause = LONGEST_PAUSE.min(pause * 2);
            let look = async {
                let pid = self.working_pid().await;
                (now(client, pid).await, progress(client, pid).await)
            };
            let (found, progress) = tokio::select! {
                done = &mut work => return (done, last),
                looked = look => looked,
            };
            if let Some(progress) = progress {
                self.tell.progress(&progress);
            }
            if !found.is_empty() {
                if pids(&found) != pids(&last) {
                    seen(&found);
                }
                last = found;
            }
        }
    }
}
