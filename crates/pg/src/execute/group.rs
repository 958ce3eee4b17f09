//! One transaction: its statements, its bookkeeping, its COMMIT; tried again where a lock was not had in time.
//! Out: statements that take no transaction (`alone`), a COMMIT of unknown outcome (`resolve`).

use super::{Blocker, Run};
use crate::client::{self, OrFault as _};
use crate::journal::Event;
use crate::run::Prepared;
use groundline_core::{Fault, Result};
use std::ops::Range;
use std::time::{Duration, SystemTime};

/// The pause before the second attempt, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Whether another attempt may end otherwise: a lock was not had in time, or a deadlock was broken.
fn is_contention(fault: &Fault) -> bool {
    matches!(fault.sqlstate.as_deref(), Some("55P03" | "40P01"))
}

impl Run<'_> {
    /// Runs statements, the history row and an event in one transaction, which is rolled back where there is no event.
    /// Nothing of it is committed where it fails. Where the event closes the revision, the session is furnished anew.
    pub(super) async fn transaction(
        &mut self,
        prepared: &Prepared<'_>,
        range: Range<usize>,
        bookkeeping: &str,
        event: Option<&Event>,
    ) -> Result<()> {
        let mut attempt = 0;
        loop {
            let work = self.attempt(prepared, range.clone(), bookkeeping, event);
            let (done, seen) = self.watched(work, &|_| ()).await;
            let fault = match done {
                Ok(is_furnished) => {
                    self.is_furnished = is_furnished;
                    return Ok(());
                }
                Err(fault) => fault,
            };
            // Without a word from the server, or with that it shuts down, nobody knows what became of it.
            if self.work.is_closed() || matches!(fault.sqlstate.as_deref(), None | Some("57P01")) {
                return self.resolve(event, fault).await;
            }
            self.try_again(fault, &seen, &mut attempt).await?;
        }
    }

    /// Waits before another attempt, where that may end otherwise. Nothing of the last one may be left.
    ///
    /// # Errors
    /// The fault, where it would not, or there were enough; a stop that was wished.
    pub(super) async fn try_again(&self, fault: Fault, seen: &[Blocker], attempt: &mut u32) -> Result<()> {
        self.stop.check()?;
        if !is_contention(&fault) || *attempt >= self.options.retries {
            return Err(blamed(fault, seen));
        }
        *attempt += 1;
        let pause = pause(*attempt);
        self.tell.again(seen, *attempt, pause);
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// One attempt, over when it returns. Says whether the session is furnished.
    async fn attempt(
        &self,
        prepared: &Prepared<'_>,
        range: Range<usize>,
        bookkeeping: &str,
        event: Option<&Event>,
    ) -> Result<bool> {
        let begin = format!("BEGIN; {}", self.timeouts("LOCAL "));
        // The script may have taken another role, which has no rights on our tables.
        let tail = event.map(|event| format!("RESET ROLE; {bookkeeping}\n{}", self.journal.sql_of(event)));
        let begun = async { self.work.batch_execute(&begin).await.fault() };
        let statements = prepared.send(&self.work, range.clone());
        let recorded = async {
            let Some(tail) = tail else { return Ok(()) };
            self.work.batch_execute(&tail).await.map_err(|error| unwritten(&error))
        };
        let ended = async {
            let end = if event.is_some() { "COMMIT" } else { "ROLLBACK" };
            self.work.batch_execute(end).await.map_err(|error| {
                placed(client::fault(&error), prepared, range.start)
                    .next("the error came at COMMIT: look at deferred constraints")
            })
        };
        let furnished = async {
            let closes = event.is_some_and(|event| event.kind.closes_revision());
            // It may fail, for a statement that was cancelled: before it is needed it is done again.
            closes && self.work.batch_execute(&self.furniture()).await.is_ok()
        };
        match prepared.copies(range.clone()) {
            // All at once, in this order: the server answers in order, does nothing any more after the first error, and
            // makes a ROLLBACK of the COMMIT.
            false => {
                let (begun, sent, recorded, ended, furnished) =
                    tokio::join!(biased; begun, statements, recorded, ended, furnished);
                begun.and(sent).and(recorded).and(ended).map(|()| furnished)
            }
            true => {
                begun.await?;
                let sent = match statements.await {
                    Ok(()) => recorded.await,
                    Err(fault) => Err(fault),
                };
                // After an error it is a ROLLBACK.
                let ended = ended.await;
                sent.and(ended)?;
                Ok(furnished.await)
            }
        }
    }
}

fn unwritten(error: &tokio_postgres::Error) -> Fault {
    let fault = client::fault(error);
    let why = fault.what.clone();
    Fault { what: "the history table or the journal could not be written".to_owned(), ..fault }.why(why)
}

/// A fault with the place of a statement, unless it has one.
pub(super) fn placed(fault: Fault, prepared: &Prepared<'_>, statement: usize) -> Fault {
    match fault.place {
        None if !prepared.groups().is_empty() => fault.at(prepared.place_of(statement)),
        _ => fault,
    }
}

/// A fault that names who was in the way.
fn blamed(fault: Fault, seen: &[Blocker]) -> Fault {
    if seen.is_empty() || !is_contention(&fault) {
        return fault;
    }
    let who: Vec<String> = seen.iter().map(|blocker| format!("held by {}", blocker.words())).collect();
    let why = fault.why.iter().cloned().chain(who).collect::<Vec<_>>().join("\n");
    fault
        .why(why)
        .next("wait until these are over, or end them; --retries N and --lock-timeout MS try for longer")
}

/// Longer each time, and not the same for two runs that were blocked by one another.
fn pause(attempt: u32) -> Duration {
    let pause = LONGEST_PAUSE.min(FIRST_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1).min(10)));
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    pause.mul_f64(0.5 + f64::from(nanos % 1000) / 1000.0)
}
