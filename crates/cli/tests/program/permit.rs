//! The rules of production as an operator meets them: who may run, when, and what a second person must have signed.

use crate::support::{Databases, project, told};
use std::path::{Path, PathBuf};

const UP: (&str, &str) = ("migrations/1_t.up.sql", "CREATE TABLE t (id int, note text);\n");
const DOWN: (&str, &str) = ("migrations/1_t.down.sql", "DROP TABLE t;\n");
const LOSES: (&str, &str) = ("migrations/2_note.up.sql", "ALTER TABLE t DROP COLUMN note;\n");
const BACK: (&str, &str) = ("migrations/2_note.down.sql", "ALTER TABLE t ADD COLUMN note text;\n");

const FROZEN: &str = "[migrations]\nlayout = \"sqlx\"\n[windows]\nzone = \"Europe/Berlin\"\nfreeze = [{ from = \"2000-01-01\", to = \"2999-12-31\", reason = \"audit\" }]\n";

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gate/tests/keys")
}

fn owners(more: &str) -> String {
    let key = |name: &str| std::fs::read_to_string(keys().join(name)).expect("a key").trim().to_owned();
    format!(
        "[migrations]\nlayout = \"sqlx\"\n[owners]\noperators = [\"ana\"]\ntwo_person = true\n[[owners.approvers]]\nname = \"ana\"\nkey = \"{}\"\n\
         [[owners.approvers]]\nname = \"ben\"\nkey = \"{}\"\n{more}",
        key("ed25519.pub"),
        key("other.pub")
    )
}

/// A private key as ssh wants it: readable by its owner alone.
pub fn private(folder: &Path, name: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder.join(name);
    std::fs::copy(keys().join(name), &file).expect("a key");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    file.display().to_string()
}

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    run_as(folder, args, None)
}

/// Runs the program, with the guard's secret if there is one.
pub fn run_as(folder: &Path, args: &[&str], secret: Option<&str>) -> (i32, String) {
    let secret: Vec<(&str, &str)> =
        secret.map(|secret| ("GROUNDLINE_GUARD_SECRET", secret)).into_iter().collect();
    told(folder, args, &secret)
}

#[test]
fn outside_the_window_only_an_emergency_runs_and_is_logged() {
    let databases = Databases::start();
    let url = databases.make("windows", "CREATE TABLE kept (id int)");
    let folder = project(&[UP, DOWN, ("groundline.toml", FROZEN)]);
    let upgrade = |more: &[&str]| run(folder.path(), &[&["upgrade", "--url", &url], more].concat());
    let (code, said) = upgrade(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("nothing is migrated from 2000-01-01 to 2999-12-31: audit"), "{said}");
    assert!(said.contains("no window opens within a year"), "{said}");
    assert_eq!(upgrade(&["--emergency"]).0, 2, "an emergency has a reason");
    let (code, said) = upgrade(&["--emergency", "--reason", "the shop is down"]);
    assert_eq!(code, 0, "{said}");
    let logged = databases
        .rows(&url, "SELECT detail->'emergency'->>'reason' FROM groundline.event WHERE kind = 'run_begun'");
    assert_eq!(logged, "the shop is down");
    // The gate of that database waits for a signature, which a later revision does not make stale.
    let gate = |more: &[&str]| run(folder.path(), &[&["gate", "--format", "json"], more].concat()).1;
    let waits = |said: &str| {
        let gate: serde_json::Value = serde_json::from_str(said).expect("a gate");
        let items = gate["items"].as_array().expect("items").clone();
        items.into_iter().find(|one| one["id"].as_str().is_some_and(|id| id.starts_with("emergency-run-")))
    };
    assert!(waits(&gate(&[])).is_none());
    let item = waits(&gate(&["--url", &url])).expect("an item");
    assert_eq!(item["verdict"], "waiting");
    assert!(item["line"].as_str().is_some_and(|line| line.contains("the shop is down")), "{item}");
    assert_eq!(run(folder.path(), &["check"]).0, 0);
    std::fs::write(
        folder.path().join("groundline.toml"),
        format!("{FROZEN}{}", owners("").replace("[migrations]\nlayout = \"sqlx\"\n", "")),
    )
    .expect("it is written");
    let (id, ben) = (item["id"].as_str().expect("an id"), private(folder.path(), "other"));
    let (code, said) = run(folder.path(), &["sign", id, "--as", "ben", "--key", &ben]);
    assert_eq!(code, 0, "{said}");
    let item = waits(&gate(&["--url", &url])).expect("an item");
    assert_eq!(item["verdict"], "passed", "{item}");
    // Elsewhere than in production, no rule holds; an empty database has nothing to lose.
    let elsewhere = databases.make("elsewhere", "CREATE TABLE kept (id int)");
    std::fs::write(
        folder.path().join("groundline.toml"),
        format!("[production]\nat = [\"*/gl_never\"]\n{FROZEN}"),
    )
    .expect("it is written");
    assert_eq!(run(folder.path(), &["upgrade", "--url", &elsewhere]).0, 0);
    std::fs::write(folder.path().join("groundline.toml"), FROZEN).expect("it is written");
    assert_eq!(run(folder.path(), &["upgrade", "--url", &databases.make("empty", "")]).0, 0);
}

#[test]
fn who_is_named_for_a_hazard_approves_plans_that_have_it() {
    let databases = Databases::start();
    let url = databases.make("hazard", "CREATE TABLE t (id int, note text)");
    let index = ("migrations/1_index.up.sql", "CREATE INDEX t_note ON t (note);\n");
    let config = owners("of = [\"L101\"]\n");
    let folder = project(&[
        index,
        ("migrations/1_index.down.sql", "DROP INDEX t_note;\n"),
        ("groundline.toml", &config),
    ]);
    let upgrade = |more: &[&str]| {
        run(folder.path(), &[&["upgrade", "--url", &url, "--operator", "ana"], more].concat())
    };
    let (code, said) = upgrade(&[]);
    assert_eq!(
        (code, said.contains("it has L101, for which [owners] approvers are named")),
        (1, true),
        "{said}"
    );
    assert_eq!(run(folder.path(), &["plan", "--url", &url, "--out", "plan.json"]).0, 0);
    let ben = private(folder.path(), "other");
    let (code, said) = run(folder.path(), &["approve", "plan.json", "--as", "ben", "--key", &ben]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = upgrade(&["--plan", "plan.json", "--approval", "plan.json.ben.approval"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_plan_that_loses_data_needs_the_signature_of_a_second_person() {
    let databases = Databases::start();
    let url = databases.make("signed", "CREATE TABLE kept (id int)");
    let folder = project(&[UP, DOWN, LOSES, BACK, ("groundline.toml", &owners(""))]);
    let (ana, ben) = (private(folder.path(), "ed25519"), private(folder.path(), "other"));
    let upgrade = |more: &[&str]| {
        run(folder.path(), &[&["upgrade", "--url", &url, "--operator", "ana"], more].concat())
    };
    let (code, said) = run(folder.path(), &["upgrade", "--url", &url, "--operator", "eve"]);
    assert_eq!((code, said.contains("eve may not migrate this database")), (1, true), "{said}");
    assert_eq!(upgrade(&["+1"]).0, 0);
    let (code, planned) = run(folder.path(), &["plan", "--url", &url, "--out", "plan.json"]);
    assert_eq!(code, 0);
    let digest = planned.lines().find_map(|line| line.strip_prefix("plan ")).expect("a digest");
    let (code, said) = upgrade(&["--plan", "plan.json"]);
    assert_eq!((code, said.contains("ben can: groundline approve PLAN")), (1, true), "{said}");
    // A digest on the command line is nobody's signature.
    assert_eq!(upgrade(&["--plan", "plan.json", "--approve", digest]).0, 1);
    let approve = |name: &str, key: &str| {
        run(folder.path(), &["approve", "plan.json", "--as", name, "--key", key, "--reason", "it is unused"])
    };
    assert_eq!(approve("ana", &ana).0, 0);
    let (code, said) = upgrade(&["--plan", "plan.json", "--approval", "plan.json.ana.approval"]);
    assert_eq!((code, said.contains("a second person must approve it")), (1, true), "{said}");
    let (code, said) = approve("ben", &ana);
    assert_eq!((code, said.contains("the signature is by another key")), (2, true), "{said}");
    assert_eq!(approve("eve", &ben).0, 2);
    assert_eq!(approve("ben", &ben).0, 0);
    // A flipped letter of what was signed.
    let approval = folder.path().join("plan.json.ben.approval");
    let signed = std::fs::read_to_string(&approval).expect("an approval");
    std::fs::write(&approval, signed.replace("it is unused", "it is unusef")).expect("it is written");
    let (code, said) = upgrade(&["--plan", "plan.json", "--approval", "plan.json.ben.approval"]);
    assert_ne!(code, 0);
    assert!(said.contains("the approval does not count: the signature does not hold"), "{said}");
    std::fs::write(&approval, signed).expect("it is written");
    let (code, said) = upgrade(&["--plan", "plan.json", "--approval", "plan.json.ben.approval"]);
    assert_eq!(code, 0, "{said}");
    let by = databases.rows(
        &url,
        "SELECT detail->>'approved_by' FROM groundline.event WHERE kind = 'run_begun' AND detail IS NOT NULL",
    );
    assert_eq!(by, "[\"ben\"]");
    // The approval was of that plan, and the database is another now.
    assert_eq!(run(folder.path(), &["downgrade", "-1", "--url", &url, "--operator", "ana"]).0, 0);
    databases.run(&url, "CREATE TABLE more (id int)");
    let (code, said) = upgrade(&["--allow-drift", "--approval", "plan.json.ben.approval"]);
    assert_ne!(code, 0);
    assert!(said.contains("it is of plan"), "{said}");
    // The key is over.
    std::fs::write(folder.path().join("groundline.toml"), owners("until = \"2020-01-01\"\n"))
        .expect("it is written");
    let (_, said) = upgrade(&["--allow-drift", "--approval", "plan.json.ben.approval"]);
    assert!(said.contains("the key of ben is over"), "{said}");
}

#[test]
fn ssh_keygen_verifies_what_was_signed() {
    if std::process::Command::new("ssh-keygen").arg("-?").output().is_err() {
        return;
    }
    let databases = Databases::start();
    let url = databases.make("verified", "CREATE TABLE t (id int, note text)");
    let folder = project(&[
        ("migrations/1_t.sql", "ALTER TABLE t DROP COLUMN note;\n"),
        ("groundline.toml", &owners("")),
    ]);
    let ben = private(folder.path(), "other");
    assert_eq!(run(folder.path(), &["plan", "--url", &url, "--out", "plan.json"]).0, 0);
    let (code, said) = run(folder.path(), &["approve", "plan.json", "--as", "ben", "--key", &ben]);
    assert_eq!(code, 0, "{said}");
    let approval =
        std::fs::read_to_string(folder.path().join("plan.json.ben.approval")).expect("an approval");
    let approval: serde_json::Value = serde_json::from_str(&approval).expect("JSON");
    let facts = approval["statement"]["facts"].as_array().expect("facts");
    let facts: String = facts
        .iter()
        .map(|fact| {
            format!("{}: {}\n", fact[0].as_str().expect("a name"), fact[1].as_str().expect("a value"))
        })
        .collect();
    let text = format!("{}\n{facts}", approval["statement"]["title"].as_str().expect("a title"));
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it is written");
    put("text", &text);
    put("text.sig", approval["signature"].as_str().expect("a signature"));
    let key = std::fs::read_to_string(keys().join("other.pub")).expect("a key");
    put("allowed", &format!("ben {key}"));
    let verify = |file: &str| {
        let stdin = std::fs::File::open(folder.path().join(file)).expect("a file");
        let mut command = std::process::Command::new("ssh-keygen");
        command.args(["-Y", "verify", "-f", "allowed", "-I", "ben", "-n", "groundline", "-s", "text.sig"]);
        command.current_dir(folder.path()).stdin(stdin).output().expect("it runs").status.success()
    };
    assert!(verify("text"));
    assert!(!verify("allowed"));
}
