//! Every command that a team's documents name is run, in the order of each document, on a copy of an example and a database of its
//! own; and what a document shows is what is printed. A command whose placeholder nobody fills is a failure, as is a document
//! that is not known here.

use crate::normal::normal;
use crate::support::example::{commit_all, copy_example, programs, root, shell};
use crate::support::{Databases, project, python};
use crate::transcripts::lines;
use regex::Regex;
use std::path::{Path, PathBuf};

const FOLDER: &str = "docs/migrations";

/// The home of who approves, below the project's folder.
const HOME: &str = ".git/home";

/// What opens the guard, once there is one, below the project's folder.
const SECRET: &str = ".git/secret";

/// The documents. The database is at head before the first command of each.
const DOCUMENTS: [&str; 6] = [
    "cookbook.md",
    "operating-window.md",
    "review-checklist.md",
    "runbook-backup.md",
    "runbook-emergency.md",
    "runbook-restore.md",
];

/// A copy of an example with a database, in which a document's commands are run.
struct World<'d> {
    folder: tempfile::TempDir,
    bin: PathBuf,
    databases: &'d Databases,
    url: String,
    /// The environment of the commands.
    variables: Vec<(&'static str, String)>,
}

/// What a person does between two lines of a document.
type Act = fn(&World<'_>);

/// What is done before a command: the document, how the command begins, and the act.
const BEFORE: &[(&str, &str, Act)] = &[
    ("cookbook.md", "groundline revision --autogenerate", |world| world.write_the_desired_schema()),
    ("operating-window.md", "groundline approve", |world| world.plan_a_downgrade()),
    ("operating-window.md", "groundline upgrade --plan", |world| world.plan_an_upgrade()),
    ("runbook-emergency.md", "groundline reconcile", |world| world.change_by_hand()),
    ("runbook-emergency.md", "groundline drift", |world| world.change_by_hand()),
    ("cookbook.md", "groundline reconcile", |world| world.change_by_hand()),
    ("cookbook.md", "groundline downgrade", |world| world.go_to_head()),
    ("cookbook.md", "groundline stamp", |world| world.go_to_head()),
    ("runbook-restore.md", "groundline downgrade", |world| world.go_to_head()),
    ("runbook-restore.md", "groundline restore {backup} --to URL", |world| world.back_up()),
    ("runbook-restore.md", "groundline restore {backup} --to-folder", |world| world.back_up_the_server()),
    ("runbook-restore.md", "groundline diff URL_OF_IT", |world| world.restore_a_moment()),
    ("runbook-emergency.md", "groundline guard open", |world| world.guard()),
    ("runbook-emergency.md", "groundline guard close", |world| world.change_by_hand()),
];

/// What stands for a placeholder.
type Fill = fn(&World<'_>) -> String;

/// What placeholders stand for. Longer ones come first.
const PLACEHOLDERS: &[(&str, Fill)] = &[
    ("URL_OF_A_NEW_DATABASE", |world| format!("'{}'", world.databases.url_of("beside"))),
    ("URL_OF_IT", |world| format!("'{}'", world.databases.url_of("moment"))),
    ("VERSION", |world| world.head()),
    ("DIGEST", |world| world.digest()),
    ("{backup}", |world| world.backup()),
    ("{count}", |_| "1".to_owned()),
    ("--data URL", |world| format!("--data '{}'", world.url)),
    ("--to-folder DIR", |_| "--to-folder server".to_owned()),
    ("--replace NAME", |_| "--replace orders".to_owned()),
    ("…", |_| "the total".to_owned()),
];

/// Commands that may end with 1 where they stand, and what they say then: the document sends people there to see it, or has the
/// command with an approval next.
const FINDINGS: &[(&str, &str, &str)] = &[
    ("runbook-emergency.md", "groundline drift", "by_hand"),
    ("runbook-emergency.md", "groundline guard log", "by_hand"),
    ("cookbook.md", "groundline downgrade -1", "--approve"),
    ("runbook-restore.md", "groundline downgrade -{count} --dry-run", "--approve"),
    ("runbook-restore.md", "groundline downgrade -{count}", "--approve"),
    ("runbook-restore.md", "groundline diff URL_OF_IT \"$DATABASE_URL\"", "fingerprint"),
];

#[test]
fn every_command_of_the_documents_of_orders_axum_is_run() {
    every_command_is_run("orders-axum", None);
}

#[test]
fn every_command_of_the_documents_of_orders_fastapi_is_run() {
    let Some(python) = python::environment() else { return };
    every_command_is_run("orders-fastapi", Some(python));
}

fn every_command_is_run(example: &str, python: Option<&Path>) {
    let documents = std::fs::read_dir(root().join("examples").join(example).join(FOLDER)).expect("documents");
    let mut names: Vec<String> =
        documents.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, DOCUMENTS.map(str::to_owned), "a document that is not run");
    let mut wrong = String::new();
    let mut run = 0;
    for document in DOCUMENTS {
        let databases = Databases::start();
        let world = World::new(example, python, &databases);
        world.go_to_head();
        let text = std::fs::read_to_string(world.folder.path().join(FOLDER).join(document));
        let mut done: Vec<String> = Vec::new();
        for command in commands(&text.expect("a document")) {
            // The same words do the same.
            if !done.contains(&command.line) {
                world.run(document, &command, &mut wrong);
                done.push(command.line);
            }
        }
        run += done.len();
    }
    assert!(wrong.is_empty(), "{example}\n{wrong}");
    assert!(run > 45, "{run} commands are fewer than the documents have");
}

/// A command, and what its document says that it prints.
struct Shown {
    line: String,
    output: Option<String>,
}

/// The commands of a document in its order: lines of its blocks, and words between backquotes that begin with the program's name.
fn commands(text: &str) -> Vec<Shown> {
    let span = Regex::new(r"`(groundline [^`]+)`").expect("a pattern");
    let mut all: Vec<Shown> = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 0 {
            let spans = span.captures_iter(part).map(|found| found[1].to_owned());
            all.extend(spans.map(|line| Shown { line, output: None }));
            continue;
        }
        let (kind, block) = part.split_once('\n').unwrap_or_default();
        match kind {
            "console" => all.extend(
                crate::transcripts::entries(block)
                    .into_iter()
                    .map(|entry| Shown { line: entry.command, output: Some(entry.output) }),
            ),
            "sh" => all.extend(
                block
                    .lines()
                    .filter(|line| !line.starts_with('#') && !line.is_empty())
                    .map(|line| Shown { line: line.to_owned(), output: None }),
            ),
            "mermaid" => {}
            other => panic!("a block of {other}: is it run or not?"),
        }
    }
    all
}

/// What a command has that stands for something else: capitals, braces, dots.
fn unfilled(line: &str) -> Option<String> {
    let line = line.replace("$DATABASE_URL", "");
    let word = Regex::new(r"\b[A-Z][A-Z_]{2,}\b|\{|…").expect("a pattern");
    word.find(&line).map(|found| found.as_str().to_owned())
}

impl<'d> World<'d> {
    fn new(example: &str, python: Option<&Path>, databases: &'d Databases) -> Self {
        let folder = project(&[]);
        let place = folder.path();
        copy_example(example, place);
        let bin = place.join(".git/bin");
        commit_all(place);
        programs(&bin);
        let keys = place.join(HOME).join(".ssh");
        std::fs::create_dir_all(&keys).expect("a folder");
        std::fs::copy(root().join("examples/keys/ben"), keys.join("id_ed25519")).expect("a key");
        let roles = "CREATE ROLE reporting; CREATE ROLE monitoring; CREATE ROLE migrator";
        let url = databases.make("orders", roles);
        let mut variables = vec![("DATABASE_URL", url.clone()), ("USER", "ana".to_owned())];
        variables.extend(python.map(|folder| ("VIRTUAL_ENV", folder.display().to_string())));
        Self { folder, bin, databases, url, variables }
    }

    fn shell(&self, command: &str) -> (i32, String) {
        let mut variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let home = self.folder.path().join(HOME).display().to_string();
        let secret = std::fs::read_to_string(self.folder.path().join(SECRET)).ok();
        variables.extend(secret.as_deref().map(|secret| ("GROUNDLINE_GUARD_SECRET", secret)));
        if command.starts_with("groundline approve") {
            // Who approves is at another desk.
            variables.extend([("GROUNDLINE_OPERATOR", "ben"), ("HOME", &home)]);
        }
        shell(self.folder.path(), &self.bin, command, &variables)
    }

    /// What is done between two commands must work, too.
    fn must(&self, command: &str) -> String {
        let (code, said) = self.shell(command);
        assert_eq!(code, 0, "$ {command}\n{said}");
        said
    }

    fn run(&self, document: &str, command: &Shown, wrong: &mut String) {
        for (_, _, act) in
            BEFORE.iter().filter(|(of, begin, _)| *of == document && command.line.starts_with(begin))
        {
            act(self);
        }
        // A value may have anything in it: a temporary folder's name can be six capitals.
        let (mut line, mut rest) = (command.line.clone(), command.line.clone());
        for (placeholder, value) in PLACEHOLDERS.iter().filter(|(name, _)| command.line.contains(name)) {
            line = line.replace(placeholder, &value(self));
            rest = rest.replace(placeholder, "");
        }
        if let Some(word) = unfilled(&rest) {
            wrong.push_str(&format!("{document}: $ {line}\nnobody says what {word} stands for\n"));
            return;
        }
        let (code, said) = self.shell(&line);
        eprintln!("{document}: $ {line}\n? {code}");
        let finding = FINDINGS.iter().find(|(of, words, _)| *of == document && command.line == *words);
        let is_as_expected = match finding {
            Some((_, _, says)) => code == 0 || (code == 1 && said.contains(says)),
            None => code == 0,
        };
        if !is_as_expected {
            wrong.push_str(&format!("{document}: $ {line}\n? {code}\n{said}\n"));
        }
        if line.starts_with("groundline revision -m") {
            self.write_the_revision();
        }
        if let Some(shown) = &command.output {
            let (shown, said) = (normal(shown), normal(&said));
            if shown.trim_end() != said.trim_end() {
                wrong.push_str(&format!("{document}: $ {line}\n{}\n", lines(&shown, &said)));
            }
        }
    }

    fn go_to_head(&self) {
        self.must("groundline upgrade");
    }

    fn back_up(&self) {
        self.must("groundline backup");
    }

    fn back_up_the_server(&self) {
        self.must("groundline backup --physical");
    }

    fn guard(&self) {
        let said = self.must("groundline guard install --secret");
        let secret = said.lines().find_map(|line| line.strip_prefix("GROUNDLINE_GUARD_SECRET="));
        std::fs::write(self.folder.path().join(SECRET), secret.expect("a secret")).expect("it is written");
    }

    /// What a person writes into the files of a new revision.
    fn write_the_revision(&self) {
        let said = self.must("groundline history --format json");
        let listed: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let last = listed["revisions"].as_array().and_then(|all| all.last()).expect("a revision");
        let (folder, file) =
            (listed["folder"].as_str().expect("a folder"), last["file"].as_str().expect("a file"));
        let (table, up) = (format!("written_{}", self.head()), self.folder.path().join(folder).join(file));
        let text = std::fs::read_to_string(&up).expect("the revision");
        let (create, drop) =
            (format!("CREATE TABLE t_{table} (id bigint PRIMARY KEY)"), format!("DROP TABLE t_{table}"));
        if file.ends_with(".py") {
            let body = |sql: &str| format!("op.execute(\"{sql}\")");
            let written = text.replacen("    pass", &format!("    {}", body(&create)), 1);
            let written = written.replacen("    pass", &format!("    {}", body(&drop)), 1);
            assert_eq!(written.matches("op.execute").count(), 2, "{text}");
            std::fs::write(&up, written).expect("it is written");
            return;
        }
        let down = PathBuf::from(up.display().to_string().replace(".up.sql", ".down.sql"));
        let older = std::fs::read_to_string(&down).expect("the down");
        std::fs::write(&up, format!("{text}\n{create};\n")).expect("it is written");
        std::fs::write(&down, format!("{older}\n{drop};\n")).expect("it is written");
    }

    /// The schema that is there with a column more, as a person would have edited it.
    fn write_the_desired_schema(&self) {
        let wanted = self.databases.make("wanted", "");
        self.must(&format!("groundline upgrade --url '{wanted}'"));
        self.databases.run(&wanted, "ALTER TABLE customers ADD COLUMN nickname text");
        self.must(&format!("groundline postgres run -- pg_dump --schema-only '{wanted}' > schema.sql"));
    }

    fn plan_a_downgrade(&self) {
        self.must("groundline plan -1 --out plan.json");
    }

    fn plan_an_upgrade(&self) {
        let digest = self.digest();
        self.must(&format!("groundline downgrade -1 --approve {digest}"));
        self.must("groundline plan --out plan.json");
    }

    fn change_by_hand(&self) {
        if self.databases.rows(&self.url, "SELECT to_regclass('by_hand')") == "null" {
            self.databases.run(&self.url, "CREATE TABLE by_hand (id bigint PRIMARY KEY)");
        }
    }

    /// What a team's own archive would have given back.
    fn restore_a_moment(&self) {
        let moment = self.databases.make("moment", "");
        self.must(&format!("groundline upgrade --url '{moment}'"));
    }

    /// The newest revision's version.
    fn head(&self) -> String {
        let said = self.must("groundline history --format json");
        let listed: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let last = listed["revisions"].as_array().and_then(|all| all.last()).expect("a revision");
        last["version"].as_str().expect("a version").to_owned()
    }

    /// The digest of the plan that goes one back.
    fn digest(&self) -> String {
        let said = self.must("groundline plan -1");
        said.lines().find_map(|line| line.strip_prefix("plan ")).expect("a digest").to_owned()
    }

    /// The newest backup.
    fn backup(&self) -> String {
        let said = self.must("groundline backup list --format json");
        let listed: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let last = listed.as_array().and_then(|all| all.last()).expect("a backup");
        last["backup"]["id"].as_str().expect("an id").to_owned()
    }
}

#[test]
fn a_placeholder_that_nobody_fills_is_seen() {
    let shown =
        commands("`groundline stamp VERSION`, `groundline.lock`\n```sh\n# by hand\ngroundline check\n```\n");
    let lines: Vec<&str> = shown.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(lines, ["groundline stamp VERSION", "groundline check"]);
    let words = ["stamp VERSION", "restore {backup}", "-m \"correct …\"", "--to \"$DATABASE_URL\" -1", "+1"];
    assert_eq!(
        words.map(unfilled),
        [Some("VERSION".to_owned()), Some("{".to_owned()), Some("…".to_owned()), None, None]
    );
}
