//! A database that was dumped and loaded is the same, and so is its copy; where PostgreSQL prints what it reads in
//! another way, the case names the difference.

use crate::cases::{File, lines, read};
use crate::support::{Database, create, program, remove, server};
use crate::world;
use groundline_catalog::{Snapshot, diff};
use groundline_pg::introspect;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Who loads a dump, and in which format it is.
const WAYS: [(&str, &str); 2] = [("plain", "psql"), ("custom", "pg_restore")];

#[tokio::test(flavor = "multi_thread")]
async fn dumped_and_loaded_it_is_the_same() {
    let original = world::database().await;
    let before = snapshot(&original).await;
    for (format, _) in WAYS {
        let loaded = create().await;
        if load(&original, &loaded, format) {
            assert_eq!(lines(&diff(&before, &snapshot(&loaded).await)), [""; 0], "{format}");
        }
        world::remove(loaded).await;
    }
    world::remove(original).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_another_locale_it_is_the_same() {
    let original = world::database().await;
    let locale = "SELECT CASE WHEN datcollate = 'C' THEN 'C.UTF-8' ELSE 'C' END FROM pg_database
        WHERE datname = current_database()";
    let locale = original.client.query_one(locale, &[]).await.expect("the locale").get::<_, String>(0);
    let shelf = create().await.shelve().await;
    let anew = [
        format!("DROP DATABASE {}", shelf.name()),
        format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE '{locale}'", shelf.name()),
    ];
    for statement in anew {
        original.client.batch_execute(&statement).await.expect("a database of another locale");
    }
    let loaded = shelf.open().await;
    if load(&original, &loaded, "plain") {
        let differences = diff(&snapshot(&original).await, &snapshot(&loaded).await);
        let (of_database, others): (Vec<_>, Vec<_>) =
            differences.into_iter().partition(|difference| &*difference.object.identity == "database");
        assert_eq!(lines(&others), [""; 0], "{locale}");
        assert!(!of_database.is_empty(), "the database itself is of another locale: {locale}");
    }
    world::remove(loaded).await;
    world::remove(original).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_the_same() {
    let original = world::database().await;
    let before = snapshot(&original).await;
    let shelf = original.shelve().await;
    let copy = shelf.copy().await;
    let after = snapshot(&copy).await;
    assert_eq!(lines(&diff(&before, &after)), [""; 0]);
    assert_eq!(before.fingerprint(), after.fingerprint());
    world::remove(copy).await;
    shelf.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgresql_prints_it_reads_and_prints_alike() {
    let major = server().version().major();
    let (mut files, mut wrong) = (read("loads"), Vec::new());
    for case in files.iter_mut().flat_map(|file| &mut file.cases) {
        let (original, loaded) = (create().await, create().await);
        original
            .client
            .batch_execute(&case.edit)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", case.title));
        if load(&original, &loaded, "plain") {
            let shown = lines(&diff(&snapshot(&original).await, &snapshot(&loaded).await));
            if !case.agrees(major, &shown) {
                wrong.push(format!("{}:\n  {}", case.title, shown.join("\n  ")));
            }
            if shown.is_empty() == case.exception().is_some() {
                wrong.push(format!("{}: an exception is a case with a difference", case.title));
            }
            case.update(major, shown);
        }
        remove(original).await;
        remove(loaded).await;
    }
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        files.iter().for_each(File::write);
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

async fn snapshot(database: &Database) -> Snapshot {
    introspect::read(&database.client, &world::full()).await.expect("the schema is read")
}

/// Loads what one database holds into an empty one; false where there is no `pg_dump`.
fn load(from: &Database, into: &Database, format: &str) -> bool {
    let (_, by) = WAYS.into_iter().find(|(name, _)| *name == format).expect("a known format");
    let Some((mut dump, mut restore)) = program("pg_dump", from).zip(program(by, into)) else { return false };
    let dumped = succeed(dump.arg(format!("--format={format}")), &[]);
    match by {
        "psql" => restore.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]),
        _ => restore.args(["--exit-on-error", "--dbname", &into.name]),
    };
    succeed(&mut restore, &dumped.stdout);
    true
}

fn succeed(command: &mut Command, input: &[u8]) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the program reads all");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
