//! Schemas, extensions, collations, event triggers, publications, casts. Source: PostgreSQL manual, their CREATE and
//! ALTER.

use super::{Alter, Of, Sql};
use std::collections::BTreeSet;

pub fn create_schema(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("CREATE SCHEMA {}", of.id.identity))])
}

pub fn create_extension(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let schema = of.get("schema").map(|schema| format!(" SCHEMA {schema}")).unwrap_or_default();
    let version = of.get("version").map(|version| format!(" VERSION \"{version}\"")).unwrap_or_default();
    Ok(vec![Sql::of(format!("CREATE EXTENSION {}{schema}{version}", of.id.identity))])
}

pub fn alter_extension(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER EXTENSION {}", new.id.identity);
    let numbers = |of: Of<'_>| -> Vec<u64> {
        let parts = of.get("version").unwrap_or_default().split(|at: char| !at.is_ascii_digit());
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    if changed.contains("version") && numbers(new) < numbers(old) {
        return Alter::Cannot("the scripts of an extension lead to newer versions only".to_owned());
    }
    let mut statements = Vec::new();
    for property in changed {
        statements.push(Sql::of(match (*property, new.get(property)) {
            ("schema", Some(schema)) => format!("{alter} SET SCHEMA {schema}"),
            ("version", Some(version)) => format!("{alter} UPDATE TO \"{version}\""),
            _ => return Alter::Cannot(format!("the {property} of an extension is its own")),
        }));
    }
    Alter::By(statements)
}

pub fn create_collation(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let literal = groundline_core::quote_literal;
    let locale = of.get("locale").or_else(|| of.get("ICU locale"));
    let mut options: Vec<String> =
        of.get("provider").map(|name| format!("PROVIDER = {name}")).into_iter().collect();
    match (locale, of.get("order")) {
        (Some(locale), _) => options.push(format!("LOCALE = {}", literal(locale))),
        (None, Some(order)) => {
            let class = of.get("classification").unwrap_or(order);
            options.push(format!("LC_COLLATE = {}, LC_CTYPE = {}", literal(order), literal(class)));
        }
        (None, None) => return Err("its locale is not known".to_owned()),
    }
    if of.get("deterministic") == Some("false") && of.get("provider") != Some("icu") {
        return Err("only a collation of ICU's can be without determinism".to_owned());
    }
    if of.get("deterministic") == Some("false") {
        options.push("DETERMINISTIC = false".to_owned());
    }
    if let Some(rules) = of.get("ICU rules") {
        options.push(format!("RULES = {}", literal(rules)));
    }
    Ok(vec![Sql::of(format!("CREATE COLLATION {} ({})", of.id.identity, options.join(", ")))])
}

pub fn alter_collation(_old: Of<'_>, _new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    match changed.iter().eq(["library version"].iter()) {
        true => Alter::Cannot(
            "the version of the library is the server's: ALTER COLLATION … REFRESH VERSION".to_owned(),
        ),
        false => Alter::Recreate,
    }
}

pub fn create_event_trigger(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let tags = of.get("tags").map(|tags| format!(" WHEN TAG IN ({tags})")).unwrap_or_default();
    let (event, function) = (of.get("event").unwrap_or_default(), of.get("function").unwrap_or_default());
    let create =
        format!("CREATE EVENT TRIGGER {} ON {event}{tags} EXECUTE FUNCTION {function}", of.id.identity);
    let state = of.get("enabled").map(|_| enabled(of));
    Ok([Sql::of(create)].into_iter().chain(state).collect())
}

fn enabled(of: Of<'_>) -> Sql {
    let how = match of.get("enabled") {
        None => "ENABLE",
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some(_) => "ENABLE ALWAYS",
    };
    Sql::of(format!("ALTER EVENT TRIGGER {} {how}", of.id.identity))
}

pub fn alter_event_trigger(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    match changed.iter().eq(["enabled"].iter()) {
        true => Alter::By(vec![enabled(new)]),
        false => Alter::Recreate,
    }
}

pub fn create_publication(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let tables = of.get("tables").map(|tables| format!("TABLE {}", tables.replace(",\n", ", ")));
    let schemas = of.get("schemas").map(|schemas| format!("TABLES IN SCHEMA {schemas}"));
    let parts: Vec<String> = tables.into_iter().chain(schemas).collect();
    let what = match (of.is("all tables"), parts.is_empty()) {
        (true, _) => " FOR ALL TABLES".to_owned(),
        (_, true) => String::new(),
        _ => format!(" FOR {}", parts.join(", ")),
    };
    let mut options = vec![format!("publish = '{}'", of.get("publishes").unwrap_or_default())];
    options.extend(of.is("via partition root").then(|| "publish_via_partition_root = true".to_owned()));
    let stored = of.get("generated columns").filter(|which| *which == "s");
    options.extend(stored.map(|_| "publish_generated_columns = stored".to_owned()));
    Ok(vec![Sql::of(format!("CREATE PUBLICATION {}{what} WITH ({})", of.id.identity, options.join(", ")))])
}

pub fn create_cast(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (from, to) = of.id.identity.split_once(" as ").ok_or("its name is not known")?;
    let by = match of.get("by") {
        Some("in and out") => "WITH INOUT".to_owned(),
        Some("binary") | None => "WITHOUT FUNCTION".to_owned(),
        Some(function) => format!("WITH FUNCTION {function}"),
    };
    let context =
        of.get("context").map(|context| format!(" AS {}", context.to_uppercase())).unwrap_or_default();
    Ok(vec![Sql::of(format!("CREATE CAST ({from} AS {to}) {by}{context}"))])
}

/// The provider of a label checks it, and is loaded into the server or not: no statement of ours can be tried.
fn by_hand(of: Of<'_>, label: &str) -> String {
    let (what, provider) = of.id.identity.rsplit_once(" by ").unwrap_or((&of.id.identity, "?"));
    format!(
        "its provider decides what a label may be: SECURITY LABEL FOR {provider} ON {what} IS {label}, by hand"
    )
}

pub fn label(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Err(by_hand(of, &groundline_core::quote_literal(of.get("label").unwrap_or_default())))
}

pub fn no_label(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Err(by_hand(of, "NULL"))
}

pub fn alter_label(_old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    Alter::Cannot(by_hand(new, &groundline_core::quote_literal(new.get("label").unwrap_or_default())))
}
