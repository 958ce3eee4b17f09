//! `groundline lint`, `trace` and `rule` as a team uses them: scripts on a schema, a project's new revisions, forms for
//! programs, the step of `check`, the page of rules.

use crate::support::{Databases, groundline, project};
use std::path::Path;
use std::process::Command;

const SCHEMA: (&str, &str) = (
    "schema.sql",
    "CREATE TABLE t (id bigint PRIMARY KEY, a int, b varchar(20)); CREATE TABLE u (id bigint PRIMARY KEY, t_id bigint REFERENCES t);\n",
);

/// Runs the program in a folder; returns exit status, stdout and stderr.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let output = groundline(temp.path()).current_dir(folder).args(args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
}

fn json(folder: &Path, args: &[&str]) -> serde_json::Value {
    let (_, stdout, stderr) = run(folder, args);
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{args:?}: {error}\n{stdout}{stderr}"))
}

fn codes(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn the_page_of_rules_is_true() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/rules.md");
    let (code, made, _) = run(Path::new("."), &["rule", "--pages"]);
    assert_eq!(code, 0);
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        std::fs::write(&page, &made).expect("the page is written");
    }
    let kept = std::fs::read_to_string(&page).expect("the page is there");
    assert!(kept == made, "rules.md is not what the rules say: GROUNDLINE_UPDATE=1 writes it anew");
    assert_eq!(run(Path::new("."), &["rule", "X1"]).0, 2);
}

#[test]
fn a_script_is_judged_on_a_schema_and_a_server_is_seen_doing_it() {
    let script = "ALTER TABLE t ALTER COLUMN b TYPE varchar(40);\nDO $$ BEGIN EXECUTE 'ALTER TABLE t ALTER COLUMN a TYPE bigint'; END $$;\nDROP TABLE u;\n";
    let folder = project(&[SCHEMA, ("s.sql", script)]);
    let args = ["s.sql", "--on", "schema.sql", "--format", "json"];
    let lint = json(folder.path(), &[&["lint"], &args[..]].concat());
    assert_eq!(codes(&lint), ["D201", "L121"]);
    let drop = &lint["findings"][0];
    assert_eq!((drop["line"].as_u64(), drop["relation"].as_str()), (Some(3), Some("public.u")));
    assert_eq!((drop["effect"].as_str(), drop["lock"].as_str()), (Some("break"), Some("ACCESS EXCLUSIVE")));
    let trace = json(folder.path(), &[&["trace"], &args[..]].concat());
    assert_eq!(codes(&trace), ["L190", "D201", "L121"]);
    assert_eq!(trace["findings"][0]["effect"], "rewrite");
    assert!(
        trace["findings"].as_array().expect("findings").iter().all(|finding| finding["observed"] == true)
    );
    assert_eq!(trace["trace"][1]["rewrites"][0], "public.t");
}

#[test]
fn what_can_not_be_read_or_run_ends_with_a_fault_and_nothing_harmless_is_found() {
    let folder = project(&[
        SCHEMA,
        ("fine.sql", "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0;\n"),
        ("wrong.sql", "ALTER TABLE nothing_there ADD COLUMN c int;\n"),
        ("broken.sql", "ALTER TABLE t ADD COLUMN c c c;\n"),
    ]);
    let on = ["--on", "schema.sql"];
    assert_eq!(run(folder.path(), &[&["lint", "fine.sql"], &on[..]].concat()).0, 0);
    assert_eq!(run(folder.path(), &[&["trace", "fine.sql"], &on[..]].concat()).0, 0);
    let (code, _, stderr) = run(folder.path(), &[&["trace", "wrong.sql"], &on[..]].concat());
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("relation \"nothing_there\" does not exist"), "{stderr}");
    assert_eq!(run(folder.path(), &["lint", "absent.sql"]).0, 2);
    let broken = json(folder.path(), &["lint", "broken.sql", "--notes", "--format", "json"]);
    assert!(codes(&broken).contains(&"U901".to_owned()), "{broken}");
}

#[test]
fn forms_for_programs_say_the_same() {
    let folder = project(&[SCHEMA, ("s_1.sql", "CREATE INDEX i ON t (a);\n")]);
    let form =
        |form: &str| run(folder.path(), &["lint", "s_1.sql", "--on", "schema.sql", "--format", form]).1;
    let sarif: serde_json::Value = serde_json::from_str(&form("sarif")).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "L101");
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    assert!(rules.iter().any(|rule| rule["id"] == "L101"));
    let quality: serde_json::Value = serde_json::from_str(&form("gitlab")).expect("JSON");
    assert_eq!(quality[0]["location"]["lines"]["begin"], 1);
    assert!(form("github").starts_with("::error file=s_1.sql,line=1,"));
    assert!(form("junit").contains("<testsuite name=\"groundline lint\" tests=\"1\" failures=\"1\">"));
    let markdown = form("markdown");
    assert!(markdown.contains("| `s_1.sql:1` | L101"), "{markdown}");
    assert!(markdown.contains("<summary>Instead of L101 s_1.sql:1</summary>"), "{markdown}");
}

#[test]
fn the_new_revisions_of_a_project_are_judged_by_lint_and_by_check() {
    let folder = project(&[
        ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
        ("migrations/1_t.up.sql", "CREATE TABLE t (id bigint PRIMARY KEY, a int);\n"),
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
    ]);
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-C"];
        let done =
            Command::new("git").args(identity).arg(folder.path()).args(args).output().expect("git runs");
        assert!(done.status.success(), "{args:?}: {done:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "one"]);
    assert_eq!(run(folder.path(), &["lock"]).0, 0);
    let (code, _, stderr) = run(folder.path(), &["lint"]);
    assert!(code == 0 && stderr.contains("no revision to judge"), "{stderr}");
    let put = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).expect("a file");
    put("migrations/2_i.up.sql", "CREATE INDEX i ON t (a);\n");
    put("migrations/2_i.down.sql", "DROP INDEX i;\n");
    for which in [&[][..], &["--since", "1"], &["--since", "HEAD"], &["--all"]] {
        let report = json(folder.path(), &[&["lint", "--format", "json"], which].concat());
        assert_eq!(codes(&report), ["L101"], "{which:?}");
    }
    let traced = json(folder.path(), &["trace", "--format", "json"]);
    assert_eq!(traced["findings"][0]["observed"], true);
    assert_eq!(run(folder.path(), &["lint", "--since", "nowhere"]).0, 2);
    let (code, stdout, _) = run(folder.path(), &["check"]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("New revisions judged") && stdout.contains("1 error, 0 warnings"), "{stdout}");
    put(
        "migrations/2_i.up.sql",
        "-- groundline: allow L101 because the table is empty everywhere\nCREATE INDEX i ON t (a);\n",
    );
    let config = "[migrations]\nlayout = \"sqlx\"\n[lint.rules]\nL101 = \"off\"\nU999 = \"off\"\n";
    assert_eq!(run(folder.path(), &["lint"]).0, 0);
    put("migrations/2_i.up.sql", "CREATE INDEX i ON t (a);\n");
    assert_eq!(run(folder.path(), &["lint"]).0, 1);
    put("groundline.toml", &config.replace("U999 = \"off\"\n", ""));
    assert_eq!(run(folder.path(), &["lint"]).0, 0, "the rule is off");
    put("groundline.toml", config);
    let (code, _, stderr) = run(folder.path(), &["lint"]);
    assert!(code == 2 && stderr.contains("there is no rule U999"), "{stderr}");
    put("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
    put(
        "migrations/2_i.up.sql",
        "-- groundline: allow L101 because the table is empty everywhere\nCREATE INDEX i ON t (a);\n",
    );
    assert_eq!(run(folder.path(), &["lock"]).0, 0);
    let (code, stdout, _) = run(folder.path(), &["check"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(
        stdout.contains("1 new revision, 1 statement: nothing found"),
        "locked, but new on this branch: {stdout}"
    );
    put("migrations/2_i.up.sql", "CREATE INDEX CONCURRENTLY i ON t (a);\n");
    assert_eq!(codes(&json(folder.path(), &["lint", "--format", "json"])), ["T501"]);
    put("migrations/2_i.up.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
    assert_eq!(run(folder.path(), &["lint"]).0, 0);
}

#[test]
fn what_was_left_behind_is_listed_with_what_ends_it() {
    let left = "CREATE TABLE t (id bigint, a int, CHECK (a > 0));\n\
        ALTER TABLE t ADD CONSTRAINT b CHECK (a < 9) NOT VALID;\n\
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;\n\
        CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();\n\
        ALTER TABLE t DISABLE TRIGGER g;\n\
        CREATE INDEX t_a_ccnew ON t (a);\n\
        CREATE MATERIALIZED VIEW v AS SELECT 1 AS a WITH NO DATA;\n";
    let folder = project(&[SCHEMA, ("left.sql", left)]);
    let (code, stdout, stderr) = run(folder.path(), &["debt", "left.sql"]);
    assert_eq!(code, 1, "{stderr}");
    for ends in [
        "DROP INDEX CONCURRENTLY public.t_a_ccnew;",
        "ALTER TABLE public.t VALIDATE CONSTRAINT b;",
        "ALTER TABLE public.t ENABLE TRIGGER g;",
        "REFRESH MATERIALIZED VIEW public.v;",
        "4 things left behind",
    ] {
        assert!(stdout.contains(ends), "{ends}\n{stdout}");
    }
    assert_eq!(
        json(folder.path(), &["debt", "left.sql", "--format", "json"])["debt"].as_array().map(Vec::len),
        Some(4)
    );
    let (code, stdout, _) = run(folder.path(), &["debt", "schema.sql"]);
    assert!(code == 0 && stdout.contains("nothing is left behind"), "{stdout}");
}

/// Rows of a live database that stop a statement, counted, with keys.
#[test]
fn rows_that_are_in_the_way_are_counted_with_their_keys() {
    let databases = Databases::start();
    let url = databases.make(
        "rows",
        "CREATE TABLE p (id int PRIMARY KEY);\n\
         CREATE TABLE t (id int PRIMARY KEY, a int, b text, p_id int, \"Odd Name\" int);\n\
         INSERT INTO p VALUES (1);\n\
         INSERT INTO t VALUES (1, 1, 'x', 1, 5), (2, NULL, 'x', 7, 6), (3, 3, 'long enough', NULL, 6), (4, NULL, NULL, 8, NULL);\n",
    );
    let script = "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n\
        CREATE UNIQUE INDEX CONCURRENTLY u ON t (b);\n\
        ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id);\n\
        ALTER TABLE t ADD CONSTRAINT c CHECK (a < 3);\n\
        ALTER TABLE t ALTER COLUMN b TYPE varchar(5);\n\
        ALTER TABLE t ADD CONSTRAINT o UNIQUE (\"Odd Name\");\n\
        ALTER TABLE t ADD COLUMN z int NOT NULL;\n\
        ALTER TABLE t ADD CONSTRAINT fine CHECK (id > 0);\n\
        ALTER TABLE t ADD COLUMN y int;\nALTER TABLE t ADD CONSTRAINT later CHECK (y > 0);\n";
    let folder = project(&[("s.sql", script)]);
    let report = json(folder.path(), &["lint", "s.sql", "--on", &url, "--data", &url, "--format", "json"]);
    let findings = report["findings"].as_array().expect("findings");
    let told: Vec<(u64, String)> = findings
        .iter()
        .filter(|finding| finding["code"] == "B307")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().expect("a text").to_owned();
            (finding["line"].as_u64().expect("a line"), format!("{}; {}", text("message"), text("why")))
        })
        .collect();
    let wanted = [
        (1, "2 rows of public.t with NULL in a: SET NOT NULL fails; for example (2), (4)"),
        (2, "2 rows of public.t with the same b: the unique index fails; for example (x)"),
        (
            3,
            "2 rows of public.t with no parent in public.p for p_id: the foreign key fails; for example (2), (4)",
        ),
        (4, "1 row of public.t with what breaks a < 3: the CHECK fails; for example (3)"),
        (
            5,
            "1 row of public.t with what is no character varying(5) in b: the change of type fails; for example (3)",
        ),
        (6, "2 rows of public.t with the same Odd Name: UNIQUE fails; for example (6)"),
        (
            7,
            "4 rows of public.t with no value for the new column: ADD COLUMN NOT NULL fails; for example (1), (2), (3), (4)",
        ),
    ];
    let wanted: Vec<(u64, String)> = wanted.map(|(line, text)| (line, text.to_owned())).into();
    assert_eq!(told, wanted);
}

/// A schema that the database's own search path would name is found, too.
#[test]
fn names_of_another_schema_are_found_where_they_are() {
    let schema = (
        "schema.sql",
        "CREATE SCHEMA shop; SET search_path = shop; CREATE TABLE t (id int PRIMARY KEY, a int);\n",
    );
    let folder = project(&[schema, ("s.sql", "CREATE INDEX i ON t (a);\n")]);
    for verb in ["lint", "trace"] {
        let report = json(folder.path(), &[verb, "s.sql", "--on", "schema.sql", "--format", "json"]);
        assert_eq!(
            (codes(&report), &report["findings"][0]["relation"]),
            (vec!["L101".to_owned()], &"shop.t".into()),
            "{verb}"
        );
    }
}

/// A live database lends its schema, and none of its rows.
#[test]
fn a_live_database_is_a_schema_to_lint_and_trace_on() {
    let databases = Databases::start();
    let url =
        databases.make("live", "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, NULL);");
    let folder = project(&[("s.sql", "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n")]);
    let args = ["s.sql", "--on", &url, "--format", "json"];
    let lint = json(folder.path(), &[&["lint"], &args[..]].concat());
    assert_eq!(codes(&lint), ["L107"]);
    let trace = json(folder.path(), &[&["trace"], &args[..]].concat());
    assert_eq!(codes(&trace), ["L107"]);
    assert_eq!(trace["findings"][0]["observed"], true);
}
