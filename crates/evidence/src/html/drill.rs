//! The drill as the page shows it: the map, the counts, each revision, the chain.

use super::differences::{DifferencesView, Room, Sides};
use super::faults::{FaultView, anchor};
use super::percent;
use crate::summary::verdict_counts;
use crate::{DownFacts, Evidence, FileFacts, RevisionFacts, Tone, VerdictInfo, duration, verdict};
use groundline_core::Digest;
use groundline_migrate::outcome::{ChainDrill, DrillReport, RevisionDrill};
use serde::Serialize;

/// Up to so many revisions the map shows names; beyond, only signs.
const NAMED: usize = 40;
/// So many revisions with findings are open when the page opens, if they have no more differences than these.
const OPEN: usize = 6;
const SHORT: usize = 25;

/// The drill.
#[derive(Serialize)]
pub(super) struct DrillView {
    dense: bool,
    total: usize,
    counts: Vec<CountView>,
    /// Every revision, in order: the map. Those with something to tell come again in the list.
    revisions: Vec<RevisionView>,
    chain: Option<ChainView>,
}

/// A verdict and how many have it.
#[derive(Serialize)]
pub(super) struct CountView {
    pub(super) info: VerdictInfo,
    pub(super) number: usize,
    pub(super) share: f64,
}

/// One revision.
#[derive(Serialize)]
struct RevisionView {
    anchor: String,
    version: String,
    name: String,
    info: VerdictInfo,
    /// Whether there is something to act on or to look at.
    found: bool,
    open: bool,
    time: String,
    share: f64,
    differences: DifferencesView,
    error: Option<FaultView>,
    notes: Vec<FaultView>,
    fingerprint: Option<Digest>,
    up: Option<FileView>,
    down: Option<FileView>,
    irreversible: Option<String>,
}

/// A file of a revision.
#[derive(Serialize)]
pub(super) struct FileView {
    file: String,
    digest: Digest,
    in_transaction: bool,
}

impl FileView {
    pub(super) fn new(facts: &FileFacts) -> Self {
        Self { file: facts.file.clone(), digest: facts.digest, in_transaction: facts.in_transaction }
    }
}

/// The chain from head to zero.
#[derive(Serialize)]
struct ChainView {
    info: VerdictInfo,
    reached: usize,
    share: f64,
    stopped_at: Option<String>,
    differences: DifferencesView,
    error: Option<FaultView>,
}

impl DrillView {
    pub(super) fn new(evidence: &Evidence, drill: &DrillReport, room: &mut Room) -> Self {
        let slowest = drill.revisions.iter().map(|one| one.milliseconds).max().unwrap_or(0);
        let mut opened = 0;
        let chain = drill.chain.as_ref().map(|chain| ChainView::new(evidence, drill, chain, room));
        let view = |(at, one): (usize, &RevisionDrill)| {
            let mut view = RevisionView::new(evidence, at, one, slowest, room);
            let is_short = view.found && one.differences.len() <= SHORT;
            opened += usize::from(is_short);
            view.open = is_short && opened <= OPEN;
            view
        };
        let revisions: Vec<_> = drill.revisions.iter().enumerate().map(view).collect();
        Self {
            dense: revisions.len() > NAMED,
            total: revisions.len(),
            counts: counts(drill),
            chain,
            revisions,
        }
    }
}

/// The verdicts of a drill, with their share of all.
pub(super) fn counts(drill: &DrillReport) -> Vec<CountView> {
    let total = drill.revisions.len() as u64;
    let count =
        |(which, number)| CountView { info: verdict(which), number, share: percent(number as u64, total) };
    verdict_counts(drill.revisions.iter().map(|one| one.verdict)).into_iter().map(count).collect()
}

impl RevisionView {
    fn new(evidence: &Evidence, at: usize, drill: &RevisionDrill, slowest: u64, room: &mut Room) -> Self {
        let info = verdict(drill.verdict);
        let facts = evidence.history.as_ref().and_then(|history| history.revision(&drill.version));
        let (down, irreversible) = way_down(facts);
        let has_more = !drill.differences.is_empty() || drill.error.is_some();
        Self {
            anchor: anchor(at),
            version: drill.version.clone(),
            name: drill.name.clone(),
            info,
            found: has_more || matches!(info.tone, Tone::Bad | Tone::Notice),
            open: false,
            time: duration(drill.milliseconds),
            share: percent(drill.milliseconds, slowest),
            differences: DifferencesView::new(&drill.differences, &Sides::of(drill.compared), room),
            error: drill.error.as_ref().map(|fault| FaultView::new(evidence, fault)),
            notes: FaultView::grouped(evidence, &drill.notes),
            fingerprint: drill.fingerprint.map(|fingerprint| fingerprint.schema),
            up: facts.map(|facts| FileView::new(&facts.up)),
            down,
            irreversible,
        }
    }
}

fn way_down(facts: Option<&RevisionFacts>) -> (Option<FileView>, Option<String>) {
    match facts.map(|facts| &facts.down) {
        Some(DownFacts::Script(file)) => (Some(FileView::new(file)), None),
        Some(DownFacts::Irreversible(reason)) => (None, Some(reason.clone())),
        Some(DownFacts::None) | None => (None, None),
    }
}

impl ChainView {
    const SIDES: Sides = Sides {
        caption: "the database before the first revision, against what is left at zero",
        before: "Before the first",
        after: "Left at zero",
    };

    fn new(evidence: &Evidence, drill: &DrillReport, chain: &ChainDrill, room: &mut Room) -> Self {
        Self {
            info: verdict(chain.verdict),
            reached: chain.reached,
            share: percent(chain.reached as u64, drill.revisions.len() as u64),
            stopped_at: chain.stopped_at.clone(),
            differences: DifferencesView::new(&chain.differences, &Self::SIDES, room),
            error: chain.error.as_ref().map(|fault| FaultView::or_link(evidence, fault)),
        }
    }
}
