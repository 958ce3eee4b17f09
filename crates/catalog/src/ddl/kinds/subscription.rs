//! Subscriptions. Source: PostgreSQL manual, CREATE SUBSCRIPTION, ALTER SUBSCRIPTION, DROP SUBSCRIPTION.
//! How one connects is a secret that nobody reads: none is made here, and what would connect is refused.

use super::{Alter, Of, Sql};
use groundline_core::quote_literal;
use std::collections::BTreeSet;

pub fn create(_of: Of<'_>) -> Result<Vec<Sql>, String> {
    Err("how it connects is a secret and is not read: write CREATE SUBSCRIPTION by hand".to_owned())
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    match of.get("slot") {
        None => Ok(vec![Sql::of(format!("DROP SUBSCRIPTION {}", of.id.identity))]),
        Some(slot) => Err(format!(
            "DROP SUBSCRIPTION would connect to its publisher to drop the slot {slot} there: do it by hand, or \
             SET (slot_name = NONE) first"
        )),
    }
}

pub fn alter(_old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER SUBSCRIPTION {}", new.id.identity);
    let mut statements = Vec::new();
    for property in changed {
        let is = new.get(property);
        let set = |option: &str, value: &str| Sql::of(format!("{alter} SET ({option} = {value})"));
        statements.push(match *property {
            "publications" => {
                Sql::of(format!("{alter} SET PUBLICATION {} WITH (refresh = false)", is.unwrap_or_default()))
            }
            "slot" => set("slot_name", &is.map_or_else(|| "NONE".to_owned(), quote_literal)),
            "synchronous commit" => set("synchronous_commit", &quote_literal(is.unwrap_or("off"))),
            "binary" => set("binary", is.unwrap_or("false")),
            "streaming" => set("streaming", is.unwrap_or("off")),
            "disable on error" => set("disable_on_error", is.unwrap_or("false")),
            "password required" => set("password_required", is.unwrap_or("true")),
            "run as owner" => set("run_as_owner", is.unwrap_or("false")),
            "origin" => set("origin", is.unwrap_or("any")),
            "enabled" if is.is_some() => Sql::of(format!("{alter} DISABLE")),
            "enabled" if new.get("slot").is_some() => Sql::of(format!("{alter} ENABLE")),
            "enabled" => return Alter::Cannot("without a slot it can't be enabled".to_owned()),
            other => {
                return Alter::Cannot(format!(
                    "{other} is agreed with the publisher: change it by hand, with the publisher at hand"
                ));
            }
        });
    }
    Alter::By(statements)
}
