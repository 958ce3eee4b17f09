//! Sequences. Source: PostgreSQL manual, CREATE SEQUENCE, ALTER SEQUENCE.
//! Out: which column an identity's sequence belongs to (`column`).

use super::{Alter, Of, Sql, words};
use std::collections::BTreeSet;

/// Its parameters as CREATE and ALTER SEQUENCE have them.
pub fn options(of: Of<'_>) -> String {
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

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let unlogged = if of.get("persistence") == Some("unlogged") { "UNLOGGED " } else { "" };
    let type_name = of.get("type").unwrap_or("bigint");
    Ok(vec![Sql::of(format!("CREATE {unlogged}SEQUENCE {} AS {type_name}{}", of.id.identity, options(of)))])
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
