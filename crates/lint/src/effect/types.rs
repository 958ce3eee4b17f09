//! What a change of a column's type does: nothing, checks and indexes anew, or all rows anew.
//! Out: locks (`table`). Called by effects and by the rules on types.
//! Source: the manual, ALTER TABLE, "Notes"; `pg_cast.castmethod = 'b'` and the transform functions of types' lengths
//! (`varchar_support`, `numeric_support`, `timestamp_support`, …) in PostgreSQL's sources; measured on servers.

use crate::schema::{ConstraintIs, Index, Relation, Schema};
use groundline_sql::operation::{Name, SqlType, TableAction};

/// What a change of type does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeChange {
    /// Only the catalog changes.
    Nothing,
    /// Rows stay, but checks or indexes on the column are done again; why.
    Rescan(&'static str),
    /// All rows are written anew; why.
    Rewrite(String),
    /// The old type is not known.
    Unknown,
}

/// What an action `SET TYPE` does to a column of a table.
pub fn type_change(schema: &Schema, table: &Name, column: &str, action: &TableAction) -> TypeChange {
    let TableAction::SetType { kind, using, collation, .. } = action else { return TypeChange::Nothing };
    let Some(relation) = schema.relation(table) else { return unknown(kind, using.is_some()) };
    let Some(before) = relation.columns.get(column) else { return unknown(kind, using.is_some()) };
    if using.is_some() {
        return TypeChange::Rewrite("USING computes a value for each row".to_owned());
    }
    if !stays_in_place(schema, &before.kind, kind) {
        return TypeChange::Rewrite(format!("{} and {kind} are stored differently", before.kind));
    }
    let collates = collation.as_deref().filter(|name| *name != "default") != before.collation.as_deref();
    let indexes = || relation.indexes.values();
    let indexed = indexes().any(|index| index.keys.iter().any(|key| mentions(key, column)));
    if collates && indexed {
        return TypeChange::Rescan("an index on it sorts by its collation");
    }
    if indexed && !compares_alike(schema, &before.kind, kind) {
        return TypeChange::Rescan("an index on it compares otherwise, and is built anew");
    }
    if indexes().any(|index| computes_with(index, column)) {
        return TypeChange::Rescan("an index with an expression or a condition on it is built anew");
    }
    let changes = before.kind != *kind;
    if changes && checks_mention(relation, column) {
        return TypeChange::Rescan("a CHECK mentions it, and is checked again");
    }
    TypeChange::Nothing
}

/// Without the old type: types that nothing but themselves can become without a rewrite are told.
fn unknown(kind: &SqlType, using: bool) -> TypeChange {
    match using {
        true => TypeChange::Rewrite("USING computes a value for each row".to_owned()),
        false if matches!(kind.base.as_str(), "text" | "character varying" | "numeric" | "inet") => {
            TypeChange::Unknown
        }
        false if !kind.modifiers.is_empty() => TypeChange::Unknown,
        // The other sort of timestamp stays as it is where the session's time zone is UTC.
        false if kind.base.starts_with("timestamp") => TypeChange::Unknown,
        false => TypeChange::Rewrite(format!("few types can become {kind} in place")),
    }
}

/// Whether an index depends on a column and has an expression or a condition: then it never survives a change of type.
/// Source: `CheckIndexCompatible` in PostgreSQL's sources.
fn computes_with(index: &Index, column: &str) -> bool {
    let depends = index.keys.iter().chain(&index.predicate).any(|text| mentions(text, column));
    // An expression has parentheses; a column may have an operator class, an order, a collation.
    let is_plain = |key: &String| !key.contains('(');
    depends && (index.predicate.is_some() || !index.keys.iter().all(is_plain))
}

fn checks_mention(relation: &Relation, column: &str) -> bool {
    relation.constraints.values().any(|constraint| {
        matches!(&constraint.is, ConstraintIs::Check { expression } if mentions(expression, column))
    })
}

fn mentions(expression: &str, column: &str) -> bool {
    expression.split(|at: char| !(at.is_alphanumeric() || at == '_')).any(|word| word == column)
}

/// `citext` is in whatever schema its extension is.
fn unqualified(base: &str) -> &str {
    if base.ends_with(".citext") { "citext" } else { base }
}

/// Whether values of a type are values of another as they are stored.
fn stays_in_place(schema: &Schema, from: &SqlType, to: &SqlType) -> bool {
    let to = match schema.domain(to) {
        Some(domain) if domain.constrained => return same(from, to),
        Some(domain) => &domain.base,
        None => to,
    };
    let from = schema.domain(from).map_or(from, |domain| &domain.base);
    if from.array != to.array {
        return false;
    }
    match from.base == to.base {
        true => length_stays(from, to),
        false if from.array => false,
        false => {
            let unlimited = to.modifiers.is_empty();
            let pair = (unqualified(&from.base), unqualified(&to.base));
            unlimited && is_binary_coercible(pair) || is_time_in_utc(schema, from, to)
        }
    }
}

fn same(from: &SqlType, to: &SqlType) -> bool {
    from == to
}

/// Whether an index on values of one type serves another: the types share their default operator class.
fn compares_alike(schema: &Schema, from: &SqlType, to: &SqlType) -> bool {
    let base =
        |kind: &SqlType| schema.domain(kind).map_or(kind.base.clone(), |domain| domain.base.base.clone());
    let (from, to) = (base(from), base(to));
    let texts = ["text", "character varying"];
    let networks = ["inet", "cidr"];
    let both = |class: [&str; 2]| class.contains(&from.as_str()) && class.contains(&to.as_str());
    from == to || both(texts) || both(networks)
}

/// `timestamp` and `timestamptz` are stored alike where the session's time zone is UTC, from PostgreSQL 12 on.
fn is_time_in_utc(schema: &Schema, from: &SqlType, to: &SqlType) -> bool {
    let times = ["timestamp without time zone", "timestamp with time zone"];
    schema.utc && times.contains(&from.base.as_str()) && times.contains(&to.base.as_str()) && widens(from, to)
}

fn is_binary_coercible(pair: (&str, &str)) -> bool {
    let numbers =
        ["oid", "integer", "regclass", "regproc", "regtype", "regprocedure", "regrole", "regnamespace"];
    let pairs = [
        ("character varying", "text"),
        ("text", "character varying"),
        ("cidr", "inet"),
        ("xml", "text"),
        ("xml", "character varying"),
        ("bit", "bit varying"),
        ("citext", "text"),
        ("citext", "character varying"),
        ("text", "citext"),
    ];
    pairs.contains(&pair)
        || (pair.0 == "oid" && numbers.contains(&pair.1))
        || (pair.1 == "oid" && numbers.contains(&pair.0))
        || (pair.0 == "integer" && pair.1.starts_with("reg"))
        || (pair.1 == "integer" && pair.0.starts_with("reg"))
}

/// The same type with another length, precision or scale.
fn length_stays(from: &SqlType, to: &SqlType) -> bool {
    match from.base.as_str() {
        _ if from.modifiers == to.modifiers => true,
        "character varying" | "bit varying" => widens(from, to) && !from.array || to.modifiers.is_empty(),
        "timestamp without time zone"
        | "timestamp with time zone"
        | "time without time zone"
        | "time with time zone"
        | "interval" => widens(from, to),
        "numeric" => {
            let scale = |kind: &SqlType| kind.modifiers.get(1).copied().unwrap_or(0);
            to.modifiers.is_empty()
                || (!from.modifiers.is_empty()
                    && to.modifiers[0] >= from.modifiers[0]
                    && scale(from) == scale(to))
        }
        _ => false,
    }
}

fn widens(from: &SqlType, to: &SqlType) -> bool {
    match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(from), Some(to)) => to >= from,
        // Six digits are all that a time has.
        (None, Some(to)) => *to >= 6 && from.base.contains("time"),
    }
}
