//! One step of a plan: its groups in their order, its row in the history table, and what that says in between.
//! Out: a group's transaction (`group`), a statement that takes none (`alone`), what is no SQL (`program`).
//! Called by the commands, through `Run::step`.

use super::resume::Left;
use super::{Run, alone};
use crate::client::OrFault as _;
use crate::journal::EventKind;
use crate::run::Prepared;
use groundline_core::{Digest, Fault, Result};
use groundline_migrate::history::{Down, Revision};
use groundline_migrate::plan::{Direction, PlanStep};
use groundline_sql::Group;
use std::time::Instant;

/// A revision, its step of the plan, what writes its row, and when it was begun.
type Work<'w> = (&'w Revision, &'w PlanStep, &'w str, Instant);

impl Run<'_> {
    /// Runs one step of a plan.
    ///
    /// # Errors
    /// What stopped it. What was committed before stays committed, and the journal says so.
    pub async fn step(&mut self, planned: &PlanStep) -> Result<()> {
        self.stop.check()?;
        let place = self.history.position(&planned.revision);
        let place = place.ok_or_else(|| Fault::new(format!("{} is not in the history", planned.label)))?;
        let revision = &self.history.revisions[place];
        if self.alembic.is_some() {
            return self.by_alembic(revision, planned).await;
        }
        self.furnish().await?;
        self.is_furnished = false;
        let previous = place.checked_sub(1).map(|before| &self.history.revisions[before]);
        let (step, bookkeeping) = match (self.identity.direction, &revision.down) {
            (Direction::Up, _) => (&revision.up, self.dialect.record(revision)?),
            (Direction::Down, Down::Script(step)) => (step, self.dialect.forget(revision, previous)?),
            (Direction::Down, _) => return Err(Fault::new(format!("no way down from {}", planned.label))),
        };
        self.tell.begins(&planned.label);
        let started = Instant::now();
        let prepared = Prepared::new(self.history, step).together(self.options.together);
        let work = (revision, planned, bookkeeping.as_str(), started);
        match prepared.groups() {
            // One transaction is done or not: there is nothing in between.
            [] | [Group::Together(_)] => self.groups(&prepared, &Left::default(), work).await?,
            _ => self.in_pieces(&prepared, previous, work).await?,
        }
        self.tell.done(&planned.label, started.elapsed());
        Ok(())
    }

    /// Runs the groups of a step, and records the revision with the last one.
    async fn groups(&mut self, prepared: &Prepared<'_>, left: &Left, work: Work<'_>) -> Result<()> {
        let (_, planned, bookkeeping, started) = work;
        let mut recorded = false;
        for (at, group) in prepared.groups().iter().enumerate() {
            let is_last = at + 1 == prepared.groups().len();
            recorded = self.group(prepared, group, left, is_last, work).await?;
        }
        if !recorded {
            let closing = self.closing(planned, started);
            self.transaction(prepared, 0..0, bookkeeping, Some(&closing)).await?;
        }
        Ok(())
    }

    /// Runs a step of several parts, between which the history table says so, where its tool knows of such a state.
    async fn in_pieces(
        &mut self,
        prepared: &Prepared<'_>,
        previous: Option<&Revision>,
        work: Work<'_>,
    ) -> Result<()> {
        let revision = work.0;
        let (newest, back) = match self.identity.direction {
            Direction::Up => (Some(revision), self.dialect.forget(revision, previous)?),
            Direction::Down => (previous, self.dialect.record(revision)?),
        };
        let mark = self.dialect.begin(newest)?;
        let write = async |run: &Self, sql: &str| {
            let batch = format!("BEGIN; {} {sql} COMMIT", run.timeouts("LOCAL "));
            run.work.batch_execute(&batch).await.fault()
        };
        if let Some(mark) = &mark {
            write(self, mark).await?;
        }
        let left = Left::read(&self.lease.client, &self.identity, revision.id()).await?;
        let Err(fault) = self.groups(prepared, &left, work).await else { return Ok(()) };
        let left = Left::read(&self.lease.client, &self.identity, revision.id()).await;
        if mark.is_some() && left.is_ok_and(|left| left.has_nothing()) && write(self, &back).await.is_err() {
            // The connection is gone: then the next run finds the mark, and the journal of this one.
            self.tell.note("the history table still says that a revision is half-way");
        }
        Err(fault)
    }

    /// Runs one group of a step. Says whether the revision is recorded with it.
    async fn group(
        &mut self,
        prepared: &Prepared<'_>,
        group: &Group,
        left: &Left,
        is_last: bool,
        (revision, planned, bookkeeping, started): Work<'_>,
    ) -> Result<bool> {
        self.stop.check()?;
        let (range, rolled_back) = match group {
            Group::Together(range) => (range.clone(), false),
            Group::RolledBack(range) => (range.clone(), true),
            Group::Alone(statement) => (*statement..*statement + 1, false),
        };
        let texts: Vec<&str> = range.clone().map(|at| prepared.text_of(at)).collect();
        let digest = Digest::of(texts.join(";\n"));
        if left.is_done(range.start, digest, &prepared.place_of(range.start))? {
            self.tell.note(&format!(
                "{} is done already, by a run that did not end",
                prepared.place_of(range.start)
            ));
            return Ok(false);
        }
        let event = self.event(EventKind::GroupDone, revision.id(), range.start, digest);
        if matches!(group, Group::Alone(_)) && !alone::fits_transaction(prepared, range.start) {
            self.alone(prepared, range.start, &event, left).await?;
            return Ok(false);
        }
        let records = is_last && !rolled_back;
        if rolled_back {
            self.transaction(prepared, range, "", None).await?;
            self.journal.append(&self.lease.client, &event).await?;
            return Ok(false);
        }
        let (bookkeeping, event) = match records {
            true => (bookkeeping, self.closing(planned, started)),
            false => ("", event),
        };
        self.transaction(prepared, range, bookkeeping, Some(&event)).await?;
        Ok(records)
    }
}
