//! Languages, transforms, access methods, conversions. Source: PostgreSQL manual, CREATE LANGUAGE, CREATE TRANSFORM,
//! CREATE ACCESS METHOD, CREATE CONVERSION.
//! Out: routines that are written in a language (`routine`).

use super::{Alter, Of, Sql, words};
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![definition(of, "")])
}

fn definition(of: Of<'_>, replace: &str) -> Sql {
    let trusted = if of.is("trusted") { "TRUSTED " } else { "" };
    let part = |property: &str, word: &str| {
        of.get(property).map(|function| format!(" {word} {}", words::function_name(function)))
    };
    let parts =
        [part("handler", "HANDLER"), part("inline handler", "INLINE"), part("validator", "VALIDATOR")];
    let parts: String = parts.into_iter().flatten().collect();
    Sql::of(format!("CREATE {replace}{trusted}LANGUAGE {}{parts}", of.id.identity))
}

/// In place: what is written in it stays.
pub fn alter(_old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    Alter::By(vec![definition(new, "OR REPLACE ")])
}

pub fn create_transform(of: Of<'_>) -> Result<Vec<Sql>, String> {
    transform(of, "").map(|sql| vec![sql])
}

fn transform(of: Of<'_>, replace: &str) -> Result<Sql, String> {
    let (of_type, language) = of.id.identity.split_once(" language ").ok_or("its name is not known")?;
    let ways = [("from SQL", "FROM SQL"), ("to SQL", "TO SQL")];
    let ways = ways
        .iter()
        .filter_map(|(property, word)| Some(format!("{word} WITH FUNCTION {}", of.get(property)?)))
        .collect::<Vec<_>>()
        .join(", ");
    Ok(Sql::of(format!("CREATE {replace}TRANSFORM FOR {of_type} LANGUAGE {language} ({ways})")))
}

/// In place: functions that use it stay.
pub fn alter_transform(_old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    match transform(new, "OR REPLACE ") {
        Ok(sql) => Alter::By(vec![sql]),
        Err(why) => Alter::Cannot(why),
    }
}

pub fn create_access_method(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let what = of.get("of").ok_or("what it is of is not known")?.to_uppercase();
    let handler = words::function_name(of.get("handler").ok_or("its handler is not known")?);
    Ok(vec![Sql::of(format!("CREATE ACCESS METHOD {} TYPE {what} HANDLER {handler}", of.id.identity))])
}

pub fn create_conversion(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let get =
        |property: &str| of.get(property).ok_or_else(|| format!("{property} what it converts is not known"));
    let default = if of.is("default") { "DEFAULT " } else { "" };
    Ok(vec![Sql::of(format!(
        "CREATE {default}CONVERSION {} FOR '{}' TO '{}' FROM {}",
        of.id.identity,
        get("from")?,
        get("to")?,
        words::function_name(of.get("function").ok_or("its function is not known")?)
    ))])
}
