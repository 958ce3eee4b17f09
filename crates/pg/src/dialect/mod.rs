//! The registry of dialects: how each migration tool keeps its history in the database. In: the shape of the
//! table, what is written with an up and a down, what is read back; one file a dialect.
//! Out: folders and file names (`migrate::layout`), and running the revisions themselves (`run`).
//! Called by the drill, by onboarding (`stamp`, `recorded`) and by whoever leaves bookkeeping out of a catalog.
//!
//! Every dialect was read off the tool's own source; the file's first lines name project and file. All SQL is
//! schema-qualified, so that a revision which changes `search_path` does not lead the bookkeeping astray, and
//! holds its values as literals, so that it can be sent in one batch with the revision. The tools put their
//! table into the first schema of `search_path`; Groundline looks for it in `public`, their default.

mod alembic;
mod checksum;
mod dbmate;
mod diesel;
mod flyway;
mod golang_migrate;
mod goose;
mod groundline;
mod prisma;
mod reference;
mod refinery;
mod restamp;
mod source;
mod sql_migrate;
mod sqlx;

pub use checksum::{Edited, edited};
pub use reference::reference;
pub use restamp::{Restamp, write};

use groundline_core::{Fault, Result, quote_literal, quote_qualified};
use groundline_migrate::history::Revision;
use std::collections::BTreeSet;
use tokio_postgres::{Client, SimpleQueryMessage};

/// How one tool keeps its history in a database.
pub trait Dialect: Sync {
    /// The id of the layout that it belongs to.
    fn layout(&self) -> &'static str;

    /// Schema and name of the history table.
    fn table(&self) -> (&'static str, &'static str);

    /// Statements that make the history table as the tool itself would, and do nothing where it exists.
    fn create(&self) -> String;

    /// Statements that record a revision as applied, for the same transaction as its up.
    ///
    /// # Errors
    /// A version that the tool could not store, or a file whose checksum can't be taken.
    fn record(&self, revision: &Revision) -> Result<String>;

    /// Statements that record a revision as not applied any more, for the same transaction as its down.
    /// `previous` is the revision that is the newest afterwards, if any: some tools store only that one.
    ///
    /// # Errors
    /// As for `record`.
    fn forget(&self, revision: &Revision, previous: Option<&Revision>) -> Result<String>;

    /// Statements that the tool commits before a revision, so that one which ends half-way is seen; absent where it does
    /// not. `newest` is the revision that is the newest once it is done. What `record` and `forget` write takes it back.
    ///
    /// # Errors
    /// As for `record`.
    fn begin(&self, _newest: Option<&Revision>) -> Result<Option<String>> {
        Ok(None)
    }

    /// A query for the applied versions as text, spelled as `Revision::version`, oldest first. Versions that
    /// the tool holds for failed or rolled back are not among them.
    fn recorded(&self) -> String;

    /// A query for the versions that the tool holds for failed half-way (`dirty`, `success = false`), as text;
    /// absent where the tool records no such thing. The tool refuses to go on until a person repaired them.
    fn failed(&self) -> Option<String> {
        None
    }

    /// Whether the table names only the newest applied version, which stands for itself and all before it.
    fn keeps_newest_only(&self) -> bool {
        false
    }

    /// Whether the oldest applied version may be a baseline, which stands for itself and all before it.
    fn has_baselines(&self) -> bool {
        false
    }

    /// A query for the applied versions and their checksums, both as text; absent where the tool keeps none.
    fn checksums(&self) -> Option<String> {
        None
    }

    /// The checksums that the tool could have recorded for a revision, had its file this text: a byte order mark is a
    /// part of it.
    ///
    /// # Errors
    /// As for `record`.
    fn checksums_of(&self, _revision: &Revision, _text: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// The statement that replaces a recorded checksum by that of the file as it is; absent where there are none.
    ///
    /// # Errors
    /// As for `record`.
    fn rebless(&self, _revision: &Revision) -> Result<Option<String>> {
        Ok(None)
    }

    /// Over what the tool takes its checksum, in words, where it takes one; whether line ends count is a part of it.
    fn checksum_words(&self) -> Option<&'static str> {
        None
    }

    /// Whether repeatable revisions, which have no version, have rows.
    fn records_repeatable(&self) -> bool {
        false
    }

    /// Whether only the tool itself writes the table, while it runs or stamps revisions: `create` is empty then, and
    /// `record` and `forget` are faults.
    fn is_written_by_tool(&self) -> bool {
        false
    }

    /// `schema.table`, for people.
    fn table_name(&self) -> String {
        let (schema, name) = self.table();
        format!("{schema}.{name}")
    }

    /// The quoted name of the history table.
    fn qualified_table(&self) -> String {
        let (schema, name) = self.table();
        quote_qualified(schema, name)
    }
}

static ALL: [&dyn Dialect; 11] = [
    &sqlx::Sqlx,
    &golang_migrate::GolangMigrate,
    &diesel::Diesel,
    &goose::Goose,
    &dbmate::Dbmate,
    &sql_migrate::SqlMigrate,
    &refinery::Refinery,
    &flyway::Flyway,
    &prisma::Prisma,
    &alembic::Alembic,
    &groundline::Groundline,
];

/// All dialects.
pub fn all() -> &'static [&'static dyn Dialect] {
    &ALL
}

/// The dialect of a layout.
pub fn for_layout(id: &str) -> Option<&'static dyn Dialect> {
    ALL.into_iter().find(|dialect| dialect.layout() == id)
}

/// Schema and name of every history table that any dialect knows. They say what was applied, and are no part of a schema.
pub fn bookkeeping_tables() -> Vec<(&'static str, &'static str)> {
    let known: BTreeSet<_> = ALL.iter().map(|dialect| dialect.table()).collect();
    known.into_iter().collect()
}

/// The versions that the history table says are applied, oldest first; `None` when there is no such table.
///
/// # Errors
/// The server's error; a table of that name with other columns is one (SQLSTATE 42703).
pub async fn recorded(client: &Client, dialect: &dyn Dialect) -> Result<Option<Vec<String>>> {
    match table_exists(client, dialect).await? {
        true => read_versions(client, dialect, &dialect.recorded()).await.map(Some),
        false => Ok(None),
    }
}

/// The versions that the history table says failed half-way; none where the tool records no such thing.
///
/// # Errors
/// As for `recorded`.
pub async fn failed(client: &Client, dialect: &dyn Dialect) -> Result<Vec<String>> {
    match dialect.failed() {
        Some(query) if table_exists(client, dialect).await? => read_versions(client, dialect, &query).await,
        _ => Ok(Vec::new()),
    }
}

/// Records revisions as applied without running them: makes the history table if there is none, and adds
/// those of `revisions` (given oldest first) that are not recorded yet, in one transaction. The client must
/// not be in a transaction.
///
/// # Errors
/// A fault of `Dialect::record`, or the server's; nothing is recorded then.
pub async fn stamp(client: &Client, dialect: &dyn Dialect, revisions: &[&Revision]) -> Result<()> {
    let known = recorded(client, dialect).await?.unwrap_or_default();
    let missing: Vec<&&Revision> = match dialect.keeps_newest_only() {
        true => revisions.last().into_iter().collect(),
        false => revisions.iter().filter(|revision| !known.contains(&revision.version)).collect(),
    };
    let mut statements = dialect.create();
    for revision in missing {
        statements.push('\n');
        statements.push_str(&dialect.record(revision)?);
    }
    write(client, dialect, &statements, "").await
}

async fn table_exists(client: &Client, dialect: &dyn Dialect) -> Result<bool> {
    let (schema, name) = dialect.table();
    let query = format!(
        "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = {} AND c.relname = {} AND c.relkind IN ('r', 'p')",
        quote_literal(schema),
        quote_literal(name)
    );
    Ok(!read_versions(client, dialect, &query).await?.is_empty())
}

async fn read_versions(client: &Client, dialect: &dyn Dialect, query: &str) -> Result<Vec<String>> {
    let rows = read_rows(client, dialect, query).await?;
    Ok(rows.into_iter().filter_map(|mut row| row.swap_remove(0)).collect())
}

/// The rows of a query, each with at least one column, as text.
async fn read_rows(client: &Client, dialect: &dyn Dialect, query: &str) -> Result<Vec<Vec<Option<String>>>> {
    let messages = client.simple_query(query).await;
    let messages =
        messages.map_err(|error| history_fault("could not read the history table", dialect, &error))?;
    let row = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
        }
        _ => None,
    };
    Ok(messages.iter().filter_map(row).collect())
}

fn history_fault(doing: &str, dialect: &dyn Dialect, error: &tokio_postgres::Error) -> Fault {
    let fault = Fault::new(format!("{doing} {} of {}", dialect.table_name(), dialect.layout()));
    match error.as_db_error() {
        Some(server) => fault.why(server.message()).sqlstate(server.code().code()),
        None => fault.why(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The library for applications depends on nothing of ours, and says the same.
    #[test]
    fn applications_ask_the_history_tables_as_we_do() {
        let ours: Vec<(&str, String)> = ALL.iter().map(|one| (one.layout(), one.recorded())).collect();
        let theirs = groundline_ready::LAYOUTS.map(|(layout, query)| (layout, query.to_owned()));
        assert_eq!(ours, theirs);
    }
}
