//! The registry of rules: one line a rule, one file and one page each.
//! Out: what they share (`context`, `effect`). Called by judging and by whoever prints pages.

use crate::rule::Rule;

macro_rules! rules {
    ($($file:ident,)*) => {
        $(mod $file;)*

        /// All rules, in the order of their codes.
        pub const RULES: &[Rule] = &[$($file::RULE,)*];
    };
}

rules! {
    a701,
    a702,
    a703,
    a704,
    a705,
    a706,
    b301,
    b302,
    b303,
    b304,
    b305,
    b306,
    b307,
    d201,
    d202,
    d203,
    d204,
    d205,
    l101,
    l102,
    l103,
    l104,
    l105,
    l106,
    l107,
    l108,
    l109,
    l110,
    l111,
    l112,
    l113,
    l114,
    l115,
    l116,
    l117,
    l118,
    l119,
    l120,
    l121,
    l122,
    l190,
    p801,
    p802,
    p803,
    p804,
    p805,
    p806,
    p807,
    p808,
    p809,
    q401,
    q402,
    s601,
    s602,
    s603,
    s604,
    s605,
    s606,
    s607,
    t501,
    t502,
    t503,
    t504,
    t505,
    t506,
    t507,
    u901,
    u902,
}

/// The rule whose findings are about comments.
pub(crate) const SUPPRESSION: &Rule = &u902::RULE;

/// The rule whose findings a live database makes.
pub(crate) const ROWS_IN_THE_WAY: &Rule = &b307::RULE;

/// The rule whose findings the trace makes.
pub(crate) const SEEN_ONLY: &Rule = &l190::RULE;

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn codes_and_names_are_unique_and_each_page_says_what_why_and_what_instead() {
        for (index, rule) in RULES.iter().enumerate() {
            let later = &RULES[index + 1..];
            assert!(
                later.iter().all(|other| other.code > rule.code && other.name != rule.name),
                "{}",
                rule.code
            );
            for heading in ["**Why it hurts.**", "**Instead.**"] {
                assert!(rule.page.contains(heading), "{} lacks {heading}", rule.code);
            }
            assert!(!rule.sources.is_empty(), "{}", rule.code);
        }
    }
}
