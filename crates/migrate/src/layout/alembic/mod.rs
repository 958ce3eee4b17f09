//! Alembic: `env.py`, and one Python file a revision in `versions/`, which names the revisions before it.
//!
//! In: reading the files without running them. Out: running them, which the project's own Alembic does (`pg`).
//! Source: sqlalchemy/alembic, `alembic/script/base.py` (which files are revisions, `Script`), `alembic/script/revision.py`
//! (`down_revision`, `depends_on`, `branch_labels`, partial identifiers), `alembic/runtime/migration.py` (table
//! `alembic_version`), `alembic/templates/generic/script.py.mako`.

mod operation;
pub mod program;
pub mod python;
mod revision;
mod write;

use super::notes::Notes;
use super::scaffold::{Asked, NewFile};
use super::{Facts, Layout, Listing, Reading, Shape, pairs};
use crate::graph::Graph;
use crate::history::Revision;
use groundline_core::{Fault, Place, Result};
use revision::Script;
use std::collections::BTreeMap;

/// The folder of revisions.
const VERSIONS: &str = "versions";

/// Alembic's folder.
pub struct Alembic;

impl Layout for Alembic {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "alembic",
            title: "Alembic",
            files: "`env.py`, and `versions/*.py` with `revision` and `down_revision`",
            order: "by `down_revision` and `depends_on`; a branch stays together, a merge comes after both",
            outside: "`autocommit_block()`, for the statements in it",
            downs: "the function `downgrade`",
            table: "alembic_version",
            source: "sqlalchemy/alembic: alembic/script/base.py, alembic/script/revision.py",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        let is_environment = folder.files().iter().any(|file| file == "env.py");
        let versions = folder.folders().iter().any(|name| name == VERSIONS);
        match is_environment && versions {
            true => Listing::of(&folder.folder().join(VERSIONS))
                .map_or(0, |inner| inner.files().iter().filter(|file| is_script(file)).count()),
            false => 0,
        }
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut scripts: BTreeMap<String, Script> = BTreeMap::new();
        let inner = Listing::of(&folder.folder().join(VERSIONS))?;
        for file in inner.deep_files()? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let in_cache = file.components().any(|part| part.as_os_str() == "__pycache__");
            if in_cache || !is_script(name) {
                continue;
            }
            let source = folder.source(std::path::Path::new(VERSIONS).join(&file))?;
            notes.source(&source);
            let Some(script) = Script::read(folder, &source)? else {
                notes.add("a Python file without `revision` is left out, as Alembic does", &source.file);
                continue;
            };
            if let Some(first) = scripts.get(&script.revision) {
                let [first, second] = [&first.up.file, &source.file].map(|file| file.display().to_string());
                return Err(pairs::duplicate(folder, &script.revision, &first, &second));
            }
            scripts.insert(script.revision.clone(), script);
        }
        let graph = graph(folder, &scripts)?;
        one_head(folder, &graph)?;
        let order = graph.order().map_err(|version| {
            Fault::new(format!("revision {version} comes after itself"))
                .at(folder.place(&scripts[&version].up.file))
                .next("correct the down_revision of one of the revisions in the circle")
        })?;
        let revisions = order.iter().filter_map(|version| scripts.remove(version)).map(into_revision);
        let revisions = revisions.collect();
        Ok(Reading { revisions, graph: Some(graph), notes: notes.into_faults(folder) })
    }

    /// A file of statements; one without a body Alembic makes itself, by the project's own template.
    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        Ok(vec![write::revision(asked, asked.last().map(|revision| revision.version.as_str()))])
    }
}

/// Whether a file of `versions` may be a revision.
fn is_script(name: &str) -> bool {
    name.ends_with(".py") && name != "__init__.py"
}

fn into_revision(script: Script) -> Revision {
    let Script { revision, name, up, down, .. } = script;
    Revision { version: revision, name, repeatable: false, up, down }
}

fn graph(folder: &Listing, scripts: &BTreeMap<String, Script>) -> Result<Graph> {
    let parents = |script: &Script| -> Result<Vec<String>> {
        let named = script.down_revisions.iter().chain(&script.depends_on);
        named
            .map(|name| {
                resolve(scripts, name).ok_or_else(|| {
                    Fault::new(format!("revision {} comes after {name}, which is not there", script.revision))
                        .at(folder.place(&script.up.file))
                        .next(format!("bring back the file of {name}, or correct down_revision"))
                })
            })
            .collect()
    };
    let parents = scripts.values().map(|script| Ok((script.revision.clone(), parents(script)?)));
    Ok(Graph::new(parents.collect::<Result<_>>()?))
}

/// The revision that a name means: a whole identifier, a branch label, or the beginning of one identifier.
fn resolve(scripts: &BTreeMap<String, Script>, name: &str) -> Option<String> {
    if scripts.contains_key(name) {
        return Some(name.to_owned());
    }
    if let Some(labelled) = scripts.values().find(|script| script.branch_labels.iter().any(|one| one == name))
    {
        return Some(labelled.revision.clone());
    }
    let mut begun = scripts.keys().filter(|revision| revision.starts_with(name));
    begun.next().filter(|_| begun.next().is_none()).cloned()
}

fn one_head(folder: &Listing, graph: &Graph) -> Result<()> {
    let heads = graph.heads();
    if heads.len() < 2 {
        return Ok(());
    }
    Err(Fault::new(format!("the history has {} heads: {}", heads.len(), heads.join(" and ")))
        .at(Place::file(folder.folder().join(VERSIONS)))
        .why("two revisions come after the same one, so `alembic upgrade head` does not know which is meant")
        .next(format!("merge them: alembic merge -m \"merge heads\" {}", heads.join(" "))))
}
