//! The onboarding of an existing database as the page tells it.

use super::differences::{DifferencesView, Room, Sides};
use crate::{DataVerdictInfo, Evidence, Onboarding, Tone, count, data_verdict, grouped};
use groundline_core::Digest;
use groundline_migrate::outcome::{Identification, TableProof};
use serde::Serialize;

/// So many applied revisions are named.
const LISTED: usize = 6;

/// The onboarding.
#[derive(Serialize)]
pub(super) struct OnboardingView<'a> {
    story: Vec<ChapterView>,
    nearest: Vec<NearestView>,
    data: Vec<TableView<'a>>,
}

/// One thing that happened.
#[derive(Serialize)]
struct ChapterView {
    title: &'static str,
    text: String,
    /// Names, set in the fixed font, and how many are not shown.
    code: Vec<String>,
    more: usize,
    tone: Tone,
}

/// A revision near to the database.
#[derive(Serialize)]
struct NearestView {
    label: String,
    differences: DifferencesView,
}

/// One table's rows.
#[derive(Serialize)]
struct TableView<'a> {
    table: &'a str,
    info: DataVerdictInfo,
    before: String,
    after: Option<String>,
    columns: String,
    digest_before: Digest,
    digest_after: Option<Digest>,
}

impl<'a> OnboardingView<'a> {
    pub(super) fn new(evidence: &Evidence, onboarding: &'a Onboarding, room: &mut Room) -> Self {
        let sides = Sides {
            caption: "the revision's schema, against the database's",
            before: "The revision",
            after: "The database",
        };
        let nearest = onboarding.identification.iter().flat_map(|found| &found.nearest);
        Self {
            story: story(evidence, onboarding),
            nearest: nearest
                .map(|near| NearestView {
                    label: label(evidence, &near.version),
                    differences: DifferencesView::new(&near.differences, &sides, room),
                })
                .collect(),
            data: onboarding.data.iter().map(TableView::new).collect(),
        }
    }
}

impl<'a> TableView<'a> {
    fn new(proof: &'a TableProof) -> Self {
        Self {
            table: &proof.table,
            info: data_verdict(proof.verdict),
            before: grouped(proof.rows_before),
            after: proof.rows_after.map(grouped),
            columns: proof.columns.join(", "),
            digest_before: proof.digest_before,
            digest_after: proof.digest_after,
        }
    }
}

fn story(evidence: &Evidence, onboarding: &Onboarding) -> Vec<ChapterView> {
    let source = &onboarding.source;
    let size = source.bytes.map(|bytes| format!(", {}", count(bytes, "byte"))).unwrap_or_default();
    let chapter = |title, text, code: &[&str], tone| {
        let code = code.iter().map(|code| (*code).to_owned()).collect();
        ChapterView { title, text, code, more: 0, tone }
    };
    let form = format!("{}{size}:", source.form.word());
    let mut story = vec![chapter("Given", form, &[&source.name], Tone::Neutral)];
    story.extend(onboarding.identification.as_ref().map(|found| recognised(evidence, found)));
    if let Some(stamp) = &onboarding.stamped {
        let text = format!("{}, up to {}, written to", count(stamp.rows, "row"), stamp.version);
        story.push(chapter("Stamped", text, &[&stamp.table], Tone::Good));
        story.push(migrated(&onboarding.migrated));
    }
    if let Some(rows) = evidence.summary().rows {
        let tables = count(rows.tables, "table");
        let (lost, tone) = match rows.lossy_tables {
            0 => ("no table lost a row".to_owned(), Tone::Good),
            lossy => (format!("{} lost rows", count(lossy, "table")), Tone::Bad),
        };
        let text = format!("{} in {tables}; {lost}", count(rows.rows, "row"));
        story.push(chapter("Rows compared", text, &[], tone));
    }
    story
}

fn migrated(versions: &[String]) -> ChapterView {
    let text = match versions.len() {
        0 => "nothing: it was at head".to_owned(),
        applied => count(applied, "revision") + " applied:",
    };
    ChapterView {
        title: "Migrated",
        text,
        code: versions.iter().take(LISTED).cloned().collect(),
        more: versions.len().saturating_sub(LISTED),
        tone: Tone::Good,
    }
}

fn recognised(evidence: &Evidence, found: &Identification) -> ChapterView {
    let recorded = match &found.recorded {
        Some(versions) => match versions.last() {
            Some(last) => format!("its history table says {last}"),
            None => "its history table is empty".to_owned(),
        },
        None => "it has no history table".to_owned(),
    };
    let (title, text, code, tone) = match (found.exact.last(), found.nearest.first()) {
        (Some(version), _) => {
            let likeness = if found.order_only { "but for the order of columns" } else { "exactly" };
            let text = format!("{recorded}; its schema is {likeness} that of");
            ("Recognised", text, Some(version), Tone::Good)
        }
        (None, Some(near)) => {
            let distance = count(near.differences.len(), "difference");
            let text = format!("{recorded}; its schema is that of no revision: {distance} from");
            ("Not recognised", text, Some(&near.version), Tone::Bad)
        }
        (None, None) => {
            ("Not recognised", format!("{recorded}; its schema is that of no revision"), None, Tone::Bad)
        }
    };
    let code = code.into_iter().map(|version| label(evidence, version)).collect();
    ChapterView { title, text, code, more: 0, tone }
}

/// Version and name of a revision.
fn label(evidence: &Evidence, version: &str) -> String {
    let revision = evidence.history.as_ref().and_then(|history| history.revision(version));
    revision.map_or_else(|| version.to_owned(), |found| format!("{version} {}", found.name))
}
