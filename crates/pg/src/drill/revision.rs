//! The drill of one revision, in two ways: inside one transaction with savepoints, which leaves the first up
//! as it was whatever the down does; and in transactions of its own, where a statement refuses a transaction
//! or the first way stopped at an error that the transaction itself may have caused.
//! Out: the order of revisions (`drill`), the chain.
//! Called by `drill`.

use crate::client;
use crate::run::{Prepared, RESET_SESSION};
use crate::stage::{Play, Stage};
use groundline_catalog::{Change, Difference, Snapshot, diff};
use groundline_core::{Fault, Result};
use groundline_migrate::history::{Down, Revision, Step};
use groundline_migrate::outcome::{Compared, RevisionDrill, Verdict};
use std::time::Instant;

/// A drilled revision, and the stage on which the next one goes on: at this revision's first up.
pub(super) struct One<'a> {
    pub stage: Stage<'a>,
    pub drill: RevisionDrill,
    /// The schema after the first up; absent when it failed.
    pub yields: Option<Snapshot>,
}

/// Drills `revisions[at]` on a stage that is at the revision before it.
pub(super) async fn drill<'a>(
    play: &'a Play<'a>,
    stage: Stage<'a>,
    at: usize,
    before: &Snapshot,
) -> Result<One<'a>> {
    let started = Instant::now();
    let revision = &play.history.revisions[at];
    let up = Prepared::new(play.history, &revision.up);
    let down = down_step(revision).map(|step| Prepared::new(play.history, step));
    let drilling = Drilling { play, at, revision, before, up: &up, down: down.as_ref() };
    let inside = up.fits_one_transaction() && down.as_ref().is_none_or(Prepared::fits_one_transaction);
    let mut one = match inside {
        true => drilling.in_one_transaction(stage).await?,
        false => drilling.in_separate_transactions(stage).await?,
    };
    one.drill.milliseconds = started.elapsed().as_millis() as u64;
    one.drill.fingerprint = one.yields.as_ref().map(Snapshot::fingerprint);
    one.drill.notes = up.notes().into_iter().chain(down.iter().flat_map(Prepared::notes)).collect();
    Ok(one)
}

/// The report of a revision whose up stops with an error.
pub(super) fn up_failed(revision: &Revision, fault: Fault) -> RevisionDrill {
    RevisionDrill { error: Some(fault), ..report(revision, Verdict::UpFails) }
}

/// What differences between two states of the same revision mean.
pub(super) fn verdict_of(differences: &[Difference]) -> Verdict {
    let order = |difference: &Difference| matches!(difference.change, Change::ColumnOrder { .. });
    match differences {
        [] => Verdict::Exact,
        all if all.iter().all(order) => Verdict::OrderOnly,
        _ => Verdict::Differs,
    }
}

fn report(revision: &Revision, verdict: Verdict) -> RevisionDrill {
    RevisionDrill {
        version: revision.version.clone(),
        name: revision.name.clone(),
        verdict,
        differences: Vec::new(),
        compared: None,
        error: None,
        fingerprint: None,
        milliseconds: 0,
        notes: Vec::new(),
    }
}

fn down_step(revision: &Revision) -> Option<&Step> {
    match &revision.down {
        Down::Script(step) => Some(step),
        Down::None | Down::Irreversible(_) => None,
    }
}

struct Drilling<'a, 'd> {
    play: &'a Play<'a>,
    at: usize,
    revision: &'a Revision,
    before: &'d Snapshot,
    up: &'d Prepared<'a>,
    down: Option<&'d Prepared<'a>>,
}

/// What down and second up showed.
enum Seen {
    Verdict(RevisionDrill),
    /// The down, or the second up, stopped with an error.
    Stopped(RevisionDrill),
}

impl<'a> Drilling<'a, '_> {
    /// All inside one transaction: the savepoint after the first up is what the next revision starts from.
    async fn in_one_transaction(&self, mut stage: Stage<'a>) -> Result<One<'a>> {
        stage.execute("BEGIN").await?;
        if let Err(fault) = self.step_inside(&stage, self.up, true).await {
            stage.assert_alive().await?;
            stage.execute("ROLLBACK").await?;
            return Ok(One { stage, drill: up_failed(self.revision, fault), yields: None });
        }
        let yields = stage.read().await?;
        let seen = match self.down {
            None => Seen::Verdict(self.without_down()),
            Some(down) => {
                stage.execute("SAVEPOINT groundline_up").await?;
                let seen = self.down_and_up_inside(&mut stage, down, &yields).await;
                stage.assert_alive().await?;
                stage.execute("ROLLBACK TO SAVEPOINT groundline_up").await?;
                seen?
            }
        };
        if let Err(fault) = stage.execute("COMMIT").await {
            stage.assert_alive().await?;
            let fault = fault.at(self.revision.up.place(&self.play.history.folder, 0));
            return Ok(One { stage, drill: up_failed(self.revision, fault), yields: None });
        }
        match (seen, self.down) {
            (Seen::Verdict(drill), _) => Ok(One { stage, drill, yields: Some(yields) }),
            // The error may come from the transaction that we put around up, down and up: see it again
            // without, before anybody is blamed.
            (Seen::Stopped(_), Some(down)) => self.down_and_up(stage, down, yields).await,
            (Seen::Stopped(drill), None) => Ok(One { stage, drill, yields: Some(yields) }),
        }
    }

    async fn down_and_up_inside(
        &self,
        stage: &mut Stage<'a>,
        down: &Prepared<'a>,
        yields: &Snapshot,
    ) -> Result<Seen> {
        if let Err(fault) = self.step_inside(stage, down, false).await {
            return Ok(Seen::Stopped(RevisionDrill {
                error: Some(fault),
                ..report(self.revision, Verdict::DownFails)
            }));
        }
        let after_down = diff(self.before, &stage.read().await?);
        if let Err(fault) = self.step_inside(stage, self.up, true).await {
            return Ok(Seen::Stopped(self.again_failed(after_down, fault)));
        }
        let again = stage.read().await?;
        Ok(Seen::Verdict(self.compared(after_down, yields, &again)))
    }

    /// One step and its row in the history table, with what a commit would check checked now.
    async fn step_inside(&self, stage: &Stage<'a>, step: &Prepared<'a>, is_up: bool) -> Result<()> {
        let bookkeeping = self.bookkeeping(is_up)?;
        step.run_inside(&stage.client, &bookkeeping).await?;
        let settle = format!("SET CONSTRAINTS ALL IMMEDIATE; {RESET_SESSION}");
        stage.client.batch_execute(&settle).await.map_err(|error| client::fault(&error))
    }

    async fn in_separate_transactions(&self, mut stage: Stage<'a>) -> Result<One<'a>> {
        if let Err(fault) = self.step(&stage, self.up, true).await {
            stage.assert_alive().await?;
            return Ok(One { stage, drill: up_failed(self.revision, fault), yields: None });
        }
        let yields = stage.read().await?;
        match self.down {
            None => Ok(One { stage, drill: self.without_down(), yields: Some(yields) }),
            Some(down) => self.down_and_up(stage, down, yields).await,
        }
    }

    /// Down and second up in transactions of their own. Whatever they leave that is not the first up's
    /// schema is thrown away: the next revision starts on a stage that was played anew.
    async fn down_and_up(
        &self,
        mut stage: Stage<'a>,
        down: &Prepared<'a>,
        yields: Snapshot,
    ) -> Result<One<'a>> {
        let drill = self.down_and_up_separately(&mut stage, down, &yields).await?;
        if drill.verdict == Verdict::Exact {
            return Ok(One { stage, drill, yields: Some(yields) });
        }
        stage.close().await?;
        let stage = Stage::open(self.play, "drill").await?;
        let revisions = &self.play.history.revisions[..=self.at];
        stage.upgrade(revisions, &|_| ()).await.map_err(|(version, fault)| {
            let why = fault.why.clone().unwrap_or_else(|| fault.what.clone());
            Fault {
                what: format!("revision {version} could not be applied a second time, to a new database"),
                ..fault
            }
            .why(why)
            .next("look for what it shares with the first: roles, or names that carry the date")
        })?;
        Ok(One { stage, drill, yields: Some(yields) })
    }

    async fn down_and_up_separately(
        &self,
        stage: &mut Stage<'a>,
        down: &Prepared<'a>,
        yields: &Snapshot,
    ) -> Result<RevisionDrill> {
        if let Err(fault) = self.step(stage, down, false).await {
            stage.assert_alive().await?;
            return Ok(RevisionDrill { error: Some(fault), ..report(self.revision, Verdict::DownFails) });
        }
        let after_down = diff(self.before, &stage.read().await?);
        if let Err(fault) = self.step(stage, self.up, true).await {
            stage.assert_alive().await?;
            return Ok(self.again_failed(after_down, fault));
        }
        let again = stage.read().await?;
        Ok(self.compared(after_down, yields, &again))
    }

    async fn step(&self, stage: &Stage<'a>, step: &Prepared<'a>, is_up: bool) -> Result<()> {
        if let Some(alembic) = &stage.alembic {
            return alembic.step(self.revision, is_up).await;
        }
        let bookkeeping = self.bookkeeping(is_up)?;
        let done = step.run(&stage.client, &bookkeeping).await;
        stage.reset_session().await?;
        done
    }

    fn bookkeeping(&self, is_up: bool) -> Result<String> {
        match is_up {
            true => self.play.record(self.revision),
            false => self.play.forget(self.revision),
        }
    }

    fn without_down(&self) -> RevisionDrill {
        let irreversible = matches!(self.revision.down, Down::Irreversible(_));
        report(self.revision, if irreversible { Verdict::DeclaredIrreversible } else { Verdict::NoDown })
    }

    fn again_failed(&self, after_down: Vec<Difference>, fault: Fault) -> RevisionDrill {
        let compared = (!after_down.is_empty()).then_some(Compared::AfterDown);
        RevisionDrill {
            differences: after_down,
            compared,
            error: Some(fault),
            ..report(self.revision, Verdict::AgainFails)
        }
    }

    fn compared(&self, after_down: Vec<Difference>, yields: &Snapshot, again: &Snapshot) -> RevisionDrill {
        let (compared, differences) = match after_down.is_empty() {
            false => (Compared::AfterDown, after_down),
            true => (Compared::AfterSecondUp, diff(yields, again)),
        };
        let compared = (!differences.is_empty()).then_some(compared);
        RevisionDrill {
            compared,
            verdict: verdict_of(&differences),
            differences,
            ..report(self.revision, Verdict::Exact)
        }
    }
}
