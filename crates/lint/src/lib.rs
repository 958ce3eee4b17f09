//! What a statement does to a live database: effects by its text and the schema before it, rules, findings,
//! suppressions. In: judging. Out: running anything (`pg::trace` measures the same effects), and drawing findings
//! (`evidence`). Called by the commands that lint, trace and plan.

mod ahead;
mod context;
mod debt;
pub mod effect;
mod finding;
mod fix;
mod functions;
mod judge;
mod level;
mod naming;
mod observed;
mod policy;
mod precheck;
mod rule;
mod rules;
mod schema;
mod sizes;
mod suppression;

pub use debt::{Debt, DebtKind, debt};
pub use effect::Effects;
pub use finding::{Consequence, Finding};
pub use fix::{Asked, Fix, Fixed, Part, fix};
pub use judge::{Judged, Settings, Verdict, judge};
pub use level::{Level, Levels};
pub use observed::Seen;
pub use policy::{Names, Policies};
pub use precheck::Precheck;
pub use rule::{Group, Rule, Severity};
pub use rules::RULES;
pub use schema::Schema;
pub use sizes::{STATS_VERSION, Scale, Size, Sizes};
pub use suppression::{Suppressed, Suppression, suppressions};
