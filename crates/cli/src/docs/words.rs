//! The words that are filled into a team's documents, from its configuration, its history and the registries.
//! Out: the documents (`mod`).

use crate::manage::history::listing;
use crate::settings::Project;
use groundline_gate::decide;
use groundline_lint::{Group, RULES};
use groundline_migrate::history::History;
use groundline_pg::dialect::Dialect;
use groundline_pg::stage;
use std::path::Path;

/// How many revisions the cookbook shows, the newest last.
const LISTED: usize = 10;

/// Names and what stands for them.
pub fn of(project: &Project, history: Option<&History>) -> Vec<(&'static str, String)> {
    let config = &project.config;
    let below = |history: &History| {
        let folder = history.folder.strip_prefix(&project.folder).unwrap_or(&history.folder);
        folder.display().to_string()
    };
    let table = |history: &History| stage::dialect_of(history).map(Dialect::table_name).ok();
    let or = |word: Option<String>| word.unwrap_or_else(|| "a folder that is not there yet".to_owned());
    let guarded = !config.guard.migrators.is_empty();
    vec![
        ("project", project.name()),
        ("folder", or(history.map(below))),
        ("layout", history.map_or("none".to_owned(), |history| history.layout.to_owned())),
        ("table", history.and_then(table).unwrap_or_else(|| "the layout's history table".to_owned())),
        ("revisions", history.map(|history| revisions(history, &below(history))).unwrap_or_default()),
        ("destructive", rules(Group::Destructive)),
        ("breaking", rules(Group::Breaking)),
        ("locks", rules(Group::Lock)),
        ("rows", rules(Group::Rows)),
        ("transactions", rules(Group::Transaction)),
        ("policy", policy(project)),
        ("tree", decide::page().replacen("# What to do", "## What to do", 1).replace("\n## ", "\n### ")),
        ("open", match guarded {
            true => "`groundline guard open --reason \"why\" --ttl 30m` lets the role change the schema, and logs each change.",
            false => "There is no guard in the configuration: write down the time and each statement.",
        }.to_owned()),
        ("close", match guarded {
            true => "`groundline guard close`, and `groundline guard log` for the record.",
            false => "`groundline drift` shows what was changed.",
        }.to_owned()),
        ("operators", match config.owners.operators.as_slice() {
            [] => "Nobody is named who runs migrations: `[owners] operators` in groundline.toml.".to_owned(),
            names => format!("Migrations of production are run by {}.", names.join(", ")),
        }),
        ("approvers", approvers(project)),
        ("windows", windows(project)),
    ]
}

/// What `groundline history` prints in the project's folder; of a long history its end.
fn revisions(history: &History, below: &str) -> String {
    let printed = listing(history, &Path::new(".").join(below));
    let (command, skipped) = match history.revisions.len() > LISTED {
        false => ("groundline history".to_owned(), 0),
        // The rows, an empty line, and how many there are.
        true => (format!("groundline history | tail -{}", LISTED + 2), 1 + history.revisions.len() - LISTED),
    };
    let shown: Vec<&str> = printed.lines().skip(skipped).collect();
    format!("```console\n$ {command}\n{}\n```", shown.join("\n"))
}

fn rules(group: Group) -> String {
    let codes: Vec<&str> = RULES.iter().filter(|rule| rule.group == group).map(|rule| rule.code).collect();
    match codes.as_slice() {
        [first, .., last] => format!("{first} to {last}"),
        codes => codes.join(", "),
    }
}

fn policy(project: &Project) -> String {
    let backup = &project.config.backup;
    let asked = match backup.asks() {
        Some(asks) => format!("An upgrade of production needs a backup: {asks}."),
        None => "No backup is asked for before an upgrade: `[backup] before_upgrade` in groundline.toml."
            .to_owned(),
    };
    match &backup.hook {
        Some(hook) => format!("{asked} The team's own system makes it: `{}`.", groundline_core::scrub(hook)),
        None => asked,
    }
}

fn approvers(project: &Project) -> String {
    let owners = &project.config.owners;
    let one = |approver: &groundline_gate::Approver| match approver.of.as_slice() {
        [] => approver.name.clone(),
        of => format!("{} ({})", approver.name, of.join(", ")),
    };
    let second = if owners.two_person { ", and never by who runs it" } else { "" };
    match owners.approvers.as_slice() {
        [] => "Nobody is named who approves a plan that loses data: `[owners] approvers` in groundline.toml."
            .to_owned(),
        names => format!(
            "A plan that loses data is approved by {}{second}: `groundline approve plan.json`.",
            names.iter().map(one).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn windows(project: &Project) -> String {
    let windows = &project.config.windows;
    let mut lines = windows.words();
    if lines.is_empty() {
        return "No window is declared: `[windows]` in groundline.toml.".to_owned();
    }
    lines.insert(0, "Outside of these, `groundline upgrade` refuses:".to_owned());
    lines.join("\n")
}
