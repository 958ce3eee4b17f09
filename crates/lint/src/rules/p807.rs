//! P807: New tables without a comment.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{OnTable, Operation};

pub(super) const RULE: Rule = Rule {
    code: "P807",
    name: "table-without-comment",
    group: Group::Policy,
    severity: Severity::Warning,
    sources: &["M"],
    page: include_str!("p807.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateTable(table) = context.operation else { return };
    if !context.policies.table_comment || table.temporary || table.partition_of.is_some() {
        return;
    }
    let full = context.schema.resolve(&table.name);
    let commented = context.flow.operations.iter().skip(context.index).any(|operation| {
        let Operation::OnTable { what: OnTable::Comment, table } = operation else { return false };
        context.schema.resolve(table) == full
    });
    if !commented {
        found
            .say(Consequence::Style, format!("the table {full} has no comment"))
            .on(&full)
            .why("[policy] table_comment asks for one")
            .instead(format!("COMMENT ON TABLE {} IS '…';", table.name));
    }
}
