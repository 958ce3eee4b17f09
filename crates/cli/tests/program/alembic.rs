//! Histories of Alembic's: run by the project's own Alembic, on the database that was meant and on no other.

use crate::support::{Databases, entries, groundline, project, python};
use serde_json::Value;
use std::path::Path;

/// An `env.py` that connects where `URL` says; `URL` is an expression of Python's.
pub const ENVIRONMENT: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\
    print('{\"ok\": {}}')\n\
    engine = create_engine(URL, poolclass=pool.NullPool)\n\
    with engine.connect() as connection:\n    context.configure(connection=connection)\n    \
    with context.begin_transaction():\n        context.run_migrations()\n";

/// The same with an asynchronous driver, as Alembic's template has it.
pub const ASYNC_ENVIRONMENT: &str = "import asyncio\nfrom alembic import context\nfrom sqlalchemy import pool\n\
    from sqlalchemy.ext.asyncio import create_async_engine\n\
    def run(connection):\n    context.configure(connection=connection)\n    \
    with context.begin_transaction():\n        context.run_migrations()\n\
    async def main():\n    engine = create_async_engine(context.config.get_main_option('sqlalchemy.url'), poolclass=pool.NullPool)\n    \
    async with engine.connect() as connection:\n        await connection.run_sync(run)\n    await engine.dispose()\n\
    asyncio.run(main())\n";

pub const FIRST: &str = "revision = 'a1'\ndown_revision = None\nfrom alembic import op\n\
    def upgrade():\n    op.execute('CREATE TABLE users (id bigint)')\n\
    def downgrade():\n    op.execute('DROP TABLE users')\n";

pub fn revision(version: &str, after: &str, up: &str, down: &str) -> String {
    format!(
        "revision = '{version}'\ndown_revision = {after}\nfrom alembic import op\n\n\n\
         def upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
    )
}

/// Runs a command on a project with the environment of the tests; returns exit status, stdout as JSON, and stderr.
fn run(environment: &Path, verb: &str, project: &Path) -> (i32, Value, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    command.arg(verb).arg(project).args(["--format", "json"]).env("VIRTUAL_ENV", environment);
    let output = command.output().expect("it runs");
    assert_eq!(entries(temp.path()), Vec::<String>::new(), "temporary folders are left");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().expect("an exit status"), answer, stderr)
}

fn verdicts(report: &Value) -> Vec<&str> {
    let revisions = report["revisions"].as_array().expect("revisions");
    revisions.iter().map(|one| one["verdict"].as_str().expect("a verdict")).collect()
}

#[test]
fn the_example_passes_its_check_with_a_branch_a_merge_and_a_database_to_adopt() {
    let Some(environment) = python::environment() else { return };
    let place = tempfile::tempdir().expect("a temporary folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/orders-fastapi");
    let mut command = groundline(place.path());
    command.arg("check").arg(example).arg("--evidence").arg(place.path().join("evidence"));
    let output = command.env("VIRTUAL_ENV", environment).output().expect("it runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "6 of 6 downs, then nothing is left",
        "2c7b1e8d40fa in public.alembic_version",
        "4 revisions applied",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
}

#[test]
fn an_environment_that_connects_elsewhere_is_refused_before_anything_runs() {
    let Some(environment) = python::environment() else { return };
    let databases = Databases::start();
    let production = databases.make("production", "CREATE TABLE kept (id bigint)");
    let elsewhere = production.replacen("postgresql:", "postgresql+psycopg:", 1);
    let environment_py = ENVIRONMENT.replace("URL", &format!("'{elsewhere}&password=geheim'"));
    let folder = project(&[("db/env.py", &environment_py), ("db/versions/a1.py", FIRST)]);
    let (code, _, stderr) = run(environment, "drill", folder.path());
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("env.py does not connect to the database that was meant"), "{stderr}");
    assert!(stderr.contains("it connects to database production"), "{stderr}");
    assert!(!stderr.contains("geheim"), "{stderr}");
    databases.run(&production, "DO $$ BEGIN ASSERT to_regclass('alembic_version') IS NULL; END $$");
    databases.run(&production, "DO $$ BEGIN ASSERT to_regclass('users') IS NULL; END $$");
}

#[test]
fn asynchronous_environments_and_noise_on_stdout_are_no_trouble() {
    let Some(environment) = python::environment() else { return };
    let plain = ENVIRONMENT.replace("URL", "os.environ['DATABASE_URL']");
    for environment_py in [&plain, ASYNC_ENVIRONMENT] {
        let folder = project(&[("db/env.py", environment_py), ("db/versions/a1.py", FIRST)]);
        let (code, report, stderr) = run(environment, "drill", folder.path());
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(verdicts(&report), ["exact"]);
        assert_eq!(report["chain"]["verdict"], "exact");
    }
}

#[test]
fn a_database_between_two_branches_and_their_merge_is_stamped_with_both() {
    let Some(environment) = python::environment() else { return };
    let environment_py = ENVIRONMENT.replace("URL", "context.config.get_main_option('sqlalchemy.url')");
    let column = |version: &str, after: &str| {
        let up = format!("op.execute('ALTER TABLE users ADD {version} int')");
        revision(version, after, &up, &format!("op.execute('ALTER TABLE users DROP {version}')"))
    };
    let schema = "CREATE TABLE users (id bigint, b2 int, c3 int);";
    let recorded = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);\n\
                    INSERT INTO alembic_version VALUES ('c3'), ('b2');";
    let folder = project(&[
        ("db/env.py", &environment_py),
        ("db/versions/a1.py", FIRST),
        ("db/versions/b2.py", &column("b2", "'a1'")),
        ("db/versions/c3.py", &column("c3", "'a1'")),
        ("db/versions/d4.py", &revision("d4", "('b2', 'c3')", "pass", "pass")),
        ("db/versions/e5.py", &column("e5", "'d4'")),
        ("production.sql", schema),
        ("recorded.sql", &format!("{schema}\n{recorded}")),
        ("groundline.toml", "[snapshot]\nfile = \"production.sql\"\n"),
    ]);
    let (code, _, stderr) = run(environment, "check", folder.path());
    assert_eq!(code, 0, "{stderr}");
    let runs = std::fs::read_dir(folder.path().join(".groundline/evidence")).expect("evidence").flatten();
    let texts = runs.filter_map(|run| std::fs::read_to_string(run.path().join("evidence.json")).ok());
    let evidence: Vec<Value> = texts.map(|text| serde_json::from_str(&text).expect("JSON")).collect();
    let [evidence] = &evidence[..] else { panic!("one run: {evidence:?}") };
    let onboarding = &evidence["onboarding"];
    assert_eq!(onboarding["stamped"]["rows"], 2, "{onboarding}");
    assert_eq!(onboarding["migrated"], serde_json::json!(["d4", "e5"]), "{onboarding}");

    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    command.arg("identify").arg(folder.path().join("recorded.sql")).arg("--project").arg(folder.path());
    let output =
        command.args(["--format", "json"]).env("VIRTUAL_ENV", environment).output().expect("it runs");
    let identity: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(identity["agrees"], true, "{identity}");
    assert_eq!(identity["recorded"], serde_json::json!(["b2", "c3"]), "{identity}");
}

#[test]
fn what_a_down_leaves_and_where_a_revision_stops_is_told() {
    let Some(environment) = python::environment() else { return };
    let environment_py = ENVIRONMENT.replace("URL", "os.environ['DATABASE_URL']");
    let leaves =
        revision("b2", "'a1'", "op.execute('CREATE TYPE mood AS ENUM ()')", "op.execute('SELECT 1')");
    let fails = revision("c3", "'b2'", "op.execute('ALTER TABLE users DROP nick')", "pass");
    let folder = project(&[
        ("db/env.py", &environment_py),
        ("db/versions/a1.py", FIRST),
        ("db/versions/b2_mood.py", &leaves),
        ("db/versions/c3_nick.py", &fails),
    ]);
    let (code, report, stderr) = run(environment, "drill", folder.path());
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(verdicts(&report), ["exact", "again fails", "up fails"]);
    let error = &report["revisions"][2]["error"];
    assert_eq!(error["sqlstate"], "42703", "{error}");
    assert!(
        error["place"]["file"]["path"].as_str().is_some_and(|path| path.ends_with("c3_nick.py")),
        "{error}"
    );
    assert_eq!(error["place"]["file"]["position"]["line"], 7, "{error}");
}

#[test]
fn an_interpreter_without_alembic_is_told_with_what_to_install() {
    let folder = project(&[
        ("db/env.py", ""),
        ("db/versions/a1.py", FIRST),
        ("groundline.toml", "[alembic]\ncommand = [\"python3\", \"-S\", \"-I\"]\n"),
    ]);
    let (code, _, stderr) = run(Path::new("/nonexistent"), "drill", folder.path());
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("no Python with Alembic found") && stderr.contains("pip install"), "{stderr}");
}
