//! Grants on objects and columns. Source: PostgreSQL manual, GRANT, REVOKE, 5.7 "Privileges" (what is granted without a
//! word).
//! Out: default privileges (`default_privilege`).

use super::{Alter, Of, Sql};
use crate::{ObjectId, ObjectKind};
use std::collections::BTreeSet;

/// Who a grant is to, as GRANT names them.
fn grantee(of: Of<'_>) -> Result<String, String> {
    let name = of.id.identity.rsplit_once(" to ").map_or("", |(_, name)| name);
    if name != "(owner)" {
        return Ok(name.to_owned());
    }
    let parent = of.object.parent.as_ref().and_then(|parent| of.schema.objects.get(parent));
    let owner = parent.and_then(|parent| parent.properties.get("owner"));
    owner.map(ToString::to_string).ok_or_else(|| "the scope has no owners".to_owned())
}

/// `TABLE a.b`; for a column its table, and the column in brackets behind each privilege.
fn on(id: &ObjectId) -> Result<(String, String), String> {
    use ObjectKind as K;
    let word = match id.kind {
        K::Table | K::View | K::MaterializedView | K::ForeignTable => "TABLE",
        K::Sequence => "SEQUENCE",
        K::Function | K::Aggregate => "FUNCTION",
        K::Procedure => "PROCEDURE",
        K::Schema => "SCHEMA",
        K::Language => "LANGUAGE",
        K::Type | K::Domain => "TYPE",
        K::ForeignServer => "FOREIGN SERVER",
        K::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        K::Column => {
            let table = id.identity.strip_suffix(id.last_part()).unwrap_or_default().trim_end_matches('.');
            return Ok((format!("TABLE {table}"), format!(" ({})", id.last_part())));
        }
        kind => return Err(format!("grants on a {kind} are not written yet")),
    };
    Ok((format!("{word} {}", id.identity), String::new()))
}

/// What there is without a word.
fn usual(of: Of<'_>) -> &'static str {
    use ObjectKind as K;
    let kind = of.object.parent.as_ref().map(|parent| parent.kind);
    match (of.id.identity.ends_with(" to PUBLIC"), kind) {
        (true, Some(K::Function | K::Procedure | K::Aggregate)) => "EXECUTE",
        (true, Some(K::Type | K::Domain | K::Language)) => "USAGE",
        _ if of.id.identity.ends_with(" to (owner)") => "ALL",
        _ => "none",
    }
}

/// Privileges without and with grant option, and how GRANT says that; none where there are none.
pub fn by_option(privileges: &str) -> Vec<(Vec<&str>, &'static str)> {
    const OPTION: &str = " with grant option";
    let all = privileges.split(", ").filter(|privilege| *privilege != "none");
    let (grantable, plain): (Vec<&str>, Vec<&str>) = all.partition(|privilege| privilege.ends_with(OPTION));
    let grantable = grantable.into_iter().filter_map(|privilege| privilege.strip_suffix(OPTION)).collect();
    let both = [(plain, ""), (grantable, " WITH GRANT OPTION")];
    both.into_iter().filter(|(privileges, _): &(Vec<&str>, _)| !privileges.is_empty()).collect()
}

/// Who granted what is not the owner's to grant or to revoke.
fn other_grantor(of: Of<'_>) -> Option<String> {
    let (_, rest) = of.get("privileges")?.split_once(" by ")?;
    let grantor = rest.split(", ").next()?;
    Some(format!(
        "it is {grantor} who granted it, and whose it is to revoke: SET ROLE {grantor} and GRANT or REVOKE, by hand"
    ))
}

/// Exactly these privileges, where there may be others or not.
fn exactly(of: Of<'_>, privileges: &str, has_others: bool) -> Result<Vec<Sql>, String> {
    if let Some(why) = other_grantor(of) {
        return Err(why);
    }
    let Some(parent) = &of.object.parent else {
        return Err("grants on the database are not written yet".to_owned());
    };
    let (on, column) = on(parent)?;
    let to = grantee(of)?;
    let mut statements = Vec::new();
    if has_others {
        statements.push(Sql::of(format!("REVOKE ALL{column} ON {on} FROM {to}")));
    }
    for (privileges, option) in by_option(privileges) {
        let each: Vec<String> = privileges.iter().map(|privilege| format!("{privilege}{column}")).collect();
        statements.push(Sql::of(format!("GRANT {} ON {on} TO {to}{option}", each.join(", "))));
    }
    Ok(statements)
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    // Default privileges may have given more.
    let has_defaults = of.schema.of_kind(ObjectKind::DefaultPrivilege).next().is_some();
    exactly(of, of.get("privileges").unwrap_or("none"), has_defaults || usual(of) != "none")
}

/// Back to what there is without a word.
pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    exactly(of, usual(of), true)
}

pub fn alter(old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    if let Some(why) = other_grantor(old) {
        return Alter::Cannot(why);
    }
    match exactly(new, new.get("privileges").unwrap_or("none"), true) {
        Ok(statements) => Alter::By(statements),
        Err(why) => Alter::Cannot(why),
    }
}

/// What default privileges give to a new object, and nobody asked for.
pub fn unasked(of: Of<'_>) -> Vec<Sql> {
    use ObjectKind as K;
    let kinds = match of.id.kind {
        K::Table | K::View | K::MaterializedView | K::ForeignTable => "tables",
        K::Sequence => "sequences",
        K::Function | K::Procedure | K::Aggregate => "functions",
        K::Type | K::Domain => "types",
        K::Schema => "schemas",
        _ => return Vec::new(),
    };
    let here = of.id.schema().map(|schema| format!("{kinds} in schema {schema} of "));
    let everywhere = format!("{kinds} of ");
    let defaults = of.schema.of_kind(K::DefaultPrivilege).filter_map(|(id, _)| {
        let applies = id.identity.starts_with(&everywhere)
            || here.as_ref().is_some_and(|here| id.identity.starts_with(here.as_str()));
        applies.then(|| id.identity.rsplit_once(" to ").map(|(_, to)| to.to_owned())).flatten()
    });
    let grants = |to: &String| {
        let grant = ObjectId::new(K::Grant, format!("{} to {to}", of.id));
        !of.schema.objects.contains_key(&grant) && to != "(owner)" && to != "PUBLIC"
    };
    let Ok((on, _)) = on(of.id) else { return Vec::new() };
    defaults.filter(grants).map(|to| Sql::of(format!("REVOKE ALL ON {on} FROM {to}"))).collect()
}
