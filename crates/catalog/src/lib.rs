//! What a PostgreSQL database looks like: objects with properties, fingerprint, difference.
//! Out: how it is read from a server (`groundline-pg`), and how it is shown.
//! Called by `pg`, `evidence` and `cli`.

pub mod ddl;
mod diff;
mod file;
mod kind;
pub mod normal_form;
mod object;
mod platform;
mod profile;
mod scope;
mod snapshot;

pub use diff::{Change, Difference, diff};
pub use kind::ObjectKind;
pub use normal_form::NORMAL_FORM;
pub use object::{Object, ObjectId};
pub use platform::{PLATFORMS, Platform};
pub use profile::Profile;
pub use scope::{Pattern, PatternUse, Rule, Scope};
pub use snapshot::{Fingerprint, Snapshot};
