//! Groundline's vocabulary: SQL names (the only quoting), server versions, lock modes, digests, text positions,
//! faults and the scrubbing of secrets.
//! Out: anything that reads a file, a clock, the environment or a database.
//! Every other crate calls it.

mod digest;
mod fault;
mod lock_mode;
mod names;
mod parallel;
mod position;
mod secret;
mod version;

pub use digest::{Digest, Hasher};
pub use fault::{Fault, Place, Result};
pub use lock_mode::LockMode;
pub use names::{quote_ident, quote_literal, quote_qualified};
pub use parallel::in_parallel;
pub use position::{LineIndex, Position, Span};
pub use secret::scrub;
pub use version::{Major, ServerVersion};
