//! Restoring snapshots: every format that `pg_dump` writes gives the database back; broken ones are refused.

use crate::support::{self, Database, rows, with_database};
use groundline_core::{Fault, Place, Position, Result};
use groundline_migrate::outcome::DataVerdict;
use groundline_pg::proof::prove;
use groundline_pg::restore::{Options, Restored, SnapshotKind, restore};
use std::path::{Path, PathBuf};

/// A database with what dumps have trouble with. Its role is dropped by nobody: it ends with the server.
const SHOP: &str = r##"
    DO $$ BEGIN CREATE ROLE gl_restore_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    CREATE SCHEMA "My schema" AUTHORIZATION gl_restore_owner;
    CREATE TYPE mood AS ENUM ('sad', 'it''s; "ok"');
    CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
    CREATE TABLE text_kinds (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, feeling mood);
    INSERT INTO text_kinds (body, feeling) VALUES
        (E'tab\there', 'sad'), (E'back\\slash \\N \\.', NULL), (NULL, 'it''s; "ok"'), ('', NULL), (E'\\.', NULL),
        (E'line\nbreak\r\n;--', NULL), (E'\\.\n\\.', NULL), ('Grüße, 世界 🐘', NULL), ('it''s $$ $_$ "q"', NULL),
        (E'\\restrict x\n\\connect y', NULL), (E'\u2028\x01\x7f', NULL);
    CREATE TABLE big_rows (id int PRIMARY KEY, body text, raw bytea);
    INSERT INTO big_rows SELECT g, repeat(md5(g::text) || E'\t\\', 9000), decode(repeat(md5(g::text), 3000), 'hex')
        FROM generate_series(1, 12) g;
    CREATE TABLE many_rows (id int, parent int REFERENCES big_rows, share percent DEFAULT 50, ratio float8,
        twice int GENERATED ALWAYS AS (id * 2) STORED, at timestamptz, tags text[], doc json);
    INSERT INTO many_rows (id, parent, ratio, at, tags, doc) SELECT g, 1 + g % 12, 1 / g::float8,
        'epoch'::timestamptz + g * interval '1.000001 s', ARRAY[g::text, NULL, '', 'a"b\c'], '{"a" : 1}'
        FROM generate_series(1, 20000) g;
    CREATE INDEX ON many_rows (parent, id DESC) WHERE share > 10;
    CREATE TABLE "My schema"."Odd ""table" ("a;b" int, "select" text DEFAULT E'\\;''');
    INSERT INTO "My schema"."Odd ""table" VALUES (1, DEFAULT);
    ALTER TABLE "My schema"."Odd ""table" OWNER TO gl_restore_owner;
    CREATE TABLE no_columns (); INSERT INTO no_columns DEFAULT VALUES; INSERT INTO no_columns DEFAULT VALUES;
    CREATE TABLE sale (id int, region text) PARTITION BY LIST (region);
    CREATE TABLE sale_eu PARTITION OF sale FOR VALUES IN ('eu');
    CREATE TABLE sale_rest PARTITION OF sale DEFAULT; INSERT INTO sale VALUES (1, 'eu'), (2, 'us');
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- $$ ' ; "
  EXECUTE $q$SELECT 'a;b'$q$; RETURN NEW;
END;
$body$;
    CREATE TRIGGER touch BEFORE UPDATE ON many_rows FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE FUNCTION sql_body(a int) RETURNS int LANGUAGE sql
        BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT a + 1; END;
    CREATE VIEW sad AS SELECT id, body FROM text_kinds WHERE feeling = 'sad';
    CREATE MATERIALIZED VIEW shares AS SELECT parent, sum(share) AS total FROM many_rows GROUP BY parent;
    CREATE RULE quiet AS ON DELETE TO no_columns DO INSTEAD (SELECT 1; SELECT 2);
    CREATE SEQUENCE counter START 42; SELECT nextval('counter');
    COMMENT ON TABLE text_kinds IS E'it''s; -- \\connect\n$$';
    GRANT SELECT ON sad, text_kinds TO gl_restore_owner;
    ALTER DEFAULT PRIVILEGES FOR ROLE gl_restore_owner GRANT SELECT ON TABLES TO PUBLIC;
    SELECT lo_from_bytea(4711, '\x00ff5c0a');"##;

/// Rows of the tables of SHOP.
const SHOP_ROWS: u64 = 11 + 12 + 20_000 + 1 + 2 + 2;

/// Large objects are no rows of a table.
const LARGE_OBJECT: &str = "SELECT encode(lo_get(4711), 'hex')";

async fn shop() -> Database {
    let database = support::create().await;
    database.client.batch_execute(SHOP).await.expect("fill the shop");
    database
}

/// Dumps to a file; none where there is no `pg_dump`.
fn dump(database: &Database, file: &Path, options: &[&str]) -> Option<()> {
    let Some(mut command) = support::program("pg_dump", database) else {
        eprintln!("not run: this PostgreSQL has no pg_dump");
        return None;
    };
    let output = command.args(options).arg("--file").arg(file).output().expect("pg_dump starts");
    assert!(output.status.success(), "{options:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

/// The schema as `pg_dump` prints it, without the key that it makes up each time.
fn schema(database: &Database) -> String {
    let mut command = support::program("pg_dump", database).expect("pg_dump exists, as it dumped before");
    let output = command.arg("--schema-only").output().expect("pg_dump starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("a schema is UTF-8");
    let kept =
        text.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    kept.collect::<Vec<_>>().join("\n")
}

const ROLES: Options = Options { create_roles: true };

async fn restore_to(database: &Database, file: &Path, options: Options) -> Result<Restored> {
    let programs = |name: &str| support::server().program(name);
    let outcome = restore(&database.client, &programs, file, options).await;
    if database.client.is_closed() {
        let refused =
            outcome.as_ref().is_err_and(|fault| fault.why.as_deref().is_some_and(|why| why.contains("COPY")));
        assert!(refused, "only a COPY that is refused closes the connection: {outcome:#?}");
        return outcome;
    }
    let left = rows(&database.client, "SELECT name FROM pg_settings WHERE source = 'session'").await;
    assert_eq!(left, [[""; 0]; 0], "settings of the dump stay in the session");
    outcome
}

/// Restores a text, as a file.
async fn restore_text(text: impl AsRef<[u8]>, options: Options) -> Result<Restored> {
    let file = tempfile::NamedTempFile::new().expect("a file for the text");
    std::fs::write(file.path(), text).expect("write the text");
    let mut outcome = None;
    with_database(async |database| outcome = Some(restore_to(database, file.path(), options).await)).await;
    outcome.expect("the test ran")
}

fn position(fault: &Fault) -> Option<(usize, usize)> {
    match fault.place {
        Some(Place::File { position: Some(Position { line, column }), .. }) => Some((line, column)),
        _ => None,
    }
}

#[tokio::test]
async fn every_format_gives_the_database_back() {
    let shop = shop().await;
    let folder = tempfile::tempdir().unwrap();
    let formats: [(SnapshotKind, &[&str]); 11] = [
        (SnapshotKind::Plain, &["-Fp"]),
        (SnapshotKind::PlainGzip, &["-Fp", "-Z6"]),
        (SnapshotKind::Custom, &["-Fc"]),
        (SnapshotKind::Custom, &["-Fc", "-Z0"]),
        (SnapshotKind::Directory, &["-Fd"]),
        (SnapshotKind::Tar, &["-Ft"]),
        (SnapshotKind::Plain, &["--inserts"]),
        (SnapshotKind::Custom, &["-Fc", "--column-inserts", "--rows-per-insert=100"]),
        (SnapshotKind::Plain, &["--create"]),
        (SnapshotKind::Plain, &["--clean"]),
        (SnapshotKind::Plain, &["--create", "--clean", "--if-exists", "--quote-all-identifiers"]),
    ];
    for (at, (kind, options)) in formats.into_iter().enumerate() {
        let file = folder.path().join(format!("snapshot {at}"));
        let Some(()) = dump(&shop, &file, options) else { return };
        with_database(async |copy| {
            let restored = restore_to(copy, &file, ROLES).await;
            let restored = restored.unwrap_or_else(|fault| panic!("{options:?}: {fault:#?}"));
            assert_eq!(restored.kind, kind, "{options:?}");
            assert_eq!(restored.rows_copied, SHOP_ROWS, "{options:?}");
            assert_eq!(restored.roles_created, [""; 0]);
            let version = support::server().version().to_string();
            assert!(restored.dumped_from.unwrap().starts_with(&version), "{options:?}");
            if !options.iter().any(|option| option.starts_with("--c")) {
                assert_eq!(restored.notes, [], "{options:?}");
            }
            assert_eq!(schema(copy), schema(&shop), "{options:?}");
            let proofs = prove(&shop.client, &copy.client, &[]).await.unwrap();
            let same = proofs.iter().all(|proof| proof.verdict == DataVerdict::Same);
            assert!(same && proofs.len() == 6, "{options:?}: {proofs:#?}");
            assert_eq!(rows(&copy.client, LARGE_OBJECT).await, [["00ff5c0a"]], "{options:?}");
            assert_eq!(rows(&copy.client, "SELECT nextval('counter')").await, [["43"]]);
            assert_eq!(rows(&copy.client, "SELECT count(*) FROM shares").await, [["12"]]);
        })
        .await;
    }
    support::remove(shop).await;
}

/// Cuts a file to so many thousandths of its size.
fn cut(file: &Path, thousandths: u64) -> PathBuf {
    let content = std::fs::read(file).expect("read the dump");
    let shorter = file.with_extension(thousandths.to_string());
    let length = content.len() as u64 * thousandths / 1000;
    std::fs::write(&shorter, &content[..length as usize]).expect("write the cut dump");
    shorter
}

#[tokio::test]
async fn truncated_snapshots_are_refused() {
    let shop = shop().await;
    let folder = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 5] = [
        ("plain", &[]),
        ("inserts", &["--inserts"]),
        ("gzip", &["-Z6"]),
        ("custom", &["-Fc"]),
        ("tar", &["-Ft"]),
    ];
    for (name, options) in formats {
        let file = folder.path().join(name);
        let Some(()) = dump(&shop, &file, options) else { return };
        // At 999 of 1000 only the last line of a plain dump is missing, and the last block of an archive.
        for thousandths in [3, 100, 500, 900, 999] {
            let file = cut(&file, thousandths);
            with_database(async |copy| {
                let fault = match restore_to(copy, &file, ROLES).await {
                    Err(fault) => fault,
                    Ok(restored) => panic!("{}: {restored:#?}", file.display()),
                };
                let expected = match name {
                    "custom" => "pg_restore could not read the snapshot",
                    _ => "the snapshot is truncated",
                };
                assert_eq!(fault.what, expected, "{}: {fault:#?}", file.display());
                assert!(fault.why.is_some() && fault.next.is_some() && fault.place.is_some(), "{fault:#?}");
                assert_eq!(position(&fault).is_none(), matches!(name, "custom" | "tar"), "{fault:#?}");
                assert_eq!(rows(&copy.client, "SELECT 1").await, [["1"]], "the session is usable");
            })
            .await;
        }
    }
    let file = folder.path().join("folder");
    dump(&shop, &file, &["-Fd"]).unwrap();
    let data = std::fs::read_dir(&file).unwrap().map(|entry| entry.unwrap().path());
    let data: Vec<PathBuf> = data.filter(|path| path.extension().is_some_and(|end| end == "gz")).collect();
    std::fs::remove_file(&data[0]).unwrap();
    with_database(async |copy| {
        let fault = restore_to(copy, &file, ROLES).await.unwrap_err();
        assert_eq!(fault.what, "pg_restore could not read the snapshot", "{fault:#?}");
    })
    .await;
    support::remove(shop).await;
}

#[tokio::test]
async fn a_missing_role_is_created_where_that_is_allowed() {
    let text = "CREATE TABLE t (id int);\nALTER TABLE t OWNER TO \"Gl restore; it's missing\";\n\
        GRANT SELECT ON t TO gl_restore_missing_too;\nCREATE POLICY p ON t TO gl_restore_missing_too;\n";
    let fault = restore_text(text, Options::default()).await.unwrap_err();
    assert!(fault.what.contains("role \"Gl restore; it's missing\""), "{fault:#?}");
    assert_eq!(fault.next.as_deref(), Some("create it: CREATE ROLE \"Gl restore; it's missing\" NOLOGIN"));
    assert_eq!((position(&fault), fault.sqlstate.as_deref()), (Some((2, 1)), Some("42704")));

    let restored = restore_text(text, ROLES).await.unwrap();
    assert_eq!(restored.roles_created, ["Gl restore; it's missing", "gl_restore_missing_too"]);
    assert_eq!(restored.notes.len(), 2);
    with_database(async |database| {
        let login = "SELECT rolcanlogin FROM pg_roles WHERE rolname ~* '^gl.restore.*missing'";
        assert_eq!(rows(&database.client, login).await, [["f"], ["f"]]);
        let drop = "DROP ROLE \"Gl restore; it's missing\", gl_restore_missing_too";
        database.client.batch_execute(drop).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_the_cluster_or_to_a_newer_server_is_left_out_with_a_note() {
    let text = "SET transaction_timeout_of_tomorrow = 0;\nSET default_tablespace = 'no such';\n\
        CREATE ROLE gl_restore_unmade LOGIN PASSWORD 'geheim';\n\
        DROP DATABASE \"my shop\";\nCREATE DATABASE \"my shop\" TEMPLATE = template0;\n\
        \\connect -reuse-previous=on \"dbname='my shop'\"\n\\set VERBOSITY terse\nCREATE SCHEMA public;\n\
        DROP TABLE t;\nALTER TABLE t DROP CONSTRAINT c;\nCREATE TABLE t (id int);\nINSERT INTO t VALUES (1), (2);\n";
    let restored = restore_text(text, ROLES).await.unwrap();
    assert_eq!((restored.rows_copied, restored.roles_created.len()), (2, 0));
    let notes: Vec<&str> = restored.notes.iter().map(|note| note.what.as_str()).collect();
    assert_eq!(notes.len(), 6, "{notes:#?}");
    assert!(
        notes.iter().any(|note| note.contains("settings") && note.ends_with("(2 statements)")),
        "{notes:#?}"
    );
    assert!(!format!("{restored:?}").contains("geheim"));
}

#[tokio::test]
async fn what_can_not_be_restored_is_refused_at_its_place() {
    let cases = [
        ("SELECT 1;\n\\connect other\n", "another database", (2, 1)),
        ("SELECT 1;\n\\i other.sql\n", "\\i is not supported", (2, 1)),
        ("SELECT 1;\nSELECT\n  nonsense;\n", "\"nonsense\" does not exist", (3, 3)),
        (
            "CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES ('x');\n",
            "invalid input",
            (3, 1),
        ),
        ("CREATE TABLE t (id int);\nCOPY t (id) FROM stdin;\n1\nx\n\\.\n", "invalid input", (4, 1)),
        ("CREATE TABLE t (id int);\nCOPY t (id) FROM stdin;\n1\t2\n\\.\n", "extra data", (3, 1)),
        ("COPY t (id) FROM stdin;\n1\n\\.\n", "\"t\" does not exist", (1, 1)),
        ("COPY t (id FROM stdin;\n1\n\\.\n", "syntax error", (1, 12)),
        ("\n\nCREATE EXTENSION no_such_extension;\n", "needs an extension", (3, 1)),
        ("SELECT 1;\nBEGIN;\nCREATE TABLE t (id int);\n", "ends inside a transaction", (3, 1)),
    ];
    for (text, what, place) in cases {
        let fault = restore_text(text, ROLES).await.expect_err(text);
        assert!(fault.what.contains(what), "{text}: {fault:#?}");
        assert_eq!(position(&fault), Some(place), "{text}: {fault:#?}");
    }
}

#[tokio::test]
async fn a_fault_leaves_no_transaction_and_no_role_in_the_session() {
    let text = "BEGIN;\nSET ROLE pg_monitor;\nSET LOCAL work_mem = '1MB';\nSELECT nonsense;\nCOMMIT;\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    with_database(async |database| {
        restore_to(database, file.path(), ROLES).await.unwrap_err();
        assert_eq!(rows(&database.client, "SELECT current_user = session_user").await, [["t"]]);
        std::fs::write(file.path(), "SET SESSION AUTHORIZATION pg_monitor; SET ROLE pg_monitor;").unwrap();
        restore_to(database, file.path(), ROLES).await.unwrap();
        let user = "SELECT current_user = session_user, session_user = 'pg_monitor'";
        assert_eq!(rows(&database.client, user).await, [["t", "f"]]);
    })
    .await;
}

#[tokio::test]
async fn an_owner_without_rights_is_refused_with_the_way_out() {
    let shop = shop().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let Some(()) = dump(&shop, file.path(), &["--use-set-session-authorization"]) else { return };
    with_database(async |copy| {
        let fault = restore_to(copy, file.path(), ROLES).await.unwrap_err();
        assert!(fault.what.contains("permission denied for database"), "{fault:#?}");
        assert!(fault.next.unwrap().starts_with("dump without `--use-set-session-authorization`"));
    })
    .await;
    with_database(async |copy| {
        let grant = format!("GRANT CREATE ON DATABASE {} TO gl_restore_owner", copy.name);
        copy.client.batch_execute(&grant).await.unwrap();
        assert_eq!(restore_to(copy, file.path(), ROLES).await.unwrap().rows_copied, SHOP_ROWS);
        assert_eq!(schema(copy), schema(&shop));
    })
    .await;
    support::remove(shop).await;
}

#[tokio::test]
async fn a_dump_in_another_encoding_is_restored_or_refused() {
    let mut text = b"SET client_encoding = 'LATIN1';\nCREATE TABLE t (body text);\nCOPY t FROM stdin;\nGr\xfc\xdfe\n\\.\n".to_vec();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    with_database(async |database| {
        let restored = restore_to(database, file.path(), ROLES).await.unwrap();
        assert_eq!(restored.rows_copied, 1);
        assert_eq!(rows(&database.client, "SELECT body FROM t").await, [["Grüße"]]);
    })
    .await;
    text.extend(b"COMMENT ON TABLE t IS '\xfc';\n");
    let fault = restore_text(&text, ROLES).await.unwrap_err();
    assert_eq!((fault.what.as_str(), position(&fault)), ("the statement is not UTF-8", Some((6, 24))));
}
