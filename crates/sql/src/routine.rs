//! `BEGIN ATOMIC … END` bodies of functions and procedures, whose semicolons don't end the statement.
//! Out: everything else. Called by the splitter for each token of a statement.
//! Source: the manual's page of CREATE FUNCTION, "sql_body"; psql finds them in the same way.

use crate::lexer::TokenKind;

/// How far the words `CREATE [OR REPLACE] {FUNCTION | PROCEDURE} … BEGIN ATOMIC` have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Create,
    Or,
    Replace,
    Header,
    Begin,
    Body { depth: usize },
    NotARoutine,
}

/// Follows one statement.
pub(crate) struct Routine {
    stage: Stage,
    /// The last token makes the next word a name: `AS end`, `t.end`.
    names: bool,
}

impl Routine {
    /// At the beginning of a statement.
    pub(crate) fn new() -> Self {
        Self { stage: Stage::Start, names: false }
    }

    /// Whether a semicolon now belongs to the body.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Body { .. })
    }

    /// Follows one token outside of parentheses; white space and comments are not given.
    pub(crate) fn follow(&mut self, kind: TokenKind, text: &str) {
        if self.stage == Stage::NotARoutine {
            return;
        }
        let word = match kind {
            TokenKind::Word if !self.names => text,
            _ => "",
        };
        let is = |wanted: &str| word.eq_ignore_ascii_case(wanted);
        self.stage = match self.stage {
            Stage::Start if is("create") => Stage::Create,
            Stage::Create if is("or") => Stage::Or,
            Stage::Or if is("replace") => Stage::Replace,
            Stage::Create | Stage::Replace if is("function") || is("procedure") => Stage::Header,
            Stage::Header if is("begin") => Stage::Begin,
            Stage::Header => Stage::Header,
            Stage::Begin if is("atomic") => Stage::Body { depth: 1 },
            Stage::Begin => Stage::Header,
            Stage::Body { depth } if is("case") => Stage::Body { depth: depth + 1 },
            Stage::Body { depth: 1 } if is("end") => Stage::NotARoutine,
            Stage::Body { depth } if is("end") => Stage::Body { depth: depth - 1 },
            Stage::Body { depth } => Stage::Body { depth },
            _ => Stage::NotARoutine,
        };
        self.names = text == "." || kind == TokenKind::Word && text.eq_ignore_ascii_case("as");
    }
}
