//! Who changes the schema outside migrations: places in code, by the registry of patterns.
//! Out: who may do it in the database (`groundline-pg`), and what a policy makes of it (`policy`).
//! Called by `doctor` and `check`.

mod policy;
mod registry;

pub use policy::{Allowed, Policy, Ruled, Startup};
pub use registry::{PATTERNS, Pattern, When};

use crate::SourceFile;
use crate::language::unit_tests;
use groundline_core::{LineIndex, Place, Position};
use regex::Regex;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A place in code that changes a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// The pattern's id.
    pub pattern: &'static str,
    /// Whose interface it is: a framework, a tool.
    pub framework: &'static str,
    /// When it does it.
    pub when: When,
    /// The file, below the project's folder.
    pub file: PathBuf,
    /// Where in it.
    pub position: Position,
    /// The line, trimmed.
    pub line: String,
    /// Whether only tests do it.
    pub is_test: bool,
}

impl Owner {
    /// Its pattern.
    ///
    /// # Panics
    /// Never: it was made from a pattern of the registry.
    #[expect(clippy::unwrap_used, reason = "an owner is made from a pattern of the registry")]
    pub fn pattern(&self) -> &'static Pattern {
        PATTERNS.iter().find(|pattern| pattern.id == self.pattern).unwrap()
    }

    /// Where it is, below a project's folder.
    pub fn place(&self, project: &Path) -> Place {
        Place::File { path: project.join(&self.file), position: Some(self.position) }
    }
}

struct Compiled {
    pattern: &'static Pattern,
    find: Regex,
    except: Option<Regex>,
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    // The registry's test compiles every one, so none is lost here.
    let compile = |pattern: &'static Pattern| {
        let except = pattern.except.and_then(|text| Regex::new(text).ok());
        Some(Compiled { pattern, find: Regex::new(pattern.find).ok()?, except })
    };
    PATTERNS.iter().filter_map(compile).collect()
});

/// The owners in some files, in their order. `migrations` is the folder of migrations below the project's, which is where
/// the schema is to be changed.
pub fn find(files: &[SourceFile], migrations: Option<&Path>) -> Vec<Owner> {
    let outside = |file: &&SourceFile| !migrations.is_some_and(|folder| file.path.starts_with(folder));
    let mut found: Vec<Owner> = files.iter().filter(outside).flat_map(in_file).collect();
    found.sort_by(|a, b| (&a.file, a.position, a.pattern).cmp(&(&b.file, b.position, b.pattern)));
    found
}

fn in_file(file: &SourceFile) -> Vec<Owner> {
    let is_here = |one: &&Compiled| one.pattern.needles.iter().any(|needle| file.text.contains(needle));
    let here: Vec<&Compiled> = COMPILED.iter().filter(is_here).collect();
    let mut found = Vec::new();
    if here.is_empty() {
        return found;
    }
    let lines = LineIndex::new(&file.text);
    for language in file.languages() {
        let code = language.without_comments(&file.text);
        let tests = unit_tests(*language, &code);
        for compiled in here.iter().filter(|compiled| compiled.pattern.languages.contains(language)) {
            for hit in compiled.find.find_iter(&code) {
                if compiled.except.as_ref().is_some_and(|except| except.is_match(hit.as_str())) {
                    continue;
                }
                let line_start = code[..hit.start()].rfind('\n').map_or(0, |at| at + 1);
                let line = file.text[line_start..].lines().next().unwrap_or_default().trim().to_owned();
                found.push(Owner {
                    pattern: compiled.pattern.id,
                    framework: compiled.pattern.framework,
                    when: compiled.pattern.when,
                    file: file.path.clone(),
                    position: lines.position(hit.start()),
                    line: groundline_core::scrub(&line),
                    is_test: file.is_test || hit.start() >= tests,
                });
            }
        }
    }
    // Two patterns of one framework may see the same line; the one of the more specific, earlier entry is told.
    let mut told: Vec<Owner> = Vec::new();
    for owner in found {
        if !told.iter().any(|other| other.position.line == owner.position.line) {
            told.push(owner);
        }
    }
    told
}
