//! `groundline doctor` over folders of cases, each a small project and what is said of it; and on live databases.

use crate::support::{Databases, project, told};
use std::path::Path;

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

#[test]
fn each_case_is_told_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts");
    let mut wrong = Vec::new();
    let mut folders: Vec<_> =
        std::fs::read_dir(cases).expect("cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    for folder in &folders {
        let (code, said) = run(folder, &["doctor", "--no-connect", "--no-environment"]);
        assert!(
            !said.contains("hush") && !said.contains("hu@sh"),
            "{}: a password is shown\n{said}",
            folder.display()
        );
        let said = format!("{said}exit {code}\n").replace(env!("CARGO_MANIFEST_DIR"), "");
        let file = folder.join("expected.txt");
        if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
            std::fs::write(&file, &said).expect("it is written");
        }
        if std::fs::read_to_string(&file).ok().as_deref() != Some(&said) {
            wrong.push(format!("{}\n{said}", folder.display()));
        }
    }
    assert!(folders.len() >= 40, "{} cases", folders.len());
    assert!(wrong.is_empty(), "GROUNDLINE_UPDATE=1 writes them anew:\n{}", wrong.join("\n"));
}

#[test]
fn a_password_in_code_is_not_shown_in_any_form() {
    let code = "import os\n\npassword = os.getenv('POSTGRES_PASSWORD', 'hush1')\nurl = os.getenv('DATABASE_URL', 'postgresql://u:hush2@h/db')\n\
                cursor.execute('CREATE TABLE t AS SELECT 1 -- postgresql://u:hush3@h/db')\n";
    let other = "import os\n\npassword = os.getenv('POSTGRES_PASSWORD', 'hush5')\n";
    let folder = project(&[("app.py", code), ("other.py", other), (".env", "POSTGRES_PASSWORD=hush4\n")]);
    for form in ["text", "json"] {
        let (_, said) = run(folder.path(), &["doctor", "--no-connect", "--no-environment", "--format", form]);
        assert!(said.contains("POSTGRES_PASSWORD is *** here") && !said.contains("hush"), "{form}: {said}");
    }
}

#[test]
fn two_addresses_are_one_database_if_a_lock_is_seen() {
    let databases = Databases::start();
    let shop = databases
        .make("shop", "CREATE ROLE app LOGIN; CREATE TABLE t (id int); CREATE SCHEMA s AUTHORIZATION app");
    let other = databases.make("other", "");
    let config = |app: &str, migrations: &str| {
        format!("[environment]\napp = \"{app}\"\nmigrations = \"{migrations}\"\n")
    };
    let both = config(&shop, &shop);
    let folder = project(&[("groundline.toml", &both)]);
    let (code, said) = run(folder.path(), &["doctor"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("both are in the same database: a lock of one is seen by the other"), "{said}");
    assert!(said.contains("app: may create in s"), "{said}");
    let apart = config(&shop, &other);
    let folder = project(&[("groundline.toml", &apart)]);
    let (code, said) = run(folder.path(), &["doctor"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("a lock taken by the application's session is not seen by the migrations'"),
        "{said}"
    );
    let (_, json) = run(folder.path(), &["doctor", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["meeting"]["is_same_database"], false);
    let gone = config(&shop, &databases.url_of("nowhere"));
    let folder = project(&[("groundline.toml", &gone)]);
    let (code, said) = run(folder.path(), &["doctor"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("database \"nowhere\" does not exist"), "{said}");
}
