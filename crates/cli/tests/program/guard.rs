//! The guard in a database: what it refuses, what must go on working, every way around it that a role with rights over the
//! schema could try, the emergency path, and that nothing of it is left.

use crate::permit::run_as as run;
use crate::support::{Databases, project};
use groundline_pg::client::Client;

const CONFIG: &str = "[migrations]\nlayout = \"sqlx\"\n";
const UP: (&str, &str) = (
    "migrations/1_t.up.sql",
    "CREATE TABLE t (id int PRIMARY KEY, note text);\nCREATE MATERIALIZED VIEW m AS SELECT id FROM t;\n",
);
const DOWN: (&str, &str) = ("migrations/1_t.down.sql", "DROP MATERIALIZED VIEW m;\nDROP TABLE t;\n");
const MORE: (&str, &str) = ("migrations/2_more.up.sql", "CREATE INDEX CONCURRENTLY note ON t (note);\n");
const LESS: (&str, &str) = ("migrations/2_more.down.sql", "DROP INDEX CONCURRENTLY note;\n");

/// A database whose schema an application's role owns, with a guard.
struct Guarded {
    databases: Databases,
    folder: tempfile::TempDir,
    admin: String,
    app: String,
}

impl Guarded {
    fn new(install: &[&str]) -> Self {
        let databases = Databases::start();
        let admin = databases.make(
            "guarded",
            "CREATE ROLE app LOGIN; CREATE ROLE migrator LOGIN; GRANT migrator TO app;
             GRANT CREATE ON SCHEMA public TO app, migrator; GRANT CREATE ON DATABASE guarded TO app, migrator;
             GRANT pg_signal_backend TO app; CREATE SCHEMA mine AUTHORIZATION migrator; GRANT ALL ON SCHEMA mine TO app",
        );
        let app = format!("{admin}&user=app").replace("user=postgres&", "");
        let folder = project(&[("groundline.toml", CONFIG), UP, DOWN, MORE, LESS]);
        let (code, said) = run(folder.path(), &["upgrade", "1", "--url", &app], None);
        assert_eq!(code, 0, "{said}");
        let (code, said) =
            run(folder.path(), &[&["guard", "install", "--url", &admin], install].concat(), None);
        assert_eq!(code, 0, "{said}");
        Self { databases, folder, admin, app }
    }

    fn session(&self, before: &str) -> Client {
        self.databases.session(&self.app, before)
    }

    /// What the server says to a statement, or nothing.
    fn said(&self, client: &Client, sql: &str) -> Option<String> {
        self.databases.said(client, sql)
    }
}

/// Schema changes, each of another kind.
const CHANGES: &[&str] = &[
    "CREATE TABLE x (id int)",
    "CREATE TABLE x AS SELECT 1 AS id",
    "SELECT 1 AS id INTO x",
    "ALTER TABLE t ADD COLUMN x int",
    "ALTER TABLE t ALTER COLUMN note TYPE varchar(9)",
    "ALTER TABLE t DISABLE TRIGGER ALL",
    "ALTER TABLE t RENAME TO u",
    "DROP TABLE t CASCADE",
    "CREATE INDEX ON t (note)",
    "CREATE INDEX CONCURRENTLY x ON t (note)",
    "CREATE VIEW v AS SELECT 1",
    "DROP MATERIALIZED VIEW m",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA s",
    "CREATE SEQUENCE s",
    "CREATE TYPE e AS ENUM ('a')",
    "GRANT SELECT ON t TO PUBLIC",
    "COMMENT ON TABLE t IS 'x'",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    "CREATE POLICY p ON t",
    "CREATE RULE r AS ON INSERT TO t DO NOTHING",
    "CREATE STATISTICS st ON id, note FROM t",
    "DROP OWNED BY app",
    "DO $$ BEGIN CREATE TABLE x (id int); END $$",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || 'x (id int)'; END $$",
];

/// What an application does all day.
const HARMLESS: &[&str] = &[
    "CREATE TEMP TABLE scratch (id int, note text)",
    "CREATE INDEX ON scratch (note)",
    "ALTER TABLE scratch ALTER COLUMN id TYPE bigint",
    "CREATE TEMP VIEW seen AS SELECT * FROM t",
    "SELECT * INTO TEMP more FROM t",
    "DROP TABLE scratch CASCADE",
    "INSERT INTO t VALUES (1, 'a')",
    "REFRESH MATERIALIZED VIEW m",
    "ANALYZE t",
    "REINDEX TABLE t",
    "VACUUM t",
    "TRUNCATE t CASCADE",
    "CREATE TABLE IF NOT EXISTS t (id int)",
    "BEGIN; CREATE TEMP TABLE gone (id int) ON COMMIT DROP; COMMIT",
    "DISCARD TEMP",
];

/// Ways around it.
const ESCAPES: &[&str] = &[
    "SET ROLE migrator",
    "SET groundline.pass = 'on'",
    "SET application_name = 'pg_restore'",
    "SET application_name = 'groundline restore'",
    "SET session_replication_role = replica",
    "SET event_triggers = off",
    "SET search_path = pg_temp, public; CREATE FUNCTION pg_temp.standing() RETURNS bigint LANGUAGE sql AS 'SELECT 0'",
    "SET SESSION AUTHORIZATION migrator",
    "ALTER EVENT TRIGGER groundline_guard_end DISABLE",
    "DROP EVENT TRIGGER groundline_guard_end",
    "DROP SCHEMA groundline_guard CASCADE",
    "DROP FUNCTION groundline_guard.at_end() CASCADE",
    "CREATE OR REPLACE FUNCTION groundline_guard.standing() RETURNS bigint LANGUAGE sql AS 'SELECT 0'",
    "INSERT INTO groundline_guard.pass (kind, pid, session_began, role, reason, opened_by) SELECT 'run', pg_backend_pid(), groundline_guard.session_began(), 'app', 'x', 'app'",
    "UPDATE groundline_guard.setting SET mode = 'audit'",
    "SELECT groundline_guard.open(NULL, 'x')",
    "SELECT groundline_guard.open('guess', 'x')",
    "SELECT groundline_guard.emergency('guess', 'x', 'app', interval '1 hour')",
    "SELECT groundline_guard.judge('x', 'x')",
    "ALTER ROLE app SUPERUSER",
    "ALTER SYSTEM SET event_triggers = off",
    "UPDATE pg_catalog.pg_event_trigger SET evtenabled = 'D'",
];

#[test]
fn changes_are_refused_and_everyday_work_goes_on() {
    let guarded = Guarded::new(&["--migrator", "migrator"]);
    let app = guarded.session("SELECT 1");
    for change in CHANGES {
        let said = guarded.said(&app, change);
        assert!(
            said.as_ref().is_some_and(|said| said.contains("changes by migrations alone")),
            "{change}: {said:?}"
        );
    }
    for statement in HARMLESS {
        assert_eq!(guarded.said(&app, statement), None, "{statement}");
    }
    let left = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(
        guarded.databases.rows(&guarded.admin, left),
        "_sqlx_migrations _sqlx_migrations_pkey m t t_pkey"
    );
    // A superuser's hand is refused, too, and a superuser's restore is not.
    let admin = guarded.databases.session(&guarded.admin, "SELECT 1");
    assert!(guarded.said(&admin, "CREATE TABLE by_hand (id int)").is_some());
    let restore = guarded.databases.session(&guarded.admin, "SET application_name = 'pg_restore'");
    assert_eq!(guarded.said(&restore, "CREATE TABLE restored (id int); DROP TABLE restored"), None);
    // The schema is as without a guard.
    let fingerprint =
        || run(guarded.folder.path(), &["fingerprint", &guarded.admin, "--profile", "full"], None);
    let with = fingerprint();
    assert_eq!(run(guarded.folder.path(), &["guard", "remove", "--url", &guarded.admin], None).0, 0);
    assert_eq!((with.0, with), (0, fingerprint()));
}

#[test]
fn no_way_around_it_is_open_to_a_role_with_rights_over_the_schema() {
    let guarded = Guarded::new(&["--migrator", "app", "--migrator", "migrator", "--secret"]);
    for escape in ESCAPES {
        let app = guarded.session("SELECT 1");
        let tried = guarded.said(&app, escape);
        let _ = guarded.said(&app, "ROLLBACK");
        for change in ["CREATE TABLE public.x (id int)", "CREATE VIEW mine.v AS SELECT 1"] {
            let said = guarded.said(&app, change);
            assert!(
                said.as_ref().is_some_and(|said| said.contains("changes by migrations alone")),
                "{escape} ({tried:?}): {change}: {said:?}"
            );
        }
    }
    let (code, said) = run(guarded.folder.path(), &["guard", "status", "--url", &guarded.admin], None);
    assert_eq!((code, said.contains("with the secret")), (0, true), "{said}");
    // Disabled by the one who can, it says so.
    guarded.databases.run(&guarded.admin, "ALTER EVENT TRIGGER groundline_guard_end DISABLE");
    let (code, said) = run(guarded.folder.path(), &["guard", "status", "--url", &guarded.admin], None);
    assert_eq!((code, said.contains("BROKEN")), (1, true), "{said}");
}

#[test]
fn a_run_opens_it_with_its_role_or_its_secret() {
    let guarded = Guarded::new(&["--migrator", "migrator"]);
    let upgrade =
        |url: &str, secret: Option<&str>| run(guarded.folder.path(), &["upgrade", "--url", url], secret);
    let (code, said) = upgrade(&guarded.app, None);
    assert_eq!((code, said.contains("the role app may not open the guard")), (2, true), "{said}");
    let (code, said) = run(
        guarded.folder.path(),
        &["guard", "install", "--url", &guarded.admin, "--migrator", "app", "--secret"],
        None,
    );
    assert_eq!(code, 0, "{said}");
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("GROUNDLINE_GUARD_SECRET="))
        .expect("a secret")
        .to_owned();
    let kept =
        guarded.databases.rows(&guarded.admin, "SELECT encode(secret, 'hex') FROM groundline_guard.setting");
    assert!(!kept.contains(&secret) && kept.len() == 64);
    let (code, said) = upgrade(&guarded.app, Some("guess"));
    assert_eq!((code, said.contains("the guard wants its secret")), (2, true), "{said}");
    let (code, said) = upgrade(&guarded.app, Some(&secret));
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains(&secret));
    // Back and forth, and the history table alone.
    let (code, said) = run(guarded.folder.path(), &["downgrade", "-1", "--url", &guarded.app], Some(&secret));
    assert_eq!(code, 0, "{said}");
    guarded.databases.run(&guarded.admin, "DROP TABLE IF EXISTS nothing_there");
    let (code, said) = run(
        guarded.folder.path(),
        &["stamp", "1", &guarded.app, "--unproven", "--reason", "a trial"],
        Some(&secret),
    );
    assert_eq!(code, 0, "{said}");
    // The session of the run is over: so is its pass.
    let app = guarded.session("SELECT 1");
    assert!(guarded.said(&app, "CREATE TABLE x (id int)").is_some());
}

#[test]
fn an_emergency_is_logged_and_ends() {
    let guarded = Guarded::new(&["--migrator", "migrator"]);
    let guard = |args: &[&str]| {
        run(guarded.folder.path(), &[&["guard"], args, &["--url", &guarded.admin]].concat(), None)
    };
    assert_eq!(guard(&["open", "--reason", "the shop is down", "--role", "app", "--ttl", "25h"]).0, 2);
    assert_eq!(guard(&["open", "--reason", "x", "--role", "nobody"]).0, 2);
    let (code, said) = guard(&["open", "--reason", "the shop is down", "--role", "app", "--ttl", "10m"]);
    assert_eq!(code, 0, "{said}");
    let app = guarded.session("SET application_name = 'psql'");
    assert_eq!(guarded.said(&app, "CREATE INDEX CONCURRENTLY fast ON t (note)"), None);
    let (code, said) = guard(&["log"]);
    assert_eq!(
        (code, said.contains("app (psql) CREATE INDEX public.fast; emergency: the shop is down")),
        (1, true),
        "{said}"
    );
    let (_, said) = guard(&["status"]);
    assert!(said.contains("emergency            app until"), "{said}");
    assert_eq!(guard(&["close"]).0, 0);
    assert!(guarded.said(&app, "DROP INDEX fast").is_some());
    // A short one ends by itself.
    assert_eq!(guard(&["open", "--reason", "again", "--role", "app", "--ttl", "1s"]).0, 0);
    std::thread::sleep(std::time::Duration::from_millis(1200));
    assert!(guarded.said(&app, "DROP INDEX fast").is_some());
    let (code, said) = run(guarded.folder.path(), &["drift", &guarded.admin], None);
    assert_eq!((code, said.contains("fast")), (1, true), "{said}");
}

#[test]
fn audit_logs_and_removal_leaves_nothing() {
    let guarded = Guarded::new(&["--audit"]);
    let objects = "SELECT count(*) FROM pg_depend WHERE classid IN ('pg_event_trigger'::regclass, 'pg_proc'::regclass) AND refobjid = 'groundline_guard'::regnamespace";
    assert_ne!(guarded.databases.rows(&guarded.admin, objects), "0");
    let app = guarded.session("SELECT 1");
    assert_eq!(guarded.said(&app, "CREATE TABLE x (id int); DROP TABLE x"), None);
    let (code, said) = run(guarded.folder.path(), &["guard", "log", "--url", &guarded.admin], None);
    assert_eq!(code, 1);
    assert!(
        said.contains("CREATE TABLE public.x; no pass: audit") && said.contains("DROP TABLE public.x"),
        "{said}"
    );
    assert_eq!(run(guarded.folder.path(), &["guard", "remove", "--url", &guarded.admin], None).0, 0);
    let left = "SELECT (SELECT count(*) FROM pg_event_trigger), (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'guard')";
    assert_eq!(guarded.databases.rows(&guarded.admin, left), "0 0");
    assert_eq!(guarded.said(&app, "CREATE TABLE x (id int)"), None);
    assert_eq!(run(guarded.folder.path(), &["guard", "status", "--url", &guarded.admin], None).0, 1);
    let (code, said) = run(guarded.folder.path(), &["guard", "install", "--url", &guarded.app], None);
    assert_eq!((code, said.contains("groundline guard roles")), (2, true), "{said}");
    // Without a superuser: roles kept apart.
    let apply =
        ["guard", "roles", "--url", &guarded.admin, "--app", "app", "--migrator", "migrator", "--apply"];
    guarded.databases.run(&guarded.admin, "REVOKE migrator FROM app");
    let (code, said) = run(guarded.folder.path(), &apply, None);
    assert_eq!(code, 0, "{said}");
    let app = guarded.session("SELECT 1");
    assert_eq!(guarded.said(&app, "INSERT INTO t VALUES (2, 'b')"), None);
    for change in ["CREATE TABLE y (id int)", "ALTER TABLE t ADD COLUMN y int", "DROP TABLE t"] {
        assert!(guarded.said(&app, change).is_some(), "{change}");
    }
}
