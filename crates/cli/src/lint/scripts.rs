//! Scripts that are named, each judged on its own on a schema that is named, too.
//! Out: revisions of a project (`revisions`). Called by `lint` and `trace`.

use super::args::LintArgs;
use super::{ask_rows, asked, major, observe, settings, stats};
use crate::console;
use crate::operand::{At, Loaded, Loader, Operand, made_of_models};
use crate::settings::Project;
use crate::{args::ProjectArgs, drill};
use groundline_core::{Fault, Major, Place, Result};
use groundline_evidence::LintReport;
use groundline_lint::{Schema, Verdict, judge};
use groundline_migrate::history::{History, Revision};
use groundline_pg::server::{Database, Server};
use groundline_pg::stage::{self, Play};
use groundline_pg::trace::{Ground, Trace, Tracer};
use groundline_sql::with_room;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Judges the scripts, and traces them.
pub async fn judged(project: &Project, args: &LintArgs, traces: bool) -> Result<LintReport> {
    let operand = args.on.as_deref().map(Operand::parse).transpose()?;
    let mut loader = Loader::new(project, &args.server, project.scope(None)).with_needs(true);
    let read = named(&mut loader, operand.as_ref()).await?;
    let (schema, major, name) = match &read {
        Some(read) => (Schema::of(&read.schema), read.schema.server.major(), Some(read.name.clone())),
        None if traces => (
            Schema { known: true, ..Schema::unknown() },
            loader.shadow().await?.version().major(),
            Some("an empty database".to_owned()),
        ),
        None => (Schema::unknown(), major(args, project)?, None),
    };
    let mut report = LintReport::new(major.number(), name);
    let done = match traces {
        true => traced(project, args, loader.shadow().await?, operand.as_ref(), &schema, &mut report).await,
        false => untraced(project, args, (&schema, major), &mut report).await,
    };
    loader.finish().await?;
    done.map(|()| report)
}

/// The schema that is named, if one is.
async fn named(loader: &mut Loader<'_>, operand: Option<&Operand>) -> Result<Option<Loaded>> {
    let Some(operand) = operand else { return Ok(None) };
    match loader.load(operand).await {
        Ok(read) => Ok(Some(read)),
        Err(fault) => {
            loader.finish().await?;
            Err(fault)
        }
    }
}

/// The schema that scripts are judged on, and the major.
pub async fn ground_of(project: &Project, args: &LintArgs) -> Result<(Schema, Major)> {
    let operand = args.on.as_deref().map(Operand::parse).transpose()?;
    let mut loader = Loader::new(project, &args.server, project.scope(None)).with_needs(true);
    let read = named(&mut loader, operand.as_ref()).await?;
    loader.finish().await?;
    match read {
        Some(read) => Ok((Schema::of(&read.schema), read.schema.server.major())),
        None => Ok((Schema::unknown(), major(args, project)?)),
    }
}

/// Side by side: a script is judged in much less time than a process or a server takes to start, so there may be many.
async fn untraced(
    project: &Project,
    args: &LintArgs,
    (schema, major): (&Schema, Major),
    report: &mut LintReport,
) -> Result<()> {
    let sizes = stats::of(args.stats.as_deref()).await?;
    let next = AtomicUsize::new(0);
    let judge_one = |file: &PathBuf| -> Result<(Arc<str>, Verdict)> {
        let text: Arc<str> = read(file)?.into();
        let verdict = judge(&text, &mut schema.clone(), settings(&project.config.policy, major, false))
            .sized(sizes.as_ref(), project.config.lint.sizes)
            .levelled(&project.config.lint.rules);
        Ok((text, verdict))
    };
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = args.files.get(at) else { return done };
            done.push((at, judge_one(file)));
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(args.files.len());
    let judged: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(|| with_room(work))).collect();
        running
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("the lint gave up".to_owned())))
            .collect()
    });
    let mut all = Vec::with_capacity(args.files.len());
    for some in judged {
        all.extend(some.map_err(Fault::new)?);
    }
    all.sort_by_key(|(at, _)| *at);
    let data = asked(args).await?;
    for (at, one) in all {
        let (text, mut verdict) = one?;
        ask_rows(data.as_ref(), &mut verdict).await?;
        report.add(&args.files[at].display().to_string(), &text, 0, verdict, args.notes);
    }
    Ok(())
}

async fn traced(
    project: &Project,
    args: &LintArgs,
    server: &Server,
    operand: Option<&Operand>,
    schema: &Schema,
    report: &mut LintReport,
) -> Result<()> {
    let ground = ground(project, server, operand).await?;
    ground.notes.iter().for_each(console::note);
    let data = asked(args).await?;
    let sizes = stats::of(args.stats.as_deref()).await?;
    for file in &args.files {
        let text: Arc<str> = read(file)?.into();
        let history = History::of_script(file, text.to_string(), "script");
        let mut verdict = judge(
            &text,
            &mut schema.clone(),
            settings(&project.config.policy, server.version().major(), false),
        )
        .sized(sizes.as_ref(), project.config.lint.sizes)
        .levelled(&project.config.lint.rules);
        let copy = ground.copy().await?;
        let seen = traced_on(&copy, &history, &verdict.schemas()).await;
        ground.drop_copy(copy).await?;
        let name = file.display().to_string();
        let seen = seen?;
        report.trace.extend(observe(&name, (&text, 0), &mut verdict, &seen));
        seen.fault.iter().for_each(console::fault);
        ask_rows(data.as_ref(), &mut verdict).await?;
        report.add(&name, &text, 0, verdict, args.notes);
        if seen.fault.is_some() {
            return Err(Fault::new("the script stopped: what comes after was not seen").at(Place::file(file)));
        }
    }
    ground.remove().await
}

/// A dump says nothing of the database's own search path: where the script's names are found is looked up in the schema.
async fn traced_on(copy: &Database, history: &History, schemas: &[String]) -> Result<Trace> {
    let mut tracer = Tracer::open(copy).await?;
    tracer.look_in(schemas).await?;
    let seen = tracer.trace(history, &history.revisions[0], "").await;
    tracer.close().await;
    seen
}

/// The schema that is named, on the shadow.
async fn ground<'s>(project: &Project, server: &'s Server, operand: Option<&Operand>) -> Result<Ground<'s>> {
    match operand {
        None => Ground::of_files(server, &[]).await,
        Some(Operand::File(file)) => Ground::of_files(server, std::slice::from_ref(file)).await,
        Some(Operand::Url(url)) => {
            let folder = tempfile::tempdir()
                .map_err(|error| Fault::io("make a temporary folder", std::env::temp_dir(), &error))?;
            Ground::of_live(server, url, folder.path()).await
        }
        Some(Operand::Project(at)) => played(project, server, at).await,
        Some(Operand::Folder(folder, at)) => {
            played(&Project::open(&ProjectArgs::of_folder(folder))?, server, at).await
        }
        Some(Operand::Models(models)) => {
            let made = made_of_models(project, models).await?;
            Ground::of_files(server, &[made.path().to_owned()]).await
        }
        Some(Operand::Lock) => {
            Err(Fault::new("a lock can't be traced on").next("name `migrations`, which is played"))
        }
    }
}

async fn played<'s>(project: &Project, server: &'s Server, at: &At) -> Result<Ground<'s>> {
    let history = drill::history(project)?;
    let prelude = drill::prelude(project)?;
    let alembic = drill::alembic(project, &history).await?;
    let play =
        Play::new(server, &history, stage::dialect_of(&history)?, prelude.as_ref()).run_by(alembic.as_ref());
    let number = match at {
        At::Head => history.revisions.len(),
        At::Base => 0,
        At::Revision(version) => history.find(version)? + 1,
    };
    let revisions: &[Revision] = &history.revisions[..number];
    Ground::of_revisions(server, &play, revisions).await
}

/// A script's text, without a byte order mark.
pub fn read(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).map_err(|error| Fault::io("read the script", file, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        Fault::new("the script is not UTF-8").at(Place::file(file)).why(error.to_string())
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}
