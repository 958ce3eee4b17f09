//! The state of the checklist in a project: what is proven, by what, how fresh, and who signed.
//! Out: gathering what is seen (`cli`), drawing it (`evidence`).

use crate::items::{Item, Phase, Proof, items};
use crate::people::utc_date;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[gate]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateConfig {
    /// Days for which a proof counts; 30 without it.
    pub max_age_days: Option<i64>,
    /// Items of the team's own.
    pub item: Vec<OwnItem>,
    /// Items that are waived.
    pub waive: Vec<Waiver>,
}

/// An item of a team's own: exactly one of `steps`, `file` and `sign` proves it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnItem {
    /// Its name.
    pub id: String,
    /// Where it belongs.
    pub phase: Phase,
    /// What is required.
    pub text: String,
    /// Steps of `check` that prove it.
    #[serde(default)]
    pub steps: Vec<String>,
    /// A file that proves it by being there.
    #[serde(default)]
    pub file: Option<String>,
    /// Whether a person signs it.
    #[serde(default)]
    pub sign: bool,
    /// Whether it is on the critical path.
    #[serde(default)]
    pub critical: bool,
}

/// An item that need not be proven for a while.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Which.
    pub item: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts.
    #[serde(deserialize_with = "crate::windows::date")]
    pub until: Date,
}

/// What a step of the last run of `check` came to.
#[derive(Clone, Debug)]
pub struct StepSeen {
    /// Whether it passed; nothing where it did not run.
    pub passed: Option<bool>,
    /// Its line.
    pub line: String,
}

/// The last run of `check`.
#[derive(Clone, Debug)]
pub struct RunSeen {
    /// Its id.
    pub id: String,
    /// When it ended.
    pub at: Timestamp,
    /// Its steps, by their words.
    pub steps: BTreeMap<String, StepSeen>,
    /// Why it is not of the project as it is.
    pub stale: Option<String>,
}

/// A signature.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The item.
    pub item: String,
    /// Who.
    pub by: String,
    /// When, as the statement says.
    pub at: String,
    /// Why it does not count.
    pub refused: Option<String>,
    /// What was signed is not what there is now.
    pub stale: Option<String>,
}

/// What is seen of a project.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Now.
    pub now: Timestamp,
    /// The last run.
    pub run: Option<RunSeen>,
    /// Facts by their names: whether each holds, and why one may think so.
    pub facts: BTreeMap<String, (bool, String)>,
    /// Files that were looked for, and whether they are there.
    pub files: BTreeMap<String, bool>,
    /// Signatures.
    pub signed: Vec<Signed>,
    /// Emergencies of a database that was looked at.
    pub emergencies: Vec<Emergency>,
}

/// Something that was done outside the rules, and that somebody has to sign off afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// Its item: [`EMERGENCY`], and what tells it from others.
    pub item: String,
    /// Who, when and why.
    pub line: String,
}

/// What the items of emergencies begin with.
pub const EMERGENCY: &str = "emergency-";

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proven.
    Passed,
    /// Need not be proven.
    Waived,
    /// Was proven, of a project that was another, or too long ago.
    Stale,
    /// Waits for a person.
    Waiting,
    /// Was not looked at.
    Missing,
    /// Is not so.
    Failed,
}

impl Verdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Waived => "waived",
            Verdict::Stale => "stale",
            Verdict::Waiting => "waiting",
            Verdict::Missing => "missing",
            Verdict::Failed => "failed",
        }
    }

    /// One character, which says the same as the word where a list is looked over.
    pub fn mark(self, unicode: bool) -> &'static str {
        let (mark, ascii) = match self {
            Verdict::Passed => ("✓", "+"),
            Verdict::Waived => ("–", "-"),
            Verdict::Stale => ("↻", "~"),
            Verdict::Waiting => ("?", "?"),
            Verdict::Missing => ("·", "."),
            Verdict::Failed => ("✗", "x"),
        };
        if unicode { mark } else { ascii }
    }

    /// Whether it is done.
    pub fn is_done(self) -> bool {
        matches!(self, Verdict::Passed | Verdict::Waived)
    }
}

/// An item and its state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemState {
    /// Its name.
    pub id: String,
    /// Where it belongs.
    pub phase: Phase,
    /// What is required.
    pub text: String,
    /// Whether it is on the critical path.
    pub critical: bool,
    /// What it is.
    pub verdict: Verdict,
    /// What says so.
    pub line: String,
}

/// The whole checklist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gate {
    /// 1 at the time of writing.
    pub gate_version: u32,
    /// The profile.
    pub profile: String,
    /// The project.
    pub project: String,
    /// The items in their order.
    pub items: Vec<ItemState>,
    /// What of the configuration has no meaning.
    pub notes: Vec<String>,
}

impl Gate {
    /// Whether all is done.
    pub fn is_done(&self) -> bool {
        self.items.iter().all(|item| item.verdict.is_done())
    }

    /// The first item of the critical path that is not done.
    pub fn next(&self) -> Option<&ItemState> {
        let open = |item: &&ItemState| !item.verdict.is_done();
        self.items.iter().filter(open).find(|item| item.critical).or_else(|| self.items.iter().find(open))
    }

    /// The items of each phase, in their order.
    pub fn phases(&self) -> Vec<(Phase, Vec<&ItemState>)> {
        let mut all: Vec<(Phase, Vec<&ItemState>)> = Vec::new();
        for item in &self.items {
            match all.last_mut() {
                Some((phase, items)) if *phase == item.phase => items.push(item),
                _ => all.push((item.phase, vec![item])),
            }
        }
        all
    }

    /// How many items are in which state, in one line.
    pub fn line(&self) -> String {
        let all = [
            Verdict::Passed,
            Verdict::Waived,
            Verdict::Stale,
            Verdict::Waiting,
            Verdict::Missing,
            Verdict::Failed,
        ];
        let some = all.into_iter().map(|verdict| (self.count(verdict), verdict.word()));
        let some: Vec<String> =
            some.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        format!("{}: {}", if self.is_done() { "done" } else { "not done" }, some.join(", "))
    }

    /// How many items have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.items.iter().filter(|item| item.verdict == verdict).count()
    }
}

/// The items of the built-in profile and a team's own, in the order of phases.
pub fn all_items(config: &GateConfig) -> Vec<Item> {
    let own = config.item.iter().map(|own| Item {
        id: own.id.clone(),
        phase: own.phase,
        text: own.text.clone(),
        proof: match (&own.file, own.sign) {
            (Some(file), _) => Proof::File(file.clone()),
            (None, true) => Proof::Person,
            (None, false) => Proof::Steps(own.steps.clone()),
        },
        critical: own.critical,
    });
    let mut all: Vec<Item> = items().into_iter().chain(own).collect();
    all.sort_by_key(|item| item.phase);
    all
}

/// The state of every item.
pub fn judge(project: &str, config: &GateConfig, seen: &Seen) -> Gate {
    let all = all_items(config);
    let mut notes = Vec::new();
    for waiver in config.waive.iter().filter(|waiver| !all.iter().any(|item| item.id == waiver.item)) {
        notes.push(format!("{} is waived, and there is no such item", waiver.item));
    }
    let state = |item: &Item| {
        let (verdict, line) = one(item, config, seen);
        let Item { id, phase, text, critical, .. } = item.clone();
        ItemState { id, phase, text, critical, verdict, line }
    };
    let mut items: Vec<ItemState> = all.iter().map(state).collect();
    let pilot = items.iter().rposition(|item| item.phase <= Phase::Pilot).map_or(0, |last| last + 1);
    items.splice(pilot..pilot, seen.emergencies.iter().map(|one| emergency(one, seen)));
    Gate {
        gate_version: 1,
        profile: crate::items::PROFILE.to_owned(),
        project: project.to_owned(),
        items,
        notes,
    }
}

fn emergency(emergency: &Emergency, seen: &Seen) -> ItemState {
    let item = Item {
        id: emergency.item.clone(),
        phase: Phase::Pilot,
        text: "an emergency was looked at, and what was done in it is a revision".to_owned(),
        proof: Proof::Person,
        critical: true,
    };
    let (verdict, line) = by_person(&item, seen);
    let Item { id, phase, text, critical, .. } = item;
    ItemState { id, phase, text, critical, verdict, line: format!("{}; {line}", emergency.line) }
}

fn one(item: &Item, config: &GateConfig, seen: &Seen) -> (Verdict, String) {
    let proven = proven(item, config, seen);
    let Some(waiver) = config.waive.iter().find(|waiver| waiver.item == item.id) else { return proven };
    if proven.0 == Verdict::Passed {
        return proven;
    }
    let Waiver { reason, owner, until, .. } = waiver;
    match utc_date(seen.now) <= *until {
        true => (Verdict::Waived, format!("{reason} ({owner}, until {until})")),
        false => (proven.0, format!("{}; its waiver was over on {until}", proven.1)),
    }
}

fn proven(item: &Item, config: &GateConfig, seen: &Seen) -> (Verdict, String) {
    match &item.proof {
        Proof::Steps(steps) => by_steps(steps, config, seen),
        Proof::Fact(name) => match seen.facts.get(name) {
            Some((true, line)) => (Verdict::Passed, line.clone()),
            Some((false, line)) => (Verdict::Failed, line.clone()),
            None => (Verdict::Missing, "not looked at".to_owned()),
        },
        Proof::File(name) => match seen.files.get(name) {
            Some(true) => (Verdict::Passed, name.clone()),
            _ => (Verdict::Failed, format!("there is no {name}")),
        },
        Proof::Person => by_person(item, seen),
    }
}

fn by_steps(steps: &[String], config: &GateConfig, seen: &Seen) -> (Verdict, String) {
    let Some(run) = &seen.run else { return (Verdict::Missing, "groundline check was not run".to_owned()) };
    let all: Vec<(&String, Option<&StepSeen>)> =
        steps.iter().map(|word| (word, run.steps.get(word))).collect();
    let failed = all.iter().find(|(_, step)| step.is_some_and(|step| step.passed == Some(false)));
    if let Some((word, Some(step))) = failed {
        return (Verdict::Failed, format!("{word}: {}", step.line));
    }
    let not_run = all.iter().find(|(_, step)| step.is_none_or(|step| step.passed.is_none()));
    if let Some((word, step)) = not_run {
        return (
            Verdict::Missing,
            format!("{word}: {}", step.map_or("no such step", |step| step.line.as_str())),
        );
    }
    if let Some(why) = &run.stale {
        return (Verdict::Stale, format!("run {}: {why}", run.id));
    }
    let days = config.max_age_days.unwrap_or(30);
    let age = seen.now.duration_since(run.at).as_hours() / 24;
    if age > days {
        return (Verdict::Stale, format!("run {} is {age} days old, and counts for {days}", run.id));
    }
    let lines: Vec<&str> =
        steps.iter().filter_map(|word| run.steps.get(word)).map(|step| step.line.as_str()).collect();
    (Verdict::Passed, lines.join("; "))
}

fn by_person(item: &Item, seen: &Seen) -> (Verdict, String) {
    let of: Vec<&Signed> = seen.signed.iter().filter(|signed| signed.item == item.id).collect();
    let counts = |signed: &&&Signed| signed.refused.is_none() && signed.stale.is_none();
    if let Some(Signed { by, at, .. }) = of.iter().find(counts) {
        return (Verdict::Passed, format!("signed by {by}, {at}"));
    }
    let last = of.last();
    match last.and_then(|signed| signed.stale.as_ref().or(signed.refused.as_ref()).map(|why| (signed, why))) {
        Some((signed, why)) if signed.refused.is_none() => {
            (Verdict::Stale, format!("signed by {}: {why}", signed.by))
        }
        Some((signed, why)) => {
            (Verdict::Waiting, format!("the signature of {} does not count: {why}", signed.by))
        }
        None => (Verdict::Waiting, format!("groundline sign {}", item.id)),
    }
}
