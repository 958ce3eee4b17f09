//! What the lint says after a server was seen running the script: findings that were seen are marked, those that a
//! server did otherwise go, and what only the server shows is added.
//! Out: running it (`pg::trace`). Called by the command `trace`.

use crate::effect::Effects;
use crate::finding::{Consequence, Finding};
use crate::judge::Verdict;
use crate::rule::Severity;
use crate::rules::SEEN_ONLY;
use groundline_core::LockMode;
use groundline_sql::operation::Name;

/// What a server did for one statement.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    /// Effects of the statement.
    pub effects: &'s Effects,
    /// Locks that its transaction held before.
    pub held: &'s Effects,
    /// Whether all locks were seen; a short statement outside a transaction may escape the samples.
    pub complete: bool,
}

impl Seen<'_> {
    /// The strongest lock on each relation while the statement ran.
    fn locks(&self) -> std::collections::BTreeMap<Name, LockMode> {
        let mut all = self.effects.clone();
        self.held.locks.iter().for_each(|(name, mode)| all.lock(name.clone(), *mode));
        all.locks
    }
}

impl Verdict {
    /// Takes what was seen into account; none for statements that were not reached.
    pub fn observe(&mut self, seen: &[Option<Seen<'_>>]) {
        let of = |index: usize| seen.get(index).copied().flatten();
        self.findings.retain_mut(|finding| match of(finding.statement) {
            Some(seen) => {
                finding.observed = was_seen(finding, seen);
                finding.observed || !seen.complete || !claims(finding)
            }
            None => true,
        });
        for (index, judged) in self.statements.iter().enumerate() {
            let Some(seen) = of(index) else { continue };
            let added = unpredicted(seen, &judged.effects, judged.opaque);
            let new: Vec<_> = added
                .into_iter()
                .filter(|(name, ..)| !self.findings.iter().any(|other| is_about(other, index, name)))
                .map(|(name, lock, effect)| finding(index, judged.span, &name, lock, effect))
                .collect();
            self.findings.extend(new);
        }
        self.findings.sort_by_key(|finding| (finding.span.start, std::cmp::Reverse(finding.severity)));
    }
}

fn is_about(finding: &Finding, statement: usize, name: &Name) -> bool {
    finding.statement == statement && finding.relation.as_deref() == Some(name.to_string().as_str())
}

/// Whether a finding says something that a server shows.
fn claims(finding: &Finding) -> bool {
    let shown = matches!(finding.effect, Consequence::Rewrite | Consequence::Scan | Consequence::Lock);
    shown && finding.relation.is_some() && finding.lock.is_some()
}

fn was_seen(finding: &Finding, seen: Seen<'_>) -> bool {
    let (Some(relation), Some(lock)) = (&finding.relation, finding.lock) else { return false };
    let is = |name: &&Name| name.to_string() == *relation;
    let holds = |effects: &Effects| effects.locks.iter().any(|(name, mode)| is(&name) && *mode >= lock);
    let locked = holds(seen.effects) || holds(seen.held);
    locked
        && match finding.effect {
            Consequence::Rewrite => rewrites_or_builds(finding, seen.effects, &is),
            Consequence::Scan => seen.effects.scans.union(&seen.effects.rewrites).any(|name| is(&name)),
            Consequence::Lock | Consequence::Break | Consequence::Style => true,
        }
}

/// An index that is built anew is no rewrite of its table.
fn rewrites_or_builds(finding: &Finding, effects: &Effects, is: &impl Fn(&&Name) -> bool) -> bool {
    effects.rewrites.iter().any(|name| is(&name)) || finding.lock < Some(LockMode::AccessExclusive)
}

/// What a server did that the text did not say: what is written anew or read in full while writers wait; and, of a
/// statement whose text says little, each lock that stops writers.
fn unpredicted(all: Seen<'_>, predicted: &Effects, opaque: bool) -> Vec<(Name, LockMode, Consequence)> {
    let (seen, mut found) = (all.effects, Vec::new());
    let locks = all.locks();
    for (name, mode) in locks.iter().filter(|(_, mode)| mode.blocks_writes()) {
        let effect = match () {
            () if seen.rewrites.contains(name) && !predicted.rewrites.contains(name) => Consequence::Rewrite,
            () if seen.scans.contains(name) && !predicted.scans.contains(name) => Consequence::Scan,
            () if opaque && seen.locks.contains_key(name) => Consequence::Lock,
            () => continue,
        };
        found.push((name.clone(), *mode, effect));
    }
    found
}

fn finding(
    statement: usize,
    span: groundline_core::Span,
    name: &Name,
    lock: LockMode,
    effect: Consequence,
) -> Finding {
    let what = match effect {
        Consequence::Rewrite => "writes all of it anew",
        Consequence::Scan => "reads all of it",
        _ => "locks it",
    };
    Finding {
        code: SEEN_ONLY.code,
        rule: SEEN_ONLY.name,
        group: SEEN_ONLY.group,
        severity: if effect == Consequence::Lock { Severity::Warning } else { Severity::Error },
        statement,
        span,
        relation: Some(name.to_string()),
        lock: Some(lock),
        effect,
        message: format!("this {what}: {name}"),
        why: "its text does not say so; a server was seen doing it".to_owned(),
        instead: None,
        size: None,
        seconds: None,
        fix: None,
        unsure: None,
        observed: true,
    }
}
