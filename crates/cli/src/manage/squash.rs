//! `baseline --squash-through`: one revision in the place of a history's first ones, with the version of the last of
//! them, written only if the shortened history has the same schemas.
//! Out: the statements and what is a baseline (`baseline`), history tables of databases (`stamp`, `adopt`).
//! Called by `baseline`.

use super::baseline::{self, BaselineArgs};
use super::files;
use crate::operand::{Loaded, Loader};
use crate::settings::Project;
use crate::{Exit, console, drill};
use groundline_core::{Fault, Place, Result};
use groundline_evidence::count;
use groundline_migrate::history::History;
use groundline_migrate::layout;

/// Squashes.
pub async fn run(
    loader: &mut Loader<'_>,
    args: &BaselineArgs,
    project: &Project,
    version: &str,
) -> Result<Exit> {
    let history = drill::history(project)?;
    let at = history.find(version)?;
    allowed(&history, at)?;
    let (old, rest) = history.revisions.split_at(at + 1);
    let label = old[at].label();
    let source = Loaded::alone(label.clone(), loader.replay(project, &history, old).await?);
    let Some((_, mut body)) = baseline::script(loader, &source).await? else { return Ok(Exit::Findings) };
    body.header.extend(table(&label));
    let title = baseline::title(&args.message);
    let new = layout::instead(history.layout, &history, at, (&title, &body))?;
    if args.dry_run {
        new.iter().for_each(|file| console::data(&file.text));
        return Ok(Exit::Done);
    }
    let gone = files::of(&history.folder, old);
    let trial = files::copied(&history)?;
    files::replace(trial.path(), &gone, &new)?;
    let short = layout::read(trial.path(), Some(history.layout))?;
    if short.revisions.len() != rest.len() + 1 || short.revisions[0].version != old[at].version {
        return Err(Fault::new(format!("no file can take the version of {label}"))
            .at(Place::file(&history.folder))
            .next("nothing was written"));
    }
    let first = loader.replay(project, &short, &short.revisions[..1]).await?;
    let (long_head, short_head) = (
        loader.replay(project, &history, &history.revisions).await?,
        loader.replay(project, &short, &short.revisions).await?,
    );
    if !baseline::is_same((&label, &source.schema), ("empty + baseline", &first))?
        || !baseline::is_same(("head", &long_head), ("head after the baseline", &short_head))?
    {
        return Ok(Exit::Findings);
    }
    let written = files::replace(&history.folder, &gone, &new)?;
    written
        .iter()
        .for_each(|file| console::data(&format!("wrote {}\n", history.folder.join(file).display())));
    console::data(&format!(
        "proven: it has the schema of {label}, and head is the same; {} removed\n",
        count(old.len(), "revision")
    ));
    table(&label).iter().for_each(|line| console::say(line));
    console::say("then `groundline lock`");
    Ok(Exit::Done)
}

/// What becomes of the databases that there are.
fn table(label: &str) -> Vec<String> {
    let version = label.split(' ').next().unwrap_or(label);
    let first =
        "It takes the place of all revisions up to that version. What becomes of a database:".to_owned();
    let lines = [
        ("empty".to_owned(), "groundline upgrade".to_owned()),
        (format!("at {version} or later"), "groundline stamp --purge THE-REVISION-IT-IS-AT".to_owned()),
        (
            format!("before {version}"),
            format!("groundline upgrade {version} with the old files, then the line above"),
        ),
        ("without a history table".to_owned(), "groundline adopt".to_owned()),
    ];
    std::iter::once(first).chain(lines.map(|(state, way)| format!("  {state:<25} {way}"))).collect()
}

fn allowed(history: &History, at: usize) -> Result<()> {
    let fault = if history.graph.is_some() {
        "a history of branches is not squashed"
    } else if history.revisions[..=at].iter().any(|revision| revision.repeatable) {
        "a revision among them is repeatable"
    } else if at == 0 {
        "there is only one revision up to there"
    } else {
        return Ok(());
    };
    Err(Fault::new(fault).at(Place::file(&history.folder)).next("name a later VERSION: groundline history"))
}
