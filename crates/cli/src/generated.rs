//! The commands `completions` and `man`: what shells and manuals want, made from the command line itself.
//! Out: the command line (`args`).
//! Called by `main`.

use crate::args::Cli;
use crate::{Exit, console};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use groundline_core::{Fault, Result};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell.
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder for the pages: groundline.1, and one a command.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Runs `completions`.
pub async fn completions(args: CompletionsArgs) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "groundline", &mut script);
    console::data(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Runs `man`.
pub async fn man(args: ManArgs) -> Result<Exit> {
    let io = |error: std::io::Error| Fault::io("write the manual", &args.folder, &error);
    std::fs::create_dir_all(&args.folder).map_err(io)?;
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(io)?;
    console::data(&format!("wrote {}/groundline.1 and a page a command\n", args.folder.display()));
    Ok(Exit::Done)
}
