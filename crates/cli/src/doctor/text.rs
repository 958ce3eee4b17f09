//! A report of `doctor` for people.
//! Out: what is in it (`mod`).

use super::{Environment, Finding, Judged, OneSide, Report};
use crate::console;
use crate::settings::Project;
use groundline_contracts::environment::Source;
use groundline_contracts::owners::Ruled;
use groundline_core::Fault;
use groundline_evidence::{Excerpt, Severity, count, render_fault};
use std::fmt::Write as _;

/// Draws it.
pub fn draw(report: &Report, project: &Project) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let decided = if report.is_policy_decided {
        ""
    } else {
        ", as nothing is decided: [startup] policy in groundline.toml"
    };
    let _ = writeln!(text, "groundline doctor  {}\n\nStartup: {}{decided}", report.project, report.policy);
    owners(&mut text, &report.owners);
    environment(&mut text, &report.environment, report.meeting.is_some(), project);
    roles(&mut text, report);
    for fault in &report.unseen {
        text.push_str(&told(fault, Severity::Error));
    }
    let refused = report.owners.iter().filter(|judged| judged.ruled == Ruled::Refused).count();
    let broken = report.environment.findings.iter().filter(|finding| finding.breaks).count();
    let _ = writeln!(
        text,
        "\n{} against the policy, {} of the contract, {}",
        count(refused, "owner"),
        count(broken, "break"),
        match report.unseen.len() {
            0 => "nothing that could not be looked at".to_owned(),
            some => format!("{} that could not be looked at", count(some, "thing")),
        }
    );
    text
}

fn owners(text: &mut String, owners: &[Judged]) {
    let shown: Vec<&Judged> = owners.iter().filter(|judged| judged.ruled != Ruled::Test).collect();
    if shown.is_empty() {
        text.push_str("no code outside migrations changes the schema\n");
    }
    for judged in shown {
        match &judged.ruled {
            Ruled::Refused => text.push_str(&told(&judged.fault, Severity::Error)),
            Ruled::Allowed(reason) => {
                let place = judged.fault.place.as_ref().map(ToString::to_string).unwrap_or_default();
                let _ = writeln!(text, "{place}: {} is allowed, because {reason}", judged.owner.framework);
            }
            Ruled::Told | Ruled::Test => text.push_str(&told(&judged.fault, Severity::Note)),
        }
    }
    let tests = owners.iter().filter(|judged| judged.ruled == Ruled::Test).count();
    if tests > 0 {
        let _ = writeln!(text, "and in tests: {}", count(tests, "place"));
    }
}

fn environment(text: &mut String, environment: &Environment, met: bool, project: &Project) {
    text.push_str("\nEnvironment\n");
    for (name, side) in [("application", &environment.app), ("migrations", &environment.migrations)] {
        let _ = writeln!(text, "  {name:<11}  {}", line(side));
        for used in &side.used {
            let from = used.from.as_deref().unwrap_or("nowhere");
            let empty = if used.is_empty { ", empty" } else { "" };
            let _ = writeln!(text, "  {:<11}    {} from {from}{empty}", "", used.name);
        }
        for read in side.side.reads.iter().filter(|read| side.used.iter().any(|used| used.name == read.name))
        {
            let place = format!("{}:{}", project.folder.join(&read.file).display(), read.position.line);
            let _ = writeln!(text, "  {:<11}    {} is read in {place}", "", read.name);
        }
    }
    for Finding { breaks, fault, .. } in &environment.findings {
        text.push_str(&told(fault, if *breaks { Severity::Error } else { Severity::Note }));
    }
    if met && environment.findings.iter().all(|finding| !finding.breaks) {
        text.push_str("  both are in the same database: a lock of one is seen by the other\n");
    }
}

fn line(side: &OneSide) -> String {
    let from = match side.side.source {
        Source::Declared => "as groundline.toml says",
        Source::Read => "as the code reads it",
        Source::Tool => "as the migrations' tool reads it",
        Source::Nothing => "",
    };
    match (&side.side.template, &side.address) {
        (None, _) => "not known".to_owned(),
        (Some(template), None) => format!("{}, {from}", groundline_core::scrub(template)),
        (Some(template), Some(address)) => {
            let groundline_contracts::environment::Address { host, port, database, user } = address;
            let role = user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
            format!("{}, {from}: {role}{host}:{port}/{database}", groundline_core::scrub(template))
        }
    }
}

fn roles(text: &mut String, report: &Report) {
    let Some(roles) = &report.roles else { return };
    text.push_str("\nRoles that can change the schema\n");
    for role in roles {
        let login = if role.can_login { "" } else { " (no login)" };
        let _ = writeln!(text, "  {}{login}: {}", role.role, role.rights.join("; "));
        for (program, sessions) in &role.sessions {
            let _ = writeln!(text, "    connected now: {program}, {}", count(*sessions as usize, "session"));
        }
    }
}

fn told(fault: &Fault, severity: Severity) -> String {
    let excerpts = Excerpt::of_faults(std::iter::once(fault), |path| std::fs::read_to_string(path).ok());
    render_fault(fault, severity, excerpts.first(), console::look())
}
