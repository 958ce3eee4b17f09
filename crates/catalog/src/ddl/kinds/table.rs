//! Tables and foreign tables. Source: PostgreSQL manual, CREATE TABLE, ALTER TABLE, CREATE FOREIGN TABLE.
//! Out: their columns (`column`), constraints and indexes, the parents that they leave and join (`family`).

use super::{Alter, Of, Sql, column, words};
use crate::{ObjectId, ObjectKind};
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let unlogged = if of.get("persistence") == Some("unlogged") { "UNLOGGED " } else { "" };
    let mut text = format!("CREATE {unlogged}TABLE {}", of.id.identity);
    match (of.get("partition bound"), of.get("inherits"), of.get("of type")) {
        _ if of.alone => text.push_str(&defined(of, |_| true)),
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
    if !of.alone {
        statements.extend(inherited(of));
    }
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
            "persistence" if new.get("partition key").is_some() => {
                return Alter::Cannot("no statement makes a partitioned table logged or unlogged".to_owned());
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
    Alter::By(statements)
}

pub fn alter_foreign(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if changed.contains("server") {
        return Alter::Cannot("no statement gives a foreign table to another server".to_owned());
    }
    let alter = format!("ALTER FOREIGN TABLE {}", new.id.identity);
    let options =
        words::changed_foreign_options(&alter, old.get("server options"), new.get("server options"));
    Alter::By(options.into_iter().collect())
}

/// Its sequences go along with a table that becomes logged or unlogged; those that are to be otherwise go back.
fn left_of_sequences(of: Of<'_>) -> Vec<Sql> {
    let columns = of.side.children(of.id).filter(|child| child.kind == ObjectKind::Column);
    let own = columns.flat_map(|column| of.side.children(column)).filter_map(|id| {
        let object = of.side.get(id)?;
        (id.kind == ObjectKind::Sequence && !super::comes_with_parent(id, object))
            .then(|| of.other(id, object))
    });
    let other =
        own.filter(|sequence| sequence.get("persistence").is_some() != of.get("persistence").is_some());
    let back = if of.get("persistence").is_some() { "LOGGED" } else { "UNLOGGED" };
    other.map(|sequence| Sql::of(format!("ALTER SEQUENCE {} SET {back}", sequence.id.identity))).collect()
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
pub fn columns<'s>(of: Of<'s>) -> Vec<Of<'s>> {
    let children = of.side.children(of.id).filter(|child| child.kind == ObjectKind::Column);
    let mut found: Vec<Of<'s>> =
        children.filter_map(|id| Some(Of { alone: of.alone, ..of.other(id, of.side.get(id)?) })).collect();
    found.sort_by_key(|column| column.object.order);
    found
}

fn defined(of: Of<'_>, wanted: impl Fn(Of<'_>) -> bool) -> String {
    let all = columns(of).into_iter();
    let lines: Vec<String> = all.filter(|column| wanted(*column)).map(column::definition).collect();
    if lines.is_empty() { String::new() } else { format!(" (\n    {}\n)", lines.join(",\n    ")) }
}

/// Of a table of a type: what its columns have beyond the type's.
fn typed(of: Of<'_>) -> String {
    let all = columns(of).into_iter();
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
    for column in columns(of) {
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
