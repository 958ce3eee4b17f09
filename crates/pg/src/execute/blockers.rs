//! Who is in the way of a session that waits for a lock.
//! Out: what is done about it (`group`, `alone`). Called while a statement runs, on the lease's session.

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

/// Does some work, and keeps who was seen last in its way; `seen` hears of each new set of them.
pub(super) async fn watched<T>(
    client: &Client,
    pid: i32,
    work: impl Future<Output = T>,
    seen: &dyn Fn(&[Blocker]),
) -> (T, Vec<Blocker>) {
    tokio::pin!(work);
    let (mut last, mut pause) = (Vec::<Blocker>::new(), FIRST_PAUSE);
    loop {
        tokio::select! {
            done = &mut work => return (done, last),
            () = tokio::time::sleep(pause) => {}
        }
        pause = LONGEST_PAUSE.min(pause * 2);
        tokio::select! {
            done = &mut work => return (done, last),
            found = now(client, pid) => {
                let pids = |blockers: &[Blocker]| blockers.iter().map(|one| one.pid).collect::<Vec<_>>();
                if !found.is_empty() && pids(&found) != pids(&last) {
                    seen(&found);
                }
                if !found.is_empty() {
                    last = found;
                }
            }
        }
    }
}
