//! What pipelines run: the shell lines of `action.yml`, of the workflow that `init` writes and of the snippet for GitLab, on a project
//! whose new revision blocks writers, and on one that is well. What GitHub would give (files, variables, `gh`) is a folder.
//! And what the image of the `Dockerfile` needs.

use crate::support::example::{commit_all, git, programs, root, script_file};
use crate::support::{program, project};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a new revision does: one that blocks writers while an index is built, and one that does not.
const BLOCKS: &str = "CREATE INDEX t_name ON t (name);\n";
const IS_WELL: &str = "ALTER TABLE t ADD COLUMN note text;\n";

/// A project of which the newest revision is not on the branch that it is to be merged into.
struct Pipeline {
    folder: tempfile::TempDir,
}

impl Pipeline {
    fn new(up: &str, down: &str) -> Self {
        let folder = project(&[
            ("migrations/1_t.up.sql", "CREATE TABLE t (id bigint PRIMARY KEY, name text);\n"),
            ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
            ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
        ]);
        let at = folder.path();
        std::fs::write(at.join(".gitignore"), ".groundline/\n").expect("a file");
        commit_all(at);
        programs(&at.join(".git/bin"));
        let pipeline = Self { folder };
        let at = pipeline.at();
        let (code, said) = pipeline.bash("groundline lock", &BTreeMap::new());
        assert_eq!(code, 0, "{said}");
        git(at, &["add", "."]);
        git(at, &["commit", "--quiet", "-m", "Lock"]);
        git(at, &["checkout", "--quiet", "-b", "change"]);
        std::fs::write(at.join("migrations/2_more.up.sql"), up).expect("a file");
        std::fs::write(at.join("migrations/2_more.down.sql"), down).expect("a file");
        let (code, said) = pipeline.bash("groundline lock", &BTreeMap::new());
        assert_eq!(code, 0, "{said}");
        git(at, &["add", "."]);
        git(at, &["commit", "--quiet", "-m", "Change"]);
        let gh = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$GH_SAID\"\n\
                  for word; do [ -n \"$next\" ] && cp \"$word\" \"$GH_SAID.body\"; next=; [ \"$word\" = --body-file ] && next=yes; done\n\
                  exit 0\n";
        script_file(&at.join(".git/bin/gh"), gh);
        std::fs::create_dir(at.join(".git/runner")).expect("a folder");
        pipeline
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn runner(&self, name: &str) -> PathBuf {
        self.at().join(".git/runner").join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.runner(name)).unwrap_or_default()
    }

    /// As a runner runs a step with `shell: bash`.
    fn bash(&self, script: &str, variables: &BTreeMap<String, String>) -> (i32, String) {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &format!("exec 2>&1\n{script}")]);
        bash.current_dir(self.at()).env("PATH", format!("{}:{path}", self.at().join(".git/bin").display()));
        bash.env_remove("DATABASE_URL").envs(variables);
        let output = bash.output().expect("bash runs");
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// The steps of the action that are shell lines, run in turn. Returns what each said, by its name, and its exit status.
fn act(pipeline: &Pipeline) -> BTreeMap<String, (i32, String)> {
    let action = yaml(&root().join("action.yml"));
    let mut known: BTreeMap<String, String> = BTreeMap::from([
        ("github.token".to_owned(), "no-token".to_owned()),
        ("github.event.pull_request.head.sha || github.sha".to_owned(), "abc123".to_owned()),
        ("github.event.pull_request.number".to_owned(), "7".to_owned()),
        ("runner.temp".to_owned(), pipeline.runner("").display().to_string()),
    ]);
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        let value = filled(input["default"].as_str().unwrap_or_default(), &known);
        known.insert(format!("inputs.{name}"), value);
    }
    let mut said = BTreeMap::new();
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let name = step["name"].as_str().expect("a step has a name").to_owned();
        let Some(script) = step["run"].as_str() else {
            let uses = step["uses"].as_str().expect("what it uses");
            assert!(uses.contains('@'), "{uses} has no version");
            step["with"].as_object().into_iter().flatten().for_each(|(_, value)| drop(text(value)));
            continue;
        };
        assert_eq!(step["shell"], "bash", "{name}");
        assert!(!script.contains("${{"), "{name}: an expression in a shell line could be a command");
        let mut variables: BTreeMap<String, String> = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GH_SAID"]
            .map(|file| (file.to_owned(), pipeline.runner(file).display().to_string()))
            .into();
        variables.insert("GITHUB_REPOSITORY".to_owned(), "team/orders".to_owned());
        for (variable, value) in step["env"].as_object().into_iter().flatten() {
            variables.insert(variable.clone(), filled(&text(value), &known));
        }
        let before = pipeline.read("GITHUB_OUTPUT").lines().count();
        said.insert(name, pipeline.bash(script, &variables));
        for line in pipeline.read("GITHUB_OUTPUT").lines().skip(before) {
            let (output, value) = line.split_once('=').expect("name=value");
            let id = step["id"].as_str().expect("a step with outputs has an id");
            known.insert(format!("steps.{id}.outputs.{output}"), value.to_owned());
        }
    }
    said
}

/// A text with its expressions filled in; one that is not known is a failure.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").expect("the end of an expression");
        let value = known.get(expression.trim()).unwrap_or_else(|| panic!("nothing gives {expression}"));
        filled.push_str(value);
        filled.push_str(rest);
    }
    filled
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn yaml(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    parsed(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parsed(text: &str) -> Result<Value, serde_saphyr::Error> {
    serde_saphyr::from_str(text)
}

#[test]
fn the_action_tells_a_pull_request_what_its_revision_does() {
    let pipeline = Pipeline::new(BLOCKS, "DROP INDEX t_name;\n");
    let said = act(&pipeline);
    let of = |name: &str| said.get(name).unwrap_or_else(|| panic!("no step {name}: {:?}", said.keys()));
    for name in ["Install", "Lint", "Check", "Gate", "Comment"] {
        assert_eq!(of(name).0, 0, "{name}: {}", of(name).1);
    }
    let lint = &of("Lint").1;
    assert!(lint.contains("::error ") && lint.contains("file=migrations/2_more.up.sql,line=1"), "{lint}");
    let sarif: Value = serde_json::from_str(&pipeline.read("groundline.sarif")).expect("SARIF");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "L101", "{sarif}");
    assert_eq!(of("Result").0, 1, "what check found fails the job");
    let gh = pipeline.read("GH_SAID");
    assert!(
        gh.contains("repos/team/orders/statuses/abc123 -f state=failure -f context=groundline/gate"),
        "{gh}"
    );
    assert!(gh.contains("pr comment 7 --edit-last --body-file"), "{gh}");
    let comment = pipeline.read("GH_SAID.body");
    for part in
        ["### Drill: up, down, up", "L101", "SHARE", "schema at head", "Definition of done", "signed-off"]
    {
        assert!(comment.contains(part), "{part}: {comment}");
    }
    assert!(pipeline.read("GITHUB_STEP_SUMMARY").contains("| item |"));
}

#[test]
fn the_action_passes_where_nothing_is_found_and_leaves_the_gate_to_its_status() {
    let pipeline = Pipeline::new(IS_WELL, "ALTER TABLE t DROP COLUMN note;\n");
    let said = act(&pipeline);
    for (name, (code, said)) in &said {
        assert_eq!(*code, 0, "{name}: {said}");
    }
    assert!(!said["Lint"].1.contains("::error"), "{}", said["Lint"].1);
    assert!(pipeline.read("GITHUB_OUTPUT").contains("gate=open"));
}

#[test]
fn the_workflow_of_init_and_the_snippet_for_gitlab_run() {
    let pipeline = Pipeline::new(IS_WELL, "ALTER TABLE t DROP COLUMN note;\n");
    let none = BTreeMap::new();
    let (code, said) = pipeline.bash("groundline init --ci", &none);
    assert_eq!(code, 0, "{said}");
    let workflow = yaml(&pipeline.at().join(".github/workflows/groundline.yml"));
    let steps = workflow["jobs"]["check"]["steps"].as_array().expect("steps");
    let lines: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    // What installs the program under test is not run.
    assert_eq!(lines.first(), Some(&"cargo install groundline --locked"));
    for line in &lines[1..] {
        let (code, said) = pipeline.bash(line, &none);
        assert_eq!(code, 0, "$ {line}\n{said}");
    }
    let guide = std::fs::read_to_string(root().join("docs/guides/ci.md")).expect("a guide");
    let snippet = guide
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .find(|text| text.contains("codequality"));
    let snippet = parsed(snippet.expect("a snippet for GitLab")).expect("YAML");
    let job = &snippet["migrations"];
    for line in job["script"].as_array().expect("lines") {
        let line = line.as_str().expect("a line");
        let (code, said) = pipeline.bash(line, &none);
        assert_eq!(code, 0, "$ {line}\n{said}");
    }
    let read = |of: &str| {
        let name = job["artifacts"]["reports"][of].as_str().expect("a report");
        std::fs::read_to_string(pipeline.at().join(name)).expect("a report is written")
    };
    assert!(serde_json::from_str::<Value>(&read("codequality")).expect("JSON").is_array());
    assert!(read("junit").contains("<testsuite name=\"groundline gate\""));
    let evidence = job["artifacts"]["paths"][0].as_str().expect("a path");
    assert!(pipeline.at().join(evidence).is_dir(), "{evidence}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_small_image_has_every_library_that_the_program_needs() {
    let dockerfile = std::fs::read_to_string(root().join("Dockerfile")).expect("a Dockerfile");
    let line = dockerfile.lines().find_map(|line| line.split_once("all in this base: "));
    let there: Vec<&str> = line.expect("which libraries").1.split(' ').collect();
    let output = Command::new("ldd").arg(program()).output().expect("ldd runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let needed = said.lines().filter_map(|line| line.split_whitespace().next());
    // The loader and the kernel's page are no libraries of the image's.
    let missing: Vec<&str> = needed
        .filter(|name| !name.starts_with("linux-") && !name.starts_with('/') && !there.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "{said}");
    for (part, why) in
        [("FROM debian:bookworm-slim\nRUN useradd", "small"), ("USER groundline\nCOPY", "not root")]
    {
        assert!(dockerfile.contains(part), "{why}");
    }
}
