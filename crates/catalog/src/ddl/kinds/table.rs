//! Tables and foreign tables. Source: PostgreSQL manual, CREATE TABLE, ALTER TABLE, CREATE FOREIGN TABLE.
//! Out: their columns (`column`), constraints and indexes.

use super::{Alter, Of, Sql, column, words};
use crate::{Object, ObjectId, ObjectKind, Snapshot};
use std::collections::BTreeSet;
use std::sync::Arc;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let unlogged = if of.get("persistence") == Some("unlogged") { "UNLOGGED " } else { "" };
    let mut text = format!("CREATE {unlogged}TABLE {}", of.id.identity);
    match (of.get("partition bound"), of.get("inherits"), of.get("of type")) {
        (Some(bound), Some(parent), _) => {
            text.push_str(&format!(
                " PARTITION OF {parent}{} {bound}",
                defined(of, |of| !of.is("inherited"))
            ));
        }
        (_, _, Some(of_type)) => text.push_str(&format!(" OF {of_type}{}", typed(of))),
        (_, inherits, _) => {
            let columns = defined(of, |of| !of.is("inherited"));
            text.push_str(if columns.is_empty() { " ()" } else { &columns });
            text.push_str(&inherits.map(|all| format!(" INHERITS ({all})")).unwrap_or_default());
        }
    }
    if let Some(key) = of.get("partition key") {
        text.push_str(&format!(" PARTITION BY {key}"));
    }
    if let Some(method) = of.get("access method") {
        text.push_str(&format!(" USING {method}"));
    }
    if let Some(options) = of.get("options") {
        text.push_str(&format!(" WITH ({})", words::options(options)));
    }
    if let Some(tablespace) = of.get("tablespace") {
        text.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    let mut statements = vec![Sql::of(text)];
    statements.extend(words::changed_options(&alter_table(of), "toast.", None, of.get("toast options")));
    statements.extend(inherited(of));
    statements.extend(security(of, &of.object.properties.keys().map(AsRef::as_ref).collect()));
    statements.extend(replica(of));
    Ok(statements)
}

pub fn create_foreign(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let columns = defined(of, |of| !of.is("inherited"));
    let columns = match (of.get("partition bound"), of.get("inherits")) {
        (Some(bound), Some(parent)) => format!(" PARTITION OF {parent}{columns} {bound}"),
        (_, inherits) => {
            let columns = if columns.is_empty() { " ()" } else { &columns };
            format!("{columns}{}", inherits.map(|all| format!(" INHERITS ({all})")).unwrap_or_default())
        }
    };
    let server = of.get("server").unwrap_or_default();
    let options = of.get("server options").map(|options| format!(" OPTIONS ({})", foreign(options)));
    let text = format!(
        "CREATE FOREIGN TABLE {}{columns} SERVER {server}{}",
        of.id.identity,
        options.unwrap_or_default()
    );
    Ok(vec![Sql::of(text)])
}

/// `a=1, b=2` as options of a foreign object.
fn foreign(options: &str) -> String {
    words::options(options).replace(" = ", " ")
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("DROP {}", words::target(of))).losing("the table's rows")])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = alter_table(new);
    let mut statements = Vec::new();
    if new.get("inherits").is_some_and(|parents| parents.ends_with("(detach pending)")) {
        return Alter::Cannot("no statement leaves a detaching unfinished".to_owned());
    }
    for property in changed {
        let is = new.get(property);
        match *property {
            "options" => statements.extend(words::changed_options(&alter, "", old.get(property), is)),
            "toast options" => {
                statements.extend(words::changed_options(&alter, "toast.", old.get(property), is));
            }
            "persistence" => {
                statements.push(Sql::of(format!(
                    "{alter} SET {}",
                    if is.is_some() { "UNLOGGED" } else { "LOGGED" }
                )));
                statements.extend(left_of_sequences(new));
            }
            "row security" | "row security forced" => {}
            "replica identity" => {
                statements.extend(match is {
                    None => Some(Sql::of(format!("{alter} REPLICA IDENTITY DEFAULT"))),
                    Some(_) => replica(new),
                });
            }
            "tablespace" => {
                let space = is.unwrap_or("pg_default");
                statements.push(Sql::of(format!("{alter} SET TABLESPACE {space}")));
            }
            "access method" if new.schema.server.major().number() >= 15 => {
                // A partitioned table has none of its own unless one is said, which 17 can take back.
                let usual = if new.get("partition key").is_some() { "DEFAULT" } else { "heap" };
                statements.push(Sql::of(format!("{alter} SET ACCESS METHOD {}", is.unwrap_or(usual))));
            }
            "inherits" | "partition bound" => {}
            "of type" => {
                let change = is.map_or_else(|| "NOT OF".to_owned(), |of_type| format!("OF {of_type}"));
                statements.push(Sql::of(format!("{alter} {change}")));
            }
            _ => {
                return Alter::Cannot(format!(
                    "no statement changes the {property} of a table that has rows"
                ));
            }
        }
    }
    statements.extend(security(new, changed));
    if changed.contains("inherits") || changed.contains("partition bound") {
        statements.extend(family(old, new));
    }
    Alter::By(statements)
}

pub fn alter_foreign(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if changed.contains("server") {
        return Alter::Cannot("no statement gives a foreign table to another server".to_owned());
    }
    let alter = format!("ALTER FOREIGN TABLE {}", new.id.identity);
    let mut statements = family(old, new);
    statements.extend(words::changed_foreign_options(
        &alter,
        old.get("server options"),
        new.get("server options"),
    ));
    Alter::By(statements)
}

/// Its sequences go along with a table that becomes logged or unlogged; those that are to be otherwise go back.
fn left_of_sequences(of: Of<'_>) -> Vec<Sql> {
    let is_own = |object: &Object| {
        let column = object.parent.as_ref().and_then(|column| of.schema.objects.get(column));
        column.is_some_and(|column| column.parent.as_ref() == Some(of.id))
    };
    let own = of
        .schema
        .of_kind(ObjectKind::Sequence)
        .filter(|(id, object)| is_own(object) && !super::comes_with_parent(id, object));
    let other = own.filter(|(_, object)| {
        object.properties.contains_key("persistence") != of.get("persistence").is_some()
    });
    let back = if of.get("persistence").is_some() { "LOGGED" } else { "UNLOGGED" };
    other.map(|(id, _)| Sql::of(format!("ALTER SEQUENCE {} SET {back}", id.identity))).collect()
}

/// The parents that come and go.
fn family(old: Of<'_>, new: Of<'_>) -> Vec<Sql> {
    let parents = |of: Of<'_>| -> Vec<String> {
        of.get("inherits").into_iter().flat_map(|all| all.split(", ")).map(str::to_owned).collect()
    };
    const PENDING: &str = " (detach pending)";
    let (mut before, after) = (parents(old), parents(new));
    let mut statements = Vec::new();
    before.retain(|parent| match parent.strip_suffix(PENDING) {
        Some(parent) => {
            statements
                .push(Sql::of(format!("ALTER TABLE {parent} DETACH PARTITION {} FINALIZE", new.id.identity)));
            false
        }
        None => true,
    });
    let same_bound = old.get("partition bound") == new.get("partition bound");
    let table = &new.id.identity;
    for parent in before.iter().filter(|parent| !after.contains(parent) || !same_bound) {
        statements.push(Sql::of(match old.get("partition bound") {
            Some(_) => format!("ALTER TABLE {parent} DETACH PARTITION {table}"),
            None => format!("ALTER TABLE {table} NO INHERIT {parent}"),
        }));
    }
    for parent in after.iter().filter(|parent| !before.contains(parent) || !same_bound) {
        statements.push(Sql::of(match new.get("partition bound") {
            Some(bound) => format!("ALTER TABLE {parent} ATTACH PARTITION {table} {bound}"),
            None => format!("ALTER TABLE {table} INHERIT {parent}"),
        }));
    }
    statements
}

pub fn alter_table(of: Of<'_>) -> String {
    format!("ALTER TABLE {}", of.id.identity)
}

fn security(of: Of<'_>, changed: &BTreeSet<&str>) -> Vec<Sql> {
    let alter = alter_table(of);
    let state = |property: &str, yes: &str, no: &str| {
        let how = if of.get(property).is_some() { yes } else { no };
        changed.contains(property).then(|| Sql::of(format!("{alter} {how} ROW LEVEL SECURITY")))
    };
    let enabled = state("row security", "ENABLE", "DISABLE");
    let forced = state("row security forced", "FORCE", "NO FORCE");
    enabled.into_iter().chain(forced).collect()
}

/// By an index, the index says it.
fn replica(of: Of<'_>) -> Option<Sql> {
    let identity = of.get("replica identity").filter(|how| *how != "index")?;
    Some(Sql::of(format!("{} REPLICA IDENTITY {}", alter_table(of), identity.to_uppercase())))
}

/// The columns of a relation in their order.
pub fn columns<'s>(schema: &'s Snapshot, relation: &ObjectId) -> Vec<(&'s ObjectId, &'s Arc<Object>)> {
    let prefix = format!("{}.", relation.identity);
    let from = ObjectId::new(ObjectKind::Column, prefix.as_str());
    let after = schema.objects.range(from..);
    let mut found: Vec<_> = after
        .take_while(|(id, _)| id.kind == ObjectKind::Column && id.identity.starts_with(&prefix))
        .filter(|(_, object)| object.parent.as_ref() == Some(relation))
        .collect();
    found.sort_by_key(|(_, object)| object.order);
    found
}

fn defined(of: Of<'_>, wanted: impl Fn(Of<'_>) -> bool) -> String {
    let all = columns(of.schema, of.id).into_iter().map(|(id, object)| Of { id, object, schema: of.schema });
    let lines: Vec<String> = all.filter(|column| wanted(*column)).map(column::definition).collect();
    if lines.is_empty() { String::new() } else { format!(" (\n    {}\n)", lines.join(",\n    ")) }
}

/// Of a table of a type: what its columns have beyond the type's.
fn typed(of: Of<'_>) -> String {
    let all = columns(of.schema, of.id).into_iter().map(|(id, object)| Of { id, object, schema: of.schema });
    let more = all.filter_map(|column| {
        let words = column::behind_type(column);
        (!words.is_empty()).then(|| format!("{} WITH OPTIONS{words}", column.name()))
    });
    let lines: Vec<String> = more.collect();
    if lines.is_empty() { String::new() } else { format!(" (\n    {}\n)", lines.join(",\n    ")) }
}

/// What inherited columns have otherwise than their parents' ones.
fn inherited(of: Of<'_>) -> Vec<Sql> {
    let parents: Vec<&str> = of.get("inherits").into_iter().flat_map(|all| all.split(", ")).collect();
    let mut statements = Vec::new();
    for (id, object) in columns(of.schema, of.id) {
        let column = Of { id, object, schema: of.schema };
        if !column.is("inherited") {
            continue;
        }
        let theirs = parents.iter().find_map(|parent| {
            let id = ObjectId::new(ObjectKind::Column, format!("{parent}.{}", column.name()));
            of.schema.objects.get(&id)
        });
        let Some(theirs) = theirs else { continue };
        let differs =
            |property: &str| column.get(property) != theirs.properties.get(property).map(AsRef::as_ref);
        statements.extend(differs("default").then(|| column::set_default(column)));
        statements.extend(differs("not null").then(|| column::set_not_null(column)));
    }
    statements
}
