//! Constraints of tables and domains. Source: PostgreSQL manual, ALTER TABLE, ALTER DOMAIN.
//! Out: the index behind one (`index`), NOT NULL before 18 (`column`).

use super::{Alter, Of, Sql};
use crate::ObjectKind;
use std::collections::BTreeSet;

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let mut text = format!(
        "{} ADD CONSTRAINT {} {}",
        alter_parent(of),
        of.name(),
        of.get("definition").unwrap_or_default()
    );
    if of.is("no inherit") {
        text.push_str(" NO INHERIT");
    }
    match of.get("deferrable") {
        None => {}
        Some("true") => text.push_str(" DEFERRABLE"),
        Some(initially) => text.push_str(&format!(" DEFERRABLE {}", initially.to_uppercase())),
    }
    if of.get("enforced") == Some("false") {
        text.push_str(" NOT ENFORCED");
    } else if of.get("validated") == Some("false") {
        text.push_str(" NOT VALID");
    }
    let mut statements = vec![Sql::of(text)];
    if !of.alone {
        statements.extend(attached(of));
    }
    Ok(statements)
}

/// The constraint's index under that of the partitioned table.
fn attached(of: Of<'_>) -> Vec<Sql> {
    let index = of.side.made_with(of.id).find(|child| child.kind == ObjectKind::Index);
    let to = index.and_then(|id| Some((id, of.schema.objects.get(id)?.properties.get("attached to")?)));
    to.map(|(id, to)| Sql::of(format!("ALTER INDEX {to} ATTACH PARTITION {}", id.identity)))
        .into_iter()
        .collect()
}

pub fn drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![Sql::of(format!("{} DROP CONSTRAINT {}", alter_parent(of), of.name()))])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let is_key = new.get("definition").is_some_and(|definition| definition.starts_with("FOREIGN KEY"));
    if changed.contains("triggers") {
        return Alter::Cannot(
            "PostgreSQL names the triggers of a constraint by numbers, so no statement that can be written down \
             enables or disables one: ALTER TABLE … DISABLE TRIGGER, by hand"
                .to_owned(),
        );
    }
    if changed.iter().eq(["validated"].iter()) && new.get("validated").is_none() {
        return Alter::By(vec![Sql::of(format!("{} VALIDATE CONSTRAINT {}", alter_parent(new), new.name()))]);
    }
    if changed.iter().eq(["deferrable"].iter()) && is_key {
        let how = match new.get("deferrable") {
            None => "NOT DEFERRABLE".to_owned(),
            Some("true") => "DEFERRABLE INITIALLY IMMEDIATE".to_owned(),
            Some(initially) => format!("DEFERRABLE {}", initially.to_uppercase()),
        };
        return Alter::By(vec![Sql::of(format!(
            "{} ALTER CONSTRAINT {} {how}",
            alter_parent(new),
            new.name()
        ))]);
    }
    // A parent that comes or goes says it.
    let is_inherited = old.get("inherited").is_some() && new.get("inherited").is_some();
    match is_inherited || changed.iter().eq(["inherited"].iter()) {
        true => Alter::By(Vec::new()),
        false => Alter::Recreate,
    }
}

fn alter_parent(of: Of<'_>) -> String {
    let kind = of.object.parent.as_ref().map_or(ObjectKind::Table, |parent| parent.kind);
    let partitioned = of.object.parent.as_ref().and_then(|parent| of.schema.objects.get(parent));
    let is_partitioned = partitioned.is_some_and(|table| table.properties.contains_key("partition key"));
    // Keys of partitions are made with their own names, and attached.
    let has_index = of.side.made_with(of.id).next().is_some();
    let only = if is_partitioned && has_index { "ONLY " } else { "" };
    format!("ALTER {} {only}{}", kind.word().to_uppercase(), of.parent())
}
