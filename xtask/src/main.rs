//! Checks and chores of the workspace: `cargo xtask VERB`.
//! Out: anything that a user of Groundline needs; that is in `crates/`.
//! Called by people, the justfile and `.ci/run`.

mod arch;
mod bench;
mod bench_catalog;
mod bench_diff;
mod bench_lint;
mod bench_trace;
mod bench_upgrade;
mod graph;
mod interop;
mod measure;
mod oracle;
mod package;
mod peers;
mod pictures;
mod sbom;
mod sequence;
mod soak;
mod test_pg;
mod verdicts;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask VERB

  arch                check crates and files against ARCHITECTURE.md
  bench [FOLDER] [--runs N] [--postgres MAJOR]
                      measure `groundline drill` against benches/drill-with-pg_dump.sh on a folder of
                      migrations (the example's), N times in turn (5), and compare their verdicts
  bench-catalog [TABLES…] [--runs N] [--postgres MAJOR]
                      measure `groundline fingerprint`, and reading again in one process, against
                      `pg_dump --schema-only` on generated schemas (100, 1,000 and 10,000 tables)
  bench-diff [TABLES…] [--runs N] [--postgres MAJOR]
                      measure `groundline diff --sql` of two generated schemas that differ in fifty objects, against
                      reading each of them once
  bench-lint FOLDER [--runs N]
                      measure `groundline lint` on the scripts below a folder against `squawk` on the same, if it is
                      on PATH
  bench-trace [--runs N] [--postgres MAJOR]
                      measure `groundline trace` of 300 revisions against applying them
  bench-upgrade [FOLDER] [--runs N] [--postgres MAJOR]
                      measure `groundline upgrade` of a new database against one psql session that replays the
                      same files
  oracle [FOLDER] [--postgres MAJOR]
                      the same once: fails where the two say other verdicts of a revision, or take other states
                      of the schema for equal
  interop             one database by Groundline and by a team's own tool in turn, for each tool that is on PATH or
                      that npm has: neither leaves the other anything to do
  package             make the package of each crate that is published, and build the program from them alone
  pictures [--out DIR] [--chromium PROGRAM]
                      open the report and `serve` in headless Chromium: keyboard, contrast, phone, print, live events;
                      and take pictures of both (target/pictures)
  sbom [FILE]         what the program is built from, as CycloneDX (target/groundline.cdx.json)
  peers REPOSITORY PATH [APART] [--pairs N] [--profile NAME] [--postgres MAJOR]
                      the same pairs (N of them) by Groundline, migra, @pgkit/migra and pg-delta in turn, each judged by
                      pg_dump: how many are solved, and in what time
  sequence REPOSITORY PATH [APART] [--rows full|sparse]
                      statements from each version of a schema in a git history to the next one (or APART
                      versions later): run, and compared with the wanted schema and its dump; with --rows on a row in
                      every table, of which each column has a value or only those that need one
  soak [--kills N] [--rounds N]
                      kill upgrades with -9 all along their way (300), end them and their server at each point of a run,
                      and run eight at once under load (200 rounds)
  test-pg MAJOR       run all tests against a PostgreSQL of that major, fetched if it is not installed
  test-pg all         the same for each supported major; one line a major, the output in logs";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["arch"] => arch::check(root()),
        ["bench", options @ ..] => {
            bench::Options::parse(options).and_then(|options| bench::run(root(), &options))
        }
        ["bench-catalog", options @ ..] => bench_catalog::Options::parse(options)
            .and_then(|parsed| bench_catalog::run(root(), &parsed, options)),
        ["bench-diff", options @ ..] => bench_catalog::Options::parse(options)
            .and_then(|parsed| bench_diff::run(root(), &parsed, options)),
        ["bench-lint", options @ ..] => {
            bench::Options::parse(options).and_then(|options| bench_lint::run(root(), &options))
        }
        ["bench-trace", options @ ..] => bench_trace::run(root(), options),
        ["bench-upgrade", options @ ..] => {
            bench::Options::parse(options).and_then(|parsed| bench_upgrade::run(root(), &parsed, options))
        }
        ["oracle", options @ ..] => {
            bench::Options::parse(options).and_then(|options| oracle::run(root(), &options))
        }
        ["package"] => package::run(root()),
        ["pictures", options @ ..] => {
            pictures::Options::parse(root(), options).and_then(|options| pictures::run(root(), &options))
        }
        ["sbom"] => sbom::write(root(), "target/groundline.cdx.json"),
        ["sbom", file] => sbom::write(root(), file),
        ["peers", options @ ..] => {
            peers::Options::parse(options).and_then(|parsed| peers::run(root(), &parsed, options))
        }
        ["sequence", options @ ..] => {
            sequence::Options::parse(options).and_then(|options| sequence::run(root(), &options))
        }
        ["interop"] => interop::run(root()),
        ["soak", options @ ..] => {
            soak::Options::parse(options).and_then(|options| soak::run(root(), &options))
        }
        ["test-pg", "all"] => test_pg::all(root()),
        ["test-pg", major] => test_pg::one(root(), major),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The cargo that runs us.
fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}
