//! One run of `check`: its clock, its evidence, and the folder that both end up in.
//! Out: what the steps do.
//! Called by `check` and its phases.

use crate::settings::Project;
use crate::{console, gate};
use groundline_core::{Digest, Fault, Hasher, Result, scrub};
use groundline_evidence::{
    Evidence, GitFacts, HistoryFacts, Inputs, LogFile, OtherMajor, Outcome, ProjectFacts, REPORT_HTML,
    Record, SCHEMA_VERSION, ScopeFacts, ServerFacts, Step, StepId, count, newest,
};
use groundline_gate::Gate;
use groundline_migrate::history::{Down, History};
use groundline_migrate::lock::LOCK_FILE;
use groundline_pg::server::Server;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Evidence lies here, below a project's folder.
pub const FOLDER: &str = ".groundline/evidence";

/// The file in which a run that is under way tells how far it is.
pub const RUNNING: &str = ".running.json";

/// A run that is under way. Dropped before `finish`, it leaves nothing behind.
pub struct Run {
    begun: Instant,
    /// What is known so far.
    pub evidence: Evidence,
    /// Becomes the run's evidence folder.
    work: tempfile::TempDir,
    parent: PathBuf,
    logs: Vec<LogFile>,
}

/// The moment at which a step began.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// Milliseconds from it until now.
    pub fn milliseconds(self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }

    /// So many milliseconds after it.
    pub fn later(self, milliseconds: u64) -> Self {
        Self(self.0 + Duration::from_millis(milliseconds))
    }
}

/// A finished run.
pub struct Finished {
    pub outcome: Outcome,
    pub text: String,
    pub json: String,
}

impl Run {
    /// Begins a run of a project.
    pub fn begin(project: &Project, parent: Option<&Path>) -> Result<Self> {
        let parent = parent.map_or_else(|| project.folder.join(FOLDER), Path::to_owned);
        let started = Timestamp::now();
        let work = tempfile::Builder::new().prefix("groundline-run-").tempdir();
        let work =
            work.map_err(|error| Fault::io("make a temporary folder", std::env::temp_dir(), &error))?;
        let evidence = Evidence {
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            run_id: run_id(started),
            started,
            finished: started,
            project: ProjectFacts {
                name: project.name(),
                folder: project.folder.display().to_string(),
                git: git(&project.folder),
            },
            server: None,
            history: None,
            steps: Vec::new(),
            drill: None,
            trace: Vec::new(),
            onboarding: None,
            app: None,
            scope: ScopeFacts::default(),
            head: None,
            newest: None,
            excerpts: Vec::new(),
            inputs: Inputs { configuration: project.inputs_digest(), ..Inputs::default() },
            gate: None,
            previous: None,
        };
        Ok(Self { begun: Instant::now(), evidence, work, parent, logs: Vec::new() })
    }

    /// The moment now.
    pub fn clock(&self) -> Clock {
        Clock(Instant::now())
    }

    /// Records a step that began at `clock` and ends now.
    pub fn record(&mut self, step: Step, clock: Clock) {
        self.record_for(step, clock, clock.milliseconds());
    }

    /// Records a step that began at `clock` and lasted so many milliseconds.
    pub fn record_for(&mut self, step: Step, clock: Clock, milliseconds: u64) {
        let started = clock.0.duration_since(self.begun).as_millis() as u64;
        self.evidence.steps.push(step.took(started, milliseconds));
        self.tell_progress();
    }

    /// Writes how far it is, for `serve`. That nobody can watch it is no reason to stop.
    fn tell_progress(&self) {
        let step = |step: &Step| json!({ "title": step.id.title(), "state": step.state.word(), "line": scrub(step.line()) });
        let steps: Vec<_> = self.evidence.steps.iter().map(step).collect();
        let told = json!({ "run_id": self.evidence.run_id, "steps": steps, "of": StepId::ALL.len() });
        let _ = std::fs::create_dir_all(&self.parent);
        let _ = std::fs::write(self.parent.join(RUNNING), told.to_string());
    }

    /// Records that steps did not run, and why.
    pub fn not_run(&mut self, steps: &[StepId], reason: &str) {
        self.evidence.steps.extend(steps.iter().map(|id| Step::not_run(*id, reason)));
    }

    /// Records that the run ended in the middle of the first step that is not recorded yet.
    pub fn broke_off(&mut self, fault: Fault) {
        let recorded = |id: &StepId| self.evidence.steps.iter().any(|step| step.id == *id);
        if let Some(id) = StepId::ALL.iter().find(|id| !recorded(id)) {
            self.evidence.steps.push(Step::failed(*id, "the run broke off here", vec![fault]));
        }
    }

    /// A file of the run's own while it lasts.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// Keeps a log in the evidence.
    pub fn keep_log(&mut self, log: LogFile) {
        self.logs.push(log);
    }

    /// Records the history that was read.
    pub fn discovered(&mut self, history: &History, clock: Clock) {
        let facts = HistoryFacts::new(history, history.folder.display().to_string());
        let revisions = count(history.revisions.len(), "revision");
        let mut step = Step::passed(StepId::Discover, format!("{revisions} in {}'s layout", history.layout))
            .noting(history.notes.clone());
        let digests: String =
            facts.revisions.iter().map(|revision| format!("{}\n", revision.up.digest)).collect();
        step = step.input(facts.folder.clone(), Digest::of(digests));
        self.evidence.inputs.history = Some(history_digest(history));
        self.evidence.inputs.lock = lock_digest(&history.folder);
        self.evidence.history = Some(facts);
        self.record(step, clock);
    }

    /// Records the server.
    pub fn serving(&mut self, server: &Server, clock: Clock) {
        let origin = server.origin();
        let other_major = origin.other_major.as_ref().map(|other| OtherMajor {
            wanted: other.wanted,
            reason: format!(
                "PostgreSQL {} could not be had here, and --allow-other-major was given",
                other.wanted
            ),
        });
        let facts = ServerFacts { version: server.version(), origin: origin.source.to_string(), other_major };
        let step = Step::passed(StepId::Server, format!("PostgreSQL {}", facts.version));
        self.evidence.server = Some(facts);
        self.record(step, clock);
    }

    /// Ends the run, and looks at the definition of done.
    pub fn judged(&mut self, project: &Project) -> Result<Gate> {
        self.evidence.finished = Timestamp::now();
        let gate = gate::state_after(project, &self.parent, &self.evidence)?;
        self.evidence.gate = Some(gate.clone());
        Ok(gate)
    }

    /// Writes the evidence. `read` gives the text of files in which faults lie.
    pub fn finish(mut self, read: impl Fn(&Path) -> Option<String>) -> Result<Finished> {
        self.evidence.previous = newest(&self.parent)?;
        self.evidence.add_excerpts(read);
        let folder = self.parent.join(&self.evidence.run_id);
        let record = Record::new(&self.evidence)?;
        record.write(&folder, &self.logs)?;
        let evidence = record.evidence();
        let report = folder.join(REPORT_HTML);
        let text = format!("{}\nreport: {}\n", record.text(console::look()), report.display());
        let json = serde_json::json!({
            "run_id": evidence.run_id,
            "outcome": evidence.outcome(),
            "evidence": folder,
            "report": report,
            "steps": evidence.checklist(),
        });
        Ok(Finished { outcome: evidence.outcome(), text, json: format!("{json:#}\n") })
    }
}

/// SHA-256 over the files of a history's revisions, in their order.
pub fn history_digest(history: &History) -> Digest {
    let mut hasher = Hasher::default();
    for revision in &history.revisions {
        hasher.field(revision.id()).field(revision.up.digest.bytes());
        if let Down::Script(down) = &revision.down {
            hasher.field(down.digest.bytes());
        }
    }
    hasher.finish()
}

/// SHA-256 of the lock in a folder of migrations.
pub fn lock_digest(folder: &Path) -> Option<Digest> {
    std::fs::read(folder.join(LOCK_FILE)).ok().map(Digest::of)
}

impl Drop for Run {
    fn drop(&mut self) {
        // Where it is not there, nothing was told yet.
        let _ = std::fs::remove_file(self.parent.join(RUNNING));
        // A run that left no evidence leaves no folder of ours for it, either; one that holds something is not removed.
        let ours = self.parent.ancestors().take(2).filter(|_| self.parent.ends_with(FOLDER));
        ours.for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
}

/// Sorts by time, and two runs that begin in the same millisecond differ.
fn run_id(started: Timestamp) -> String {
    let salt = Digest::of(format!("{}{}", std::process::id(), started.as_nanosecond())).short();
    format!("{}-{}", started.strftime("%Y%m%dT%H%M%SZ"), &salt[..6])
}

/// The git state of a folder, where there is one.
pub fn git(folder: &Path) -> Option<GitFacts> {
    let ask = |args: &[&str]| {
        let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = ask(&["rev-parse", "HEAD"])?;
    let dirty = !ask(&["status", "--porcelain", "--", "."])?.is_empty();
    Some(GitFacts { commit, dirty })
}
