//! Records of runs as data with a schema version, and their renderers: terminal text, markdown, one HTML file.
//! Out: making the records (`cli` does, from what `pg` returns), clocks, printing, exit codes.
//! Called by `cli`.

mod app;
mod chain;
mod checklist;
mod comparison;
mod describe;
mod drift;
mod excerpt;
mod files;
mod html;
mod lint;
mod markdown;
mod newest;
mod onboarding;
mod record;
mod schema;
mod scope;
mod seal;
mod summary;
mod text;
mod values;
mod verdict;

pub use app::{AppSmoke, Body, Log, Probe};
pub use chain::{Fold, KeptRun, PREDICATE, newest, newest_run, runs, verify_runs};
pub use checklist::{Input, Phase, State, Step, StepId};
pub use comparison::{COMPARISON_VERSION, Compared, Comparison, Side};
pub use describe::{count, difference_line, duration, grouped};
pub use drift::{DriftReport, DriftState, Expected, KnownBy, SchemaBy};
pub use excerpt::Excerpt;
pub use files::{DIGESTS, EVIDENCE_JSON, LogFile, REPORT_HTML, REPORT_MARKDOWN, STATEMENT};
pub use lint::{
    LINT_VERSION, LintForm, LintReport, Placed, TracedStatement, render_lint, rule_page, rules_page,
};
pub use markdown::comparison_markdown;
pub use newest::NewestChange;
pub use onboarding::{Onboarding, Source, SourceForm, Stamp};
pub use record::{
    DownFacts, Evidence, FileFacts, GitFacts, HistoryFacts, Inputs, OtherMajor, Previous, ProjectFacts,
    RevisionFacts, SCHEMA_VERSION, ServerFacts,
};
pub use schema::{SchemaFacts, SchemaKey, SchemaObject};
pub use scope::{ScopeFacts, pattern_line};
pub use seal::{Record, json_text, scrubbed};
pub use summary::{Outcome, Rows, StepCounts, Summary};
pub use text::{
    Identity, Look, Severity, columns, drift_line, render_comparison, render_differences, render_drift,
    render_drill, render_fault, render_identity,
};
pub use verdict::{DataVerdictInfo, Tone, VERDICTS, VerdictInfo, data_verdict, verdict};
