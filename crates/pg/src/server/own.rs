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

/// How long one on a backup's copy may take: it reads the log again first.
const RECOVERY_PATIENCE: Duration = Duration::from_secs(3600);

/// The pause between two tries to connect.
const POLL: Duration = Duration::from_millis(3);

/// How much of the log's end is shown, in bytes.
const LOG_TAIL: u64 = 4096;

/// A running server and its folder. Dropping it stops the one, then removes the other.
pub(crate) struct Own {
    process: Process,
    folder: RunFolder,
    room: Room,
    superuser: String,
    pub installation: Installation,
}

impl Own {
    /// Starts a server and waits until it answers; gives the session that administers it.
    pub async fn start(room: &Room, resolved: Resolved) -> Result<(Self, Client)> {
        let Resolved { installation, template, .. } = resolved;
        let folder = RunFolder::make(room)?;
        template::copy(&template, &folder.data(), &room.account)?;
        let own = Self::start_in(room, folder, installation, "postgres")?;
        let client = own.wait_until_ready("postgres", START_PATIENCE).await?;
        Ok((own, client))
    }

    /// Starts another server of the same installation, on a copy of a data folder; gives a session in one of its databases.
    pub async fn start_on_copy(&self, of: &Path, superuser: &str, database: &str) -> Result<(Self, Client)> {
        let folder = RunFolder::make(&self.room)?;
        template::adopt(&self.room, &self.installation, of, &folder.data())?;
        let own = Self::start_in(&self.room, folder, self.installation.clone(), superuser)?;
        let client = own.wait_until_ready(database, RECOVERY_PATIENCE).await?;
        Ok((own, client))
    }

    fn start_in(room: &Room, folder: RunFolder, installation: Installation, superuser: &str) -> Result<Self> {
        let process = Process::start(command(room, &installation, &folder)?, &room.account)?;
        Ok(Self { process, folder, room: room.clone(), superuser: superuser.to_owned(), installation })
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
            user: self.superuser.clone(),
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

    async fn wait_until_ready(&self, database: &str, patience: Duration) -> Result<Client> {
        let target = Target::parse_alone(&self.address().url(database))?;
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
            if started.elapsed() > patience {
                return Err(
                    self.did_not_start(&format!("no answer after {} s: {reason}", patience.as_secs()))
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
