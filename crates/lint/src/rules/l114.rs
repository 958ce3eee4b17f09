//! L114: ATTACH PARTITION without a proof.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "L114",
    name: "attach-partition-scans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["F01", "F02"],
    page: include_str!("l114.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::Attach { bound, .. } = action.action else { continue };
        for scanned in &action.effects.scans {
            found
                .say(Consequence::Scan, format!("attaching reads all of {scanned} while nobody else can"))
                .at(action.span)
                .locking(action.effects, scanned)
                .why("no valid CHECK proves that its rows belong where the bound says")
                .instead(format!(
                    "ALTER TABLE {scanned} ADD CONSTRAINT … CHECK (…) NOT VALID; -- the same as {bound}\n\
                     -- in its own transaction:\nALTER TABLE {scanned} VALIDATE CONSTRAINT …;"
                ));
        }
    }
}
