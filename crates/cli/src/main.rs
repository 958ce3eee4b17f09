//! Groundline on the command line: arguments to settings to commands to output.
//! Out: the work itself (`pg`, `migrate`), and how results are drawn (`evidence`).

mod app;
mod approve;
mod args;
mod backup;
mod check;
mod console;
mod decide;
mod diff;
mod docs;
mod doctor;
mod drift;
mod drill;
mod fingerprint;
mod gate;
mod generated;
mod guard;
mod identify;
mod init;
mod lint;
mod lock;
mod locked;
mod manage;
mod operand;
mod postgres;
mod ready;
mod seen;
mod serve;
mod settings;
mod signals;
mod signing;
mod statements;
mod upgrade;

use args::{Cli, Command};
use clap::Parser;
use groundline_core::{Fault, Result};
use std::pin::Pin;
use std::process::ExitCode;

/// Trees of statements and objects of catalogs are millions of small values: the system's allocator takes a fifth of the
/// time of a lint.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a command ends with. Its number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// It ran, and found something; or it refused.
    Findings,
    /// It could not do what it was asked.
    CouldNot,
    /// The exit status of the command that it ran (`postgres run`).
    Of(u8),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    console::set_colors(!cli.no_color);
    let exit = match runtime(&cli.command) {
        Ok(runtime) => {
            let exit = runtime.block_on(Box::pin(run(cli.command)));
            // A blocking request that is still under way must not hold up the end.
            runtime.shutdown_background();
            exit
        }
        Err(error) => Err(Fault::new("the runtime could not be started").why(error.to_string())),
    };
    let exit = exit.unwrap_or_else(|fault| {
        console::fault(&fault);
        Exit::CouldNot
    });
    ExitCode::from(match exit {
        Exit::Done => 0,
        Exit::Findings => 1,
        Exit::CouldNot => 2,
        Exit::Of(code) => code,
    })
}

/// Where a command runs. One that talks to one server and does little else is faster on one thread, without handing every piece of
/// an answer to another.
fn runtime(command: &Command) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match command {
        Command::Fingerprint(_)
        | Command::Diff(_)
        | Command::Drift(_)
        | Command::Identify(_)
        | Command::Plan(_)
        | Command::Ready(_)
        | Command::Upgrade(_)
        | Command::Downgrade(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

/// Does some work. On Ctrl-C or SIGTERM it is dropped where it stands: servers, applications and temporary
/// folders are values whose drop stops and removes them.
async fn unless_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    use tokio::signal::unix::{SignalKind, signal};
    let cannot = |error: std::io::Error| Fault::new("signals can't be watched").why(error.to_string());
    let mut terminated = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(cannot)?;
    tokio::select! {
        done = work => done,
        _ = interrupted.recv() => Err(stopped("Ctrl-C")),
        _ = terminated.recv() => Err(stopped("SIGTERM")),
    }
}

fn stopped(by: &str) -> Fault {
    Fault::new(format!("stopped by {by}"))
        .why("shadow servers, applications and temporary folders were removed")
}

/// Each command is a value on the heap: together on the stack of one thread they would be too much for it.
async fn run(command: Command) -> Result<Exit> {
    let work: Pin<Box<dyn Future<Output = Result<Exit>>>> = match command {
        Command::Check(args) => Box::pin(unless_interrupted(check::run(args))),
        Command::Lock(args) => Box::pin(unless_interrupted(lock::run(args))),
        Command::Identify(args) => Box::pin(unless_interrupted(identify::run(args))),
        Command::Drill(args) => Box::pin(unless_interrupted(drill::run(args))),
        Command::Fingerprint(args) => Box::pin(unless_interrupted(fingerprint::run(args))),
        Command::Diff(args) => Box::pin(unless_interrupted(diff::run(args))),
        Command::Drift(args) => Box::pin(drift::run(args)),
        Command::Doctor(args) => Box::pin(unless_interrupted(doctor::run(args))),
        Command::Lint(args) => Box::pin(unless_interrupted(lint::lint(args))),
        Command::Trace(args) => Box::pin(unless_interrupted(lint::trace(args))),
        Command::Rule(args) => Box::pin(lint::rule(args)),
        Command::Debt(args) => Box::pin(unless_interrupted(lint::debt(args))),
        Command::Stats(args) => Box::pin(unless_interrupted(lint::stats(args))),
        Command::Plan(args) => Box::pin(unless_interrupted(upgrade::plan(args))),
        Command::Upgrade(args) => Box::pin(upgrade::upgrade(args)),
        Command::Downgrade(args) => Box::pin(upgrade::downgrade(args)),
        Command::Approve(args) => Box::pin(approve::run(args)),
        Command::History(args) => Box::pin(unless_interrupted(manage::history::run(args))),
        Command::Current(args) => Box::pin(unless_interrupted(manage::current::run(args))),
        Command::Stamp(args) => Box::pin(unless_interrupted(manage::stamp::run(args))),
        Command::Adopt(args) => Box::pin(unless_interrupted(manage::adopt::run(args))),
        Command::Reconcile(args) => Box::pin(unless_interrupted(manage::reconcile::run(args))),
        Command::Baseline(args) => Box::pin(unless_interrupted(manage::baseline::run(args))),
        Command::Revision(args) => Box::pin(unless_interrupted(manage::revision::run(args))),
        Command::Repair(args) => Box::pin(unless_interrupted(manage::repair::run(args))),
        Command::Ready(args) => Box::pin(unless_interrupted(ready::run(args))),
        Command::Backup(args) => Box::pin(unless_interrupted(backup::run(args))),
        Command::Gate(args) => Box::pin(gate::run(args)),
        Command::Sign(args) => Box::pin(gate::sign(args)),
        Command::Evidence(args) => Box::pin(gate::evidence(args)),
        Command::Init(args) => Box::pin(unless_interrupted(init::run(args))),
        Command::Serve(args) => Box::pin(unless_interrupted(serve::run(args))),
        Command::Docs(args) => Box::pin(docs::run(args)),
        Command::Guard(args) => Box::pin(unless_interrupted(guard::run(args))),
        Command::Decide(args) => Box::pin(unless_interrupted(decide::run(args))),
        Command::Restore(args) => Box::pin(unless_interrupted(backup::restore(args))),
        Command::Rehearse(args) => Box::pin(unless_interrupted(backup::rehearse(args))),
        Command::Completions(args) => Box::pin(generated::completions(args)),
        Command::Man(args) => Box::pin(generated::man(args)),
        Command::Postgres(args) => Box::pin(postgres::run(args)),
    };
    work.await
}
