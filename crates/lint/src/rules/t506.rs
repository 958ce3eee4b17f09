//! T506: SET without LOCAL, or a lock_timeout of nothing.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::local_setting;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "T506",
    name: "setting-outlives-the-script",
    group: Group::Transaction,
    severity: Severity::Warning,
    sources: &["K01", "K10"],
    page: include_str!("t506.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Set { name, local, value } = context.operation else { return };
    let plain = value.trim_matches(['\'', '"']);
    if name == "lock_timeout" && (plain.trim_end_matches(char::is_alphabetic) == "0" || plain == "default") {
        found
            .say(Consequence::Lock, "without a lock_timeout, a statement that waits stops all that come after it")
            .why("a lock that is waited for stands in the queue before every query that comes after")
            .instead("SET LOCAL lock_timeout = '2s';")
            .fix(local_setting(context, Some("lock_timeout = '2s'")));
        return;
    }
    let leaks = ["role", "session_replication_role", "search_path", "row_security", "session_authorization"];
    if !local && leaks.contains(&name.as_str()) {
        let role = name == "session_replication_role";
        found
            .say(Consequence::Break, format!("{name} stays set after the script, for whoever uses the session next"))
            .why(match role {
                true => "it also turns triggers and foreign keys off",
                false => "behind a pooler, sessions are shared",
            })
            .instead(format!("SET LOCAL {name} = {value};"))
            .fix(local_setting(context, None))
            .severity(if role { Severity::Warning } else { Severity::Note });
    }
}
