//! A statement that takes no transaction: told to the journal before and after, so that a run that died goes on here.
//! Out: transactions (`group`), what the journal says of an earlier run (`resume`).

use super::group::{blamed, is_contention, pause};
use super::resume::Left;
use super::{Run, blockers, index};
use crate::client::OrFault as _;
use crate::journal::{Event, EventKind};
use crate::run::Prepared;
use groundline_core::{Fault, Result};
use groundline_sql::concurrent_index;

/// Whether a statement may be sent in a transaction of ours. Procedures and DO blocks may end transactions themselves.
pub(super) fn fits_transaction(prepared: &Prepared<'_>, statement: usize) -> bool {
    let word = prepared.text_of(statement).split_whitespace().next().unwrap_or_default();
    let controls = ["call", "do"].iter().any(|one| word.eq_ignore_ascii_case(one));
    prepared.refused_inside(statement).is_none() && !controls
}

/// Whether it lets readers and writers go on while it waits: then it may wait for as long as it takes.
fn is_concurrent(text: &str) -> bool {
    text.split_whitespace().any(|word| word.eq_ignore_ascii_case("concurrently"))
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
        let wanted = concurrent_index(text);
        let begun = left.is_begun(statement);
        let done = Event { kind: EventKind::StatementDone, ..event.clone() };
        if begun && prepared.refused_inside(statement).is_none() {
            return Err(Fault::new("whether this statement ran is not known")
                .at(prepared.place_of(statement))
                .why("an earlier run ended while it was on its way, and it may end transactions of its own")
                .next("look at what it does, and record its state with `groundline repair`"));
        }
        if let Some(wanted) = &wanted
            && let Some(found) = index::find(&self.work, wanted).await?
        {
            match (begun, found.is_valid) {
                (true, true) if found.is_alike => {
                    return self.journal.append(&self.lease.client, &done).await;
                }
                (true, false) => {
                    self.tell.note(&format!(
                        "drops {}, which an earlier run left INVALID, and builds it again",
                        found.name
                    ));
                    self.concurrently(&found).await?;
                }
                _ => index::refuse(&found, wanted).map_err(|fault| fault.at(prepared.place_of(statement)))?,
            }
        }
        if !begun {
            let begins = Event { kind: EventKind::StatementBegun, ..event.clone() };
            self.journal.append(&self.lease.client, &begins).await?;
        }
        self.send_alone(prepared, statement).await?;
        self.journal.append(&self.lease.client, &done).await
    }

    async fn send_alone(&mut self, prepared: &Prepared<'_>, statement: usize) -> Result<()> {
        let text = prepared.text_of(statement);
        if is_concurrent(text) {
            self.work.batch_execute("SET lock_timeout = 0").await.fault()?;
        }
        let mut attempt = 0;
        loop {
            let work = prepared.send_one(&self.work, statement);
            let tell = |seen: &[super::Blocker]| {
                seen.iter().for_each(|one| self.tell.note(&format!("waits for {}", one.words())));
            };
            let (sent, seen) = blockers::watched(&self.lease.client, self.work_pid, work, &tell).await;
            let Err(fault) = sent else { break };
            if self.work.is_closed() {
                return Err(fault.next("run the same command again: it looks at what the statement left"));
            }
            if let Some(wanted) = concurrent_index(text)
                && let Some(found) = index::find(&self.work, &wanted).await?.filter(|found| !found.is_valid)
            {
                self.concurrently(&found).await?;
            }
            self.stop.check()?;
            if !is_contention(&fault) || attempt >= self.options.retries {
                return Err(blamed(fault, &seen));
            }
            attempt += 1;
            let pause = pause(attempt);
            self.tell.again(&seen, attempt, pause);
            tokio::time::sleep(pause).await;
        }
        self.work.batch_execute(&self.timeouts("")).await.fault()
    }

    /// Drops an index that a run of ours left INVALID.
    async fn concurrently(&self, found: &index::Found) -> Result<()> {
        self.work.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0").await.fault()?;
        index::drop(&self.work, found).await?;
        self.work.batch_execute(&self.timeouts("")).await.fault()
    }
}
