//! A statement's class, read from its first words.
//! Out: where statements begin and end (`split`).
//! Called by the splitter, once a statement.

use crate::head::{Head, is_false};
use crate::outside;
use crate::{StatementKind, TransactionControl};

/// What the splitter learns of a statement.
pub(crate) enum Class {
    /// Everything but COPY from the client.
    Kind(StatementKind),
    /// `COPY … FROM stdin`: data lines follow.
    CopyFromStdin,
    /// `SET standard_conforming_strings`, which changes how the rest is to be read.
    StandardStrings(bool),
    /// Ordinary or transaction control, but with an effect that classes don't express.
    Remarkable(StatementKind, Remark),
}

/// What to tell about a statement.
pub(crate) struct Remark {
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
}

const CHAIN: Remark = Remark {
    what: "AND CHAIN is not followed",
    why: "it begins another transaction at once; the statements after it run on their own here",
};
const PREPARE: Remark = Remark {
    what: "PREPARE TRANSACTION ends the transaction without finishing it",
    why: "its effects stay invisible, and its locks held, until COMMIT PREPARED",
};

/// The class of one statement.
pub(crate) fn classify(statement: &str) -> Class {
    use StatementKind::{Ordinary, OutsideTransaction, Transaction};
    if let Some(reason) = outside::reason(statement) {
        return Class::Kind(OutsideTransaction(reason.to_owned()));
    }
    let mut head = Head::new(statement);
    let Some(first) = head.word() else { return Class::Kind(Ordinary) };
    let first = first.to_ascii_lowercase();
    head.take();
    match first.as_str() {
        "begin" => Class::Kind(Transaction(TransactionControl::Begin)),
        "start" if head.eat("transaction") => Class::Kind(Transaction(TransactionControl::Begin)),
        "commit" | "end" => ending(&mut head, TransactionControl::Commit),
        "abort" => ending(&mut head, TransactionControl::Rollback),
        "rollback" => rollback(&mut head),
        "savepoint" | "release" => Class::Kind(Transaction(TransactionControl::Savepoint)),
        "prepare" if head.eat("transaction") => Class::Remarkable(Ordinary, PREPARE),
        "copy" if copies_from_client(&mut head) => Class::CopyFromStdin,
        "set" => standard_strings(&mut head).map_or(Class::Kind(Ordinary), Class::StandardStrings),
        _ => Class::Kind(Ordinary),
    }
}

fn rollback(head: &mut Head<'_>) -> Class {
    let _noise = head.eat("work") || head.eat("transaction");
    match head.eat("to") {
        true => Class::Kind(StatementKind::Transaction(TransactionControl::Savepoint)),
        false => ending(head, TransactionControl::Rollback),
    }
}

fn ending(head: &mut Head<'_>, control: TransactionControl) -> Class {
    let _noise = head.eat("work") || head.eat("transaction");
    let kind = StatementKind::Transaction(control);
    match head.eat_all(&["and", "chain"]) {
        true => Class::Remarkable(kind, CHAIN),
        false => Class::Kind(kind),
    }
}

/// `FROM stdin`; PostgreSQL reads `FROM stdout` as the same.
fn copies_from_client(head: &mut Head<'_>) -> bool {
    head.seek("from") && (head.eat("stdin") || head.eat("stdout"))
}

fn standard_strings(head: &mut Head<'_>) -> Option<bool> {
    let _scope = head.eat("session") || head.eat("local");
    if !head.eat("standard_conforming_strings") {
        return None;
    }
    head.take()?;
    let value = head.take()?;
    Some(!is_false(head.text_of(value)))
}
