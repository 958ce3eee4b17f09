//! Functions, procedures and aggregates. Source: PostgreSQL manual, CREATE FUNCTION, CREATE PROCEDURE, CREATE AGGREGATE.

use super::{Alter, Of, Sql, words};
use crate::ObjectKind;
use groundline_core::quote_literal;
use std::collections::BTreeSet;

/// Settings whose value is a list of names, which are quoted one by one. Source: `variable_is_guc_list_quote` in
/// `src/bin/pg_dump/dumputils.c`.
const LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// The name before the arguments, and those.
fn parts<'s>(of: Of<'s>) -> (&'s str, &'s str) {
    let identity: &str = &of.id.identity;
    let mut quoted = false;
    let open = identity.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'(' && !quoted
    });
    let (name, rest) = identity.split_at(open.unwrap_or(identity.len()));
    (name, rest.trim_start_matches('(').strip_suffix(')').unwrap_or(rest))
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (name, identity) = parts(of);
    let arguments = of.get("arguments").unwrap_or(identity);
    let language = of.get("language").unwrap_or("sql");
    let mut text = format!("CREATE OR REPLACE {} {name}({arguments})", of.id.kind.word().to_uppercase());
    if let Some(returns) = of.get("returns").filter(|_| of.id.kind == ObjectKind::Function) {
        text.push_str(&format!("\n    RETURNS {returns}"));
    }
    text.push_str(&format!("\n    LANGUAGE {language}"));
    if let Some(types) = of.get("transforms") {
        let each: Vec<String> = types.split(", ").map(|name| format!("FOR TYPE {name}")).collect();
        text.push_str(&format!(" TRANSFORM {}", each.join(", ")));
    }
    for (property, words) in [
        ("window", " WINDOW"),
        ("strict", " STRICT"),
        ("security definer", " SECURITY DEFINER"),
        ("leakproof", " LEAKPROOF"),
    ] {
        text.push_str(if of.is(property) { words } else { "" });
    }
    for (property, word) in [
        ("volatility", ""),
        ("parallel", "PARALLEL "),
        ("cost", "COST "),
        ("rows", "ROWS "),
        ("support", "SUPPORT "),
    ] {
        if let Some(value) = of.get(property) {
            let value = if matches!(property, "volatility" | "parallel") {
                value.to_uppercase()
            } else {
                value.to_owned()
            };
            text.push_str(&format!(" {word}{value}"));
        }
    }
    for printed in of.get("settings").into_iter().flat_map(str::lines) {
        text.push_str(&format!("\n    SET {}", setting(printed)));
    }
    text.push_str(&body(of, language));
    Ok(vec![Sql::of(text)])
}

fn body(of: Of<'_>, language: &str) -> String {
    let body = of.get("body").unwrap_or_default();
    let is_parsed = language == "sql" && (body.starts_with("RETURN ") || body.starts_with("BEGIN ATOMIC"));
    match of.get("library") {
        Some(library) => format!("\n    AS {}, {}", quote_literal(library), quote_literal(body)),
        None if is_parsed => format!("\n{body}"),
        None => format!("\n    AS {}", words::dollar_quoted(body)),
    }
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let defaults = |of: Of<'_>| of.get("arguments").map_or(0, |text| text.matches(" DEFAULT ").count());
    // A default can't be taken away, nor what it returns become another.
    if changed.contains("returns") || changed.contains("window") || defaults(old) > defaults(new) {
        return Alter::Recreate;
    }
    let in_place = [
        "volatility",
        "strict",
        "leakproof",
        "security definer",
        "parallel",
        "cost",
        "rows",
        "support",
        "settings",
    ];
    if changed.iter().all(|property| in_place.contains(property))
        && !(changed.contains("support") && new.get("support").is_none())
    {
        return Alter::By(attributes(old, new, changed));
    }
    match create(new) {
        Ok(statements) => Alter::By(statements),
        Err(why) => Alter::Cannot(why),
    }
}

/// ALTER FUNCTION for what changed.
fn attributes(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Vec<Sql> {
    let alter = format!("ALTER {}", words::target(new));
    let usual_cost = if matches!(new.get("language"), Some("c" | "internal")) { "1" } else { "100" };
    let word =
        |yes: bool, is: &'static str, not: &'static str| if yes { is.to_owned() } else { not.to_owned() };
    let mut actions = Vec::new();
    for property in changed {
        let is = new.get(property);
        match *property {
            "volatility" => actions.push(is.unwrap_or("volatile").to_uppercase()),
            "strict" => actions.push(word(is.is_some(), "STRICT", "CALLED ON NULL INPUT")),
            "leakproof" => actions.push(word(is.is_some(), "LEAKPROOF", "NOT LEAKPROOF")),
            "security definer" => actions.push(word(is.is_some(), "SECURITY DEFINER", "SECURITY INVOKER")),
            "parallel" => actions.push(format!("PARALLEL {}", is.unwrap_or("unsafe").to_uppercase())),
            "cost" => actions.push(format!("COST {}", is.unwrap_or(usual_cost))),
            "rows" => actions.push(format!("ROWS {}", is.unwrap_or("1000"))),
            "support" => actions.extend(is.map(|name| format!("SUPPORT {name}"))),
            _ => {}
        }
    }
    let mut statements = Vec::new();
    if !actions.is_empty() {
        statements.push(Sql::of(format!("{alter} {}", actions.join(" "))));
    }
    if changed.contains("settings") {
        let of = |of: Of<'_>| -> Vec<String> {
            of.get("settings").into_iter().flat_map(str::lines).map(str::to_owned).collect()
        };
        let (before, after) = (of(old), of(new));
        let name = |setting: &str| setting.split('=').next().unwrap_or_default().to_owned();
        let gone = before.iter().filter(|one| !after.iter().any(|kept| name(kept) == name(one)));
        statements.extend(gone.map(|one| Sql::of(format!("{alter} RESET {}", name(one)))));
        let set = after.iter().filter(|one| !before.contains(one));
        statements.extend(set.map(|one| Sql::of(format!("{alter} SET {}", setting(one)))));
    }
    statements
}

/// `name TO value`.
fn setting(printed: &str) -> String {
    let (name, value) = printed.split_once('=').unwrap_or((printed, ""));
    let value =
        if LISTS.contains(&name) && !value.is_empty() { value.to_owned() } else { quote_literal(value) };
    format!("{name} TO {value}")
}

pub fn create_aggregate(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (name, arguments) = parts(of);
    let mut options = Vec::new();
    let mut add =
        |word: &str, value: Option<String>| options.extend(value.map(|value| format!("{word} = {value}")));
    let plain = |property: &str| of.get(property).map(str::to_owned);
    let function =
        |property: &str| plain(property).map(|text| text.split('(').next().unwrap_or_default().to_owned());
    let literal = |property: &str| of.get(property).map(quote_literal);
    let modify = |property: &str, final_function: &str| {
        let word = match of.get(property)? {
            "r" => "READ_ONLY",
            "s" => "SHAREABLE",
            _ => "READ_WRITE",
        };
        of.get(final_function).map(|_| word.to_owned())
    };
    add("SFUNC", function("transition function"));
    add("STYPE", plain("state type"));
    add("SSPACE", plain("state space"));
    add("FINALFUNC", function("final function"));
    add("FINALFUNC_MODIFY", modify("final function modify", "final function"));
    add("COMBINEFUNC", function("combine function"));
    add("SERIALFUNC", function("serial function"));
    add("DESERIALFUNC", function("deserial function"));
    add("INITCOND", literal("initial value"));
    add("MSFUNC", function("moving transition function"));
    add("MINVFUNC", function("moving inverse function"));
    add("MSTYPE", plain("moving state type"));
    add("MSSPACE", plain("moving state space"));
    add("MFINALFUNC", function("moving final function"));
    add("MFINALFUNC_MODIFY", modify("moving final function modify", "moving final function"));
    add("MINITCOND", literal("moving initial value"));
    add("SORTOP", plain("sort operator").map(|text| operator(text.split('(').next().unwrap_or_default())));
    add("PARALLEL", plain("parallel").map(|word| word.to_uppercase()));
    for (property, word) in
        [("final function extra", "FINALFUNC_EXTRA"), ("moving final function extra", "MFINALFUNC_EXTRA")]
    {
        options.extend(of.is(property).then(|| word.to_owned()));
    }
    options.extend((of.get("aggregate kind") == Some("h")).then(|| "HYPOTHETICAL".to_owned()));
    let arguments = if arguments.is_empty() { "*" } else { arguments };
    Ok(vec![Sql::of(format!("CREATE AGGREGATE {name}({arguments}) (\n    {}\n)", options.join(",\n    ")))])
}

/// `a.<` as an option's value.
pub fn operator(name: &str) -> String {
    if name.contains('.') { format!("OPERATOR({name})") } else { name.to_owned() }
}
