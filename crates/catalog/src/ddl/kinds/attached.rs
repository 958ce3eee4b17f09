//! Triggers, rules, policies and statistics of relations. Source: PostgreSQL manual, CREATE TRIGGER, CREATE RULE, CREATE
//! POLICY, CREATE STATISTICS, and their ALTER.

use super::{Alter, Of, Sql, words};
use std::collections::BTreeSet;

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("DROP {}", words::target(of)))])
}

fn definition(of: Of<'_>) -> Sql {
    Sql::of(of.get("definition").unwrap_or_default().trim_end_matches(';'))
}

/// `ENABLE ALWAYS TRIGGER t`, on its relation.
fn enabled(of: Of<'_>, word: &str) -> Sql {
    let how = match of.get("enabled") {
        None => "ENABLE",
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some(_) => "ENABLE ALWAYS",
    };
    Sql::of(format!("ALTER TABLE {} {how} {word} {}", of.parent(), of.name()))
}

fn with_state(of: Of<'_>, word: &str) -> Vec<Sql> {
    let state = of.get("enabled").map(|_| enabled(of, word));
    [definition(of)].into_iter().chain(state).collect()
}

fn alter(new: Of<'_>, changed: &BTreeSet<&str>, word: &str) -> Alter {
    match changed.iter().eq(["enabled"].iter()) {
        true => Alter::By(vec![enabled(new, word)]),
        false => Alter::Recreate,
    }
}

pub fn create_trigger(of: Of<'_>) -> Result<Vec<Sql>, String> {
    if of.is("inherited") {
        // It comes with that of the partitioned table; here stands that it is in another state.
        return Ok(vec![enabled(of, "TRIGGER")]);
    }
    Ok(with_state(of, "TRIGGER"))
}

pub fn drop_trigger(of: Of<'_>) -> Result<Vec<Sql>, String> {
    match of.is("inherited") {
        true => Ok(vec![Sql::of(format!("ALTER TABLE {} ENABLE TRIGGER {}", of.parent(), of.name()))]),
        false => drop(of),
    }
}

pub fn alter_trigger(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if changed.contains("inherited") {
        // The partition that comes or goes says it.
        return Alter::By(Vec::new());
    }
    alter(new, changed, "TRIGGER")
}

pub fn create_rule(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(with_state(of, "RULE"))
}

pub fn alter_rule(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    alter(new, changed, "RULE")
}

pub fn create_policy(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let mut text = format!("CREATE POLICY {} ON {}", of.name(), of.parent());
    if of.is("restrictive") {
        text.push_str(" AS RESTRICTIVE");
    }
    if let Some(command) = of.get("command") {
        text.push_str(&format!(" FOR {command}"));
    }
    text.push_str(&format!(" TO {}", of.get("roles").unwrap_or("PUBLIC")));
    text.push_str(&conditions(of, |_| true));
    Ok(vec![Sql::of(text)])
}

fn conditions(of: Of<'_>, wanted: impl Fn(&str) -> bool) -> String {
    let each = [("using", "USING"), ("with check", "WITH CHECK")];
    let printed = each.iter().filter(|(property, _)| wanted(property)).filter_map(|(property, word)| {
        let condition = of.get(property)?;
        Some(match condition.starts_with('(') {
            true => format!(" {word} {condition}"),
            false => format!(" {word} ({condition})"),
        })
    });
    printed.collect()
}

pub fn alter_policy(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let can = |property: &&str| match *property {
        "roles" => true,
        "using" | "with check" => new.get(property).is_some(),
        _ => false,
    };
    if !changed.iter().all(can) {
        return Alter::Recreate;
    }
    let roles = changed.contains("roles").then(|| format!(" TO {}", new.get("roles").unwrap_or("PUBLIC")));
    let text = format!(
        "ALTER POLICY {} ON {}{}{}",
        new.name(),
        new.parent(),
        roles.unwrap_or_default(),
        conditions(new, |property| changed.contains(property))
    );
    Alter::By(vec![Sql::of(text)])
}

pub fn create_statistics(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let target = of.get("statistics target").map(|_| statistics_target(of));
    Ok([definition(of)].into_iter().chain(target).collect())
}

fn statistics_target(of: Of<'_>) -> Sql {
    let target = of.get("statistics target").unwrap_or("-1");
    Sql::of(format!("ALTER STATISTICS {} SET STATISTICS {target}", of.id.identity))
}

pub fn alter_statistics(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    match changed.iter().eq(["statistics target"].iter()) {
        true => Alter::By(vec![statistics_target(new)]),
        false => Alter::Recreate,
    }
}
