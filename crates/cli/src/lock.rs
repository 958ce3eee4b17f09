//! The command `lock`: writes `groundline.lock` and the schema of head beside it, or verifies them.
//! Out: what a lock is and what is found (`migrate::lock`), playing the history (`pg::replay`).

use crate::args::{Format, LockArgs};
use crate::settings::Project;
use crate::{Exit, console, drill};
use groundline_core::{Fault, Major, Place, Result, ServerVersion};
use groundline_evidence::{Severity, count};
use groundline_migrate::history::History;
use groundline_migrate::lock::{self, LOCK_FILE, Lock, LockFile, LockFinding, LockSeverity, SCHEMA_FILE};
use groundline_pg::replay::{self, Replayed};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// How many findings of one list are shown to a person.
const SHOWN: usize = 40;

/// Runs `lock`.
pub async fn run(args: LockArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let history = drill::history(&project)?;
    if args.verify {
        let scope = project.scope(None).name();
        return verify(&history, &LockFile::require(&history.folder)?, &scope, args.format);
    }
    let old = LockFile::load(&history.folder)?;
    if old.is_none() {
        assert_decided(&history)?;
    }
    let mut findings = old.as_ref().map_or_else(Vec::new, |old| lock::verify(old, &history));
    if !args.accept_changes && refuses(&findings) {
        return refuse(&findings, args.format);
    }
    let locked_major = old.as_ref().and_then(|old| old.lock.schema_major);
    let (server, replayed) = measure(&project, &args, &history, locked_major).await?;
    if let Some(fault) = replayed.stopped {
        console::fault(&fault);
        return Ok(Exit::Findings);
    }
    let schemas = || replayed.yields.iter().map(|(_, schema)| schema);
    let measured = old
        .as_ref()
        .map_or_else(Vec::new, |old| lock::verify_schemas(old, &history, &replayed.empty, schemas()));
    let are_others = refuses(&measured);
    findings.extend(measured);
    if !args.accept_changes && refuses(&findings) {
        return refuse(&findings, args.format);
    }
    let mut lock = Lock::of(&history);
    // Where the schemas became others without an edit, those of other majors are not what they were, either.
    if let Some(old) = old.as_ref().filter(|_| !are_others) {
        lock.carry_over(&old.lock);
    }
    lock.measured(&replayed.empty, schemas());
    let production = project.production_major()?.or(locked_major);
    let writes_schema = production.is_none_or(|major| major == server.major());
    lock.schema_major = if writes_schema { Some(server.major()) } else { locked_major };
    let mut written = Vec::new();
    written.extend(write(&history.folder, LOCK_FILE, &lock.to_text())?);
    if let Some(head) = schemas().next_back().filter(|_| writes_schema) {
        written.extend(write_schema(&history.folder, head)?);
    }
    let is_stale = |major: &Major| lock.head().is_some_and(|head| head.yields.on(*major).is_none());
    let stale_schema = lock.schema_major.filter(is_stale);
    let done = Done { server, is_new: old.is_none(), stale_schema, findings, written };
    match args.format {
        Format::Json => console::data(&groundline_evidence::json_text(&done)?),
        Format::Text => console::data(&done.text(&history)),
    }
    Ok(Exit::Done)
}

/// Plays the history. Without another word, on the major that the lock's schema is of.
async fn measure(
    project: &Project,
    args: &LockArgs,
    history: &History,
    locked_major: Option<Major>,
) -> Result<(ServerVersion, Replayed)> {
    let prelude = drill::prelude(project)?;
    let alembic = drill::alembic(project, history).await?;
    let mut wanted = project.wanted_server(&args.server)?;
    wanted.major = wanted.major.or(locked_major);
    let server = Server::start(&wanted, &console::Stderr).await?;
    let version = server.version();
    let play = Play::new(&server, history, stage::dialect_of(history)?, prelude.as_ref())
        .scoped(project.scope(None))
        .run_by(alembic.as_ref());
    let replayed = replay::replay(&play, &console::Bar::new("lock")).await;
    server.stop().await?;
    Ok((version, replayed?))
}

/// A lock decides the layout from then on: that must not be a guess.
fn assert_decided(history: &History) -> Result<()> {
    if history.alternatives.is_empty() {
        return Ok(());
    }
    let all: Vec<String> =
        [history.layout].iter().chain(&history.alternatives).map(|id| format!("--layout {id}")).collect();
    Err(Fault::new("nothing decides which layout this is, and the lock will")
        .at(Place::file(&history.folder))
        .next(format!("name it: {}", all.join(" or "))))
}

fn refuses(findings: &[LockFinding]) -> bool {
    findings.iter().any(|finding| finding.severity == LockSeverity::Changed)
}

fn refuse(findings: &[LockFinding], format: Format) -> Result<Exit> {
    show(findings, format)?;
    let changed = findings.iter().filter(|finding| finding.severity == LockSeverity::Changed).count();
    console::fault(
        &Fault::new(format!("{LOCK_FILE} is not written: {} to what was locked", count(changed, "change")))
            .next("undo them; or, where no database has these revisions yet, `groundline lock --accept-changes`"),
    );
    Ok(Exit::Findings)
}

/// Compares with the files and the configuration alone.
fn verify(history: &History, file: &LockFile, scope: &str, format: Format) -> Result<Exit> {
    let mut findings = lock::verify(file, history);
    findings.extend(lock::verify_scope(file, scope));
    findings.extend(file.lock.schema_major.and_then(|_| lock::verify_schema_file(file)));
    show(&findings, format)?;
    if findings.iter().any(|finding| finding.severity > LockSeverity::Told) {
        return Ok(Exit::Findings);
    }
    if format == Format::Text {
        let revisions = count(history.revisions.len(), "revision");
        console::data(&format!("{revisions} as locked in {}\n", file.path.display()));
    }
    Ok(Exit::Done)
}

fn show(findings: &[LockFinding], format: Format) -> Result<()> {
    match format {
        Format::Json => console::data(&groundline_evidence::json_text(&findings)?),
        Format::Text => findings.iter().for_each(|finding| {
            let severity = match finding.severity {
                LockSeverity::Changed => Severity::Error,
                LockSeverity::Behind => Severity::Warning,
                LockSeverity::Told => Severity::Note,
            };
            console::data(&groundline_evidence::render_fault(
                &finding.fault(),
                severity,
                None,
                console::look(),
            ));
        }),
    }
    Ok(())
}

/// What was written, and why.
#[derive(Serialize)]
struct Done {
    server: ServerVersion,
    is_new: bool,
    /// The major of the file of head's schema, where that is of an older head and this run could not write it.
    stale_schema: Option<Major>,
    /// What the old lock was compared with: what is in the new one now.
    findings: Vec<LockFinding>,
    written: Vec<PathBuf>,
}

impl Done {
    fn text(&self, history: &History) -> String {
        let revisions = count(history.revisions.len(), "revision");
        let folder = history.folder.display();
        let mut text =
            format!("{revisions} in {folder} ({}), measured on PostgreSQL {}\n", history.layout, self.server);
        for finding in self.findings.iter().take(SHOWN) {
            let word = finding.kind.word();
            let line = format!("  {word:<18} {}", finding.revision);
            let _ = writeln!(text, "{}", line.trim_end());
        }
        if let Some(more) = self.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more: see --format json");
        }
        for path in &self.written {
            let _ = writeln!(text, "wrote {}", path.display());
        }
        if self.written.is_empty() {
            let _ = writeln!(text, "{LOCK_FILE} says so already");
        }
        if let Some(major) = self.stale_schema {
            let _ = writeln!(
                text,
                "{SCHEMA_FILE} is of an older head or another scope: `groundline lock --postgres {major}` writes it, too"
            );
        }
        text
    }
}

/// Writes a file of the folder where it is not so already; returns its path if it was written.
fn write(folder: &Path, name: &str, text: &str) -> Result<Option<PathBuf>> {
    let path = folder.join(name);
    if std::fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(None);
    }
    // Beside and renamed, so that nobody sees half a file; with the rights of any new file.
    let written = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".groundline-").permissions(std::fs::Permissions::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)
    };
    written().map_err(|error| Fault::io(&format!("write {name}"), &path, &error))?;
    Ok(Some(path))
}

/// Writes the schema of head where it is another: a server's minor version alone is no reason.
fn write_schema(folder: &Path, head: &groundline_catalog::Snapshot) -> Result<Option<PathBuf>> {
    let path = folder.join(SCHEMA_FILE);
    let before = std::fs::read_to_string(&path).ok().and_then(|text| lock::parse_schema(&path, &text).ok());
    if before.is_some_and(|before| before == *head) {
        return Ok(None);
    }
    write(folder, SCHEMA_FILE, &lock::schema_text(head)?)
}
