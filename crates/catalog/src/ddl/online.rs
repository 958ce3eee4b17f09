//! A plan as revisions that a live database takes: what blocks reads or writes of a table that is there already is put
//! so that it does not, in parts of its own. Source: PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"),
//! ALTER TABLE ("Notes": NOT VALID, USING INDEX, SET NOT NULL over a validated check).
//! In: what runs together. Out: the statements of a plan and their order (`order`), how they are read (`script`).
//! Called by the commands that write revisions.

use super::{Does, Plan, Step};
use crate::{Object, ObjectId, ObjectKind, Snapshot};

/// How statements are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// So that a table that is there already can be read and written meanwhile.
    Online,
    /// As they are, in one transaction.
    Plain,
}

/// What runs together, as one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its statements.
    pub steps: Vec<Step>,
    /// Whether in one transaction; otherwise it is one statement.
    pub in_transaction: bool,
    /// What it is, beside the rest of the plan; nothing for the plain statements.
    pub title: Option<String>,
    /// Whether bodies of functions in it have to be taken unread.
    pub(super) has_unchecked_bodies: bool,
}

impl Part {
    /// Statements of a person's, in one transaction.
    pub fn together(title: &str, steps: Vec<Step>) -> Self {
        Self { steps, in_transaction: true, title: Some(title.to_owned()), has_unchecked_bodies: false }
    }
}

/// The parts of a plan from `before` to `after`, in order.
pub fn parts(plan: &Plan, (before, after): (&Snapshot, &Snapshot), form: Form) -> Vec<Part> {
    let mut split = Split { before, after, parts: Vec::new(), together: Vec::new(), later: Vec::new() };
    for step in &plan.steps {
        match form {
            _ if step.apart => {
                split.apart(step.clone(), true, format!("{} {}", step.object.kind, step.object.last_part()));
            }
            Form::Online => split.put(step),
            Form::Plain => split.together.push(step.clone()),
        }
    }
    split.flush_later();
    for part in &mut split.parts {
        part.has_unchecked_bodies = plan.has_unchecked_bodies && part.steps.iter().any(Step::is_routine);
    }
    split.parts
}

struct Split<'s> {
    before: &'s Snapshot,
    after: &'s Snapshot,
    parts: Vec<Part>,
    /// Statements of the part that is being filled.
    together: Vec<Step>,
    /// What reads tables whole, once all else is done.
    later: Vec<Step>,
}

impl Split<'_> {
    fn put(&mut self, step: &Step) {
        let schema = if step.does == Does::Drop { self.before } else { self.after };
        let object = schema.objects.get(&step.object);
        let Some((object, table)) = object.and_then(|object| Some((object, self.live_table(step, object)?)))
        else {
            return self.together.push(step.clone());
        };
        let is_partitioned =
            schema.objects.get(table).is_some_and(|table| table.properties.contains_key("partition key"));
        match step.object.kind {
            ObjectKind::Index if !is_partitioned => self.index(step),
            ObjectKind::Constraint if step.does != Does::Drop && !is_partitioned => {
                self.constraint(step, object, table);
            }
            ObjectKind::Column if step.sql.ends_with(" SET NOT NULL") => self.not_null(step, table),
            _ => self.together.push(step.clone()),
        }
    }

    /// The table of an index, a constraint or a column, where it is there already and stays.
    fn live_table<'o>(&self, step: &Step, object: &'o Object) -> Option<&'o ObjectId> {
        let table = object.parent.as_ref().filter(|parent| parent.kind == ObjectKind::Table)?;
        let stays = self.before.objects.contains_key(table) && self.after.objects.contains_key(table);
        (stays && step.object.kind != ObjectKind::Table).then_some(table)
    }

    fn index(&mut self, step: &Step) {
        let name = step.object.last_part();
        if let Some(concurrently) = concurrently(&step.sql) {
            let title = if step.does == Does::Drop { "drop index" } else { "index" };
            self.apart(Step { sql: concurrently, ..step.clone() }, false, format!("{title} {name}"));
        } else {
            self.together.push(step.clone());
        }
    }

    fn constraint(&mut self, step: &Step, object: &Object, table: &ObjectId) {
        let get = |property: &str| object.properties.get(property).map(AsRef::as_ref);
        let definition = get("definition").unwrap_or_default();
        let name = step.object.last_part();
        let validate = || format!("ALTER TABLE {} VALIDATE CONSTRAINT {name}", table.identity);
        if step.sql == validate() {
            return self.later.push(step.clone());
        }
        if !step.sql.contains(&format!(" ADD CONSTRAINT {name} ")) || get("enforced") == Some("false") {
            return self.together.push(step.clone());
        }
        if ["FOREIGN KEY", "CHECK", "NOT NULL"].iter().any(|kind| definition.starts_with(kind))
            && get("validated").is_none()
        {
            self.together.push(Step { sql: format!("{} NOT VALID", step.sql), ..step.clone() });
            return self.later.push(Step { sql: validate(), ..step.clone() });
        }
        match index_of_key(name, definition, table) {
            Some((index, key)) => {
                // A primary key reads the table whole for NULLs, unless its columns are known to have none.
                self.flush_later();
                self.apart(Step { sql: index, ..step.clone() }, false, format!("index {name}"));
                let deferrable = step.sql.find(" DEFERRABLE").map_or("", |at| &step.sql[at..]);
                let add = format!(
                    "ALTER TABLE {} ADD CONSTRAINT {name} {key} USING INDEX {name}{deferrable}",
                    table.identity
                );
                self.together.push(Step { sql: add, ..step.clone() });
            }
            None => self.together.push(step.clone()),
        }
    }

    /// Over a check that is validated, SET NOT NULL does not read the table.
    fn not_null(&mut self, step: &Step, table: &ObjectId) {
        let column = step.object.last_part();
        let check = match column.strip_suffix('"') {
            Some(quoted) => format!("{quoted}_not_null\""),
            None => format!("{column}_not_null"),
        };
        let alter = format!("ALTER TABLE {}", table.identity);
        let of = |sql: String| Step { sql, ..step.clone() };
        self.together
            .push(of(format!("{alter} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID")));
        self.later.push(of(format!("{alter} VALIDATE CONSTRAINT {check}")));
        self.later.push(step.clone());
        self.later.push(of(format!("{alter} DROP CONSTRAINT {check}")));
    }

    fn apart(&mut self, step: Step, in_transaction: bool, title: String) {
        self.flush();
        self.push(vec![step], in_transaction, Some(title));
    }

    fn flush(&mut self) {
        let steps = std::mem::take(&mut self.together);
        self.push(steps, true, None);
    }

    fn flush_later(&mut self) {
        self.flush();
        let steps = std::mem::take(&mut self.later);
        self.push(steps, true, Some("validate".to_owned()));
    }

    fn push(&mut self, steps: Vec<Step>, in_transaction: bool, title: Option<String>) {
        if !steps.is_empty() {
            self.parts.push(Part { steps, in_transaction, title, has_unchecked_bodies: false });
        }
    }
}

/// The same statement for an index, concurrently; nothing where it is another one.
fn concurrently(sql: &str) -> Option<String> {
    ["CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP INDEX "]
        .into_iter()
        .find_map(|begin| Some(format!("{begin}CONCURRENTLY {}", sql.strip_prefix(begin)?)))
}

/// The statement that builds the index of a key beforehand, and the key's word. One without overlaps has an index of
/// another kind, and no statement puts a tablespace for both.
fn index_of_key(name: &str, definition: &str, table: &ObjectId) -> Option<(String, &'static str)> {
    let (key, rest) =
        ["PRIMARY KEY", "UNIQUE"].into_iter().find_map(|key| Some((key, definition.strip_prefix(key)?)))?;
    if rest.contains("WITHOUT OVERLAPS") || rest.contains(" USING INDEX TABLESPACE ") {
        return None;
    }
    let (rest, distinct) = match rest.strip_prefix(" NULLS NOT DISTINCT") {
        Some(rest) => (rest, " NULLS NOT DISTINCT"),
        None => (rest, ""),
    };
    let (columns, with) = rest.split_at(rest.find(" WITH (").unwrap_or(rest.len()));
    let table = &table.identity;
    Some((format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table}{columns}{distinct}{with}"), key))
}
