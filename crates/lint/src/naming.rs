//! Names that PostgreSQL gives to constraints without one. Source: PostgreSQL's `ChooseConstraintName`,
//! `ChooseForeignKeyConstraintNameAddition` and `ChooseIndexName`.
//! Out: names that a team wants (`rules::p803`). Called by fixes.

use crate::schema::Schema;
use groundline_core::quote_ident;
use groundline_sql::operation::{ConstraintKind, Name};

/// Bytes of the longest name.
const LONGEST: usize = 63;

/// The name of a constraint of a table, by its full name; none where PostgreSQL would have to shorten or number it.
pub(crate) fn default_name(schema: &Schema, table: &Name, kind: &ConstraintKind) -> Option<String> {
    let of = &table.name;
    let name = match kind {
        ConstraintKind::Check { expression } => match columns_in(schema, table, expression).as_slice() {
            [only] => format!("{of}_{only}_check"),
            _ => format!("{of}_check"),
        },
        ConstraintKind::NotNull { column } => format!("{of}_{column}_not_null"),
        ConstraintKind::Unique { columns, .. } => format!("{of}_{}_key", columns.join("_")),
        ConstraintKind::Primary { .. } => format!("{of}_pkey"),
        ConstraintKind::Foreign { columns, .. } => format!("{of}_{}_fkey", columns.join("_")),
        ConstraintKind::Exclude => return None,
    };
    let taken = schema.relations.iter().any(|(full, relation)| {
        full.name == name || relation.indexes.contains_key(&name) || relation.constraints.contains_key(&name)
    });
    (name.len() <= LONGEST && !taken).then_some(name)
}

/// The columns of a table that an expression names.
fn columns_in(schema: &Schema, table: &Name, expression: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<String> =
        expression.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let columns = schema.relation(table).into_iter().flat_map(|relation| relation.columns.keys());
    columns.filter(|column| words.contains(&column.to_lowercase())).cloned().collect()
}

/// A name as a person writes it: in quotes only where it needs them. For names that are no keywords.
pub(crate) fn plain(name: &str) -> String {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if begins && name.chars().all(is_plain) { name.to_owned() } else { quote_ident(name) }
}
