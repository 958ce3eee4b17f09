//! The command `rule`: the page of a rule, or the list of all.
//! Out: the rules (`lint`).

use super::args::RuleArgs;
use crate::{Exit, console};
use groundline_core::{Fault, Result};
use groundline_lint::{RULES, Rule};
use std::fmt::Write as _;

/// Runs `rule`.
pub async fn run(args: RuleArgs) -> Result<Exit> {
    if args.pages {
        console::data(&groundline_evidence::rules_page());
        return Ok(Exit::Done);
    }
    let Some(code) = args.code else {
        console::data(&list());
        return Ok(Exit::Done);
    };
    let rule = RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(&code) || rule.name == code);
    match rule {
        Some(rule) => {
            console::data(&groundline_evidence::rule_page(rule));
            Ok(Exit::Done)
        }
        None => Err(Fault::new(format!("there is no rule {code}")).next("`groundline rule` lists them")),
    }
}

fn list() -> String {
    let mut text = String::new();
    for rule in RULES {
        let Rule { code, name, severity, .. } = rule;
        // Writing to a string does not fail.
        let _ = writeln!(text, "{code}  {name:<36}  {severity}");
    }
    text
}
