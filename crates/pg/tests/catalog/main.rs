//! The catalog, read from a real server: every edit is seen, what is no edit makes no difference, `pg_dump` is the
//! oracle, and reading what changed gives what reading everything gives.

#[path = "../support/mod.rs"]
mod support;

mod again;
mod cases;
mod edits;
mod in_the_way;
mod load;
mod normal_form;
mod oracle;
mod page;
mod pairs;
mod printing;
mod reference;
mod rows;
mod sequence;
mod together;
mod world;
