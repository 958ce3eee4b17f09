//! What a rule sees of a statement, and how it says what it found.
//! Out: the rules, and running them (`judge`). Called by every rule.

use crate::effect::Effects;
use crate::finding::{Consequence, Finding};
use crate::fix::Fix;
use crate::policy::Policies;
use crate::rule::{Rule, Severity};
use crate::schema::Schema;
use groundline_core::{LockMode, Major, Span};
use groundline_sql::operation::{Constraint, Name, Operation, TableAction};
use groundline_sql::{Group as Shares, Script};
use std::ops::Range;

/// How a script's statements follow each other.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// What each statement asks for.
    pub(crate) operations: Vec<Operation>,
    /// The transaction that each one runs in, counted from 0; none for those outside of any.
    pub(crate) transactions: Vec<Option<usize>>,
    /// The command's words, where PostgreSQL refuses it in a transaction block.
    pub(crate) outside: Vec<Option<String>>,
    /// Whether the script begins and ends transactions itself.
    pub(crate) own_transactions: bool,
    /// Whether its tool wraps the file in a transaction.
    pub(crate) wrapped: bool,
}

impl Flow {
    /// Reads a script. `wrapped`: its tool wraps the whole file in one transaction, whatever is in it.
    pub(crate) fn of(script: &Script, text: &str, wrapped: bool) -> Flow {
        use groundline_sql::{StatementKind, TransactionControl};
        let own_transactions = script.statements.iter().any(|statement| {
            let StatementKind::Transaction(control) = statement.kind else { return false };
            control != TransactionControl::Savepoint
        });
        let mut transactions = vec![None; script.statements.len()];
        for (number, group) in script.groups(true).into_iter().enumerate() {
            if let Shares::Together(range) | Shares::RolledBack(range) = group {
                transactions[range].fill(Some(number));
            }
        }
        let outside = script.statements.iter().map(|statement| match &statement.kind {
            StatementKind::OutsideTransaction(command) => Some(command.clone()),
            _ => None,
        });
        let outside = outside.collect();
        Flow { outside, operations: script.operations(text), transactions, own_transactions, wrapped }
    }

    /// Earlier statements of the same transaction, from the first.
    pub(crate) fn earlier_in_transaction(&self, index: usize) -> impl Iterator<Item = &Operation> {
        self.in_transaction_of(index, 0..index)
    }

    /// Later statements of the same transaction: nobody sees what is between.
    pub(crate) fn later_in_transaction(&self, index: usize) -> impl Iterator<Item = &Operation> {
        self.in_transaction_of(index, index + 1..self.operations.len())
    }

    /// Those of some statements that are in the transaction of another one.
    fn in_transaction_of(&self, index: usize, some: Range<usize>) -> impl Iterator<Item = &Operation> {
        let transaction = self.transactions[index];
        let some = self.operations[some.clone()].iter().zip(&self.transactions[some]);
        some.filter(move |(_, of)| transaction.is_some() && **of == transaction)
            .map(|(operation, _)| operation)
    }
}

/// One statement, and what is known when it runs.
pub(crate) struct Context<'c> {
    /// The schema before it.
    pub(crate) schema: &'c Schema,
    /// What it asks for.
    pub(crate) operation: &'c Operation,
    /// What it does.
    pub(crate) effects: &'c Effects,
    /// What each action of an ALTER TABLE does.
    pub(crate) parts: &'c [Effects],
    /// The server's major.
    pub(crate) major: Major,
    /// Its place among the script's statements.
    pub(crate) index: usize,
    /// Where it is in the script.
    pub(crate) span: Span,
    /// Its text.
    pub(crate) text: &'c str,
    /// The script.
    pub(crate) flow: &'c Flow,
    /// What the team asks for.
    pub(crate) policies: &'c Policies,
    /// Whether the revision has a down, or says why there is none; nothing where the script is no revision.
    pub(crate) has_down: Option<bool>,
    /// Relations on which earlier statements of the same transaction hold a lock that stops writers, at
    /// least.
    pub(crate) held: &'c [(Name, LockMode)],
}

impl<'c> Context<'c> {
    /// The table of an ALTER TABLE, if it was there before the script, with its actions and what each of them does.
    pub(crate) fn actions(&self) -> impl Iterator<Item = Action<'c>> {
        let altered = match self.operation {
            Operation::AlterTable { table, actions, .. } if !self.schema.is_created(table) => {
                Some((self.schema.resolve(table), table, actions))
            }
            _ => None,
        };
        let parts = self.parts;
        altered.into_iter().flat_map(move |(full, table, actions)| {
            actions.iter().zip(parts).map(move |((span, action), effects)| Action {
                table: full.clone(),
                written: table,
                span: *span,
                action,
                effects,
            })
        })
    }

    /// The statement with CONCURRENTLY after one of these words.
    pub(crate) fn concurrently_after(&self, word: &str) -> Option<String> {
        let folded = self.text.to_lowercase();
        // `index` is no word of `reindex`.
        let is_word = |at: &usize| !folded[..*at].ends_with(|before: char| before.is_alphanumeric());
        let found = folded.match_indices(word).map(|(at, _)| at).find(is_word)?;
        let at = found + word.len();
        Some(format!("{} CONCURRENTLY{}", &self.text[..at], &self.text[at..]))
    }
}

/// One action of an ALTER TABLE.
pub(crate) struct Action<'c> {
    /// The table's full name.
    pub(crate) table: Name,
    /// The table as it is written.
    pub(crate) written: &'c Name,
    /// Where the action is.
    pub(crate) span: Span,
    /// The action.
    pub(crate) action: &'c TableAction,
    /// What it does.
    pub(crate) effects: &'c Effects,
}

impl<'c> Action<'c> {
    /// The constraints that it adds: alone, or with a column.
    pub(crate) fn added_constraints(&self) -> &'c [Constraint] {
        match self.action {
            TableAction::AddConstraint(constraint) => std::slice::from_ref(constraint),
            TableAction::AddColumn { column, .. } => &column.constraints,
            _ => &[],
        }
    }
}

/// Where a rule puts what it finds.
pub(crate) struct Found<'f> {
    pub(crate) rule: &'f Rule,
    pub(crate) index: usize,
    pub(crate) span: Span,
    pub(crate) findings: &'f mut Vec<Finding>,
}

impl Found<'_> {
    /// A finding on the whole statement; the rest is said by the methods of [`Said`].
    pub(crate) fn say(&mut self, effect: Consequence, message: impl Into<String>) -> Said<'_> {
        self.findings.push(Finding {
            code: self.rule.code,
            rule: self.rule.name,
            group: self.rule.group,
            severity: self.rule.severity,
            statement: self.index,
            span: self.span,
            relation: None,
            lock: None,
            effect,
            message: message.into(),
            why: String::new(),
            instead: None,
            size: None,
            seconds: None,
            fix: None,
            unsure: None,
            observed: false,
        });
        let last = self.findings.len() - 1;
        Said { finding: &mut self.findings[last] }
    }
}

/// A finding in the making.
pub(crate) struct Said<'s> {
    finding: &'s mut Finding,
}

impl Said<'_> {
    /// The relation that it is about.
    pub(crate) fn on(self, relation: &Name) -> Self {
        self.finding.relation = Some(relation.to_string());
        self
    }

    /// The lock that a statement takes on its relation, by its effects.
    pub(crate) fn locking(self, effects: &Effects, relation: &Name) -> Self {
        self.finding.relation = Some(relation.to_string());
        self.finding.lock = effects.lock_on(relation);
        self
    }

    /// The lock.
    pub(crate) fn lock(self, mode: LockMode) -> Self {
        self.finding.lock = Some(mode);
        self
    }

    /// Where, if not the whole statement.
    pub(crate) fn at(self, span: Span) -> Self {
        self.finding.span = span;
        self
    }

    /// Why it hurts.
    pub(crate) fn why(self, why: impl Into<String>) -> Self {
        self.finding.why = why.into();
        self
    }

    /// The safe way, as SQL.
    pub(crate) fn instead(self, sql: impl Into<String>) -> Self {
        self.finding.instead = Some(sql.into());
        self
    }

    /// What `--fix` writes.
    pub(crate) fn fix(self, fix: impl Into<Option<Fix>>) -> Self {
        self.finding.fix = fix.into();
        self
    }

    /// What was taken for granted.
    pub(crate) fn unsure(self, what: Option<&str>) -> Self {
        self.finding.unsure = what.map(str::to_owned);
        self
    }

    /// How bad, if not as the rule says.
    pub(crate) fn severity(self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }
}
