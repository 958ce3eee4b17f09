//! Pages of rules: one alone, and all in one for `docs/reference/rules.md`.
//! Out: their words (`lint`, beside each rule). Called by the command `rule`.

use groundline_lint::{Group, RULES, Rule};
use std::fmt::Write as _;

/// The page of a rule.
pub fn rule_page(rule: &Rule) -> String {
    let sources = rule.sources.join(", ");
    format!(
        "# {} {}\n\n{} · catalogue rows {sources} · `-- groundline: allow {} until YYYY-MM-DD because …`\n\n{}",
        rule.code, rule.name, rule.severity, rule.code, rule.page
    )
}

/// All pages, by group.
pub fn rules_page() -> String {
    let mut text = String::from(
        "# Rules\n\nMade by `groundline rule --pages`; do not edit. What a rule says of locks, rewrites and scans is held against \
         servers of\nevery supported major by a test.\n",
    );
    let mut last = None;
    for rule in RULES {
        if last != Some(rule.group) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "\n## {}", title(rule.group));
            last = Some(rule.group);
        }
        let page = rule_page(rule).replacen("# ", "### ", 1);
        let _ = write!(text, "\n{page}");
    }
    text
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Lock => "L: blocks readers or writers",
        Group::Destructive => "D: destroys data",
        Group::Breaking => "B: breaks code that runs",
        Group::Transaction => "T: transactions and the shape of files",
        Group::Safety => "S: security, and guarantees that go",
        Group::Rows => "Q: statements on rows",
        Group::Policy => "P: what a team asks for, in `[policy]`",
        Group::Advice => "A: advice on design",
        Group::Unknown => "U: what could not be judged",
    }
}
