//! Findings on scripts as data, and as what other programs read.
//! In: the report's shape. Out: judging (`lint`), and the forms: one file each.
//! Called by the commands `lint` and `trace`.

mod code_quality;
mod github;
mod junit;
mod markdown;
mod pages;
mod sarif;
mod text;

pub use pages::{rule_page, rules_page};
pub use text::render_lint;

use groundline_core::{LineIndex, LockMode, Position};
use groundline_lint::{Finding, Severity, Suppressed, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of the JSON form. It grows when a field changes its meaning or goes.
pub const LINT_VERSION: u32 = 1;

/// Forms for programs and reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintForm {
    /// Our own JSON.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    CodeQuality,
    /// JUnit's XML.
    Junit,
    /// A comment on a pull request.
    Markdown,
}

/// Findings on some scripts.
#[derive(Debug, Default, Serialize)]
pub struct LintReport {
    /// [`LINT_VERSION`].
    pub version: u32,
    /// PostgreSQL's major that was judged for.
    pub major: u16,
    /// What the scripts were judged on; none: their text alone.
    pub schema: Option<String>,
    /// Number of scripts and of statements in them.
    pub scripts: usize,
    /// Number of statements.
    pub statements: usize,
    /// Findings in the order of scripts and lines.
    pub findings: Vec<Placed>,
    /// Findings that a comment in the script allows.
    pub suppressed: Vec<Allowed>,
    /// Notes that are not shown.
    pub hidden_notes: usize,
    /// What a server did, statement by statement, where they were traced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<TracedStatement>,
}

/// A finding and where it is.
#[derive(Debug, Serialize)]
pub struct Placed {
    /// The script, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The script's text, to show lines of.
    #[serde(skip)]
    pub text: Arc<str>,
    /// What tells it from others over changes of the file: rule, relation and statement, not its line.
    pub fingerprint: String,
}

impl Placed {
    /// The script as forges name it: what begins with `./` is no file of theirs.
    fn path(&self) -> &str {
        self.file.strip_prefix("./").unwrap_or(&self.file)
    }
}

/// A finding that is allowed.
#[derive(Debug, Serialize)]
pub struct Allowed {
    /// The script.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The finding and what allows it.
    #[serde(flatten)]
    pub suppressed: Suppressed,
}

/// What a server did for one statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TracedStatement {
    /// The script.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Its first words.
    pub statement: String,
    /// Relation to the strongest lock.
    pub locks: BTreeMap<String, LockMode>,
    /// Relations written anew.
    pub rewrites: Vec<String>,
    /// Relations read in full under a lock.
    pub scans: Vec<String>,
    /// Bytes of WAL.
    pub wal_bytes: u64,
    /// Rows inserted, updated and deleted.
    pub rows: u64,
    /// Microseconds on the shadow.
    pub microseconds: u64,
    /// Whether all its locks were seen.
    pub complete: bool,
}

/// Where a finding is: its position, and its last line.
type PlaceOf<'p> = &'p dyn Fn(&Finding) -> (Position, usize);

impl LintReport {
    /// A report without findings.
    pub fn new(major: u16, schema: Option<String>) -> Self {
        Self { version: LINT_VERSION, major, schema, ..Self::default() }
    }

    /// Adds what was found in a part of a file: a script, or the up of a file with both ways. `text` is the whole
    /// file's, `start` where the part begins in it.
    pub fn add(&mut self, file: &str, text: &Arc<str>, start: usize, verdict: Verdict, notes: bool) {
        let index = LineIndex::new(text);
        let statements: Vec<String> = verdict
            .statements
            .iter()
            .map(|judged| text[judged.span.shifted(start).range()].to_owned())
            .collect();
        let place = |finding: &Finding| {
            let span = finding.span.shifted(start);
            (index.position(span.start), index.position(span.end).line)
        };
        self.add_placed(file, text, (&statements, &place), verdict, notes);
    }

    /// The same for statements that a program made of a file: each has a line there.
    pub fn add_made(
        &mut self,
        file: &str,
        text: &Arc<str>,
        statements: &[(String, usize)],
        verdict: Verdict,
        notes: bool,
    ) {
        let place = |finding: &Finding| {
            let line = statements.get(finding.statement).map_or(1, |(_, line)| *line);
            let begins = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let column = begins.chars().take_while(|at| at.is_whitespace()).count() + 1;
            (Position { line, column }, line)
        };
        let texts: Vec<String> = statements.iter().map(|(text, _)| text.clone()).collect();
        self.add_placed(file, text, (&texts, &place), verdict, notes);
    }

    fn add_placed(
        &mut self,
        file: &str,
        text: &Arc<str>,
        (statements, place): (&[String], PlaceOf<'_>),
        verdict: Verdict,
        notes: bool,
    ) {
        self.scripts += 1;
        self.statements += verdict.statements.len();
        for finding in verdict.findings {
            if finding.severity == Severity::Note && !notes {
                self.hidden_notes += 1;
                continue;
            }
            let (Position { line, column }, end_line) = place(&finding);
            let statement = statements.get(finding.statement).map(String::as_str).unwrap_or_default();
            let fingerprint = fingerprint(&finding, file, statement);
            let text = text.clone();
            self.findings.push(Placed {
                file: file.to_owned(),
                line,
                column,
                end_line,
                finding,
                text,
                fingerprint,
            });
        }
        for suppressed in verdict.suppressed {
            let (Position { line, .. }, _) = place(&suppressed.finding);
            self.suppressed.push(Allowed { file: file.to_owned(), line, suppressed });
        }
    }

    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|placed| placed.finding.severity == severity).count()
    }

    /// Whether there is anything but notes.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|placed| placed.finding.severity == Severity::Note)
    }

    /// The report in a form for programs. Secrets in statements are scrubbed.
    ///
    /// # Errors
    /// It can't be written as JSON.
    pub fn form(&self, form: LintForm) -> groundline_core::Result<String> {
        Ok(match form {
            LintForm::Json => crate::json_text(self)?,
            LintForm::Sarif => crate::json_text(&sarif::sarif(self))?,
            LintForm::CodeQuality => crate::json_text(&code_quality::code_quality(self))?,
            LintForm::Github => groundline_core::scrub(&github::commands(self)),
            LintForm::Junit => groundline_core::scrub(&junit::junit(self)),
            LintForm::Markdown => groundline_core::scrub(&markdown::markdown(self)),
        })
    }
}

/// Space and case of a statement do not count.
fn fingerprint(finding: &Finding, file: &str, statement: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let words: Vec<String> = statement.split_whitespace().map(str::to_lowercase).collect();
    let mut hasher = groundline_core::Hasher::default();
    hasher.field(finding.code).field(name).field(finding.relation.as_deref().unwrap_or_default());
    hasher.field(words.join(" ")).field(&finding.message);
    hasher.finish().to_string()
}

/// What a finding says, in one paragraph.
fn sentence(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !finding.why.is_empty() {
        text.push_str(&format!(": {}", finding.why));
    }
    if let Some(size) = size_words(finding) {
        text.push_str(&format!("; {size}"));
    }
    if let Some(unsure) = &finding.unsure {
        text.push_str(&format!(" (taken for granted: {unsure})"));
    }
    text
}

/// How large the relation is, and what that means: `public.t has about 1,200 rows in 8.2 MB: some 1 s`.
fn size_words(finding: &Finding) -> Option<String> {
    let (size, relation) = (finding.size?, finding.relation.as_ref()?);
    let rows = match size.rows {
        Some(1) => "about 1 row in ".to_owned(),
        Some(rows) => format!("about {} rows in ", crate::grouped(rows)),
        None => String::new(),
    };
    let takes =
        finding.seconds.map(|seconds| format!(": some {} s", crate::grouped(seconds))).unwrap_or_default();
    Some(format!("{relation} has {rows}{}{takes}", bytes(size.bytes)))
}

/// Bytes in the unit that fits, 10^3 apart.
fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if number < 1_000 {
        return crate::count(usize::try_from(number).unwrap_or(usize::MAX), "byte");
    }
    let mut value = number as f64;
    let mut unit = "bytes";
    for next in UNITS {
        if value < 1_000.0 {
            break;
        }
        (value, unit) = (value / 1_000.0, next);
    }
    if value < 10.0 {
        format!("{value:.1} {unit}")
    } else {
        format!("{} {unit}", crate::grouped(value.round() as u64))
    }
}

/// The lock in words: `ACCESS EXCLUSIVE on public.t`.
fn lock_words(finding: &Finding) -> Option<String> {
    let lock = finding.lock?;
    let on = finding.relation.as_ref().map(|relation| format!(" on {relation}")).unwrap_or_default();
    Some(format!("{lock}{on}"))
}
