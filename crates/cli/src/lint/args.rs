//! Arguments of `lint`, `trace`, `rule` and `debt`.
//! Out: what they do.

use crate::args::{Format, InProject, ServerArgs};
use clap::{Args, ValueEnum};
use groundline_evidence::LintForm;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct LintArgs {
    /// Scripts to judge, each on its own; without any, the project's new revisions.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The schema that the scripts meet; without it they are judged by their text alone.
    #[arg(long, value_name = "SCHEMA", requires = "files")]
    pub on: Option<String>,
    #[command(flatten)]
    pub which: Which,
    /// Ask this database for rows that would stop a statement. Tables are read in full, read only.
    #[arg(long, value_name = "URL")]
    pub data: Option<String>,
    /// How large tables are: what `groundline stats` wrote, or a database to ask, by its catalogs alone.
    #[arg(long, value_name = "FILE|URL")]
    pub stats: Option<String>,
    /// Show notes, too: what is worth knowing and never a reason to fail.
    #[arg(long)]
    pub notes: bool,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: LintFormat,
}

/// `lint` alone.
#[derive(Debug, Args)]
pub struct LintCommand {
    #[command(flatten)]
    pub lint: LintArgs,
    /// Rewrite what rules have a fix for, taking a revision apart where transactions ask for it; shown as a diff.
    /// Revisions that are locked stay as they are. --notes fixes notes, too.
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would be written, and write nothing.
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
}

/// Which revisions of the project.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// Revisions after this one: a version, a git ref that lacks them, or a database that does.
    #[arg(long, value_name = "SINCE", conflicts_with_all = ["files", "all"])]
    pub since: Option<String>,
    /// All revisions; without it those that are not locked yet, after the baseline.
    #[arg(long, conflicts_with = "files")]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct RuleArgs {
    /// Its code or name; without one, all rules are listed.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// All pages, as docs/reference/rules.md has them.
    #[arg(long, conflicts_with = "code")]
    pub pages: bool,
}

#[derive(Debug, Args)]
pub struct StatsArgs {
    /// The database; its catalogs are read, and nothing is locked.
    #[arg(value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
}

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct DebtArgs {
    /// The schema; a database is only read.
    #[arg(value_name = "SCHEMA", env = "DATABASE_URL", hide_env_values = true)]
    pub schema: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Form of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// For a comment on a pull request.
    Markdown,
}

impl LintFormat {
    /// The form for programs, where it is one.
    pub fn form(self) -> Option<LintForm> {
        match self {
            LintFormat::Text => None,
            LintFormat::Json => Some(LintForm::Json),
            LintFormat::Sarif => Some(LintForm::Sarif),
            LintFormat::Github => Some(LintForm::Github),
            LintFormat::Gitlab => Some(LintForm::CodeQuality),
            LintFormat::Junit => Some(LintForm::Junit),
            LintFormat::Markdown => Some(LintForm::Markdown),
        }
    }
}
