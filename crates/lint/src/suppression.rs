//! `-- groundline: allow L101 until 2027-01-31 because …`: findings that somebody takes the responsibility for.
//! Out: findings themselves. Called once a script.
//!
//! It counts for the statement that follows it; before the first statement and followed by an empty line, for the
//! whole file. It must say why. One that is over or until what is no day, says nothing, or allows nothing that was
//! found, is a finding itself.

use crate::finding::{Consequence, Finding};
use crate::rules::SUPPRESSION;
use groundline_core::Span;
use groundline_sql::Script;
use jiff::civil::Date;
use serde::Serialize;

/// A comment that allows something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// Codes or names of rules.
    pub rules: Vec<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// What stands where that day should, and is none.
    #[serde(skip)]
    pub no_day: Option<String>,
    /// Why.
    pub because: Option<String>,
    /// The comment.
    #[serde(skip)]
    pub span: Span,
}

/// A finding, and what allows it.
#[derive(Clone, Debug, Serialize)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// What allows it.
    pub by: Suppression,
}

impl Suppression {
    /// Reads what follows `groundline:`; none if it is no suppression.
    pub(crate) fn read(text: &str, span: Span) -> Option<Suppression> {
        let rest = text.strip_prefix("allow")?;
        if !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            return None;
        }
        let (rest, because) = match rest.split_once("because ") {
            Some((rest, why)) => (rest, Some(why.trim().to_owned()).filter(|why| !why.is_empty())),
            None => (rest, None),
        };
        let (codes, day) = rest.split_once("until ").map_or((rest, None), |(codes, day)| (codes, Some(day)));
        let day = day.map(|day| day.trim().trim_end_matches(','));
        let until = day.and_then(|day| day.parse().ok());
        let no_day = day.filter(|_| until.is_none()).map(str::to_owned);
        let words = codes.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
        Some(Suppression { rules: words.map(str::to_owned).collect(), until, no_day, because, span })
    }

    fn allows(&self, finding: &Finding) -> bool {
        self.rules.iter().any(|rule| rule.eq_ignore_ascii_case(finding.code) || rule == finding.rule)
    }
}

/// The suppressions in a script, in the order of its text.
pub fn suppressions(text: &str) -> Vec<Suppression> {
    let script = Script::parse(text);
    script.directives.iter().filter_map(|each| Suppression::read(&each.text, each.span)).collect()
}

/// Parts findings into those that stand and those that are allowed, and adds what is wrong with the comments.
pub(crate) fn apply(
    script: &Script,
    text: &str,
    findings: Vec<Finding>,
    today: Date,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let read = script.directives.iter().filter_map(|each| Suppression::read(&each.text, each.span));
    let comments: Vec<_> = read.map(|each| (scope(script, text, each.span), each)).collect();
    let mut used = vec![false; comments.len()];
    let (mut stand, mut allowed) = (Vec::new(), Vec::new());
    for finding in findings {
        let by = comments.iter().position(|(scope, comment)| {
            scope.is_none_or(|statement| statement == finding.statement)
                && comment.because.is_some()
                && comment.no_day.is_none()
                && comment.until.is_none_or(|day| day >= today)
                && comment.allows(&finding)
        });
        match by {
            Some(index) => {
                used[index] = true;
                allowed.push(Suppressed { finding, by: comments[index].1.clone() });
            }
            None => stand.push(finding),
        }
    }
    for ((scope, comment), used) in comments.iter().zip(used) {
        stand.extend(wrong(comment, used, today, scope.unwrap_or_default()));
    }
    stand.sort_by_key(|finding| finding.span.start);
    (stand, allowed)
}

/// The statement that a comment counts for; none: all.
fn scope(script: &Script, text: &str, span: Span) -> Option<usize> {
    let next = script.statements.iter().position(|statement| statement.span.end > span.start)?;
    let between = text.get(span.end..script.statements[next].span.start).unwrap_or_default();
    let blank_line = between
        .trim_start_matches([' ', '\t', '\r'])
        .strip_prefix('\n')
        .is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
    (next > 0 || !blank_line).then_some(next)
}

fn wrong(comment: &Suppression, used: bool, today: Date, statement: usize) -> Option<Finding> {
    let (message, why) = if comment.because.is_none() {
        ("a suppression without a reason does not count", "write why: `because …`".to_owned())
    } else if let Some(no_day) = &comment.no_day {
        ("a suppression until no day does not count", format!("write 2027-01-31 instead of `{no_day}`"))
    } else if comment.until.is_some_and(|day| day < today) {
        (
            "a suppression is over",
            comment.until.map(|day| format!("it counted until {day}")).unwrap_or_default(),
        )
    } else if !used {
        ("a suppression allows nothing that was found", "take it away, lest it hides the next one".to_owned())
    } else {
        return None;
    };
    Some(Finding {
        code: SUPPRESSION.code,
        rule: SUPPRESSION.name,
        group: SUPPRESSION.group,
        severity: SUPPRESSION.severity,
        statement,
        span: comment.span,
        relation: None,
        lock: None,
        effect: Consequence::Style,
        message: message.to_owned(),
        why,
        instead: None,
        size: None,
        seconds: None,
        fix: None,
        unsure: None,
        observed: false,
    })
}
