//! Base types, and ranges whose canonical function takes the type itself: a shell first, then the functions, then the
//! type. Source: PostgreSQL manual, CREATE TYPE ("Base Types", "Shell types"), ALTER TYPE (SET).
//! Out: all other types (`types`), the order of the three (`order`).

use super::{Alter, Of, Sql};
use groundline_core::quote_literal;
use std::collections::{BTreeMap, BTreeSet};

/// Its functions by their words in a snapshot, and in CREATE TYPE.
const FUNCTIONS: [(&str, &str); 8] = [
    ("input", "INPUT"),
    ("output", "OUTPUT"),
    ("receive", "RECEIVE"),
    ("send", "SEND"),
    ("typmod input", "TYPMOD_IN"),
    ("typmod output", "TYPMOD_OUT"),
    ("analyze", "ANALYZE"),
    ("subscript", "SUBSCRIPT"),
];

/// Whether functions that it needs need it themselves.
pub fn has_shell(of: Of<'_>) -> bool {
    of.get("form") == Some("base") || of.get("canonical function").is_some()
}

pub fn shell(of: Of<'_>) -> Sql {
    Sql::of(format!("CREATE TYPE {}", of.id.identity))
}

pub fn create(of: Of<'_>) -> String {
    let functions = functions(of);
    let mut options: Vec<String> = FUNCTIONS
        .iter()
        .filter_map(|(word, option)| Some(format!("{option} = {}", functions.get(word)?)))
        .collect();
    options.extend(layout(of));
    options.extend(of.get("default").map(|text| format!("DEFAULT = {}", quote_literal(text))));
    format!("CREATE TYPE {} (\n    {}\n)", of.id.identity, options.join(",\n    "))
}

/// Its functions, by word.
fn functions<'s>(of: Of<'s>) -> BTreeMap<&'static str, &'s str> {
    let each = of.get("functions").unwrap_or_default().split(", ");
    let known = each.filter_map(|part| {
        let named = |(word, _): &&(&'static str, &str)| {
            part.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))
        };
        let (word, _) = FUNCTIONS.iter().find(named)?;
        Some((*word, part.strip_prefix(word)?.trim_start()))
    });
    known.collect()
}

/// `length -1, by value, align i, storage p, category U, preferred, delimiter ,, element integer, collatable`.
fn layout(of: Of<'_>) -> Vec<String> {
    let text = of.get("layout").unwrap_or_default();
    let word = |name: &str| {
        let rest = text.strip_prefix(name).or_else(|| Some(text.split_once(&format!(", {name}"))?.1))?;
        Some(rest.split(", ").next().unwrap_or_default())
    };
    let has = |name: &str| text.contains(&format!(", {name}"));
    let named = |value: Option<&str>, names: &[(&str, &'static str)]| {
        names.iter().find(|(letter, _)| Some(*letter) == value).map(|(_, name)| *name)
    };
    let length = word("length ").map(|length| if length == "-1" { "VARIABLE" } else { length });
    let align = [("c", "char"), ("s", "int2"), ("i", "int4"), ("d", "double")];
    let mut options: Vec<String> = Vec::new();
    options.extend(length.map(|length| format!("INTERNALLENGTH = {length}")));
    options.extend(has("by value").then(|| "PASSEDBYVALUE".to_owned()));
    options.extend(named(word("align "), &align).map(|name| format!("ALIGNMENT = {name}")));
    options.extend(storage(of).map(|name| format!("STORAGE = {name}")));
    options.extend(word("category ").map(|letter| format!("CATEGORY = {}", quote_literal(letter))));
    options.extend(has("preferred").then(|| "PREFERRED = true".to_owned()));
    let delimiter = text.split_once("delimiter ").and_then(|(_, rest)| rest.chars().next());
    options.extend(delimiter.map(|one| format!("DELIMITER = {}", quote_literal(&one.to_string()))));
    options.extend(word("element ").map(|element| format!("ELEMENT = {element}")));
    options.extend(has("collatable").then(|| "COLLATABLE = true".to_owned()));
    options
}

fn storage(of: Of<'_>) -> Option<&'static str> {
    let (_, rest) = of.get("layout")?.split_once("storage ")?;
    [('p', "plain"), ('e', "external"), ('x', "extended"), ('m', "main")]
        .into_iter()
        .find(|(letter, _)| rest.starts_with(*letter))
        .map(|(_, name)| name)
}

/// What can change while columns have it: how it is sent, measured and stored.
pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let cannot = || {
        Alter::Cannot("a base type of another layout can only be made anew, with all that has it".to_owned())
    };
    let without_storage = |of: Of<'_>| {
        let text = of.get("layout").unwrap_or_default().to_owned();
        let at = text.find("storage ").map(|at| at + "storage ".len());
        at.map_or(text.clone(), |at| format!("{}{}", &text[..at], &text[(at + 1).min(text.len())..]))
    };
    let known = changed.iter().all(|property| matches!(*property, "functions" | "layout"));
    let (before, after) = (functions(old), functions(new));
    let is_same = |word: &str| before.get(word) == after.get(word);
    let becomes_plain =
        storage(old) != storage(new) && [old, new].iter().any(|of| storage(*of) == Some("plain"));
    if !known
        || without_storage(old) != without_storage(new)
        || becomes_plain
        || !["input", "output"].iter().all(|word| is_same(word))
    {
        return cannot();
    }
    let set = FUNCTIONS.iter().filter(|(word, _)| !is_same(word));
    let mut options: Vec<String> =
        set.map(|(word, option)| format!("{option} = {}", after.get(word).unwrap_or(&"NONE"))).collect();
    if storage(old) != storage(new) {
        options.extend(storage(new).map(|name| format!("STORAGE = {name}")));
    }
    Alter::By(vec![Sql::of(format!("ALTER TYPE {} SET ({})", new.id.identity, options.join(", ")))])
}
