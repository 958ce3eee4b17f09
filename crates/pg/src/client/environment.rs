//! What libpq fills in where a connection string says nothing: a service file, `PG…` variables, a password file.
//! Out: the string itself (`target`).
//! Called by `target`. Source: PostgreSQL manual, 34.15 "Environment Variables", 34.16 "The Password File", 34.17 "The
//! Connection Service File".

use groundline_core::{Fault, Place, Result};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Variables and the parameters that they stand for.
const VARIABLES: [(&str, &str); 13] = [
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
];

/// Where variables and files are looked up.
pub(crate) struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    home: Option<PathBuf>,
}

/// A connection for which a password is looked up.
pub(super) struct Wanted<'a> {
    pub host: &'a str,
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

impl<'a> Environment<'a> {
    /// Of some variables, and a home folder.
    pub fn new(variable: &'a dyn Fn(&str) -> Option<String>, home: Option<PathBuf>) -> Self {
        Self { variable, home }
    }

    /// None at all: the string says everything.
    pub fn none() -> Environment<'static> {
        Environment { variable: &|_| None, home: None }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The parameters that variables give.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let given = |(name, key): &(&str, &str)| Some(((*key).to_owned(), self.variable(name)?));
        VARIABLES.iter().filter_map(given).collect()
    }

    /// The parameters of a service: the one that the connection string names, or `PGSERVICE`.
    ///
    /// # Errors
    /// No file has it.
    pub fn service(&self, named: Option<String>) -> Result<Vec<(String, String)>> {
        let Some(service) = named.or_else(|| self.variable("PGSERVICE")) else { return Ok(Vec::new()) };
        let own = self.home.as_ref().map(|home| home.join(".pg_service.conf"));
        let own = self.variable("PGSERVICEFILE").map(PathBuf::from).or(own);
        let shared = self.variable("PGSYSCONFDIR").map(|folder| Path::new(&folder).join("pg_service.conf"));
        let files: Vec<PathBuf> = own.into_iter().chain(shared).collect();
        for file in &files {
            let found = std::fs::read_to_string(file).ok().and_then(|text| of_service(&text, &service));
            if let Some(parameters) = found {
                return Ok(parameters);
            }
        }
        let looked: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        Err(Fault::new(format!("there is no service {service}"))
            .why(format!("looked in {}", looked.join(", ")))
            .next(format!("write it there: [{service}], then a line for each of host, port, dbname, user")))
    }

    /// The password of the password file for a connection.
    ///
    /// # Errors
    /// Others may read the file: as libpq does, it is not used then.
    pub fn password(&self, file: Option<String>, wanted: &Wanted<'_>) -> Result<Option<String>> {
        let own = || self.home.as_ref().map(|home| home.join(".pgpass"));
        let file = file.or_else(|| self.variable("PGPASSFILE")).map(PathBuf::from).or_else(own);
        let Some(file) = file.filter(|file| file.is_file()) else { return Ok(None) };
        let mode = std::fs::metadata(&file).map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            return Err(Fault::new("the password file is not used, because others may read it")
                .at(Place::file(&file))
                .next(format!("chmod 600 {}", file.display())));
        }
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Fault::io("read the password file", &file, &error))?;
        Ok(text.lines().filter(|line| !line.starts_with('#')).find_map(|line| of_line(line, wanted)))
    }
}

/// The parameters below `[service]`.
fn of_service(text: &str, service: &str) -> Option<Vec<(String, String)>> {
    let head = format!("[{service}]");
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != head);
    lines.next()?;
    let of_this = lines.take_while(|line| !line.starts_with('['));
    let pairs = of_this.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    Some(pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect())
}

/// The password of a line `host:port:database:user:password`, if the line is of this connection. `*` is any; a backslash
/// escapes.
fn of_line(line: &str, wanted: &Wanted<'_>) -> Option<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let field = fields.last_mut()?;
        match c {
            '\\' => field.extend(chars.next()),
            ':' => fields.push(String::new()),
            c => field.push(c),
        }
    }
    let [host, port, database, user, password @ ..] = &fields[..] else { return None };
    let port_wanted = wanted.port.to_string();
    // A socket's folder is written as it is, or as localhost.
    let hosts = [wanted.host, if wanted.host.starts_with('/') { "localhost" } else { wanted.host }];
    let is = |field: &String, wanted: &str| field == "*" || field == wanted;
    let fits = hosts.iter().any(|wanted| is(host, wanted))
        && is(port, &port_wanted)
        && is(database, wanted.database)
        && is(user, wanted.user);
    (fits && !password.is_empty()).then(|| password.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted<'static> = Wanted { host: "h", port: 5433, database: "d", user: "u:1" };

    #[test]
    fn the_first_line_of_a_password_file_that_fits_counts() {
        let found = |line: &str| of_line(line, &WANTED);
        assert_eq!(found(r"h:5433:d:u\:1:s3c\:ret").as_deref(), Some("s3c:ret"));
        assert_eq!(found(r"*:*:*:*:x").as_deref(), Some("x"));
        assert_eq!(found(r"*:*:other:*:x"), None);
        assert_eq!(found("h:5433:d"), None);
        let socket = Wanted { host: "/tmp", ..WANTED };
        assert_eq!(of_line("localhost:*:*:*:x", &socket).as_deref(), Some("x"));
    }

    #[test]
    fn a_service_ends_where_the_next_begins() {
        let text = "# shops\n[shop]\nhost = h\n#port=1\nport=5433\n\n[other]\nuser=o\n";
        let pairs = [("host", "h"), ("port", "5433")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(of_service(text, "shop"), Some(pairs.to_vec()));
        assert_eq!(of_service(text, "none"), None);
    }
}
