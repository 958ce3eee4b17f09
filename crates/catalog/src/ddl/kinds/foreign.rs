//! Foreign-data wrappers, servers and user mappings. Source: PostgreSQL manual, CREATE FOREIGN DATA WRAPPER, CREATE
//! SERVER, CREATE USER MAPPING, and their ALTER.
//! An option without a value is a secret, or may be one: nobody reads it, so no statement sets it.
//! Out: foreign tables (`table`).

use super::{Alter, Of, Sql, words};
use groundline_core::quote_literal;
use std::collections::BTreeSet;

pub fn create_wrapper(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let part = |property: &str, word: &str| {
        of.get(property).map(|function| format!(" {word} {}", words::function_name(function)))
    };
    let functions: String =
        [part("handler", "HANDLER"), part("validator", "VALIDATOR")].into_iter().flatten().collect();
    Ok(vec![Sql::of(format!("CREATE FOREIGN DATA WRAPPER {}{functions}{}", of.id.identity, options(of)?))])
}

pub fn alter_wrapper(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let function = |property: &str, word: &str| {
        changed.contains(property).then(|| match new.get(property) {
            Some(function) => format!(" {word} {}", words::function_name(function)),
            None => format!(" NO {word}"),
        })
    };
    let functions: String =
        [function("handler", "HANDLER"), function("validator", "VALIDATOR")].into_iter().flatten().collect();
    let alter = format!("ALTER FOREIGN DATA WRAPPER {}{functions}", new.id.identity);
    altered(&alter, !functions.is_empty(), old, new)
}

pub fn create_server(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let part = |property: &str, word: &str| {
        of.get(property).map(|value| format!(" {word} {}", quote_literal(value))).unwrap_or_default()
    };
    Ok(vec![Sql::of(format!(
        "CREATE SERVER {}{}{} FOREIGN DATA WRAPPER {}{}",
        of.id.identity,
        part("type", "TYPE"),
        part("server version", "VERSION"),
        of.get("wrapper").ok_or("its wrapper is not known")?,
        options(of)?
    ))])
}

pub fn alter_server(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if changed.contains("type") || changed.contains("wrapper") {
        return Alter::Recreate;
    }
    let version = changed.contains("server version").then(|| {
        new.get("server version").map_or_else(
            || " VERSION NULL".to_owned(),
            |version| format!(" VERSION {}", quote_literal(version)),
        )
    });
    let alter = format!("ALTER SERVER {}{}", new.id.identity, version.as_deref().unwrap_or_default());
    altered(&alter, version.is_some(), old, new)
}

pub fn create_mapping(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (user, server) = of.id.identity.split_once(" on ").ok_or("its name is not known")?;
    Ok(vec![Sql::of(format!("CREATE USER MAPPING FOR {user} SERVER {server}{}", options(of)?))])
}

pub fn alter_mapping(old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    altered(&format!("ALTER {}", words::target(new)), false, old, new)
}

/// `OPTIONS (host 'h')`.
fn options(of: Of<'_>) -> Result<String, String> {
    let Some(printed) = of.get("options") else { return Ok(String::new()) };
    match printed.split(", ").find(|option| !option.contains('=')) {
        Some(name) => Err(secret(of, name)),
        None => Ok(format!(" OPTIONS ({})", words::options(printed).replace(" = ", " "))),
    }
}

fn secret(of: Of<'_>, name: &str) -> String {
    format!(
        "the value of its option {name} may be a secret and is not read: write the statement for the {} by hand",
        of.id.kind
    )
}

/// The statement with the options that changed; none where nothing does.
fn altered(alter: &str, has_more: bool, old: Of<'_>, new: Of<'_>) -> Alter {
    let (before, after) = (old.get("options"), new.get("options"));
    let names = |text: Option<&str>| -> Vec<String> {
        text.into_iter().flat_map(|text| text.split(", ")).map(str::to_owned).collect()
    };
    let known = names(before);
    if let Some(name) = names(after).iter().find(|name| !name.contains('=') && !known.contains(name)) {
        return Alter::Cannot(secret(new, name));
    }
    let with_options = words::changed_foreign_options(alter, before, after);
    let alone = has_more.then(|| Sql::of(alter));
    Alter::By(with_options.or(alone).into_iter().collect())
}
