//! Statements for a person: on stdout what there is to run, on stderr what they do to a live database and do not do.
//! Out: making them (`catalog::ddl`), revisions of them (`manage`).
//! Called by `diff` and by the commands that write revisions.

use crate::{Exit, console, lint};
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::{self, LeftOut, Options, Plan};
use groundline_core::{Fault, Major};
use groundline_lint::{Policies, Schema, Severity, judge};
use std::panic::resume_unwind;

/// Prints the script that leads from one schema to another, what its statements do to a live database, and what it leaves
/// out.
pub fn print(before: &Snapshot, after: &Snapshot, options: Options) -> (Plan, Exit) {
    // Of a large schema, what the lint knows takes as long as the plan.
    let (plan, mut facts) = std::thread::scope(|scope| {
        let facts = scope.spawn(|| Schema::of(before));
        let plan = ddl::plan(before, after, options);
        (plan, facts.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let script = plan.sql();
    console::data(&script);
    tell_hazards(&script, &mut facts, before.server.major());
    tell_left_out(&plan.left_out);
    let exit = if plan.left_out.is_empty() { Exit::Done } else { Exit::Findings };
    (plan, exit)
}

/// What is left out, and why.
pub fn tell_left_out(left_out: &[LeftOut]) {
    for left in left_out {
        let fault = Fault::new(format!("left out: {}", left.object)).why(&left.why);
        console::note(&if left.loses_data() { fault.next("--allow-destructive emits it") } else { fault });
    }
}

/// What statements do to a live database of this schema and major, by the rules of the lint.
pub fn tell_hazards(script: &str, before: &mut Schema, major: Major) {
    // A team's policies are for its revisions, which these are not yet.
    let policies = Policies::default();
    let verdict = judge(script, before, lint::settings(&policies, major, false));
    for finding in verdict.findings.iter().filter(|finding| finding.severity > Severity::Note) {
        console::note(&lint::fault(finding));
    }
}
