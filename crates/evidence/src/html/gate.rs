//! The definition of done as the page shows it: phases, and their items.
//! Out: the page's design (`templates/gate.html`). Called by the page.

use crate::Tone;
use groundline_gate::{Gate, Verdict};
use serde::Serialize;

/// The whole list.
#[derive(Serialize)]
pub(super) struct GateView<'a> {
    line: String,
    tone: Tone,
    next: Option<&'a str>,
    phases: Vec<PhaseView<'a>>,
}

#[derive(Serialize)]
struct PhaseView<'a> {
    title: &'static str,
    items: Vec<ItemView<'a>>,
}

#[derive(Serialize)]
struct ItemView<'a> {
    id: &'a str,
    text: &'a str,
    line: &'a str,
    word: &'static str,
    mark: &'static str,
    tone: Tone,
    critical: bool,
}

impl<'a> GateView<'a> {
    pub(super) fn new(gate: &'a Gate) -> Self {
        let item = |item: &'a groundline_gate::ItemState| ItemView {
            id: &item.id,
            text: &item.text,
            line: &item.line,
            word: item.verdict.word(),
            mark: item.verdict.mark(true),
            tone: tone(item.verdict),
            critical: item.critical,
        };
        let phases = gate.phases().into_iter().map(|(phase, items)| PhaseView {
            title: phase.title(),
            items: items.into_iter().map(item).collect(),
        });
        Self {
            line: gate.line(),
            tone: if gate.is_done() { Tone::Good } else { Tone::Notice },
            next: gate.next().map(|item| item.text.as_str()),
            phases: phases.collect(),
        }
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Stale | Verdict::Waiting => Tone::Notice,
        Verdict::Waived | Verdict::Missing => Tone::Neutral,
    }
}
