//! What the application reads, and what the migrations read: two templates of an address.
//! Out: their values' meaning (`compare`).

use super::Settings;
use super::names::Part;
use super::reads::{self, Read};
use super::values::{self, Layer, Service};
use crate::SourceFile;
use groundline_core::Result;
use regex::Regex;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Variables that tools read themselves, by the ids of layouts.
const TOOLS: &[(&str, &str)] = &[
    ("sqlx", "${DATABASE_URL}"),
    ("diesel", "${DATABASE_URL}"),
    ("dbmate", "${DATABASE_URL}"),
    ("prisma", "${DATABASE_URL}"),
    ("goose", "${GOOSE_DBSTRING}"),
    ("flyway", "${FLYWAY_URL}"),
    ("groundline", "${DATABASE_URL}"),
];

/// Where a side's template is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The configuration says it.
    Declared,
    /// The code reads these variables.
    Read,
    /// The migrations' tool reads it.
    Tool,
    /// Nothing says it.
    Nothing,
}

/// One side of the contract.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The address with `${NAME}` for variables; passwords stand in it only as variables.
    #[serde(serialize_with = "scrubbed")]
    pub template: Option<String>,
    /// Where that is from.
    pub source: Source,
    /// The variables that its code reads.
    pub reads: Vec<Read>,
}

fn scrubbed<S: serde::Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().map(groundline_core::scrub).serialize(serializer)
}

/// Both sides, and where values are from.
#[derive(Clone, Debug)]
pub struct Sides {
    /// The application.
    pub app: Side,
    /// The migrations.
    pub migrations: Side,
    /// Values, in the order in which they count.
    pub layers: Vec<Layer>,
    pub(super) services: Vec<Service>,
}

/// What the two sides read. `layout` is the id of the migrations' layout, `migrations` its folder below the project's;
/// `process` are the variables of a process that counts before files.
///
/// # Errors
/// A file that the configuration names can't be read, or a compose file is none.
pub fn sides(
    settings: &Settings,
    (project, files): (&Path, &[SourceFile]),
    (layout, migrations): (Option<&str>, Option<&Path>),
    process: Option<Layer>,
) -> Result<Sides> {
    let layers = layers(settings, project, files, process)?;
    let mut services = Vec::new();
    for file in files.iter().filter(|file| !file.is_test) {
        services.extend(values::services(&file.path, &file.text, &layers)?);
    }
    let of_migrations = migration_files(files, migrations);
    let (mut app, mut migrating) = (Vec::new(), Vec::new());
    // Our own configuration says what others read.
    for file in files.iter().filter(|file| !file.is_test && file.name() != "groundline.toml") {
        let found = reads::in_file(file);
        match of_migrations.get(&file.path) {
            Some(shared) => {
                if *shared {
                    app.extend(found.clone());
                }
                migrating.extend(found);
            }
            None => app.extend(found),
        }
    }
    let tool = TOOLS.iter().find(|(id, _)| Some(*id) == layout).map(|(_, template)| (*template).to_owned());
    let literal = alembic_literal(files);
    Ok(Sides {
        app: side(settings.app.clone(), app, None),
        migrations: side(settings.migrations.clone(), migrating, literal.or(tool)),
        layers,
        services,
    })
}

fn layers(
    settings: &Settings,
    project: &Path,
    files: &[SourceFile],
    process: Option<Layer>,
) -> Result<Vec<Layer>> {
    let named = match &settings.files {
        Some(named) => named.clone(),
        None => {
            files.iter().filter(|file| file.path == Path::new(".env")).map(|file| file.path.clone()).collect()
        }
    };
    let mut layers: Vec<Layer> = process.into_iter().collect();
    for file in named {
        layers.push(Layer { name: file.display().to_string(), ..values::dotenv(&project.join(&file))? });
    }
    Ok(layers)
}

fn side(declared: Option<String>, reads: Vec<Read>, tool: Option<String>) -> Side {
    if let Some(template) = declared {
        return Side { template: Some(template), source: Source::Declared, reads };
    }
    match (of_reads(&reads), tool) {
        (Some(template), _) => Side { template: Some(template), source: Source::Read, reads },
        (None, Some(template)) => Side { template: Some(template), source: Source::Tool, reads },
        (None, None) => Side { template: None, source: Source::Nothing, reads },
    }
}

/// The address that some variables make: the one that says all of it, or one of parts.
fn of_reads(reads: &[Read]) -> Option<String> {
    let of = |part: Part| reads.iter().find(|read| read.part == part);
    let variable = |read: &Read, usual: Option<&str>| match read.default.as_deref().or(usual) {
        Some(default) => format!("${{{}:-{default}}}", read.name),
        None => format!("${{{}}}", read.name),
    };
    // DATABASE_URL before others: what several tools share.
    let urls = reads.iter().filter(|read| read.part == Part::Url);
    if let Some(url) = urls.min_by_key(|read| read.name != "DATABASE_URL") {
        return Some(variable(url, None));
    }
    let database = of(Part::Database)?;
    let user = of(Part::User).map(|read| variable(read, None)).unwrap_or_default();
    let password = of(Part::Password).map(|read| format!(":{}", variable(read, None))).unwrap_or_default();
    let host = of(Part::Host).map_or("localhost".to_owned(), |read| variable(read, None));
    let port = of(Part::Port).map(|read| format!(":{}", variable(read, Some("5432")))).unwrap_or_default();
    Some(format!("postgresql://{user}{password}@{host}{port}/{}", variable(database, None)))
}

/// The files that the migrations' tool runs, and whether the application runs them, too: those of its folder, its
/// configuration, and what an `env.py` imports of the project, through at most four files.
fn migration_files(files: &[SourceFile], folder: Option<&Path>) -> std::collections::BTreeMap<PathBuf, bool> {
    let is_own = |file: &&SourceFile| {
        folder.is_some_and(|folder| !folder.as_os_str().is_empty() && file.path.starts_with(folder))
            || file.name() == "alembic.ini"
            || matches!(
                file.name(),
                "knexfile.js" | "knexfile.ts" | "flyway.conf" | "flyway.toml" | "dbconfig.yml"
            )
    };
    let own: Vec<&SourceFile> = files.iter().filter(is_own).collect();
    let mut found: std::collections::BTreeMap<PathBuf, bool> =
        own.iter().map(|file| (file.path.clone(), false)).collect();
    let mut next: Vec<&SourceFile> = own.into_iter().filter(|file| file.name() == "env.py").collect();
    for _ in 0..4 {
        let names: BTreeSet<String> = next.iter().flat_map(|file| imports(&file.text)).collect();
        let is_imported = |file: &&SourceFile| {
            let module = file.path.with_extension("");
            let module = module.to_string_lossy().replace('/', ".");
            let module = module.trim_end_matches(".__init__");
            names.iter().any(|name| name == module || module.ends_with(&format!(".{name}")))
        };
        next = files.iter().filter(|file| !found.contains_key(&file.path)).filter(is_imported).collect();
        found.extend(next.iter().map(|file| (file.path.clone(), true)));
    }
    found
}

#[expect(clippy::unwrap_used, reason = "a pattern of ours, compiled by every test")]
static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^[ \t]*(?:from[ \t]+\.*([\w.]+)[ \t]+import[ \t]+([\w, ]+)|import[ \t]+([\w.]+))")
        .unwrap()
});

/// The modules that a Python file imports; of `from a import b` both `a` and `a.b`.
fn imports(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for hit in IMPORT.captures_iter(text) {
        let group = |at: usize| hit.get(at).map(|group| group.as_str().to_owned());
        if let (Some(from), Some(what)) = (group(1), group(2)) {
            names.extend(what.split(',').map(|name| format!("{from}.{}", name.trim())));
            names.push(from);
        }
        names.extend(group(3));
    }
    names
}

/// The address that alembic.ini says itself; its template's own example is none.
fn alembic_literal(files: &[SourceFile]) -> Option<String> {
    let ini = files.iter().find(|file| file.name() == "alembic.ini")?;
    let line = ini.text.lines().find_map(|line| line.trim().strip_prefix("sqlalchemy.url"))?;
    let url = line.trim_start().strip_prefix('=')?.trim();
    let is_real = url.starts_with("postgres") && !url.contains("%(");
    is_real.then(|| url.replace("%%", "%").replace('$', "$$"))
}
