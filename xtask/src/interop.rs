//! `cargo xtask interop`: the teams' own tools and Groundline on one database, each doing a half, either one first; then
//! neither has anything left to do, and no checksum is another.
//! In: tools on PATH, and what npm and cargo fetch into the target folder, once. Out: tools that are not there: they are
//! named; Alembic, which the ordinary tests do (`alembic_live.rs`); graphile-migrate, whose history is none of ours.

use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many revisions a history has; the first half is the one tool's.
const REVISIONS: usize = 4;
const HALF: usize = 2;

/// A tool that brings a database to head from a folder.
struct Tool {
    layout: &'static str,
    program: &'static str,
    from: From,
    /// What follows the program in a shell; `$FOLDER` is the folder, `$GO_URL` the URL as Go's drivers read it.
    up: &'static str,
    write: fn(usize) -> Vec<(String, String)>,
}

/// Where a tool that is not on PATH comes from.
enum From {
    /// A package of npm.
    Npm(&'static str),
    /// A crate, and the features that it is built with.
    Cargo(&'static str, &'static str),
    /// It has to be on PATH.
    Path,
}

const TOOLS: [Tool; 6] = [
    Tool {
        layout: "dbmate",
        program: "dbmate",
        from: From::Npm("dbmate@2"),
        up: "--url \"$GO_URL\" --migrations-dir \"$FOLDER\" --no-dump-schema up",
        write: |n| {
            let text = format!("-- migrate:up\n{}\n-- migrate:down\n{}", up(n), down(n));
            vec![(format!("2024010{n}000000_t{n}.sql"), text)]
        },
    },
    Tool {
        layout: "sqlx",
        program: "sqlx",
        from: From::Cargo("sqlx-cli", "postgres,rustls"),
        up: "migrate run --source \"$FOLDER\" --database-url \"$DATABASE_URL\"",
        write: |n| pair(&format!("2024010{n}000000_t{n}"), n),
    },
    Tool {
        layout: "diesel",
        program: "diesel",
        from: From::Cargo("diesel_cli", "postgres"),
        up: "migration run --migration-dir \"$FOLDER\" --database-url \"$DATABASE_URL\"",
        write: |n| {
            let folder = format!("2024-01-0{n}-000000_t{n}");
            vec![(format!("{folder}/up.sql"), up(n)), (format!("{folder}/down.sql"), down(n))]
        },
    },
    Tool {
        layout: "golang-migrate",
        program: "migrate",
        from: From::Path,
        up: "-path \"$FOLDER\" -database \"$GO_URL\" up",
        write: |n| pair(&format!("00000{n}_t{n}"), n),
    },
    Tool {
        layout: "goose",
        program: "goose",
        from: From::Path,
        up: "-dir \"$FOLDER\" postgres \"$GO_URL\" up",
        write: |n| {
            let text = format!("-- +goose Up\n{}\n-- +goose Down\n{}", up(n), down(n));
            vec![(format!("0000{n}_t{n}.sql"), text)]
        },
    },
    Tool {
        layout: "refinery",
        program: "refinery",
        from: From::Cargo("refinery_cli", "postgresql"),
        up: "migrate -e REFINERY_URL -p \"$FOLDER\"",
        write: |n| vec![(format!("V{n}__t{n}.sql"), up(n))],
    },
];

/// One order of the two, as a shell script: `tool FOLDER` runs the tool, `groundline` is ours. What it prints last is the
/// verdict of the one that found nothing left to do.
const ORDERS: [(&str, &str); 2] = [
    (
        "Groundline first",
        "groundline upgrade $HALF --url \"$DATABASE_URL\" --project \"$PROJECT\"\n\
         tool \"$WHOLE\"\n\
         groundline upgrade --url \"$DATABASE_URL\" --project \"$PROJECT\" | grep '^0 revisions applied'\n",
    ),
    (
        "the tool first",
        "tool \"$FIRST\"\n\
         groundline upgrade --url \"$DATABASE_URL\" --project \"$PROJECT\" | grep \"^$HALF_COUNT revisions applied\"\n\
         tool \"$WHOLE\"\n",
    ),
];

/// Afterwards, whoever was first: at head, nothing to repair (so no checksum is another), and all tables are there.
const AFTERWARDS: &str = "groundline current --check-head --project \"$PROJECT\"\n\
                          groundline repair --project \"$PROJECT\"\n\
                          test \"$(psql -Atc \"select count(*) from pg_tables where tablename like 't_'\")\" = $COUNT\n";

/// Runs every tool that can be had in both orders.
pub fn run(root: &Path) -> Result<()> {
    let built =
        Command::new(crate::cargo()).current_dir(root).args(["build", "--package", "groundline"]).status()?;
    if !built.success() {
        bail!("groundline can't be built");
    }
    let place = tempfile::tempdir()?;
    let tools = crate::test_pg::target(root).join("interop");
    let groundline = crate::test_pg::target(root).join("debug/groundline");
    let (mut failed, mut ran) = (0, 0);
    for tool in &TOOLS {
        let Some(program) = find(tool, &tools) else {
            println!("{:<15} not run: {} can't be had", tool.layout, tool.program);
            continue;
        };
        for (order, script) in ORDERS {
            let scene = Scene::make(&place.path().join(format!("{}{ran}", tool.layout)), tool)?;
            ran += 1;
            match scene.play(&groundline, &program, tool, script)? {
                None => println!("{:<15} passed: {order}", tool.layout),
                Some(output) => {
                    failed += 1;
                    println!("{:<15} FAILED: {order}\n{output}", tool.layout);
                }
            }
        }
    }
    match (ran, failed) {
        (0, _) => bail!("no tool could be had"),
        (_, 0) => Ok(()),
        (_, failed) => bail!("{failed} of {ran} failed"),
    }
}

/// The tool on PATH, or fetched into a folder.
fn find(tool: &Tool, place: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join(tool.program));
    if let Some(found) = found.find(|file| file.is_file()) {
        return Some(found);
    }
    let (mut fetch, program) = match tool.from {
        From::Path => return None,
        From::Npm(package) => {
            let mut npm = Command::new("npm");
            npm.args(["install", "--silent", "--no-fund", "--no-audit", package, "--prefix"]).arg(place);
            (npm, place.join("node_modules/.bin").join(tool.program))
        }
        From::Cargo(package, features) => {
            let mut cargo = Command::new(crate::cargo());
            cargo.args([
                "install",
                "--locked",
                "--quiet",
                "--no-default-features",
                "--features",
                features,
                package,
            ]);
            cargo.arg("--root").arg(place).arg("--target-dir").arg(place.join("target"));
            (cargo, place.join("bin").join(tool.program))
        }
    };
    if !program.is_file() {
        eprintln!("fetching {}, once", tool.program);
        fs::create_dir_all(place).ok()?;
        fetch.status().ok()?;
    }
    program.is_file().then_some(program)
}

/// A project with the whole history, and a folder with its first half.
struct Scene {
    project: PathBuf,
    first: PathBuf,
}

impl Scene {
    fn make(place: &Path, tool: &Tool) -> Result<Self> {
        let scene = Self { project: place.to_owned(), first: place.join("first") };
        for (folder, revisions) in [(scene.whole(), REVISIONS), (scene.first.clone(), HALF)] {
            for (path, text) in (1..=revisions).flat_map(tool.write) {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap_or(&folder))?;
                fs::write(path, text)?;
            }
        }
        let config = format!("[migrations]\nfolder = \"migrations\"\nlayout = \"{}\"\n", tool.layout);
        fs::write(place.join("groundline.toml"), config)?;
        Ok(scene)
    }

    fn whole(&self) -> PathBuf {
        self.project.join("migrations")
    }

    /// Plays a script on a server of its own; gives what was printed where it fails.
    fn play(&self, groundline: &Path, program: &Path, tool: &Tool, script: &str) -> Result<Option<String>> {
        let half = (tool.write)(HALF).swap_remove(0).0;
        let version: String =
            half.trim_start_matches('V').split('_').next().unwrap_or_default().replace('-', "");
        let whole = format!(
            "set -eu\nexec 2>&1\nGO_URL=\"postgres://$PGUSER@/$PGDATABASE?host=$PGHOST&port=$PGPORT&sslmode=disable\"\n\
             export REFINERY_URL=\"postgres://$PGUSER@$(printf %s \"$PGHOST\" | sed 's,/,%2F,g'):$PGPORT/$PGDATABASE\"\n\
             groundline() {{ \"$GROUNDLINE\" \"$@\"; }}\ntool() {{ FOLDER=\"$1\"; \"$TOOL\" {}; }}\n{script}{AFTERWARDS}",
            tool.up
        );
        let mut server = Command::new(groundline);
        server.args(["postgres", "run", "--", "sh", "-c", &whole]);
        server.env("GROUNDLINE", groundline).env("TOOL", program).env("PROJECT", &self.project);
        server.env("WHOLE", self.whole()).env("FIRST", &self.first).env("HALF", version);
        server.env("HALF_COUNT", (REVISIONS - HALF).to_string()).env("COUNT", REVISIONS.to_string());
        let output = server.output().context("groundline can't be run")?;
        Ok((!output.status.success()).then(|| {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        }))
    }
}

fn up(n: usize) -> String {
    format!("CREATE TABLE t{n} (id integer PRIMARY KEY);\n")
}

fn down(n: usize) -> String {
    format!("DROP TABLE t{n};\n")
}

fn pair(stem: &str, n: usize) -> Vec<(String, String)> {
    vec![(format!("{stem}.up.sql"), up(n)), (format!("{stem}.down.sql"), down(n))]
}
