//! Constraints as arguments of a new table, and as operations.
//! Called by the operations.

use super::words::{between, names, qualified, sql_text, string};

/// A constraint with its name.
pub struct Constraint {
    name: String,
    kind: Kind,
    not_valid: bool,
}

enum Kind {
    Primary(Vec<String>),
    Unique(Vec<String>),
    Check(String),
    Foreign { columns: Vec<String>, schema: String, table: String, others: Vec<String>, options: Vec<String> },
}

impl Constraint {
    /// A definition, as our statements have it.
    pub fn read(name: &str, definition: &str) -> Option<Self> {
        let (definition, not_valid) = match definition.strip_suffix(" NOT VALID") {
            Some(rest) => (rest, true),
            None => (definition, false),
        };
        let kind = if let Some(rest) = definition.strip_prefix("PRIMARY KEY ") {
            Kind::Primary(whole(rest)?)
        } else if let Some(rest) = definition.strip_prefix("UNIQUE ") {
            Kind::Unique(whole(rest)?)
        } else if let Some(rest) = definition.strip_prefix("CHECK ") {
            let (condition, rest) = between(rest)?;
            sql_text(condition).filter(|_| rest.is_empty())?;
            Kind::Check(string(condition))
        } else {
            foreign(definition.strip_prefix("FOREIGN KEY ")?)?
        };
        Some(Self { name: format!("op.f({})", string(name)), kind, not_valid })
    }

    /// Whether it can stand in the table's own call: a foreign key may need a table that comes later.
    pub fn stands_in_table(&self) -> bool {
        !matches!(self.kind, Kind::Foreign { .. }) && !self.not_valid
    }

    /// The columns of a primary key.
    pub fn key(&self) -> impl Iterator<Item = &str> {
        let columns = if let Kind::Primary(columns) = &self.kind { columns.as_slice() } else { &[] };
        columns.iter().map(|name| name.trim_matches('"'))
    }

    /// As an argument of the table's call.
    pub fn argument(&self) -> String {
        let name = &self.name;
        match &self.kind {
            Kind::Primary(columns) => format!("sa.PrimaryKeyConstraint({}, name={name})", columns.join(", ")),
            Kind::Unique(columns) => format!("sa.UniqueConstraint({}, name={name})", columns.join(", ")),
            Kind::Check(condition) => format!("sa.CheckConstraint({condition}, name={name})"),
            Kind::Foreign { .. } => String::new(),
        }
    }

    /// The operation that adds it, and its arguments.
    pub fn operation(&self, table: &str, schema: &str) -> (&'static str, Vec<String>) {
        let mut arguments = vec![self.name.clone(), string(table)];
        let columns = |columns: &[String]| format!("[{}]", columns.join(", "));
        let operation = match &self.kind {
            Kind::Primary(keys) => {
                arguments.extend([columns(keys), schema.to_owned()]);
                "create_primary_key"
            }
            Kind::Unique(keys) => {
                arguments.extend([columns(keys), schema.to_owned()]);
                "create_unique_constraint"
            }
            Kind::Check(condition) => {
                arguments.extend([condition.clone(), schema.to_owned()]);
                "create_check_constraint"
            }
            Kind::Foreign { columns: own, schema: other, table, others, options } => {
                arguments.extend([string(table), columns(own), columns(others)]);
                arguments.extend([format!("source_{schema}"), format!("referent_schema={}", string(other))]);
                arguments.extend(options.iter().cloned());
                "create_foreign_key"
            }
        };
        arguments.extend(self.not_valid.then(|| "postgresql_not_valid=True".to_owned()));
        (operation, arguments)
    }
}

/// A list of columns, and nothing behind it.
fn whole(text: &str) -> Option<Vec<String>> {
    let (columns, rest) = between(text)?;
    names(columns).filter(|_| rest.is_empty())
}

fn foreign(text: &str) -> Option<Kind> {
    let (columns, rest) = between(text)?;
    let (schema, table, rest) = qualified(rest.strip_prefix(" REFERENCES ")?)?;
    let (others, mut rest) = between(rest)?;
    let mut options = Vec::new();
    if let Some(behind) = rest.strip_prefix(" MATCH FULL") {
        options.push("match=\"FULL\"".to_owned());
        rest = behind;
    }
    const ACTIONS: [&str; 4] = ["RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"];
    for (words, option) in [(" ON UPDATE ", "onupdate"), (" ON DELETE ", "ondelete")] {
        if let Some(behind) = rest.strip_prefix(words) {
            let action = ACTIONS.iter().find(|action| behind.starts_with(**action))?;
            options.push(format!("{option}=\"{action}\""));
            rest = &behind[action.len()..];
        }
    }
    match rest {
        "" => {}
        " DEFERRABLE" => options.push("deferrable=True".to_owned()),
        " DEFERRABLE INITIALLY DEFERRED" => {
            options.extend(["deferrable=True".to_owned(), "initially=\"DEFERRED\"".to_owned()]);
        }
        _ => return None,
    }
    Some(Kind::Foreign { columns: names(columns)?, schema, table, others: names(others)?, options })
}
