//! One transaction: its statements, its bookkeeping, its COMMIT; tried again where a lock was not had in time.
//! Out: statements that take no transaction (`alone`), a COMMIT of unknown outcome (`resolve`).

use super::{Run, blockers};
use crate::client::{self, OrFault as _};
use crate::run::Prepared;
use groundline_core::{Fault, Result};
use std::ops::Range;
use std::time::{Duration, SystemTime};

/// The pause before the second attempt, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Whether another attempt may end otherwise: a lock was not had in time, or a deadlock was broken.
pub(super) fn is_contention(fault: &Fault) -> bool {
    matches!(fault.sqlstate.as_deref(), Some("55P03" | "40P01"))
}

impl Run<'_> {
    /// Runs statements and `tail` in one transaction. Nothing of it is committed where it fails.
    pub(super) async fn transaction(
        &mut self,
        prepared: &Prepared<'_>,
        range: Range<usize>,
        tail: &str,
        rolled_back: bool,
    ) -> Result<()> {
        let before = self.closed(&self.lease.client).await?;
        let mut attempt = 0;
        loop {
            let work = self.attempt(prepared, range.clone(), tail);
            let (done, seen) = blockers::watched(&self.lease.client, self.work_pid, work, &|_| ()).await;
            let Err(fault) = done else {
                let end = if rolled_back { "ROLLBACK" } else { "COMMIT" };
                let ended = self.work.batch_execute(end).await;
                return match ended {
                    Ok(()) => Ok(()),
                    Err(error) if self.is_lost(&error) => {
                        self.resolve(tail, before, client::fault(&error)).await
                    }
                    Err(error) => Err(self
                        .rolled_back(client::fault(&error), prepared, range.start)
                        .next("the error came at COMMIT: look at deferred constraints")),
                };
            };
            if self.work.is_closed() || fault.sqlstate.as_deref() == Some("57P01") {
                return self.resolve(tail, before, fault).await;
            }
            self.work.batch_execute("ROLLBACK").await.fault()?;
            self.stop.check()?;
            if !is_contention(&fault) || attempt >= self.options.retries {
                return Err(blamed(fault, &seen));
            }
            attempt += 1;
            let pause = pause(attempt);
            self.tell.again(&seen, attempt, pause);
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, prepared: &Prepared<'_>, range: Range<usize>, tail: &str) -> Result<()> {
        self.work.batch_execute(&format!("BEGIN; {}", self.timeouts("LOCAL "))).await.fault()?;
        prepared.send(&self.work, range).await?;
        if tail.is_empty() {
            return Ok(());
        }
        // The script may have taken another role, which has no rights on our tables.
        self.work.batch_execute(&format!("RESET ROLE; {tail}")).await.map_err(|error| {
            let fault = client::fault(&error);
            let why = fault.what.clone();
            Fault { what: "the history table or the journal could not be written".to_owned(), ..fault }
                .why(why)
        })
    }

    fn is_lost(&self, error: &tokio_postgres::Error) -> bool {
        self.work.is_closed()
            || error.as_db_error().is_none()
            || error.code().is_some_and(|code| code.code() == "57P01")
    }

    fn rolled_back(&self, fault: Fault, prepared: &Prepared<'_>, statement: usize) -> Fault {
        match fault.place {
            None if !prepared.groups().is_empty() => fault.at(prepared.place_of(statement)),
            _ => fault,
        }
    }
}

/// A fault that names who was in the way.
pub(super) fn blamed(fault: Fault, seen: &[super::Blocker]) -> Fault {
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
pub(super) fn pause(attempt: u32) -> Duration {
    let pause = LONGEST_PAUSE.min(FIRST_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1).min(10)));
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    pause.mul_f64(0.5 + f64::from(nanos % 1000) / 1000.0)
}
