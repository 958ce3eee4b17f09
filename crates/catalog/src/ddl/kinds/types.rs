//! Types and domains. Source: PostgreSQL manual, CREATE TYPE, ALTER TYPE, CREATE DOMAIN, ALTER DOMAIN.
//! Out: attributes of composite types, when they change (`column`), types whose functions need them (`base_type`).

use super::{Alter, Of, Sql, base_type, column, table, words};
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let name = &of.id.identity;
    let text = match of.get("form") {
        Some("enum") => format!("CREATE TYPE {name} AS ENUM ({})", of.get("labels").unwrap_or_default()),
        Some("composite") => {
            let lines: Vec<String> = table::columns(of).into_iter().map(column::definition).collect();
            format!("CREATE TYPE {name} AS (\n    {}\n)", lines.join(",\n    "))
        }
        Some("range") => range(of),
        Some("shell") => format!("CREATE TYPE {name}"),
        Some("base") => base_type::create(of),
        _ => return Err("its form is not known".to_owned()),
    };
    Ok(vec![Sql::of(text)])
}

fn range(of: Of<'_>) -> String {
    let options = [
        ("subtype", "SUBTYPE"),
        ("subtype operator class", "SUBTYPE_OPCLASS"),
        ("subtype collation", "COLLATION"),
        ("canonical function", "CANONICAL"),
        ("subtype difference function", "SUBTYPE_DIFF"),
        ("multirange", "MULTIRANGE_TYPE_NAME"),
    ];
    let each = options.iter().filter_map(|(property, word)| Some(format!("{word} = {}", of.get(property)?)));
    format!("CREATE TYPE {} AS RANGE ({})", of.id.identity, each.collect::<Vec<_>>().join(", "))
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let drop = format!("DROP {}", words::target(of));
    Ok(vec![match base_type::has_shell(of) {
        // Its functions need it, and it needs them.
        true => Sql::of(format!("{drop} CASCADE")).losing("what has the type"),
        false => Sql::of(drop),
    }])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if new.get("form") == Some("base") && old.get("form") == Some("base") {
        return base_type::alter(old, new, changed);
    }
    if !changed.iter().eq(["labels"].iter()) {
        return Alter::Cannot(
            "a type of another form can only be made anew, with all that has it".to_owned(),
        );
    }
    let labels = |of: Of<'_>| -> Vec<String> { of.get("labels").map(labels).unwrap_or_default() };
    let (before, after) = (labels(old), labels(new));
    let mut left = before.iter();
    let mut next = left.next();
    let mut statements = Vec::new();
    let mut previous: Option<&String> = None;
    for label in &after {
        if next == Some(label) {
            next = left.next();
        } else {
            let place = match (previous, next) {
                (Some(previous), _) => format!(" AFTER {previous}"),
                (None, Some(next)) => format!(" BEFORE {next}"),
                (None, None) => String::new(),
            };
            let text = format!("ALTER TYPE {} ADD VALUE {label}{place}", new.id.identity);
            statements.push(Sql { apart: true, ..Sql::of(text) });
        }
        previous = Some(label);
    }
    match next {
        None => Alter::By(statements),
        Some(_) => rebuild(new),
    }
}

/// A value goes, or its place: another type takes the name, and the columns are put to that. Rows that have the value
/// stop it.
fn rebuild(new: Of<'_>) -> Alter {
    let kept = match new.name().strip_suffix('"') {
        Some(quoted) => format!("{quoted}__before\""),
        None => format!("{}__before", new.name()),
    };
    let rename =
        Sql::of(format!("ALTER TYPE {} RENAME TO {kept}", new.id.identity)).losing("a value of the type");
    let schema = new.id.identity.strip_suffix(new.name()).unwrap_or_default();
    let last = Sql::of(format!("DROP TYPE {schema}{kept}"));
    match super::create(new.id, new.side, false) {
        Ok(made) => Alter::Rebuild { statements: std::iter::once(rename).chain(made).collect(), last },
        Err(why) => Alter::Cannot(why),
    }
}

/// `'a', 'b'` one by one, quoted as they are.
fn labels(printed: &str) -> Vec<String> {
    let (mut found, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in printed.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b',' if !quoted => {
                found.push(printed[start..at].trim().to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(printed[start..].trim().to_owned());
    found.retain(|label| !label.is_empty());
    found
}

pub fn create_domain(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let mut text = format!("CREATE DOMAIN {} AS {}", of.id.identity, of.get("type").unwrap_or_default());
    if let Some(collation) = of.get("collation") {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = of.get("default") {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if of.is("not null") && of.schema.server.major().number() < 17 {
        text.push_str(" NOT NULL");
    }
    Ok(vec![Sql::of(text)])
}

pub fn alter_domain(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER DOMAIN {}", new.id.identity);
    let mut statements = Vec::new();
    for property in changed {
        statements.push(Sql::of(match (*property, new.get(property)) {
            ("default", Some(default)) => format!("{alter} SET DEFAULT {default}"),
            ("default", None) => format!("{alter} DROP DEFAULT"),
            ("not null", Some(_)) => format!("{alter} SET NOT NULL"),
            ("not null", None) => format!("{alter} DROP NOT NULL"),
            _ => {
                return Alter::Cannot(format!(
                    "the {property} of a domain can only change with all that has it"
                ));
            }
        }));
    }
    Alter::By(statements)
}
