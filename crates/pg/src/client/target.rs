//! What a connection string says: a URL or `key=value` pairs, as libpq reads them.
//! Out: TLS itself (`tls`) and connecting. Called by `connect` and by shadow servers on a user's URL.

use super::environment::{Environment, Wanted};
use super::tls::Tls;
use groundline_core::{Fault, Result};
use percent_encoding::percent_decode_str;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::config::Host;

/// How long connecting may take where the connection string has no `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Parameters that other drivers and tools put into a URL, with no meaning for the server.
const FOREIGN: [&str; 8] = [
    "schema",
    "connection_limit",
    "pool_timeout",
    "pgbouncer",
    "statement_cache_size",
    "statement_cache_mode",
    "gssencmode",
    "binary_parameters",
];

/// A parsed connection string.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// For the driver.
    pub config: tokio_postgres::Config,
    /// TLS as wished for.
    pub tls: Tls,
    /// TLS parameters as they were written, to be kept when the string is written again.
    pub tls_parameters: Vec<(String, String)>,
    /// Why the password file is not used, where it is not.
    pub unused_passfile: Option<Fault>,
}

impl Target {
    /// Reads a URL (`postgres://`, `postgresql://`, also with a driver as in `postgresql+asyncpg://`) or
    /// `key=value` pairs; a service file, `PG…` variables and a password file fill in what it does not say. Source:
    /// PostgreSQL manual, 34.1.1 "Connection Strings".
    pub fn parse(text: &str) -> Result<Self> {
        let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
        Self::parse_in(text, &Environment::new(&|name| std::env::var(name).ok(), home))
    }

    /// The same of a string that says everything, such as that of a server of our own.
    pub fn parse_alone(text: &str) -> Result<Self> {
        Self::parse_in(text, &Environment::none())
    }

    fn parse_in(text: &str, environment: &Environment<'_>) -> Result<Self> {
        let text = text.trim();
        let (base, mut pairs) = match split_scheme(text)? {
            Some(rest) => split_url(rest)?,
            None => (String::new(), split_pairs(text)?),
        };
        let mut from_base: tokio_postgres::Config =
            base.parse().map_err(|error: tokio_postgres::Error| malformed(&error))?;
        let service = take(&mut pairs, "service");
        let passfile = take(&mut pairs, "passfile");
        fill(&mut pairs, (&base, &from_base), environment.service(service)?);
        fill(&mut pairs, (&base, &from_base), environment.parameters());
        let (tls_parameters, rest): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(key, _)| Tls::PARAMETERS.contains(&key.as_str()));
        let rest = rest.into_iter().filter(|(key, _)| !is_foreign(key));
        let more: String = rest.map(|(key, value)| format!("{key}={} ", quote_pair(&value))).collect();
        if !more.is_empty() {
            from_base = merge(&base, &from_base, &more)?;
        }
        let mut config = from_base;
        if config.get_hosts().is_empty() {
            default_host(&mut config);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("groundline");
        }
        let unused_passfile = look_up_password(&mut config, environment, passfile).err();
        let mut tls = Tls::from_parameters(&tls_parameters)?;
        if matches!(config.get_hosts(), [Host::Unix(_)]) {
            // As libpq does: a socket file has no TLS.
            tls = Tls::disabled();
        }
        config.ssl_mode(tls.driver_mode());
        Ok(Self { config, tls, tls_parameters, unused_passfile })
    }

    /// The server for a message: `host:port`, or the socket folder.
    pub fn place(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => format!("{host}:{port}"),
            Some(Host::Unix(path)) => format!("{}/.s.PGSQL.{port}", path.display()),
            None => "localhost".into(),
        }
    }
}

/// Takes a parameter out.
fn take(pairs: &mut Vec<(String, String)>, key: &str) -> Option<String> {
    let at = pairs.iter().rposition(|(name, _)| name == key)?;
    Some(pairs.remove(at).1)
}

/// Adds the parameters that neither a URL nor its pairs say. A host or an address that is said leaves no room for another.
fn fill(
    pairs: &mut Vec<(String, String)>,
    (url, from_url): (&str, &tokio_postgres::Config),
    more: Vec<(String, String)>,
) {
    let authority = url.rsplit_once('@').map_or(url.trim_start_matches("postgresql://"), |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let has_port = authority.rsplit_once(']').map_or(authority, |(_, port)| port).contains(':');
    let said = |key: &str, pairs: &[(String, String)]| {
        let of_url = match key {
            "host" | "hostaddr" => !from_url.get_hosts().is_empty(),
            "port" => has_port,
            "user" => from_url.get_user().is_some(),
            "password" => from_url.get_password().is_some(),
            "dbname" => from_url.get_dbname().is_some(),
            _ => false,
        };
        let alike: &[&str] = if matches!(key, "host" | "hostaddr") { &["host", "hostaddr"] } else { &[key] };
        of_url || pairs.iter().any(|(name, _)| alike.contains(&name.as_str()))
    };
    let new: Vec<(String, String)> = more.into_iter().filter(|(key, _)| !said(key, pairs)).collect();
    pairs.extend(new);
}

/// Takes the password from the password file, where nothing else says one.
fn look_up_password(
    config: &mut tokio_postgres::Config,
    environment: &Environment<'_>,
    file: Option<String>,
) -> Result<()> {
    let user = config.get_user().unwrap_or_default().to_owned();
    if config.get_password().is_some() {
        return Ok(());
    }
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => String::new(),
    };
    let database = config.get_dbname().unwrap_or(&user).to_owned();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let wanted = Wanted { host: &host, port, database: &database, user: &user };
    if let Some(password) = environment.password(file, &wanted)? {
        config.password(password);
    }
    Ok(())
}

/// What follows `postgres://`, or `None` for `key=value` pairs.
fn split_scheme(text: &str) -> Result<Option<&str>> {
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| !scheme.contains('=')) else {
        return Ok(None);
    };
    let base = scheme.split('+').next().unwrap_or(scheme);
    match base {
        "postgres" | "postgresql" => Ok(Some(rest)),
        other => Err(Fault::new(format!("{other:?} is not a PostgreSQL URL"))
            .next("a URL starts with postgres:// or postgresql://")),
    }
}

/// The URL without its query, and the query's pairs.
fn split_url(rest: &str) -> Result<(String, Vec<(String, String)>)> {
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded.map(std::borrow::Cow::into_owned).map_err(|error| malformed(&error))
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(key)?, decode(value)?))
    });
    Ok((format!("postgresql://{base}"), pairs.collect::<Result<_>>()?))
}

/// `key=value` pairs; values may be quoted with `'`, in which a backslash escapes.
fn split_pairs(text: &str) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(|| malformed(&"a parameter has no value"))?;
        let (value, after) = split_value(after.trim_start())?;
        pairs.push((key.trim().to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn split_value(text: &str) -> Result<(String, &str)> {
    let mut value = String::new();
    let quoted = text.starts_with('\'');
    let mut chars = text.char_indices().skip(usize::from(quoted));
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            c if !quoted && c.is_whitespace() => return Ok((value, &text[at..])),
            c => value.push(c),
        }
    }
    match quoted {
        true => Err(malformed(&"a quote is not closed")),
        false => Ok((value, "")),
    }
}

fn quote_pair(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The driver appends hosts and ports that come twice, where libpq lets the query win over the authority.
fn merge(base: &str, from_base: &tokio_postgres::Config, pairs: &str) -> Result<tokio_postgres::Config> {
    let from_pairs: tokio_postgres::Config =
        pairs.parse().map_err(|error: tokio_postgres::Error| malformed(&error))?;
    if base.is_empty() {
        return Ok(from_pairs);
    }
    let mut config = from_pairs.clone();
    if let (None, Some(user)) = (from_pairs.get_user(), from_base.get_user()) {
        config.user(user);
    }
    if let (None, Some(password)) = (from_pairs.get_password(), from_base.get_password()) {
        config.password(password);
    }
    if let (None, Some(name)) = (from_pairs.get_dbname(), from_base.get_dbname()) {
        config.dbname(name);
    }
    if from_pairs.get_hosts().is_empty() {
        for host in from_base.get_hosts() {
            match host {
                Host::Tcp(host) => config.host(host),
                Host::Unix(path) => config.host_path(path),
            };
        }
    }
    if from_pairs.get_ports().is_empty() {
        from_base.get_ports().iter().for_each(|port| {
            config.port(*port);
        });
    }
    Ok(config)
}

/// Without a host libpq takes the socket folder that it was built with: Debian's, or else PostgreSQL's own.
fn default_host(config: &mut tokio_postgres::Config) {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let folders = ["/var/run/postgresql", "/tmp"].map(Path::new);
    match folders.iter().find(|folder| folder.join(format!(".s.PGSQL.{port}")).exists()) {
        Some(folder) => config.host_path(folder),
        None => config.host("localhost"),
    };
}

fn is_foreign(key: &str) -> bool {
    FOREIGN.contains(&key) || key.starts_with("x-")
}

fn malformed(error: &dyn std::fmt::Display) -> Fault {
    Fault::new("the connection string is malformed")
        .why(error.to_string())
        .next("it looks like postgres://user:password@host:5432/database?sslmode=require")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>, Option<String>) {
        let target = Target::parse_alone(text).unwrap();
        let user = target.config.get_user().map(str::to_owned);
        (target.place(), user, target.config.get_dbname().map(str::to_owned))
    }

    #[test]
    fn urls_and_pairs_mean_what_libpq_reads() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("postgres://u:p@h:6000/d"), ("h:6000".into(), some("u"), some("d")));
        assert_eq!(
            read("postgresql+asyncpg://u@h/d?sslmode=require"),
            ("h:5432".into(), some("u"), some("d"))
        );
        assert_eq!(
            read("postgresql:///d?host=/tmp/a%20b&user=u"),
            ("/tmp/a b/.s.PGSQL.5432".into(), some("u"), some("d"))
        );
        assert_eq!(
            read("postgres://u@localhost/d?host=/s"),
            ("/s/.s.PGSQL.5432".into(), some("u"), some("d"))
        );
        assert_eq!(read("postgres://u@h/d?schema=public&pool_timeout=3"), read("postgres://u@h/d"));
        assert_eq!(
            read(r"host=h user='it\'s' dbname = d sslmode=verify-full"),
            ("h:5432".into(), some("it's"), some("d"))
        );
    }

    #[test]
    fn what_is_malformed_is_said_without_the_password() {
        for text in
            ["mysql://u@h/d", "host='h", "nonsense", "postgres://u:p@h:port/d", "postgres://u@h/d?sslmode=no"]
        {
            Target::parse(text).unwrap_err();
        }
        let fault = Target::parse("postgres://u:s3cret@h:port/d").unwrap_err();
        assert!(!format!("{fault:?}").contains("s3cret"));
    }

    #[test]
    fn what_the_string_does_not_say_comes_from_the_service_and_then_from_variables() {
        let folder = tempfile::tempdir().unwrap();
        let service = folder.path().join("services");
        std::fs::write(&service, "[shop]\nhost=served\nuser=server\nsslmode=disable\n").unwrap();
        let variable = |name: &str| match name {
            "PGSERVICEFILE" => Some(service.display().to_string()),
            "PGHOST" => Some("varied".to_owned()),
            "PGPORT" => Some("6543".to_owned()),
            "PGUSER" => Some("varier".to_owned()),
            "PGDATABASE" => Some("d".to_owned()),
            _ => None,
        };
        let environment = Environment::new(&variable, None);
        let read = |text: &str| {
            let target = Target::parse_in(text, &environment).unwrap();
            let user = target.config.get_user().map(str::to_owned);
            (target.place(), user, target.config.get_dbname().map(str::to_owned))
        };
        let is = |place: &str, user: &str| (place.to_owned(), Some(user.to_owned()), Some("d".to_owned()));
        assert_eq!(read("postgresql://"), is("varied:6543", "varier"));
        assert_eq!(read("service=shop"), is("served:6543", "server"));
        assert_eq!(read("postgresql://me@/?service=shop"), is("served:6543", "me"));
        assert_eq!(read("postgresql://me@h:1/d?service=shop"), is("h:1", "me"));
        assert_eq!(read("postgresql://h"), is("h:6543", "varier"));
        assert!(Target::parse_in("service=none", &environment).is_err());
    }
}
