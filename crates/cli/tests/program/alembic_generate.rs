//! Revisions of Alembic's that Groundline writes: a baseline from models, and what these get later; the project's own
//! Alembic runs them.

use crate::alembic::{ENVIRONMENT, FIRST, revision};
use crate::support::{Databases, program, project, python};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const MODELS: &str = r#"
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text, text

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("mail", Text, unique=True, nullable=False))
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id")),
    Column("body", Text, server_default=text("' \\:x 50 %'")),
)
"#;

fn backend() -> TempDir {
    let environment = ENVIRONMENT.replace("URL", "os.environ['DATABASE_URL']");
    project(&[
        ("db/env.py", &environment),
        ("db/versions/README", "the revisions\n"),
        ("alembic.ini", "[alembic]\nscript_location = db\nprepend_sys_path = .\n"),
        ("models.py", MODELS),
    ])
}

fn said(command: &mut Command) -> (i32, String) {
    let output = command.output().expect("it runs");
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code().expect("an exit status"), stdout + &stderr)
}

fn groundline(python: &Path, project: &Path, arguments: &[&str]) -> (i32, String) {
    let on = ["--migrations", "db", "--layout", "alembic"];
    said(Command::new(program()).args(arguments).args(on).current_dir(project).env("VIRTUAL_ENV", python))
}

fn scripts(project: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project.join("db/versions")).expect("the folder").flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "py")).collect()
}

#[test]
fn models_become_a_baseline_and_what_they_get_becomes_revisions_that_alembic_runs() {
    let Some(python) = python::environment() else { return };
    let folder = backend();
    let path = folder.path();
    let baseline = || groundline(python, path, &["baseline", "models:models:metadata"]);
    let (code, text) = baseline();
    assert!(code == 0 && text.contains("has the schema of models:models:metadata"), "{text}");
    assert_eq!(scripts(path).len(), 1);
    let first: String =
        scripts(path).iter().map(|file| std::fs::read_to_string(file).expect("a file")).collect();
    for wanted in [
        "    op.create_table(\n        \"users\",\n        sa.Column(\"id\", sa.Integer(), server_default=sa.text(\"nextval(",
        "op.create_primary_key(op.f(\"users_pkey\"), \"users\", [\"id\"], schema=\"public\")\n",
        "op.create_unique_constraint(op.f(\"users_mail_key\"), \"users\", [\"mail\"], schema=\"public\")\n",
        "op.create_foreign_key(\n        op.f(\"notes_user_id_fkey\"),\n",
        // What SQLAlchemy would take for a parameter stays SQL.
        "op.execute(sa.DDL(\"\"\"CREATE TABLE public.notes (",
    ] {
        assert!(first.contains(wanted), "{wanted}\n{first}");
    }
    let (code, text) = baseline();
    assert!(code == 2 && text.contains("the project has a history already"), "{text}");
    let whole = MODELS.trim_end().strip_suffix(')').expect("the end of a table");
    let more = format!("{whole}    Column(\"title\", Text, index=True),\n)\n");
    std::fs::write(path.join("models.py"), more).expect("a file");
    let titles = ["revision", "-m", "titles", "--autogenerate", "models:models:metadata"];
    let (code, text) = groundline(python, path, &titles);
    assert_eq!(code, 0, "{text}");
    let read = |file: &PathBuf| std::fs::read_to_string(file).expect("a file");
    let written: String = scripts(path).iter().map(read).collect();
    let outside = "with op.get_context().autocommit_block():\n        op.create_index(\n            op.f(\"ix_notes_title\"),\n";
    assert!(written.contains(outside) && written.contains("postgresql_concurrently=True"), "{written}");
    assert!(
        written.contains(
            "op.add_column(\"notes\", sa.Column(\"title\", sa.Text(), nullable=True), schema=\"public\")"
        ),
        "{written}"
    );
    let (code, text) = groundline(python, path, &["drill"]);
    assert_eq!(code, 0, "{text}");

    // Alembic alone, on a live database, gets to what the models are.
    let databases = Databases::start();
    let url = databases.make("models", "");
    let theirs = url.replacen("postgresql:", "postgresql+psycopg:", 1);
    let mut alembic = Command::new(python.join("bin/alembic"));
    let (code, text) = said(alembic.args(["upgrade", "head"]).current_dir(path).env("DATABASE_URL", theirs));
    assert_eq!(code, 0, "{text}");
    let (code, text) = groundline(python, path, &["diff", "models:models:metadata", &url]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn models_that_are_not_there_and_folders_without_an_environment_are_told() {
    let Some(python) = python::environment() else { return };
    let folder = backend();
    let baseline = |models: &str| groundline(python, folder.path(), &["baseline", models]);
    let (code, text) = baseline("models:models:nothing");
    assert!(code == 2 && text.contains("has no attribute 'nothing'"), "{text}");
    let (code, text) = baseline("models:elsewhere:Base");
    assert!(code == 2 && text.contains("No module named 'elsewhere'"), "{text}");
    std::fs::remove_file(folder.path().join("db/env.py")).expect("the file goes");
    let (code, text) = baseline("models:models:metadata");
    assert!(code == 2 && text.contains("there is no env.py") && text.contains("alembic init"), "{text}");
}

/// Revisions of Alembic's are judged by what they have executed, at the line that had it executed.
#[test]
fn what_a_revision_executes_is_judged_at_its_line() {
    let Some(python) = python::environment() else { return };
    let folder = backend();
    let path = folder.path();
    let put = |file: &str, text: &str| std::fs::write(path.join(file), text).expect("a file");
    put("db/versions/a1.py", FIRST);
    let up = "op.add_column('users', Column('b', Integer, nullable=False))\n    op.create_index('i', 'users', ['id'])";
    let unsafe_one = format!(
        "from sqlalchemy import Column, Integer\n{}",
        revision("b2", "'a1'", up, "op.drop_column('users', 'b')")
    );
    put("db/versions/b2.py", &unsafe_one);
    let (code, text) = groundline(python, path, &["lint", "--since", "a1"]);
    assert_eq!(code, 1, "{text}");
    for wanted in [
        "B303 adding b fails if public.users has a row",
        "db/versions/b2.py:8:5",
        "L101 no row of public.users",
        "db/versions/b2.py:9:5",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let (code, text) = groundline(python, path, &["lint", "--since", "b2"]);
    assert!(code == 0 && text.contains("no revision to judge"), "{text}");
    let (code, text) = groundline(python, path, &["trace", "--all"]);
    assert_eq!(code, 1, "{text}");
    for wanted in [
        "db/versions/b2.py:9  CREATE INDEX i ON users (id)",
        "public.users: SHARE, stops every write; reads all of it",
        "L101 no row of public.users can be written while the index is built (observed)",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    put("groundline.toml", "[lint]\nsince = \"a1\"\n");
    let (code, text) = groundline(python, path, &["check"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("1 new revision, 2 statements: 2 errors, 0 warnings"), "{text}");
    assert!(text.contains("db/versions/b2.py:9:1"), "{text}");
}
