//! How a database is named, as libpq and the drivers of a team's tools name it: each spelling reaches it.

use crate::diff::run;
use crate::support::{Databases, Listening, PASSWORD, groundline, pooler, project};
use crate::upgrade::HISTORY;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Runs `fingerprint` with some variables; returns exit status and stderr.
fn reach(url: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    let names =
        ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE", "PGPASSFILE", "DATABASE_URL"];
    for name in names {
        command.env_remove(name);
    }
    command.args(["fingerprint", url]).current_dir(temp.path()).env("HOME", temp.path());
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains(PASSWORD), "a password is printed: {stderr}");
    (output.status.code().expect("an exit status"), stderr)
}

fn port() -> String {
    Listening::server().port.to_string()
}

/// Writes a file with rights.
fn write(name: &str, text: &str, mode: u32) -> String {
    let path = Listening::server().folder().join(name);
    std::fs::write(&path, text).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    path.display().to_string()
}

#[test]
fn tls_is_verified_as_the_url_asks_for_it() {
    let server = Listening::server();
    let url = |host: &str, mode: &str, root: &Path| {
        let port = server.port;
        format!(
            "postgresql://postgres:{PASSWORD}@{host}:{port}/postgres?sslmode={mode}&sslrootcert={}",
            root.display()
        )
    };
    let code = |host, mode, root| reach(&url(host, mode, root), &[]).0;
    assert_eq!(code("localhost", "verify-full", &server.root), 0);
    assert_eq!(code("127.0.0.1", "verify-full", &server.root), 2, "the certificate is not for this name");
    assert_eq!(code("127.0.0.1", "verify-ca", &server.root), 0);
    assert_eq!(code("localhost", "verify-full", &server.other_root), 2, "another authority signed it");
    let root = server.root.display().to_string();
    let variables = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", root.as_str())];
    assert_eq!(reach(&server.url("postgres"), &variables).0, 0);
}

#[test]
fn drivers_in_the_scheme_are_passed_over() {
    let rest = Listening::server().url("postgres");
    let rest = rest.strip_prefix("postgresql://").expect("a URL");
    for scheme in
        ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+psycopg"]
    {
        assert_eq!(reach(&format!("{scheme}://{rest}"), &[]).0, 0, "{scheme}");
    }
}

#[test]
fn special_characters_are_percent_encoded_in_a_url() {
    let server = Listening::server();
    let made = tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let client = groundline_pg::client::connect(&server.url("postgres")).await.expect("a connection");
        client.batch_execute("CREATE ROLE \"us/er@x\" LOGIN PASSWORD 'p@ss:w/rd?#%'").await.expect("a role");
        client.batch_execute("CREATE DATABASE \"sh op+1\"").await
    });
    made.expect("a database");
    let url =
        format!("postgresql://us%2Fer%40x:p%40ss%3Aw%2Frd%3F%23%25@localhost:{}/sh%20op+1", server.port);
    assert_eq!(reach(&url, &[]), (0, String::new()));
    let pairs = format!(
        "host=localhost port={} user='us/er@x' password='p@ss:w/rd?#%' dbname='sh op+1'",
        server.port
    );
    assert_eq!(reach(&pairs, &[]).0, 0);
}

#[test]
fn a_socket_is_named_by_its_folder() {
    let databases = Databases::start();
    let url = databases.make("shop", "");
    let host = url.split("host=").nth(1).and_then(|rest| rest.split('&').next()).expect("a folder");
    let folder = host.replace("%2F", "/");
    assert_eq!(reach(&url, &[]).0, 0);
    assert_eq!(reach(&format!("host={folder} user=postgres dbname=shop"), &[]).0, 0);
    let encoded = folder.replace('/', "%2F");
    assert_eq!(reach(&format!("postgresql://postgres@{encoded}/shop"), &[]).0, 0);
}

#[test]
fn a_role_without_rights_reads_and_writes_what_it_owns() {
    let databases = Databases::start();
    // From 15 on, the owner of a database may make what it likes in its schema public; before, everybody may.
    let url = databases.make("shop", "create role deployer login; alter database shop owner to deployer");
    let theirs = format!("{url}&user=deployer");
    let project = project(&HISTORY);
    assert_eq!(run(project.path(), &["upgrade", "--url", &theirs]).0, 0);
    for args in
        [&["current", &theirs][..], &["repair", &theirs], &["drift", &theirs], &["adopt", &theirs, "--yes"]]
    {
        let (code, _, stderr) = run(project.path(), args);
        assert_eq!(code, 0, "{args:?}: {stderr}");
    }
    assert_eq!(databases.rows(&url, "select rolsuper from pg_roles where rolname = 'deployer'"), "f");
}

#[test]
fn a_service_fills_in_what_the_url_does_not_say() {
    let text = format!("[shop]\nhost=localhost\nport={}\nuser=postgres\npassword={PASSWORD}\n", port());
    let file = write("pg_service.conf", &text, 0o600);
    let variables = [("PGSERVICEFILE", file.as_str()), ("PGSERVICE", "shop")];
    assert_eq!(reach("dbname=postgres", &variables).0, 0);
    assert_eq!(reach("postgresql:///postgres?service=shop", &variables[..1]).0, 0);
    let (code, stderr) = reach("service=none dbname=postgres", &variables[..1]);
    assert!(code == 2 && stderr.contains("there is no service none"), "{stderr}");
}

#[test]
fn a_password_file_is_read_unless_others_may_read_it() {
    let url = format!("postgresql://postgres@localhost:{}/postgres", port());
    let line = format!("localhost:{}:*:postgres:{PASSWORD}\n", port());
    let file = write("pgpass", &line, 0o600);
    assert_eq!(reach(&url, &[("PGPASSFILE", &file)]).0, 0);
    let open = write("pgpass-open", &line, 0o644);
    let (code, stderr) = reach(&url, &[("PGPASSFILE", &open)]);
    assert!(code == 2 && stderr.contains("because others may read it"), "{stderr}");
    assert_eq!(reach(&url, &[]).0, 2, "without a password");
}

#[test]
fn variables_fill_in_what_is_missing() {
    let port = port();
    let all = [
        ("PGHOST", "localhost"),
        ("PGPORT", port.as_str()),
        ("PGUSER", "postgres"),
        ("PGPASSWORD", PASSWORD),
        ("PGDATABASE", "postgres"),
    ];
    assert_eq!(reach("postgresql://", &all).0, 0);
    assert_eq!(reach("postgresql://localhost/postgres", &all).0, 0);
    assert_eq!(reach("postgresql://localhost:1/postgres", &all).0, 2, "what the URL says counts");
}

#[test]
fn behind_a_pooler_of_transactions_it_reads_and_refuses_to_run() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "create table users (id int)");
    let folder =
        url.split_once("host=").and_then(|(_, rest)| rest.split('&').next()).expect("a socket folder");
    let port = pooler::before(format!("{folder}/.s.PGSQL.5432"));
    let pooled = format!("postgresql://postgres@127.0.0.1:{port}/shop?sslmode=disable");
    let direct = run(project.path(), &["fingerprint", &url]);
    assert_eq!(run(project.path(), &["fingerprint", &pooled]), direct);
    let (code, stdout, stderr) = run(project.path(), &["plan", "--url", &pooled]);
    assert!(code == 0 && stdout.contains("3 revisions"), "{stderr}");
    for command in
        [&["upgrade", "--url", &pooled][..], &["stamp", "1", &pooled, "--unproven", "--reason", "it"]]
    {
        let (code, _, stderr) = run(project.path(), command);
        assert!(
            code == 2 && stderr.contains("a transaction pooler is between Groundline and the server"),
            "{stderr}"
        );
        assert!(
            stderr.contains("give the URL of the server itself, or of a pool in session mode"),
            "{stderr}"
        );
    }
    let left = "select count(*) from pg_namespace where nspname = 'groundline'";
    assert_eq!(databases.rows(&url, left), "0");
    assert_eq!(databases.rows(&url, "select count(*) from pg_locks where locktype = 'advisory'"), "0");
}
