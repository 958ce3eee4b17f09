//! What statements of many kinds have in common: how an object is named in them, owners, comments, options.
//! Called by the kinds.

use super::{Of, Sql};
use crate::ObjectKind;
use groundline_core::quote_literal;

/// An object as DROP, COMMENT ON and ALTER … OWNER name it: `TABLE a.b`, `TRIGGER t ON a.b`.
pub fn target(of: Of<'_>) -> String {
    use ObjectKind as K;
    let identity = &of.id.identity;
    let word = of.id.kind.word().to_uppercase();
    match of.id.kind {
        K::Constraint => {
            let domain = of.object.parent.as_ref().is_some_and(|parent| parent.kind == K::Domain);
            format!("CONSTRAINT {} ON {}{}", of.name(), if domain { "DOMAIN " } else { "" }, of.parent())
        }
        K::Trigger | K::Rule | K::Policy => format!("{word} {} ON {}", of.name(), of.parent()),
        K::Cast => {
            let (from, to) = identity.split_once(" as ").unwrap_or((identity, ""));
            format!("CAST ({from} AS {to})")
        }
        K::OperatorClass | K::OperatorFamily => {
            let (name, method) = identity.split_once(" using ").unwrap_or((identity, ""));
            format!("{word} {name} USING {method}")
        }
        K::Transform => {
            let (of_type, language) = identity.split_once(" language ").unwrap_or((identity, ""));
            format!("TRANSFORM FOR {of_type} LANGUAGE {language}")
        }
        K::UserMapping => {
            let (user, server) = identity.split_once(" on ").unwrap_or((identity, ""));
            format!("USER MAPPING FOR {user} SERVER {server}")
        }
        K::ForeignDataWrapper => format!("FOREIGN DATA WRAPPER {identity}"),
        _ => format!("{word} {identity}"),
    }
}

/// Gives it to its owner, where the scope has owners.
pub fn owner(of: Of<'_>) -> Option<Sql> {
    // An extension stays its maker's.
    let owner = of.get("owner").filter(|_| of.id.kind != ObjectKind::Extension)?;
    Some(Sql::of(format!("ALTER {} OWNER TO {owner}", target(of))))
}

/// Its comment, if it has one.
pub fn comment(of: Of<'_>) -> Option<Sql> {
    let is_public = of.id.kind == ObjectKind::Schema && of.id.identity.as_ref() == "public";
    (is_public || of.get("comment").is_some()).then(|| comment_is(of)).flatten()
}

/// Its comment, or that it has none any more.
pub fn comment_is(of: Of<'_>) -> Option<Sql> {
    // The comment that public has from the beginning counts as none.
    let usual = (of.id.kind == ObjectKind::Schema && of.id.identity.as_ref() == "public")
        .then_some("standard public schema");
    let text = of.get("comment").or(usual).map_or_else(|| "NULL".to_owned(), quote_literal);
    Some(Sql::of(format!("COMMENT ON {} IS {text}", target(of))))
}

/// What is said of an object after the statement of what it was made with.
pub fn afterwards(of: Of<'_>) -> Vec<Sql> {
    match of.id.kind {
        ObjectKind::Column => super::column::afterwards(of),
        ObjectKind::Index => super::index::afterwards(of),
        _ => Vec::new(),
    }
}

/// `a=1, b=2` as it stands in SET and WITH.
pub fn options(printed: &str) -> String {
    let each = printed.split(", ").map(|option| match option.split_once('=') {
        Some((name, value)) => format!("{name} = {}", quote_literal(value)),
        None => option.to_owned(),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// SET and RESET of options that changed; `prefix` is before each name (`toast.`).
pub fn changed_options(alter: &str, prefix: &str, old: Option<&str>, new: Option<&str>) -> Vec<Sql> {
    let list = |text: Option<&str>| -> Vec<(String, String)> {
        let options = text.into_iter().flat_map(|text| text.split(", "));
        let parted = |option: &str| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            (format!("{prefix}{name}"), value.to_owned())
        };
        options.map(parted).collect()
    };
    let (old, new) = (list(old), list(new));
    let set: Vec<String> = new
        .iter()
        .filter(|option| !old.contains(option))
        .map(|(name, value)| format!("{name} = {}", quote_literal(value)))
        .collect();
    let reset: Vec<&str> = old
        .iter()
        .filter(|(name, _)| !new.iter().any(|(kept, _)| kept == name))
        .map(|(name, _)| name.as_str())
        .collect();
    let set = (!set.is_empty()).then(|| format!("{alter} SET ({})", set.join(", ")));
    let reset = (!reset.is_empty()).then(|| format!("{alter} RESET ({})", reset.join(", ")));
    set.into_iter().chain(reset).map(Sql::of).collect()
}

/// OPTIONS of a foreign object that changed; without a value where it is a secret, which nobody reads.
pub fn changed_foreign_options(alter: &str, old: Option<&str>, new: Option<&str>) -> Option<Sql> {
    let parted = |text: Option<&str>| -> Vec<(String, String)> {
        let options = text.into_iter().flat_map(|text| text.split(", "));
        options
            .map(|option| option.split_once('=').unwrap_or((option, "")))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect()
    };
    let (old, new) = (parted(old), parted(new));
    let mut actions = Vec::new();
    for (name, value) in &new {
        let before = old.iter().find(|(other, _)| other == name);
        match before {
            Some((_, same)) if same == value => {}
            Some(_) => actions.push(format!("SET {name} {}", quote_literal(value))),
            None => actions.push(format!("ADD {name} {}", quote_literal(value))),
        }
    }
    let gone = old.iter().filter(|(name, _)| !new.iter().any(|(kept, _)| kept == name));
    actions.extend(gone.map(|(name, _)| format!("DROP {name}")));
    (!actions.is_empty()).then(|| Sql::of(format!("{alter} OPTIONS ({})", actions.join(", "))))
}

/// The extensions that an object goes with.
pub fn extensions(of: Of<'_>, before: Option<&str>) -> Vec<Sql> {
    let each = |text: Option<&str>| -> Vec<String> {
        text.into_iter().flat_map(|text| text.split(", ")).map(str::to_owned).collect()
    };
    let (old, new) = (each(before), each(of.get("depends on extensions")));
    let alter = format!("ALTER {}", target(of));
    let gone = old
        .iter()
        .filter(|name| !new.contains(name))
        .map(|name| format!("{alter} NO DEPENDS ON EXTENSION {name}"));
    let more = new
        .iter()
        .filter(|name| !old.contains(name))
        .map(|name| format!("{alter} DEPENDS ON EXTENSION {name}"));
    gone.chain(more).map(Sql::of).collect()
}

/// `a.f` of `a.f(integer)`.
pub fn function_name(printed: &str) -> &str {
    printed.split('(').next().unwrap_or_default()
}

/// A text between dollars that do not occur in it.
pub fn dollar_quoted(text: &str) -> String {
    let mut tag = "$".to_owned() + "$";
    let mut number = 0;
    while text.contains(&tag) || text.ends_with('$') && number == 0 {
        number += 1;
        tag = format!("$body{number}$");
    }
    format!("{tag}{text}{tag}")
}
