//! Statements of ours as Alembic's typed operations, where there is one that says the same: tables with their keys and
//! checks, columns, indexes, constraints. What is not understood to its end is none, and stays SQL.
//! Out: SQL as `op.execute`, the file (`write`); whether an operation makes the same object, which whoever writes it
//! shows by running it. Called by `write`.
//! Source: sqlalchemy/alembic `alembic/operations/ops.py`; sqlalchemy `lib/sqlalchemy/sql/schema.py`,
//! `lib/sqlalchemy/dialects/postgresql/base.py`.

mod column;
mod constraint;
mod words;

use crate::layout::scaffold::Statement;
use column::Column;
use constraint::Constraint;
use std::collections::BTreeSet;
use words::{between, call, identifier, list, names, qualified, sql_text, string};

/// Types that these statements make as enums, as they are named in them.
pub(super) type Enums = BTreeSet<String>;

/// What a statement is written as, with what stands before it.
pub(super) struct Written<'s> {
    pub lead: &'s str,
    /// A call; nothing where it stays SQL.
    pub call: Option<String>,
    pub statement: &'s Statement,
}

/// Statements as operations; the constraints that follow their new table stand in it.
pub(super) fn written<'s>(statements: &'s [Statement], indent: &str) -> Vec<Written<'s>> {
    let named =
        statements.iter().filter_map(|one| one.sql.strip_prefix("CREATE TYPE ")?.split_once(" AS ENUM "));
    let enums: Enums = named.map(|(name, _)| name.to_owned()).collect();
    let mut all = Vec::new();
    let mut rest = statements;
    while let [statement, following @ ..] = rest {
        let mut taken = 0;
        let table = table(&statement.sql, &enums).map(|mut table| {
            for next in following {
                let added = next.lead.trim().is_empty() && table.takes(&next.sql);
                if !added {
                    break;
                }
                taken += 1;
            }
            table.call(indent)
        });
        let call = table.or_else(|| operation(&statement.sql, &enums, indent));
        all.push(Written { lead: &statement.lead, call, statement });
        rest = &following[taken..];
    }
    all
}

/// Statements as they are.
pub(super) fn plain(statements: &[Statement]) -> Vec<Written<'_>> {
    statements.iter().map(|statement| Written { lead: &statement.lead, call: None, statement }).collect()
}

/// A new table.
struct Table {
    /// As the statement names it.
    qualified: String,
    schema: String,
    name: String,
    columns: Vec<Column>,
    constraints: Vec<Constraint>,
}

fn table(sql: &str, enums: &Enums) -> Option<Table> {
    let rest = sql.strip_prefix("CREATE TABLE ")?;
    let (schema, name, body) = qualified(rest)?;
    let lines = body.strip_prefix(" (\n    ")?.strip_suffix("\n)")?;
    let columns: Option<Vec<Column>> = lines.split(",\n    ").map(|line| Column::read(line, enums)).collect();
    let named = rest[..rest.len() - body.len()].to_owned();
    Some(Table { qualified: named, schema, name, columns: columns?, constraints: Vec::new() })
}

impl Table {
    /// Takes a statement that adds a constraint to it, if it can.
    fn takes(&mut self, sql: &str) -> bool {
        let prefix = format!("ALTER TABLE {} ADD CONSTRAINT ", self.qualified);
        let Some((name, definition)) = sql.strip_prefix(&prefix).and_then(identifier) else { return false };
        if let Some(column) = definition.strip_prefix(" NOT NULL ") {
            // Only by the name that PostgreSQL gives it itself.
            let usual = format!("{}_{}_not_null", self.name, column.trim_matches('"'));
            let found = self.columns.iter_mut().find(|one| one.sql_name == column && name == usual);
            return found.map(|column| column.nullable = false).is_some();
        }
        match Constraint::read(&name, definition.trim_start()) {
            Some(constraint) if constraint.stands_in_table() => {
                self.constraints.push(constraint);
                true
            }
            _ => false,
        }
    }

    fn call(&self, indent: &str) -> String {
        let keys: Vec<&str> = self.constraints.iter().flat_map(Constraint::key).collect();
        let mut arguments = vec![string(&self.name)];
        arguments.extend(self.columns.iter().map(|column| column.text(keys.contains(&column.name.as_str()))));
        arguments.extend(self.constraints.iter().map(Constraint::argument));
        arguments.push(format!("schema={}", string(&self.schema)));
        let lines: String = arguments.iter().map(|argument| format!("{indent}    {argument},\n")).collect();
        format!("op.create_table(\n{lines}{indent})")
    }
}

/// Every other statement.
fn operation(sql: &str, enums: &Enums, indent: &str) -> Option<String> {
    let of = |name: &str, arguments: Vec<String>| Some(call(name, &arguments, indent));
    if let Some(rest) = sql.strip_prefix("DROP TABLE ") {
        let (schema, name, rest) = qualified(rest)?;
        return rest.is_empty().then(|| of("drop_table", vec![string(&name), schema_is(&schema)])).flatten();
    }
    if let Some(rest) = sql.strip_prefix("DROP INDEX ") {
        let (rest, concurrently) = concurrently(rest);
        let (schema, name, rest) = qualified(rest)?;
        let mut arguments = vec![string(&name), schema_is(&schema)];
        arguments.extend(concurrently);
        return rest.is_empty().then(|| of("drop_index", arguments)).flatten();
    }
    if sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX ") {
        return of("create_index", index(sql)?);
    }
    let (schema, table, rest) = qualified(sql.strip_prefix("ALTER TABLE ")?)?;
    let here = string(&table);
    let schema = schema_is(&schema);
    if let Some(rest) = rest.strip_prefix(" ADD COLUMN ") {
        let column = Column::read(rest, enums)?.text(false);
        return of("add_column", vec![here.clone(), column, schema]);
    }
    if let Some((name, rest)) = rest.strip_prefix(" DROP COLUMN ").and_then(identifier) {
        return rest
            .is_empty()
            .then(|| of("drop_column", vec![here.clone(), string(&name), schema]))
            .flatten();
    }
    if let Some((name, rest)) = rest.strip_prefix(" DROP CONSTRAINT ").and_then(identifier) {
        return rest
            .is_empty()
            .then(|| of("drop_constraint", vec![string(&name), here.clone(), schema]))
            .flatten();
    }
    if let Some((name, definition)) = rest.strip_prefix(" ADD CONSTRAINT ").and_then(identifier) {
        let constraint = Constraint::read(&name, definition.trim_start())?;
        let (name, arguments) = constraint.operation(&table, &schema);
        return of(name, arguments);
    }
    let (name, rest) = identifier(rest.strip_prefix(" ALTER COLUMN ")?)?;
    let change = column::change(rest, enums)?;
    of("alter_column", vec![here.clone(), string(&name), change, schema])
}

fn schema_is(schema: &str) -> String {
    format!("schema={}", string(schema))
}

fn concurrently(rest: &str) -> (&str, Option<String>) {
    match rest.strip_prefix("CONCURRENTLY ") {
        Some(rest) => (rest, Some("postgresql_concurrently=True".to_owned())),
        None => (rest, None),
    }
}

/// `CREATE [UNIQUE] INDEX [CONCURRENTLY] name ON a.b USING btree (keys) [INCLUDE (…)] [WHERE …]`.
fn index(sql: &str) -> Option<Vec<String>> {
    let (rest, unique) = match sql.strip_prefix("CREATE UNIQUE INDEX ") {
        Some(rest) => (rest, true),
        None => (sql.strip_prefix("CREATE INDEX ")?, false),
    };
    let (rest, concurrently) = concurrently(rest);
    let (name, rest) = identifier(rest)?;
    let (schema, table, rest) = qualified(rest.strip_prefix(" ON ")?)?;
    let (method, rest) = identifier(rest.strip_prefix(" USING ")?)?;
    let (keys, rest) = between(rest.strip_prefix(' ')?)?;
    let keys: Option<Vec<String>> = list(keys)
        .into_iter()
        .map(|key| match identifier(key) {
            Some((name, "")) => Some(string(&name)),
            _ => sql_text(key),
        })
        .collect();
    let (included, rest) = match rest.strip_prefix(" INCLUDE ") {
        Some(rest) => {
            let (columns, rest) = between(rest)?;
            (Some(format!("postgresql_include=[{}]", names(columns)?.join(", "))), rest)
        }
        None => (None, rest),
    };
    let condition = match rest.strip_prefix(" WHERE ") {
        Some(condition) => Some(format!("postgresql_where={}", sql_text(condition)?)),
        None if rest.is_empty() => None,
        None => return None,
    };
    let mut arguments =
        vec![format!("op.f({})", string(&name)), string(&table), format!("[{}]", keys?.join(", "))];
    arguments.push(format!("unique={}", if unique { "True" } else { "False" }));
    arguments.push(schema_is(&schema));
    arguments.extend((method != "btree").then(|| format!("postgresql_using={}", string(&method))));
    arguments.extend(included);
    arguments.extend(condition);
    arguments.extend(concurrently);
    Some(arguments)
}
