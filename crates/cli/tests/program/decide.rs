//! `groundline decide` after runs that really failed or are regretted: each way of the tree, and its page.

use crate::support::{Databases, project, told};
use std::path::Path;

const CONFIG: &str = "[migrations]\nlayout = \"sqlx\"\n";

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

/// A database with rows, and a project whose second revision is given.
struct Case {
    folder: tempfile::TempDir,
    url: String,
}

impl Case {
    fn new(databases: &Databases, name: &str, up: &str, down: &str) -> Self {
        let files = [
            ("groundline.toml", CONFIG),
            (
                "migrations/1_t.up.sql",
                "CREATE TABLE t (id int, note text); INSERT INTO t VALUES (1, 'a'), (1, 'b');\n",
            ),
            ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
            ("migrations/2_more.up.sql", up),
            ("migrations/2_more.down.sql", down),
        ];
        let (folder, url) = (project(&files), databases.make(name, ""));
        assert_eq!(run(folder.path(), &["upgrade", "1", "--url", &url]).0, 0);
        Self { folder, url }
    }

    fn upgrade(&self, more: &[&str]) -> (i32, String) {
        run(self.folder.path(), &[&["upgrade", "--url", &self.url], more].concat())
    }

    /// Runs a plan that loses data.
    fn upgrade_approved(&self) {
        let (_, planned) = run(self.folder.path(), &["plan", "--url", &self.url]);
        let digest =
            planned.lines().find_map(|line| line.strip_prefix("plan ")).expect("a digest").to_owned();
        let (code, said) = self.upgrade(&["--approve", &digest]);
        assert_eq!(code, 0, "{said}");
    }

    #[track_caller]
    fn decides(&self, more: &[&str], title: &str) -> String {
        let (code, said) =
            run(self.folder.path(), &[&["decide", "--url", &self.url, "--explain"], more].concat());
        assert_eq!(code, 0, "{said}");
        let way = said.split("\n\n").nth(1).unwrap_or_default();
        assert_eq!(way.lines().next(), Some(title), "{said}");
        said
    }
}

const DROPS: (&str, &str) = ("ALTER TABLE t DROP COLUMN note;\n", "ALTER TABLE t ADD COLUMN note text;\n");

#[test]
fn a_failed_run_is_run_again_or_gone_on_with() {
    let databases = Databases::start();
    let case = Case::new(&databases, "retry", "CREATE UNIQUE INDEX ON t (id);\n", "DROP INDEX t_id_idx;\n");
    // The last run ended well, and the application works: a correction goes forward, nothing is retried.
    case.decides(&["--app-works", "yes"], "Roll forward");
    assert_eq!(case.upgrade(&[]).0, 1);
    case.decides(&[], "Put the cause right, and run it again");
    let case = Case::new(
        &databases,
        "resume",
        "CREATE INDEX CONCURRENTLY a ON t (note);\nCREATE UNIQUE INDEX CONCURRENTLY b ON t (id);\n",
        "DROP INDEX b; DROP INDEX a;\n",
    );
    let (code, said) = case.upgrade(&[]);
    assert_eq!(code, 1, "{said}");
    case.decides(&[], "Resume");
    let fresh = databases.make("fresh", "");
    let (_, said) = run(case.folder.path(), &["decide", "--url", &fresh]);
    assert!(said.starts_with("Nothing to decide"), "{said}");
}

#[test]
fn a_regretted_run_without_loss_goes_back_or_forward() {
    let databases = Databases::start();
    let case = Case::new(
        &databases,
        "back",
        "ALTER TABLE t ADD COLUMN more int;\n",
        "ALTER TABLE t DROP COLUMN more;\n",
    );
    assert_eq!(case.upgrade(&[]).0, 0);
    let said = case.decides(&["--written-since", "no"], "Downgrade");
    assert!(said.contains("groundline downgrade -1 --dry-run"), "{said}");
    case.decides(&[], "Downgrade, and lose what was written into what is dropped");
    // What it says works.
    let (code, planned) = run(case.folder.path(), &["plan", "-1", "--url", &case.url]);
    assert_eq!(code, 0, "{planned}");
    let digest = planned.lines().find_map(|line| line.strip_prefix("plan ")).expect("a digest");
    assert_eq!(run(case.folder.path(), &["downgrade", "-1", "--url", &case.url, "--approve", digest]).0, 0);
    let case = Case::new(&databases, "broken_down", "ALTER TABLE t ADD COLUMN more int;\n", "SELECT 1;\n");
    assert_eq!(case.upgrade(&[]).0, 0);
    case.decides(&["--written-since", "no"], "Roll forward");
}

#[test]
fn a_regretted_loss_comes_back_from_a_backup_or_not_at_all() {
    let databases = Databases::start();
    let case = Case::new(&databases, "lost", DROPS.0, DROPS.1);
    case.upgrade_approved();
    let said = case.decides(&[], "Roll forward without the data");
    assert!(said.contains("lost data: DROP COLUMN in 2"), "{said}");
    std::fs::write(
        case.folder.path().join("groundline.toml"),
        format!("{CONFIG}[backup]\npoint_in_time = true\n"),
    )
    .expect("it is written");
    case.decides(&[], "Restore the moment before the run, beside");
    let case = Case::new(&databases, "saved", DROPS.0, DROPS.1);
    let (code, said) = run(case.folder.path(), &["backup", "--url", &case.url]);
    if said.contains("there is no pg_dump of this major") {
        return;
    }
    assert_eq!(code, 0, "{said}");
    case.upgrade_approved();
    case.decides(&[], "Restore the backup beside, and bring back what was lost");
    let said = case.decides(&["--written-since", "no"], "Restore the backup in place");
    let command =
        said.lines().map(str::trim).find(|line| line.starts_with("groundline restore")).expect("a command");
    let (code, said) = run(
        case.folder.path(),
        &command.replace("\"$DATABASE_URL\"", &case.url).split(' ').skip(1).collect::<Vec<_>>(),
    );
    assert_eq!(code, 0, "{said}");
    assert_eq!(databases.rows(&case.url, "SELECT string_agg(note, '' ORDER BY note) FROM t"), "ab");
    let case = Case::new(&databases, "whole", DROPS.0, DROPS.1);
    let (code, said) = run(case.folder.path(), &["backup", "--physical", "--url", &case.url]);
    assert_eq!(code, 0, "{said}");
    case.upgrade_approved();
    let said = case.decides(&[], "Start the backup of the whole server beside, and bring back what was lost");
    let command = said.lines().map(str::trim).find(|line| line.starts_with("groundline restore"));
    let folder = case.folder.path().join("server").display().to_string();
    let command = command.expect("a command").replace("DIR", &folder);
    let (code, said) = run(case.folder.path(), &command.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(code, 0, "{said}");
}

#[test]
fn the_page_is_true() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/decide.md");
    let (code, made) = run(Path::new("."), &["decide", "--page"]);
    assert_eq!(code, 0);
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        std::fs::write(&page, &made).expect("the page is written");
    }
    let kept = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(kept == made, "decide.md is not what the tree says: GROUNDLINE_UPDATE=1 writes it anew");
}
