//! Default privileges. Source: PostgreSQL manual, ALTER DEFAULT PRIVILEGES.
//! Out: grants on objects (`access`).

use super::{Alter, Of, Sql, access};
use std::collections::BTreeSet;

/// What an identity says: `tables in schema a of b to c`.
struct Default<'s> {
    objects: &'s str,
    schema: Option<&'s str>,
    role: &'s str,
    grantee: &'s str,
}

impl<'s> Default<'s> {
    fn of(of: Of<'s>) -> Result<Self, String> {
        let unread = || format!("what {} says is not understood", of.id);
        let (rest, grantee) = of.id.identity.rsplit_once(" to ").ok_or_else(unread)?;
        let (rest, role) = rest.rsplit_once(" of ").ok_or_else(unread)?;
        let (objects, schema) = match rest.split_once(" in schema ") {
            Some((objects, schema)) => (objects, Some(schema)),
            None => (rest, None),
        };
        let grantee = if grantee == "(owner)" { role } else { grantee };
        Ok(Self { objects, schema, role, grantee })
    }

    /// What there is without a word; those of a schema are added to the others.
    fn usual(&self) -> &'static str {
        match (self.schema, self.grantee, self.objects) {
            (None, "PUBLIC", "functions") => "EXECUTE",
            (None, "PUBLIC", "types") => "USAGE",
            (None, grantee, _) if grantee == self.role => "ALL",
            _ => "none",
        }
    }

    /// Exactly these privileges.
    fn exactly(&self, privileges: &str) -> Vec<Sql> {
        let schema = self.schema.map(|schema| format!(" IN SCHEMA {schema}")).unwrap_or_default();
        let alter = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {}{schema}", self.role);
        let objects = self.objects.to_uppercase();
        let revoke = Sql::of(format!("{alter} REVOKE ALL ON {objects} FROM {}", self.grantee));
        let grants = access::by_option(privileges).into_iter().map(|(privileges, option)| {
            Sql::of(format!(
                "{alter} GRANT {} ON {objects} TO {}{option}",
                privileges.join(", "),
                self.grantee
            ))
        });
        std::iter::once(revoke).chain(grants).collect()
    }
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(Default::of(of)?.exactly(of.get("privileges").unwrap_or("none")))
}

/// Back to what there is without a word.
pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let default = Default::of(of)?;
    Ok(default.exactly(default.usual()))
}

pub fn alter(_old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    match create(new) {
        Ok(statements) => Alter::By(statements),
        Err(why) => Alter::Cannot(why),
    }
}
