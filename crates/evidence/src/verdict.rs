//! The verdicts' words, symbols and meanings: one entry a verdict, from which every renderer and legend comes.
//! Out: reaching a verdict (`pg`).

use groundline_migrate::outcome::{DataVerdict, Verdict};
use serde::Serialize;

/// How something is to be seen, the gravest last; colour is never its only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// There is nothing to measure.
    Neutral,
    /// As it should be.
    Good,
    /// Worth knowing.
    Notice,
    /// To be acted on.
    Bad,
}

/// How a drill's verdict is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictInfo {
    /// The verdict.
    pub verdict: Verdict,
    /// Its words, as in JSON.
    pub word: &'static str,
    /// One character.
    pub symbol: &'static str,
    /// One ASCII character.
    pub ascii: &'static str,
    /// How it is to be seen.
    pub tone: Tone,
    /// What it says, one sentence.
    pub meaning: &'static str,
}

/// All verdicts, in the order of legends.
pub const VERDICTS: [Verdict; 8] = [
    Verdict::Exact,
    Verdict::OrderOnly,
    Verdict::Differs,
    Verdict::DownFails,
    Verdict::AgainFails,
    Verdict::NoDown,
    Verdict::DeclaredIrreversible,
    Verdict::UpFails,
];

/// How a drill's verdict is shown.
pub fn verdict(verdict: Verdict) -> VerdictInfo {
    let info =
        |word, symbol, ascii, tone, meaning| VerdictInfo { verdict, word, symbol, ascii, tone, meaning };
    match verdict {
        Verdict::Exact => info("exact", "✓", "=", Tone::Good, {
            "the down restores the schema, and the up then works again and yields the same"
        }),
        Verdict::OrderOnly => {
            info("order only", "≈", "~", Tone::Notice, "the same but for the order of columns")
        }
        Verdict::Differs => {
            info("differs", "≠", "!", Tone::Bad, "the down, or the second up, leaves another schema")
        }
        Verdict::DownFails => info("down fails", "↓", "v", Tone::Bad, "the down stops with an error"),
        Verdict::AgainFails => {
            info("again fails", "↻", "@", Tone::Bad, "the up does not work after the down")
        }
        Verdict::NoDown => info("no down", "–", "-", Tone::Neutral, "there is no down"),
        Verdict::DeclaredIrreversible => info("declared irreversible", "⊘", "/", Tone::Neutral, {
            "its author says that there is no way back"
        }),
        Verdict::UpFails => info("up fails", "↑", "^", Tone::Bad, {
            "the up itself stops with an error; nothing after it was drilled"
        }),
    }
}

/// How a table's data verdict is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DataVerdictInfo {
    /// Its words.
    pub word: &'static str,
    /// One character.
    pub symbol: &'static str,
    /// How it is to be seen.
    pub tone: Tone,
}

/// How a table's data verdict is shown.
pub fn data_verdict(verdict: DataVerdict) -> DataVerdictInfo {
    let info = |word, symbol, tone| DataVerdictInfo { word, symbol, tone };
    match verdict {
        DataVerdict::Same => info("same", "✓", Tone::Good),
        DataVerdict::ValuesChanged => info("values changed", "≈", Tone::Notice),
        DataVerdict::RowsAdded => info("rows added", "+", Tone::Notice),
        DataVerdict::RowsLost => info("rows lost", "✗", Tone::Bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_json_names_and_signs_are_unique() {
        let mut signs = std::collections::BTreeSet::new();
        for info in VERDICTS.map(verdict) {
            assert_eq!(serde_json::to_value(info.verdict).unwrap(), info.word);
            assert!(signs.insert(info.symbol) && signs.insert(info.ascii));
        }
    }
}
