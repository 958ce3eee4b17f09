//! What a team makes of a rule: another severity, or none of it.
//! Out: reading it from a configuration (`cli`). Called wherever scripts are judged.

use crate::finding::Finding;
use crate::judge::Verdict;
use crate::rule::Severity;
use crate::rules::RULES;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a rule counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is not asked.
    Off,
    /// Its findings are notes.
    Note,
    /// Its findings are warnings.
    Warning,
    /// Its findings are errors.
    Error,
}

/// Rules, by code or name, that count for something else than they say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Level>")]
pub struct Levels(BTreeMap<&'static str, Level>);

impl TryFrom<BTreeMap<String, Level>> for Levels {
    type Error = String;

    fn try_from(named: BTreeMap<String, Level>) -> Result<Self, String> {
        let code = |(name, level): (String, Level)| {
            let rule = RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(&name) || rule.name == name);
            match rule {
                Some(rule) => Ok((rule.code, level)),
                None => Err(format!("there is no rule {name}: `groundline rule` lists them")),
            }
        };
        named.into_iter().map(code).collect::<Result<_, _>>().map(Self)
    }
}

impl Levels {
    /// The severity of a finding; none where its rule is off.
    fn of(&self, finding: &Finding) -> Option<Severity> {
        match self.0.get(finding.code) {
            None => Some(finding.severity),
            Some(Level::Off) => None,
            Some(Level::Note) => Some(Severity::Note),
            Some(Level::Warning) => Some(Severity::Warning),
            Some(Level::Error) => Some(Severity::Error),
        }
    }
}

impl Verdict {
    /// The same, with the severities that a team gave.
    pub fn levelled(mut self, levels: &Levels) -> Self {
        self.findings.retain_mut(|finding| match levels.of(finding) {
            Some(severity) => {
                finding.severity = severity;
                true
            }
            None => false,
        });
        self
    }
}
