//! The application under test: built, started on a migrated database, asked, and stopped.
//! Out: what its answers mean (`check`).
//! Called by the command `check`.

use crate::settings::AppConfig;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::Body;
use groundline_pg::server::filled;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// How long a stopping application has before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// Pause between two looks at an application that is starting.
const POLL: Duration = Duration::from_millis(25);
/// Bytes of an answer that are read at most.
const BODY_LIMIT: u64 = 16 << 20;

/// An application that is to be started.
pub struct Launch<'a> {
    pub config: &'a AppConfig,
    pub directory: PathBuf,
    /// What `{name}` stands for in the configuration.
    pub values: BTreeMap<&'static str, String>,
    /// Its output goes here.
    pub log: PathBuf,
}

/// A started application. Dropping it kills its process group.
pub struct App {
    process: Process,
    base: String,
}

/// Why an application did not become healthy.
pub enum NotHealthy {
    /// Its process ended.
    Ended(Fault),
    /// Its time was up.
    Late(Fault),
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub url: String,
    pub status: u16,
    pub milliseconds: u64,
    pub body: Body,
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|error| Fault::new("no free port on 127.0.0.1").why(error.to_string()))?.port())
}

impl Launch<'_> {
    /// Runs the build command, if there is one, to its end.
    pub async fn build(&self) -> Result<()> {
        let Some(build) = &self.config.build else { return Ok(()) };
        let mut process = Process::spawn(self.command(build)?, build)?;
        let status = process.child.wait().await;
        let status = status.map_err(|error| {
            Fault::new("the build command could not be waited for").why(error.to_string())
        })?;
        match status.success() {
            true => Ok(()),
            false => Err(self.ended(&format!("the build command ended with {}", describe(status)))),
        }
    }

    /// Starts its process.
    pub fn start(&self) -> Result<App> {
        let process = Process::spawn(self.command(&self.config.start)?, &self.config.start)?;
        Ok(App { process, base: format!("http://127.0.0.1:{}", self.values["port"]) })
    }

    /// Waits until its health address answers 2xx.
    pub async fn healthy(&self, app: &mut App) -> Result<Answer, NotHealthy> {
        let started = Instant::now();
        let limit = Duration::from_secs(self.config.timeout_seconds);
        loop {
            let health = app.get(&self.filled(&self.config.health)).await;
            match health {
                Ok(answer) if answer.is_success() => return Ok(answer),
                _ => {}
            }
            if let Ok(Some(status)) = app.process.child.try_wait() {
                let what = format!("the application ended with {} before it was healthy", describe(status));
                return Err(NotHealthy::Ended(self.ended(&what)));
            }
            if started.elapsed() > limit {
                let last = match health {
                    Ok(answer) => format!("its last answer was {}", answer.status),
                    Err(fault) => fault.why.unwrap_or(fault.what),
                };
                let what = format!("the application was not healthy after {} s", limit.as_secs());
                return Err(NotHealthy::Late(self.ended(&what).why(last)));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn command(&self, line: &str) -> Result<Command> {
        let open = || File::options().create(true).append(true).open(&self.log);
        let log = open().and_then(|log| Ok((log.try_clone()?, log)));
        let (out, err) = log.map_err(|error| Fault::io("write the application's log", &self.log, &error))?;
        let mut command = Command::new("sh");
        command.arg("-c").arg(self.filled(line)).current_dir(&self.directory);
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        command.envs(self.config.env.iter().map(|(name, value)| (name, self.filled(value))));
        Ok(command)
    }

    fn filled(&self, template: &str) -> String {
        filled(template, &self.values)
    }

    fn ended(&self, what: &str) -> Fault {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(5).collect();
        let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        let fault = Fault::new(what)
            .at(Place::file(&self.log))
            .next("read the log; the [app] table of groundline.toml says how it is started");
        if tail.is_empty() { fault } else { fault.why(tail) }
    }
}

impl App {
    /// Asks for a path of the application, or a whole URL.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let url = if path.contains("://") { path.to_owned() } else { format!("{}{path}", self.base) };
        let asked = tokio::task::spawn_blocking(move || get(&url)).await;
        asked.map_err(|error| Fault::new("a request was dropped").why(error.to_string()))?
    }

    /// Asks it to stop, waits, and kills what is left. Says whether it stopped by itself in time.
    pub async fn stop(mut self) -> Result<bool> {
        let _ = kill_process_group(self.process.group, Signal::TERM);
        let stopped = tokio::time::timeout(GRACE, self.process.child.wait()).await;
        Ok(stopped.is_ok_and(|status| status.is_ok()))
    }
}

impl Answer {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A process of ours with its group; dropping it kills the group.
struct Process {
    child: Child,
    group: Pid,
}

impl Process {
    fn spawn(mut command: Command, line: &str) -> Result<Self> {
        let failed = |why: &str| Fault::new(format!("could not start `{line}`")).why(why);
        let child = command.spawn().map_err(|error| failed(&error.to_string()))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let group = group.ok_or_else(|| failed("it ended at once"))?;
        Ok(Self { child, group })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

fn get(url: &str) -> Result<Answer> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into();
    let started = Instant::now();
    let unanswered =
        |error: ureq::Error| Fault::new(format!("GET {url} got no answer")).why(error.to_string());
    let mut response = agent.get(url).call().map_err(unanswered)?;
    let body = response.body_mut().with_config().limit(BODY_LIMIT).read_to_vec();
    let body = body.map_err(unanswered)?;
    Ok(Answer {
        url: url.to_owned(),
        status: response.status().as_u16(),
        milliseconds: started.elapsed().as_millis() as u64,
        body: Body::of(&body),
    })
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown status".to_owned(),
    }
}
