//! Which fingerprint a revision of a history has, as it was locked.
//! Out: which revision a fingerprint is of (`recognise`), and measuring fingerprints (`pg`).
//! Called by the command `drift`.

use super::Lock;
use crate::history::History;
use groundline_catalog::Fingerprint;
use groundline_core::Major;

impl Lock {
    /// The fingerprint on a major after the first `count` revisions of a history. Nothing where their files are not as
    /// they were locked, or where none was measured on that major.
    pub fn fingerprint_after(&self, history: &History, count: usize, major: Major) -> Option<Fingerprint> {
        if self.layout != history.layout {
            return None;
        }
        let Some(last) = count.checked_sub(1) else { return self.empty.on(major) };
        let locked = self.revisions.get(last)?;
        let now = Lock::of(history);
        // A chain is over all revisions before it, too.
        let is_same = now.revisions.get(last)?.chain == locked.chain;
        locked.yields.on(major).filter(|_| is_same)
    }
}
