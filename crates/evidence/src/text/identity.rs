//! Which revision a database is, on a terminal: the answer first, then how it is known; or the nearest revisions, and
//! where the differences from the first of them come from.
//! Called by the command `identify`.

use super::differences::one;
use super::layout::indented;
use super::{Look, paint, quiet};
use crate::count;
use crate::describe::one_line;
use anstyle::Style;
use groundline_migrate::history::History;
use groundline_migrate::outcome::{Identification, Nearest};
use serde::Serialize;

/// A database, and which revision it is.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// What was asked about, without passwords.
    pub database: String,
    /// Whether it is one: of a schema alone there is no history table to be told of.
    #[serde(skip)]
    pub is_database: bool,
    /// What it was compared with: the lock, or a history that was played; and on which server.
    pub known_by: String,
    /// Which revision it is.
    #[serde(flatten)]
    pub found: Identification,
    /// Whether the database's history table says so, too; absent where there is none.
    pub agrees: Option<bool>,
}

/// An identity in lines, with ANSI styles.
pub fn render_identity(identity: &Identity, history: &History, look: Look) -> String {
    let found = &identity.found;
    let mut text = format!("{}\n", paint(&title(identity, history), Style::new().bold()));
    let mut fact = |name: &str, said: &str| {
        let said = indented(said, 12, look.columns(), Style::new());
        text.push_str(&format!("  {name:<8}  {}", said.trim_start()));
    };
    if let [_, rest @ ..] = &found.exact[..]
        && !rest.is_empty()
    {
        let rest: Vec<String> = rest.iter().map(|id| label(history, id)).collect();
        fact("or", &format!("{}, with the same schema", rest.join(", ")));
    }
    for (at, nearest) in found.nearest.iter().enumerate() {
        let differences = count(nearest.differences.len(), "difference");
        let name = if at == 0 { "nearest" } else { "" };
        fact(name, &format!("{}, {differences}", label(history, &nearest.version)));
    }
    fact("known by", &identity.known_by);
    if identity.is_database {
        fact("recorded", &recorded(identity, history));
    }
    if let Some(nearest) = found.nearest.first() {
        text.push_str(&differences(nearest, history, look));
    }
    text
}

fn title(identity: &Identity, history: &History) -> String {
    let database = one_line(&identity.database);
    let Some(first) = identity.found.exact.first() else {
        return format!("{database} is at no revision of {}", history.folder.display());
    };
    let order = if identity.found.order_only { " but for the order of columns" } else { "" };
    let behind = history.revisions.len() - history.position(first).map_or(0, |at| at + 1);
    let head = match behind {
        0 => "head".to_owned(),
        number => format!("{} behind head", count(number, "revision")),
    };
    format!("{database} is {}{order}, {head}", label(history, first))
}

fn recorded(identity: &Identity, history: &History) -> String {
    match (identity.found.recorded_head(), identity.agrees) {
        (None, _) => "no history table".to_owned(),
        (Some(head), Some(true)) => format!("{}, which agrees", label(history, head)),
        (Some(head), _) if identity.found.exact.is_empty() => label(history, head),
        (Some(head), _) => format!("{}, which does not agree", label(history, head)),
    }
}

fn differences(nearest: &Nearest, history: &History, look: Look) -> String {
    let legend = format!("the schema of {}, against the database's", label(history, &nearest.version));
    let mut text = format!("\n{}", indented(&legend, 0, look.columns(), quiet()));
    for (at, difference) in nearest.differences.iter().enumerate() {
        text.push_str(&one(difference, look));
        let origin = match nearest.origins.get(at) {
            Some(Some(origin)) => {
                let by = label(history, &origin.revision);
                format!("{} by {by}: {}", origin.effect.word(), one_line(&origin.place.to_string()))
            }
            _ => "no revision has it".to_owned(),
        };
        // In one line, however long: a place that is broken can't be followed.
        text.push_str(&format!("        {}\n", paint(&origin, quiet())));
    }
    text
}

/// Version and name; an id that the history does not have, as it is.
fn label(history: &History, id: &str) -> String {
    match history.position(id) {
        Some(at) => one_line(&history.revisions[at].label()),
        None if id.is_empty() => "the empty database".to_owned(),
        None => format!("{} (not in this history)", one_line(id)),
    }
}
