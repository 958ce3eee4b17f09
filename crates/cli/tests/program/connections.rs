//! Connection strings as people have them: every spelling reaches the same database.

use crate::support::{Databases, groundline};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The fingerprint of a database, by a connection string and some variables: exit status, stdout and stderr.
fn fingerprint(url: &str, variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    for name in ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE", "DATABASE_URL"] {
        command.env_remove(name);
    }
    command.arg("fingerprint").arg(url).current_dir(temp.path()).env("HOME", temp.path());
    command.envs(variables.iter().copied());
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A server's socket folder, from a URL of it.
fn socket(url: &str) -> String {
    let host = url.split_once("host=").expect("a socket").1;
    host.split('&').next().expect("a value").to_owned()
}

#[test]
fn every_spelling_reaches_the_same_database() {
    let databases = Databases::start();
    let url = databases.make("shop", "create table users (id int primary key)");
    let folder = socket(&url);
    let encoded = folder.replace('/', "%2F");
    let (code, expected, stderr) = fingerprint(&url, &[]);
    assert_eq!(code, Some(0), "{stderr}");
    let spellings = [
        format!("postgres:///shop?host={folder}&user=postgres"),
        format!("postgresql://postgres@{encoded}/shop"),
        format!("postgresql+psycopg2://postgres@/shop?host={folder}"),
        format!("postgresql+asyncpg:///shop?host={folder}&user=postgres"),
        format!("host={folder} user=postgres dbname=shop"),
        format!("host='{folder}' user = postgres dbname=shop sslmode=disable"),
    ];
    for spelling in spellings {
        let (code, stdout, stderr) = fingerprint(&spelling, &[]);
        assert_eq!((code, stdout.as_str()), (Some(0), expected.as_str()), "{spelling}: {stderr}");
    }
    let variables = [("PGHOST", folder.as_str()), ("PGUSER", "postgres"), ("PGDATABASE", "shop")];
    assert_eq!(fingerprint("postgresql://", &variables).1, expected);

    let services = tempfile::NamedTempFile::new().expect("a file");
    fs::write(&services, format!("[shop]\nhost={folder}\nuser=postgres\ndbname=shop\n")).expect("written");
    let file = services.path().to_str().expect("UTF-8");
    assert_eq!(fingerprint("service=shop", &[("PGSERVICEFILE", file)]).1, expected);
    assert_eq!(fingerprint("postgresql://", &[("PGSERVICEFILE", file), ("PGSERVICE", "shop")]).1, expected);
}

/// Has the server ask a role for its password.
fn ask_for_password(databases: &Databases, url: &str, role: &str, password: &str) {
    let quoted = password.replace('\'', "''");
    databases.run(url, &format!("create role {role} login password '{quoted}'"));
    let file = databases.rows(url, "show hba_file");
    let rules = fs::read_to_string(&file).expect("the server's rules");
    fs::write(&file, format!("local all {role} scram-sha-256\n{rules}")).expect("written");
    databases.run(url, "select pg_reload_conf()");
}

#[test]
fn a_password_with_any_character_and_one_from_a_file() {
    let databases = Databases::start();
    databases.server_run("create database \"a b%c\"");
    let admin = databases.url_of("a%20b%25c");
    databases.run(&admin, "create table users (id int primary key)");
    let password = r"p:a@s/s?w#o%r'd\ &";
    ask_for_password(&databases, &admin, "deployer", password);
    let folder = socket(&admin);
    let encoded = "p%3Aa%40s%2Fs%3Fw%23o%25r%27d%5C%20%26";
    let (code, expected, stderr) = fingerprint(&admin, &[]);
    assert_eq!(code, Some(0), "{stderr}");
    let with = format!("postgresql://deployer:{encoded}@/a%20b%25c?host={folder}");
    assert_eq!(fingerprint(&with, &[]).1, expected, "{:?}", fingerprint(&with, &[]));
    let without = format!("postgresql://deployer@/a%20b%25c?host={folder}");
    let (code, _, stderr) = fingerprint(&without, &[]);
    assert_eq!(code, Some(2), "{stderr}");
    assert_eq!(fingerprint(&without, &[("PGPASSWORD", password)]).1, expected);
    let (code, _, stderr) = fingerprint(&without, &[("PGPASSWORD", "wr0ng-s3cret")]);
    assert!(code == Some(2) && !stderr.contains("s3cret"), "{stderr}");

    let home = tempfile::tempdir().expect("a temporary folder");
    let file = home.path().join(".pgpass");
    fs::write(&file, format!("*:*:*:deployer:{}\n", password.replace('\\', "\\\\").replace(':', "\\:")))
        .expect("written");
    let with_home = |mode: u32| {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is ours");
        fingerprint(&without, &[("HOME", home.path().to_str().expect("UTF-8"))])
    };
    assert_eq!(with_home(0o600).1, expected);
    assert_eq!(with_home(0o644).0, Some(2));
    assert!(Path::new(&file).exists());
}
