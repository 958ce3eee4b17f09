//! A connection that was lost with a transaction on its way: whether that was committed is looked up, not guessed.
//! Called by `group`.

use super::{Run, orphans};
use crate::client::{self, Client, OrFault as _};
use crate::journal::Event;
use groundline_core::{Fault, Result};
use std::time::{Duration, Instant};

/// How long the server may take to come back, and the old session to end.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

impl Run<'_> {
    /// Looks whether the transaction that `event` was written in was committed. Where the lease outlived the connection, the run
    /// goes on; else it ends, and says what is so.
    pub(super) async fn resolve(&mut self, event: Option<&Event>, lost: Fault) -> Result<()> {
        let unknown = |why: &str| {
            Fault::new("the connection was lost, and whether the transaction was committed is not known yet")
                .why(format!("{}\n{why}", lost.what))
                .next("run the same command again: it looks, and goes on from what it finds")
        };
        let client = self.reconnect().await.map_err(|fault| unknown(&fault.what))?;
        let committed = self.was_committed(&client, event).await.map_err(|fault| unknown(&fault.what))?;
        if !committed {
            let why = [Some(lost.what.clone()), lost.why.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("\n");
            return Err(Fault {
                place: lost.place,
                ..Fault::new("the connection was lost; nothing of the transaction was committed")
            }
            .why(why)
            .next("run the same command again"));
        }
        if self.lease.client.is_closed() {
            return Err(Fault::new("the connection was lost after the transaction was committed")
                .why(lost.what)
                .next("run the same command again: it goes on from there"));
        }
        self.work = client;
        self.settle_in().await
    }

    async fn reconnect(&self) -> Result<Client> {
        let started = Instant::now();
        loop {
            match client::connect(self.url).await {
                Ok(client) => return Ok(client),
                Err(fault) if started.elapsed() > PATIENCE => return Err(fault),
                Err(_) => tokio::time::sleep(POLL).await,
            }
        }
    }

    async fn was_committed(&self, client: &Client, event: Option<&Event>) -> Result<bool> {
        let gone = "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity \
                    WHERE pid = $1 AND application_name = $2)";
        let started = Instant::now();
        while !client
            .query_one(gone, &[&self.work_pid, &orphans::name(self.journal.run())])
            .await
            .fault()?
            .get::<_, bool>(0)
        {
            if started.elapsed() > PATIENCE {
                return Err(Fault::new("the old session has not ended"));
            }
            tokio::time::sleep(POLL).await;
        }
        // A transaction without an event of ours leaves nothing that could have been committed.
        let Some(event) = event else { return Ok(false) };
        let query = "SELECT EXISTS (SELECT FROM groundline.event WHERE project = $1 AND version = $2 AND run = $3 \
                     AND kind = $4 AND statement IS NOT DISTINCT FROM $5)";
        let (project, run) = (self.identity.project, self.journal.run());
        let kind = event.kind.word();
        let row = client.query_one(query, &[&project, &event.version, &run, &kind, &event.statement]).await;
        Ok(row.fault()?.get(0))
    }
}
