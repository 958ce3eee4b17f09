//! The wet room: shadow servers, introspection, execution, history tables.
//! Out: what a migration or a schema means as data (`migrate`, `catalog`), and drawing anything.
//! Called by `cli` alone.

pub mod alembic;
pub mod backup;
pub mod blame;
pub mod client;
pub mod dialect;
pub mod drill;
pub mod dump;
pub mod execute;
pub mod guard;
pub mod introspect;
pub mod journal;
pub mod lease;
pub mod leftover;
pub mod meeting;
pub mod onboard;
pub mod preflight;
pub mod proof;
pub mod replay;
pub mod restore;
pub mod roles;
pub mod rows;
pub mod run;
pub mod server;
pub mod sizes;
pub mod stage;
pub mod standing;
pub mod trace;
pub mod yields;
