//! Settings from the environment, and the connection pool that they describe.

use deadpool_postgres::{BuildError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio_postgres::{Config, NoTls};

/// Connections to the database at the same time.
const POOL_SIZE: usize = 8;
/// How long a request waits for a connection before it is answered with 503.
const POOL_TIMEOUT: Duration = Duration::from_secs(5);
/// The port without `PORT`.
const DEFAULT_PORT: u16 = 8080;

/// What the environment says.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen: always this machine alone; a proxy stands before it.
    pub address: SocketAddr,
    database: Config,
}

impl Settings {
    /// Reads `DATABASE_URL` (an URL or `key=value` pairs, as libpq's; no TLS) and `PORT` (8080 without it).
    ///
    /// # Errors
    /// A sentence that names the variable, never its value.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let url = variable("DATABASE_URL").ok_or("DATABASE_URL is not set")?;
        let database = url.parse::<Config>().map_err(|_| "DATABASE_URL is not a PostgreSQL URL")?;
        let port = match variable("PORT") {
            None => DEFAULT_PORT,
            Some(port) => port.parse().map_err(|_| "PORT is not a number from 0 to 65535")?,
        };
        Ok(Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), database })
    }

    /// A pool of connections; the first one is made when the first request needs it.
    pub fn pool(&self) -> Result<Pool, BuildError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        Pool::builder(Manager::from_config(self.database.clone(), NoTls, recycling))
            .max_size(POOL_SIZE)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(POOL_TIMEOUT))
            .create_timeout(Some(POOL_TIMEOUT))
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::config::Host;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::from_environment(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn reads_a_unix_socket_url() {
        let url = "postgres://postgres@/orders?host=%2Ftmp%2Fshadow&port=5433";
        let settings = read(&[("DATABASE_URL", url), ("PORT", "3000")]).unwrap();
        assert_eq!(settings.database.get_hosts(), [Host::Unix("/tmp/shadow".into())]);
        assert_eq!(settings.database.get_ports(), [5433]);
        assert_eq!(settings.database.get_dbname(), Some("orders"));
        assert_eq!(settings.address.to_string(), "127.0.0.1:3000");
    }

    #[test]
    fn names_the_variable_that_is_wrong_and_not_its_value() {
        assert_eq!(read(&[]).unwrap_err(), "DATABASE_URL is not set");
        let error = read(&[("DATABASE_URL", "postgres://user:hush@host:x/")]).unwrap_err();
        assert_eq!(error, "DATABASE_URL is not a PostgreSQL URL");
        let url = ("DATABASE_URL", "postgres://localhost/orders");
        assert_eq!(read(&[url, ("PORT", "70000")]).unwrap_err(), "PORT is not a number from 0 to 65535");
        assert_eq!(read(&[url]).unwrap().address.port(), DEFAULT_PORT);
    }
}
