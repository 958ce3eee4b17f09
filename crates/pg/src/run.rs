//! Running one step of a revision: its statements in order, in the transactions that they need.
//! Out: which steps run (`drill`, the commands), and what the history table looks like (`dialect`).
//! Called by the drill, the bootstrap and the onboarding.

use crate::alembic::Session;
use crate::client::{self, Client};
use crate::stage::Play;
use bytes::Bytes;
use futures_util::{SinkExt, future::join_all};
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::{History, Language, Revision, Step, Transaction};
use groundline_sql::{Group, Script, Statement, StatementKind};
use std::ops::Range;
use std::path::Path;
use tokio_postgres::error::ErrorPosition;

/// A step, split and grouped once, to be run as often as needed.
pub struct Prepared<'h> {
    folder: &'h Path,
    step: &'h Step,
    script: Script,
    groups: Vec<Group>,
    /// Whether statements that follow one another are one message.
    together: bool,
}

impl<'h> Prepared<'h> {
    /// Splits and groups a step of `history`.
    pub fn new(history: &'h History, step: &'h Step) -> Self {
        let script = match step.language {
            Language::Sql => Script::parse(step.sql()),
            // Alembic runs it, as a whole; there are no statements to be seen.
            Language::Alembic => Script::parse(""),
        };
        let groups = script.groups(step.transaction == Transaction::Wrapped);
        Self { folder: &history.folder, step, script, groups, together: true }
    }

    /// The same, with a message for all statements that follow one another, or for each: only then do other sessions see
    /// which of them runs.
    pub fn together(self, together: bool) -> Self {
        Self { together, ..self }
    }

    /// Whether all of it may run inside one transaction that somebody else opened.
    pub fn fits_one_transaction(&self) -> bool {
        let transaction_control =
            |statement: &Statement| matches!(statement.kind, StatementKind::Transaction(_));
        self.step.language == Language::Sql
            && self.step.transaction == Transaction::Wrapped
            && matches!(self.groups.as_slice(), [] | [Group::Together(_)])
            && !self.script.statements.iter().any(transaction_control)
    }

    /// The groups, in the order in which they run.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many statements there are.
    pub(crate) fn statements(&self) -> usize {
        self.script.statements.len()
    }

    /// Whether any of the statements takes data from the client.
    pub(crate) fn copies(&self, range: Range<usize>) -> bool {
        self.script.statements[range].iter().any(is_copy)
    }

    /// Sends one statement, in whatever transaction is open.
    pub async fn send_one(&self, client: &Client, statement: usize) -> Result<()> {
        self.send(client, statement..statement + 1).await
    }

    /// The text of a statement, as it is sent.
    pub(crate) fn text_of(&self, statement: usize) -> &str {
        &self.step.sql()[self.script.statements[statement].span.range()]
    }

    /// Why a statement takes no transaction block, where PostgreSQL refuses it in one.
    pub(crate) fn refused_inside(&self, statement: usize) -> Option<&str> {
        match &self.script.statements[statement].kind {
            StatementKind::OutsideTransaction(command) => Some(command),
            _ => None,
        }
    }

    /// Whether a statement begins or ends a transaction.
    pub(crate) fn is_control(&self, statement: usize) -> bool {
        matches!(self.script.statements[statement].kind, StatementKind::Transaction(_))
    }

    /// Where a statement begins.
    pub fn place_of(&self, statement: usize) -> Place {
        self.step.place(self.folder, self.script.statements[statement].span.start)
    }

    /// What a person should know of how it is run: notes of the splitter, and statements that run outside of
    /// a transaction although the file is not marked so.
    pub fn notes(&self) -> Vec<Fault> {
        let place = |at| self.step.place(self.folder, at);
        let splitter = self.script.notes.iter().cloned();
        let splitter = splitter.map(|note| if note.place.is_none() { note.at(place(0)) } else { note });
        let unmarked = self.script.statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::OutsideTransaction(command) if self.step.transaction == Transaction::Wrapped => {
                Some(
                    Fault::new(format!(
                        "{command} runs outside a transaction although the file is not marked so"
                    ))
                    .at(place(statement.span.start))
                    .why("PostgreSQL refuses it inside a transaction block"),
                )
            }
            _ => None,
        });
        splitter.chain(unmarked).collect()
    }

    /// Runs it inside the transaction that is open on `client`. On an error the transaction is aborted.
    pub async fn run_inside(&self, client: &Client, bookkeeping: &str) -> Result<()> {
        for group in &self.groups {
            if let Group::Together(range) = group {
                self.send(client, range.clone()).await?;
            }
        }
        if !bookkeeping.is_empty() {
            client.batch_execute(bookkeeping).await.map_err(|error| self.bookkeeping_fault(&error))?;
        }
        Ok(())
    }

    /// Runs it in transactions of its own. `bookkeeping` runs in the last one, or alone after a statement
    /// that takes none. Returns the error of the first statement that failed, its transaction rolled back;
    /// what earlier groups committed stays.
    pub async fn run(&self, client: &Client, bookkeeping: &str) -> Result<()> {
        let mut pending = Some(bookkeeping).filter(|sql| !sql.is_empty());
        for (at, group) in self.groups.iter().enumerate() {
            match group {
                Group::Alone(index) => self.send(client, *index..*index + 1).await?,
                Group::Together(range) => {
                    let last = at + 1 == self.groups.len();
                    let bookkeeping = if last { pending.take() } else { None };
                    let done = self.run_together(client, range.clone(), bookkeeping).await;
                    if done.is_err() {
                        // The statement's error tells more than that of a connection which it closed.
                        let _ = roll_back(client).await;
                    }
                    done?;
                }
                Group::RolledBack(range) => {
                    begin(client).await?;
                    let done = self.send(client, range.clone()).await;
                    roll_back(client).await?;
                    done?;
                }
            }
        }
        match pending {
            Some(sql) => client.batch_execute(sql).await.map_err(|error| self.bookkeeping_fault(&error)),
            None => Ok(()),
        }
    }

    async fn run_together(
        &self,
        client: &Client,
        range: Range<usize>,
        bookkeeping: Option<&str>,
    ) -> Result<()> {
        begin(client).await?;
        self.send(client, range).await?;
        if let Some(sql) = bookkeeping {
            client.batch_execute(sql).await.map_err(|error| self.bookkeeping_fault(&error))?;
        }
        client.batch_execute("COMMIT").await.map_err(|error| {
            client::fault(&error)
                .at(self.step.place(self.folder, 0))
                .next("the error came at COMMIT: look at deferred constraints")
        })
    }

    /// Sends statements without waiting in between (a transaction is open, so those after a failed one do nothing), and
    /// reports the first that failed. COPY data goes where it stands.
    pub(crate) async fn send(&self, client: &Client, range: Range<usize>) -> Result<()> {
        let statements = &self.script.statements[range];
        for batch in statements.chunk_by(|a, b| !is_copy(a) && !is_copy(b)) {
            if let [Statement { span, kind: StatementKind::CopyFromStdin { data } }] = batch {
                let sql = &self.step.sql()[span.range()];
                let data = &self.step.sql()[data.range()];
                copy(client, sql, data).await.map_err(|error| self.fault(&error, span.start, span.start))?;
                continue;
            }
            let messages =
                batch.chunk_by(|a, b| self.together && !is_meta(a) && !is_meta(b) && !self.rereads(a));
            let sent = messages.filter(|message| !message.iter().any(is_meta));
            let sent = sent.map(|message| self.send_message(client, message));
            join_all(sent).await.into_iter().collect::<Result<()>>()?;
        }
        Ok(())
    }

    /// Sends statements that follow one another as they stand: for each message of its own the server would wake us up.
    async fn send_message(&self, client: &Client, statements: &[Statement]) -> Result<()> {
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return Ok(()) };
        let (start, sql) = (first.span.start, &self.step.sql()[first.span.start..last.span.end]);
        client::complete(client, sql).await.map(drop).map_err(|(completed, error)| {
            let failed = statements.get(completed).unwrap_or(last);
            self.fault(&error, start, failed.span.start)
        })
    }

    /// Whether a statement changes how the server reads the text of those that follow in a message of their own.
    fn rereads(&self, statement: &Statement) -> bool {
        self.step.sql()[statement.span.range()].to_ascii_lowercase().contains("standard_conforming_strings")
    }

    /// An error of a message that begins at a byte of the script: where the server says, or where its statement begins.
    fn fault(&self, error: &tokio_postgres::Error, message: usize, statement: usize) -> Fault {
        let at = match error.as_db_error().and_then(|error| error.position()) {
            Some(ErrorPosition::Original(character)) => {
                message + byte_of_character(&self.step.sql()[message..], *character as usize)
            }
            _ => statement,
        };
        client::fault(error).at(self.step.place(self.folder, at))
    }

    fn bookkeeping_fault(&self, error: &tokio_postgres::Error) -> Fault {
        let fault = client::fault(error);
        let why = fault.what.clone();
        Fault { what: "the history table could not be written".to_owned(), ..fault }
            .why(why)
            .at(self.step.place(self.folder, 0))
    }
}

/// What a revision's script may have left in the session, put back to what the session started with, so that
/// the next revision finds what a deployment of its own would find. Allowed inside a transaction.
pub const RESET_SESSION: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES";

/// Runs the ups of some revisions, each in transactions of its own, and records each in its history table.
/// Stops at the first error, whose revision it names. Where there is a session of Alembic's, it does both.
pub async fn upgrade(
    client: &Client,
    alembic: Option<&Session>,
    play: &Play<'_>,
    revisions: &[Revision],
    done: &dyn Fn(&Revision),
) -> Result<(), (String, Fault)> {
    for revision in revisions {
        let named = |fault| (revision.version.clone(), fault);
        if let Some(alembic) = alembic {
            alembic.step(revision, true).await.map_err(named)?;
            done(revision);
            continue;
        }
        let bookkeeping = play.record(revision).map_err(named)?;
        Prepared::new(play.history, &revision.up).run(client, &bookkeeping).await.map_err(named)?;
        client.batch_execute(RESET_SESSION).await.map_err(|error| named(client::fault(&error)))?;
        done(revision);
    }
    Ok(())
}

async fn begin(client: &Client) -> Result<()> {
    client.batch_execute("BEGIN").await.map_err(|error| client::fault(&error))
}

async fn roll_back(client: &Client) -> Result<()> {
    client.batch_execute("ROLLBACK").await.map_err(|error| client::fault(&error))
}

fn is_copy(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::CopyFromStdin { .. })
}

fn is_meta(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::PsqlMeta { .. })
}

async fn copy(client: &Client, sql: &str, data: &str) -> Result<(), tokio_postgres::Error> {
    let sink = client.copy_in::<_, Bytes>(sql).await?;
    futures_util::pin_mut!(sink);
    sink.send(Bytes::copy_from_slice(data.as_bytes())).await?;
    sink.finish().await.map(|_rows| ())
}

/// PostgreSQL counts characters from 1. Source: manual, 55.8 "Error and Notice Message Fields", `P`.
fn byte_of_character(text: &str, character: usize) -> usize {
    text.char_indices().nth(character.saturating_sub(1)).map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::byte_of_character;

    #[test]
    fn positions_count_characters() {
        assert_eq!(byte_of_character("año x", 5), 5);
        assert_eq!(byte_of_character("ab", 99), 2);
    }
}
