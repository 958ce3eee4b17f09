//! Who may migrate production, and who must have approved it.
//! Out: signatures themselves (`signature`), who somebody is (the operating system, a key).

use crate::production::matches;
use groundline_core::Fault;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

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
    /// What they can approve: `destructive`, or files of the migrations' folder (`billing/*`); everything, where there is
    /// none.
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

    /// Whether they can approve a plan with these files; `loses_data` is whether it does.
    pub fn covers(&self, files: &[String], loses_data: bool) -> bool {
        let can = |what: &str| self.of.iter().any(|pattern| matches(pattern, what));
        self.of.is_empty()
            || loses_data && can("destructive")
            || !files.is_empty() && files.iter().all(|file| can(file))
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

    /// Refuses a plan that loses data and that nobody approved who can. `approved` are the names whose signatures hold.
    ///
    /// # Errors
    /// Who could approve it.
    pub fn assert_approved(
        &self,
        operator: &str,
        approved: &[String],
        files: &[String],
    ) -> Result<(), Fault> {
        let counts = |approver: &&Approver| {
            approver.covers(files, true) && !(self.two_person && approver.name == operator)
        };
        let able: Vec<&Approver> = self.approvers.iter().filter(counts).collect();
        if able.iter().any(|approver| approved.contains(&approver.name)) {
            return Ok(());
        }
        let names: Vec<&str> = able.iter().map(|approver| approver.name.as_str()).collect();
        let own = self.two_person && approved.iter().any(|name| name == operator);
        let why = match own {
            true => format!("{operator} runs it, and a second person must approve it: [owners] two_person"),
            false => "it loses data".to_owned(),
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
            ],
            two_person: true,
        }
    }

    #[test]
    fn a_second_person_approves_what_is_theirs() {
        let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let files = names(&["billing/1.sql"]);
        let approved =
            |by: &[&str], files: &[String]| people().assert_approved("ana", &names(by), files).is_ok();
        assert!(!approved(&[], &files));
        assert!(!approved(&["ana"], &files), "the operator approves");
        assert!(approved(&["ben"], &files));
        assert!(approved(&["cleo"], &files));
        assert!(!approved(&["cleo"], &names(&["shop/1.sql"])));
        assert!(people().assert_operator("ana").is_ok());
        assert!(people().assert_operator("eve").is_err());
    }
}
