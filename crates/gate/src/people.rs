//! Who may migrate production, and who must have approved it.
//! Out: signatures themselves (`signature`), who somebody is (the operating system, a key).

use crate::production::matches;
use groundline_core::Fault;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What an approver of plans that lose data answers for.
const DESTRUCTIVE: &str = "destructive";

/// `[owners]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// Who may run upgrades and downgrades of production; anybody, where there is none.
    pub operators: Vec<String>,
    /// Who can approve plans and sign off.
    pub approvers: Vec<Approver>,
    /// Whether a plan that loses data needs an approver who is not its operator.
    pub two_person: bool,
}

/// Somebody who can approve.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Their name.
    pub name: String,
    /// Their public SSH key, as a line of `authorized_keys` has it.
    pub key: String,
    /// What they can approve: `destructive`, rules of the lint (`L101`), or files of the migrations' folder (`billing/*`);
    /// everything, where there is none. A plan that is against a rule for which somebody is named needs an approval.
    #[serde(default)]
    pub of: Vec<String>,
    /// The last day on which the key counts, in UTC.
    #[serde(default)]
    pub until: Option<Date>,
}

/// The day of a moment, in UTC: what a last day of a key or of a waiver is compared with.
pub(crate) fn utc_date(moment: Timestamp) -> Date {
    moment.to_zoned_datetime(TimeZone::UTC).date()
}

impl Approver {
    /// Whether their key does not count any more.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| utc_date(now) > until)
    }

    /// Whether they can approve something of a plan with these files: its loss of data, or a hazard.
    pub fn covers(&self, files: &[String], what: &str) -> bool {
        self.of.is_empty()
            || self.answers_for(what)
            || !files.is_empty() && files.iter().all(|file| self.answers_for(file))
    }

    /// Whether they are named for this.
    fn answers_for(&self, what: &str) -> bool {
        self.of.iter().any(|pattern| matches(pattern, what))
    }
}

impl People {
    /// Refuses an operator who is not one.
    ///
    /// # Errors
    /// Who may.
    pub fn assert_operator(&self, operator: &str) -> Result<(), Fault> {
        match self.operators.is_empty() || self.operators.iter().any(|name| name == operator) {
            true => Ok(()),
            false => Err(Fault::new(format!("{operator} may not migrate this database"))
                .why(format!("[owners] operators are {}", self.operators.join(", ")))
                .next("let one of them run it; GROUNDLINE_OPERATOR names whom a pipeline acts for")),
        }
    }

    /// The approver of a name.
    pub fn approver(&self, name: &str) -> Option<&Approver> {
        self.approvers.iter().find(|approver| approver.name == name)
    }

    /// Refuses a plan that nobody approved who can: one that loses data, or that has a hazard for which somebody is named.
    /// `approved` are the names whose signatures hold.
    ///
    /// # Errors
    /// What is not approved, and who could approve it.
    pub fn assert_approved(
        &self,
        operator: &str,
        approved: &[String],
        asked: &ToApprove<'_>,
    ) -> Result<(), Fault> {
        let is_named = |code: &&String| self.approvers.iter().any(|approver| approver.answers_for(code));
        let losing = asked.loses_data.then_some(DESTRUCTIVE);
        let hazards = asked.hazards.iter().filter(is_named).map(String::as_str);
        losing
            .into_iter()
            .chain(hazards)
            .try_for_each(|what| self.assert_one(operator, approved, (what, asked.files)))
    }

    fn assert_one(
        &self,
        operator: &str,
        approved: &[String],
        (what, files): (&str, &[String]),
    ) -> Result<(), Fault> {
        let counts = |approver: &&Approver| {
            approver.covers(files, what) && !(self.two_person && approver.name == operator)
        };
        let able: Vec<&Approver> = self.approvers.iter().filter(counts).collect();
        if able.iter().any(|approver| approved.contains(&approver.name)) {
            return Ok(());
        }
        let names: Vec<&str> = able.iter().map(|approver| approver.name.as_str()).collect();
        let own = self.two_person && approved.iter().any(|name| name == operator);
        let why = match (own, what) {
            (true, _) => {
                format!("{operator} runs it, and a second person must approve it: [owners] two_person")
            }
            (false, DESTRUCTIVE) => "it loses data".to_owned(),
            (false, code) => format!("it has {code}, for which [owners] approvers are named"),
        };
        Err(Fault::new("the plan is not approved").why(why).next(match names.is_empty() {
            true => "name somebody who can approve it: [owners] approvers in groundline.toml".to_owned(),
            false => format!(
                "{} can: groundline approve PLAN, then upgrade --plan PLAN --approval FILE",
                names.join(" or ")
            ),
        }))
    }
}

/// What of a plan may need an approval.
pub struct ToApprove<'a> {
    /// The files that run, relative to the migrations' folder.
    pub files: &'a [String],
    /// Whether a statement loses data.
    pub loses_data: bool,
    /// The codes of the rules of the lint that it is against.
    pub hazards: &'a [String],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        let approver = |name: &str, of: &[&str]| Approver {
            name: name.to_owned(),
            key: String::new(),
            of: of.iter().map(|one| (*one).to_owned()).collect(),
            until: None,
        };
        People {
            operators: vec!["ana".to_owned()],
            approvers: vec![
                approver("ana", &[]),
                approver("ben", &["destructive"]),
                approver("cleo", &["billing/*"]),
                approver("dora", &["L10*"]),
            ],
            two_person: true,
        }
    }

    #[test]
    fn a_second_person_approves_what_is_theirs() {
        let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let files = names(&["billing/1.sql"]);
        let asks = |by: &[&str], files: &[String], loses_data: bool, hazards: &[&str]| {
            let asked = ToApprove { files, loses_data, hazards: &names(hazards) };
            people().assert_approved("ana", &names(by), &asked).is_ok()
        };
        let approved = |by: &[&str], files: &[String]| asks(by, files, true, &[]);
        assert!(!approved(&[], &files));
        assert!(!approved(&["ana"], &files), "the operator approves");
        assert!(approved(&["ben"], &files));
        assert!(approved(&["cleo"], &files));
        assert!(!approved(&["cleo"], &names(&["shop/1.sql"])));
        assert!(asks(&[], &files, false, &["L201"]), "nobody is named for it");
        assert!(!asks(&[], &files, false, &["L101"]));
        assert!(asks(&["dora"], &files, false, &["L101"]));
        assert!(!asks(&["ben"], &names(&["shop/1.sql"]), false, &["L101"]));
        assert!(!asks(&["dora"], &files, true, &["L101"]), "the loss is another's");
        assert!(asks(&["dora", "ben"], &files, true, &["L101"]));
        assert!(people().assert_operator("ana").is_ok());
        assert!(people().assert_operator("eve").is_err());
    }
}
