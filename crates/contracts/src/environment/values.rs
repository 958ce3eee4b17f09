//! Values of variables: of processes, `.env` files and compose files; and templates in which they stand.
//! Out: which variables matter (`reads`).

use groundline_core::{Fault, Place, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where values come from.
#[derive(Clone, Debug)]
pub struct Layer {
    /// As people know it: a file, `the environment`.
    pub name: String,
    /// Names and values.
    pub values: BTreeMap<String, String>,
}

/// A template with its variables filled in.
pub(super) struct Filled {
    /// The text, if every variable had a value.
    pub text: Option<String>,
    /// Each variable in it.
    pub used: Vec<Used>,
}

/// A variable of a template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// Where its value is from; nothing where it has none.
    pub from: Option<String>,
    /// Whether its value is empty.
    pub is_empty: bool,
}

/// The lines `NAME=value` of a `.env` file: `export` and quotes as shells read them, comments, references to names before.
///
/// # Errors
/// A file that can't be read.
pub fn dotenv(path: &Path) -> Result<Layer> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Fault::io("read the variables", path, &error))?;
    Ok(Layer { name: path.display().to_string(), values: parse(&text) })
}

pub(super) fn parse(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches("export ").trim_start();
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let (name, value) = (name.trim(), value.trim());
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        if name.is_empty() || !name.chars().all(is_name) {
            continue;
        }
        let unquoted = |quote: char| value.strip_prefix(quote)?.split(quote).next().map(str::to_owned);
        let value = match (unquoted('\''), unquoted('"')) {
            // In single quotes nothing is a reference.
            (Some(literal), _) => literal,
            (None, Some(inner)) => expand(&inner, &values),
            (None, None) => expand(value.split(" #").next().unwrap_or_default().trim(), &values),
        };
        values.insert(name.to_owned(), value);
    }
    values
}

fn expand(text: &str, before: &BTreeMap<String, String>) -> String {
    let layers = [Layer { name: String::new(), values: before.clone() }];
    fill(text, &layers).text.unwrap_or_else(|| text.to_owned())
}

/// Fills `${NAME}`, `${NAME:-default}`, `${NAME-default}` and `$NAME`; `$$` is a dollar. Source: Docker's manual,
/// "Interpolation".
pub(super) fn fill(template: &str, layers: &[Layer]) -> Filled {
    let mut filled = Filled { text: Some(String::new()), used: Vec::new() };
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        push(&mut filled, before);
        let after = &after[1..];
        if let Some(braced) = after.strip_prefix('{') {
            let end = braced.find('}').unwrap_or(braced.len());
            let inside = &braced[..end];
            let name_end =
                inside.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inside.len());
            let (name, default) = inside.split_at(name_end);
            let for_empty = default.starts_with(':');
            let default = default.trim_start_matches(':').strip_prefix('-');
            value(&mut filled, name, default, for_empty, layers);
            rest = braced.get(end + 1..).unwrap_or_default();
        } else if let Some(dollar) = after.strip_prefix('$') {
            push(&mut filled, "$");
            rest = dollar;
        } else {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            match end {
                0 => push(&mut filled, "$"),
                _ => value(&mut filled, &after[..end], None, false, layers),
            }
            rest = &after[end..];
        }
    }
    push(&mut filled, rest);
    filled
}

fn push(filled: &mut Filled, text: &str) {
    if let Some(all) = &mut filled.text {
        all.push_str(text);
    }
}

fn value(filled: &mut Filled, name: &str, default: Option<&str>, for_empty: bool, layers: &[Layer]) {
    let layer = layers.iter().find_map(|layer| Some((layer, layer.values.get(name)?)));
    let set = layer.filter(|(_, value)| !(value.is_empty() && for_empty && default.is_some()));
    let (from, text) = match (set, default) {
        (Some((layer, value)), _) => (Some(layer.name.clone()), Some(value.as_str())),
        (None, Some(default)) => (Some("its default".to_owned()), Some(default)),
        (None, None) => (None, None),
    };
    match text {
        Some(text) => push(filled, text),
        None => filled.text = None,
    }
    let is_empty = text.is_some_and(str::is_empty);
    filled.used.push(Used { name: name.to_owned(), from, is_empty });
}

/// A service of a compose file that is told where its database is.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub file: PathBuf,
    pub name: String,
    /// Whether it is a database itself.
    pub is_database: bool,
    pub values: BTreeMap<String, String>,
}

/// The services of a compose file, their variables filled from `layers`; nothing where the text is no compose file.
pub(super) fn services(file: &Path, text: &str, layers: &[Layer]) -> Result<Vec<Service>> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_compose = ["docker-compose", "compose"].iter().any(|start| name.starts_with(start));
    if !is_compose || !(name.ends_with(".yml") || name.ends_with(".yaml")) {
        return Ok(Vec::new());
    }
    let root: Value = serde_saphyr::from_str(text).map_err(|error| {
        Fault::new("the compose file can't be read").at(Place::file(file)).why(error.to_string())
    })?;
    let services = root.get("services").and_then(Value::as_object);
    let told = |(name, service): (&String, &Value)| Service {
        file: file.to_owned(),
        name: name.clone(),
        is_database: is_database(service),
        values: service.get("environment").map(|given| environment(given, layers)).unwrap_or_default(),
    };
    Ok(services.into_iter().flatten().map(told).collect())
}

fn is_database(service: &Value) -> bool {
    let image = service.get("image").and_then(Value::as_str).unwrap_or_default();
    ["postgres", "postgis", "timescale", "pgvector", "supabase/postgres", "citus"]
        .iter()
        .any(|word| image.contains(word))
}

/// A map, or a list of `NAME=value`.
fn environment(given: &Value, layers: &[Layer]) -> BTreeMap<String, String> {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let pairs: Vec<(String, String)> = match given {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        Value::Array(list) => {
            let lines = list.iter().filter_map(Value::as_str);
            lines
                .filter_map(|line| line.split_once('='))
                .map(|(name, value)| (name.into(), value.into()))
                .collect()
        }
        _ => Vec::new(),
    };
    let filled = |(name, value): (String, String)| Some((name, fill(&value, layers).text?));
    pairs.into_iter().filter_map(filled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotenv_file_is_read_as_shells_do() {
        let values =
            parse("# c\nexport A=1\nB=\"x ${A}\" # y\nC='${A}'\nD=a#b # c\nnot a line\nE=\nF=$A/z\n");
        let get = |name: &str| values.get(name).map(String::as_str);
        assert_eq!(get("A"), Some("1"));
        assert_eq!(get("B"), Some("x 1"));
        assert_eq!(get("C"), Some("${A}"));
        assert_eq!(get("D"), Some("a#b"));
        assert_eq!((get("E"), get("F")), (Some(""), Some("1/z")));
        assert_eq!(values.len(), 6);
    }

    #[test]
    fn a_template_says_what_it_lacks() {
        let layers = [Layer { name: ".env".into(), values: parse("A=1\nE=") }];
        let filled = fill("$A-${B:-2}-${E:-3}-${E-4}-$$", &layers);
        assert_eq!(filled.text.as_deref(), Some("1-2-3--$"));
        let filled = fill("${A}${B}", &layers);
        assert_eq!((filled.text, filled.used[1].from.clone()), (None, None));
    }
}
