//! The whole way to a signed definition of done, from a project without a configuration; its evidence, verified without us; what
//! makes it stale; and every byte of it that somebody could change.

use crate::support::example::{commit_all, copy, copy_example, git, root};
use crate::support::{Databases, project, python, told};
use std::path::{Path, PathBuf};
use std::process::Command;

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[("USER", "ana")])
}

/// The example's backend in a repository of its own, before anybody thought of Groundline.
fn backend() -> tempfile::TempDir {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/orders-axum");
    let folder = project(&[]);
    copy(&example.join("migrations"), &folder.path().join("migrations"));
    copy(&example.join("src"), &folder.path().join("src"));
    std::fs::remove_file(folder.path().join("migrations/groundline.lock")).expect("a lock");
    std::fs::copy(example.join("production.sql"), folder.path().join("production.sql")).expect("a dump");
    commit_all(folder.path());
    folder
}

fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gate/tests/keys").join(name)
}

/// What a person decides.
fn decide(folder: &Path) {
    let file = folder.join("groundline.toml");
    let mut text = std::fs::read_to_string(&file).expect("a configuration");
    let public = std::fs::read_to_string(key("other.pub")).expect("a key");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let answers = [
        ("# in = [\"the schema of …\"]", "in = [\"the schema of orders\"]".to_owned()),
        ("# out = [\"…\"]", "out = [\"the warehouse\"]".to_owned()),
        ("# file = \"production.sql\"", "file = \"production.sql\"".to_owned()),
        ("# allow = [{ days", "allow = [{ days".to_owned()),
        ("# operators = [\"…\"]", "operators = [\"ana\"]".to_owned()),
        (
            "# approvers = [{ name = \"…\", key = \"ssh-ed25519 …\" }]",
            format!("approvers = [{{ name = \"ben\", key = \"{}\" }}]", public.trim()),
        ),
        ("# before_upgrade", "before_upgrade".to_owned()),
        ("# [app]", "[app]".to_owned()),
        (
            "# start = \"…\"",
            format!(
                "start = \"cargo run --quiet --package orders-axum --manifest-path '{}/Cargo.toml'\"",
                root.display()
            ),
        ),
        ("# health", "health".to_owned()),
        ("# reads = [\"/…\"]", "reads = [\"/customers\", \"/orders\"]".to_owned()),
        ("# [app.env]", "[app.env]".to_owned()),
        ("# DATABASE_URL", "DATABASE_URL".to_owned()),
        ("# PORT", "PORT".to_owned()),
    ];
    for (before, after) in answers {
        assert!(text.contains(before), "{before}\n{text}");
        text = text.replacen(before, &after, 1);
    }
    text.push_str("\n[[gate.waive]]\nitem = \"baseline-named\"\nreason = \"the history begins with the first table\"\nowner = \"ben\"\nuntil = \"2999-12-31\"\n");
    std::fs::write(file, text).expect("it is written");
}

fn verdict(folder: &Path, item: &str) -> String {
    let (_, said) = run(folder, &["gate", "--format", "json"]);
    let gate: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let items = gate["items"].as_array().expect("items");
    let found = items.iter().find(|one| one["id"] == item).unwrap_or_else(|| panic!("{item}"));
    found["verdict"].as_str().expect("a verdict").to_owned()
}

/// A backend whose definition of done lacks the signatures alone, or nothing where this PostgreSQL can't dump.
fn ready(databases: &Databases) -> Option<tempfile::TempDir> {
    let folder = backend();
    let at = folder.path();
    let (code, said) = run(at, &["init"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(at, &["gate"]);
    assert_eq!((code, said.contains("gate: not done")), (1, true), "{said}");
    decide(at);
    let (code, said) = run(at, &["docs", "--check"]);
    assert_eq!((code, said.contains("operating-window.md is out of date")), (1, true), "{said}");
    assert_eq!(run(at, &["docs"]).0, 0);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "Decide"]);
    let url = databases.make("orders", "CREATE ROLE reporting; CREATE ROLE monitoring");
    let (code, said) = run(at, &["upgrade", "--url", &url]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(at, &["backup", "--url", &url]);
    if said.contains("there is no pg_dump of this major") {
        return None;
    }
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(at, &["check"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 waiting"), "{said}");
    Some(folder)
}

#[test]
fn from_nothing_to_a_signed_definition_of_done_and_what_makes_it_stale() {
    let databases = Databases::start();
    let Some(folder) = ready(&databases) else { return };
    let at = folder.path();
    let ben = at.join(".git/ben");
    std::fs::copy(key("other"), &ben).expect("a key");
    let sign = |items: &[&str], name: &str| {
        let key = ben.display().to_string();
        run(at, &[&["sign"], items, &["--as", name, "--key", &key]].concat())
    };
    let (code, said) = sign(&["signed-off"], "ben");
    assert_eq!((code, said.contains("baseline-reviewed: waiting")), (1, true), "{said}");
    assert_eq!(sign(&["baseline-reviewed"], "eve").0, 2);
    assert_eq!(sign(&["drill"], "ben").0, 2, "what is proven is not signed");
    let (code, said) = sign(&["baseline-reviewed"], "ben");
    assert_eq!(code, 0, "{said}");
    let (code, said) = sign(&["signed-off"], "ben");
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(at, &["gate"]);
    assert_eq!((code, said.contains("gate: done: 31 passed, 1 waived")), (0, true), "{said}");
    for (form, has) in
        [("markdown", "| passed | **signed-off** |"), ("junit", "failures=\"0\""), ("github", "")]
    {
        let (code, said) = run(at, &["gate", "--format", form]);
        assert_eq!((code, said.contains(has)), (0, true), "{said}");
    }
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "Sign off"]);
    assert_eq!(run(at, &["gate"]).0, 0, "committing the signature changes nothing");
    exported(at);
    // Another key than its owner's now.
    let config = at.join("groundline.toml");
    let decided = std::fs::read_to_string(&config).expect("a configuration");
    let (one, other) = (
        std::fs::read_to_string(key("other.pub")).expect("a key"),
        std::fs::read_to_string(key("ed25519.pub")).expect("a key"),
    );
    std::fs::write(&config, decided.replace(one.trim(), other.trim())).expect("it is written");
    assert_eq!(verdict(at, "signed-off"), "waiting");
    assert_eq!(run(at, &["evidence", "verify"]).0, 1);
    // The waiver is over.
    std::fs::write(&config, decided.replace("2999-12-31", "2020-01-01")).expect("it is written");
    assert_eq!(verdict(at, "baseline-named"), "failed");
    // What was measured was of another configuration.
    std::fs::write(&config, decided.replace("migration-only", "dev-only")).expect("it is written");
    assert_eq!((verdict(at, "drill"), verdict(at, "signed-off")), ("stale".to_owned(), "stale".to_owned()));
    std::fs::write(&config, &decided).expect("it is written");
    assert_eq!(run(at, &["gate"]).0, 0);
    // A revision more.
    std::fs::write(at.join("migrations/20990101000000_more.up.sql"), "CREATE TABLE more (id int);\n")
        .expect("it is written");
    std::fs::write(at.join("migrations/20990101000000_more.down.sql"), "DROP TABLE more;\n")
        .expect("it is written");
    for (item, expected) in [
        ("clean-bootstrap", "stale"),
        ("signed-off", "stale"),
        ("baseline-made", "failed"),
        ("baseline-committed", "failed"),
        ("cookbook", "failed"),
    ] {
        assert_eq!(verdict(at, item), expected, "{item}");
    }
}

#[test]
fn the_alembic_example_is_signed_off_too_and_its_upgrades_open_the_guard() {
    let Some(python) = python::environment() else { return };
    let folder = project(&[]);
    let at = folder.path();
    copy_example("orders-fastapi", at);
    commit_all(at);
    let with = |args: &[&str], secret: Option<&str>| {
        let python = python.display().to_string();
        let secret = secret.map(|secret| ("GROUNDLINE_GUARD_SECRET", secret));
        let variables: Vec<_> =
            [("VIRTUAL_ENV", python.as_str()), ("USER", "ana")].into_iter().chain(secret).collect();
        told(at, args, &variables)
    };
    let databases = Databases::start();
    let url = databases.make("orders", "CREATE ROLE migrator");
    let (code, said) = with(&["upgrade", "--url", &url], None);
    assert_eq!(code, 0, "{said}");
    let (_, said) = with(&["backup", "--url", &url], None);
    if said.contains("there is no pg_dump of this major") {
        return;
    }
    let (code, said) = with(&["check"], None);
    assert_eq!(code, 0, "{said}");
    let key = at.join(".git/ben");
    std::fs::copy(root().join("examples/keys/ben"), &key).expect("a key");
    let sign =
        ["sign", "baseline-reviewed", "signed-off", "--as", "ben", "--key", &key.display().to_string()];
    let (code, said) = with(&sign, None);
    assert_eq!(code, 0, "{said}");
    let (code, said) = with(&["gate"], None);
    assert_eq!((code, said.contains("gate: done: 31 passed, 1 waived")), (0, true), "{said}");
    // Alembic's own sessions open the guard, too; another session does not get through.
    let (code, said) = with(&["guard", "install", "--url", &url, "--secret"], None);
    assert_eq!(code, 0, "{said}");
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("GROUNDLINE_GUARD_SECRET="))
        .expect("a secret")
        .to_owned();
    let session = databases.session(&url, "SELECT 1");
    assert!(databases.said(&session, "CREATE TABLE by_hand (id int)").is_some());
    let (_, planned) = with(&["plan", "-1", "--url", &url], None);
    let digest = planned.lines().find_map(|line| line.strip_prefix("plan ")).unwrap_or_default().to_owned();
    let (code, said) = with(&["downgrade", "-1", "--url", &url, "--approve", &digest], Some(&secret));
    assert_eq!(code, 0, "{said}");
    let (code, said) = with(&["upgrade", "--url", &url], Some(&secret));
    assert_eq!(code, 0, "{said}");
}

/// Somebody else's machine: the archive, `sha256sum` and `ssh-keygen`.
fn exported(at: &Path) {
    let (code, said) = run(at, &["evidence", "export", "--out", ".git/evidence.tar.gz"]);
    assert_eq!((code, said.contains("2 signatures")), (0, true), "{said}");
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !(has("ssh-keygen") && has("sha256sum") && has("tar")) {
        return;
    }
    let there = tempfile::tempdir().expect("a folder");
    let unpacked = Command::new("tar")
        .arg("-xzf")
        .arg(at.join(".git/evidence.tar.gz"))
        .current_dir(there.path())
        .status();
    assert!(unpacked.expect("tar runs").success());
    let verify =
        || Command::new("sh").arg("evidence/verify.sh").current_dir(there.path()).output().expect("it runs");
    let said = verify();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(text.matches("signed for this run").count(), 2, "{text}");
    let report = there.path().join("evidence/run/report.md");
    let whole = std::fs::read(&report).expect("a report");
    std::fs::write(&report, [&whole[..], b" "].concat()).expect("it is written");
    assert!(!verify().status.success());
    std::fs::write(&report, whole).expect("it is written");
    let signed = there.path().join("evidence/sign-off/signed-off.ben.txt");
    let text = std::fs::read_to_string(&signed).expect("a text");
    std::fs::write(&signed, text.replace("signer: ben", "signer: eve")).expect("it is written");
    assert!(!verify().status.success());
}

#[test]
fn any_byte_of_the_evidence_that_changes_is_found_and_named() {
    let folder = project(&[
        ("migrations/1_t.up.sql", "CREATE TABLE t (id int);\n"),
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
        ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
    ]);
    let at = folder.path();
    for _ in 0..2 {
        let (code, said) = run(at, &["check"]);
        assert_eq!(code, 0, "{said}");
    }
    let verify = || run(at, &["evidence", "verify"]);
    let (code, said) = verify();
    assert_eq!((code, said.contains("2 whole runs, 0 faults")), (0, true), "{said}");
    let parent = at.join(".groundline/evidence");
    let mut runs: Vec<PathBuf> =
        std::fs::read_dir(&parent).expect("runs").map(|entry| entry.expect("a run").path()).collect();
    runs.sort();
    for run in &runs {
        for entry in std::fs::read_dir(run).expect("files").flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let whole = std::fs::read(&path).expect("a file");
            let mut flipped = whole.clone();
            let middle = flipped.len() / 2;
            flipped[middle] ^= 1;
            std::fs::write(&path, flipped).expect("it is written");
            let (code, said) = verify();
            assert_eq!((code, said.contains(&name)), (1, true), "{name}: {said}");
            std::fs::remove_file(&path).expect("it is removed");
            let (code, said) = verify();
            assert_eq!((code, said.contains(&name)), (1, true), "{name}: {said}");
            std::fs::write(&path, whole).expect("it is written");
        }
        std::fs::write(run.join("more.txt"), "x").expect("it is written");
        let (code, said) = verify();
        assert_eq!((code, said.contains("more.txt")), (1, true), "{said}");
        std::fs::remove_file(run.join("more.txt")).expect("it is removed");
    }
    // Whoever changes a file and its digest, too, changes what the next run names.
    let (report, sums) = (runs[0].join("report.md"), runs[0].join("SHA256SUMS"));
    let kept = [std::fs::read(&report).expect("a report"), std::fs::read(&sums).expect("digests")];
    std::fs::write(&report, "all is well\n").expect("it is written");
    let text = String::from_utf8_lossy(&kept[1]).into_owned();
    let line = text.lines().find(|line| line.ends_with("report.md")).expect("a line");
    let forged = format!("{}  report.md", groundline_core::Digest::of("all is well\n"));
    std::fs::write(&sums, text.replace(line, &forged)).expect("it is written");
    let (code, said) = verify();
    assert_eq!((code, said.contains("has other digests than it had")), (1, true), "{said}");
    std::fs::write(&report, &kept[0]).expect("it is written");
    std::fs::write(&sums, &kept[1]).expect("it is written");
    assert_eq!(verify().0, 0);
    // Removing the first is told, as pruning does it; the last can't be seen to be gone by what is left, a signature names it.
    assert_eq!(run(at, &["evidence", "prune", "--keep", "1"]).0, 0);
    let (code, said) = verify();
    assert_eq!((code, said.contains("the chain begins in its middle")), (0, true), "{said}");
    let statement = std::fs::read_to_string(runs[1].join("statement.json")).expect("a statement");
    let statement: serde_json::Value = serde_json::from_str(&statement).expect("JSON");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicate"]["steps"][0]["state"], "passed");
}

#[test]
fn init_shows_before_it_writes_and_changes_nothing_that_is_there() {
    let folder = backend();
    let at = folder.path();
    let (code, said) = run(at, &["init", "--dry-run"]);
    assert_eq!((code, said.contains("policy = \"migration-only\"")), (0, true), "{said}");
    assert!(!at.join("groundline.toml").exists() && !at.join("docs").exists());
    std::fs::write(at.join("groundline.toml"), "[project]\nname = \"mine\"\n").expect("it is written");
    std::fs::write(at.join(".gitignore"), "target").expect("it is written");
    std::fs::create_dir_all(at.join("docs/migrations")).expect("a folder");
    std::fs::write(at.join("docs/migrations/cookbook.md"), "# Ours\n").expect("it is written");
    let (code, said) = run(at, &["init"]);
    assert_eq!(code, 0, "{said}");
    let read = |name: &str| std::fs::read_to_string(at.join(name)).expect("a file");
    assert_eq!(read("groundline.toml"), "[project]\nname = \"mine\"\n");
    assert_eq!(read(".gitignore"), "target\n.groundline/\n");
    assert!(read("docs/migrations/cookbook.md").starts_with("# Ours\n\n<!-- groundline: made by"));
    let (code, said) = run(at, &["init"]);
    assert_eq!((code, said.contains("wrote")), (0, false), "{said}");
    let nothing = project(&[]);
    let (code, said) = run(nothing.path(), &["init"]);
    assert_eq!((code, said.contains("groundline baseline URL")), (1, true), "{said}");
}

#[test]
fn the_documents_of_the_examples_are_current() {
    for example in ["orders-axum", "orders-fastapi"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
        let (code, said) = run(&folder, &["docs", "--check"]);
        assert_eq!(code, 0, "groundline docs examples/{example}: {said}");
    }
}
