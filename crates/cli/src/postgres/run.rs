//! `postgres run`: a shadow server with one empty database, until it is told to stop or while a command runs.
//! Out: the server (`pg::server`).
//! Called by `postgres`.

use crate::args::ServerArgs;
use crate::signals::Signals;
use crate::{Exit, console, unless_interrupted};
use groundline_core::{Fault, Result};
use groundline_pg::server::{Database, Server, Source};
use rustix::fs::FileType;
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::future::pending;
use std::io::{IsTerminal, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long a command that was asked to stop may take before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Pause between two looks at whether the server still runs.
const LOOK: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Command to run with DATABASE_URL, PGHOST, PGPORT, PGUSER and PGDATABASE set, and the server's psql,
    /// pg_dump … first on PATH. Its exit status is the exit status.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Starts the server, waits for the end, stops the server.
pub async fn run(args: RunArgs) -> Result<Exit> {
    let mut signals = Signals::watch()?;
    let wanted = args.server.wanted(None);
    let (server, database) = unless_interrupted(async {
        let server = Server::start(&wanted, &console::Stderr).await?;
        let database = server.create_database("run").await?;
        Ok((server, database))
    })
    .await?;
    let ended = match args.command.split_first() {
        None => serve(&server, &database, &mut signals).await,
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            prepare(&mut command, &server, &database);
            accompany(command, program, &server, &mut signals).await
        }
    };
    let stopped = server.stop().await;
    match (ended, stopped) {
        (Ok(Exit::Of(code)), Err(fault)) => {
            // The command's status is what a script looks at.
            console::fault(&fault);
            Ok(Exit::Of(code))
        }
        (ended, stopped) => ended.and_then(|exit| stopped.map(|()| exit)),
    }
}

/// Prints the URL and waits: for a signal, for the end of what the other side of stdin's pipe holds open, or for
/// the server's end, which is a fault.
async fn serve(server: &Server, database: &Database, signals: &mut Signals) -> Result<Exit> {
    let origin = server.origin();
    console::say(&format!("PostgreSQL {} runs ({}); Ctrl-C stops it", origin.version, origin.source));
    console::data(&format!("{}\n", database.url()));
    tokio::select! {
        _ = signals.next() => Ok(Exit::Done),
        () = stdin_closed() => Ok(Exit::Done),
        fault = death(server) => Err(fault),
    }
}

/// Runs a command to its end. Signals are its to answer; a terminal sends it Ctrl-C by itself.
async fn accompany(
    mut command: Command,
    program: &OsString,
    server: &Server,
    signals: &mut Signals,
) -> Result<Exit> {
    let name = program.to_string_lossy();
    let failed =
        |what: &str, error: std::io::Error| Fault::new(format!("{what} `{name}`")).why(error.to_string());
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| failed("could not start", error))?;
    let status = until_it_ends(&mut child, signals).await;
    let status = status.map_err(|error| failed("could not wait for", error))?;
    if !status.success() {
        // The command's own message is then only half of the story.
        if let Err(fault) = server.assert_alive().await {
            console::fault(&fault);
        }
    }
    Ok(Exit::Of(code(status)))
}

async fn until_it_ends(child: &mut Child, signals: &mut Signals) -> std::io::Result<ExitStatus> {
    loop {
        let signal = tokio::select! {
            status = child.wait() => return status,
            signal = signals.next() => signal,
        };
        let by_terminal = signal == Signal::INT && std::io::stdin().is_terminal();
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let (false, Some(id)) = (by_terminal, id) {
            // It may have ended this very moment.
            let _ = kill_process(id, signal);
        }
        if signal != Signal::INT {
            break;
        }
    }
    match tokio::time::timeout(GRACE, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.start_kill()?;
            child.wait().await
        }
    }
}

/// The exit status as shells give it: 128 and the signal's number for one that a signal ended.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// What a command finds in its environment.
fn prepare(command: &mut Command, server: &Server, database: &Database) {
    for (name, value) in database.environment() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let programs = match &server.origin().source {
        Source::Installed { path } | Source::Fetched { path, .. } => Some(path.clone()),
        Source::Url { .. } => server.program("psql").and_then(|psql| psql.parent().map(Into::into)),
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = programs.into_iter().chain(std::env::split_paths(&path));
    match std::env::join_paths(paths) {
        Ok(path) => {
            command.env("PATH", path);
        }
        // A colon in the cache's path; the command has the PATH that it would have without us.
        Err(error) => console::say(&format!("the server's programs are not on PATH: {error}")),
    }
}

/// Ends when the other side of a pipe on stdin is closed. Never, where stdin is anything else: a terminal would
/// stop us for reading in the background, and /dev/null is at its end from the start.
async fn stdin_closed() {
    let kind = rustix::fs::fstat(std::io::stdin()).map(|facts| FileType::from_raw_mode(facts.st_mode));
    if !matches!(kind, Ok(FileType::Fifo | FileType::Socket)) {
        return pending().await;
    }
    let read = || {
        let mut buffer = [0; 4096];
        let mut stdin = std::io::stdin().lock();
        while stdin.read(&mut buffer).is_ok_and(|length| length > 0) {}
    };
    // A task that fails ends the wait as well: better a server too few than one that nobody can stop.
    let _ = tokio::task::spawn_blocking(read).await;
}

async fn death(server: &Server) -> Fault {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(fault) = server.assert_alive().await {
            return fault;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_is_the_shell_s() {
        assert_eq!(code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(code(ExitStatus::from_raw(15)), 143);
    }
}
