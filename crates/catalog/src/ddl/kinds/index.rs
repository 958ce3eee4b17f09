//! Indexes. Source: PostgreSQL manual, CREATE INDEX, ALTER INDEX.
//! Out: indexes behind constraints, but for what no constraint says (`afterwards`).

use super::{Alter, Of, Sql, words};
use crate::{ObjectId, ObjectKind};
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    if of.get("valid") == Some("false") && !is_of_partitioned(of) {
        return Err("it is INVALID: no statement makes such an index".to_owned());
    }
    let schema = of.id.schema().unwrap_or_default();
    let unique = if of.is("unique") { "UNIQUE " } else { "" };
    let only = if is_of_partitioned(of) { "ONLY " } else { "" };
    let method = of.get("method").unwrap_or("btree");
    let name = of.id.identity[schema.len()..].trim_start_matches('.');
    let mut text = format!(
        "CREATE {unique}INDEX {name} ON {only}{} USING {method} ({})",
        of.parent(),
        of.get("keys").unwrap_or_default()
    );
    if let Some(include) = of.get("include") {
        text.push_str(&format!(" INCLUDE ({include})"));
    }
    if of.is("nulls not distinct") {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(options) = of.get("options") {
        text.push_str(&format!(" WITH ({})", words::options(options)));
    }
    if let Some(space) = of.get("tablespace") {
        text.push_str(&format!(" TABLESPACE {space}"));
    }
    if let Some(condition) = of.get("where") {
        text.push_str(&format!(" WHERE {condition}"));
    }
    let mut statements = vec![Sql::of(text)];
    if let Some(to) = of.get("attached to").filter(|_| !of.alone) {
        statements.push(Sql::of(format!("ALTER INDEX {to} ATTACH PARTITION {}", of.id.identity)));
    }
    statements.extend(marks(of));
    Ok(statements)
}

fn is_of_partitioned(of: Of<'_>) -> bool {
    let table = of.object.parent.as_ref().and_then(|parent| of.schema.objects.get(parent));
    table.is_some_and(|table| table.properties.contains_key("partition key"))
}

/// What a constraint does not say of its index.
pub fn afterwards(of: Of<'_>) -> Vec<Sql> {
    let alter = format!("ALTER INDEX {}", of.id.identity);
    let mut statements = words::changed_options(&alter, "", None, of.get("options"));
    statements.extend(of.get("tablespace").map(|space| Sql::of(format!("{alter} SET TABLESPACE {space}"))));
    statements.extend(marks(of));
    statements
}

fn marks(of: Of<'_>) -> Vec<Sql> {
    let table = table(of);
    let name = of.id.last_part();
    let clustered = of.is("clustered").then(|| format!("ALTER TABLE {table} CLUSTER ON {name}"));
    let replica =
        of.is("replica identity").then(|| format!("ALTER TABLE {table} REPLICA IDENTITY USING INDEX {name}"));
    let targets =
        of.get("statistics targets").into_iter().flat_map(|all| all.split(", ")).filter_map(|one| {
            let (column, target) = one.split_once(" to ")?;
            Some(format!("ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {}", of.id.identity, target))
        });
    clustered.into_iter().chain(replica).chain(targets).map(Sql::of).collect()
}

/// The table, through the constraint if there is one.
fn table<'s>(of: Of<'s>) -> &'s str {
    let parent = of.object.parent.as_ref();
    let above = parent.and_then(|parent| of.schema.objects.get(parent)?.parent.as_ref());
    above.or(parent).map_or("", |table| &table.identity)
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("DROP INDEX {}", of.id.identity))])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER INDEX {}", new.id.identity);
    let table = table(new);
    let mut statements = Vec::new();
    for property in changed {
        match *property {
            "options" => {
                statements.extend(words::changed_options(&alter, "", old.get(property), new.get(property)));
            }
            "tablespace" => {
                let space = new.get(property).unwrap_or("pg_default");
                statements.push(Sql::of(format!("{alter} SET TABLESPACE {space}")));
            }
            "clustered" if !new.is(property) => {
                statements.push(Sql::of(format!("ALTER TABLE {table} SET WITHOUT CLUSTER")));
            }
            "replica identity" if !new.is(property) => {}
            "clustered" | "replica identity" => statements.extend(marks(new)),
            "statistics targets" => {
                let columns = |of: Of<'_>| -> Vec<String> {
                    let all = of.get("statistics targets").into_iter().flat_map(|all| all.split(", "));
                    all.filter_map(|one| one.split_once(" to "))
                        .map(|(column, _)| column.to_owned())
                        .collect()
                };
                let kept = columns(new);
                let gone = columns(old).into_iter().filter(|column| !kept.contains(column));
                statements.extend(
                    gone.map(|column| Sql::of(format!("{alter} ALTER COLUMN {column} SET STATISTICS -1"))),
                );
                statements.extend(marks(new));
            }
            "attached to" => {
                let parents = |of: Of<'_>| {
                    of.side.property(&ObjectId::new(ObjectKind::Table, table), "inherits").map(str::to_owned)
                };
                match new.get(property) {
                    // The table that is attached or detached says it.
                    _ if parents(old) != parents(new) => {}
                    Some(to) => {
                        statements
                            .push(Sql::of(format!("ALTER INDEX {to} ATTACH PARTITION {}", new.id.identity)));
                    }
                    None => return Alter::Cannot("no statement detaches an index".to_owned()),
                }
            }
            "valid" | "ready" if new.get(property) == Some("false") => {
                return Alter::Cannot("it is INVALID: no statement makes an index so".to_owned());
            }
            _ => return Alter::Recreate,
        }
    }
    statements.dedup();
    Alter::By(statements)
}
