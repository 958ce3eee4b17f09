//! The statements that turn one schema into another, in an order in which PostgreSQL takes them.
//! In: what has to be made, altered, dropped or made anew (`actions`), the order (`order`), each kind's statements
//! (`kinds`, one line a kind). Out: reading schemas and what needs what (`pg`), running the statements.
//! Called by the commands that write SQL.
//!
//! A kind is added in `kinds::of`: how it is made, altered and dropped. What a kind can't do is a [`LeftOut`] with its
//! reason, never nothing.

mod actions;
mod families;
mod kinds;
mod members;
mod online;
mod order;
mod persistence;
mod script;
mod section;
mod side;

pub use online::{Form, Part, parts};
pub use script::Piece;
pub use section::Section;

use crate::{ObjectId, ObjectKind, Snapshot};
use serde::Serialize;
use side::{Kin, Side};
use std::collections::{BTreeSet, HashMap};

/// What each object of a schema needs to be there: the columns of a view, the function of a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    needs: HashMap<ObjectId, BTreeSet<ObjectId>>,
}

impl Dependencies {
    /// Notes that an object needs another one.
    pub fn insert(&mut self, object: ObjectId, needs: ObjectId) {
        self.needs.entry(object).or_default().insert(needs);
    }

    /// What an object needs.
    pub fn of(&self, object: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.needs.get(object).into_iter().flatten()
    }

    /// What needs an object.
    fn reversed(&self) -> HashMap<&ObjectId, Vec<&ObjectId>> {
        let mut needed_by: HashMap<&ObjectId, Vec<&ObjectId>> = HashMap::new();
        for (object, needs) in &self.needs {
            for needed in needs {
                needed_by.entry(needed).or_default().push(object);
            }
        }
        needed_by
    }
}

/// What a plan may do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether statements that lose data are emitted.
    pub destructive: bool,
}

/// What a step does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// It goes.
    Drop,
    /// It stays, and changes.
    Alter,
    /// It comes.
    Create,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The object that it is about.
    pub object: ObjectId,
    /// What it does to it.
    pub does: Does,
    /// The statement, without a semicolon.
    pub sql: String,
    /// The part of a script that it stands in.
    pub section: Section,
    /// The object that it stands with: the table of a column.
    #[serde(skip)]
    pub root: ObjectId,
    /// What it may lose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loses: Option<&'static str>,
    /// Whether PostgreSQL refuses it in a transaction, or with what follows it in the same one.
    pub apart: bool,
}

impl Step {
    /// A statement that no plan made.
    pub fn alone(object: ObjectId, does: Does, sql: String) -> Self {
        let root = object.clone();
        Self { object, does, sql, section: Section::Rest, root, loses: None, apart: false }
    }

    fn is_routine(&self) -> bool {
        use ObjectKind::{Function, Procedure};
        self.does != Does::Drop && matches!(self.object.kind, Function | Procedure)
    }
}

/// A difference for which there is no statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The object.
    pub object: ObjectId,
    /// Why.
    pub why: String,
}

/// What the reason begins with, where data would be lost.
const LOSES: &str = "it loses data: ";

impl LeftOut {
    fn losing(object: ObjectId, what: &str) -> Self {
        Self { object, why: format!("{LOSES}{what}") }
    }

    /// Whether it is left out only because data would be lost.
    pub fn loses_data(&self) -> bool {
        self.why.starts_with(LOSES)
    }
}

/// The way from one schema to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What to run, in this order.
    pub steps: Vec<Step>,
    /// What it does not do.
    pub left_out: Vec<LeftOut>,
    /// Whether a body of a function has to be taken unread: it may name what comes later.
    #[serde(skip)]
    pub has_unchecked_bodies: bool,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.left_out.is_empty()
    }
}

/// The way from one schema to another of the same major and scope. Both know what needs what, or the order is by kinds
/// only.
pub fn plan(before: &Snapshot, after: &Snapshot, options: Options) -> Plan {
    let kin = [before, after].map(Kin::of);
    let [before, after] =
        [(before, &kin[0]), (after, &kin[1])].map(|(schema, kin)| Side { schema, needs: &schema.needs, kin });
    let actions = actions::actions(before, after, options);
    order::ordered(&actions, before, after, options)
}
