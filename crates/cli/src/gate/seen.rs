//! What is seen of a project for its gate: the last run, facts of files and configuration, signatures.
//! Out: what follows (`gate::judge`). It reads files and asks git; it connects to nothing but the database of `emergencies`.

use super::sign;
use crate::check::{git, history_digest, lock_digest};
use crate::settings::{Config, Project};
use crate::{backup, docs, drill};
use groundline_contracts::owners::Policy;
use groundline_core::{Digest, Result};
use groundline_evidence::{Evidence, Fold, State, count, newest_run, verify_runs};
use groundline_gate::Proof;
use groundline_gate::{EMERGENCY, Emergency, RunSeen, Seen, StepSeen, all_items};
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::{self, LockFile, LockSeverity};
use groundline_pg::backup::{self as kept, Verified};
use groundline_pg::{client, guard, journal};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What a project is now, which proofs and signatures must be of.
pub struct Now {
    pub history: Option<Digest>,
    pub lock: Option<Digest>,
    pub configuration: Option<Digest>,
}

impl Now {
    pub fn of(project: &Project, history: Option<&History>) -> Self {
        Self {
            history: history.map(history_digest),
            lock: history.and_then(|history| lock_digest(&history.folder)),
            configuration: project.inputs_digest(),
        }
    }
}

/// Looks at a project. `current` is a run that is not written yet.
pub fn look(project: &Project, evidence: &Path, current: Option<&Evidence>) -> Result<Seen> {
    let now = Timestamp::now();
    let history = drill::history(project).ok();
    let state = Now::of(project, history.as_ref());
    let last = match current {
        Some(_) => None,
        None => newest_run(evidence)?,
    };
    let last = current.or(last.as_ref().map(|run| run.record.evidence()));
    let run = last.map(|run| run_seen(run, &state, project));
    let files = all_items(&project.config.gate).into_iter().filter_map(|item| match item.proof {
        Proof::File(name) => Some((name.clone(), project.folder.join(name).exists())),
        _ => None,
    });
    Ok(Seen {
        now,
        run,
        files: files.collect(),
        facts: facts(project, history.as_ref(), (evidence, current.is_some()))?,
        signed: sign::signed(project, &state, now)?,
        emergencies: Vec::new(),
    })
}

/// The emergencies of a database: runs outside a window, and passes of the guard.
pub async fn emergencies(project: &Project, url: &str) -> Result<Vec<Emergency>> {
    let client = client::connect(url).await?;
    let mut all = Vec::new();
    for event in journal::events(&client, &project.name()).await? {
        let detail: Option<Value> = event.detail.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let Some(emergency) = detail.as_ref().and_then(|detail| detail.get("emergency")) else { continue };
        let word = |name: &str| emergency.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        all.push(Emergency {
            item: format!("{EMERGENCY}run-{}", &event.run[..8]),
            line: format!("{} by {}: {}", event.at, word("operator"), word("reason")),
        });
    }
    let passes =
        if guard::is_there(&client).await? { guard::emergencies(&client).await? } else { Vec::new() };
    all.extend(
        passes
            .into_iter()
            .map(|(number, line)| Emergency { item: format!("{EMERGENCY}guard-{number}"), line }),
    );
    Ok(all)
}

fn run_seen(evidence: &Evidence, state: &Now, project: &Project) -> RunSeen {
    let checklist = evidence.checklist();
    let steps = checklist.iter().map(|step| {
        let passed = match step.state {
            State::Passed => Some(true),
            State::Failed => Some(false),
            State::NotRun => None,
        };
        (step.id.word().to_owned(), StepSeen { passed, line: step.line().to_owned() })
    });
    RunSeen {
        id: evidence.run_id.clone(),
        at: evidence.finished,
        steps: steps.collect(),
        stale: stale(evidence, state, project),
    }
}

/// Why a run is not of the project as it is.
fn stale(evidence: &Evidence, now: &Now, project: &Project) -> Option<String> {
    let inputs = &evidence.inputs;
    if inputs.history != now.history {
        return Some("the revisions are others now".to_owned());
    }
    if inputs.lock != now.lock {
        return Some("groundline.lock is another now".to_owned());
    }
    if inputs.configuration != now.configuration {
        return Some("groundline.toml is another now".to_owned());
    }
    let major = evidence.server.as_ref().map(|server| server.version.major());
    match (project.production_major().ok().flatten(), major) {
        (Some(wanted), Some(major)) if wanted != major => {
            Some(format!("it was on PostgreSQL {major}, and production is {wanted}"))
        }
        _ => None,
    }
}

/// Facts by the names of their items.
#[derive(Default)]
struct Facts(BTreeMap<String, (bool, String)>);

impl Facts {
    /// A fact, why one may think that it holds, and what to do where it does not.
    fn say(&mut self, name: &str, holds: bool, yes: String, no: &str) {
        self.0.insert(name.to_owned(), (holds, if holds { yes } else { no.to_owned() }));
    }

    /// The same where one line says both.
    fn tell(&mut self, name: &str, (holds, line): (bool, String)) {
        self.0.insert(name.to_owned(), (holds, line));
    }
}

fn facts(
    project: &Project,
    history: Option<&History>,
    (evidence, is_under_way): (&Path, bool),
) -> Result<BTreeMap<String, (bool, String)>> {
    let mut facts = Facts::default();
    declared(&mut facts, &project.config);
    rules(&mut facts, &project.config);
    let verified = newest_verified(project)?;
    let no = "make one, which is tried at once: groundline backup --url URL";
    facts.say("backup-verified", verified.is_some(), verified.unwrap_or_default(), no);
    for (name, document) in docs::DOCUMENTS_OF_ITEMS {
        let at = docs::path_of(project, document);
        let current = docs::is_current(project, history, document);
        let no = if at.exists() {
            "it is out of date: groundline docs"
        } else {
            "it is not there: groundline docs"
        };
        facts.say(name, current, at.display().to_string(), no);
    }
    facts.tell("baseline-made", baseline(history)?);
    let first =
        history.and_then(|history| history.revisions.first()).map(Revision::label).unwrap_or_default();
    let is_named = first.to_lowercase().contains("baseline");
    facts.say("baseline-named", is_named, first.clone(), &format!("the first revision is {first:?}"));
    facts.tell("baseline-committed", committed(project, history));
    facts.tell("evidence", chain(evidence, is_under_way));
    Ok(facts.0)
}

/// What the configuration says for people.
fn declared(facts: &mut Facts, config: &Config) {
    let scope = &config.scope;
    let say = |what: &str| format!("say it in groundline.toml: {what}");
    facts.say(
        "scope-declared",
        !scope.inside.is_empty(),
        scope.inside.join("; "),
        &say("[scope] in = [\"…\"]"),
    );
    facts.say(
        "out-of-scope-declared",
        !scope.out.is_empty(),
        scope.out.join("; "),
        &say("[scope] out = [\"…\"]"),
    );
    let policy = config.startup.policy;
    let word = policy.unwrap_or_default().word().to_owned();
    facts.say("startup-policy", policy.is_some(), word, &say("[startup] policy"));
    let migrators = config.guard.migrators.join(", ");
    let how = match migrators.is_empty() {
        true => "startup is migration-only".to_owned(),
        false => format!("the guard lets {migrators} migrate"),
    };
    let holds = !migrators.is_empty() || policy == Some(Policy::MigrationOnly);
    facts.say(
        "no-direct-edits",
        holds,
        how,
        "install the guard ([guard] migrators), or decide on migration-only",
    );
}

/// The rules of production.
fn rules(facts: &mut Facts, config: &Config) {
    let asks = config.backup.asks();
    let no = "say it in groundline.toml: [backup] before_upgrade";
    facts.say("backup-policy", asks.is_some(), asks.unwrap_or_default().to_owned(), no);
    let windows = config.windows.allow.len();
    facts.say("window", windows > 0, count(windows, "window"), "say when: [windows] allow");
    let operators = &config.owners.operators;
    facts.say("operator", !operators.is_empty(), operators.join(", "), "say who: [owners] operators");
}

fn newest_verified(project: &Project) -> Result<Option<String>> {
    let all = kept::list(&backup::folder(project))?;
    let good = all.iter().rev().find(|one| one.verified.as_ref().is_some_and(Verified::is_good));
    Ok(good.and_then(|one| {
        let verified = one.verified.as_ref()?;
        Some(format!(
            "{}, restored in {}",
            one.backup.id,
            groundline_evidence::duration(verified.restore_milliseconds)
        ))
    }))
}

fn baseline(history: Option<&History>) -> Result<(bool, String)> {
    let Some(history) = history else { return Ok((false, "there are no migrations".to_owned())) };
    let Some(file) = LockFile::load(&history.folder)? else {
        return Ok((false, "there is no groundline.lock: groundline lock".to_owned()));
    };
    let other = lock::verify(&file, history)
        .into_iter()
        .filter(|finding| finding.severity != LockSeverity::Told)
        .count();
    Ok(match other {
        0 => (true, format!("{}, locked as they are", count(history.revisions.len(), "revision"))),
        some => (
            false,
            format!(
                "groundline.lock differs from the files in {}: groundline lock --verify",
                count(some, "place")
            ),
        ),
    })
}

fn committed(project: &Project, history: Option<&History>) -> (bool, String) {
    let Some(history) = history else { return (false, "there are no migrations".to_owned()) };
    match git(&history.folder) {
        None => (false, format!("{} is in no git repository", project.folder.display())),
        Some(facts) if facts.dirty => {
            (false, "the folder of migrations has changes that are not committed".to_owned())
        }
        Some(facts) => (true, format!("commit {}", &facts.commit[..facts.commit.len().min(10)])),
    }
}

fn chain(evidence: &Path, is_under_way: bool) -> (bool, String) {
    let fold = match evidence.is_dir() {
        true => verify_runs(evidence),
        false => Ok(Fold::default()),
    };
    match fold {
        Err(fault) => (false, fault.what),
        Ok(fold) if !fold.faults.is_empty() => {
            (false, format!("{}: groundline evidence verify", count(fold.faults.len(), "fault")))
        }
        // The one that is under way is written when it has ended.
        Ok(fold) => match fold.runs + usize::from(is_under_way) {
            0 => (false, "there is none: groundline check".to_owned()),
            runs => (true, format!("{}, whole and linked", count(runs, "run"))),
        },
    }
}
