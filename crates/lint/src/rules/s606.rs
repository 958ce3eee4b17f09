//! S606: An extension made or updated.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "S606",
    name: "extension-version",
    group: Group::Safety,
    severity: Severity::Note,
    sources: &["H09"],
    page: include_str!("s606.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    match context.operation {
        Operation::UpdateExtension { name } => {
            found
                .say(Consequence::Lock, format!("the update of {name} runs scripts that are not in this file"))
                .why("they may lock or write anything")
                .severity(Severity::Warning);
        }
        Operation::CreateExtension { name, version: false } => {
            found
                .say(Consequence::Style, format!("{name} gets the version that the server has"))
                .why("environments may differ");
        }
        _ => {}
    }
}
