//! Operators, their classes and families. Source: PostgreSQL manual, CREATE OPERATOR, CREATE OPERATOR CLASS, CREATE
//! OPERATOR FAMILY, and their ALTER.
//! Out: what of a family comes with which class (`pg` reads it).

use super::{Alter, Of, Sql, routine, words};
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (name, arguments) = of.id.identity.split_once('(').ok_or("its name is not known")?;
    let (left, right) =
        arguments.trim_end_matches(')').split_once(", ").ok_or("its arguments are not known")?;
    let before = |property: &str| of.get(property).map(words::function_name);
    let mut options: Vec<String> =
        before("function").map(|function| format!("FUNCTION = {function}")).into_iter().collect();
    options.extend((left != "NONE").then(|| format!("LEFTARG = {left}")));
    options.extend((right != "NONE").then(|| format!("RIGHTARG = {right}")));
    options.extend(before("commutator").map(|name| format!("COMMUTATOR = {}", routine::operator(name))));
    options.extend(before("negator").map(|name| format!("NEGATOR = {}", routine::operator(name))));
    options.extend(before("restriction estimator").map(|name| format!("RESTRICT = {name}")));
    options.extend(before("join estimator").map(|name| format!("JOIN = {name}")));
    options.extend(of.is("hashes").then(|| "HASHES".to_owned()));
    options.extend(of.is("merges").then(|| "MERGES".to_owned()));
    Ok(vec![Sql::of(format!("CREATE OPERATOR {name} ({})", options.join(", ")))])
}

pub fn alter(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let in_place = [("restriction estimator", "RESTRICT"), ("join estimator", "JOIN")];
    if !changed.iter().all(|property| in_place.iter().any(|(name, _)| name == property)) {
        return Alter::Recreate;
    }
    let estimators = in_place.iter().filter(|(property, _)| changed.contains(property));
    let set = estimators.map(|(property, word)| format!("{word} = {}", new.get(property).unwrap_or("NONE")));
    let set = set.collect::<Vec<_>>().join(", ");
    Alter::By(vec![Sql::of(format!("ALTER OPERATOR {} SET ({set})", new.id.identity))])
}

pub fn create_family(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let mut statements = vec![Sql::of(format!("CREATE {}", words::target(of)))];
    statements.extend(added(of, &members(of)));
    Ok(statements)
}

pub fn alter_family(old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    let (before, after) = (members(old), members(new));
    let place = |member: &Member| member.place.clone();
    let gone: Vec<String> =
        before.iter().filter(|one| !after.contains(one)).map(|one| one.place.clone()).collect();
    let more: Vec<Member> = after.iter().filter(|one| !before.contains(one)).cloned().collect();
    debug_assert!(more.iter().map(place).all(|place| !place.is_empty()));
    let alter = format!("ALTER {}", words::target(new));
    let gone = (!gone.is_empty()).then(|| Sql::of(format!("{alter} DROP {}", gone.join(", "))));
    Alter::By(gone.into_iter().chain(added(new, &more)).collect())
}

fn added(of: Of<'_>, members: &[Member]) -> Option<Sql> {
    let each: Vec<&str> = members.iter().map(|member| member.text.as_str()).collect();
    let alter = format!("ALTER {}", words::target(of));
    (!members.is_empty()).then(|| Sql::of(format!("{alter} ADD\n    {}", each.join(",\n    "))))
}

pub fn create_class(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let (name, method) = of.id.identity.split_once(" using ").ok_or("its name is not known")?;
    let default = if of.is("default") { "DEFAULT " } else { "" };
    let of_type = of.get("type").ok_or("its type is not known")?;
    let family = of.get("family").ok_or("its family is not known")?;
    let mut parts: Vec<String> = members(of).into_iter().map(|member| member.text).collect();
    parts.extend(of.get("storage").map(|storage| format!("STORAGE {storage}")));
    if parts.is_empty() {
        // Without anything the grammar takes none: its own type is what is stored anyway.
        parts.push(format!("STORAGE {of_type}"));
    }
    Ok(vec![Sql::of(format!(
        "CREATE OPERATOR CLASS {name} {default}FOR TYPE {of_type} USING {method} FAMILY {family} AS\n    {}",
        parts.join(",\n    ")
    ))])
}

/// An operator or a function of a class or family.
#[derive(Clone, PartialEq, Eq)]
struct Member {
    /// As ADD and AS take it.
    text: String,
    /// As DROP takes it: `OPERATOR 1 (integer, bigint)`.
    place: String,
}

/// Of `1 a.<(integer,bigint)` and of `1 (integer, bigint) a.compare(integer,bigint)`, a line each.
fn members(of: Of<'_>) -> Vec<Member> {
    let lines = |property: &str| of.get(property).into_iter().flat_map(str::lines);
    let operators = lines("operators").filter_map(|line| {
        let (number, rest) = line.split_once(' ')?;
        let (operator, order) = match rest.split_once(" for order by ") {
            Some((operator, family)) => (operator, format!(" FOR ORDER BY {family}")),
            None => (rest, String::new()),
        };
        let open = operator.rfind('(')?;
        let (name, types) = operator.split_at(open);
        let types = types.replace(',', ", ");
        let place = format!("OPERATOR {number} {types}");
        Some(Member { text: format!("OPERATOR {number} {name} {types}{order}"), place })
    });
    let functions = lines("functions").filter_map(|line| {
        let (number, rest) = line.split_once(' ')?;
        let close = rest.find(") ")? + 1;
        let (types, function) = rest.split_at(close);
        let place = format!("FUNCTION {number} {types}");
        Some(Member { text: format!("{place}{function}"), place })
    });
    operators.chain(functions).collect()
}
