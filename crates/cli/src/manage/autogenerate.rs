//! `revision --autogenerate`: the revisions that lead from a history's head to a desired schema, each with its way back,
//! written only when they are shown to lead there and back.
//! Out: the statements and what runs together (`catalog::ddl`), names and texts (`migrate::layout`), writing (`files`).
//! Called by `revision`.

use super::revision::RevisionArgs;
use super::trial::Trial;
use super::{files, rename};
use crate::args::Format;
use crate::operand::{Loaded, Loader, Operand};
use crate::settings::Project;
use crate::{Exit, console, drill, statements};
use clap::Args;
use groundline_catalog::ddl::{self, Form, LeftOut, Options, Part, Plan};
use groundline_catalog::{Change, Snapshot, diff};
use groundline_core::{Fault, Result};
use groundline_evidence::{count, json_text};
use groundline_lint::Schema;
use groundline_migrate::history::History;
use groundline_migrate::layout::NewFile;
use serde::Serialize;
use std::path::PathBuf;

/// What a person decides on.
#[derive(Clone, Debug, Args)]
pub struct AutogenerateArgs {
    /// Write the statements that lead to this schema; without it the revision is empty.
    #[arg(long, value_name = "DESIRED")]
    pub autogenerate: Option<String>,
    /// With --autogenerate: also what loses data.
    #[arg(long, requires = "autogenerate")]
    pub allow_destructive: bool,
    /// With --autogenerate: a table or column that has another name there, as old=new; may be repeated.
    #[arg(long, value_name = "OLD=NEW", requires = "autogenerate")]
    pub rename: Vec<String>,
    /// With --autogenerate: all in one revision, with statements that block a table while they run.
    #[arg(long, requires = "autogenerate")]
    pub plain: bool,
}

/// What was written.
#[derive(Serialize)]
struct Made<'m> {
    /// 1 at the time of writing.
    autogenerate_version: u32,
    layout: &'m str,
    files: Vec<PathBuf>,
    /// What the revisions do not do, with the reasons.
    left_out: &'m [LeftOut],
}

/// Revisions that are proven.
struct Proven {
    files: Vec<NewFile>,
    parts: usize,
    left_out: Vec<LeftOut>,
}

/// Makes, proves and writes the revisions.
pub async fn run(
    (args, desired): (&RevisionArgs, &str),
    project: &Project,
    history: Option<&History>,
) -> Result<Exit> {
    let Some(history) = history else {
        return Err(Fault::new("there is no history yet")
            .next("begin with what is there: groundline baseline SOURCE"));
    };
    let operand = Operand::parse(desired)?;
    let mut loader = Loader::new(project, &args.server, project.scope(None)).with_needs(true);
    let proven = prove(&mut loader, args, (&operand, project, history)).await;
    loader.finish().await?;
    let (exit, proven) = proven?;
    let made = match &proven {
        None => Made { autogenerate_version: 1, layout: history.layout, files: Vec::new(), left_out: &[] },
        Some(proven) => {
            let written = files::write(&history.folder, &proven.files)?;
            let files = written.iter().map(|file| history.folder.join(file)).collect();
            Made { autogenerate_version: 1, layout: history.layout, files, left_out: &proven.left_out }
        }
    };
    match args.format {
        Format::Json => console::data(&json_text(&made)?),
        Format::Text => {
            made.files.iter().for_each(|path| console::data(&format!("wrote {}\n", path.display())));
            if let Some(proven) = proven {
                let revisions = count(proven.parts, "revision");
                let what =
                    if proven.left_out.is_empty() { "the schema of" } else { "what was not left out of" };
                console::data(&format!("proven: up to {what} {desired}, down, and up again; {revisions}\n"));
            }
        }
    }
    Ok(exit)
}

/// Makes the revisions, and plays them. Nothing where there is nothing to do.
async fn prove(
    loader: &mut Loader<'_>,
    args: &RevisionArgs,
    (operand, project, history): (&Operand, &Project, &History),
) -> Result<(Exit, Option<Proven>)> {
    let wanted = loader.load(operand).await?;
    let mut head = loader.replay(project, history, &history.revisions).await?;
    let choice = &args.autogenerate;
    let mut trial = Trial::of(history, &args.message)?;
    let renames = rename::read(&choice.rename, &head)?;
    if let Some(renames) = &renames {
        // PostgreSQL says what the schema is then.
        trial.write(history, std::slice::from_ref(&renames.up), None)?;
        let (_, mut schemas) = trial.drill(loader, project, 1).await?;
        head = schemas.pop().unwrap_or(head);
    }
    let plan = ddl::plan(&head, &wanted.schema, Options { destructive: choice.allow_destructive });
    statements::tell_left_out(&plan.left_out);
    rename::questions(&plan, &head, &wanted.schema).iter().for_each(console::note);
    let exit = if plan.left_out.is_empty() { Exit::Done } else { Exit::Findings };
    if plan.steps.is_empty() && renames.is_none() {
        console::say(&match plan.left_out.is_empty() {
            true => format!("nothing to do: the head has the schema of {}", wanted.name),
            false => "nothing was written: all that differs was left out".to_owned(),
        });
        return Ok((exit, None));
    }
    let form = if choice.plain { Form::Plain } else { Form::Online };
    let mut parts = ddl::parts(&plan, (&head, &wanted.schema), form);
    if let Some(renames) = &renames {
        parts.insert(0, renames.up.clone());
    }
    statements::tell_hazards(&script(&parts), &mut Schema::of(&head), head.server.major());
    let way = Way { parts: &parts, rename: renames.map(|renames| renames.down), plan: &plan, form };
    let lead = (history, project, &wanted);
    if let Err(fault) = way.tried(&mut trial, loader, &head, lead).await {
        if !std::mem::take(&mut trial.has_operations) {
            return Err(fault);
        }
        way.tried(&mut trial, loader, &head, lead).await?;
        console::say(files::NO_OPERATIONS);
    }
    Ok((exit, Some(Proven { files: trial.into_files(), parts: parts.len(), left_out: plan.left_out })))
}

/// Parts that are to lead there, and back.
struct Way<'w> {
    parts: &'w [Part],
    /// The way back of the renames, which are the first part.
    rename: Option<Part>,
    plan: &'w Plan,
    form: Form,
}

impl Way<'_> {
    /// Plays the parts, makes the ways back of what they do, and plays both.
    async fn tried(
        &self,
        trial: &mut Trial<'_>,
        loader: &mut Loader<'_>,
        head: &Snapshot,
        (history, project, wanted): (&History, &Project, &Loaded),
    ) -> Result<()> {
        trial.write(history, self.parts, None)?;
        let (_, schemas) = trial.drill(loader, project, self.parts.len()).await?;
        let mut downs: Vec<Result<Part, String>> = schemas
            .windows(2)
            .zip(self.parts)
            .map(|(pair, part)| down(pair, part.in_transaction, self.form))
            .collect();
        if let (Some(rename), Some(first)) = (&self.rename, downs.first_mut()) {
            *first = Ok(rename.clone());
        }
        trial.write(history, self.parts, Some(&downs))?;
        let (report, schemas) = trial.drill(loader, project, self.parts.len()).await?;
        assert_reached(schemas.last().unwrap_or(head), wanted, self.plan)?;
        if drill::is_clean(&report) {
            return Ok(());
        }
        let wrong = report.revisions.into_iter().find(|one| !one.verdict.is_clean());
        let fault = wrong.map_or_else(
            || Fault::new("a way down does not lead back"),
            |one| {
                let what = format!("the way down of {} does not lead back: {}", one.name, one.verdict.word());
                Fault::new(what).why(one.error.map(|fault| fault.what).unwrap_or_default())
            },
        );
        Err(fault.next("nothing was written; write this revision by hand: groundline revision -m TEXT"))
    }
}

/// All parts as one script, each in a transaction of its own.
fn script(parts: &[Part]) -> String {
    let part =
        |part: &Part| part.pieces().into_iter().map(|piece| format!("{};\n", piece.sql)).collect::<String>();
    parts.iter().map(part).collect::<Vec<_>>().join("COMMIT;\n")
}

/// The way back of a revision: from the schema after it to that before it, in as few transactions as it has.
///
/// # Errors
/// Why there is none.
pub fn down(pair: &[Snapshot], in_transaction: bool, form: Form) -> Result<Part, String> {
    let plan = ddl::plan(&pair[1], &pair[0], Options { destructive: true });
    if let Some(left) = plan.left_out.first() {
        return Err(format!("{}: {}", left.object, left.why));
    }
    let fits =
        |down: &Part| down.in_transaction == in_transaction || down.steps.len() == 1 && !in_transaction;
    [form, Form::Plain]
        .into_iter()
        .find_map(|form| {
            let mut parts = ddl::parts(&plan, (&pair[1], &pair[0]), form);
            (parts.len() == 1).then(|| parts.remove(0)).filter(fits)
        })
        .ok_or_else(|| "its way back takes several transactions".to_owned())
}

/// Whether the schema reached is the desired one, but for what was left out and for the order of columns, which no
/// statement changes.
fn assert_reached(reached: &Snapshot, wanted: &Loaded, plan: &Plan) -> Result<()> {
    let fault = |why: String| {
        Err(Fault::new(format!("the statements do not lead to the schema of {}", wanted.name))
            .why(why)
            .next("nothing was written; write this revision by hand: groundline revision -m TEXT"))
    };
    let again = ddl::plan(reached, &wanted.schema, Options::default());
    if let Some(step) = again.steps.first() {
        return fault(format!("afterwards there is still to do: {}", step.sql));
    }
    let real = |difference: &&groundline_catalog::Difference| {
        !matches!(difference.change, Change::ColumnOrder { .. })
    };
    match diff(reached, &wanted.schema).iter().find(real) {
        Some(difference) if plan.left_out.is_empty() => fault(format!("{} differs", difference.object)),
        _ => Ok(()),
    }
}
