//! What can be compared: the grammar of operands, the same wherever a schema is named on the command line.
//! Out: reading their schemas (`load`).
//! Called by `diff`, `drift` and `identify`.

mod load;
mod written;

pub use load::{HistoryTable, Loaded, Loader, comparable, made_of_models};

use groundline_core::{Fault, Place, Result, scrub};
use std::path::{Path, PathBuf};

/// What the help says of operands.
pub const HELP: &str = "\
A schema is named by one of:
  postgresql://…            a database, which is only read
  migrations                the project's history, at head
  migrations@VERSION        after that revision; @base: before the first
  lock                      that head as it was locked, from groundline.schema.json; no server is needed
  DIR, DIR@VERSION          the same of another folder; or a folder of plain SQL files, run in order of their names
  FILE                      a dump of pg_dump (plain, custom, tar; the directory format is a DIR), or plain SQL
  models:MODULE:NAME        what SQLAlchemy makes of a project's models: a declarative base, or a MetaData
  FILE.json                 what `groundline fingerprint --format json` printed";

/// The word for the project's own history.
const PROJECT: &str = "migrations";

/// The word for the schema that is locked with it.
const LOCK: &str = "lock";

/// What a name of models begins with.
const MODELS: &str = "models:";

/// Something that has a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A running database.
    Url(String),
    /// The project's history.
    Project(At),
    /// The schema of its head, as it was locked.
    Lock,
    /// A folder: of migrations, of SQL files, or a dump in directory format.
    Folder(PathBuf, At),
    /// A dump, SQL, or a snapshot as JSON.
    File(PathBuf),
    /// SQLAlchemy's models, as `MODULE:NAME`.
    Models(String),
}

/// A place in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// After the last revision.
    Head,
    /// Before the first.
    Base,
    /// After this one.
    Revision(String),
}

impl Operand {
    /// Reads an operand. What is on the disk decides between a path and a path at a revision.
    ///
    /// # Errors
    /// It names nothing that there is.
    pub fn parse(text: &str) -> Result<Self> {
        if text == PROJECT {
            return Ok(Operand::Project(At::Head));
        }
        if text == LOCK {
            return Ok(Operand::Lock);
        }
        if let Some(version) = text.strip_prefix(PROJECT).and_then(|rest| rest.strip_prefix('@')) {
            return Ok(Operand::Project(At::of(version)));
        }
        if let Some(models) = text.strip_prefix(MODELS).filter(|models| !models.is_empty()) {
            return Ok(Operand::Models(models.to_owned()));
        }
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Operand::Folder(path.to_owned(), At::Head));
        }
        if path.exists() {
            return Ok(Operand::File(path.to_owned()));
        }
        if is_connection(text) {
            return Ok(Operand::Url(text.to_owned()));
        }
        match text.rsplit_once('@') {
            Some((folder, version)) if Path::new(folder).is_dir() => {
                Ok(Operand::Folder(folder.into(), At::of(version)))
            }
            _ => Err(Fault::new("no such file, folder or database").at(Place::file(scrub(text))).next(
                "name a URL (postgresql://…), a folder or file, `migrations` or `lock`; a folder also as FOLDER@VERSION",
            )),
        }
    }
}

impl At {
    fn of(version: &str) -> Self {
        match version {
            "" | "head" => At::Head,
            "base" => At::Base,
            version => At::Revision(version.to_owned()),
        }
    }
}

/// Whether a text is a URL, or `key=value` pairs as libpq reads them.
fn is_connection(text: &str) -> bool {
    const KEYS: [&str; 7] = ["host", "hostaddr", "port", "dbname", "user", "password", "service"];
    let key = text.split_once('=').map(|(key, _)| key.trim());
    text.contains("://") || key.is_some_and(|key| KEYS.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(path("sql")).unwrap();
        std::fs::create_dir(path("odd@name")).unwrap();
        std::fs::write(path("a.dump"), "x").unwrap();
        let revision = |version: &str| At::Revision(version.to_owned());
        let cases = [
            ("postgresql://u:p@h/d".to_owned(), Operand::Url("postgresql://u:p@h/d".to_owned())),
            ("host=h dbname=d".to_owned(), Operand::Url("host=h dbname=d".to_owned())),
            ("migrations".to_owned(), Operand::Project(At::Head)),
            ("lock".to_owned(), Operand::Lock),
            ("migrations@0042".to_owned(), Operand::Project(revision("0042"))),
            ("migrations@base".to_owned(), Operand::Project(At::Base)),
            (path("sql"), Operand::Folder(path("sql").into(), At::Head)),
            (path("sql@7"), Operand::Folder(path("sql").into(), revision("7"))),
            (path("odd@name"), Operand::Folder(path("odd@name").into(), At::Head)),
            (path("odd@name@head"), Operand::Folder(path("odd@name").into(), At::Head)),
            (path("a.dump"), Operand::File(path("a.dump").into())),
        ];
        for (text, operand) in cases {
            assert_eq!(Operand::parse(&text), Ok(operand), "{text}");
        }
        for text in [path("nothing"), path("a.dump@7"), "migration@7".to_owned()] {
            Operand::parse(&text).unwrap_err();
        }
    }
}
