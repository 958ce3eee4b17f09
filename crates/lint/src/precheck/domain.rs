//! Values that a domain's new constraint does not take, in each column of the domain.
//! Out: arrays of it, and composite types with it. Called by `precheck`.

use super::{On, Precheck};
use crate::schema::{RelationIs, Schema};
use groundline_core::quote_ident;
use groundline_sql::operation::{ConstraintKind, DomainAction, Name, SqlType};

impl On<'_> {
    /// The questions of ALTER DOMAIN; `on` is asked for the rest.
    pub(super) fn of_domain(on: &On<'_>, name: &Name, action: &DomainAction) -> Vec<Precheck> {
        let schema = on.schema;
        let domain = schema.resolve_type(name);
        let known = |constraint: &str| schema.domains.get(&domain)?.checks.get(constraint).cloned();
        let check = match action {
            DomainAction::SetNotNull => None,
            DomainAction::AddConstraint { not_valid: false, constraint: Some(added) } => match &added.kind {
                ConstraintKind::NotNull { .. } => None,
                ConstraintKind::Check { expression } => Some(expression.clone()),
                _ => return Vec::new(),
            },
            DomainAction::Validate { name } if known(name).is_some() => known(name),
            _ => return Vec::new(),
        };
        let mut asked = Vec::new();
        for (table, relation) in &schema.relations {
            if relation.is != RelationIs::Table || relation.created {
                continue;
            }
            let on = On { table: table.clone(), ..*on };
            // A parent's rows are those of its partitions and children, too.
            let is_asked_for =
                |column: &str| relation.parents.iter().any(|parent| schema.column(parent, column).is_some());
            for (column, of) in &relation.columns {
                if is_of(schema, &of.kind, &domain) && !is_asked_for(column) {
                    asked.push(on.breaking_domain(column, check.as_deref()));
                }
            }
        }
        asked
    }

    fn breaking_domain(&self, column: &str, check: Option<&str>) -> Precheck {
        let name = quote_ident(column);
        match check {
            // A check calls the value VALUE, which is a name like others outside of a domain.
            Some(check) => self.ask(
                format!("what breaks {check} in {column}"),
                &format!("EXISTS (SELECT FROM (SELECT {name} AS value) AS of WHERE NOT ({check}))"),
                "the domain's CHECK",
            ),
            None => {
                self.ask(format!("NULL in {column}"), &format!("{name} IS NULL"), "the domain's NOT NULL")
            }
        }
    }
}

/// Whether a type is a domain, or a domain of it.
fn is_of(schema: &Schema, kind: &SqlType, domain: &Name) -> bool {
    let mut kind = kind;
    while !kind.array {
        let Some(full) = schema.type_of(kind) else { return false };
        if full == *domain {
            return true;
        }
        let Some(of) = schema.domains.get(&full) else { return false };
        kind = &of.base;
    }
    false
}
