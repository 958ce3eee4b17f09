//! What shares a transaction. Out: running it (`pg`), and which files may be wrapped (`migrate`).
//! Called by everybody who runs or plans a script; the notes on its own transactions by the splitter.

use crate::notes::Notes;
use crate::{Group, Script, Statement, StatementKind, TransactionControl};
use std::ops::Range;

impl Script {
    /// What shares a transaction when the file as a whole may be wrapped in one (`wrap`), or when its tool
    /// sends it outside of one.
    ///
    /// - A script with a BEGIN, COMMIT or ROLLBACK of its own is grouped by these, whatever `wrap` says, as
    ///   psql would run it: each of its blocks is one group (`Together`, or `RolledBack`), what is outside of
    ///   them is `Alone`. A block that nothing ends is `Together`, with a note in [`Script::notes`].
    /// - Else, with `wrap`, neighbours are `Together`; those that PostgreSQL refuses in a transaction block
    ///   are `Alone`, between what is before and what is after them.
    /// - Else each statement is `Alone`.
    ///
    /// A range begins and ends with a statement to send. The BEGIN, COMMIT and ROLLBACK that make the blocks
    /// are in no range: whoever runs a group opens and ends its transaction. Savepoints are sent like any
    /// other statement. Meta-commands, and a BEGIN inside of a block, may lie within a range but are not to be
    /// sent: [`Script::members`] leaves them out.
    pub fn groups(&self, wrap: bool) -> Vec<Group> {
        let mut groups = match self.statements.iter().any(is_block_boundary) {
            true => self.own_blocks(),
            false => match wrap {
                true => self.wrapped(),
                false => self.each_alone(0..self.statements.len()),
            },
        };
        groups.retain(|group| self.members(group).next().is_some());
        groups
    }

    /// The statements of a group that are to be sent, in order, as indexes.
    pub fn members(&self, group: &Group) -> impl Iterator<Item = usize> + use<'_> {
        let range = match group {
            Group::Together(range) | Group::RolledBack(range) => range.clone(),
            Group::Alone(index) => *index..index + 1,
        };
        range.filter(|index| is_sent(&self.statements[*index]))
    }

    /// Whether it has a statement that PostgreSQL refuses in a transaction block.
    pub fn needs_outside(&self) -> bool {
        self.statements.iter().any(|statement| matches!(statement.kind, StatementKind::OutsideTransaction(_)))
    }

    fn wrapped(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut start = 0;
        for (index, statement) in self.statements.iter().enumerate() {
            if matches!(statement.kind, StatementKind::OutsideTransaction(_)) {
                groups.push(self.together(start..index));
                groups.push(Group::Alone(index));
                start = index + 1;
            }
        }
        groups.push(self.together(start..self.statements.len()));
        groups
    }

    fn own_blocks(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut outside = 0;
        for block in blocks(&self.statements) {
            groups.extend(self.each_alone(outside..block.begin));
            let range = self.trimmed(block.begin + 1..block.end);
            groups.push(match block.ending {
                Some(TransactionControl::Rollback) => Group::RolledBack(range),
                _ => Group::Together(range),
            });
            outside = block.end;
        }
        groups.extend(self.each_alone(outside..self.statements.len()));
        groups
    }

    fn each_alone(&self, range: Range<usize>) -> Vec<Group> {
        range.filter(|index| is_sent(&self.statements[*index])).map(Group::Alone).collect()
    }

    fn together(&self, range: Range<usize>) -> Group {
        Group::Together(self.trimmed(range))
    }

    /// Without what isn't sent at its ends.
    fn trimmed(&self, mut range: Range<usize>) -> Range<usize> {
        while !range.is_empty() && !is_sent(&self.statements[range.start]) {
            range.start += 1;
        }
        while !range.is_empty() && !is_sent(&self.statements[range.end - 1]) {
            range.end -= 1;
        }
        range
    }
}

/// A transaction block of the script's own: the indexes of its BEGIN and of what ends it.
struct Block {
    begin: usize,
    end: usize,
    ending: Option<TransactionControl>,
}

fn blocks(statements: &[Statement]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut begin = None;
    for (index, statement) in statements.iter().enumerate() {
        match (control(statement), begin) {
            (Some(TransactionControl::Begin), None) => begin = Some(index),
            (Some(ending @ (TransactionControl::Commit | TransactionControl::Rollback)), Some(begun)) => {
                blocks.push(Block { begin: begun, end: index, ending: Some(ending) });
                begin = None;
            }
            _ => {}
        }
    }
    blocks.extend(begin.map(|begin| Block { begin, end: statements.len(), ending: None }));
    blocks
}

/// Notes what is odd about a script's own transactions.
pub(crate) fn note_transactions(statements: &[Statement], notes: &mut Notes<'_>) {
    let mut begun: Option<usize> = None;
    for statement in statements {
        let at = statement.span.start;
        match (&statement.kind, begun) {
            (StatementKind::Transaction(TransactionControl::Begin), None) => begun = Some(at),
            (StatementKind::Transaction(TransactionControl::Begin), Some(_)) => {
                let why = "PostgreSQL warns and goes on with the first one; it is left out";
                notes.add(at, "BEGIN inside of a transaction block", why);
            }
            (StatementKind::Transaction(TransactionControl::Commit), None) => {
                notes.add(at, "COMMIT without BEGIN", "no transaction block is open here; it is left out");
            }
            (StatementKind::Transaction(TransactionControl::Rollback), None) => {
                notes.add(at, "ROLLBACK without BEGIN", "no transaction block is open here; it is left out");
            }
            (StatementKind::Transaction(TransactionControl::Commit), Some(_)) => begun = None,
            (StatementKind::Transaction(TransactionControl::Rollback), Some(_)) => {
                begun = None;
                let why = "what the statements since BEGIN do is undone here and leaves no trace";
                notes.add(at, "the script rolls its own transaction back", why);
            }
            (StatementKind::OutsideTransaction(reason), Some(_)) => {
                let why = "it is inside of the script's own transaction block, where PostgreSQL refuses it";
                notes.add(at, format!("{reason} can't run here"), why);
            }
            _ => {}
        }
    }
    if let Some(at) = begun {
        let why = "psql would roll it back at the end of the script; here it is committed";
        notes.add(at, "BEGIN without COMMIT", why);
    }
}

fn control(statement: &Statement) -> Option<TransactionControl> {
    match statement.kind {
        StatementKind::Transaction(control) => Some(control),
        _ => None,
    }
}

fn is_block_boundary(statement: &Statement) -> bool {
    control(statement).is_some_and(|control| control != TransactionControl::Savepoint)
}

fn is_sent(statement: &Statement) -> bool {
    !is_block_boundary(statement) && !matches!(statement.kind, StatementKind::PsqlMeta { .. })
}
