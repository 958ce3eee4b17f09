//! What `lint --fix` writes in the place of a statement: pieces of SQL, and where each of them runs.
//! In: a fix as data, and all fixes of a script. Out: which statement gets which (the rules, through `forms`), taking the
//! script apart (`runs`). Called by rules and by the command `lint --fix`.

mod forms;
mod runs;

pub(crate) use forms::{
    apart, built_apart, cut, each_apart, edited, later, local_setting, not_null, retyped, unwrapped,
    validated, without_condition,
};

use crate::finding::Finding;
use crate::judge::{Settings, judge};
use crate::level::Levels;
use crate::rule::Severity;
use crate::schema::Schema;
use groundline_core::Span;

/// How often what a fix wrote is looked at again: an index that was built in the wrong place has a condition, too.
const ROUNDS: usize = 6;

/// What follows a statement that is fixed, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Alone, outside a transaction.
    Apart(String),
    /// In a transaction with what follows it in the script.
    Together(String),
    /// In a transaction of its own, once all else of the script is done.
    Later(String),
    /// What follows is in another transaction.
    Cut,
}

/// What is written in the place of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    /// Texts for places of the script: a whole statement, an action of it, or a word. An empty text takes it away.
    pub(crate) edits: Vec<(Span, String)>,
    /// The statement begins another transaction.
    pub(crate) cut: bool,
    /// What follows it.
    pub(crate) next: Vec<Next>,
    /// The script's own BEGIN and COMMIT go.
    pub(crate) unwraps: bool,
    /// It yields another schema, as its rule advises.
    pub(crate) changes_schema: bool,
}

impl Fix {
    /// Whether statements change places or transactions.
    fn moves(&self) -> bool {
        self.cut || self.unwraps || !self.next.is_empty() || self.removes()
    }

    /// Whether it takes something away.
    pub(crate) fn removes(&self) -> bool {
        self.edits.iter().any(|(_, text)| text.is_empty())
    }

    fn overlaps(&self, other: &Fix) -> bool {
        let meets =
            |(one, _): &(Span, String), (two, _): &(Span, String)| one.start < two.end && two.start < one.end;
        self.edits.iter().any(|one| other.edits.iter().any(|two| meets(one, two)))
    }
}

/// A part of a script: what runs together, or one statement that takes no transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its text.
    pub text: String,
    /// Whether it runs in one transaction.
    pub in_transaction: bool,
    /// What it is, where it was taken out of a script: `index orders_total`, `validate`.
    pub title: Option<String>,
}

/// A script after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// What it was taken apart into; one, where it stays whole.
    pub parts: Vec<Part>,
    /// Whether its text was edited in place only.
    pub in_place: bool,
    /// The findings that were fixed.
    pub done: Vec<Finding>,
    /// Whether it yields another schema, as a rule advises.
    pub changes_schema: bool,
}

impl Fixed {
    /// All parts as one script, which begins and ends its transactions itself.
    pub fn one_text(&self) -> String {
        if let [only] = self.parts.as_slice() {
            return only.text.clone();
        }
        let part = |part: &Part| match part.in_transaction {
            true => format!("BEGIN;\n{}COMMIT;\n", part.text),
            false => part.text.clone(),
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join("\n")
    }
}

/// What is fixed, and how it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// How to judge.
    pub settings: Settings<'a>,
    /// What rules count for.
    pub levels: &'a Levels,
    /// Whether notes are fixed, too.
    pub notes: bool,
}

/// A script with its fixable findings fixed, on the schema before it; none where there are none. What a comment allows
/// stays as it is.
pub fn fix(text: &str, schema: &Schema, asked: Asked<'_>) -> Option<Fixed> {
    let whole = Part { text: text.to_owned(), in_transaction: true, title: None };
    let mut fixed = Fixed { parts: vec![whole], in_place: true, done: Vec::new(), changes_schema: false };
    for _ in 0..ROUNDS {
        let (mut schema, mut parts, mut changed) = (schema.clone(), Vec::new(), false);
        for part in &fixed.parts {
            let wrapped = asked.settings.wrapped && part.in_transaction;
            let settings = Settings { wrapped, ..asked.settings };
            let round = once(&part.text, &schema, Asked { settings, ..asked });
            judge(&part.text, &mut schema, settings);
            let Some(round) = round else {
                parts.push(part.clone());
                continue;
            };
            changed = true;
            fixed.in_place &= round.in_place;
            fixed.changes_schema |= round.changes_schema;
            fixed.done.extend(round.done);
            parts.extend(titled(round.parts, part));
        }
        fixed.parts = parts;
        if !changed {
            break;
        }
    }
    (!fixed.done.is_empty()).then_some(fixed)
}

/// What was a part keeps its title.
fn titled(mut parts: Vec<Part>, of: &Part) -> Vec<Part> {
    if let Some(first) = parts.first_mut() {
        first.title = of.title.clone();
    }
    if let [only] = parts.as_mut_slice() {
        only.in_transaction &= of.in_transaction;
    }
    parts
}

fn once(text: &str, schema: &Schema, asked: Asked<'_>) -> Option<Fixed> {
    let verdict = judge(text, &mut schema.clone(), asked.settings).levelled(asked.levels);
    let wanted =
        |finding: &Finding| finding.fix.is_some() && (asked.notes || finding.severity > Severity::Note);
    let can_move = runs::can_move(text);
    let mut of: Vec<Vec<Fix>> = vec![Vec::new(); verdict.statements.len()];
    let mut done = Vec::new();
    for finding in verdict.findings.into_iter().filter(wanted) {
        let Some(fix) = &finding.fix else { continue };
        let others = &mut of[finding.statement];
        if others.iter().any(|other| other.overlaps(fix)) || fix.moves() && !can_move {
            continue;
        }
        others.push(fix.clone());
        done.push(finding);
    }
    if done.is_empty() {
        return None;
    }
    let all = || of.iter().flatten();
    let changes_schema = all().any(|fix| fix.changes_schema);
    let in_place = !all().any(Fix::moves);
    let parts = match in_place {
        true => vec![Part { text: runs::edited(text, all()), in_transaction: true, title: None }],
        false => runs::apart(text, &of),
    };
    Some(Fixed { parts, in_place, done, changes_schema })
}
