//! The command `baseline`: the first revision of a project whose database is there already, as SQL that makes its
//! schema; written only when it is shown that an empty database with it has the same schema.
//! Out: the statements (`catalog::ddl`), the files' names (`migrate::layout`), writing them (`files`).
//! Called by `main`.

use super::files::{self, ALEMBIC};
use super::squash;
use crate::args::{Format, InProject, ScopeArgs, ServerArgs};
use crate::operand::{Loaded, Loader, Operand};
use crate::settings::Project;
use crate::{Exit, console, statements};
use clap::Args;
use groundline_catalog::ddl::{self, Form, Part, Plan};
use groundline_catalog::{ObjectKind, Snapshot};
use groundline_core::{Digest, Fault, Place, Result};
use groundline_evidence::{Compared, count, json_text, render_comparison};
use groundline_migrate::layout::{self, Body, NewFile, Statement, Writing};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What its way down says.
const NO_WAY_DOWN: &str = "the baseline has no way down: before it there is no schema";

/// What a comparison calls the two.
const TITLES: [&str; 2] = ["source", "baseline"];

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct BaselineArgs {
    /// Whose schema it is to be.
    #[arg(
        value_name = "SOURCE",
        required_unless_present = "squash_through",
        conflicts_with = "squash_through"
    )]
    pub source: Option<String>,
    /// Take the place of the history's revisions up to this one.
    #[arg(long, value_name = "VERSION")]
    pub squash_through: Option<String>,
    /// What the revision is called.
    #[arg(short, long, value_name = "TEXT", default_value = "baseline")]
    pub message: String,
    /// Print the script, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t, conflicts_with = "dry_run")]
    pub format: Format,
}

/// What was written, and what was shown of it.
#[derive(Serialize)]
struct Made {
    /// 1 at the time of writing.
    baseline_version: u32,
    source: String,
    layout: String,
    files: Vec<PathBuf>,
    statements: usize,
    /// Of the source, and of an empty database with the baseline: they are the same.
    fingerprint: Digest,
}

/// A baseline that is proven.
struct Proven {
    source: Loaded,
    plan: Plan,
    files: Vec<NewFile>,
    fingerprint: Digest,
}

/// Runs `baseline`.
pub async fn run(args: BaselineArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let mut loader = Loader::new(&project, &args.server, project.scope(args.scope.profile)).with_needs(true);
    if let Some(version) = &args.squash_through {
        let squashed = squash::run(&mut loader, &args, &project, version).await;
        loader.finish().await?;
        return squashed;
    }
    let operand = Operand::parse(args.source.as_deref().unwrap_or_default())?;
    let (folder, layout) = match files::there(&project)? {
        None => files::first(&project)?,
        Some(history) => {
            return Err(Fault::new("the project has a history already")
                .at(Place::file(&history.folder))
                .why(format!("it has {}", count(history.revisions.len(), "revision")))
                .next(
                    "name a folder without one (--migrations DIR --layout ID), or --squash-through VERSION",
                ));
        }
    };
    let proven = prove(&mut loader, &operand, (&project, &folder, &layout), &title(&args.message)).await;
    loader.finish().await?;
    let Some(proven) = proven? else { return Ok(Exit::Findings) };
    console::say_scope([&proven.source.schema]);
    if args.dry_run {
        proven.files.iter().for_each(|file| console::data(&file.text));
        return Ok(Exit::Done);
    }
    let written = files::write(&folder, &proven.files)?;
    told(&proven, written.iter().map(|file| folder.join(file)).collect(), layout, args.format)?;
    Ok(Exit::Done)
}

fn told(proven: &Proven, files: Vec<PathBuf>, layout: String, format: Format) -> Result<()> {
    let made = Made {
        baseline_version: 1,
        source: proven.source.name.clone(),
        layout,
        files,
        statements: proven.plan.steps.len(),
        fingerprint: proven.fingerprint,
    };
    if matches!(format, Format::Json) {
        console::data(&json_text(&made)?);
        return Ok(());
    }
    let lines: String = made.files.iter().map(|path| format!("wrote {}\n", path.display())).collect();
    console::data(&format!(
        "{lines}proven: an empty database with it has the schema of {}, {} by {}, fingerprint {}\n",
        made.source,
        count(proven.source.schema.objects.len(), "object"),
        count(made.statements, "statement"),
        made.fingerprint.short()
    ));
    console::say("then `groundline lock`, and `groundline adopt` on each database that is there already");
    Ok(())
}

/// The title; a reader finds a baseline by the word.
pub fn title(message: &str) -> String {
    match message.to_lowercase().contains("baseline") {
        true => message.to_owned(),
        false => format!("baseline {message}"),
    }
}

/// Makes the files, plays them on an empty database, and compares. Nothing where that is not the source; then it is
/// said why.
async fn prove(
    loader: &mut Loader<'_>,
    operand: &Operand,
    (project, folder, layout): (&Project, &Path, &str),
    title: &str,
) -> Result<Option<Proven>> {
    let source = loader.load(operand).await?;
    let Some((plan, body)) = script(loader, &source).await? else { return Ok(None) };
    if layout == ALEMBIC {
        let with = Body { writing: Writing::Operations, ..body.clone() };
        let files = layout::scaffold((folder, layout), None, (title, Some(&with)), &files::now())?;
        let wanted = source.schema.fingerprint();
        match played(loader, (project, folder, layout), &files, &source.schema).await {
            Ok(made) if made.fingerprint() == wanted => {
                return Ok(Some(Proven { source, plan, files, fingerprint: wanted.schema }));
            }
            _ => console::say(files::NO_OPERATIONS),
        }
    }
    let files = layout::scaffold((folder, layout), None, (title, Some(&body)), &files::now())?;
    let made = played(loader, (project, folder, layout), &files, &source.schema).await?;
    if !is_same((&source.name, &source.schema), ("empty + baseline", &made))? {
        return Ok(None);
    }
    let fingerprint = made.fingerprint().schema;
    Ok(Some(Proven { source, plan, files, fingerprint }))
}

/// Whether a baseline has the schema that it is made of; where not, how they differ is told.
pub fn is_same(source: (&str, &Snapshot), made: (&str, &Snapshot)) -> Result<bool> {
    let compared = Compared::new(source, made)?;
    if compared.data().equal {
        return Ok(true);
    }
    console::data(&render_comparison(&compared, TITLES, false, console::look()));
    console::fault(
        &Fault::new("an empty database with it is not the source, so it is no baseline")
            .next("the differences are above; nothing was written"),
    );
    Ok(false)
}

/// The statements that make a schema, as the body of a revision. Nothing where they would not make all of it; then it is
/// said why.
pub async fn script(loader: &mut Loader<'_>, source: &Loaded) -> Result<Option<(Plan, Body)>> {
    let base = loader.base().await?;
    let plan = ddl::plan(&base, &source.schema, ddl::Options::default());
    if !plan.left_out.is_empty() {
        statements::tell_left_out(&plan.left_out);
        console::fault(
            &Fault::new("what could be written is not the whole schema, so it is no baseline")
                .why(format!("{} could not be written", count(plan.left_out.len(), "object")))
                .next("leave them out of the scope in groundline.toml with a reason, or make them before: shadow.before"),
        );
        return Ok(None);
    }
    if plan.steps.is_empty() {
        return Err(Fault::new("there is nothing to begin with")
            .why(format!("{} has nothing that an empty database has not", source.name)));
    }
    let body = body(source, &ddl::parts(&plan, (&base, &source.schema), Form::Plain));
    Ok(Some((plan, body)))
}

fn body(source: &Loaded, parts: &[Part]) -> Body {
    let up = files::statements(parts.iter().flat_map(Part::pieces));
    let header = vec![
        "The schema that was there before migrations: an empty database with this revision has exactly this schema."
            .to_owned(),
        format!(
            "PostgreSQL {}, {}, fingerprint {}",
            source.schema.server.major(),
            count(source.schema.objects.len(), "object"),
            source.schema.fingerprint().schema.short()
        ),
        "Databases that have it are told so, and it is not run on them: groundline adopt".to_owned(),
    ];
    Body {
        header,
        up,
        down: vec![Statement::refusing(NO_WAY_DOWN)],
        in_transaction: true,
        writing: Writing::Statements,
    }
}

/// The schema of an empty database with new files, in a folder of their own.
async fn played(
    loader: &mut Loader<'_>,
    (project, folder, layout): (&Project, &Path, &str),
    files: &[NewFile],
    source: &Snapshot,
) -> Result<Snapshot> {
    let place = match layout {
        // Its `env.py` runs it.
        ALEMBIC => environment(folder)?,
        _ => files::temporary()?,
    };
    files::write(place.path(), files)?;
    let history = layout::read(place.path(), Some(layout))?;
    let played = loader.replay(project, &history, &history.revisions).await;
    played.map_err(|fault| {
        let is_role = fault.sqlstate.as_deref() == Some("42704") && fault.what.starts_with("role ");
        match is_role {
            true => fault.next(format!(
                "roles are of the server, not of the schema: have them made for shadow databases, in a file that \
                 groundline.toml names as shadow.before: {}",
                roles(source)
            )),
            false => fault.next("nothing was written; --dry-run shows the script of what can be proven"),
        }
    })
}

/// A copy of Alembic's folder.
fn environment(folder: &Path) -> Result<TempDir> {
    match folder.join("env.py").is_file() {
        true => files::copied_folder(folder),
        false => Err(Fault::new("there is no env.py").at(Place::file(folder)).next(format!(
            "make the folder with `alembic init {}`, and have env.py connect with the project's URL",
            folder.display()
        ))),
    }
}

/// Statements that make the roles that grants and policies name.
fn roles(schema: &Snapshot) -> String {
    let granted =
        schema.of_kind(ObjectKind::Grant).filter_map(|(id, _)| Some(id.identity.rsplit_once(" to ")?.1));
    let named = granted.filter(|name| !name.starts_with("pg_") && !matches!(*name, "PUBLIC" | "(owner)"));
    let named: BTreeSet<&str> = named.collect();
    named.iter().map(|name| format!("CREATE ROLE {name};")).collect::<Vec<_>>().join(" ")
}
