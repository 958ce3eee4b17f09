//! The command `reconcile`: what to do about drift. A person chooses: a revision that has what was done by hand, or the
//! statements that take it back.
//! Out: seeing drift (`drift`), writing the revision (`autogenerate`), the statements (`catalog::ddl`).
//! Called by `main`.

use super::autogenerate::{self, AutogenerateArgs};
use super::revision::RevisionArgs;
use crate::args::{Format, InProject, ServerArgs};
use crate::drift::expected::{self, Revisions};
use crate::operand::{Loaded, Loader};
use crate::settings::Project;
use crate::{Exit, console, drill, statements};
use clap::Args;
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::Options;
use groundline_core::{Fault, Place, Result, scrub};
use groundline_evidence::{Compared, count, render_comparison};
use groundline_migrate::history::{History, Revision};
use groundline_pg::client;
use groundline_pg::introspect::{Excluded, Reader};
use groundline_pg::{stage, standing};

#[derive(Debug, Args)]
pub struct ReconcileArgs {
    /// The database, which is only read.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    /// Write a revision of this name that does what was done by hand.
    #[arg(long, value_name = "TEXT", conflicts_with = "undo")]
    pub capture: Option<String>,
    /// Print the statements that take back what was done by hand.
    #[arg(long)]
    pub undo: bool,
    /// Also what loses data.
    #[arg(long)]
    pub allow_destructive: bool,
    /// The database should be at this revision, whatever its history table says.
    #[arg(long, value_name = "VERSION")]
    pub revision: Option<String>,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// What a database is, and what it should be.
struct Both {
    actual: Snapshot,
    expected: Loaded,
    revisions: Revisions,
}

/// Runs `reconcile`.
pub async fn run(args: ReconcileArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let history = drill::history(&project)?;
    let mut loader = Loader::new(&project, &args.server, project.scope(None)).with_needs(true);
    let both = look(&args, &project, &history, &mut loader).await;
    loader.finish().await?;
    let both = both?;
    let name = scrub(&args.url);
    let compared = Compared::new((&both.expected.name, &both.expected.schema), (&name, &both.actual))?;
    if compared.data().equal {
        console::say(&format!("nothing to reconcile: {name} has the schema of {}", both.expected.name));
        return Ok(Exit::Done);
    }
    match &args.capture {
        Some(message) => capture(&args, message, (&project, &history), &both).await,
        None if args.undo => Ok(undo(&args, &both)),
        None => {
            console::data(&render_comparison(&compared, ["expected", "database"], false, console::look()));
            console::note(
                &Fault::new("choose what becomes of it")
                    .why("--capture TEXT writes a revision that does it, for all other databases")
                    .next("--undo prints the statements that take it back"),
            );
            Ok(Exit::Findings)
        }
    }
}

async fn look(
    args: &ReconcileArgs,
    project: &Project,
    history: &History,
    loader: &mut Loader<'_>,
) -> Result<Both> {
    let client = client::connect(&args.url).await?;
    let mut reader = Reader::once(Excluded::outside(project.scope(None)).with_needs());
    let dialects = std::future::ready(Ok((stage::dialects_of(history), ())));
    let (standing, ()) = standing::look(&client, &mut reader, dialects).await?;
    let revisions = match &args.revision {
        Some(version) => expected::up_to(history, version)?,
        None => expected::recorded(history, standing.history.as_ref())?,
    };
    loader.match_major(&standing.schema);
    let schema = loader.replay(project, history, &revisions.applied).await?;
    let name = revisions.applied.last().map_or_else(|| "base".to_owned(), Revision::label);
    Ok(Both { actual: standing.schema, expected: Loaded::alone(name, schema), revisions })
}

/// A revision comes at the end, so the database has to be there.
async fn capture(
    args: &ReconcileArgs,
    message: &str,
    (project, history): (&Project, &History),
    both: &Both,
) -> Result<Exit> {
    if !both.revisions.pending.is_empty() {
        return Err(Fault::new("the database is not at head")
            .at(Place::Object(format!("database {}", scrub(&args.url))))
            .why(format!("pending: {}", both.revisions.pending.join(", ")))
            .next("a new revision comes after those: upgrade first (--allow-drift), or take it back with --undo"));
    }
    let autogenerate = AutogenerateArgs {
        autogenerate: Some(args.url.clone()),
        allow_destructive: args.allow_destructive,
        rename: Vec::new(),
        plain: false,
    };
    let revision = RevisionArgs {
        message: message.to_owned(),
        autogenerate,
        project: args.project.args(),
        server: args.server.clone(),
        format: Format::Text,
    };
    let exit = autogenerate::run((&revision, &args.url), project, Some(history)).await?;
    console::say(
        "this database has it already: `groundline stamp` there, `groundline upgrade` on all others",
    );
    Ok(exit)
}

fn undo(args: &ReconcileArgs, both: &Both) -> Exit {
    let options = Options { destructive: args.allow_destructive };
    let (plan, exit) = statements::print(&both.actual, &both.expected.schema, options);
    if exit == Exit::Done {
        console::say(&format!("{}; nothing was run", count(plan.steps.len(), "statement")));
    }
    exit
}
