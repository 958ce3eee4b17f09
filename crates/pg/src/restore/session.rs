//! Runs the pieces of a dump on the server: statements, INSERTs in batches, COPY data as a stream; makes
//! missing roles; collects notes.
//! Out: reading the dump (`reader`), which errors are forgiven (`recover`), and what a fault says (`faults`).
//! Called by `restore`.

mod faults;

use super::reader::{Piece, Statement};
use super::recover::{self, Step};
use super::{Options, Restored, SnapshotKind};
use crate::client::{self, Completed};
use bytes::Bytes;
use futures_util::SinkExt as _;
use groundline_core::{Fault, Position, Result, quote_ident};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

/// INSERTs are sent together up to this many bytes: one round trip a row would take most of the time.
const BATCH: usize = 256 << 10;

/// Takes back what a dump does to its session.
const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

/// How long to wait for a connection that is being closed, and how often to look.
const CLOSING: Duration = Duration::from_secs(2);
const CLOSING_STEP: Duration = Duration::from_millis(2);

/// A restore that is running.
pub(super) struct Session<'a> {
    client: &'a Client,
    file: &'a Path,
    /// Whether lines of pieces are lines of the file.
    positions: bool,
    options: Options,
    restored: Restored,
    roles: BTreeSet<String>,
    /// Notes by their text: how often, and where first.
    notes: BTreeMap<&'static str, (usize, Option<Position>)>,
    /// The database that the dump creates and connects to, which stands for this one.
    own_database: Option<String>,
    inserts: Vec<Statement>,
    inserts_size: usize,
    /// Where the last statement begins.
    last: Option<Position>,
    /// Whether the dump changes its user, as `pg_dump --use-set-session-authorization` writes it.
    as_owners: bool,
    /// Whether the driver is going to close the connection; see `copy`.
    closing: bool,
}

impl<'a> Session<'a> {
    pub(super) async fn start(
        client: &'a Client,
        kind: SnapshotKind,
        file: &'a Path,
        options: Options,
    ) -> Result<Self> {
        // Messages are read for the names of roles. Without the privilege they stay in the server's language.
        let _ = client.batch_execute("SET lc_messages = 'C'").await;
        let restored = Restored {
            kind,
            dumped_from: None,
            statements: 0,
            rows_copied: 0,
            roles_created: Vec::new(),
            notes: Vec::new(),
        };
        Ok(Self {
            client,
            file,
            positions: matches!(kind, SnapshotKind::Plain | SnapshotKind::PlainGzip),
            options,
            restored,
            roles: BTreeSet::new(),
            notes: BTreeMap::new(),
            own_database: None,
            inserts: Vec::new(),
            inserts_size: 0,
            last: None,
            as_owners: false,
            closing: false,
        })
    }

    /// Runs all pieces.
    pub(super) async fn run(mut self, mut pieces: Receiver<Piece>) -> Result<Restored> {
        let mut outcome = self.pieces(&mut pieces).await;
        drop(pieces);
        if self.closing {
            self.closed().await;
            return outcome.map(|()| self.finish());
        }
        if outcome.is_ok() {
            outcome = self.check_transaction().await;
        }
        // In a failed transaction nothing else works, and outside of one it is a warning.
        let reset = self.client.batch_execute("ROLLBACK").await;
        let reset = match reset {
            Ok(()) => self.client.batch_execute(RESET).await,
            lost => lost,
        };
        outcome?;
        reset.map_err(|error| self.fault("could not reset the session after the restore", &error, None))?;
        Ok(self.finish())
    }

    /// Waits for the driver to close the connection, so that nobody is given the answer to another's question.
    async fn closed(&self) {
        let waits = CLOSING.as_millis() / CLOSING_STEP.as_millis();
        for _ in 0..waits {
            if self.client.is_closed() {
                return;
            }
            tokio::time::sleep(CLOSING_STEP).await;
        }
    }

    /// A snapshot that leaves a transaction open would lose what it did there. Inside of one, the time at which it
    /// began is not that of the statement. Source: PostgreSQL manual, 9.9.5 "Current Date/Time".
    async fn check_transaction(&self) -> Result<()> {
        let query = "SELECT pg_catalog.transaction_timestamp() <> pg_catalog.statement_timestamp()";
        let answer = self.client.simple_query(query).await;
        let open = answer.map_err(|error| self.failed(&error, None))?.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
            _ => false,
        });
        match open {
            true => Err(self
                .at(Fault::new("the snapshot ends inside a transaction"), self.last)
                .why("its BEGIN has no COMMIT: what follows it would be lost")
                .next("copy or dump it again")),
            false => Ok(()),
        }
    }

    async fn pieces(&mut self, pieces: &mut Receiver<Piece>) -> Result<()> {
        while let Some(piece) = pieces.recv().await {
            if let Piece::Statement(statement) = piece {
                self.statement(statement).await?;
                continue;
            }
            self.flush().await?;
            match piece {
                Piece::Copy(statement, line) => self.copy(&statement, line, pieces).await?,
                Piece::Meta(command, arguments, at) => self.meta(&command, &arguments, at)?,
                Piece::DumpedFrom(version) => self.restored.dumped_from = Some(version),
                Piece::Statement(_) | Piece::Data(_) | Piece::DataEnd => {}
            }
        }
        self.flush().await
    }

    async fn statement(&mut self, statement: Statement) -> Result<()> {
        self.last = Some(statement.at);
        if statement.words.first().is_some_and(|word| word == "INSERT") {
            self.inserts_size += statement.text.len();
            self.inserts.push(statement);
            return match self.inserts_size > BATCH {
                true => self.flush().await,
                false => Ok(()),
            };
        }
        self.flush().await?;
        if let Some(why) = recover::outside_of_database(&statement.words) {
            if statement.words.starts_with(&["CREATE".to_owned(), "DATABASE".to_owned()]) {
                self.own_database = created_database(&statement.text);
            }
            self.note(why, statement.at);
            return Ok(());
        }
        self.run_statement(&statement).await
    }

    async fn run_statement(&mut self, statement: &Statement) -> Result<()> {
        self.as_owners |= statement.words.iter().take(3).eq(["SET", "SESSION", "AUTHORIZATION"]);
        loop {
            let outcome = self.send(&statement.text).await;
            let Err((_, error)) = outcome else { return Ok(()) };
            let Some(server) = error.as_db_error() else {
                return Err(self.fault("the server closed the connection", &error, Some(statement)));
            };
            match recover::after_error(&statement.words, &statement.text, server) {
                Step::Skip(why) => {
                    self.note(why, statement.at);
                    return Ok(());
                }
                Step::CreateRole(role) if self.options.create_roles && !self.roles.contains(&role) => {
                    self.create_role(role, statement).await?;
                }
                Step::CreateRole(role) => {
                    let what = format!("the snapshot needs role {role:?}, which this server does not have");
                    let next = format!("create it: CREATE ROLE {} NOLOGIN", quote_ident(&role));
                    return Err(self.fault(&what, &error, Some(statement)).next(next));
                }
                Step::NoExtension => {
                    let what = "the snapshot needs an extension that this server does not have";
                    let next = "install the extension's package, or use a server that has it";
                    let fault = self.fault(what, &error, Some(statement));
                    return Err(fault.why(server.message()).next(next));
                }
                Step::Fail => return Err(self.failed(&error, Some(statement))),
            }
        }
    }

    /// Sends the INSERTs that were collected, together.
    async fn flush(&mut self) -> Result<()> {
        if self.inserts.is_empty() {
            return Ok(());
        }
        let inserts = std::mem::take(&mut self.inserts);
        let mut batch = String::with_capacity(self.inserts_size + 2 * inserts.len());
        self.inserts_size = 0;
        for insert in &inserts {
            batch.push_str(&insert.text);
            batch.push_str(";\n");
        }
        self.send(&batch).await.map_err(|(completed, error)| {
            // The server's position counts from the start of the batch: only the statement is told.
            let statement = inserts.get(completed).or(inserts.last());
            self.failed(&error, statement)
        })
    }

    /// Sends statements; on an error, how many were completed before it.
    async fn send(&mut self, text: &str) -> Result<(), (usize, tokio_postgres::Error)> {
        let Completed { statements, rows } = client::complete(self.client, text).await?;
        self.restored.statements += statements as u64;
        if text.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("INSERT")) {
            self.restored.rows_copied += rows;
        }
        Ok(())
    }

    /// Streams COPY data to the server.
    ///
    /// A COPY that the server refuses to begin costs the connection: tokio-postgres 0.7.18 sends a Sync with it
    /// and another one when it gives up, and takes the second answer for a breach of the protocol. An error among
    /// the data does not: during COPY the server ignores the first Sync.
    async fn copy(&mut self, statement: &Statement, line: usize, pieces: &mut Receiver<Piece>) -> Result<()> {
        let client = self.client;
        let copy = client.prepare(&statement.text).await;
        let copy = copy.map_err(|error| self.failed(&error, Some(statement)))?;
        let sink = client.copy_in::<_, Bytes>(&copy).await.map_err(|error| {
            self.closing = true;
            self.failed(&error, Some(statement))
        })?;
        let mut sink = std::pin::pin!(sink);
        let mut whole = false;
        while let Some(piece) = pieces.recv().await {
            match piece {
                Piece::Data(block) => {
                    let sent = sink.send(Bytes::from(block)).await;
                    sent.map_err(|error| self.copy_fault(&error, statement, line))?;
                }
                _ => {
                    whole = true;
                    break;
                }
            }
        }
        if !whole {
            // The reading broke off, and says why; dropping the sink cancels the COPY.
            return Err(self.at(Fault::new("the COPY data breaks off"), Some(statement.at)));
        }
        let rows = sink.finish().await.map_err(|error| self.copy_fault(&error, statement, line))?;
        self.restored.statements += 1;
        self.restored.rows_copied += rows;
        Ok(())
    }

    async fn create_role(&mut self, role: String, statement: &Statement) -> Result<()> {
        let create = format!("CREATE ROLE {} NOLOGIN", quote_ident(&role));
        let outcome = self.client.batch_execute(&create).await;
        match outcome {
            // Another restore on the same server was faster.
            Err(error) if error.code() == Some(&SqlState::DUPLICATE_OBJECT) => {}
            Err(error) => {
                let what = format!("could not create role {role:?}, which the snapshot needs");
                return Err(self.fault(&what, &error, Some(statement)));
            }
            Ok(()) => self.restored.roles_created.push(role.clone()),
        }
        self.roles.insert(role);
        Ok(())
    }

    fn meta(&mut self, command: &str, arguments: &str, at: Position) -> Result<()> {
        let refuse = |what: &str, next: &str| Err(self.at(Fault::new(what).next(next), Some(at)));
        match command {
            "restrict" | "unrestrict" => Ok(()),
            "connect" | "c" => {
                let database = recover::connect_target(arguments);
                match self.own_database.as_deref() {
                    Some(own) if own == database || database == "-" => Ok(()),
                    _ => refuse(
                        &format!("the snapshot connects to another database, {database:?}"),
                        "a snapshot must hold one database: dump it with `pg_dump` instead of `pg_dumpall`",
                    ),
                }
            }
            "i" | "ir" | "include" | "include_relative" | "copy" | "if" | "elif" | "else" | "endif"
            | "gexec" | "gset" | "g" | "!" => refuse(
                &format!("the psql command \\{command} is not supported in a snapshot"),
                "give a dump that pg_dump made, or what this script makes of a database",
            ),
            _ => {
                self.note("psql commands that only concern psql are left out", at);
                Ok(())
            }
        }
    }

    fn note(&mut self, text: &'static str, at: Position) {
        self.notes.entry(text).or_insert((0, Some(at))).0 += 1;
    }

    fn finish(mut self) -> Restored {
        let notes = std::mem::take(&mut self.notes);
        for (text, (count, at)) in notes {
            let times = match count {
                1 => String::new(),
                count => format!(" ({count} statements)"),
            };
            let note = self.at(Fault::new(format!("{text}{times}")), at);
            self.restored.notes.push(note);
        }
        self.restored.roles_created.sort();
        for role in &self.restored.roles_created {
            let note = Fault::new(format!("role {role:?} was missing and was created without login"));
            self.restored.notes.push(note);
        }
        self.restored
    }
}

/// The name in `CREATE DATABASE name …`.
fn created_database(text: &str) -> Option<String> {
    let rest = text.get("CREATE DATABASE".len()..)?.trim_start();
    match rest.strip_prefix('"') {
        Some(quoted) => Some(recover::until_quote(quoted, '"', '"')),
        None => rest.split(|c: char| c.is_whitespace()).next().map(str::to_lowercase),
    }
}
