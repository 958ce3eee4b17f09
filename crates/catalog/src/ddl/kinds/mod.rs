//! The statements of each kind: how it is made, altered and dropped. One arm a kind in `of`.
//! Out: their order (`order`), what has to happen (`actions`).
//! Called by both.

mod access;
mod attached;
mod casts;
mod column;
mod constraint;
mod default_privilege;
mod index;
mod other;
mod routine;
mod sequence;
mod table;
mod types;
mod view;
mod words;

use crate::{Object, ObjectId, ObjectKind, Snapshot};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// Its text, without a semicolon.
    pub text: String,
    /// What it may lose.
    pub loses: Option<&'static str>,
    /// Whether it takes no transaction, or what follows it must be in another one.
    pub apart: bool,
    /// Whether it changes a type, so that views, rules, policies and triggers on it have to let go.
    pub rewrites_type: bool,
}

impl Sql {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), loses: None, apart: false, rewrites_type: false }
    }

    fn losing(self, loses: &'static str) -> Self {
        Self { loses: Some(loses), ..self }
    }
}

/// How an object becomes another.
pub enum Alter {
    By(Vec<Sql>),
    /// Dropped, and made anew.
    Recreate,
    /// Another takes its name; what has it is put to that, and then the old one goes.
    Rebuild {
        statements: Vec<Sql>,
        last: Sql,
    },
    /// There is no way.
    Cannot(String),
}

/// An object in its schema.
#[derive(Clone, Copy)]
struct Of<'s> {
    id: &'s ObjectId,
    object: &'s Object,
    schema: &'s Snapshot,
}

impl<'s> Of<'s> {
    fn get(&self, property: &str) -> Option<&'s str> {
        self.object.properties.get(property).map(AsRef::as_ref)
    }

    fn is(&self, property: &str) -> bool {
        self.get(property) == Some("true")
    }

    /// The identity of what it lives with.
    fn parent(&self) -> &'s str {
        self.object.parent.as_ref().map_or("", |parent| &parent.identity)
    }

    fn name(&self) -> &'s str {
        self.id.last_part()
    }
}

/// What a kind can do.
struct Kind {
    create: fn(Of<'_>) -> Result<Vec<Sql>, String>,
    drop: fn(Of<'_>) -> Result<Vec<Sql>, String>,
    /// By the changed properties, without owner and comment.
    alter: fn(Of<'_>, Of<'_>, &BTreeSet<&str>) -> Alter,
}

fn of(kind: ObjectKind) -> Kind {
    use ObjectKind as K;
    match kind {
        K::Table => Kind { create: table::create, drop: table::drop, alter: table::alter },
        K::ForeignTable => {
            Kind { create: table::create_foreign, drop: table::drop, alter: table::alter_foreign }
        }
        K::Column => Kind { create: column::create, drop: column::drop, alter: column::alter },
        K::Constraint => {
            Kind { create: constraint::create, drop: constraint::drop, alter: constraint::alter }
        }
        K::Index => Kind { create: index::create, drop: index::drop, alter: index::alter },
        K::Sequence => Kind { create: sequence::create, drop: sequence::drop, alter: sequence::alter },
        K::View => Kind { create: view::create, drop: plain_drop, alter: view::alter },
        K::MaterializedView => {
            Kind { create: view::create_materialized, drop: plain_drop, alter: view::alter_materialized }
        }
        K::Function | K::Procedure => {
            Kind { create: routine::create, drop: plain_drop, alter: routine::alter }
        }
        K::Aggregate => Kind { create: routine::create_aggregate, drop: plain_drop, alter: anew },
        K::Type => Kind { create: types::create, drop: types::drop, alter: types::alter },
        K::Domain => Kind { create: types::create_domain, drop: plain_drop, alter: types::alter_domain },
        K::Trigger => Kind {
            create: attached::create_trigger,
            drop: attached::drop_trigger,
            alter: attached::alter_trigger,
        },
        K::Rule => Kind { create: attached::create_rule, drop: attached::drop, alter: attached::alter_rule },
        K::Policy => {
            Kind { create: attached::create_policy, drop: attached::drop, alter: attached::alter_policy }
        }
        K::Statistics => {
            Kind { create: attached::create_statistics, drop: plain_drop, alter: attached::alter_statistics }
        }
        K::Grant => Kind { create: access::create, drop: access::drop, alter: access::alter },
        K::DefaultPrivilege => Kind {
            create: default_privilege::create,
            drop: default_privilege::drop,
            alter: default_privilege::alter,
        },
        K::Schema => Kind { create: other::create_schema, drop: plain_drop, alter: anew },
        K::Extension => {
            Kind { create: other::create_extension, drop: plain_drop, alter: other::alter_extension }
        }
        K::Collation => {
            Kind { create: other::create_collation, drop: plain_drop, alter: other::alter_collation }
        }
        K::EventTrigger => {
            Kind { create: other::create_event_trigger, drop: plain_drop, alter: other::alter_event_trigger }
        }
        K::Publication => Kind { create: other::create_publication, drop: plain_drop, alter: anew },
        K::Cast => Kind { create: other::create_cast, drop: plain_drop, alter: anew },
        K::Operator => {
            Kind { create: other::create_operator, drop: plain_drop, alter: other::alter_operator }
        }
        K::Language
        | K::AccessMethod
        | K::Conversion
        | K::TextSearchParser
        | K::TextSearchTemplate
        | K::TextSearchDictionary
        | K::TextSearchConfiguration
        | K::ForeignDataWrapper
        | K::ForeignServer
        | K::UserMapping
        | K::OperatorFamily
        | K::OperatorClass
        | K::Transform
        | K::Subscription => Kind { create: unwritten, drop: plain_drop, alter: unwritten_alter },
        K::SecurityLabel | K::Setting => Kind { create: unwritten, drop: unwritten, alter: unwritten_alter },
    }
}

/// The statements that make an object, with its owner and its comment.
pub(super) fn create(id: &ObjectId, object: &Object, schema: &Snapshot) -> Result<Vec<Sql>, String> {
    let new = Of { id, object, schema };
    let mut statements = (of(id.kind).create)(new)?;
    statements.extend(words::owner(new));
    statements.extend(words::comment(new));
    statements.extend(words::extensions(new, None));
    statements.extend(access::unasked(new));
    for child in made_with(id, schema) {
        if let Some(object) = schema.objects.get(child) {
            let of_child = Of { id: child, object, schema };
            statements.extend(words::afterwards(of_child));
            statements.extend(words::comment(of_child));
        }
    }
    statements.extend(owned_sequences(id, schema));
    Ok(statements)
}

/// Which column a sequence goes with, where that is there already.
pub(super) fn owned(id: &ObjectId, object: &Object, schema: &Snapshot) -> Option<Sql> {
    let by = object.properties.get("owned by")?;
    Some(sequence::owned(Of { id, object, schema }, by))
}

/// Sequences that go with a column: they are there before the column's default, and become its own once it is there.
fn owned_sequences(id: &ObjectId, schema: &Snapshot) -> Vec<Sql> {
    let belongs = |owner: &ObjectId| {
        let table = schema.objects.get(owner).and_then(|column| column.parent.as_ref());
        owner == id || table == Some(id)
    };
    let sequences = schema
        .of_kind(ObjectKind::Sequence)
        .filter(|(of, object)| !comes_with_parent(of, object) && object.parent.as_ref().is_some_and(belongs));
    sequences.filter_map(|(of, object)| owned(of, object, schema)).collect()
}

/// The statements that drop an object.
pub(super) fn drop(id: &ObjectId, object: &Object, schema: &Snapshot) -> Result<Vec<Sql>, String> {
    (of(id.kind).drop)(Of { id, object, schema })
}

/// How an object becomes another.
pub(super) fn alter(id: &ObjectId, old: (&Object, &Snapshot), new: (&Object, &Snapshot)) -> Alter {
    let (old, new) = (Of { id, object: old.0, schema: old.1 }, Of { id, object: new.0, schema: new.1 });
    let names = old.object.properties.keys().chain(new.object.properties.keys());
    let mut changed: BTreeSet<&str> =
        names.map(AsRef::as_ref).filter(|name| old.get(name) != new.get(name)).collect();
    let mut common = Vec::new();
    if changed.remove("owner") {
        common.extend(words::owner(new));
    }
    if changed.remove("comment") {
        common.extend(words::comment_is(new));
    }
    if changed.remove("depends on extensions") {
        common.extend(words::extensions(new, old.get("depends on extensions")));
    }
    if id.kind == ObjectKind::Setting {
        return Alter::Cannot("a setting belongs to the database, by its name".to_owned());
    }
    let altered = match changed.is_empty() {
        true => Alter::By(Vec::new()),
        false => (of(id.kind).alter)(old, new, &changed),
    };
    match altered {
        Alter::By(mut statements) => {
            statements.extend(common);
            Alter::By(statements)
        }
        other => other,
    }
}

/// A column whose type is built anew under its name.
pub(super) fn follow(id: &ObjectId, old: (&Object, &Snapshot), new: (&Object, &Snapshot)) -> Vec<Sql> {
    column::follow(Of { id, object: old.0, schema: old.1 }, Of { id, object: new.0, schema: new.1 })
}

/// Whether an object has no statement of its own to be made or dropped: it comes and goes with another.
pub(super) fn comes_with_parent(id: &ObjectId, object: &Object) -> bool {
    use ObjectKind::{Column, Constraint, Index, MaterializedView, Sequence, View};
    let parent = object.parent.as_ref().map(|parent| parent.kind);
    match id.kind {
        Column => {
            let is_inherited = object.properties.get("inherited").is_some_and(|how| how.as_ref() == "true");
            matches!(parent, Some(View | MaterializedView)) || is_inherited
        }
        Index => parent == Some(Constraint),
        Sequence => object.properties.get("owned by").is_some_and(|by| by.starts_with("identity of ")),
        Constraint => object.properties.get("inherited").is_some_and(|how| how.as_ref() == "true"),
        _ => false,
    }
}

/// What is made by the statement of another object: the columns of a table, the index of a constraint.
pub(super) fn made_with<'s>(id: &ObjectId, schema: &'s Snapshot) -> impl Iterator<Item = &'s ObjectId> {
    let id = id.clone();
    let is_inside = move |child: &ObjectId, object: &Arc<Object>| {
        object.parent.as_ref() == Some(&id)
            && match child.kind {
                ObjectKind::Column => true,
                _ => comes_with_parent(child, object),
            }
    };
    schema.objects.iter().filter(move |(child, object)| is_inside(child, object)).map(|(child, _)| child)
}

/// Whether an object of this kind holds nothing of its own, and can be dropped and made anew.
pub(super) fn can_be_anew(kind: ObjectKind) -> bool {
    use ObjectKind::{
        Aggregate, Cast, Constraint, EventTrigger, Function, Grant, Index, MaterializedView, Operator,
        Policy, Procedure, Publication, Rule, Statistics, Trigger, View,
    };
    matches!(
        kind,
        Aggregate
            | Cast
            | Constraint
            | EventTrigger
            | Function
            | Grant
            | Index
            | MaterializedView
            | Operator
            | Policy
            | Procedure
            | Publication
            | Rule
            | Statistics
            | Trigger
            | View
    )
}

fn plain_drop(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let drop = Sql::of(format!("DROP {}", words::target(of)));
    Ok(vec![match of.id.kind {
        ObjectKind::Sequence => drop.losing("the sequence's value"),
        _ => drop,
    }])
}

fn anew(_old: Of<'_>, _new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    Alter::Recreate
}

fn unwritten(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Err(format!("the statement that makes a {} is not written yet", of.id.kind))
}

fn unwritten_alter(_old: Of<'_>, new: Of<'_>, _changed: &BTreeSet<&str>) -> Alter {
    Alter::Cannot(format!("the statements that alter a {} are not written yet", new.id.kind))
}
