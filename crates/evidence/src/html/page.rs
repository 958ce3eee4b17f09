//! The page's data: what the templates read.

use super::app::AppView;
use super::checklist::{PhaseView, headline, phases, state_tone};
use super::diagram::DiagramView;
use super::differences::Room;
use super::drill::{CountView, DrillView, FileView, counts};
use super::faults::FaultView;
use super::gate::GateView;
use super::locks::LocksView;
use super::marks::NewestView;
use super::onboarding::OnboardingView;
use super::percent;
use super::schema::SchemaView;
use crate::{
    DownFacts, Evidence, Outcome, ProjectFacts, State, StepCounts, StepId, Tone, VERDICTS, VerdictInfo,
    count, duration, grouped, verdict,
};
use groundline_core::{Digest, Fault};
use serde::Serialize;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    project: &'a ProjectFacts,
    outcome: &'static str,
    tone: Tone,
    steps: StepCounts,
    run_id: &'a str,
    tool_version: &'a str,
    date: String,
    time: String,
    took: String,
    server: Option<String>,
    other_major: Option<String>,
    history: Option<String>,
    /// What counted in schemas, where it is not the default.
    scope: Vec<String>,
    cards: Vec<CardView>,
    step_shares: Vec<(Tone, f64)>,
    verdict_shares: Vec<CountView>,
    /// The failed steps: id, title, line.
    failed: Vec<(StepId, &'static str, String)>,
    headline: String,
    phases: Vec<PhaseView>,
    gate: Option<GateView<'a>>,
    drill: Option<DrillView>,
    locks: Option<LocksView<'a>>,
    onboarding: Option<OnboardingView<'a>>,
    app: Option<AppView<'a>>,
    head: Option<SchemaView<'a>>,
    diagram: Option<DiagramView<'a>>,
    newest: Option<NewestView<'a>>,
    history_notes: Vec<FaultView>,
    inputs: Vec<(&'static str, &'a str, Digest)>,
    files: Vec<FileView>,
    legend: [VerdictInfo; 8],
    proofs: Vec<(&'static str, &'static str, &'static str)>,
}

/// One number at the top.
#[derive(Serialize)]
struct CardView {
    label: &'static str,
    value: String,
    detail: String,
    tone: Tone,
    /// Whether the value is words, which are set smaller than numbers.
    word: bool,
    /// Which bar it carries, if any.
    bar: Option<&'static str>,
}

impl<'a> Page<'a> {
    pub(super) fn new(evidence: &'a Evidence) -> Self {
        let outcome = evidence.outcome();
        let started = evidence.started.to_string();
        let (date, time) = started.split_once('T').unwrap_or((&started, ""));
        let clock = time.split(['.', 'Z']).next().unwrap_or_default();
        let (server, mut room) = (evidence.server.as_ref(), Room::new());
        let history = evidence.history.as_ref();
        Self {
            project: &evidence.project,
            outcome: outcome.word(),
            tone: outcome_tone(outcome),
            steps: evidence.step_counts(),
            run_id: &evidence.run_id,
            tool_version: &evidence.tool_version,
            date: date.to_owned(),
            time: clock.to_owned(),
            took: duration(evidence.milliseconds()),
            server: server.map(|server| format!("{} ({})", server.version, server.origin)),
            other_major: server
                .and_then(|server| server.other_major.as_ref())
                .map(|other| format!("the project wants PostgreSQL {}: {}", other.wanted, other.reason)),
            history: history.map(|history| format!("{} ({})", history.folder, history.layout)),
            scope: evidence.scope.lines(),
            cards: cards(evidence),
            step_shares: step_shares(evidence.step_counts()),
            verdict_shares: evidence.drill.as_ref().map(counts).unwrap_or_default(),
            failed: failed(evidence),
            headline: headline(evidence.step_counts()),
            phases: phases(evidence),
            gate: evidence.gate.as_ref().map(GateView::new),
            drill: evidence.drill.as_ref().map(|drill| DrillView::new(evidence, drill, &mut room)),
            locks: LocksView::new(evidence),
            onboarding: evidence.onboarding.as_ref().map(|one| OnboardingView::new(evidence, one, &mut room)),
            app: evidence.app.as_ref().map(AppView::new),
            head: evidence.head.as_ref().map(SchemaView::new),
            diagram: evidence.head.as_ref().and_then(|head| DiagramView::new(head, evidence.newest.as_ref())),
            newest: evidence.newest.as_ref().map(NewestView::new),
            history_notes: history_notes(evidence),
            inputs: inputs(evidence),
            files: files(evidence),
            legend: VERDICTS.map(verdict),
            proofs: StepId::ALL.iter().map(|id| (id.word(), id.title(), id.proves())).collect(),
        }
    }
}

fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Passed => Tone::Good,
        Outcome::Findings => Tone::Bad,
    }
}

fn failed(evidence: &Evidence) -> Vec<(StepId, &'static str, String)> {
    let failed = evidence.steps.iter().filter(|step| step.state == State::Failed);
    failed.map(|step| (step.id, step.id.title(), step.line().to_owned())).collect()
}

/// The history's notes that no step repeats.
fn history_notes(evidence: &Evidence) -> Vec<FaultView> {
    let is_repeated = |note: &&Fault| evidence.steps.iter().any(|step| step.notes.contains(note));
    let notes = evidence.history.iter().flat_map(|history| &history.notes);
    FaultView::grouped(evidence, notes.filter(|note| !is_repeated(note)))
}

fn step_shares(steps: StepCounts) -> Vec<(Tone, f64)> {
    let total = steps.passed + steps.failed + steps.not_run;
    let shares =
        [(State::Passed, steps.passed), (State::Failed, steps.failed), (State::NotRun, steps.not_run)];
    shares.map(|(state, number)| (state_tone(state), percent(number as u64, total as u64))).to_vec()
}

fn cards(evidence: &Evidence) -> Vec<CardView> {
    let steps = evidence.step_counts();
    let mut cards = vec![CardView {
        label: "Steps passed",
        word: false,
        value: format!("{} of {}", steps.passed, steps.passed + steps.failed + steps.not_run),
        detail: format!("{} failed, {} not run", steps.failed, steps.not_run),
        tone: outcome_tone(evidence.outcome()),
        bar: Some("steps"),
    }];
    cards.extend(revisions_card(evidence));
    cards.extend(chain_card(evidence));
    cards.extend(rows_card(evidence));
    cards.extend(app_card(evidence));
    cards
}

fn revisions_card(evidence: &Evidence) -> Option<CardView> {
    let summary = evidence.summary();
    let verdicts = || summary.verdicts.iter().map(|(which, number)| (verdict(*which), *number));
    let detail: Vec<String> = verdicts().map(|(info, number)| format!("{number} {}", info.word)).collect();
    let tones = verdicts().map(|(info, _)| info.tone);
    Some(CardView {
        label: "Revisions",
        word: false,
        value: grouped(summary.revisions? as u64),
        detail: if detail.is_empty() { "not drilled".to_owned() } else { detail.join(", ") },
        tone: tones.max().unwrap_or(Tone::Neutral),
        bar: (!detail.is_empty()).then_some("verdicts"),
    })
}

fn chain_card(evidence: &Evidence) -> Option<CardView> {
    let drill = evidence.drill.as_ref()?;
    let chain = drill.chain.as_ref()?;
    let info = verdict(chain.verdict);
    let stopped = chain.stopped_at.as_ref().map(|version| format!(", stopped at {version}"));
    Some(CardView {
        label: "Head to zero",
        word: true,
        value: info.word.to_owned(),
        detail: format!("{} down{}", count(chain.reached, "revision"), stopped.unwrap_or_default()),
        tone: info.tone,
        bar: None,
    })
}

fn rows_card(evidence: &Evidence) -> Option<CardView> {
    let rows = evidence.summary().rows?;
    let (detail, tone) = match rows.lossy_tables {
        0 => (format!("in {}, none lost", count(rows.tables, "table")), Tone::Good),
        lossy => (format!("{} lost rows", count(lossy, "table")), Tone::Bad),
    };
    let value = grouped(rows.rows);
    Some(CardView { label: "Rows compared", word: false, value, detail, tone, bar: None })
}

fn app_card(evidence: &Evidence) -> Option<CardView> {
    let app = evidence.app.as_ref()?;
    let (all, answered) = (app.probes().count(), app.probes().filter(|probe| probe.answered()).count());
    let (value, detail) = match all {
        0 => ("no answer".to_owned(), "it was asked nothing: it was not ready".to_owned()),
        _ => (format!("{answered} of {all}"), "requests answered 2xx".to_owned()),
    };
    let tone = if answered == all && all > 0 { Tone::Good } else { Tone::Bad };
    Some(CardView { label: "Application", word: all == 0, value, detail, tone, bar: None })
}

fn inputs(evidence: &Evidence) -> Vec<(&'static str, &str, Digest)> {
    let of = |step: &'_ crate::Step| step.id.title();
    let rows = evidence.steps.iter().flat_map(|step| step.inputs.iter().map(move |input| (step, input)));
    rows.map(|(step, input)| (of(step), input.name.as_str(), input.digest)).collect()
}

fn files(evidence: &Evidence) -> Vec<FileView> {
    let mut files = Vec::new();
    for revision in evidence.history.iter().flat_map(|history| &history.revisions) {
        files.push(FileView::new(&revision.up));
        match &revision.down {
            DownFacts::Script(down) if down.file != revision.up.file => files.push(FileView::new(down)),
            DownFacts::Script(_) | DownFacts::None | DownFacts::Irreversible(_) => {}
        }
    }
    files
}
