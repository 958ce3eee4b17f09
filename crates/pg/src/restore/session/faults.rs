//! Makes faults of what the server refuses: its reasons, the statement's head, and the place in the file.
//! Out: which errors are forgiven (`recover`). Called by the session.

use super::Session;
use crate::restore::reader::{Statement, advance};
use groundline_core::{Fault, Place, Position};
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

/// Objects made as their owners need rights that the dump grants only at its end, or never.
/// Source: PostgreSQL manual, pg_dump, "--use-set-session-authorization".
const AS_OWNERS: &str =
    "dump without `--use-set-session-authorization`: owners are then set after the objects are made";

impl Session<'_> {
    pub(super) fn at(&self, fault: Fault, position: Option<Position>) -> Fault {
        let position = position.filter(|_| self.positions);
        fault.at(Place::File { path: self.file.to_owned(), position })
    }

    /// A statement that the server refuses.
    pub(super) fn failed(&self, error: &tokio_postgres::Error, statement: Option<&Statement>) -> Fault {
        let message = error.as_db_error().map_or("the server closed the connection", DbError::message);
        let fault = self.fault(&format!("the snapshot can't be restored: {message}"), error, statement);
        if self.as_owners && error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            return fault.next(AS_OWNERS);
        }
        match (&fault.next, &self.restored.dumped_from) {
            (None, Some(version)) => fault
                .next(format!("the dump was taken from PostgreSQL {version}: use a server of that major")),
            _ => fault,
        }
    }

    /// A fault with the server's reasons, the statement's head, and the place.
    pub(super) fn fault(
        &self,
        what: &str,
        error: &tokio_postgres::Error,
        statement: Option<&Statement>,
    ) -> Fault {
        let server = error.as_db_error();
        let mut why: Vec<String> = match server {
            Some(server) => server.detail().into_iter().chain(server.where_()).map(str::to_owned).collect(),
            None => vec![error.to_string()],
        };
        why.extend(statement.map(|statement| format!("statement: {}", head(&statement.text))));
        let mut fault = Fault::new(what).why(why.join("\n"));
        if let Some(server) = server {
            fault = fault.sqlstate(server.code().code());
            if let Some(hint) = server.hint() {
                fault = fault.next(hint);
            }
        }
        let position = statement.map(|statement| match server.and_then(DbError::position) {
            // A batch's positions are not those of one statement.
            Some(ErrorPosition::Original(offset))
                if statement.words.first().is_none_or(|w| w != "INSERT") =>
            {
                let before: String =
                    statement.text.chars().take((*offset as usize).saturating_sub(1)).collect();
                advance(statement.at, &before)
            }
            _ => statement.at,
        });
        self.at(fault, position)
    }

    /// As `failed`, with the line of the row that the server names in its context: `COPY orders, line 3, …`.
    pub(super) fn copy_fault(
        &self,
        error: &tokio_postgres::Error,
        statement: &Statement,
        first: usize,
    ) -> Fault {
        let fault = self.failed(error, Some(statement));
        let context = error.as_db_error().and_then(DbError::where_).unwrap_or_default();
        let digits = context.split_once(", line ").map_or("", |(_, rest)| rest);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        match digits[..end].parse::<usize>() {
            Ok(row) => self.at(fault, Some(Position { line: first + row - 1, column: 1 })),
            Err(_) => fault,
        }
    }
}

/// The first line of a statement, 120 characters at most.
fn head(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.chars().count() > 120 || line.len() < text.len() {
        true => line.chars().take(119).chain(['…']).collect(),
        false => line.to_owned(),
    }
}
