//! A history in a folder of its own, where new revisions are tried before they are written.
//! Out: what is in them (`autogenerate`), writing them (`files`).
//! Called by `autogenerate`.

use super::files;
use crate::operand::Loader;
use crate::settings::Project;
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::Part;
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::History;
use groundline_migrate::layout::{self, Body, NewFile, Now, Statement, Writing};
use groundline_migrate::outcome::{DrillReport, Verdict};
use groundline_pg::drill::Selection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A copy of a history, with new revisions at its end.
pub struct Trial<'t> {
    place: TempDir,
    folder: &'t Path,
    layout: &'static str,
    message: &'t str,
    now: Now,
    files: Vec<NewFile>,
    /// Whether the tool's own operations are written, where it has some.
    pub has_operations: bool,
}

impl<'t> Trial<'t> {
    /// A copy without new revisions, which will be called by the message.
    pub fn of(history: &'t History, message: &'t str) -> Result<Self> {
        let place = files::copied(history)?;
        let (folder, layout) = (history.folder.as_path(), history.layout);
        let has_operations = layout == files::ALEMBIC;
        Ok(Self { place, folder, layout, message, now: files::now(), files: Vec::new(), has_operations })
    }

    /// Writes a revision for each part, instead of those that it wrote before. Without `downs` they have none yet; for a
    /// down that there can't be, there is a reason.
    pub fn write(
        &mut self,
        history: &History,
        parts: &[Part],
        downs: Option<&[Result<Part, String>]>,
    ) -> Result<()> {
        let before: Vec<PathBuf> = self.files.drain(..).map(|file| file.path).collect();
        files::remove(self.place.path(), &before);
        let mut so_far = history.clone();
        let mut untitled = 0;
        for (at, part) in parts.iter().enumerate() {
            untitled += usize::from(part.title.is_none());
            let down = match downs.and_then(|downs| downs.get(at)) {
                None => Vec::new(),
                Some(Ok(down)) => files::statements(down.pieces()),
                Some(Err(why)) => vec![Statement::refusing(why)],
            };
            let up = files::statements(part.pieces());
            let in_transaction = part.in_transaction;
            let writing = if self.has_operations { Writing::Operations } else { Writing::Statements };
            let body = Body { header: Vec::new(), up, down, in_transaction, writing };
            let title = self.title(part, untitled);
            let place = (self.place.path(), self.layout);
            let made = layout::scaffold(place, Some(&so_far), (&title, Some(&body)), &self.now)?;
            files::write(self.place.path(), &made)?;
            self.files.extend(made);
            so_far = layout::read(self.place.path(), Some(self.layout))?;
        }
        Ok(())
    }

    /// Drills the new revisions. Gives the schemas before them and after each.
    ///
    /// # Errors
    /// What stopped an up, as if the files lay in the history's folder.
    pub async fn drill(
        &self,
        loader: &mut Loader<'_>,
        project: &Project,
        parts: usize,
    ) -> Result<(DrillReport, Vec<Snapshot>)> {
        let history = layout::read(self.place.path(), Some(self.layout))?;
        let drilled = loader.drill(project, &history, &Selection::Newest(parts)).await?;
        let failed = drilled.report.revisions.iter().find(|one| one.verdict == Verdict::UpFails);
        if let Some(fault) = failed.and_then(|one| one.error.clone()) {
            return Err(self.at_home(fault).next("nothing was written"));
        }
        let after = drilled.yields.into_iter().map(|(_, schema)| schema);
        Ok((drilled.report, std::iter::once(drilled.base).chain(after).collect()))
    }

    /// The files of the new revisions.
    pub fn into_files(self) -> Vec<NewFile> {
        self.files
    }

    fn title(&self, part: &Part, untitled: usize) -> String {
        match &part.title {
            Some(title) => format!("{} {title}", self.message),
            None if untitled == 1 => self.message.to_owned(),
            None => format!("{} {untitled}", self.message),
        }
    }

    /// A fault with the place in the history's own folder, and the line that it is about.
    fn at_home(&self, fault: Fault) -> Fault {
        let Some(Place::File { path, position }) = fault.place.clone() else { return fault };
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let line = position.and_then(|at| text.lines().nth(at.line.saturating_sub(1)).map(str::to_owned));
        let home =
            path.strip_prefix(self.place.path()).map_or_else(|_| path.clone(), |file| self.folder.join(file));
        let why = fault.why.iter().cloned().chain(line).collect::<Vec<_>>().join("\n");
        fault.at(Place::File { path: home, position }).why(why)
    }
}
