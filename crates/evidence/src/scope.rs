//! What a scope left out, in words, and over several readings.
//! Out: leaving it out (`catalog`).
//! Called by the renderers, and by commands that print it.

use crate::describe::{count, one_line};
use groundline_catalog::{PatternUse, Rule, Scope, Snapshot};
use serde::{Deserialize, Serialize};

/// The scope of a run, and what it left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeFacts {
    /// Its name: fingerprints of another scope can't be compared with those of this run.
    pub name: String,
    /// Its patterns, each with the most objects that it matched in a schema of the run.
    pub patterns: Vec<PatternUse>,
}

impl Default for ScopeFacts {
    fn default() -> Self {
        Self { name: Scope::default().name(), patterns: Vec::new() }
    }
}

impl ScopeFacts {
    /// Adds what it left out of a schema.
    pub fn add(&mut self, schema: &Snapshot) {
        self.name.clone_from(&schema.scope);
        self.patterns = merged([&self.patterns[..], &schema.patterns].into_iter());
    }

    /// What a person should know of it; nothing where it is the default one.
    pub fn lines(&self) -> Vec<String> {
        let named = (*self != Self::default()).then(|| format!("scope of schemas: {}", self.name));
        named.into_iter().chain(self.patterns.iter().map(pattern_line)).collect()
    }
}

/// What one pattern did: `left out: audit.* (made by a job), 12 objects`.
pub fn pattern_line(used: &PatternUse) -> String {
    let done = match used.rule {
        Rule::Include => "only",
        Rule::Exclude => "left out",
    };
    let kind = used.pattern.kind.map(|kind| format!("{kind} ")).unwrap_or_default();
    let reason = used.pattern.reason.as_ref().map(|reason| format!(" ({})", one_line(reason)));
    let objects = match used.objects {
        0 => "nothing matches it".to_owned(),
        number => count(number, "object"),
    };
    format!("{done}: {kind}{}{}, {objects}", one_line(&used.pattern.pattern), reason.unwrap_or_default())
}

/// The patterns of several readings under one scope, each with the most objects that it matched in one of them: what
/// matches nothing in one database may well be there in another.
pub(crate) fn merged<'a>(readings: impl Iterator<Item = &'a [PatternUse]>) -> Vec<PatternUse> {
    let mut all: Vec<PatternUse> = Vec::new();
    for used in readings.flatten() {
        match all.iter_mut().find(|one| one.rule == used.rule && one.pattern == used.pattern) {
            Some(one) => one.objects = one.objects.max(used.objects),
            None => all.push(used.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundline_catalog::{ObjectKind, Pattern};

    #[test]
    fn a_pattern_is_said_with_its_reason_and_the_most_that_it_matched() {
        let reason = Some("made by a job".to_owned());
        let pattern = Pattern { reason, kind: Some(ObjectKind::Table), ..Pattern::new("audit.*") };
        let used = |objects| [PatternUse { rule: Rule::Exclude, pattern: pattern.clone(), objects }];
        let readings = [used(0), used(12), used(3)];
        let merged = merged(readings.iter().map(|reading| &reading[..]));
        assert_eq!(merged.len(), 1);
        assert_eq!(pattern_line(&merged[0]), "left out: table audit.* (made by a job), 12 objects");
        assert_eq!(pattern_line(&used(0)[0]), "left out: table audit.* (made by a job), nothing matches it");
    }
}
