//! Rows of a table that is attached as a partition and belong elsewhere, and rows of a DEFAULT partition that belong into a
//! new one.
//! Out: what is attached as DEFAULT; keys that are expressions or have a collation or operator class of their own; the
//! parent's keys and foreign keys, which the partition gets. Called by `precheck`.
//! Source: PostgreSQL manual, CREATE TABLE, "PARTITION OF"; 9.27 for `satisfies_hash_partition`, which `pg_dump` names too.

use super::{On, Precheck, is_there, quoted};
use crate::schema::Schema;
use groundline_core::{quote_ident, quote_literal};
use groundline_sql::operation::Name;

impl On<'_> {
    /// The questions of ATTACH PARTITION to this table.
    pub(super) fn attached(&self, partition: &Name, bound: &str) -> Vec<Precheck> {
        let schema = self.schema;
        let mut asked = self.taken_by_default(bound);
        if !is_there(schema, partition) {
            return asked;
        }
        let on = On { table: schema.resolve(partition), ..*self };
        let mut above = Some((self.table.clone(), bound.to_owned()));
        while let Some((parent, bound)) = above {
            if let Some(fits) = fits(schema, &parent, &bound) {
                let have = format!("no place in {parent} {bound}");
                asked.push(on.ask(have, &format!("NOT ({fits})"), "ATTACH PARTITION"));
            }
            above = schema.relations.get(&parent).and_then(|relation| {
                Some((relation.parents.first()?.clone(), relation.partition_bound.clone()?))
            });
        }
        asked
    }

    /// Rows that a new partition of this table would have, if the DEFAULT one had not taken them.
    pub(super) fn taken_by_default(&self, bound: &str) -> Vec<Precheck> {
        let default = self.schema.default_partition(&self.table).filter(|name| is_there(self.schema, name));
        let (Some(default), Some(fits)) = (default, fits(self.schema, &self.table, bound)) else {
            return Vec::new();
        };
        let on = On { table: default.clone(), ..*self };
        vec![on.ask(format!("a place in the new partition {bound}"), &fits, "the new partition")]
    }
}

/// What says of a row that a partition of a table has it, never NULL; nothing where that can't be said.
fn fits(schema: &Schema, parent: &Name, bound: &str) -> Option<String> {
    let key = schema.relations.get(parent)?.partition_key.as_deref()?;
    let (strategy, columns) = key.split_once('(')?;
    let columns: Vec<String> =
        split(columns.strip_suffix(')')?).iter().map(|of| Name::read(of).name).collect();
    if !columns.iter().all(|column| schema.column(parent, column).is_some()) {
        return None;
    }
    let columns: Vec<String> = columns.iter().map(|column| quote_ident(column)).collect();
    let lists = lists(bound);
    match (strategy.trim().to_uppercase().as_str(), &lists[..]) {
        ("LIST", [values]) => Some(in_list(columns.first()?, values)),
        ("RANGE", [from, to]) => in_range(&columns, from, to),
        ("HASH", [numbers]) => {
            let number = |part: &String| part.rsplit(' ').next().map(str::to_owned);
            let [modulus, remainder] = &numbers.iter().filter_map(number).collect::<Vec<_>>()[..] else {
                return None;
            };
            let parent = quote_literal(&quoted(parent));
            Some(format!(
                "pg_catalog.satisfies_hash_partition({parent}::pg_catalog.regclass, {modulus}, {remainder}, {})",
                columns.join(", ")
            ))
        }
        _ => None,
    }
}

fn in_list(column: &str, values: &[String]) -> String {
    let (nulls, values): (Vec<String>, Vec<String>) =
        values.iter().cloned().partition(|value| value.eq_ignore_ascii_case("null"));
    let is_one = format!("coalesce({column} IN ({}), false)", values.join(", "));
    match (values.is_empty(), nulls.is_empty()) {
        (true, _) => format!("{column} IS NULL"),
        (false, true) => is_one,
        (false, false) => format!("{column} IS NULL OR {is_one}"),
    }
}

/// A bound ends where MINVALUE or MAXVALUE stands: what follows says nothing.
fn in_range(columns: &[String], from: &[String], to: &[String]) -> Option<String> {
    let mut parts: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    for (bound, from_here) in [(from, true), (to, false)] {
        let is_end = |value: &str| ["MINVALUE", "MAXVALUE"].iter().any(|end| value.eq_ignore_ascii_case(end));
        let told = bound.iter().position(|value| is_end(value)).unwrap_or(bound.len());
        if bound.len() != columns.len() {
            return None;
        }
        let is_max = bound.get(told).is_some_and(|value| value.eq_ignore_ascii_case("MAXVALUE"));
        let than = match (from_here, is_max) {
            (true, true) => ">",
            (true, false) => ">=",
            (false, true) => "<=",
            (false, false) => "<",
        };
        if told > 0 {
            parts.push(format!("({}) {than} ({})", columns[..told].join(", "), bound[..told].join(", ")));
        }
    }
    Some(parts.join(" AND "))
}

/// What stands in each pair of parentheses of a bound, at its outermost.
fn lists(bound: &str) -> Vec<Vec<String>> {
    let mut lists = Vec::new();
    let mut rest = bound;
    while let Some(open) = rest.find('(') {
        let inner = &rest[open + 1..];
        let Some(close) = end(inner, ')') else { break };
        lists.push(split(&inner[..close]));
        rest = &inner[close + 1..];
    }
    lists
}

fn split(list: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = list;
    while let Some(comma) = end(rest, ',') {
        parts.push(rest[..comma].trim().to_owned());
        rest = &rest[comma + 1..];
    }
    parts.push(rest.trim().to_owned());
    parts
}

/// Where a character stands outside of quotes and of parentheses that open here.
fn end(text: &str, wanted: char) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (at, character) in text.char_indices() {
        match character {
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => {}
            _ if depth == 0 && character == wanted => return Some(at),
            '\'' | '"' => quote = Some(character),
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}
