//! The door through which evidence leaves the program: every string in it is scrubbed of secrets.
//! Out: the renderers themselves.
//! Called by `cli`; renderers are reachable through [`Record`] only.

use crate::{Evidence, LogFile, Look, SCHEMA_VERSION, files, html, markdown, text};
use groundline_core::{Fault, Result, scrub};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;

/// Evidence that may leave the program.
#[derive(Clone, Debug)]
pub struct Record(Evidence);

impl Record {
    /// Scrubs an evidence. Fails when it can't be written as JSON (a path that is not UTF-8).
    pub fn new(evidence: &Evidence) -> Result<Self> {
        scrubbed(evidence).map(Self)
    }

    /// Reads `evidence.json` in an evidence folder. Fails when it is not there, not evidence, or of a newer
    /// schema version than this program knows.
    pub fn read(folder: &Path) -> Result<Self> {
        Self::from_json(&files::read(folder)?)
    }

    /// Reads what [`Record::json`] wrote.
    pub fn from_json(json: &str) -> Result<Self> {
        let malformed = |error: serde_json::Error| Fault::new("not an evidence file").why(error.to_string());
        let value: Value = serde_json::from_str(json).map_err(malformed)?;
        let version = value["schema_version"].as_u64();
        if version.is_some_and(|version| version > u64::from(SCHEMA_VERSION)) {
            let wanted = version.unwrap_or_default();
            return Err(Fault::new(format!("the evidence has schema version {wanted}"))
                .why(format!("this program reads versions up to {SCHEMA_VERSION}"))
                .next("use a newer groundline"));
        }
        Self::new(&serde_json::from_value(value).map_err(malformed)?)
    }

    /// What it holds.
    pub fn evidence(&self) -> &Evidence {
        &self.0
    }

    /// As JSON, indented.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string_pretty(&self.0).map_err(|error| unwritable(&error))
    }

    /// For a terminal, with ANSI styles: the caller strips them where they are not wanted.
    pub fn text(&self, look: Look) -> String {
        text::render(&self.0, look)
    }

    /// For a comment on a pull request.
    pub fn markdown(&self) -> String {
        markdown::render(&self.0)
    }

    /// One HTML file that needs nothing else.
    pub fn html(&self) -> Result<String> {
        html::render(&self.0)
    }

    /// Writes `evidence.json`, `report.md`, `report.html`, the logs (scrubbed) and their digests into a folder,
    /// which is made when missing. Each file appears whole or not at all; the digests come last.
    pub fn write(&self, folder: &Path, logs: &[LogFile]) -> Result<()> {
        files::write(self, folder, logs)
    }
}

/// A copy in which every string, at any depth, is scrubbed of secrets.
pub fn scrubbed<T: Serialize + DeserializeOwned>(data: &T) -> Result<T> {
    let mut value = serde_json::to_value(data).map_err(|error| unwritable(&error))?;
    scrub_value(&mut value);
    serde_json::from_value(value).map_err(|error| unwritable(&error))
}

/// Data as indented JSON with a line end.
pub fn json_text(data: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(data);
    text.map(|text| text + "\n").map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_json::Error) -> Fault {
    Fault::new("could not be written as JSON").why(error.to_string())
}

fn scrub_value(value: &mut Value) {
    match value {
        Value::String(text) => *text = scrub(text),
        Value::Array(items) => items.iter_mut().for_each(scrub_value),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            for (name, mut field) in old {
                scrub_value(&mut field);
                fields.insert(scrub(&name), field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
