//! The tables of a schema and their foreign keys as a picture: boxes in columns, a table to the right of those that it refers to,
//! with marks on what the newest revision did.
//! Out: the page's design (`templates/diagram.html`), which marks there are (`marks`). Called by the page.

use super::marks::{Mark, Marks};
use crate::{NewestChange, SchemaFacts, SchemaObject};
use groundline_catalog::ObjectKind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// More tables than this are no picture.
const MOST_TABLES: usize = 60;
/// Columns that a box shows.
const MOST_COLUMNS: usize = 14;
/// Characters of a type that a box shows.
const LONGEST: usize = 16;

/// Measures of a box and the room between two, in pixels of the picture.
const WIDTH: usize = 230;
const HEAD: usize = 28;
const ROW: usize = 19;
const ACROSS: usize = 80;
const DOWN: usize = 26;

/// A picture.
#[derive(Serialize)]
pub(super) struct DiagramView<'a> {
    width: usize,
    height: usize,
    boxes: Vec<BoxView<'a>>,
    lines: Vec<LineView>,
    /// The same in words, for who does not see it.
    words: String,
}

#[derive(Serialize)]
struct BoxView<'a> {
    name: &'a str,
    x: usize,
    y: usize,
    height: usize,
    rows: Vec<RowView<'a>>,
    mark: Option<Mark>,
}

#[derive(Serialize)]
struct RowView<'a> {
    y: usize,
    name: &'a str,
    kind: String,
    /// `PK`, `FK`, or nothing.
    key: &'static str,
    mark: Option<Mark>,
}

#[derive(Serialize)]
struct LineView {
    path: String,
    title: String,
}

struct Table<'a> {
    name: &'a str,
    columns: Vec<(&'a str, &'a str)>,
    primary: BTreeSet<String>,
    /// Own columns, and the table that they refer to.
    foreign: Vec<(Vec<String>, String)>,
}

impl<'a> DiagramView<'a> {
    /// Nothing where there is no table, or too many for a picture.
    pub(super) fn new(schema: &'a SchemaFacts, newest: Option<&'a NewestChange>) -> Option<Self> {
        let tables = tables(schema);
        let marks = newest.map(|newest| Marks::new(schema, newest)).unwrap_or_default();
        if tables.is_empty() || tables.len() > MOST_TABLES {
            return None;
        }
        let levels = levels(&tables);
        let mut next: BTreeMap<usize, usize> = BTreeMap::new();
        let mut boxes: BTreeMap<&str, BoxView<'a>> = BTreeMap::new();
        for (table, level) in tables.iter().zip(&levels) {
            let top = next.entry(*level).or_insert(DOWN);
            let placed = placed(table, &marks, (level * (WIDTH + ACROSS) + DOWN, *top));
            *top += placed.height + DOWN;
            boxes.insert(table.name, placed);
        }
        let lines = tables.iter().flat_map(|table| lines(table, &boxes)).collect();
        let words = tables.iter().flat_map(|table| {
            table
                .foreign
                .iter()
                .map(|(columns, to)| format!("{} refers to {to} by {}", table.name, columns.join(", ")))
        });
        Some(Self {
            width: levels.iter().max().map_or(0, |most| (most + 1) * (WIDTH + ACROSS)) - ACROSS + 2 * DOWN,
            height: next.values().max().copied().unwrap_or(0),
            words: words.collect::<Vec<_>>().join("; "),
            boxes: boxes.into_values().collect(),
            lines,
        })
    }
}

/// The tables, partitions aside: their parent stands for them.
fn tables(schema: &SchemaFacts) -> Vec<Table<'_>> {
    let is_partition = |one: &SchemaObject| {
        one.properties.keys().any(|name| name.contains("partition of") || &**name == "bound")
    };
    let mut all: Vec<Table<'_>> = schema
        .objects
        .iter()
        .filter(|one| one.id.kind == ObjectKind::Table && !is_partition(one))
        .map(|one| Table {
            name: &one.id.identity,
            columns: Vec::new(),
            primary: BTreeSet::new(),
            foreign: Vec::new(),
        })
        .collect();
    let mut columns: Vec<&SchemaObject> =
        schema.objects.iter().filter(|one| one.id.kind == ObjectKind::Column).collect();
    columns.sort_by_key(|one| one.order);
    for one in columns {
        let Some(parent) = &one.parent else { continue };
        let Some(table) = all.iter_mut().find(|table| table.name == &*parent.identity) else { continue };
        let name = one.id.identity.strip_prefix(table.name).and_then(|rest| rest.strip_prefix('.'));
        let kind = one.properties.get("type").map_or("", |kind| &**kind);
        table.columns.push((name.unwrap_or(&one.id.identity), kind));
    }
    for one in schema.objects.iter().filter(|one| one.id.kind == ObjectKind::Constraint) {
        let (Some(parent), Some(definition)) = (&one.parent, one.properties.get("definition")) else {
            continue;
        };
        let Some(table) = all.iter_mut().find(|table| table.name == &*parent.identity) else { continue };
        if let Some(rest) = definition.strip_prefix("PRIMARY KEY (") {
            table.primary = listed(rest).into_iter().collect();
        } else if let Some(rest) = definition.strip_prefix("FOREIGN KEY (")
            && let Some((_, to)) = rest.split_once(") REFERENCES ")
        {
            let to = to.split('(').next().unwrap_or_default().to_owned();
            table.foreign.push((listed(rest), to));
        }
    }
    all
}

/// The names up to the closing parenthesis.
fn listed(text: &str) -> Vec<String> {
    let inside = text.split(')').next().unwrap_or_default();
    inside.split(", ").map(str::to_owned).collect()
}

/// How far to the right each table stands: one farther than the farthest that it refers to. A circle ends where it began.
fn levels(tables: &[Table<'_>]) -> Vec<usize> {
    let mut levels = vec![0; tables.len()];
    for _ in 0..tables.len().min(12) {
        for (at, table) in tables.iter().enumerate() {
            let others = table.foreign.iter().filter(|(_, to)| to != table.name);
            let places = others.filter_map(|(_, to)| tables.iter().position(|other| other.name == to));
            let most = places.map(|place| levels[place] + 1).max().unwrap_or(0);
            levels[at] = most.min(11);
        }
    }
    levels
}

/// A type as people say it, short enough for a box.
fn short(kind: &str) -> String {
    let kind = kind.strip_prefix("public.").unwrap_or(kind);
    let kind = kind
        .replace(" with time zone", "tz")
        .replace(" without time zone", "")
        .replace("character varying", "varchar");
    match kind.chars().count() > LONGEST {
        true => kind.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => kind,
    }
}

fn placed<'a>(table: &Table<'a>, marks: &Marks<'a>, (x, y): (usize, usize)) -> BoxView<'a> {
    let is_foreign =
        |column: &str| table.foreign.iter().any(|(columns, _)| columns.iter().any(|one| one == column));
    let row_at = |at: usize| y + HEAD + at * ROW + ROW - 5;
    // Of a long table, what is marked is shown rather than what is not.
    let marked = |name: &str| marks.of_column(table.name, name);
    let room = MOST_COLUMNS.max(table.columns.iter().filter(|(name, _)| marked(name).is_some()).count());
    let mut spare = room - table.columns.iter().filter(|(name, _)| marked(name).is_some()).count();
    let mut rows: Vec<RowView<'a>> = Vec::new();
    for (name, kind) in &table.columns {
        let mark = marked(name);
        if mark.is_none() {
            if spare == 0 {
                continue;
            }
            spare -= 1;
        }
        let key = match (table.primary.contains(*name), is_foreign(name)) {
            (true, _) => "PK",
            (false, true) => "FK",
            (false, false) => "",
        };
        rows.push(RowView { y: row_at(rows.len()), name, kind: short(kind), key, mark });
    }
    let more = usize::from(table.columns.len() > rows.len());
    for (name, mark) in marks.removed(table.name) {
        rows.push(RowView { y: row_at(rows.len()), name, kind: String::new(), key: "", mark: Some(mark) });
    }
    let height = HEAD + (rows.len() + more) * ROW + 6;
    BoxView { name: table.name, x, y, height, rows, mark: marks.of_table(table.name) }
}

/// The lines of a table's foreign keys, from its column to the other's head.
fn lines(table: &Table<'_>, boxes: &BTreeMap<&str, BoxView<'_>>) -> Vec<LineView> {
    let Some(from) = boxes.get(table.name) else { return Vec::new() };
    let line = |(columns, to): &(Vec<String>, String)| {
        let other = boxes.get(to.as_str())?;
        let row = from.rows.iter().find(|row| columns.first().is_some_and(|column| column == row.name));
        let (x1, y1) = (from.x, row.map_or(from.y + HEAD / 2, |row| row.y - 5));
        let (x2, y2) = (other.x + WIDTH, other.y + HEAD / 2);
        let bend = x1.saturating_sub(x2).max(60) / 2;
        let path = match table.name == to {
            true => format!("M{x1} {y1} c-34 0 -34 {} 0 {}", -((y1 - y2) as i64), -((y1 - y2) as i64)),
            false => format!("M{x1} {y1} C{} {y1} {} {y2} {x2} {y2}", x1 as i64 - bend as i64, x2 + bend),
        };
        Some(LineView { path, title: format!("{}: {} refers to {to}", table.name, columns.join(", ")) })
    };
    table.foreign.iter().filter_map(line).collect()
}
