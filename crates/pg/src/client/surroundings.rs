//! What a connection string leaves open, from where libpq takes it: a service file, environment variables, the password
//! file. Out: the string itself (`target`). Called by it.
//!
//! Sources: PostgreSQL manual, 34.15 "Environment Variables", 34.16 "The Password File", 34.17 "The Connection Service
//! File".

use groundline_core::{Fault, Place, Result};
use std::path::{Path, PathBuf};

/// Parameters and the variables that stand for them.
const VARIABLES: [(&str, &str); 14] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("options", "PGOPTIONS"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// Folders of the system's service file, as the usual builds have them; `PGSYSCONFDIR` names another.
const SYSTEM_FOLDERS: [&str; 3] =
    ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/usr/local/etc/postgresql"];

/// The variables of an environment.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'e>(&'e dyn Fn(&str) -> Option<String>);

impl<'e> Surroundings<'e> {
    /// With this way to look a variable up.
    pub fn of(lookup: &'e dyn Fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// What is to be added to what a string gives: from the service that it names, then from variables.
    ///
    /// # Errors
    /// A service that is named is in no file.
    pub fn missing(&self, given: &[(String, String)]) -> Result<Vec<(String, String)>> {
        let named = |key: &str| given.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
        let service = named("service").or_else(|| self.variable("PGSERVICE"));
        let mut found = match service {
            Some(service) => self.service(&service)?,
            None => Vec::new(),
        };
        for (key, variable) in VARIABLES {
            let known = found.iter().any(|(known, _)| known == key);
            if let Some(value) = self.variable(variable).filter(|_| !known) {
                found.push((key.to_owned(), value));
            }
        }
        found.retain(|(key, _)| named(key).is_none());
        Ok(found)
    }

    fn service(&self, name: &str) -> Result<Vec<(String, String)>> {
        let home = || Some(Path::new(&self.variable("HOME")?).join(".pg_service.conf"));
        let own = self.variable("PGSERVICEFILE").map(PathBuf::from).or_else(home);
        let named = self.variable("PGSYSCONFDIR").map(PathBuf::from);
        let systems = named.into_iter().chain(SYSTEM_FOLDERS.map(PathBuf::from));
        let files = own.into_iter().chain(systems.map(|folder| folder.join("pg_service.conf")));
        let mut tried = Vec::new();
        for file in files {
            if let Ok(text) = std::fs::read_to_string(&file) {
                if let Some(found) = section(&text, name) {
                    return Ok(found);
                }
                tried.push(file);
            }
        }
        let fault = Fault::new(format!("there is no connection service {name:?}"));
        Err(match tried.first() {
            Some(file) => fault.at(Place::file(file)).why("the file has no such section"),
            None => fault.why("no service file was found").next("name it with PGSERVICEFILE"),
        })
    }

    /// The password for a connection, where a password file that only its owner can read has one.
    pub fn password(
        &self,
        passfile: Option<&str>,
        [host, port, database, user]: [&str; 4],
    ) -> Option<String> {
        let home = || Some(Path::new(&self.variable("HOME")?).join(".pgpass"));
        let file = passfile.map(PathBuf::from).or_else(home)?;
        if !is_private(&file) {
            return None;
        }
        let text = std::fs::read_to_string(file).ok()?;
        text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let [of_host, of_port, of_database, of_user, password] = fields(line)?;
            let matches = |pattern: &str, value: &str| pattern == "*" || pattern == value;
            let all = [(&of_host, host), (&of_port, port), (&of_database, database), (&of_user, user)];
            all.iter().all(|(pattern, value)| matches(pattern, value)).then_some(password)
        })
    }
}

/// The pairs of a section of a service file.
fn section(text: &str, name: &str) -> Option<Vec<(String, String)>> {
    let header = format!("[{name}]");
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != header);
    lines.next()?;
    let pairs = lines.take_while(|line| !line.starts_with('['));
    let pairs = pairs.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    Some(pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect())
}

/// The five fields of a line of a password file; a backslash takes the next character as it is.
fn fields(line: &str) -> Option<[String; 5]> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => fields.last_mut()?.extend(characters.next()),
            ':' if fields.len() < 5 => fields.push(String::new()),
            other => fields.last_mut()?.push(other),
        }
    }
    fields.try_into().ok()
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|facts| facts.mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_file: &Path) -> bool {
    true
}
