//! A statement that takes no transaction: told to the journal before and after, so that a run that died goes on here.
//! Out: transactions (`group`), what the journal says of an earlier run (`resume`), what is looked at beforehand and
//! taken away afterwards (`concurrent`).

use super::concurrent::{Before, Settled};
use super::group::placed;
use super::resume::Left;
use super::{Run, Unknown};
use crate::client::OrFault as _;
use crate::journal::{Event, EventKind};
use crate::run::Prepared;
use groundline_core::{Fault, Result};
use groundline_sql::Concurrent;

/// Statements that can be sent again, whatever became of them.
const REPEATABLE: [&str; 3] = ["vacuum", "cluster", "analyze"];

/// Whether a statement may be sent in a transaction of ours. Procedures and DO blocks may end transactions themselves.
pub(super) fn fits_transaction(prepared: &Prepared<'_>, statement: usize) -> bool {
    let controls = ["call", "do"].contains(&first_word(prepared.text_of(statement)).as_str());
    prepared.refused_inside(statement).is_none() && !controls
}

fn first_word(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase()
}

impl Run<'_> {
    /// Sends a statement alone. `event` is the one of its end.
    pub(super) async fn alone(
        &mut self,
        prepared: &Prepared<'_>,
        statement: usize,
        event: &Event,
        left: &Left,
    ) -> Result<()> {
        let text = prepared.text_of(statement);
        let kind = Concurrent::of(text);
        let here = |fault| placed(fault, prepared, statement);
        let of = |kind| Event { kind, ..event.clone() };
        if let Some(begun) = left.begun(statement) {
            let before = Before::read(begun.detail.as_deref());
            let settled = self.settle(kind.as_ref(), text, &before).await.map_err(here)?;
            if settled == Settled::Done {
                return self.journal.append(&self.lease.client, &of(EventKind::StatementDone)).await;
            }
        }
        let mut attempt = 0;
        loop {
            let Some(before) = self.before(kind.as_ref()).await.map_err(here)? else {
                return self.journal.append(&self.lease.client, &of(EventKind::StatementDone)).await;
            };
            let begins = Event { detail: Some(before.written()), ..of(EventKind::StatementBegun) };
            let waits = if waits_harmlessly(kind.as_ref()) { "SET lock_timeout = 0" } else { "" };
            let told = self.journal.append(&self.lease.client, &begins);
            let (told, set) = tokio::join!(told, self.work.batch_execute(waits));
            told.and(set.fault())?;
            let tell = |seen: &[super::Blocker]| {
                seen.iter().for_each(|one| self.tell.note(&format!("waits for {}", one.words())));
            };
            let (sent, seen) = self.watched(prepared.send_one(&self.work, statement), &tell).await;
            let Err(fault) = sent else { break };
            if self.work.is_closed() {
                return Err(fault.next("run the same command again: it looks at what the statement left"));
            }
            self.clean(kind.as_ref(), &before).await;
            self.journal.append(&self.lease.client, &of(EventKind::StatementFailed)).await?;
            self.try_again(fault, &seen, &mut attempt).await?;
        }
        let (timeouts, done) = (self.timeouts(""), of(EventKind::StatementDone));
        let told = self.journal.append(&self.lease.client, &done);
        let (told, set) = tokio::join!(told, self.work.batch_execute(&timeouts));
        told.and(set.fault())
    }

    /// What is to be done with a statement that an earlier run began.
    async fn settle(&self, kind: Option<&Concurrent>, text: &str, before: &Before) -> Result<Settled> {
        match (kind, self.options.unknown) {
            (Some(kind), _) => self.settle_concurrent(kind, before).await,
            (None, _) if REPEATABLE.contains(&first_word(text).as_str()) => Ok(Settled::Again),
            (None, Some(Unknown::Done)) => Ok(Settled::Done),
            (None, Some(Unknown::Again)) => Ok(Settled::Again),
            (None, None) => Err(Fault::new("whether this statement ran is not known")
                .why("an earlier run ended while it was on its way, and it may end transactions of its own")
                .next("look at what it does, then say --unknown done, or --unknown again")),
        }
    }
}

/// Whether it lets readers and writers go on while it waits: then it may wait for as long as it takes. Given up, it
/// would leave an INVALID index.
fn waits_harmlessly(kind: Option<&Concurrent>) -> bool {
    matches!(kind, Some(Concurrent::CreateIndex { .. } | Concurrent::DropIndex { .. } | Concurrent::Reindex))
}
