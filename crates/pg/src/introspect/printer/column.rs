//! Columns, and attributes of composite types.
//! Out: all other parts of relations. Called by the printer.

use super::super::expression::Place;
use super::super::raw::Column;
use super::Printer;
use groundline_catalog::ObjectKind;
use std::collections::HashMap;
use std::sync::Arc;

impl Printer<'_> {
    pub(super) fn columns(&mut self) {
        let raw = self.raw;
        let defaults = raw.defaults().filter_map(|default| {
            let text = self.names.expressions.text(Place::Default(default.oid))?;
            Some(((default.relation, default.column), text))
        });
        let mut defaults: HashMap<(u32, i16), Arc<str>> = defaults.collect();
        for columns in raw.columns.chunk_by(|one, next| one.relation == next.relation) {
            for (column, order) in columns.iter().zip(1..) {
                self.column(column, order, defaults.remove(&(column.relation, column.number)));
            }
        }
    }

    fn column(&mut self, column: &Column, order: u32, expression: Option<Arc<str>>) {
        let (raw, names) = (self.raw, self.names);
        let Some((id, relation)) = self.part(ObjectKind::Column, column.relation, &column.name) else {
            return;
        };
        let facts = names.type_facts(column.of_type);
        let collation = facts.filter(|facts| facts.collation != column.collation);
        let (default, generated) = match column.generated {
            '\0' => (expression, None),
            how => (None, expression.map(|text| format!("{text} {}", generated(how)))),
        };
        let mut of = self.properties(ObjectKind::Column);
        of.text("type", names.of_type(column.of_type, column.modifier));
        of.text("collation", collation.and_then(|_| names.collation(column.collation)));
        of.word("not null", column.not_null.then_some("true"));
        of.text("default", default);
        of.text("generated", generated);
        of.text("identity", identity(column.identity));
        of.text(
            "storage",
            facts.filter(|facts| facts.storage != column.storage).map(|_| storage(column.storage)),
        );
        of.text("compression", compression(column.compression));
        of.text("statistics target", column.statistics_target.map(|target| target.to_string()));
        of.text("options", column.options.clone());
        of.text("server options", column.server_options.clone());
        of.word("inherited", column.inherited.then_some(if column.local { "and local" } else { "true" }));
        of.text("comment", raw.comment(column.relation, column.number));
        let object = of.object(Some(order), Some(relation));
        self.made.push((column.relation, id, object));
    }
}

fn generated(how: char) -> String {
    match how {
        's' => "stored".to_owned(),
        'v' => "virtual".to_owned(),
        unknown => unknown.to_string(),
    }
}

fn identity(how: char) -> Option<String> {
    match how {
        '\0' => None,
        'a' => Some("always".to_owned()),
        'd' => Some("by default".to_owned()),
        unknown => Some(unknown.to_string()),
    }
}

fn storage(how: char) -> String {
    match how {
        'p' => "plain".to_owned(),
        'e' => "external".to_owned(),
        'm' => "main".to_owned(),
        'x' => "extended".to_owned(),
        unknown => unknown.to_string(),
    }
}

fn compression(how: char) -> Option<String> {
    match how {
        '\0' => None,
        'p' => Some("pglz".to_owned()),
        'l' => Some("lz4".to_owned()),
        unknown => Some(unknown.to_string()),
    }
}
