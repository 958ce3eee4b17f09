//! Statements for a person: on stdout what there is to run, on stderr what they do not do.
//! Out: making them (`catalog::ddl`), revisions of them (`manage`).
//! Called by `diff` and by the commands that write revisions.

use crate::{Exit, console};
use groundline_catalog::ddl::{LeftOut, Plan};
use groundline_core::Fault;

/// Prints the script of a plan, and what it leaves out.
pub fn print(plan: &Plan) -> Exit {
    console::data(&plan.sql());
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
