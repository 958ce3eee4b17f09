//! What a statement does to a live database: effects by its text and the schema before it, rules, findings,
//! suppressions. In: judging. Out: running anything (`pg::trace` measures the same effects), and drawing findings
//! (`evidence`). Called by the commands that lint, trace and plan.

mod context;
mod debt;
pub mod effect;
mod finding;
mod functions;
mod judge;
mod level;
mod observed;
mod policy;
mod precheck;
mod rule;
mod rules;
mod schema;
mod suppression;

pub use debt::{Debt, DebtKind, debt};
pub use effect::Effects;
pub use finding::{Consequence, Finding};
pub use judge::{Judged, Settings, Verdict, judge};
pub use level::{Level, Levels};
pub use observed::Seen;
pub use policy::{Names, Policies};
pub use precheck::Precheck;
pub use rule::{Group, Rule, Severity};
pub use rules::RULES;
pub use schema::Schema;
pub use suppression::{Suppressed, Suppression, suppressions};
