//! Backups: made with `pg_dump`, `pg_basebackup` or by a team's own system, kept with what was in them, verified by restoring, restored.
//! Out: the policy that asks for one (`cli`), the decision to restore (`gate`).
//! Called by the commands `backup`, `restore` and `upgrade`.

mod folder;
mod hook;
mod make;
mod physical;
mod record;
mod rehearsal;
mod restore;
mod trial;
mod verify;

pub use folder::{find, list, prune};
pub use hook::run_hook;
pub use make::{Progress, Wanted, make};
pub use physical::unpack;
pub use record::{BACKUP_VERSION, Backup, Form, Kept, Method, Verified};
pub use rehearsal::{REHEARSAL_VERSION, Rehearsal, RehearsedStep};
pub use restore::{Restored, restore};
pub use trial::Trial;
pub use verify::verify;
