//! Flyway: `V<version>__name.sql`, `U…` to undo it, `R__name.sql` to repeat, `B…` for a baseline.
//!
//! Source: flyway/flyway, `flyway-core/src/main/java/org/flywaydb/core/`: `internal/resource/ResourceNameParser.java`
//! (prefix, the first `__`, suffix), `api/MigrationVersion.java` (`_` is `.`; parts compared as numbers, trailing
//! zeros dropped), `internal/resolver/ResolvedMigrationComparator.java` (repeatable ones last, by description),
//! `internal/resolver/CompositeMigrationResolver.java` (a version once), `internal/sqlscript/SqlScriptMetadata.java`
//! (`<file>.conf`), `internal/configuration/models/FlywayModel.java` (defaults, table `flyway_schema_history`,
//! placeholders `${…}`), and `documentation/Reference/Tutorials/Tutorial - Baseline Migrations.md`.

use super::notes::Notes;
use super::scaffold::{Asked, NewFile};
use super::source::{Source, lines};
use super::versioned::{self, Versioned};
use super::{Facts, Layout, Listing, Reading, Shape, down, pairs};
use crate::history::{Down, Revision, Step, Transaction};
use groundline_core::Result;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// Flyway's folder.
pub struct Flyway;

impl Layout for Flyway {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "flyway",
            title: "Flyway",
            files: "`V<version>__<name>.sql`, `U<version>__<name>.sql`, `R__<name>.sql`, `B<version>__<name>.sql`",
            order: "by the version's parts as numbers (1.2 before 1.10, `1_2` is 1.2); `R__` last, by name",
            outside: "`executeInTransaction=false` in `<file>.conf`",
            downs: "the file `U<version>__<name>.sql`",
            table: "flyway_schema_history",
            source: "flyway/flyway: ResourceNameParser.java, MigrationVersion.java, SqlScriptMetadata.java",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Versioned
    }

    fn claims(&self, folder: &Listing) -> usize {
        versioned::claims(folder, "VRB")
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut found = Found::default();
        for file in folder.deep_files()? {
            found.add(&file, &mut notes);
        }
        found.forget_baselines(&mut notes);
        found.sort(folder)?;
        let mut revisions = Vec::new();
        for file in std::mem::take(&mut found.versioned) {
            let undo = found.undo_of(&file.version);
            revisions.push(revision(folder, file, undo, &mut notes)?);
        }
        for undo in &found.undo {
            notes.add("an undo of a version that is not there is left out", &undo.file);
        }
        for file in found.repeatable {
            revisions.push(revision(folder, file, None, &mut notes)?);
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    /// With an undo where the folder has one: they need an edition that is paid for.
    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let has_undo = |revision: &Revision| matches!(revision.down, Down::Script(_));
        let mut files = vec![versioned::new_file(asked, 'V', asked.up())];
        if asked.revisions.iter().any(has_undo) {
            files.push(versioned::new_file(asked, 'U', asked.down()));
        }
        if asked.is_outside() {
            let conf = |file: &NewFile| NewFile {
                path: PathBuf::from(format!("{}.conf", file.path.display())),
                text: "executeInTransaction=false\n".to_owned(),
            };
            let confs: Vec<NewFile> = files.iter().map(conf).collect();
            files.extend(confs);
        }
        Ok(files)
    }
}

struct Script {
    version: String,
    name: String,
    file: PathBuf,
}

#[derive(Default)]
struct Found {
    versioned: Vec<Script>,
    undo: Vec<Script>,
    baseline: Vec<Script>,
    repeatable: Vec<Script>,
}

impl Found {
    fn add(&mut self, file: &Path, notes: &mut Notes) {
        let Some(Versioned { prefix, version, name, extension }) = versioned::split(file) else {
            match file.extension().is_some_and(|extension| extension == "sql") {
                true if is_callback(file) => notes.add("a callback is not run", file),
                true => notes.add("a file that is not named `V<version>__<name>.sql` is left out", file),
                false => {}
            }
            return;
        };
        match extension {
            "java" | "kt" | "groovy" | "scala" | "class" => {
                notes.add("a step in another language than SQL is not run", file);
                return;
            }
            _ if !versioned::is_sql(extension) => return,
            _ => {}
        }
        let script =
            Script { version: version.replace('_', "."), name: name.to_owned(), file: file.to_owned() };
        match prefix {
            'V' => self.versioned.push(script),
            'U' => self.undo.push(script),
            'B' => self.baseline.push(script),
            _ => self.repeatable.push(script),
        }
    }

    /// An empty database starts with the newest baseline instead of what it sums up. Here the whole history
    /// is wanted, so a baseline is kept only where what it sums up is gone.
    fn forget_baselines(&mut self, notes: &mut Notes) {
        self.baseline.sort_by(|a, b| versioned::compare(&a.version, &b.version));
        let Some(newest) = self.baseline.pop() else { return };
        let summed_up =
            |script: &Script| versioned::compare(&script.version, &newest.version) != Ordering::Greater;
        for older in self.baseline.drain(..) {
            notes.add("an older baseline is left out", &older.file);
        }
        if self.versioned.iter().any(summed_up) {
            notes.add("a baseline is left out: the versions that it sums up are there", &newest.file);
        } else {
            self.versioned.push(newest);
        }
    }

    fn sort(&mut self, folder: &Listing) -> Result<()> {
        let by_version = |a: &Script, b: &Script| versioned::compare(&a.version, &b.version);
        self.versioned.sort_by(by_version);
        self.undo.sort_by(by_version);
        self.repeatable.sort_by(|a, b| a.name.cmp(&b.name));
        for scripts in [&self.versioned, &self.undo] {
            refuse_twins(
                folder,
                scripts,
                |a, b| by_version(a, b) == Ordering::Equal,
                |script| &script.version,
            )?;
        }
        refuse_twins(folder, &self.repeatable, |a, b| a.name == b.name, |script| &script.name)
    }

    fn undo_of(&mut self, version: &str) -> Option<Script> {
        let same = |script: &Script| versioned::compare(&script.version, version) == Ordering::Equal;
        let at = self.undo.iter().position(same)?;
        Some(self.undo.remove(at))
    }
}

fn refuse_twins(
    folder: &Listing,
    scripts: &[Script],
    same: impl Fn(&Script, &Script) -> bool,
    label: impl Fn(&Script) -> &str,
) -> Result<()> {
    match scripts.windows(2).find(|pair| same(&pair[0], &pair[1])) {
        None => Ok(()),
        Some(pair) => {
            let [first, second] = [&pair[0], &pair[1]].map(|script| script.file.display().to_string());
            Err(pairs::duplicate(folder, label(&pair[1]), &first, &second))
        }
    }
}

fn revision(folder: &Listing, script: Script, undo: Option<Script>, notes: &mut Notes) -> Result<Revision> {
    let repeatable = script.version.is_empty();
    let up = step(folder, script.file, notes)?;
    let down = undo.map(|undo| step(folder, undo.file, notes)).transpose()?;
    let down = down::of(&up, down);
    Ok(Revision { version: script.version, name: script.name, repeatable, up, down })
}

fn step(folder: &Listing, file: PathBuf, notes: &mut Notes) -> Result<Step> {
    let source = folder.source(file)?;
    notes.source(&source);
    if has_placeholder(&source) {
        notes.add("a placeholder `${…}` stays as it is; Flyway itself replaces it", &source.file);
    }
    let mut conf = source.file.clone().into_os_string();
    conf.push(".conf");
    let transaction = transaction(folder, Path::new(&conf), notes);
    Ok(source.whole(transaction))
}

fn has_placeholder(source: &Source) -> bool {
    let mut rest: &str = &source.text;
    while let Some(at) = rest.find("${") {
        rest = &rest[at + 2..];
        let name = rest.split_once('}').map_or("", |(name, _)| name);
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_:.-".contains(c)) {
            return true;
        }
    }
    false
}

fn transaction(folder: &Listing, conf: &Path, notes: &mut Notes) -> Transaction {
    let Ok(text) = std::fs::read_to_string(folder.folder().join(conf)) else { return Transaction::Wrapped };
    let mut transaction = Transaction::Wrapped;
    for line in lines(&text) {
        let Some((key, value)) = line.text.split_once('=') else { continue };
        match (key.trim(), value.trim()) {
            ("executeInTransaction", value) if value.eq_ignore_ascii_case("false") => {
                transaction = Transaction::MarkedOutside;
            }
            ("shouldExecute", _) => {
                notes.add("a condition (shouldExecute) is not asked: the script runs", conf);
            }
            _ => {}
        }
    }
    transaction
}

/// Flyway's callbacks are named by their event.
fn is_callback(file: &Path) -> bool {
    let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    ["before", "after", "create"].iter().any(|event| name.starts_with(event))
}
