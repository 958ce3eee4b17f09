//! T504: A new enum value used in the transaction that adds it.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::cut;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "T504",
    name: "new-enum-value-in-use",
    group: Group::Transaction,
    severity: Severity::Error,
    sources: &["H01"],
    page: include_str!("t504.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    use groundline_sql::operation::TypeAction;
    for earlier in context.flow.earlier_in_transaction(context.index) {
        let Operation::AlterType { name, action: TypeAction::AddValue { value } } = earlier else { continue };
        let new_type = context.schema.created_types.contains(&context.schema.resolve_type(name));
        if !new_type && context.text.contains(&format!("'{value}'")) {
            found
                .say(Consequence::Break, format!("'{value}' is used in the transaction that adds it to {name}"))
                .why("PostgreSQL refuses a new enum value until its transaction is committed")
                .instead(format!("-- in a revision of its own, before this one:\nALTER TYPE {name} ADD VALUE '{value}';"))
                .fix(cut());
            return;
        }
    }
}
