//! The fixes that rules have, as forms of SQL. Source: PostgreSQL's manual, ALTER TABLE ("Notes": NOT VALID, USING INDEX,
//! SET NOT NULL over a validated check), CREATE INDEX ("Building Indexes Concurrently").
//! Out: which finding gets which (the rules). Called by rules.
//!
//! What cannot be read by these few patterns gets no fix: the words of the author are kept wherever it can.

use super::{Fix, Next};
use crate::context::{Action, Context};
use crate::naming::{default_name, plain};
use groundline_core::Span;
use groundline_sql::operation::{Constraint, ConstraintKind, Name, Operation, TableAction};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// An identifier, quoted or not.
const NAME: &str = r#""(?:[^"]|"")+"|[^\s"(,]+"#;

macro_rules! pattern {
    ($name:ident, $($part:expr),+) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&[$($part),+].concat()).ok());
    };
}

pattern!(TABLE, r"(?is)^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(.+?)\s*\*?\s*$");
pattern!(COLUMN, "(?is)^alter\\s+(?:column\\s+)?(", NAME, ")\\s");
pattern!(NAMED, "(?is)^add\\s+constraint\\s+(", NAME, ")\\s+(.*)$");
pattern!(UNNAMED, r"(?is)^add\s+(.*)$");
pattern!(
    KEY,
    r#"(?is)^(?:unique|primary\s+key)\s*(\((?:[^()"]|"(?:[^"]|"")*")*\))\s*((?:not\s+)?deferrable\b.*|initially\b.*)?$"#
);
pattern!(DROPPED, r"(?is)^drop\s+index\s+(if\s+exists\s+)?(.*?)(?:\s+restrict)?$");
pattern!(SETTING, r"(?is)^set\s+(?:session\s+)?(?:local\s+)?(.*)$");

fn matched<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Option<Captures<'t>> {
    pattern.as_ref()?.captures(text)
}

/// The statement, as it is put here, alone and outside a transaction.
pub(crate) fn apart(statement: Span, sql: &str) -> Fix {
    let next = vec![Next::Apart(sql.trim_end_matches(';').to_owned())];
    Fix { edits: vec![(statement, String::new())], next, ..Fix::default() }
}

/// Each index of a DROP INDEX, alone.
pub(crate) fn each_apart(context: &Context<'_>, number: usize) -> Option<Fix> {
    let found = matched(&DROPPED, context.text)?;
    let condition = found.get(1).map_or("", |_| "IF EXISTS ");
    let names: Vec<&str> = found.get(2)?.as_str().split(',').map(str::trim).collect();
    let readable = names.len() == number && !names.iter().any(|name| name.contains(char::is_whitespace));
    let next = names.iter().map(|name| Next::Apart(format!("DROP INDEX CONCURRENTLY {condition}{name}")));
    let edits = vec![(context.span, String::new())];
    readable.then(|| Fix { edits, next: next.collect(), ..Fix::default() })
}

/// Another text for a part of the script.
pub(crate) fn edited(span: Span, text: impl Into<String>) -> Fix {
    Fix { edits: vec![(span, text.into())], ..Fix::default() }
}

/// The statement in a transaction of its own.
pub(crate) fn cut() -> Fix {
    Fix { cut: true, next: vec![Next::Cut], ..Fix::default() }
}

/// Without the script's own BEGIN and COMMIT.
pub(crate) fn unwrapped() -> Fix {
    Fix { unwraps: true, ..Fix::default() }
}

/// An action in a transaction of its own, after all else.
pub(crate) fn later(context: &Context<'_>, action: &Action<'_>) -> Option<Fix> {
    let sql = format!("{}{}", head(context)?, text(context, action));
    Some(Fix { edits: vec![(action.span, String::new())], next: vec![Next::Later(sql)], ..Fix::default() })
}

/// A constraint that is added NOT VALID, and validated later.
pub(crate) fn validated(context: &Context<'_>, action: &Action<'_>, constraint: &Constraint) -> Option<Fix> {
    let partitioned =
        context.schema.relation(&action.table).is_some_and(|table| table.partition_key.is_some());
    let foreign = matches!(constraint.kind, ConstraintKind::Foreign { .. });
    if !matches!(action.action, TableAction::AddConstraint(_))
        || foreign && partitioned && context.major.number() < 18
    {
        return None;
    }
    let (name, definition) = definition(context, action, constraint)?;
    let next = vec![Next::Later(format!("{}VALIDATE CONSTRAINT {name}", head(context)?))];
    let added = format!("ADD CONSTRAINT {name} {definition} NOT VALID");
    Some(Fix { edits: vec![(action.span, added)], next, ..Fix::default() })
}

/// SET NOT NULL over a constraint that is validated first.
pub(crate) fn not_null(context: &Context<'_>, action: &Action<'_>, column: &str) -> Option<Fix> {
    let written = matched(&COLUMN, text(context, action))?.get(1)?.as_str().to_owned();
    let proof = Proof::of(context, action, (column, &written))?;
    let next = proof.steps.into_iter().map(Next::Later).collect();
    Some(Fix { edits: vec![(action.span, proof.added)], next, ..Fix::default() })
}

/// A key whose index is built beforehand.
pub(crate) fn built_apart(
    context: &Context<'_>,
    action: &Action<'_>,
    constraint: &Constraint,
) -> Option<Fix> {
    let (words, columns) = match &constraint.kind {
        ConstraintKind::Unique { .. } => ("UNIQUE", &[][..]),
        ConstraintKind::Primary { columns, .. } => ("PRIMARY KEY", columns.as_slice()),
        _ => return None,
    };
    let partitioned =
        context.schema.relation(&action.table).is_some_and(|table| table.partition_key.is_some());
    if partitioned || !matches!(action.action, TableAction::AddConstraint(_)) {
        return None;
    }
    let (name, definition) = definition(context, action, constraint)?;
    let key = matched(&KEY, definition)?;
    let (head, keys) = (head(context)?, key.get(1)?.as_str());
    let table = matched(&TABLE, head.trim())?.get(1)?.as_str().to_owned();
    let deferrable = key.get(2).map(|words| format!(" {}", words.as_str())).unwrap_or_default();
    let nullable = columns.iter().filter(|column| !context.schema.proves_not_null(&action.table, column));
    let written = |column: &String| {
        keys.trim_matches(['(', ')']).split(',').map(str::trim).find(|key| Name::read(key).name == *column)
    };
    let proofs = nullable.map(|column| Proof::of(context, action, (column, written(column)?)));
    let proofs = proofs.collect::<Option<Vec<_>>>()?;
    let added = proofs.iter().map(|proof| proof.added.clone()).collect::<Vec<_>>().join(", ");
    let mut next: Vec<Next> = Vec::new();
    if !proofs.is_empty() {
        next.push(Next::Cut);
    }
    next.extend(Proof::in_order(proofs).into_iter().map(Next::Together));
    next.push(Next::Apart(format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {keys}")));
    next.push(Next::Together(format!("{head}ADD CONSTRAINT {name} {words} USING INDEX {name}{deferrable}")));
    Some(Fix { edits: vec![(action.span, added)], next, ..Fix::default() })
}

/// Another type for a column.
pub(crate) fn retyped(span: Option<Span>, kind: impl Into<String>) -> Option<Fix> {
    Some(Fix { changes_schema: true, ..edited(span?, kind) })
}

/// The statement without its IF NOT EXISTS.
pub(crate) fn without_condition(context: &Context<'_>) -> Option<Fix> {
    let words = "if not exists";
    let at = context.span.start + context.text.to_lowercase().find(words)?;
    let after =
        context.text[at + words.len() - context.span.start..].chars().take_while(|c| c.is_whitespace());
    let space: usize = after.map(char::len_utf8).sum();
    let (start, end) = (at - 1, at + words.len() + space);
    Some(edited(Span::new(start, end), " "))
}

/// A SET that ends with its transaction, where there is one.
pub(crate) fn local_setting(context: &Context<'_>, value: Option<&str>) -> Option<Fix> {
    let inside = context.flow.transactions[context.index].is_some();
    let setting = matched(&SETTING, context.text)?.get(1)?.as_str().to_owned();
    match (inside, value) {
        (true, _) => Some(edited(context.span, format!("SET LOCAL {}", value.unwrap_or(&setting)))),
        (false, Some(value)) => Some(edited(context.span, format!("SET {value}"))),
        (false, None) => None,
    }
}

/// What proves to PostgreSQL that a column has no NULL.
struct Proof {
    /// The action that adds it.
    added: String,
    /// What follows in another transaction.
    steps: Vec<String>,
}

impl Proof {
    /// From 18 on NOT NULL is a constraint that can be validated; before, a CHECK says it.
    fn of(context: &Context<'_>, action: &Action<'_>, (column, written): (&str, &str)) -> Option<Proof> {
        let head = head(context)?;
        let alter = |rest: String| format!("{head}{rest}");
        if context.major.number() >= 18 {
            let kind = ConstraintKind::NotNull { column: column.to_owned() };
            let name = plain(&default_name(context.schema, &action.table, &kind)?);
            let added = format!("ADD CONSTRAINT {name} NOT NULL {written} NOT VALID");
            return Some(Proof { added, steps: vec![alter(format!("VALIDATE CONSTRAINT {name}"))] });
        }
        let name = plain(&format!("{column}_not_null"));
        let steps =
            ["VALIDATE CONSTRAINT {name}", "ALTER COLUMN {column} SET NOT NULL", "DROP CONSTRAINT {name}"];
        let step = |step: &str| alter(step.replace("{name}", &name).replace("{column}", written));
        Some(Proof {
            added: format!("ADD CONSTRAINT {name} CHECK ({written} IS NOT NULL) NOT VALID"),
            steps: steps.into_iter().map(step).collect(),
        })
    }

    /// What reads tables comes before what locks them against readers.
    fn in_order(proofs: Vec<Proof>) -> Vec<String> {
        super::runs::scans_first(proofs.into_iter().flat_map(|proof| proof.steps).collect())
    }
}

/// The words of an ALTER TABLE before its first action, with a space after them.
fn head<'c>(context: &Context<'c>) -> Option<&'c str> {
    let Operation::AlterTable { actions, .. } = context.operation else { return None };
    let first = actions.first()?.0;
    context.text.get(..first.start.checked_sub(context.span.start)?)
}

fn text<'c>(context: &Context<'c>, action: &Action<'_>) -> &'c str {
    let span = action.span;
    context
        .text
        .get(span.start - context.span.start..span.end - context.span.start)
        .unwrap_or_default()
        .trim()
}

/// The name of a constraint that is added, as it is written or as PostgreSQL would give it, and what it asks for.
fn definition<'c>(
    context: &Context<'c>,
    action: &Action<'_>,
    constraint: &Constraint,
) -> Option<(String, &'c str)> {
    let written = text(context, action);
    match constraint.name {
        Some(_) => {
            let found = matched(&NAMED, written)?;
            Some((found.get(1)?.as_str().to_owned(), found.get(2)?.as_str()))
        }
        None => {
            let name = default_name(context.schema, &action.table, &constraint.kind)?;
            Some((plain(&name), matched(&UNNAMED, written)?.get(1)?.as_str()))
        }
    }
}
