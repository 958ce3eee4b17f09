//! A dump of a running database, by the `pg_dump` of the shadow server's installation.
//! Out: restoring it (`restore`).
//! Called by the command `check` for `--snapshot-url`, and by `trace` on a live database.

use crate::server::Server;
use groundline_core::{Fault, Result};
use std::path::Path;
use std::process::Stdio;
use std::str::FromStr;
use tokio::process::Command;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Milliseconds that `pg_dump` waits for its ACCESS SHARE locks.
const LOCK_WAIT: &str = "2000";

/// What is dumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Schema and rows.
    Everything,
    /// The schema alone.
    Schema,
}

/// Dumps the database at `url` to a file in `pg_dump`'s custom format. It takes ACCESS SHARE on every table
/// while it reads, as any SELECT does. The password travels in the environment, where `ps` does not show it.
pub async fn dump(server: &Server, url: &str, file: &Path, of: Of) -> Result<()> {
    let program = server.program("pg_dump").ok_or_else(|| {
        Fault::new("there is no pg_dump beside the shadow server")
            .why("this PostgreSQL came without its client programs")
            .next("give a dump with --snapshot FILE, or install PostgreSQL's client programs")
    })?;
    let unreadable =
        |error: &dyn std::fmt::Display| Fault::new("the snapshot URL is not valid").why(error.to_string());
    let config = Config::from_str(url).map_err(|error| unreadable(&error))?;
    let mut command = Command::new(program);
    command.args(["--format=custom", "--no-password"]).arg(format!("--lock-wait-timeout={LOCK_WAIT}"));
    if of == Of::Schema {
        command.arg("--schema-only");
    }
    command.arg("--file").arg(file).env("PGAPPNAME", "groundline").kill_on_drop(true);
    for (name, value) in environment(&config) {
        command.env(name, value);
    }
    let ended = command.stdin(Stdio::null()).output().await;
    let output = ended.map_err(|error| Fault::new("pg_dump could not be started").why(error.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Fault::new("pg_dump could not read the database at the snapshot URL")
            .why(String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// The settings of a URL as libpq's environment variables. Source: PostgreSQL manual, 32.15.
fn environment(config: &Config) -> Vec<(&'static str, String)> {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.to_string_lossy().into_owned(),
    });
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let ssl = match config.get_ssl_mode() {
        SslMode::Disable => "disable",
        SslMode::Require => "require",
        _ => "prefer",
    };
    let password = config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let all = [
        ("PGHOST", Some(hosts.collect::<Vec<_>>().join(","))),
        ("PGPORT", Some(ports.join(","))),
        ("PGUSER", config.get_user().map(str::to_owned)),
        ("PGDATABASE", config.get_dbname().map(str::to_owned)),
        ("PGPASSWORD", password),
        ("PGSSLMODE", Some(ssl.to_owned())),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
}
