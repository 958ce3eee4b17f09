//! The files of revisions that are fixed, tried in a copy of the history before they are written: a revision that is taken
//! apart keeps its version for its first part, and the others come after the newest one.
//! In: texts, ways back, the proof. Out: which are fixed (`revisions`), writing them (`manage::files`).
//! Called by `revisions`.

use super::Change;
use crate::manage::{autogenerate, files};
use crate::operand::Loader;
use crate::settings::Project;
use groundline_catalog::ddl::Form;
use groundline_catalog::{Change as Of, Snapshot, diff};
use groundline_core::{Fault, Place, Result};
use groundline_lint::{Fixed, Part};
use groundline_migrate::history::{Down, History, Revision, Step};
use groundline_migrate::layout::{self, Body, NewFile, Statement, Writing};
use groundline_migrate::outcome::Verdict;
use groundline_pg::drill::{Drilled, Selection};
use groundline_sql::Script;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A revision to be fixed.
pub struct Wanted {
    /// Its place in the history.
    pub index: usize,
    pub fixed: Fixed,
}

/// Files that go, and those that come.
#[derive(Default)]
pub struct Made {
    pub gone: Vec<PathBuf>,
    pub new: Vec<NewFile>,
}

impl Made {
    /// What becomes of each file.
    pub fn changes(&self, history: &History) -> Result<Vec<Change>> {
        let read = |path: &Path| {
            let path = history.folder.join(path);
            std::fs::read_to_string(&path).map_err(|error| Fault::io("read the revision", &path, &error))
        };
        let shown = |path: &Path| history.folder.join(path).display().to_string();
        let mut changes = Vec::new();
        for path in &self.gone {
            let after = self.new.iter().find(|file| file.path == *path).map(|file| file.text.clone());
            changes.push(Change { path: shown(path), before: Some(read(path)?), after });
        }
        for file in self.new.iter().filter(|file| !self.gone.contains(&file.path)) {
            changes.push(Change { path: shown(&file.path), before: None, after: Some(file.text.clone()) });
        }
        changes.retain(|change| change.before != change.after);
        Ok(changes)
    }
}

/// Where the ways back of a revision that is taken apart come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    /// The author's, for its first part.
    Written,
    /// From the schemas before and after each part.
    Generated,
}

/// Makes the files, and plays them: head has the schema that it had, and what led back before leads back.
///
/// # Errors
/// What is fixed does not run, or leads elsewhere. Nothing is written.
pub async fn rewrite(
    project: &Project,
    history: &History,
    wanted: &[Wanted],
    loader: &mut Loader<'_>,
) -> Result<Made> {
    let first = wanted[0].index;
    let number = history.revisions.len() - first;
    let old = loader.drill(project, history, &Selection::Newest(number)).await?;
    let mut fault = None;
    let keeps = wanted.iter().any(|wanted| changes_rows(&history.revisions[wanted.index]));
    let backs = if keeps { &[Back::Written][..] } else { &[Back::Written, Back::Generated] };
    for back in backs.iter().copied() {
        let tried = tried(project, history, wanted, (back, first), loader).await?;
        match proven(history, wanted, (&old, &tried.drilled)) {
            Ok(()) => return Ok(tried.made),
            Err(why) => fault = Some(why),
        }
    }
    Err(fault
        .unwrap_or_else(|| Fault::new("the fixed revisions could not be tried"))
        .at(Place::file(&history.folder))
        .next("nothing was written; groundline lint says what to write instead"))
}

/// Whether a way back does more than schemas show: then nothing else takes its place.
fn changes_rows(revision: &Revision) -> bool {
    use groundline_sql::operation::Operation as O;
    let Down::Script(step) = &revision.down else { return false };
    let operations = Script::parse(step.sql()).operations(step.sql());
    let other = |operation: &O| {
        matches!(
            operation,
            O::Insert { .. }
                | O::Update { .. }
                | O::Delete { .. }
                | O::Merge { .. }
                | O::Do
                | O::Select
                | O::Runs
                | O::Unread
        )
    };
    operations.iter().any(other)
}

/// A history with its fixes, as it was drilled.
struct Tried {
    made: Made,
    drilled: Drilled,
}

async fn tried(
    project: &Project,
    history: &History,
    wanted: &[Wanted],
    (back, first): (Back, usize),
    loader: &mut Loader<'_>,
) -> Result<Tried> {
    let mut trial = Trial { place: files::copied(history)?, history, made: Made::default() };
    trial.write(wanted, back, None)?;
    let drilled = trial.drill(loader, project, first).await?;
    let splits = wanted.iter().any(|wanted| wanted.fixed.parts.len() > 1);
    if !splits {
        return Ok(Tried { made: trial.made, drilled });
    }
    let schemas = std::iter::once(&drilled.base).chain(drilled.yields.iter().map(|(_, schema)| schema));
    let schemas: Vec<Snapshot> = schemas.cloned().collect();
    let mut again = Trial { place: files::copied(history)?, history, made: Made::default() };
    again.write(wanted, back, Some((&schemas, first)))?;
    let drilled = again.drill(loader, project, first).await?;
    Ok(Tried { made: again.made, drilled })
}

/// Whether what was seen of the fixed history is as good as what was seen of the old one.
fn proven(history: &History, wanted: &[Wanted], (old, new): (&Drilled, &Drilled)) -> Result<()> {
    let failed = |drilled: &Drilled| {
        let failed = drilled.report.revisions.iter().find(|one| one.verdict == Verdict::UpFails);
        failed.map(|one| one.error.clone().unwrap_or_else(|| Fault::new(format!("{} fails", one.name))))
    };
    if let Some(fault) = failed(new) {
        return Err(Fault::new(format!("what is fixed does not run: {}", fault.what))
            .why(fault.why.unwrap_or_default()));
    }
    let was = |version: &str| old.report.revisions.iter().find(|one| one.version == version);
    for one in new.report.revisions.iter().filter(|one| !one.verdict.is_clean()) {
        if was(&one.version).is_none_or(|was| was.verdict.is_clean()) {
            let why = one.error.as_ref().map(|fault| fault.what.clone()).unwrap_or_default();
            return Err(Fault::new(format!(
                "the way back of {} {}: {}",
                one.version,
                one.name,
                one.verdict.word()
            ))
            .why(why));
        }
    }
    // A history whose ups fail says nothing of its head.
    if failed(old).is_some() || wanted.iter().any(|wanted| wanted.fixed.changes_schema) {
        return Ok(());
    }
    let head = |drilled: &Drilled| drilled.yields.last().map(|(_, schema)| schema.clone());
    let (Some(before), Some(after)) = (head(old), head(new)) else { return Ok(()) };
    let real =
        |difference: &&groundline_catalog::Difference| !matches!(difference.change, Of::ColumnOrder { .. });
    match diff(&before, &after).iter().find(real) {
        None => Ok(()),
        Some(difference) => Err(Fault::new("what is fixed yields another schema")
            .why(format!("{} differs", difference.object))
            .at(Place::file(&history.folder))),
    }
}

/// A copy of the history in which revisions are fixed.
struct Trial<'h> {
    place: TempDir,
    history: &'h History,
    made: Made,
}

impl Trial<'_> {
    fn write(&mut self, wanted: &[Wanted], back: Back, schemas: Option<(&[Snapshot], usize)>) -> Result<()> {
        for Wanted { index, fixed } in wanted {
            let revision = &self.history.revisions[*index];
            match fixed.in_place {
                true => self.in_place(revision, &fixed.parts[0])?,
                false => self.first(*index, revision, fixed, back, schemas)?,
            }
        }
        for Wanted { index, fixed } in wanted.iter().filter(|wanted| !wanted.fixed.in_place) {
            for part in &fixed.parts[1..] {
                self.rest(&self.history.revisions[*index].clone(), part, schemas)?;
            }
        }
        Ok(())
    }

    /// The same file, with another text for its up.
    fn in_place(&mut self, revision: &Revision, part: &Part) -> Result<()> {
        let Step { file, text, section, .. } = &revision.up;
        let text = format!("{}{}{}", &text[..section.start], part.text, &text[section.end..]);
        self.replace(vec![file.clone()], vec![NewFile { path: file.clone(), text }])
    }

    /// The first part of a revision, with its version and its files' names.
    fn first(
        &mut self,
        index: usize,
        revision: &Revision,
        fixed: &Fixed,
        back: Back,
        schemas: Option<(&[Snapshot], usize)>,
    ) -> Result<()> {
        let part = &fixed.parts[0];
        let down = match (&revision.down, back, schemas) {
            (Down::Script(_), Back::Generated, Some((schemas, first))) if fixed.parts.len() > 1 => {
                generated(&schemas[index - first..], part.in_transaction)
            }
            (Down::Script(step), ..) => Statement::verbatim(step.sql()),
            (Down::None | Down::Irreversible(_), ..) => Vec::new(),
        };
        let up = Statement::verbatim(&part.text);
        let body = Body {
            header: Vec::new(),
            up,
            down,
            in_transaction: part.in_transaction,
            writing: Writing::Verbatim,
        };
        let title = revision.name.replace('_', " ");
        let mut new = layout::instead(self.history.layout, self.history, index, (&title, &body))?;
        new.iter_mut().for_each(|file| file.path = at_home(&file.path, revision));
        if matches!(revision.down, Down::None | Down::Irreversible(_)) {
            new.retain(|file| !is_down(&file.path));
        }
        let mut gone = vec![revision.up.file.clone()];
        gone.extend(match &revision.down {
            Down::Script(step) if step.file != revision.up.file => Some(step.file.clone()),
            _ => None,
        });
        self.replace(gone, new)
    }

    /// Another part, as the newest revision.
    fn rest(&mut self, of: &Revision, part: &Part, schemas: Option<(&[Snapshot], usize)>) -> Result<()> {
        let so_far = layout::read(self.place.path(), Some(self.history.layout))?;
        let down = match (&of.down, schemas) {
            (Down::Script(_) | Down::Irreversible(_), Some((schemas, first))) => {
                let at = so_far.revisions.iter().filter(|revision| !revision.repeatable).count() - first;
                generated(&schemas[at..], part.in_transaction)
            }
            _ => Vec::new(),
        };
        let up = statements(&part.text);
        let body = Body {
            header: Vec::new(),
            up,
            down,
            in_transaction: part.in_transaction,
            writing: Writing::Statements,
        };
        let title = format!("{} {}", of.name.replace('_', " "), part.title.as_deref().unwrap_or("rest"));
        let place = (self.place.path(), self.history.layout);
        let mut new = layout::scaffold(place, Some(&so_far), (&title, Some(&body)), &files::now())?;
        if matches!(of.down, Down::None) {
            new.retain(|file| !is_down(&file.path));
        }
        self.replace(Vec::new(), new)
    }

    fn replace(&mut self, gone: Vec<PathBuf>, new: Vec<NewFile>) -> Result<()> {
        files::replace(self.place.path(), &gone, &new)?;
        self.made.gone.extend(gone);
        self.made.new.extend(new);
        Ok(())
    }

    async fn drill(&self, loader: &mut Loader<'_>, project: &Project, first: usize) -> Result<Drilled> {
        let history = layout::read(self.place.path(), Some(self.history.layout))?;
        let number = history.revisions.len() - first;
        loader.drill(project, &history, &Selection::Newest(number)).await
    }
}

/// The way back over the first of two schemas; what can't be made refuses.
fn generated(schemas: &[Snapshot], in_transaction: bool) -> Vec<Statement> {
    let Some(pair) = schemas.get(..2) else { return Vec::new() };
    let form = if in_transaction { Form::Plain } else { Form::Online };
    match autogenerate::down(pair, in_transaction, form) {
        Ok(part) => files::statements(part.pieces()),
        Err(why) => vec![Statement::refusing(&why)],
    }
}

/// Statements of a text, each with what stands before it.
fn statements(text: &str) -> Vec<Statement> {
    let mut end = 0;
    let script = Script::parse(text);
    let statement = |statement: &groundline_sql::Statement| {
        let lead = text[end..statement.span.start].trim_start_matches([';', '\n', '\r']).to_owned();
        end = statement.span.end;
        Statement::led(lead, text[statement.span.range()].to_owned())
    };
    script.statements.iter().map(statement).collect()
}

/// The path of a new file, by the names that the revision's own files have.
fn at_home(path: &Path, revision: &Revision) -> PathBuf {
    let own = &revision.up.file;
    if path.components().count() > 1 {
        let folder = own.components().next().map(|name| PathBuf::from(name.as_os_str()));
        return folder.unwrap_or_default().join(path.components().skip(1).collect::<PathBuf>());
    }
    match (&revision.down, is_down(path)) {
        (Down::Script(step), true) => step.file.clone(),
        (_, true) => path.to_owned(),
        (_, false) => own.clone(),
    }
}

/// Whether a file of a layout is the way back alone.
fn is_down(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.ends_with("down.sql") || name.starts_with('U')
}
