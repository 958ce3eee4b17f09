//! The report and `serve` in headless Chromium, light, dark, on a phone and on paper: held to `page.js`, and pictures taken to look at.
//! It installs nothing: Chromium must be there.
//! Out: the browser (`chromium`), what pages are held to (`page.js`), what must stand in a report (`evidence`'s own tests).
//! Called by `main`.

mod chromium;

use crate::bench::build;
use crate::test_pg::target;
use anyhow::{Context, Result, bail, ensure};
use chromium::{Chromium, Screen};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What may be its name.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

const LIGHT: Screen = Screen { width: 1280, height: 900, scheme: "light", media: "screen" };
const DARK: Screen = Screen { scheme: "dark", ..LIGHT };
const PHONE: Screen = Screen { width: 390, height: 844, ..LIGHT };
/// A4 without its margins of 14 mm, at 96 pixels an inch.
const PAPER: Screen = Screen { width: 688, height: 1016, scheme: "light", media: "print" };

/// A revision that adds, changes and takes away, so that the picture of the schema has all marks and the locks have rows.
const REVISION: [(&str, &str); 2] = [
    (
        "up",
        "ALTER TABLE products ADD COLUMN weight_grams integer;\nALTER TABLE customers ALTER COLUMN given_name TYPE varchar(200);\n\
         ALTER TABLE customers DROP COLUMN family_name;\n\
         CREATE TABLE parcels (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id));\n",
    ),
    (
        "down",
        "DROP TABLE parcels;\nALTER TABLE customers ADD COLUMN family_name text;\n\
         ALTER TABLE customers ALTER COLUMN given_name TYPE text;\nALTER TABLE products DROP COLUMN weight_grams;\n",
    ),
];

/// Where pictures go, and which browser takes them.
pub struct Options {
    out: PathBuf,
    chromium: Option<String>,
}

impl Options {
    /// Reads `--out DIR` and `--chromium PROGRAM`.
    pub fn parse(root: &Path, arguments: &[&str]) -> Result<Self> {
        let mut options = Self { out: target(root).join("pictures"), chromium: None };
        for pair in arguments.chunks(2) {
            match pair {
                ["--out", folder] => options.out = PathBuf::from(folder),
                ["--chromium", program] => options.chromium = Some((*program).to_owned()),
                _ => bail!("not an option of pictures: {}", pair.join(" ")),
            }
        }
        Ok(options)
    }

    /// The browser; that there is none is an error, not a reason to pass.
    fn browser(&self) -> Result<String> {
        let runs = |program: &&str| {
            let mut asked = Command::new(program);
            asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        };
        match &self.chromium {
            Some(program) => Ok(program.clone()),
            None => PROGRAMS
                .iter()
                .find(|program| runs(program))
                .map(|program| (*program).to_owned())
                .with_context(|| {
                    format!("none of {} is on PATH: install one, or --chromium PROGRAM", PROGRAMS.join(", "))
                }),
        }
    }
}

/// Everything that was looked at, and what is wrong with it.
#[derive(Default)]
struct Findings {
    wrong: Vec<String>,
    looks: usize,
}

impl Findings {
    fn add(&mut self, page: &str, wrong: &Value) {
        self.looks += 1;
        let all = wrong.as_array().into_iter().flatten().filter_map(Value::as_str);
        self.wrong.extend(all.map(|one| format!("{page}: {one}")));
    }
}

/// Opens both, and fails with all that is wrong.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let browser = options.browser()?;
    let program = build(root, "dev")?;
    fs::create_dir_all(&options.out).with_context(|| format!("can't make {}", options.out.display()))?;
    let project = project(root)?;
    let serving = Serving::start(&program, project.path())?;
    let mut chromium = Chromium::start(&browser)?;
    let mut findings = Findings::default();
    live(&mut chromium, &serving, &program, project.path(), &options.out)?;
    let runs = chromium.evaluate("document.querySelector('#runs a').href")?;
    let report = runs.as_str().context("no run in `serve`")?.to_owned();
    for (name, url) in [("serve", serving.url.as_str()), ("report", report.as_str())] {
        page(&mut chromium, &mut findings, name, url, &options.out)?;
    }
    findings.looks += 1;
    findings.wrong.extend(chromium.errors().into_iter().map(|error| format!("console: {error}")));
    println!("{} looks, pictures in {}", findings.looks, options.out.display());
    ensure!(findings.wrong.is_empty(), "{}", findings.wrong.join("\n"));
    Ok(())
}

/// The example without its application, which would have to be built, and with a revision that has everything.
fn project(root: &Path) -> Result<tempfile::TempDir> {
    let project = tempfile::tempdir()?;
    let (from, to) = (root.join("examples/orders-axum"), project.path());
    fs::create_dir(to.join("migrations"))?;
    for entry in fs::read_dir(from.join("migrations"))?.flatten() {
        fs::copy(entry.path(), to.join("migrations").join(entry.file_name()))?;
    }
    for (direction, sql) in REVISION {
        fs::write(to.join(format!("migrations/20300101000000_weigh_products.{direction}.sql")), sql)?;
    }
    fs::copy(from.join("production.sql"), to.join("production.sql"))?;
    let config = fs::read_to_string(from.join("groundline.toml"))?;
    let (before, rest) = config.split_once("[app]").context("the example has no [app]")?;
    let (_, after) = rest.split_once("[snapshot]").context("the example has no [snapshot]")?;
    fs::write(to.join("groundline.toml"), format!("{before}[snapshot]{after}"))?;
    Ok(project)
}

/// A run is seen while it is under way, and listed when it has ended, by the events alone.
fn live(
    chromium: &mut Chromium,
    serving: &Serving,
    program: &Path,
    project: &Path,
    out: &Path,
) -> Result<()> {
    chromium.open(&serving.url, LIGHT)?;
    chromium.wait_for("the first state", "document.getElementById('line').textContent !== 'Looking…'")?;
    let before = chromium.evaluate("document.querySelectorAll('#runs a').length")?;
    ensure!(before == 0, "there is a run before any");
    let mut check = Command::new(program);
    let mut checking = check.arg("check").arg(project).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    chromium.wait_for("a run that is under way", "!document.getElementById('running').hidden")?;
    chromium.wait_for("a step of it", "document.querySelectorAll('#steps tr').length > 3")?;
    chromium.picture(&out.join("serve-live.png"), 3_000)?;
    chromium.wait_for("its end", "document.querySelectorAll('#runs a').length === 1")?;
    let status = checking.wait()?;
    ensure!(matches!(status.code(), Some(0 | 1)), "check ended with {status}");
    chromium.wait_for("that nothing is under way", "document.getElementById('running').hidden")
}

/// One page in every way that it is shown.
fn page(chromium: &mut Chromium, findings: &mut Findings, name: &str, url: &str, out: &Path) -> Result<()> {
    let is_there = "document.querySelector('#line')?.textContent !== 'Looking…'";
    for (way, screen) in [("light", LIGHT), ("dark", DARK), ("phone", PHONE), ("print", PAPER)] {
        chromium.open(url, screen)?;
        chromium.wait_for("its content", is_there)?;
        chromium.evaluate(include_str!("page.js"))?;
        let at = format!("{name}, {way}");
        chromium.picture(&out.join(format!("{name}-{way}.png")), 9_000)?;
        if way == "light" {
            keyboard(chromium, findings, &at)?;
            findings.add(&at, &chromium.evaluate("groundline.names()")?);
        }
        findings.add(&at, &chromium.evaluate("groundline.width()")?);
        // What is folded is read, too.
        chromium.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")?;
        let contrast = chromium.evaluate("groundline.contrast()")?;
        findings.add(&at, &contrast["wrong"]);
        println!(
            "{at}: {} texts, least contrast {:.2}",
            contrast["looked"],
            contrast["least"].as_f64().unwrap_or(0.0)
        );
        ensure!(contrast["looked"].as_u64() > Some(20), "{at}: hardly a text was seen");
        findings.add(&at, &chromium.evaluate("groundline.width()")?);
        if way == "print" {
            chromium.print(&out.join(format!("{name}.pdf")))?;
            let sections = "['.sections', '.search'].every((one) => [...document.querySelectorAll(one)].every((found) => !found.checkVisibility()))";
            ensure!(chromium.evaluate(sections)? == true, "{at}: what only a screen can use is printed");
        }
    }
    Ok(())
}

/// Presses Tab through the page once, and a little more.
fn keyboard(chromium: &mut Chromium, findings: &mut Findings, at: &str) -> Result<()> {
    chromium.evaluate("groundline.watch(); document.activeElement.blur()")?;
    let all = chromium.evaluate("groundline.focusables()")?.as_u64().context("no number")?;
    ensure!(all > 0, "{at}: nothing can be used");
    for _ in 0..all + 5 {
        chromium.tab()?;
    }
    let found = chromium.evaluate("groundline.keyboard()")?;
    println!("{at}: {} reached with Tab", found["looked"]);
    findings.add(at, &found["wrong"]);
    Ok(())
}

/// `groundline serve`; it ends with this.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(program: &Path, project: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("serve").arg(project).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.spawn().context("groundline does not start")?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
