//! A server of Groundline's own: started on a copy of a prepared data folder, stopped, removed.
//! Out: finding the installation (`resolve`), databases (`mod`). Called by `Server`.

use super::database::Address;
use super::installation::Installation;
use super::process::Process;
use super::resolve::Resolved;
use super::room::Room;
use super::run_folder::{PORT, RunFolder};
use super::template;
use crate::client::{Client, Target, Unconnected, causes, connect_target};
use groundline_core::{Fault, Place, Result};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a server may take until it answers.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two tries to connect.
const POLL: Duration = Duration::from_millis(3);

/// How much of the log's end is shown, in bytes.
const LOG_TAIL: u64 = 4096;

/// A running server and its folder. Dropping it stops the one, then removes the other.
pub(crate) struct Own {
    process: Process,
    folder: RunFolder,
    pub installation: Installation,
}

impl Own {
    /// Starts a server and waits until it answers; gives the session that administers it.
    pub async fn start(room: &Room, resolved: Resolved) -> Result<(Self, Client)> {
        let Resolved { installation, template, .. } = resolved;
        let folder = RunFolder::make(room)?;
        template::copy(&template, &folder.data(), &room.account)?;
        let process = Process::start(command(room, &installation, &folder)?, &room.account)?;
        let own = Self { process, folder, installation };
        let client = own.wait_until_ready().await?;
        Ok((own, client))
    }

    /// Stops it and removes its folder. Faults: the folder can't be removed.
    pub fn stop(self) -> Result<()> {
        self.process.stop();
        self.folder.remove()
    }

    /// Where it listens.
    pub fn address(&self) -> Address {
        Address {
            host: self.folder.sockets().display().to_string(),
            port: PORT,
            user: "postgres".into(),
            password: None,
            parameters: Vec::new(),
        }
    }

    /// Whether its process runs.
    pub fn is_alive(&self) -> bool {
        self.process.ended().is_none()
    }

    /// The end of its log.
    pub fn log_tail(&self) -> String {
        tail(&self.folder.log()).unwrap_or_default()
    }

    async fn wait_until_ready(&self) -> Result<Client> {
        let target = Target::parse_alone(&self.address().url("postgres"))?;
        let started = Instant::now();
        loop {
            let reason = match connect_target(&target).await {
                Ok(client) => return Ok(client),
                Err(Unconnected::Fault(fault)) => return Err(fault),
                Err(Unconnected::Driver(error)) => causes(&error),
            };
            if let Some(status) = self.process.ended() {
                return Err(self.did_not_start(&format!("it ended with {status}")));
            }
            if started.elapsed() > START_PATIENCE {
                return Err(
                    self.did_not_start(&format!("no answer after {} s: {reason}", START_PATIENCE.as_secs()))
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn did_not_start(&self, why: &str) -> Fault {
        Fault::new(format!("PostgreSQL {} did not start", self.installation.version))
            .at(Place::file(&self.installation.bin))
            .why(format!("{why}\n{}", self.log_tail()).trim_end())
    }
}

/// The server's own program, not `pg_ctl`: its process is then a child, and its end is noticed.
fn command(room: &Room, installation: &Installation, folder: &RunFolder) -> Result<Command> {
    let path = folder.log();
    let log = File::create(&path).map_err(|error| Fault::io("make the server's log", &path, &error))?;
    let again = log.try_clone().map_err(|error| Fault::io("open the server's log", &path, &error))?;
    let mut command = template::command(room, installation, "postgres");
    command.arg("-D").arg(folder.data()).arg("-k").arg(folder.sockets()).arg("-p").arg(PORT.to_string());
    command.stdout(log).stderr(again);
    Ok(command)
}

fn tail(log: &Path) -> std::io::Result<String> {
    let mut file = File::open(log)?;
    let length = fs::metadata(log)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match length > LOG_TAIL {
        // The first line is most likely cut.
        true => Ok(text.split_once('\n').map(|(_, whole)| whole.to_owned()).unwrap_or_default()),
        false => Ok(text),
    }
}
