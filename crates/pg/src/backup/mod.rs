//! Backups: made with `pg_dump` or by a team's own system, kept with what was in them, verified by restoring, restored.
//! Out: the policy that asks for one (`cli`), the decision to restore (`gate`).
//! Called by the commands `backup`, `restore` and `upgrade`.

mod folder;
mod hook;
mod make;
mod record;
mod restore;
mod verify;

pub use folder::{find, list, prune};
pub use hook::run_hook;
pub use make::{Progress, Wanted, make};
pub use record::{BACKUP_VERSION, Backup, Kept, Method, Verified};
pub use restore::{Restored, restore};
pub use verify::verify;
