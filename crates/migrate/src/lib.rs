//! Folders of migrations: layouts, histories and their lock as data, and the results of runs as data.
//! Out: databases. `pg` runs what this crate describes and fills what it defines.
//! Called by `pg`, `evidence` and `cli`.

pub mod applied;
pub mod graph;
pub mod history;
pub mod layout;
pub mod lock;
pub mod outcome;
pub mod plan;
