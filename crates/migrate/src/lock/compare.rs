//! A lock compared with the revisions that are there.
//! Out: measured schemas (`measured`), what a finding says (`finding`).
//! Called by the commands `lock` and `check`.

use super::{Lock, LockFile, LockFinding, LockFindingKind as Kind, Locked, LockedDown, LockedStep};
use crate::history::{History, Revision};
use groundline_core::{Digest, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What differs between a lock and its folder's revisions. Only files are looked at. Line ends never make a finding;
/// a byte order mark only where it hides a mark from the layout's tool.
pub fn verify(file: &LockFile, history: &History) -> Vec<LockFinding> {
    let (locked, now) = (&file.lock, Lock::of(history));
    let comparison = Comparison { file, history, now: &now.revisions, pairs: pair(locked, &now) };
    let mut findings: Vec<LockFinding> = Vec::new();
    if locked.layout != history.layout {
        let why = format!("locked as {}, read as {}", locked.layout, history.layout);
        findings.push(LockFinding::new(Kind::OtherLayout, String::new(), Place::file(&file.path)).why(why));
    }
    findings.extend(chain(file));
    findings.extend(comparison.missing());
    for &(at, now) in &comparison.pairs {
        comparison.compare(at, now, &mut findings);
    }
    findings.extend(comparison.reordered());
    findings.extend(comparison.unlocked());
    findings
}

/// Whether the lock's own chain is what its revisions make it.
fn chain(file: &LockFile) -> Option<LockFinding> {
    let mut before: Option<Digest> = None;
    for (at, locked) in file.lock.revisions.iter().enumerate() {
        if locked.chain != locked.chain_after(before) {
            let why =
                "its chain is not that of the revisions before it: a line was changed by hand or by a merge";
            return Some(LockFinding::new(Kind::ChainBroken, locked.label(), file.line(at)).why(why));
        }
        before = Some(locked.chain);
    }
    let head = file.lock.head();
    let said = file.head.as_ref().map(|head| head.get_ref().as_str());
    if (said, file.chain) == (head.map(Locked::id), before) {
        return None;
    }
    let why = "its first lines name another head or chain than the last revision's";
    let label = head.map_or_else(|| "its head".to_owned(), Locked::label);
    Some(LockFinding::new(Kind::ChainBroken, label, file.head_line()).why(why))
}

/// Which locked revision is which of those that are there: by id, then those whose files say the same.
fn pair(locked: &Lock, now: &Lock) -> Vec<(usize, usize)> {
    let mut pairs = Pairs { free: (0..now.revisions.len()).collect(), found: BTreeMap::new() };
    pairs.add(locked, now, |one, other| one.id() == other.id() && one.repeatable == other.repeatable);
    pairs.add(locked, now, |one, other| {
        one.up.sql == other.up.sql && sql_of(&one.down) == sql_of(&other.down)
    });
    pairs.found.into_iter().collect()
}

struct Pairs {
    /// Places in the history that are no locked revision's yet.
    free: BTreeSet<usize>,
    found: BTreeMap<usize, usize>,
}

impl Pairs {
    fn add(&mut self, locked: &Lock, now: &Lock, same: impl Fn(&Locked, &Locked) -> bool) {
        for (at, one) in locked.revisions.iter().enumerate() {
            if self.found.contains_key(&at) {
                continue;
            }
            let found = self.free.iter().copied().find(|other| same(one, &now.revisions[*other]));
            if let Some(found) = found {
                self.free.remove(&found);
                self.found.insert(at, found);
            }
        }
    }
}

fn sql_of(down: &LockedDown) -> Option<Digest> {
    match down {
        LockedDown::Script(step) => Some(step.sql),
        LockedDown::None | LockedDown::Irreversible(_) => None,
    }
}

struct Comparison<'a> {
    file: &'a LockFile,
    history: &'a History,
    now: &'a [Locked],
    /// Places in the lock and in the history.
    pairs: Vec<(usize, usize)>,
}

impl Comparison<'_> {
    fn locked(&self, at: usize) -> &Locked {
        &self.file.lock.revisions[at]
    }

    fn revision(&self, now: usize) -> &Revision {
        &self.history.revisions[now]
    }

    fn path(&self, file: impl AsRef<Path>) -> Place {
        Place::file(self.history.folder.join(file))
    }

    fn missing(&self) -> impl Iterator<Item = LockFinding> {
        let paired: BTreeSet<usize> = self.pairs.iter().map(|(at, _)| *at).collect();
        let gone = (0..self.file.lock.revisions.len()).filter(move |at| !paired.contains(at));
        gone.map(|at| {
            let locked = self.locked(at);
            let finding = LockFinding::new(Kind::Missing, locked.label(), self.file.line(at));
            finding.why(format!("its up was {}", locked.up.file))
        })
    }

    fn compare(&self, at: usize, now: usize, findings: &mut Vec<LockFinding>) {
        let (locked, now) = (self.locked(at), &self.now[now]);
        let up = match Edit::of(&locked.up, &now.up) {
            Edit::None => None,
            _ if locked.repeatable => Some(Kind::RepeatableEdited),
            Edit::Comment => Some(Kind::CommentUp),
            Edit::Sql => Some(Kind::EditedUp),
        };
        let down = match (&locked.down, &now.down) {
            (LockedDown::Script(locked), LockedDown::Script(now)) => match Edit::of(locked, now) {
                Edit::None => None,
                Edit::Comment => Some((Kind::CommentDown, &now.file)),
                Edit::Sql => Some((Kind::EditedDown, &now.file)),
            },
            (LockedDown::Script(down), _) => Some((Kind::DownRemoved, &down.file)),
            (_, LockedDown::Script(down)) => Some((Kind::DownAdded, &down.file)),
            // A comment declares it, in the up or in the down: one edit is one finding.
            (locked, other) if locked != other && up.is_none() => Some((Kind::CommentDown, &now.up.file)),
            _ => None,
        };
        for (kind, file) in up.map(|kind| (kind, &now.up.file)).into_iter().chain(down) {
            findings.push(LockFinding::new(kind, locked.label(), self.path(file)));
        }
        if (locked.id(), &locked.name, &locked.up.file) != (now.id(), &now.name, &now.up.file) {
            let was = |one: &Locked| format!("{} in {}", one.label(), one.up.file);
            let finding = LockFinding::new(Kind::Renamed, locked.label(), self.path(&now.up.file));
            findings.push(finding.why(format!("it was {}, and is {} now", was(locked), was(now))));
        }
    }

    /// The first revision that stands before one which was locked before it.
    fn reordered(&self) -> Option<LockFinding> {
        let same_id = |&&(at, now): &&(usize, usize)| self.locked(at).id() == self.now[now].id();
        let kept: Vec<_> = self.pairs.iter().filter(same_id).collect();
        let pair = kept.windows(2).find(|pair| pair[0].1 > pair[1].1)?;
        let (at, now) = *pair[1];
        let file = self.path(&self.revision(now).up.file);
        let finding = LockFinding::new(Kind::Reordered, self.locked(at).label(), file);
        Some(finding.why(format!("it was locked after {}", self.locked(pair[0].0).label())))
    }

    fn unlocked(&self) -> impl Iterator<Item = LockFinding> {
        let paired: BTreeSet<usize> = self.pairs.iter().map(|(_, now)| *now).collect();
        let last =
            self.pairs.iter().filter(|(at, _)| !self.locked(*at).repeatable).max_by_key(|(_, now)| *now);
        let fresh = (0..self.now.len()).filter(move |now| !paired.contains(now));
        fresh.map(move |now| {
            let revision = self.revision(now);
            let file = self.path(&revision.up.file);
            match last.filter(|(_, last)| *last > now && !revision.repeatable) {
                Some((at, _)) => LockFinding::new(Kind::OutOfOrder, revision.label(), file)
                    .why(format!("{} is locked, and comes after it", self.locked(*at).label())),
                None => LockFinding::new(Kind::Unlocked, revision.label(), file),
            }
        })
    }
}

/// How a step's text is not what it was.
enum Edit {
    None,
    Comment,
    Sql,
}

impl Edit {
    fn of(locked: &LockedStep, now: &LockedStep) -> Self {
        match (locked.text == now.text, locked.sql == now.sql) {
            (true, true) => Edit::None,
            (false, true) => Edit::Comment,
            (_, false) => Edit::Sql,
        }
    }
}
