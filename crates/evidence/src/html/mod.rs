//! Evidence as one HTML file that loads nothing: styles and script are inside, and it works without the script.
//! Out: the page's design, which is in `templates/`.

mod app;
mod checklist;
mod diagram;
mod differences;
mod drill;
mod faults;
mod gate;
mod locks;
mod marks;
mod onboarding;
mod page;
mod schema;

use crate::Evidence;
use groundline_core::{Fault, Result};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use std::fmt::Write as _;

const TEMPLATES: [(&str, &str); 12] = [
    ("report.html", include_str!("../../templates/report.html")),
    ("macros.html", include_str!("../../templates/macros.html")),
    ("checklist.html", include_str!("../../templates/checklist.html")),
    ("diagram.html", include_str!("../../templates/diagram.html")),
    ("gate.html", include_str!("../../templates/gate.html")),
    ("drill.html", include_str!("../../templates/drill.html")),
    ("locks.html", include_str!("../../templates/locks.html")),
    ("existing.html", include_str!("../../templates/existing.html")),
    ("schema.html", include_str!("../../templates/schema.html")),
    ("appendix.html", include_str!("../../templates/appendix.html")),
    ("style.css", include_str!("../../templates/style.css")),
    ("script.js", include_str!("../../templates/script.js")),
];

pub(crate) fn render(evidence: &Evidence) -> Result<String> {
    draw(evidence).map_err(|error| {
        // The template's own chain of causes, which says the line.
        let mut why = error.to_string();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
        while let Some(inner) = cause {
            let _ = write!(why, "\n{inner}");
            cause = inner.source();
        }
        Fault::new("could not draw the report").why(why)
    })
}

fn draw(evidence: &Evidence) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    environment.get_template("report.html")?.render(Serde(page::Page::new(evidence)))
}

/// A share as a percentage with one decimal, for the width of a bar.
fn percent(part: u64, whole: u64) -> f64 {
    (part as f64 * 1_000.0 / whole.max(1) as f64).round() / 10.0
}
