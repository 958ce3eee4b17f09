//! Which fingerprint a revision of a history has, as it was locked.
//! Out: which revision a fingerprint is of (`recognise`), and measuring fingerprints (`pg`).
//! Called by plans, and by the commands `drift` and `upgrade`.

use super::Lock;
use groundline_catalog::Fingerprint;
use groundline_core::Major;

impl Lock {
    /// The fingerprint on a major after the first `count` revisions of a history; `now` is what its files would be
    /// locked as. Nothing where they are not as they were locked, or where none was measured on that major.
    pub fn fingerprint_after(&self, now: &Lock, count: usize, major: Major) -> Option<Fingerprint> {
        if self.layout != now.layout {
            return None;
        }
        let Some(last) = count.checked_sub(1) else { return self.empty.on(major) };
        let locked = self.revisions.get(last)?;
        // A chain is over all revisions before it, too.
        let is_same = now.revisions.get(last)?.chain == locked.chain;
        locked.yields.on(major).filter(|_| is_same)
    }
}
