//! Columns of tables and foreign tables, and attributes of composite types. Source: PostgreSQL manual, CREATE TABLE,
//! ALTER TABLE, ALTER TYPE.
//! Out: the table (`table`).

use super::{Alter, Of, Sql, casts, comes_with_parent, sequence, words};
use crate::ObjectKind;
use std::collections::BTreeSet;

/// A column as CREATE TABLE and ADD COLUMN have it.
pub fn definition(of: Of<'_>) -> String {
    let collation = of.get("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    let options = of
        .get("server options")
        .map(|options| format!(" OPTIONS ({})", words::options(options).replace(" = ", " ")));
    let type_name = of.get("type").unwrap_or_default();
    format!("{} {type_name}{collation}{}{}", of.name(), options.unwrap_or_default(), behind_type(of))
}

/// Default, identity, generation, NOT NULL.
pub fn behind_type(of: Of<'_>) -> String {
    let mut text = String::new();
    if let Some(default) = of.get("default") {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(generated) = of.get("generated") {
        let (expression, how) = generated.rsplit_once(' ').unwrap_or((generated, "stored"));
        text.push_str(&format!(" GENERATED ALWAYS AS {} {}", in_brackets(expression), how.to_uppercase()));
    }
    // That of a partition is its table's.
    if let Some(identity) = of.get("identity").filter(|_| !of.alone || !of.is("inherited")) {
        text.push_str(&format!(" GENERATED {} AS IDENTITY{}", identity.to_uppercase(), identity_options(of)));
    }
    if of.is("not null") && !names_not_null(of) {
        text.push_str(" NOT NULL");
    }
    text
}

/// Since 18 a NOT NULL is a constraint with a name.
fn names_not_null(of: Of<'_>) -> bool {
    of.schema.server.major().number() >= 18
}

fn in_brackets(expression: &str) -> String {
    if expression.starts_with('(') { expression.to_owned() } else { format!("({expression})") }
}

/// The options of the sequence behind an identity column.
fn identity_options(of: Of<'_>) -> String {
    let mut sequences = of.side.children(of.id).filter(|child| child.kind == ObjectKind::Sequence);
    let own = sequences.find_map(|id| {
        let object = of.side.get(id).filter(|object| comes_with_parent(id, object))?;
        Some(of.other(id, object))
    });
    let Some(behind) = own else { return String::new() };
    let usual_name = format!("{}_{}_seq", of.parent(), of.name());
    match sequence::of_identity(behind, &usual_name) {
        options if options.is_empty() => options,
        options => format!(" ({options})"),
    }
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    if is_attribute(of) {
        return Ok(vec![Sql::of(format!(
            "ALTER TYPE {} ADD ATTRIBUTE {} CASCADE",
            of.parent(),
            definition(of)
        ))]);
    }
    let mut statements = vec![Sql::of(format!("{} ADD COLUMN {}", alter_parent(of), definition(of)))];
    statements.extend(afterwards(of));
    Ok(statements)
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let text = match is_attribute(of) {
        true => format!("ALTER TYPE {} DROP ATTRIBUTE {} CASCADE", of.parent(), of.name()),
        false => format!("{} DROP COLUMN {}", alter_parent(of), of.name()),
    };
    Ok(vec![Sql::of(text).losing("the column's values")])
}

/// What no definition says.
pub fn afterwards(of: Of<'_>) -> Vec<Sql> {
    let has = ["storage", "compression", "statistics target", "options"].into_iter();
    let mut statements: Vec<Sql> =
        has.filter(|name| of.get(name).is_some()).flat_map(|name| set(None, of, name)).collect();
    let is_of_view = of.object.parent.as_ref().is_some_and(|parent| parent.kind == ObjectKind::View);
    if is_of_view && of.get("default").is_some() {
        statements.push(set_default(of));
    }
    statements
}

fn is_attribute(of: Of<'_>) -> bool {
    of.object.parent.as_ref().is_some_and(|parent| parent.kind == ObjectKind::Type)
}

fn alter_parent(of: Of<'_>) -> String {
    let kind = of.object.parent.as_ref().map_or(ObjectKind::Table, |parent| parent.kind);
    format!("ALTER {} {}", kind.word().to_uppercase(), of.parent())
}

fn alter_column(of: Of<'_>) -> String {
    format!("{} ALTER COLUMN {}", alter_parent(of), of.name())
}

pub fn set_default(of: Of<'_>) -> Sql {
    let action = of
        .get("default")
        .map_or_else(|| "DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"));
    Sql::of(format!("{} {action}", alter_column(of)))
}

pub fn set_not_null(of: Of<'_>) -> Sql {
    Sql::of(format!("{} {} NOT NULL", alter_column(of), if of.is("not null") { "SET" } else { "DROP" }))
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if is_attribute(new) {
        let collation = new.get("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
        let type_name = new.get("type").unwrap_or_default();
        let text = format!(
            "ALTER TYPE {} ALTER ATTRIBUTE {} TYPE {type_name}{collation} CASCADE",
            new.parent(),
            new.name()
        );
        return Alter::By(vec![Sql { rewrites_type: true, ..Sql::of(text) }]);
    }
    // The types of a view's columns are those of its query: they come with it.
    let is_of_view = new
        .object
        .parent
        .as_ref()
        .is_some_and(|parent| matches!(parent.kind, ObjectKind::View | ObjectKind::MaterializedView));
    // What is inherited changes with the parent's column; whether it is, with the table.
    let is_inherited = old.get("inherited").is_some() && new.get("inherited").is_some();
    let of_parent = ["type", "collation", "generated", "identity"];
    let own = |property: &&&str| {
        **property != "inherited" && !((is_inherited || is_of_view) && of_parent.contains(*property))
    };
    let changed: &BTreeSet<&str> = &changed.iter().filter(own).copied().collect();
    let mut statements = Vec::new();
    if changed.contains("generated") {
        match generation(old, new) {
            Ok(more) => statements.extend(more),
            Err(anew) => return anew,
        }
    }
    if changed.contains("identity") && new.get("identity").is_none() {
        statements.push(Sql::of(format!("{} DROP IDENTITY", alter_column(new))));
    }
    if changed.contains("type") || changed.contains("collation") {
        statements.extend(retype(old, new, changed));
    } else if changed.contains("default") {
        statements.push(set_default(new));
    }
    if changed.contains("not null") && !names_not_null(new) {
        statements.push(set_not_null(new));
    }
    match (old.get("identity"), new.get("identity")) {
        (None, Some(identity)) => statements.push(Sql::of(format!(
            "{} ADD GENERATED {} AS IDENTITY{}",
            alter_column(new),
            identity.to_uppercase(),
            identity_options(new)
        ))),
        (Some(_), Some(identity)) if changed.contains("identity") => {
            statements.push(Sql::of(format!(
                "{} SET GENERATED {}",
                alter_column(new),
                identity.to_uppercase()
            )));
        }
        _ => {}
    }
    for property in ["storage", "compression", "statistics target", "options", "server options"] {
        if changed.contains(property) {
            statements.extend(set(Some(old), new, property));
        }
    }
    Alter::By(statements)
}

/// Its expression: dropped, or by an added column, as its values follow from others.
fn generation(old: Of<'_>, new: Of<'_>) -> Result<Vec<Sql>, Alter> {
    match (old.get("generated"), new.get("generated")) {
        (Some(_), None) => Ok(vec![Sql::of(format!("{} DROP EXPRESSION", alter_column(new)))]),
        _ => Err(Alter::Recreate),
    }
}

/// Its type: without its default, which may not fit in between.
fn retype(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Vec<Sql> {
    let (from, to) = (old.get("type").unwrap_or_default(), new.get("type").unwrap_or_default());
    let collation = new.get("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    let (alter, name) = (alter_column(new), new.name());
    let mut statements = Vec::new();
    let has_default = old.get("default").is_some() && from != to;
    if has_default {
        statements.push(Sql::of(format!("{alter} DROP DEFAULT")));
    }
    let is_foreign = new.object.parent.as_ref().is_some_and(|parent| parent.kind == ObjectKind::ForeignTable);
    let using = match is_foreign || from == to || old.get("generated").is_some() {
        true => String::new(),
        // Others, and those of the schema, go through their text; rows whose text does not fit stop it.
        false if !casts::has(from, to) || from.contains('.') || to.contains('.') => {
            format!(" USING {name}::text::{to}")
        }
        false => format!(" USING {name}::{to}"),
    };
    let change = Sql { rewrites_type: true, ..Sql::of(format!("{alter} TYPE {to}{collation}{using}")) };
    statements.push(if from == to || is_wider(from, to) {
        change
    } else {
        change.losing("what does not fit the new type")
    });
    let default_differs = match new.get("default") {
        Some(_) => has_default || changed.contains("default"),
        None => old.get("default").is_some() && !has_default,
    };
    if default_differs {
        statements.push(set_default(new));
    }
    statements
}

/// Its type was built anew under the same name: the old default is of the old one.
pub fn follow(old: Of<'_>, new: Of<'_>) -> Vec<Sql> {
    let (alter, name, to) = (alter_column(new), new.name(), new.get("type").unwrap_or_default());
    let dropped = old.get("default").map(|_| Sql::of(format!("{alter} DROP DEFAULT")));
    let text = format!("{alter} TYPE {to} USING {name}::text::{to}");
    let change = Sql { rewrites_type: true, ..Sql::of(text) };
    let set = new.get("default").map(|_| set_default(new));
    dropped.into_iter().chain([change]).chain(set).collect()
}

/// Whether every value of one type is one of the other.
fn is_wider(from: &str, to: &str) -> bool {
    let parts = |text: &str| -> (String, Vec<u32>) {
        let (name, rest) = text.split_once('(').unwrap_or((text, ""));
        let numbers =
            rest.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        (name.to_owned(), numbers)
    };
    let ((from_name, from), (to_name, to)) = (parts(from), parts(to));
    let number =
        |name: &str| ["smallint", "integer", "bigint", "numeric"].iter().position(|one| *one == name);
    match (from_name.as_str(), to_name.as_str()) {
        ("character varying", "text") => true,
        ("numeric", "numeric") => match (&from[..], &to[..]) {
            (_, []) => true,
            ([precision, scale], [wider, same]) => scale == same && wider >= precision,
            _ => false,
        },
        (a, b) if a == b => to.is_empty() || (!from.is_empty() && from <= to),
        (a, b) => number(a).is_some_and(|a| number(b).is_some_and(|b| b > a)) && to.is_empty(),
    }
}

/// How a type is stored where nothing is said. Before 16 there is no word for it.
fn usual_storage(of: Of<'_>) -> &'static str {
    let type_name = of.get("type").unwrap_or_default();
    let begins = |names: &[&str]| names.iter().any(|name| type_name.starts_with(name));
    let fixed = [
        "smallint", "integer", "bigint", "boolean", "real", "double", "date", "time", "uuid", "oid",
        "\"char\"", "name", "interval", "money", "macaddr",
    ];
    match type_name {
        _ if of.schema.server.major().number() >= 16 => "default",
        name if name.ends_with("[]") => "extended",
        _ if begins(&["numeric", "inet", "cidr"]) => "main",
        _ if begins(&fixed) => "plain",
        _ => "extended",
    }
}

fn set(old: Option<Of<'_>>, new: Of<'_>, property: &str) -> Vec<Sql> {
    let alter = alter_column(new);
    let is = new.get(property);
    let one = |text: String| vec![Sql::of(text)];
    match property {
        "storage" => {
            one(format!("{alter} SET STORAGE {}", is.unwrap_or_else(|| usual_storage(new)).to_uppercase()))
        }
        "server options" => words::changed_foreign_options(&alter, old.and_then(|old| old.get(property)), is)
            .into_iter()
            .collect(),
        "compression" => one(format!("{alter} SET COMPRESSION {}", is.unwrap_or("DEFAULT"))),
        "statistics target" => one(format!("{alter} SET STATISTICS {}", is.unwrap_or("-1"))),
        "options" => words::changed_options(&alter, "", old.and_then(|old| old.get(property)), is),
        _ => Vec::new(),
    }
}
