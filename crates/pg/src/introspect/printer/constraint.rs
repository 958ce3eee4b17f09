//! Constraints of tables. A definition is what `pg_get_constraintdef` prints, without the words that have a property of
//! their own (NOT VALID, DEFERRABLE …).
//! Out: constraints of domains, and the indexes of constraints. Called by the printer.
//! Source: `pg_get_constraintdef_worker` in `src/backend/utils/adt/ruleutils.c`.

use super::super::expression::Place;
use super::super::raw::{Constraint, Index};
use super::Printer;
use groundline_catalog::ObjectKind;
use std::collections::HashMap;

impl Printer<'_> {
    pub(super) fn constraints(&mut self) {
        let indexes: HashMap<u32, &Index> = self.raw.indexes.iter().map(|index| (index.oid, index)).collect();
        for constraint in &self.raw.constraints {
            self.constraint(constraint, indexes.get(&constraint.index).copied());
        }
    }

    fn constraint(&mut self, constraint: &Constraint, index: Option<&Index>) {
        let raw = self.raw;
        let Some((id, relation)) = self.part(ObjectKind::Constraint, constraint.relation, &constraint.name)
        else {
            return;
        };
        let definition = match constraint.kind {
            'p' => self.unique("PRIMARY KEY", constraint, index),
            'u' => {
                let is_strict = index.is_some_and(|index| index.nulls_not_distinct);
                self.unique(if is_strict { "UNIQUE NULLS NOT DISTINCT" } else { "UNIQUE" }, constraint, index)
            }
            'f' => self.foreign_key(constraint),
            'c' => self
                .names
                .expressions
                .text(Place::Check(constraint.oid))
                .map(|check| format!("CHECK ({check})")),
            'n' => Some(format!(
                "NOT NULL {}",
                self.column_list(constraint.relation, &constraint.columns, false)
            )),
            'x' => constraint.definition.as_deref().map(without_timing),
            _ => constraint.definition.clone(),
        };
        let states = trigger_states(raw.trigger_states.get(&constraint.oid).map_or(&[], Vec::as_slice));
        let mut of = self.properties(ObjectKind::Constraint);
        of.text("definition", definition);
        of.word(
            "deferrable",
            constraint.deferrable.then_some(if constraint.deferred { "initially deferred" } else { "true" }),
        );
        of.word("validated", (!constraint.validated).then_some("false"));
        of.word("enforced", (!constraint.enforced).then_some("false"));
        // Of other kinds the flag says nothing: their indexes are never inherited that way.
        of.word(
            "no inherit",
            (constraint.no_inherit && matches!(constraint.kind, 'c' | 'n')).then_some("true"),
        );
        of.word("inherited", (!constraint.local).then_some("true"));
        of.text("triggers", (constraint.kind == 'f').then_some(states).flatten());
        of.text("comment", raw.comment(constraint.oid, 0));
        let object = of.object(None, Some(relation));
        self.made.push((constraint.relation, id, object));
    }

    fn unique(&self, word: &str, constraint: &Constraint, index: Option<&Index>) -> Option<String> {
        let keys = self.column_list(constraint.relation, &constraint.columns, false);
        let overlaps = if constraint.period { " WITHOUT OVERLAPS" } else { "" };
        let mut definition = format!("{word} ({keys}{overlaps})");
        let included = index.map_or(&[][..], Index::included);
        if !included.is_empty() {
            definition
                .push_str(&format!(" INCLUDE ({})", self.column_list(constraint.relation, included, false)));
        }
        Some(definition)
    }

    fn foreign_key(&self, constraint: &Constraint) -> Option<String> {
        let mut definition = format!(
            "FOREIGN KEY ({}) REFERENCES {}({})",
            self.column_list(constraint.relation, &constraint.columns, constraint.period),
            self.names.relation(self.raw, constraint.target)?,
            self.column_list(constraint.target, &constraint.target_columns, constraint.period),
        );
        definition.push_str(match constraint.matching {
            'f' => " MATCH FULL",
            'p' => " MATCH PARTIAL",
            _ => "",
        });
        for (event, action) in [("UPDATE", constraint.on_update), ("DELETE", constraint.on_delete)] {
            if let Some(words) = action_words(action) {
                definition.push_str(&format!(" ON {event} {words}"));
            }
        }
        if !constraint.set_on_delete.is_empty() {
            let columns = self.column_list(constraint.relation, &constraint.set_on_delete, false);
            definition.push_str(&format!(" ({columns})"));
        }
        Some(definition)
    }

    /// Names of columns; with `PERIOD` before the last where it is one.
    fn column_list(&self, relation: u32, numbers: &[i16], with_period: bool) -> String {
        let name = |(at, number): (usize, &i16)| {
            let name = self.names.column(self.raw, relation, *number).unwrap_or("?");
            let is_period = with_period && at + 1 == numbers.len();
            if is_period { format!("PERIOD {name}") } else { name.to_owned() }
        };
        numbers.iter().enumerate().map(name).collect::<Vec<_>>().join(", ")
    }
}

fn action_words(action: char) -> Option<&'static str> {
    match action {
        'r' => Some("RESTRICT"),
        'c' => Some("CASCADE"),
        'n' => Some("SET NULL"),
        'd' => Some("SET DEFAULT"),
        _ => None,
    }
}

/// An exclusion constraint's definition without what `deferrable` says.
fn without_timing(definition: &str) -> String {
    let definition = definition.strip_suffix(" INITIALLY DEFERRED").unwrap_or(definition);
    definition.strip_suffix(" DEFERRABLE").unwrap_or(definition).to_owned()
}

fn trigger_states(states: &[char]) -> Option<String> {
    let mut words: Vec<&str> = states
        .iter()
        .map(|state| match state {
            'D' => "disabled",
            'R' => "replica",
            _ => "always",
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    (!words.is_empty()).then(|| words.join(", "))
}
