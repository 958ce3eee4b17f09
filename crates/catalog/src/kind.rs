//! The registry of object kinds: one entry a kind.
//! Out: how a kind is read from a server (`groundline-pg`).
//! Called by snapshots, differences, reports.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! kinds {
    ($($variant:ident $word:literal,)*) => {
        /// A kind of database object. Order is the order of reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ObjectKind { $(#[doc = $word] #[serde(rename = $word)] $variant,)* }

        impl ObjectKind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [ObjectKind] = &[$(ObjectKind::$variant,)*];

            /// The kind in the manual's words, lower case.
            pub fn word(self) -> &'static str {
                match self { $(ObjectKind::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    Schema "schema",
    Extension "extension",
    Type "type",
    Domain "domain",
    Sequence "sequence",
    Table "table",
    Column "column",
    Constraint "constraint",
    Index "index",
    View "view",
    MaterializedView "materialized view",
    Function "function",
    Procedure "procedure",
    Aggregate "aggregate",
    Trigger "trigger",
    Rule "rule",
    Policy "policy",
    Statistics "statistics",
    Publication "publication",
    Comment "comment",
    Grant "grant",
    DefaultPrivilege "default privilege",
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
