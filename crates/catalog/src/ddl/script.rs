//! A plan as a script that people read: sections with headings, a free line between objects.
//! Out: the order (`order`), files and their headers (`migrate`).
//! Called by the commands that write SQL.

use super::{Part, Plan, Step};

/// A statement of a script, and what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Free lines and headings, verbatim; nothing where it belongs to the piece before.
    pub lead: String,
    /// The statement, without a semicolon.
    pub sql: String,
}

/// For how many statements headings are a help.
const HEADED: usize = 12;

/// What a script begins with where a function's body may name what comes later.
const UNCHECKED: &str = "check_function_bodies = off";

impl Plan {
    /// Its statements, one after the other in any session.
    pub fn pieces(&self) -> Vec<Piece> {
        pieces(&self.steps, self.has_unchecked_bodies, "SET")
    }

    /// The script as one text.
    pub fn sql(&self) -> String {
        self.pieces().iter().map(|piece| format!("{}{};\n", piece.lead, piece.sql)).collect()
    }
}

impl Part {
    /// Its statements, for a transaction.
    pub fn pieces(&self) -> Vec<Piece> {
        pieces(&self.steps, self.has_unchecked_bodies, "SET LOCAL")
    }
}

/// Statements with what stands before them; `SET` or `SET LOCAL` is how a setting is put.
fn pieces(steps: &[Step], has_unchecked_bodies: bool, set: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if has_unchecked_bodies {
        let sql = format!("{set} {UNCHECKED}");
        pieces.push(Piece { lead: "-- The body of a function may name what comes later.\n".to_owned(), sql });
    }
    let is_headed = steps.len() >= HEADED;
    let mut before: Option<&Step> = None;
    for step in steps {
        let new_section = before.is_none_or(|before| before.section != step.section);
        let new_root = before.is_none_or(|before| before.root != step.root);
        let is_long = step.sql.contains('\n') || before.is_some_and(|before| before.sql.contains('\n'));
        let free = if pieces.is_empty() { "" } else { "\n" };
        let lead = match is_headed && new_section {
            true => format!("{free}-- {}\n\n", step.section.title()),
            false if is_headed && new_root && is_long => free.to_owned(),
            false => String::new(),
        };
        pieces.push(Piece { lead, sql: step.sql.clone() });
        before = Some(step);
    }
    pieces
}
