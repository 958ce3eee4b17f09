//! The arguments of `gate`, `sign` and `evidence`.

use crate::args::ProjectArgs;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct GateArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Folder of evidence; DIR/.groundline/evidence without it.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// A database whose emergencies are looked at, too: each waits for a signature. It is only read.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: GateForm,
}

/// How the gate is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GateForm {
    /// For a terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For a CI that reads test reports.
    Junit,
    /// Annotations of GitHub's.
    Github,
}

#[derive(Debug, Args)]
pub struct SignArgs {
    /// The items to sign; `signed-off` is the whole definition of done.
    #[arg(required = true, value_name = "ITEM")]
    pub items: Vec<String>,
    /// Who signs: a name of [owners] approvers.
    #[arg(long = "as", value_name = "NAME", env = "GROUNDLINE_OPERATOR")]
    pub signer: Option<String>,
    /// The key: a private key's file, or a public one's, for which the agent or a hardware key signs.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// What there is to say about it.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Folder of the project.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    /// Folder of evidence; DIR/.groundline/evidence without it.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct EvidenceArgs {
    #[command(subcommand)]
    pub action: EvidenceAction,
}

#[derive(Debug, Subcommand)]
pub enum EvidenceAction {
    /// List the runs, the newest last.
    List(EvidencePlace),
    /// Show a run's report; the newest without an id.
    Show(ShowArgs),
    /// Hold every run against its digests, and every signature against its key.
    Verify(EvidencePlace),
    /// Put a run, the signatures and what verifies them into one archive, which needs no Groundline to be verified.
    Export(ExportArgs),
    /// Remove the oldest runs; the chain then begins later, which is told.
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub struct EvidencePlace {
    /// Folder of the project.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    /// Folder of evidence; DIR/.groundline/evidence without it.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Which run.
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[command(flatten)]
    pub place: EvidencePlace,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Which run; the newest without it.
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// The archive.
    #[arg(long, value_name = "FILE", default_value = "evidence.tar.gz")]
    pub out: PathBuf,
    #[command(flatten)]
    pub place: EvidencePlace,
}

#[derive(Debug, Args)]
pub struct PruneArgs {
    /// How many runs stay.
    #[arg(long, value_name = "N")]
    pub keep: usize,
    #[command(flatten)]
    pub place: EvidencePlace,
}
