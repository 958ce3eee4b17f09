//! The phase over the project's files: who changes the schema, and whether application and migrations mean one database.
//! Out: looking (`doctor`); a proof on servers, which `doctor` gives where both are reached.
//! Called by `check`.

use super::run::Run;
use crate::doctor::{self, Examined};
use crate::settings::Project;
use groundline_contracts::owners::{Policy, Ruled};
use groundline_core::{Fault, Result};
use groundline_evidence::{Step, StepId, count};
use groundline_pg::stage::Play;

/// Looks at the files of a project; values are those of files, not of the process that checks.
pub fn examine(run: &mut Run, project: &Project, play: &Play<'_>) -> Result<()> {
    let clock = run.clock();
    let history = play.history;
    let examined = doctor::examine(project, Some(history.layout), Some(&history.folder), false)?;
    run.record(owners(project, &examined), clock);
    let clock = run.clock();
    run.record(one_database(&examined), clock);
    Ok(())
}

fn owners(project: &Project, examined: &Examined) -> Step {
    let refused: Vec<Fault> = examined.refused().map(|judged| judged.fault.clone()).collect();
    let told = examined.owners.iter().filter(|judged| judged.ruled == Ruled::Told);
    let mut notes: Vec<Fault> = told.map(|judged| judged.fault.clone()).collect();
    let policy = project.config.startup.policy;
    let word = policy.unwrap_or_default().word();
    if policy.is_none() && !notes.is_empty() {
        let undecided =
            Fault::new("nobody decided whether the application may change the schema when it starts")
                .why(format!("{word} is taken"))
                .next(format!("[startup] policy = \"{}\" in groundline.toml", Policy::MigrationOnly.word()));
        notes.insert(0, undecided);
    }
    let places = count(examined.owners.len(), "place");
    match refused.len() {
        0 => Step::passed(StepId::Owners, format!("{word}: {places} in code, none against it")).noting(notes),
        some => {
            let summary = format!("{word}: {} against it", count(some, "place"));
            Step::failed(StepId::Owners, summary, refused).noting(notes)
        }
    }
}

fn one_database(examined: &Examined) -> Step {
    let (broken, notes) = (examined.findings(true), examined.findings(false));
    let step = match (broken.len(), examined.together()) {
        (0, Some(how)) => Step::passed(StepId::SameDatabase, how),
        (0, None) => Step::not_run(StepId::SameDatabase, examined.unknown()),
        (some, _) => Step::failed(StepId::SameDatabase, count(some, "break"), broken),
    };
    step.noting(notes)
}
