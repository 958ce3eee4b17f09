//! The statements of each kind: how it is made, altered and dropped. One arm a kind in `of`.
//! Out: their order (`order`), what has to happen (`actions`).
//! Called by both.

mod access;
mod attached;
mod base_type;
mod casts;
mod column;
mod constraint;
mod default_privilege;
mod family;
mod foreign;
mod index;
mod language;
mod operators;
mod other;
mod routine;
mod search;
mod sequence;
mod subscription;
mod table;
mod types;
mod view;
mod words;

use super::side::Side;
use crate::{Object, ObjectId, ObjectKind, Snapshot};
pub(super) use family::{Family, is_inheritable};
use std::collections::BTreeSet;

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
    side: Side<'s>,
    /// Whether it is made before it, or its table, joins a parent.
    alone: bool,
}

impl<'s> Of<'s> {
    fn new(id: &'s ObjectId, object: &'s Object, side: Side<'s>) -> Self {
        Self { id, object, schema: side.schema, side, alone: false }
    }

    /// Another object of the same schema.
    fn other(&self, id: &'s ObjectId, object: &'s Object) -> Self {
        Self::new(id, object, self.side)
    }

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
        K::Operator => Kind { create: operators::create, drop: plain_drop, alter: operators::alter },
        K::OperatorFamily => {
            Kind { create: operators::create_family, drop: plain_drop, alter: operators::alter_family }
        }
        K::OperatorClass => Kind { create: operators::create_class, drop: plain_drop, alter: anew },
        K::Language => Kind { create: language::create, drop: plain_drop, alter: language::alter },
        K::Transform => {
            Kind { create: language::create_transform, drop: plain_drop, alter: language::alter_transform }
        }
        K::AccessMethod => Kind { create: language::create_access_method, drop: plain_drop, alter: anew },
        K::Conversion => Kind { create: language::create_conversion, drop: plain_drop, alter: anew },
        K::TextSearchParser => Kind { create: search::create_parser, drop: plain_drop, alter: anew },
        K::TextSearchTemplate => Kind { create: search::create_template, drop: plain_drop, alter: anew },
        K::TextSearchDictionary => {
            Kind { create: search::create_dictionary, drop: plain_drop, alter: search::alter_dictionary }
        }
        K::TextSearchConfiguration => Kind {
            create: search::create_configuration,
            drop: plain_drop,
            alter: search::alter_configuration,
        },
        K::ForeignDataWrapper => {
            Kind { create: foreign::create_wrapper, drop: plain_drop, alter: foreign::alter_wrapper }
        }
        K::ForeignServer => {
            Kind { create: foreign::create_server, drop: plain_drop, alter: foreign::alter_server }
        }
        K::UserMapping => {
            Kind { create: foreign::create_mapping, drop: plain_drop, alter: foreign::alter_mapping }
        }
        K::Subscription => {
            Kind { create: subscription::create, drop: subscription::drop, alter: subscription::alter }
        }
        K::SecurityLabel => Kind { create: other::label, drop: other::no_label, alter: other::alter_label },
        K::Setting => Kind { create: of_database, drop: of_database, alter: anew },
    }
}

/// The statements that make an object, with its owner and its comment. Alone: before it, or its table, joins a parent.
pub(super) fn create(id: &ObjectId, side: Side<'_>, alone: bool) -> Result<Vec<Sql>, String> {
    let Some(object) = side.get(id) else { return Ok(Vec::new()) };
    let new = Of { alone, ..Of::new(id, object, side) };
    let mut statements = (of(id.kind).create)(new)?;
    statements.extend(words::owner(new));
    statements.extend(words::comment(new));
    statements.extend(words::extensions(new, None));
    statements.extend(access::unasked(new));
    // What it has of a parent has statements of its own until it joins that.
    let inside = side.made_with(id).filter(|child| !alone || child.kind != ObjectKind::Constraint);
    for (child, object) in inside.filter_map(|child| Some((child, side.get(child)?))) {
        let of_child = new.other(child, object);
        statements.extend(words::afterwards(of_child));
        statements.extend(words::comment(of_child));
    }
    statements.extend(owned_sequences(id, side));
    Ok(statements)
}

/// Which column a sequence goes with, where that is there already.
pub(super) fn owned(id: &ObjectId, side: Side<'_>) -> Option<Sql> {
    let object = side.get(id)?;
    let by = object.properties.get("owned by")?;
    Some(sequence::owned(Of::new(id, object, side), by))
}

/// Sequences that go with a column: they are there before the column's default, and become its own once it is there.
fn owned_sequences(id: &ObjectId, side: Side<'_>) -> Vec<Sql> {
    let columns = side.children(id).filter(|child| child.kind == ObjectKind::Column);
    let sequences = side.children(id).chain(columns.flat_map(|column| side.children(column)));
    let own = sequences.filter(|of| {
        let comes = || side.get(of).is_some_and(|object| comes_with_parent(of, object));
        of.kind == ObjectKind::Sequence && !comes()
    });
    own.filter_map(|of| owned(of, side)).collect()
}

/// What makes an object a member of an extension.
pub(super) fn member(id: &ObjectId, side: Side<'_>, extension: &ObjectId) -> Option<Sql> {
    let target = words::target(Of::new(id, side.get(id)?, side));
    Some(Sql::of(format!("ALTER EXTENSION {} ADD {target}", extension.identity)))
}

/// A constraint under another name.
pub(super) fn renamed(table: &ObjectId, from: &ObjectId, to: &ObjectId) -> Sql {
    let (word, table) = (table.kind.word().to_uppercase(), &table.identity);
    Sql::of(format!("ALTER {word} {table} RENAME CONSTRAINT {} TO {}", from.last_part(), to.last_part()))
}

/// The shell that a type has to be first, where functions that it needs need it themselves.
pub(super) fn shell(id: &ObjectId, side: Side<'_>) -> Option<Sql> {
    let of = Of::new(id, side.get(id).filter(|_| id.kind == ObjectKind::Type)?, side);
    base_type::has_shell(of).then(|| base_type::shell(of))
}

/// The statements that drop an object.
pub(super) fn drop(id: &ObjectId, side: Side<'_>) -> Result<Vec<Sql>, String> {
    let Some(object) = side.get(id) else { return Ok(Vec::new()) };
    (of(id.kind).drop)(Of::new(id, object, side))
}

/// An object before and after.
fn both<'s>(id: &'s ObjectId, before: Side<'s>, after: Side<'s>) -> Option<(Of<'s>, Of<'s>)> {
    Some((Of::new(id, before.get(id)?, before), Of::new(id, after.get(id)?, after)))
}

/// How an object becomes another.
pub(super) fn alter(id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Alter {
    let Some((old, new)) = both(id, before, after) else { return Alter::By(Vec::new()) };
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
        return Alter::Cannot(OF_DATABASE.to_owned());
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
pub(super) fn follow(id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Vec<Sql> {
    both(id, before, after).map(|(old, new)| column::follow(old, new)).unwrap_or_default()
}

/// The parents that a table leaves and joins.
pub(super) fn family(id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Family {
    both(id, before, after).map(|(old, new)| family::of(old, new)).unwrap_or_default()
}

/// How a new partition joins its table, where it is made alone.
pub(super) fn joined(id: &ObjectId, side: Side<'_>) -> Family {
    side.get(id).map(|object| family::joined(Of::new(id, object, side))).unwrap_or_default()
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

/// Whether an object of this kind holds nothing of its own, and can be dropped and made anew.
pub(super) fn can_be_anew(kind: ObjectKind) -> bool {
    use ObjectKind as K;
    let of_functions = matches!(
        kind,
        K::Aggregate
            | K::Function
            | K::Procedure
            | K::Cast
            | K::Operator
            | K::OperatorClass
            | K::OperatorFamily
    );
    let of_search = matches!(
        kind,
        K::TextSearchParser
            | K::TextSearchTemplate
            | K::TextSearchDictionary
            | K::TextSearchConfiguration
            | K::Transform
            | K::Conversion
    );
    let of_relations = matches!(
        kind,
        K::Constraint
            | K::Index
            | K::Statistics
            | K::View
            | K::MaterializedView
            | K::Policy
            | K::Rule
            | K::Trigger
    );
    of_functions || of_search || of_relations || matches!(kind, K::Grant | K::Publication | K::EventTrigger)
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

/// Why no statement is written for what belongs to the database itself.
const OF_DATABASE: &str = "it belongs to the database, by the database's name: ALTER DATABASE, or ALTER ROLE … IN DATABASE, by hand";

fn of_database(_of: Of<'_>) -> Result<Vec<Sql>, String> {
    Err(OF_DATABASE.to_owned())
}
