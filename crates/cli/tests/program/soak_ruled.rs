//! Upgrades and downgrades with everything on: the guard with a secret, an open window, a named operator, a backup before each, a
//! signed approval of what loses data. `cargo xtask soak` does many; without it a sample is done.

use crate::permit::{private, run_as};
use crate::soak::number;
use crate::support::{Databases, project};
use std::path::Path;
use std::time::Instant;

#[test]
fn upgrades_with_backup_guard_window_and_approvals_on() {
    let rounds = number("GROUNDLINE_SOAK_RULED", 2);
    let key = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gate/tests/keys").join(name);
        std::fs::read_to_string(file).expect("a key").trim().to_owned()
    };
    let config = format!(
        "[migrations]\nlayout = \"sqlx\"\n[windows]\nallow = [{{ from = \"00:00\", to = \"00:00\" }}]\n\
         [backup]\nbefore_upgrade = \"make\"\nkeep = 3\n[guard]\nmigrators = [\"postgres\"]\n\
         [owners]\noperators = [\"ana\"]\ntwo_person = true\n[[owners.approvers]]\nname = \"ben\"\nkey = \"{}\"\n",
        key("other.pub")
    );
    let folder = project(&[
        ("groundline.toml", config.as_str()),
        ("migrations/1_t.up.sql", "CREATE TABLE t (id bigint PRIMARY KEY, note text);\n"),
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
        ("migrations/2_more.up.sql", "ALTER TABLE t ADD COLUMN more int;\n"),
        ("migrations/2_more.down.sql", "ALTER TABLE t DROP COLUMN more;\n"),
        ("migrations/3_index.up.sql", "CREATE INDEX CONCURRENTLY t_note ON t (note);\n"),
        ("migrations/3_index.down.sql", "DROP INDEX CONCURRENTLY t_note;\n"),
    ]);
    let (at, databases) = (folder.path(), Databases::start());
    let url = databases.make("ruled", "");
    let ben = private(at, "other");
    let (code, said) = run_as(at, &["upgrade", "1", "--url", &url, "--operator", "ana"], None);
    assert_eq!(code, 0, "{said}");
    databases.run(&url, "INSERT INTO t SELECT n, md5(n::text) FROM generate_series(1, 2000) AS n");
    let (code, said) = run_as(at, &["guard", "install", "--url", &url, "--secret"], None);
    assert_eq!(code, 0, "{said}");
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("GROUNDLINE_GUARD_SECRET="))
        .expect("a secret")
        .to_owned();
    let began = Instant::now();
    let mut backups = 0;
    for round in 0..rounds {
        let (code, said) = run_as(at, &["upgrade", "--url", &url, "--operator", "ana"], Some(&secret));
        if said.contains("there is no pg_dump of this major") {
            return;
        }
        assert_eq!(code, 0, "round {round}: {said}");
        let by_hand = databases.session(&url, "SELECT 1");
        assert!(databases.said(&by_hand, "CREATE TABLE by_hand (id int)").is_some(), "round {round}");
        let plan = at.join("plan.json").display().to_string();
        let (code, said) = run_as(at, &["plan", "-2", "--url", &url, "--out", &plan], None);
        assert_eq!(code, 0, "round {round}: {said}");
        let (code, said) = run_as(at, &["approve", &plan, "--as", "ben", "--key", &ben], None);
        assert_eq!(code, 0, "round {round}: {said}");
        let approval = format!("{plan}.ben.approval");
        let down =
            ["downgrade", "-2", "--url", &url, "--operator", "ana", "--plan", &plan, "--approval", &approval];
        let (code, said) = run_as(at, &down, Some(&secret));
        assert_eq!(code, 0, "round {round}: {said}");
        backups += 2;
    }
    let told = "SELECT count(*) FROM groundline.event WHERE kind = 'run_begun' AND detail ? 'backup'";
    assert_eq!(databases.rows(&url, told), backups.to_string());
    assert_eq!(databases.rows(&url, "SELECT count(*) FROM t"), "2000");
    assert_eq!(
        databases.rows(
            &url,
            "SELECT count(*) FROM groundline_guard.pass WHERE closed_at IS NULL AND kind = 'emergency'"
        ),
        "0"
    );
    eprintln!("{rounds} rounds of an upgrade and a downgrade with all rules on: {:?}", began.elapsed());
}
