//! A database that programs are led to, mostly on a shadow server: its name, its URL, its parts for templates.
//! Out: making and dropping it (`mod`, `external`). Called by everyone who connects or starts an application.

use crate::client::{self, Client, Target};
use groundline_core::{Fault, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use tokio::process::Command;
use tokio_postgres::config::Host;

/// What may stand unencoded in a part of a URL.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same for a query's value, in which a path stays readable.
const KEPT_IN_QUERY: &AsciiSet = &KEPT.remove(b'/');

/// A database, mostly on a shadow server.
#[derive(Clone)]
pub struct Database {
    /// Its name; on a shadow server it starts with `gl_`.
    pub name: String,
    address: Address,
}

/// Where a server listens and who connects.
#[derive(Clone)]
pub(crate) struct Address {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    /// `sslmode` and its companions, as they were given.
    pub parameters: Vec<(String, String)>,
}

/// The parts of a database's URL, for templates of an application's environment.
#[derive(Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// Host name, address or the absolute path of a socket folder.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Role.
    pub user: String,
    /// Password, if there is one.
    pub password: Option<String>,
    /// Database.
    pub database: String,
}

impl std::fmt::Debug for UrlParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, user, database, .. } = self;
        write!(f, "{user}@{host}:{port}/{database}")
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.url_parts())
    }
}

impl Database {
    pub(crate) fn new(name: String, address: Address) -> Self {
        Self { name, address }
    }

    /// The database of a connection string, for programs that are to meet a live one.
    ///
    /// # Errors
    /// A malformed string, or one of several servers.
    pub fn at(url: &str) -> Result<Self> {
        let target = Target::parse(url)?;
        let address = Address::of(&target)?;
        let name = target.config.get_dbname().unwrap_or(&address.user).to_owned();
        Ok(Self { name, address })
    }

    /// Another database on the same server, by the same role.
    pub fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), address: self.address.clone() }
    }

    /// Its URL. On a socket folder the form is `postgresql:///name?host=/folder&user=postgres`, which libpq and
    /// the drivers of Rust, Go, Python, Ruby and Node read alike.
    pub fn url(&self) -> String {
        self.address.url(&self.name)
    }

    /// Its URL under another name of the host, for programs that take no folder of a socket for one.
    pub(crate) fn url_at(&self, host: &str) -> String {
        Address { host: host.to_owned(), ..self.address.clone() }.url(&self.name)
    }

    /// The parts of its URL.
    pub fn url_parts(&self) -> UrlParts {
        let Address { host, port, user, password, .. } = self.address.clone();
        UrlParts { host, port, user, password, database: self.name.clone() }
    }

    /// What `{name}` stands for in templates of commands and of an environment.
    pub fn placeholders(&self) -> BTreeMap<&'static str, String> {
        let parts = self.url_parts();
        BTreeMap::from([
            ("url", self.url()),
            ("pghost", parts.host),
            ("pgport", parts.port.to_string()),
            ("pguser", parts.user),
            ("pgpassword", parts.password.unwrap_or_default()),
            ("pgdatabase", parts.database),
        ])
    }

    /// The environment in which libpq's programs and most drivers meet it: what to set, and what to remove as it
    /// would lead elsewhere. Source: PostgreSQL manual, 34.15 "Environment Variables".
    pub fn environment(&self) -> Vec<(&'static str, Option<String>)> {
        let Address { host, port, user, password, parameters } = &self.address;
        let parameter =
            |key: &str| parameters.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let set = [
            ("DATABASE_URL", self.url()),
            ("PGHOST", host.clone()),
            ("PGPORT", port.to_string()),
            ("PGUSER", user.clone()),
            ("PGDATABASE", self.name.clone()),
        ];
        let may_be_set = [
            ("PGPASSWORD", password.clone()),
            ("PGSSLMODE", parameter("sslmode")),
            ("PGSSLROOTCERT", parameter("sslrootcert")),
            ("PGSSLCERT", parameter("sslcert")),
            ("PGSSLKEY", parameter("sslkey")),
            ("PGHOSTADDR", None),
            ("PGSERVICE", None),
            ("PGTARGETSESSIONATTRS", None),
        ];
        set.map(|(name, value)| (name, Some(value))).into_iter().chain(may_be_set).collect()
    }

    /// Leads a program to it, by libpq's variables: the password travels there, where `ps` does not show it.
    pub(crate) fn lead(&self, command: &mut Command) {
        for (name, value) in self.environment() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// Connects to it.
    pub async fn connect(&self) -> Result<Client> {
        client::connect_alone(&self.url()).await
    }
}

/// A template with each `{name}` replaced by its value.
pub fn filled(template: &str, values: &BTreeMap<&'static str, String>) -> String {
    let fill = |text: String, (name, value): (&&str, &String)| text.replace(&format!("{{{name}}}"), value);
    values.iter().fold(template.to_owned(), fill)
}

impl Address {
    /// The one server of a connection string.
    pub fn of(target: &Target) -> Result<Self> {
        let config = &target.config;
        let [host] = config.get_hosts() else {
            return Err(Fault::new("the URL of one server is wanted, not of several"));
        };
        let host = match host {
            Host::Tcp(host) => host.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        let password = config.get_password().map(|password| String::from_utf8_lossy(password).into_owned());
        Ok(Self {
            host,
            port: config.get_ports().first().copied().unwrap_or(5432),
            user: config.get_user().unwrap_or("postgres").to_owned(),
            password,
            parameters: target.tls_parameters.clone(),
        })
    }

    /// The URL of a database at this address.
    pub fn url(&self, database: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
        let mut query = Vec::new();
        let authority = if self.host.starts_with('/') {
            query.push(("host", self.host.as_str()));
            query.push(("user", self.user.as_str()));
            query.extend(self.password.as_deref().map(|password| ("password", password)));
            String::new()
        } else {
            let password = self.password.as_deref().map(|password| format!(":{}", encode(password)));
            let host = if self.host.contains(':') { format!("[{}]", self.host) } else { encode(&self.host) };
            format!("{}{}@{host}:{}", encode(&self.user), password.unwrap_or_default(), self.port)
        };
        let port = self.port.to_string();
        if authority.is_empty() && self.port != 5432 {
            query.push(("port", &port));
        }
        query.extend(self.parameters.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let pair =
            |(key, value): (&str, &str)| format!("{key}={}", utf8_percent_encode(value, KEPT_IN_QUERY));
        let query = query.into_iter().map(pair).collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("postgresql://{authority}/{}{mark}{query}", encode(database))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_back_as_they_were_meant() {
        for text in [
            "postgresql://u:p%40s%2Fs@h.example:6000/d?sslmode=require",
            "postgresql:///d?host=/tmp/a%20b&user=u&port=6000",
            "host=::1 user=u dbname=d",
        ] {
            let target = Target::parse_alone(text).unwrap();
            let url = Address::of(&target).unwrap().url("gl_x_1");
            let again = Target::parse_alone(&url).unwrap();
            assert_eq!(again.config.get_dbname(), Some("gl_x_1"), "{url}");
            assert_eq!(again.config.get_hosts(), target.config.get_hosts(), "{url}");
            assert_eq!(again.config.get_user(), target.config.get_user(), "{url}");
            assert_eq!(again.config.get_password(), target.config.get_password(), "{url}");
            assert_eq!(again.tls_parameters, target.tls_parameters, "{url}");
        }
        let socket = Target::parse_alone("postgresql:///d?host=/tmp/s&user=postgres").unwrap();
        assert_eq!(Address::of(&socket).unwrap().url("d"), "postgresql:///d?host=/tmp/s&user=postgres");
    }
}
