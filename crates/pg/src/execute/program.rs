//! Revisions that the project's own Alembic runs: each as a whole, with its row in Alembic's table.
//! In: Alembic's session of a run, a step in it, what became of one that failed. Out: talking to Alembic (`alembic`).
//! Called by `Run`.

use super::resume::Left;
use super::{Run, Unknown, orphans};
use crate::alembic::Alembic;
use crate::dialect;
use crate::guard;
use crate::journal::{Event, EventKind};
use crate::server::Database;
use crate::standing::Recorded;
use groundline_core::{Fault, Place, Result, quote_literal};
use groundline_migrate::history::{Down, Revision, Step, Transaction};
use groundline_migrate::plan::{Direction, PlanStep};
use std::time::Instant;
use tokio_postgres::types::{ToSql, Type};

impl Run<'_> {
    /// Has Alembic run the revisions, on connections with the run's limits and the run's name.
    ///
    /// # Errors
    /// `env.py` fails, or connects to another database than this run is on.
    pub async fn drive(&mut self, alembic: &Alembic) -> Result<()> {
        let name = quote_literal(&orphans::name(self.journal.run()));
        // The guard's secret is in its statement, so it is not the last one.
        let opening = guard::opening_of(&self.work, &format!("run {}", self.journal.run())).await?;
        let named = [format!("SET application_name = {name}")];
        let settings: Vec<String> = opening.into_iter().chain(self.limits("")).chain(named).collect();
        let database = Database::at(self.url)?;
        self.alembic = Some(Box::pin(alembic.on_set(&database, &settings)).await?);
        Ok(())
    }

    /// Ends Alembic's process, where there is one.
    pub(super) async fn dismiss(&mut self) {
        if let Some(alembic) = self.alembic.take() {
            alembic.end().await;
        }
    }

    /// The server process that works at this moment; 0 where it is not known.
    pub(super) async fn working_pid(&self) -> i32 {
        if self.alembic.is_none() {
            return self.work_pid;
        }
        let query = "SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = current_database() \
                     AND application_name = $1 AND pid <> $2 ORDER BY state = 'active' DESC LIMIT 1";
        let name = orphans::name(self.journal.run());
        let name: (&(dyn ToSql + Sync), Type) = (&name, Type::TEXT);
        // It is for people only: where it can't be had, nobody is named.
        let row = self.lease.client.query_typed_opt(query, &[name, (&self.work_pid, Type::INT4)]).await;
        row.ok().flatten().map_or(0, |row| row.get(0))
    }

    /// Runs one revision, which Alembic records with its change.
    pub(super) async fn by_alembic(&self, revision: &Revision, planned: &PlanStep) -> Result<()> {
        let step = match (self.identity.direction, &revision.down) {
            (Direction::Up, _) => &revision.up,
            (Direction::Down, Down::Script(step)) => step,
            (Direction::Down, _) => return Err(Fault::new(format!("no way down from {}", planned.label))),
        };
        let begun = self.event(EventKind::StatementBegun, revision.id(), 0, step.digest);
        let in_pieces = step.transaction == Transaction::MarkedOutside;
        if in_pieces {
            self.assert_not_begun(revision, step).await?;
            self.journal.append(&self.lease.client, &begun).await?;
        }
        self.tell.begins(&planned.label);
        let started = Instant::now();
        if let Err(fault) = self.send_to_alembic(revision, in_pieces).await {
            if in_pieces {
                let failed = Event { kind: EventKind::StatementFailed, ..begun };
                self.journal.append(&self.lease.client, &failed).await?;
            }
            return Err(fault);
        }
        self.journal.append(&self.lease.client, &self.closing(planned, started)).await?;
        self.tell.done(&planned.label, started.elapsed());
        Ok(())
    }

    /// Runs it, again where a lock was not had and nothing of it can be committed.
    async fn send_to_alembic(&self, revision: &Revision, in_pieces: bool) -> Result<()> {
        let Some(alembic) = &self.alembic else { return Err(Fault::new("no Alembic was started")) };
        let up = self.identity.direction == Direction::Up;
        let mut attempt = 0;
        loop {
            let (done, seen) = self.watched(alembic.step(revision, up), &|_| ()).await;
            let Err(fault) = done else { return Ok(()) };
            // Whatever was said: what Alembic's table says is so.
            if self.is_applied(revision).await.map_err(|unread| unknown(&fault, &unread))? == up {
                let table = self.dialect.table_name();
                self.tell.note(&format!(
                    "{table} says that it is done, though Alembic ended with: {}",
                    fault.what
                ));
                return Ok(());
            }
            if in_pieces {
                return Err(fault.next("look at what it did before that: it runs outside of a transaction"));
            }
            self.try_again(fault, &seen, &mut attempt).await?;
        }
    }

    /// Whether Alembic's table has a revision, or one that comes after it.
    async fn is_applied(&self, revision: &Revision) -> Result<bool> {
        let dialect = self.dialect;
        let applied = dialect::recorded(&self.lease.client, dialect).await?.unwrap_or_default();
        let recorded = Recorded { dialect, applied, failed: Vec::new() };
        let places = recorded.applied_in(self.history).places;
        Ok(self.history.position(revision.id()).is_some_and(|place| places.contains(&place)))
    }

    /// Refuses a revision that an earlier run began outside of a transaction, and did not come to an end with.
    async fn assert_not_begun(&self, revision: &Revision, step: &Step) -> Result<()> {
        let left = Left::read(&self.lease.client, &self.identity, revision.id()).await?;
        match left.begun(0) {
            Some(_) if self.options.unknown != Some(Unknown::Again) => {
                Err(Fault::new("how much of this revision ran is not known")
                    .at(Place::file(self.history.folder.join(&step.file)))
                    .why("an earlier run ended while Alembic was at it, and a part of it takes no transaction")
                    .next("look at what is there, then say --unknown again; or, where all of it is done: groundline stamp"))
            }
            _ => Ok(()),
        }
    }
}

fn unknown(fault: &Fault, unread: &Fault) -> Fault {
    Fault::new("whether the revision is committed is not known yet")
        .why(format!("{}\n{}", fault.what, unread.what))
        .next("run the same command again: it looks, and goes on from what it finds")
}
