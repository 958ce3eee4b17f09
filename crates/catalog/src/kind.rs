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

            /// The kind of this word, as `word` gives it.
            pub fn from_word(word: &str) -> Option<ObjectKind> {
                match word { $($word => Some(ObjectKind::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    Schema "schema",
    Extension "extension",
    Language "language",
    AccessMethod "access method",
    Type "type",
    Domain "domain",
    Collation "collation",
    Conversion "conversion",
    TextSearchParser "text search parser",
    TextSearchTemplate "text search template",
    TextSearchDictionary "text search dictionary",
    TextSearchConfiguration "text search configuration",
    ForeignDataWrapper "foreign-data wrapper",
    ForeignServer "server",
    UserMapping "user mapping",
    Sequence "sequence",
    Table "table",
    ForeignTable "foreign table",
    Column "column",
    Constraint "constraint",
    Index "index",
    View "view",
    MaterializedView "materialized view",
    Function "function",
    Procedure "procedure",
    Aggregate "aggregate",
    Operator "operator",
    OperatorFamily "operator family",
    OperatorClass "operator class",
    Cast "cast",
    Transform "transform",
    Trigger "trigger",
    Rule "rule",
    Policy "policy",
    Statistics "statistics",
    EventTrigger "event trigger",
    Publication "publication",
    Subscription "subscription",
    SecurityLabel "security label",
    Grant "grant",
    DefaultPrivilege "default privilege",
    Setting "setting",
}

impl ObjectKind {
    /// Whether the identity of such an object begins with its schema.
    pub fn is_in_schema(self) -> bool {
        use ObjectKind::{
            AccessMethod, Cast, DefaultPrivilege, EventTrigger, Extension, ForeignDataWrapper, ForeignServer,
            Grant, Language, Publication, Schema, SecurityLabel, Setting, Subscription, Transform,
            UserMapping,
        };
        !matches!(
            self,
            Schema
                | Extension
                | Language
                | AccessMethod
                | ForeignDataWrapper
                | ForeignServer
                | UserMapping
                | Cast
                | Transform
                | EventTrigger
                | Publication
                | Subscription
                | SecurityLabel
                | Grant
                | DefaultPrivilege
                | Setting
        )
    }

    /// Whether it has columns.
    pub fn is_relation(self) -> bool {
        use ObjectKind::{ForeignTable, MaterializedView, Table, View};
        matches!(self, Table | ForeignTable | View | MaterializedView)
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
