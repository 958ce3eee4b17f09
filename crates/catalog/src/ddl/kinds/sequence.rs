//! Sequences. Source: PostgreSQL manual, CREATE SEQUENCE, ALTER SEQUENCE.
//! Out: which column an identity's sequence belongs to (`column`).

use super::{Alter, Of, Sql, words};
use std::collections::BTreeSet;

/// Its parameters as CREATE and ALTER SEQUENCE have them.
fn options(of: Of<'_>) -> String {
    let number = |property: &str, word: &str| of.get(property).map(|value| format!(" {word} {value}"));
    let parts = [
        number("increment", "INCREMENT BY"),
        number("minimum", "MINVALUE"),
        number("maximum", "MAXVALUE"),
        number("start", "START WITH"),
        number("cache", "CACHE"),
        of.is("cycle").then(|| " CYCLE".to_owned()),
    ];
    parts.into_iter().flatten().collect()
}

/// The same without what CREATE SEQUENCE takes without a word. Source: PostgreSQL manual, CREATE SEQUENCE.
fn unusual_options(of: Of<'_>) -> String {
    let (least, greatest) = match of.get("type") {
        Some("smallint") => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Some("integer") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let is_descending = of.get("increment").is_some_and(|by| by.starts_with('-'));
    let (minimum, maximum) = if is_descending { (least, -1) } else { (1, greatest) };
    let first = if is_descending { of.get("maximum") } else { of.get("minimum") };
    let mut text = options(of);
    for (word, property, usual) in [
        ("MINVALUE", "minimum", Some(minimum.to_string())),
        ("MAXVALUE", "maximum", Some(maximum.to_string())),
        ("START WITH", "start", first.map(str::to_owned)),
    ] {
        if let Some(value) = of.get(property).filter(|value| usual.as_deref() == Some(value)) {
            text = text.replacen(&format!(" {word} {value}"), "", 1);
        }
    }
    text
}

/// What stands in the brackets of an identity: the sequence's name, unless PostgreSQL would take it itself, and its
/// options.
pub fn of_identity(of: Of<'_>, usual_name: &str) -> String {
    let name = if of.id.identity.as_ref() == usual_name {
        String::new()
    } else {
        format!("SEQUENCE NAME {}", of.id.identity)
    };
    format!("{name}{}", unusual_options(of)).trim_start().to_owned()
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let unlogged = if of.get("persistence") == Some("unlogged") { "UNLOGGED " } else { "" };
    let type_name = of.get("type").unwrap_or("bigint");
    Ok(vec![Sql::of(format!(
        "CREATE {unlogged}SEQUENCE {} AS {type_name}{}",
        of.id.identity,
        unusual_options(of)
    ))])
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("DROP {}", words::target(of))).losing("the sequence's value")])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER SEQUENCE {}", new.id.identity);
    let mut statements = Vec::new();
    let parameters = ["increment", "minimum", "maximum", "start", "cache", "cycle", "type"];
    if changed.iter().any(|property| parameters.contains(property)) {
        let no_cycle = if changed.contains("cycle") && !new.is("cycle") { " NO CYCLE" } else { "" };
        let usual = |property: &str, text: &'static str| if new.get(property).is_none() { text } else { "" };
        let (increment, cache) = (usual("increment", " INCREMENT BY 1"), usual("cache", " CACHE 1"));
        let type_name = new.get("type").map(|name| format!(" AS {name}")).unwrap_or_default();
        statements.push(Sql::of(format!("{alter}{type_name}{}{increment}{cache}{no_cycle}", options(new))));
    }
    if changed.contains("persistence") {
        let is = new.get("persistence").is_some();
        statements.push(Sql::of(format!("{alter} SET {}", if is { "UNLOGGED" } else { "LOGGED" })));
    }
    if changed.contains("owned by") {
        match new.get("owned by") {
            Some(by) if by.starts_with("identity of ") => {
                return Alter::Cannot("a sequence becomes an identity's only with its column".to_owned());
            }
            by => {
                // A column that comes takes the sequence itself.
                let is_there =
                    new.object.parent.as_ref().is_some_and(|column| old.schema.objects.contains_key(column));
                statements.push(owned(new, by.filter(|_| is_there).unwrap_or("NONE")));
            }
        }
    }
    Alter::By(statements)
}

/// Which column it goes with.
pub fn owned(of: Of<'_>, by: &str) -> Sql {
    Sql::of(format!("ALTER SEQUENCE {} OWNED BY {by}", of.id.identity))
}
