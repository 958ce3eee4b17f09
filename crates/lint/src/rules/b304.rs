//! B304: ALTER TYPE RENAME VALUE, RENAME TO, or a composite type changed.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "B304",
    name: "rename-enum-value",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["H02"],
    page: include_str!("b304.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    use groundline_sql::operation::TypeAction;
    let Operation::AlterType { name, action } = context.operation else { return };
    let full = context.schema.resolve_type(name);
    if context.schema.created_types.contains(&full) || context.schema.renamed_types.contains(&full) {
        return;
    }
    match action {
        TypeAction::RenameValue => {
            found
                .say(Consequence::Break, format!("code that knows the old value of {name} fails from this moment on"))
                .why("the old and the new release run at the same time, and each knows one value")
                .instead(format!("ALTER TYPE {name} ADD VALUE '…';"));
        }
        TypeAction::Rename { .. } if context.type_returns(&full) => {
            found
                .say(Consequence::Break, format!("code that knows a value of {name} which the new {name} lacks fails"))
                .why("another type gets its name in the same transaction")
                .severity(Severity::Note);
        }
        TypeAction::Rename { .. } => {
            found
                .say(Consequence::Break, format!("code that names {name} fails from this moment on"))
                .why("casts and parameters name the type");
        }
        TypeAction::Attributes => {
            found
                .say(Consequence::Break, format!("rows of {name} get another shape"))
                .why("code that builds or reads such rows counts its attributes")
                .severity(Severity::Note);
        }
        TypeAction::AddValue { .. } | TypeAction::Other => {}
    }
}
