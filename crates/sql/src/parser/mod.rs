//! Early advice on syntax, and operations, from `squawk-syntax`. THE ONLY MODULE THAT NAMES THE PARSER.
//! Out: splitting and classes, which must also hold for what the parser doesn't know.
//! Called by the lint and by `check` before a server has spoken; the server is the stricter oracle.

mod renamed;
mod statement;
mod table;
mod tree;
mod types;

use crate::lexer::{Lexer, TokenKind};
use crate::operation::{Operation, TableAction};
use crate::{Script, StatementKind, rows};
use groundline_core::{Fault, Span};
use serde::Serialize;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{AstNode, Stmt};
use std::cell::Cell;

/// Bytes of one statement above which it is not parsed: generated data, of no interest to a reader.
const LARGEST: usize = 1 << 20;
/// Tokens of one statement above which it is not parsed. Each may add a level to the tree (`a OR b OR …`),
/// and a level takes stack.
const MOST_TOKENS: usize = 100_000;
/// Stack of the parser's thread. Untouched pages of it cost nothing.
const STACK: usize = 1 << 30;

/// What the parser says of a script.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SyntaxAdvice {
    /// In the order of the text.
    pub problems: Vec<SyntaxProblem>,
    /// What was not parsed and why.
    pub notes: Vec<Fault>,
}

/// One place that the parser could not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxProblem {
    /// Index into [`Script::statements`].
    pub statement: usize,
    /// Where, in bytes of the script's text.
    pub span: Span,
    /// The parser's words.
    pub message: String,
}

impl Script {
    /// Parses each statement of the text that this script was split from. Takes many times as long as the
    /// splitting, so it is not a part of it.
    pub fn syntax(&self, text: &str) -> SyntaxAdvice {
        let mut advice = SyntaxAdvice::default();
        let mut wanted = Vec::new();
        for (index, statement) in self.statements.iter().enumerate() {
            if matches!(statement.kind, StatementKind::PsqlMeta { .. }) {
                continue;
            }
            match is_parsable(&text[statement.span.range()]) {
                true => wanted.push((index, statement.span)),
                false => advice.notes.push(
                    Fault::new("a statement is too large to be read for its syntax")
                        .why(format!("it is statement {} of the script; it is sent all the same", index + 1)),
                ),
            }
        }
        match with_room(|| wanted.iter().flat_map(|(index, span)| problems(text, *index, *span)).collect()) {
            Ok(problems) => advice.problems = problems,
            Err(why) => advice.notes.push(Fault::new("could not read the syntax").why(why)),
        }
        advice
    }
}

impl Script {
    /// What each statement asks for, in the order of the statements. Spans of actions are bytes of the text.
    pub fn operations(&self, text: &str) -> Vec<Operation> {
        let read = || self.statements.iter().map(|statement| operation(text, statement)).collect();
        with_room(read).unwrap_or_else(|_| vec![Operation::Unread; self.statements.len()])
    }
}

/// Commands of psql that write rows or run statements.
const RUN_BY_PSQL: [&str; 6] = ["copy", "gexec", "i", "include", "ir", "include_relative"];

fn operation(text: &str, statement: &crate::Statement) -> Operation {
    let written = &text[statement.span.range()];
    match &statement.kind {
        StatementKind::PsqlMeta { command } if RUN_BY_PSQL.contains(&command.as_str()) => {
            return Operation::Runs;
        }
        StatementKind::PsqlMeta { .. } | StatementKind::Transaction(_) => return Operation::Other,
        _ if !is_parsable(written) => return Operation::Unread,
        _ => {}
    }
    match rows::insert(written).unwrap_or_else(|| by_tree(written)) {
        Operation::AlterTable { table, only, actions } => {
            let by = statement.span.start;
            let shifted = |(span, mut action): (Span, TableAction)| {
                if let TableAction::AddColumn { column, .. } = &mut action {
                    column.shift(by);
                }
                (span.shifted(by), action)
            };
            Operation::AlterTable { table, only, actions: actions.into_iter().map(shifted).collect() }
        }
        Operation::CreateTable(mut table) => {
            table.columns.iter_mut().for_each(|column| column.shift(statement.span.start));
            Operation::CreateTable(table)
        }
        operation => operation,
    }
}

/// What one statement asks for, by its syntax tree.
pub(crate) fn by_tree(written: &str) -> Operation {
    let parsed = SourceFile::parse(written);
    if !parsed.errors().is_empty() {
        return Operation::Unread;
    }
    let found = parsed.syntax_node().children().find_map(Stmt::cast);
    found.map_or(Operation::Other, |found| statement::operation(&found))
}

fn is_parsable(statement: &str) -> bool {
    // A token has a byte at least.
    if statement.len() <= MOST_TOKENS {
        return true;
    }
    let counted = Lexer::new(statement, 0).filter(|token| token.kind != TokenKind::Space);
    statement.len() <= LARGEST && counted.take(MOST_TOKENS + 1).count() <= MOST_TOKENS
}

fn problems(text: &str, statement: usize, span: Span) -> Vec<SyntaxProblem> {
    let errors = SourceFile::parse(&text[span.range()]).errors();
    let problem = |error: squawk_syntax::syntax_error::SyntaxError| {
        let range = error.range();
        let span = Span::new(range.start().into(), range.end().into()).shifted(span.start);
        SyntaxProblem { statement, span, message: error.message().to_owned() }
    };
    errors.into_iter().map(problem).collect()
}

thread_local! {
    /// Whether this thread has the stack already.
    static HAS_ROOM: Cell<bool> = const { Cell::new(false) };
}

/// Runs work that parses, on a stack that is large enough for any statement: the parser descends recursively, and so
/// does the release of its trees. Whoever parses many scripts runs all of it so, and pays for one stack.
///
/// # Errors
/// Why there is no such thread, or that the parser gave up.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    if HAS_ROOM.get() {
        return Ok(work());
    }
    let with_mark = || {
        HAS_ROOM.set(true);
        work()
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("syntax".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, with_mark)
            .map_err(|error| error.to_string())?
            .join()
            .map_err(|_| "the parser gave up on a statement; the script is sent all the same".to_owned())
    })
}
