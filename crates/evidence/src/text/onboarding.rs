//! An existing database that is at no revision: how it differs from the nearest one.

use super::differences::differences;
use super::layout::indented;
use super::{Look, paint, quiet};
use crate::Onboarding;
use crate::describe::one_line;
use anstyle::Style;

/// The nearest revision and the differences from it; nothing where the database is at a revision.
pub(super) fn nearest(onboarding: &Onboarding, look: Look) -> String {
    let nearest = onboarding.identification.as_ref().and_then(|found| found.nearest.first());
    let Some(nearest) = nearest else { return String::new() };
    let version = match nearest.version.as_str() {
        "" => "the empty database".to_owned(),
        version => one_line(version),
    };
    let head = format!("existing database: nearest is {version}");
    let legend = "the schema of that revision, against the existing database's";
    let mut text = format!("{}\n", paint(&head, Style::new().bold()));
    text.push_str(&indented(legend, 4, look.columns(), quiet()));
    text.push_str(&differences(&nearest.differences, "see the report", look));
    text
}
