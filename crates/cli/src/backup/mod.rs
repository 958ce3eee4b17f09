//! The commands `backup`, `restore` and `rehearse`.
//! Out: the work (`pg::backup`); when an upgrade needs a backup (`policy`).
//! Called by `main`, and by the execution for its policy.

pub mod args;
mod policy;
mod rehearse;

pub use policy::{BackupConfig, before_upgrade};
pub use rehearse::{rehearsed, run as rehearse};

use crate::args::{Format, ServerArgs};
use crate::settings::Project;
use crate::{Exit, console};
use args::{Action, BackupArgs, ListArgs, MakeArgs, Place, PruneArgs, RestoreArgs, VerifyArgs};
use groundline_core::{Fault, Major, Result};
use groundline_evidence::{count, duration, grouped, json_text};
use groundline_pg::backup::{self, Form, Kept, Progress, Verified};
use groundline_pg::client;
use groundline_pg::dialect;
use groundline_pg::introspect::Excluded;
use groundline_pg::server::{Database, Server};
use groundline_pg::stage;
use indicatif::ProgressBar;
use jiff::Timestamp;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Runs `backup`.
pub async fn run(args: BackupArgs) -> Result<Exit> {
    match args.action {
        None => make(args.make).await,
        Some(Action::Make(args)) => make(args).await,
        Some(Action::List(args)) => list(&args),
        Some(Action::Verify(args)) => verify(args).await,
        Some(Action::Prune(args)) => prune(&args),
    }
}

impl Place {
    fn open(&self) -> Result<(Project, PathBuf)> {
        let project = Project::open(&self.project.args())?;
        let folder = self.folder.clone().unwrap_or_else(|| folder(&project));
        Ok((project, folder))
    }
}

/// Where a project's backups lie.
pub fn folder(project: &Project) -> PathBuf {
    project.folder.join(project.config.backup.folder.as_deref().unwrap_or(Path::new(".groundline/backups")))
}

async fn make(args: MakeArgs) -> Result<Exit> {
    let (project, folder) = args.place.open()?;
    let url = args.url.unwrap_or_default();
    let form = if args.physical { Form::Physical } else { project.config.backup.form };
    let ask = Ask { form, verify: !args.no_verify };
    let kept = make_one(&project, &url, &folder, &args.server, ask).await?;
    console::data(&line(&kept));
    let keep = project.config.backup.keep;
    for gone in keep.map(|keep| backup::prune(&folder, keep)).transpose()?.unwrap_or_default() {
        console::say(&format!("removed {}", gone.display()));
    }
    Ok(exit(kept.verified.as_ref()))
}

fn exit(verified: Option<&Verified>) -> Exit {
    if verified.is_none_or(Verified::is_good) { Exit::Done } else { Exit::Findings }
}

/// How one backup is made.
#[derive(Clone, Copy)]
pub struct Ask {
    pub form: Form,
    /// Whether it is tried at once.
    pub verify: bool,
}

/// Makes a backup of a database as the configuration says, tries it, and returns it.
pub async fn make_one(
    project: &Project,
    url: &str,
    folder: &Path,
    server: &ServerArgs,
    ask: Ask,
) -> Result<Kept> {
    let config = &project.config.backup;
    let client = client::connect(url).await?;
    let revision = newest(&client, project).await;
    let major = major_of(&client).await;
    client.close().await;
    let (name, now) = (project.name(), Timestamp::now());
    let wanted = backup::Wanted {
        url,
        project: &name,
        revision: &revision,
        folder,
        form: ask.form,
        jobs: config.jobs(),
        excluded: Excluded::outside(project.scope(None)),
    };
    let (id, started) = (now.strftime("%Y%m%dT%H%M%S%.3fZ").to_string(), now.to_string());
    if let Some(command) = &config.hook {
        return backup::find(&backup::run_hook(command, &wanted, (&id, &started)).await?);
    }
    let server = shadow(project, ("database", major?), server).await?;
    let bar = Bar(console::progress_bar("{prefix} [{bar:30}] {bytes}/{total_bytes}"));
    let made = backup::make(&server, &wanted, (&id, &started), &bar).await;
    bar.0.finish_and_clear();
    let made = made?;
    if ask.verify {
        backup::verify(&server, &backup::find(&made)?, &wanted.excluded, &Timestamp::now().to_string())
            .await?;
    }
    server.stop().await?;
    backup::find(&made)
}

/// A shadow of the major that `whose` has, whose programs dump and restore it.
async fn shadow(
    project: &Project,
    (whose, major): (&str, impl Display),
    server: &ServerArgs,
) -> Result<Server> {
    let mut wanted = project.wanted_server(server)?;
    let major = major.to_string().parse::<Major>();
    let unsupported = |why| Fault::new(format!("the {whose}'s major is not supported")).why(why);
    wanted.major = Some(major.map_err(unsupported)?);
    Server::start(&wanted, &console::Stderr).await
}

/// The major of the database's server.
async fn major_of(client: &client::Client) -> Result<i32> {
    let row = client.query_one("SELECT current_setting('server_version_num')::int / 10000", &[]).await;
    row.map(|row| row.get(0)).map_err(|error| client::fault(&error))
}

/// The newest applied revision, where the project has a history and the database its table.
async fn newest(client: &client::Client, project: &Project) -> String {
    let Ok(history) = crate::drill::history(project) else { return String::new() };
    let Ok(dialect) = stage::dialect_of(&history) else { return String::new() };
    let recorded = dialect::recorded(client, dialect).await.ok().flatten();
    recorded.and_then(|versions| versions.last().cloned()).unwrap_or_default()
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn written(&self, bytes: u64, of: u64) {
        self.0.set_prefix("backup");
        self.0.set_length(of.max(bytes));
        self.0.set_position(bytes);
    }
}

fn list(args: &ListArgs) -> Result<Exit> {
    let (_, folder) = args.place.open()?;
    let all = backup::list(&folder)?;
    match args.format {
        Format::Json => {
            let one = |kept: &Kept| serde_json::json!({ "folder": kept.folder, "backup": kept.backup, "verified": kept.verified });
            console::data(&json_text(&all.iter().map(one).collect::<Vec<_>>())?);
        }
        Format::Text if all.is_empty() => console::data(&format!("no backups in {}\n", folder.display())),
        Format::Text => all.iter().for_each(|kept| console::data(&line(kept))),
    }
    Ok(Exit::Done)
}

/// A backup in some lines.
fn line(kept: &Kept) -> String {
    let backup = &kept.backup;
    let rows: u64 = backup.tables.iter().map(|table| table.rows).sum();
    let at = match backup.revision.as_str() {
        "" => String::new(),
        revision => format!(" at revision {revision}"),
    };
    let mut text = format!(
        "{}\n  {}{at}, schema {}, on PostgreSQL {}\n  {} in {}, {}, {} bytes, {}\n",
        backup.id,
        backup.database,
        backup.fingerprint.short(),
        backup.server.split(' ').next().unwrap_or_default(),
        grouped(rows) + " rows",
        count(backup.tables.len(), "table"),
        backup.method.words(),
        grouped(backup.bytes),
        duration(backup.milliseconds)
    );
    text.push_str(&match &kept.verified {
        None => "  not tried: groundline backup verify\n".to_owned(),
        Some(verified) if verified.is_good() => {
            let took = duration(verified.restore_milliseconds);
            let but = match backup.written.is_empty() {
                true => String::new(),
                false => format!(", but for what was written meanwhile: {}", backup.written.join(", ")),
            };
            format!("  verified: restored in {took}, schema and rows are those that were there{but}\n")
        }
        Some(verified) => {
            let said = verified.faults.iter().map(told);
            format!("  no use: {}\n", said.collect::<Vec<_>>().join("\n          "))
        }
    });
    if let Some(rehearsal) = &kept.rehearsal {
        let took = duration(rehearsal.milliseconds());
        let revisions = count(rehearsal.steps.len(), "revision");
        let but = if rehearsal.fault.is_some() { ", and stopped at a fault" } else { "" };
        text.push_str(&format!("  rehearsed: {revisions} in {took}{but}\n"));
    }
    text
}

fn told(fault: &Fault) -> String {
    let place = fault.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    let why = fault.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{place}{}{why}", fault.what)
}

/// The backup that a person names, or the newest.
fn pick(folder: &Path, named: Option<&str>) -> Result<Kept> {
    match named {
        Some(name) if Path::new(name).join("backup.json").is_file() => backup::find(Path::new(name)),
        Some(name) => backup::find(&folder.join(name)),
        None => backup::list(folder)?.pop().ok_or_else(|| {
            Fault::new("there is no backup")
                .at(groundline_core::Place::file(folder))
                .next("make one: groundline backup --url URL")
        }),
    }
}

async fn verify(args: VerifyArgs) -> Result<Exit> {
    let (project, folder) = args.place.open()?;
    let kept = pick(&folder, args.backup.as_deref())?;
    let server = shadow(&project, ("backup", kept.backup.major), &args.server).await?;
    let excluded = Excluded::outside(project.scope(None));
    let verified = backup::verify(&server, &kept, &excluded, &Timestamp::now().to_string()).await;
    server.stop().await?;
    let verified = verified?;
    console::data(&line(&backup::find(&kept.folder)?));
    Ok(exit(Some(&verified)))
}

fn prune(args: &PruneArgs) -> Result<Exit> {
    let (project, folder) = args.place.open()?;
    let keep = args.keep.or(project.config.backup.keep).ok_or_else(|| {
        Fault::new("how many backups stay is not said")
            .next("--keep N, or keep in [backup] of groundline.toml")
    })?;
    let gone = backup::prune(&folder, keep)?;
    gone.iter().for_each(|path| console::data(&format!("removed {}\n", path.display())));
    console::data(&format!("{} removed\n", count(gone.len(), "backup")));
    Ok(Exit::Done)
}

/// Runs `restore`.
pub async fn restore(args: RestoreArgs) -> Result<Exit> {
    let (project, folder) = args.place.open()?;
    let kept = pick(&folder, args.backup.as_deref())?;
    if let Some(to) = &args.to_folder {
        if let Err(fault) = backup::unpack(&kept, to) {
            console::fault(&fault);
            return Ok(Exit::Findings);
        }
        let (to, version) = (to.display(), &kept.backup.server);
        console::data(&format!(
            "{to} holds the server of {}; start PostgreSQL {version} on it: pg_ctl -D {to} start\n",
            kept.backup.id
        ));
        return Ok(Exit::Done);
    }
    let to = args.to.unwrap_or_default();
    let name = Database::at(&to)?.name;
    if let Some(typed) = args.replace.as_ref().filter(|typed| **typed != name) {
        console::fault(
            &Fault::new(format!("the database is {name}, and {typed} was typed"))
                .next(format!("--replace {name}")),
        );
        return Ok(Exit::Findings);
    }
    let server = shadow(&project, ("backup", kept.backup.major), &args.server).await?;
    let excluded = Excluded::outside(project.scope(None));
    let target = (to.as_str(), args.replace.is_some());
    let restored = backup::restore(&server, &kept, target, project.config.backup.jobs(), &excluded).await;
    server.stop().await?;
    let restored = match restored {
        Ok(restored) => restored,
        Err(fault) => {
            console::fault(&fault);
            return Ok(Exit::Findings);
        }
    };
    let took = duration(restored.milliseconds);
    console::data(&format!(
        "{} is restored in {took}: schema and rows are those that were there\n",
        restored.database
    ));
    if let Some(old) = restored.replaced {
        console::data(&format!(
            "the one that was there is {old} now; drop it when nobody needs it any more\n"
        ));
    }
    Ok(Exit::Done)
}
