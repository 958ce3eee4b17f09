//! The contract between the application and the migrations: both are led to the same database, by variables that are there.
//! In: what each side reads, the values, what differs. Out: connecting (`groundline-pg` proves that two addresses are one).
//! Called by `doctor` and `check`.

mod compare;
mod names;
mod reads;
mod sides;
mod values;

pub use compare::{Address, Rule, Told, compare};
pub use reads::Read;
pub use sides::{Side, Sides, Source, sides};
pub use values::{Layer, Used, dotenv};

use serde::Deserialize;
use std::path::PathBuf;

/// `[environment]` of the configuration: what is not said is found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The address that the application uses, with `${NAME}` for variables.
    pub app: Option<String>,
    /// The one that the migrations use.
    pub migrations: Option<String>,
    /// Files of variables below the project's folder, the first that has one counts; `.env` without it.
    pub files: Option<Vec<PathBuf>>,
    /// Whether both must be the same role, too.
    pub same_role: bool,
}
