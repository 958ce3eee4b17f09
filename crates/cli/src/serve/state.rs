//! What a page of `serve` shows, as JSON: the gate, the runs, the schemas over time, the run that is under way.
//! Out: HTTP (`mod`), the page (`page.html`).
//! Called by `serve`.

use crate::args::ProjectArgs;
use crate::check::RUNNING;
use crate::drift::kept::{self, Look};
use crate::gate;
use crate::settings::Project;
use groundline_evidence::{DriftState, KeptRun, State, StepId, runs};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What depends on files that nobody watches (documents, signatures, the repository) is looked at again after so long.
const STALE: Duration = Duration::from_secs(5);

/// A project, and what was last seen of it.
pub struct Watched {
    project: PathBuf,
    evidence: PathBuf,
    last: Mutex<Option<Kept>>,
}

/// What was seen, and of what.
struct Kept {
    touched: Vec<Option<SystemTime>>,
    at: Instant,
    value: Value,
}

/// A row of the history: a run of `check`, or a look of `drift --keep`.
#[derive(Debug, Serialize)]
struct Moment {
    at: String,
    /// The run's id; nothing for a look.
    run: Option<String>,
    /// What was looked at: head of the revisions, or a database.
    of: String,
    schema: Option<String>,
    /// How the schema stands to the one of the moment before, of the same: `first`, `same`, `changed`.
    compared: Option<&'static str>,
    /// `no drift`, `drift`, `dirty`, `unknown`; nothing where no database was looked at.
    state: Option<&'static str>,
    line: String,
}

impl Watched {
    pub fn new(project: PathBuf, evidence: PathBuf) -> Self {
        Self { project, evidence, last: Mutex::new(None) }
    }

    /// The folder of evidence.
    pub fn evidence(&self) -> &Path {
        &self.evidence
    }

    /// The state now. Runs and gate are read again only after a run was written or removed, or once they are stale: a run that
    /// is under way changes nothing of them.
    pub fn look(&self) -> Value {
        let running = std::fs::read_to_string(self.evidence.join(RUNNING)).ok();
        let running: Option<Value> = running.and_then(|text| serde_json::from_str(&text).ok());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = self.touched();
        let is_fresh = |kept: &Kept| kept.touched == touched && kept.at.elapsed() < STALE;
        let mut value = match last.as_ref().filter(|kept| is_fresh(kept)) {
            Some(kept) => kept.value.clone(),
            None => {
                let value = self.read();
                *last = Some(Kept { touched, at: Instant::now(), value: value.clone() });
                value
            }
        };
        value["running"] = running.unwrap_or(Value::Null);
        value
    }

    /// When the runs' folders and the kept looks were last written.
    fn touched(&self) -> Vec<Option<SystemTime>> {
        let written = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified()).ok();
        let entries = std::fs::read_dir(&self.evidence).into_iter().flatten().flatten();
        let folders = entries.map(|entry| entry.path()).filter(|path| path.is_dir());
        let mut all: Vec<_> = folders.map(|folder| written(&folder)).collect();
        all.sort();
        all.push(written(&kept::file(&self.project)));
        all
    }

    fn read(&self) -> Value {
        let all = runs(&self.evidence).unwrap_or_default();
        let project = Project::open(&ProjectArgs::of_folder(&self.project));
        let looks = project.as_ref().map(kept::read).unwrap_or_default();
        let gate = project.and_then(|project| gate::state(&project, &self.evidence));
        json!({
            "gate": gate.as_ref().ok(),
            "line": gate.as_ref().map(gate::line).unwrap_or_else(|fault| fault.what.clone()),
            "runs": all.iter().rev().map(row).collect::<Vec<_>>(),
            "history": history(&all, &looks),
        })
    }
}

fn row(run: &KeptRun) -> BTreeMap<&'static str, Value> {
    let evidence = run.record.evidence();
    let counts = evidence.step_counts();
    BTreeMap::from([
        ("run_id", json!(evidence.run_id)),
        ("started", json!(evidence.started)),
        ("outcome", json!(evidence.outcome())),
        ("passed", json!(counts.passed)),
        ("failed", json!(counts.failed)),
        ("not_run", json!(counts.not_run)),
        ("commit", json!(evidence.project.git.as_ref().map(|git| git.commit.clone()))),
        ("schema", json!(schema(run))),
    ])
}

fn schema(run: &KeptRun) -> Option<String> {
    let fingerprint = run.record.evidence().head.as_ref()?.fingerprint?;
    Some(fingerprint.schema.short())
}

/// Schemas over time, the newest first: of head by each run, of databases by each run's snapshot and by each look that was kept.
fn history(runs: &[KeptRun], looks: &[Look]) -> Vec<Moment> {
    let mut moments: Vec<(jiff::Timestamp, Moment)> = runs.iter().flat_map(of_run).collect();
    moments.extend(looks.iter().map(|look| (look.at, of_look(look))));
    moments.sort_by_key(|(at, _)| *at);
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    for (_, moment) in &mut moments {
        let Some(schema) = moment.schema.clone() else { continue };
        moment.compared = Some(match before.insert(moment.of.clone(), schema.clone()) {
            None => "first",
            Some(last) if last == schema => "same",
            Some(_) => "changed",
        });
    }
    moments.into_iter().rev().map(|(_, moment)| moment).collect()
}

fn of_run(run: &KeptRun) -> Vec<(jiff::Timestamp, Moment)> {
    let evidence = run.record.evidence();
    let at = evidence.started;
    let moment = |of: &str, schema, state, line: String| Moment {
        at: printed(at),
        run: Some(evidence.run_id.clone()),
        of: of.to_owned(),
        schema,
        compared: None,
        state,
        line,
    };
    let newest = evidence.newest.as_ref().map(|newest| format!("at {}", newest.revision));
    let mut all = vec![(at, moment("head", schema(run), None, newest.unwrap_or_default()))];
    if let Some(onboarding) = &evidence.onboarding {
        let steps = evidence.checklist();
        let step = steps.iter().find(|step| step.id == StepId::SnapshotIdentified);
        let state = step.and_then(|step| match step.state {
            State::Passed => Some(DriftState::None),
            State::Failed => Some(DriftState::Drift),
            State::NotRun => None,
        });
        let line = step.map(|step| step.line().to_owned()).unwrap_or_default();
        all.push((at, moment(&onboarding.source.name, None, state.map(DriftState::word), line)));
    }
    all
}

fn of_look(look: &Look) -> Moment {
    Moment {
        at: printed(look.at),
        run: None,
        of: look.database.clone(),
        schema: look.schema.clone(),
        compared: None,
        state: Some(look.state.word()),
        line: look.line.clone(),
    }
}

fn printed(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
