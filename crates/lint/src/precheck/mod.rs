//! Questions to a live database, of rows that would stop a statement: NULLs, duplicates, orphans, rows that break a rule or
//! do not fit a type. Each is a count and a sample of keys.
//! In: NULLs, duplicates, orphans, rows that break a rule; values that fit no type (`cast`) or domain (`domain`), rows in the
//! wrong partition (`partition`).
//! Out: asking them (`pg::rows`), which reads whole tables: only who asks for it gets it. Called by judging.

mod cast;
mod domain;
mod partition;

use crate::rules::ROWS_IN_THE_WAY;
use crate::schema::{Column, ConstraintIs, Schema};
use crate::{Consequence, Finding};
use groundline_core::{Major, Span, quote_ident, quote_qualified};
use groundline_sql::operation::{ConstraintKind, Name, Operation, TableAction};

/// What rows are called that have columns of the script.
const MADE: &str = "of_script";

/// Keys that a sample has at most.
const SAMPLE: usize = 5;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precheck {
    /// The statement, counted from 0.
    pub statement: usize,
    /// Where.
    pub span: Span,
    /// The relation.
    pub relation: Name,
    /// What its rows have, in words: `NULL in a`.
    pub have: String,
    /// What then fails.
    pub fails: &'static str,
    /// Gives the number of such rows.
    pub count: String,
    /// Gives the keys of some, as text.
    pub sample: String,
}

impl Precheck {
    /// The finding that some rows are in the way.
    pub fn finding(&self, count: i64, sample: &[String]) -> Finding {
        let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        Finding {
            code: ROWS_IN_THE_WAY.code,
            rule: ROWS_IN_THE_WAY.name,
            group: ROWS_IN_THE_WAY.group,
            severity: ROWS_IN_THE_WAY.severity,
            statement: self.statement,
            span: self.span,
            relation: Some(self.relation.to_string()),
            lock: None,
            effect: Consequence::Break,
            message: format!("{rows} of {} with {}: {} fails", self.relation, self.have, self.fails),
            why: format!("for example {}", sample.join(", ")),
            instead: Some(format!("{};", self.sample)),
            size: None,
            seconds: None,
            fix: None,
            unsure: None,
            observed: true,
        }
    }
}

/// The questions of one statement on a schema.
pub(crate) fn prechecks(
    operation: &Operation,
    schema: &Schema,
    major: Major,
    (statement, span): (usize, Span),
) -> Vec<Precheck> {
    let on = |table: &Name| On { schema, major, statement, span, table: schema.resolve(table) };
    match operation {
        Operation::AlterTable { table, actions, .. } => {
            let is_there = is_there(schema, table);
            // A table that is attached has rows, also where the script makes what it is attached to.
            let meets = |action: &TableAction| is_there || matches!(action, TableAction::Attach { .. });
            let of = |(span, action): &(Span, TableAction)| On { span: *span, ..on(table) }.action(action);
            actions.iter().filter(|(_, action)| meets(action)).flat_map(of).collect()
        }
        Operation::CreateIndex(index) if index.unique && is_there(schema, &index.table) => {
            on(&index.table).duplicates(&index.keys, index.predicate.as_deref(), "the unique index")
        }
        Operation::CreateTable(table) => match (&table.partition_of, &table.partition_bound) {
            (Some(parent), Some(bound)) => on(parent).taken_by_default(bound),
            _ => Vec::new(),
        },
        Operation::AlterDomain { name, action } => On::of_domain(&on(name), name, action),
        _ => Vec::new(),
    }
}

fn is_there(schema: &Schema, table: &Name) -> bool {
    schema.relation(table).is_some_and(|relation| !relation.created)
}

struct On<'s> {
    schema: &'s Schema,
    major: Major,
    statement: usize,
    span: Span,
    table: Name,
}

impl On<'_> {
    fn action(&self, action: &TableAction) -> Vec<Precheck> {
        match action {
            TableAction::SetNotNull { column } => self.nulls(column, "SET NOT NULL"),
            TableAction::AddColumn { column, .. } => {
                let has_value =
                    column.default.is_some() || column.generated.is_some() || column.kind.is_serial();
                match column.not_null && !has_value {
                    true => vec![self.ask(
                        "no value for the new column".to_owned(),
                        "true",
                        "ADD COLUMN NOT NULL",
                    )],
                    false => Vec::new(),
                }
            }
            TableAction::AddConstraint(constraint) if constraint.not_valid || constraint.not_enforced => {
                Vec::new()
            }
            TableAction::AddConstraint(constraint) => self.constraint(&constraint.kind),
            TableAction::ValidateConstraint { name } => self.validated(name),
            TableAction::Attach { partition, bound, .. } => self.attached(partition, bound),
            TableAction::SetType { column, kind, using, .. } => self.cast(column, kind, using.as_deref()),
            _ => Vec::new(),
        }
    }

    fn constraint(&self, kind: &ConstraintKind) -> Vec<Precheck> {
        match kind {
            ConstraintKind::NotNull { column } => self.nulls(column, "NOT NULL"),
            ConstraintKind::Check { expression } => self.breaking(expression),
            ConstraintKind::Unique { columns, index: None } => self.duplicates(columns, None, "UNIQUE"),
            ConstraintKind::Primary { columns, index: None } => {
                let nulls = columns.iter().flat_map(|column| self.nulls(column, "PRIMARY KEY"));
                nulls.chain(self.duplicates(columns, None, "PRIMARY KEY")).collect()
            }
            ConstraintKind::Foreign { columns, table, to, .. } => self.orphans(columns, table, to),
            _ => Vec::new(),
        }
    }

    fn validated(&self, name: &str) -> Vec<Precheck> {
        let constraints = self.schema.relations.get(&self.table).map(|relation| &relation.constraints);
        let Some(constraint) = constraints.and_then(|all| all.get(name)).filter(|one| !one.validated) else {
            return Vec::new();
        };
        match &constraint.is {
            ConstraintIs::Check { expression } => self.breaking(expression),
            ConstraintIs::NotNull { column } => self.nulls(column, "VALIDATE CONSTRAINT"),
            ConstraintIs::Foreign { columns, table, to } => self.orphans(columns, table, to),
            _ => Vec::new(),
        }
    }

    fn nulls(&self, column: &str, fails: &'static str) -> Vec<Precheck> {
        if self.schema.proves_not_null(&self.table, column) {
            return Vec::new();
        }
        vec![self.ask(format!("NULL in {column}"), &format!("{} IS NULL", quote_ident(column)), fails)]
    }

    fn breaking(&self, expression: &str) -> Vec<Precheck> {
        vec![self.ask(format!("what breaks {expression}"), &format!("NOT ({expression})"), "the CHECK")]
    }

    /// Plain columns only: what an expression of an index gives is not asked.
    fn duplicates(&self, columns: &[String], predicate: Option<&str>, fails: &'static str) -> Vec<Precheck> {
        let known = |column: &String| self.schema.column(&self.table, column).is_some();
        if columns.is_empty() || !columns.iter().all(known) {
            return Vec::new();
        }
        let names: Vec<String> = columns.iter().map(|column| quote_ident(column)).collect();
        let present: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        let condition = predicate.map(|sql| format!(" AND ({sql})")).unwrap_or_default();
        let (table, names) = (self.rows(), names.join(", "));
        let grouped = format!(
            "FROM {table} WHERE {}{condition} GROUP BY {names} HAVING count(*) > 1",
            present.join(" AND ")
        );
        vec![Precheck {
            statement: self.statement,
            span: self.span,
            relation: self.table.clone(),
            have: format!("the same {}", columns.join(", ")),
            fails,
            count: format!("SELECT coalesce(sum(n), 0)::bigint FROM (SELECT count(*) AS n {grouped}) AS of"),
            sample: format!("SELECT ROW({names})::text {grouped} LIMIT {SAMPLE}"),
        }]
    }

    fn orphans(&self, columns: &[String], parent: &Name, to: &[String]) -> Vec<Precheck> {
        let parent = self.schema.resolve(parent);
        let keys = if to.is_empty() { self.schema.primary_key(&parent) } else { to.to_vec() };
        if keys.len() != columns.len() || columns.is_empty() {
            return Vec::new();
        }
        let mut present = Vec::new();
        let mut same = Vec::new();
        for (column, key) in columns.iter().zip(&keys) {
            present.push(format!("{} IS NOT NULL", quote_ident(column)));
            let rows = if self.given().is_empty() { self.quoted() } else { MADE.to_owned() };
            same.push(format!("of.{} = {rows}.{}", quote_ident(key), quote_ident(column)));
        }
        let present = present.join(" AND ");
        let condition = match self.schema.relations.get(&parent) {
            Some(made_here) if made_here.created && made_here.may_have_rows => return Vec::new(),
            Some(made_here) if made_here.created => present,
            _ => format!(
                "{present} AND NOT EXISTS (SELECT FROM {} AS of WHERE {})",
                quoted(&parent),
                same.join(" AND ")
            ),
        };
        let have = format!("no parent in {parent} for {}", columns.join(", "));
        vec![self.ask(have, &condition, "the foreign key")]
    }

    fn ask(&self, have: String, condition: &str, fails: &'static str) -> Precheck {
        let table = self.rows();
        let keys: Vec<String> =
            self.schema.primary_key(&self.table).iter().map(|column| quote_ident(column)).collect();
        let key =
            if keys.is_empty() { "ctid::text".to_owned() } else { format!("ROW({})::text", keys.join(", ")) };
        Precheck {
            statement: self.statement,
            span: self.span,
            relation: self.table.clone(),
            have,
            fails,
            count: format!("SELECT count(*) FROM {table} WHERE {condition}"),
            sample: format!("SELECT {key} FROM {table} WHERE {condition} LIMIT {SAMPLE}"),
        }
    }

    /// The table, or what it has once the script added its columns.
    fn rows(&self) -> String {
        let given = self.given();
        if given.is_empty() {
            return self.quoted();
        }
        let columns = &self.schema.relations[&self.table].columns;
        let there = columns.iter().filter(|(_, column)| !column.created).map(|(name, _)| quote_ident(name));
        let columns: Vec<String> = ["ctid".to_owned()].into_iter().chain(there).chain(given).collect();
        format!("(SELECT {} FROM {}) AS {MADE}", columns.join(", "), self.quoted())
    }

    /// Columns that the script added, each with what it gave to all rows.
    fn given(&self) -> Vec<String> {
        let columns = self.schema.relations.get(&self.table).map(|relation| &relation.columns);
        let value = |(name, column): (&String, &Column)| {
            // A domain has a default of its own.
            let value = column.given.as_ref().filter(|_| self.schema.domain(&column.kind).is_none())?;
            Some(format!("({value})::{} AS {}", cast::written(&column.kind), quote_ident(name)))
        };
        columns.into_iter().flatten().filter(|(_, column)| column.created).filter_map(value).collect()
    }

    fn quoted(&self) -> String {
        quoted(&self.table)
    }
}

fn quoted(name: &Name) -> String {
    match &name.schema {
        Some(schema) => quote_qualified(schema, &name.name),
        None => quote_ident(&name.name),
    }
}
