//! Statements for a person: on stdout what there is to run, on stderr what they do to a live database and do not do.
//! Out: making them (`catalog::ddl`), revisions of them (`manage`).
//! Called by `diff` and by the commands that write revisions.

use crate::{Exit, console, lint};
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::{LeftOut, Plan};
use groundline_core::Fault;
use groundline_lint::{Policies, Schema, Severity, judge};

/// Prints the script of a plan from a schema, what its statements do to a live database, and what it leaves out.
pub fn print(plan: &Plan, before: &Snapshot) -> Exit {
    let script = plan.sql();
    console::data(&script);
    tell_hazards(&script, before);
    tell_left_out(&plan.left_out);
    if plan.left_out.is_empty() { Exit::Done } else { Exit::Findings }
}

/// What is left out, and why.
pub fn tell_left_out(left_out: &[LeftOut]) {
    for left in left_out {
        let fault = Fault::new(format!("left out: {}", left.object)).why(&left.why);
        console::note(&if left.loses_data() { fault.next("--allow-destructive emits it") } else { fault });
    }
}

/// What statements do to a live database of this schema, by the rules of the lint.
pub fn tell_hazards(script: &str, before: &Snapshot) {
    // A team's policies are for its revisions, which these are not yet.
    let policies = Policies::default();
    let settings = lint::settings(&policies, before.server.major(), false);
    let verdict = judge(script, &mut Schema::of(before), settings);
    for finding in verdict.findings.iter().filter(|finding| finding.severity > Severity::Note) {
        console::note(&lint::fault(finding));
    }
}
