//! Parsers, templates, dictionaries and configurations of text search. Source: PostgreSQL manual, CREATE TEXT SEARCH
//! PARSER, TEMPLATE, DICTIONARY, CONFIGURATION, and their ALTER.

use super::{Alter, Of, Sql};
use std::collections::BTreeSet;

pub fn create_parser(of: Of<'_>) -> Result<Vec<Sql>, String> {
    functions(of, &["START", "GETTOKEN", "END", "LEXTYPES", "HEADLINE"], "PARSER")
}

pub fn create_template(of: Of<'_>) -> Result<Vec<Sql>, String> {
    // The first one may be left out.
    let all = of.get("functions").unwrap_or_default().contains(", ");
    functions(of, if all { &["INIT", "LEXIZE"] } else { &["LEXIZE"] }, "TEMPLATE")
}

fn functions(of: Of<'_>, words: &[&str], what: &str) -> Result<Vec<Sql>, String> {
    let names = of.get("functions").ok_or("its functions are not known")?.split(", ");
    let each: Vec<String> = words.iter().zip(names).map(|(word, name)| format!("{word} = {name}")).collect();
    Ok(vec![Sql::of(format!("CREATE TEXT SEARCH {what} {} ({})", of.id.identity, each.join(", ")))])
}

pub fn create_dictionary(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let template = of.get("template").ok_or("its template is not known")?;
    let options = of.get("options").map(|options| format!(", {options}")).unwrap_or_default();
    Ok(vec![Sql::of(format!(
        "CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = {template}{options})",
        of.id.identity
    ))])
}

pub fn alter_dictionary(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if !changed.iter().eq(["options"].iter()) {
        return Alter::Recreate;
    }
    let (before, after) = (options(old), options(new));
    let set =
        after.iter().filter(|one| !before.contains(one)).map(|(name, value)| format!("{name} = {value}"));
    let gone = before.iter().filter(|(name, _)| !after.iter().any(|(kept, _)| kept == name));
    let each: Vec<String> = set.chain(gone.map(|(name, _)| name.clone())).collect();
    Alter::By(vec![Sql::of(format!(
        "ALTER TEXT SEARCH DICTIONARY {} ({})",
        new.id.identity,
        each.join(", ")
    ))])
}

/// `accept = 'false', stopwords = 'english'`, parted at the commas outside of quotes.
fn options(of: Of<'_>) -> Vec<(String, String)> {
    let mut quoted = false;
    let parts = of.get("options").unwrap_or_default().split(|at: char| {
        quoted ^= at == '\'';
        at == ',' && !quoted
    });
    let part =
        |text: &str| text.trim().split_once(" = ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    parts.filter_map(part).collect()
}

pub fn create_configuration(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let parser = of.get("parser").ok_or("its parser is not known")?;
    let create = format!("CREATE TEXT SEARCH CONFIGURATION {} (PARSER = {parser})", of.id.identity);
    let added = mapping(of).into_iter().map(|(token, dictionaries)| mapped(of, "ADD", token, dictionaries));
    Ok(std::iter::once(Sql::of(create)).chain(added).collect())
}

pub fn alter_configuration(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if !changed.iter().eq(["mapping"].iter()) {
        return Alter::Recreate;
    }
    let (before, after) = (mapping(old), mapping(new));
    let gone = before.iter().filter(|(token, _)| !after.iter().any(|(kept, _)| kept == token));
    let gone = gone.map(|(token, _)| {
        Sql::of(format!("ALTER TEXT SEARCH CONFIGURATION {} DROP MAPPING FOR {token}", new.id.identity))
    });
    let set = after.iter().filter(|one| !before.contains(one)).map(|(token, dictionaries)| {
        let was_there = before.iter().any(|(other, _)| other == token);
        mapped(new, if was_there { "ALTER" } else { "ADD" }, token, dictionaries)
    });
    Alter::By(gone.chain(set).collect())
}

/// The dictionaries of each kind of token.
fn mapping<'s>(of: Of<'s>) -> Vec<(&'s str, &'s str)> {
    let lines = of.get("mapping").unwrap_or_default().split(",\n");
    lines.filter_map(|line| line.split_once(" with ")).collect()
}

fn mapped(of: Of<'_>, how: &str, token: &str, dictionaries: &str) -> Sql {
    let name = &of.id.identity;
    Sql::of(format!("ALTER TEXT SEARCH CONFIGURATION {name} {how} MAPPING FOR {token} WITH {dictionaries}"))
}
