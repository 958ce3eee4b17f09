//! What differs between two runs of one command, or between two machines: replaced by a word in brackets, so that the
//! rest can be compared to the letter. A text that is normal already stays as it is.

use regex::Regex;

/// Patterns and what they become, in order.
const RULES: &[(&str, &str)] = &[
    // The column of times, then lines that were broken because of what is in them, then times in a sentence.
    (r"(?m)(\S) {2,}(\d+ ms|\d+\.\d s|\d+ min \d\d s)$", "$1  [TIME]"),
    (r"\n {30,}", " "),
    (r"\b(\d+ ms|\d+\.\d s|\d+ min \d\d s)\b", "[TIME]"),
    (r"\b[\d,]+ bytes of WAL", "[WAL]"),
    (r#"("milliseconds": )\d+"#, "$1[TIME]"),
    (r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b", "[RUN]"),
    (r"\b[0-9a-f]{64}\b", "[DIGEST]"),
    (r"\bfingerprint [0-9a-f]{12}\b", "fingerprint [DIGEST]"),
    (r"\b(locked|it) is [0-9a-f]{12}\b", "$1 is [DIGEST]"),
    (r"(\bplan|\bschema|--approve) [0-9a-f]{12}\b", "$1 [DIGEST]"),
    (r"\bpid \d+\b", "pid [PID]"),
    (r"\brun [0-9a-f]{8}\b", "run [RUN]"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[MOMENT]"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "[UUID]"),
    // How far a run is at this moment.
    (
        r"(groundline (?:up|down)grade \S+)(?: run \[RUN\])? \(pid \[PID\], (?:active|idle|idle in transaction),",
        "$1 (pid [PID], [STATE],",
    ),
    (r"in its transaction for \d+ s", "in its transaction for [TIME]"),
    (r"postgresql:///gl_run_1\S+", "[URL]"),
    (r"\bin its transaction for \d+ s\b", "in its transaction for [TIME]"),
    (r"\bpid \d+", "pid [PID]"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[WHEN]"),
    (r"\brun [0-9a-f]{8}\b", "run [RUN]"),
    // What came with a table.
    (r"\b\d+ columns?, \d+ constraints?(, \d+ index(es)?)?\n", "[PARTS]\n"),
    (r"\bAlembic [\d.]+ on Python [\d.]+", "Alembic [VERSION] on Python [VERSION]"),
    (r"\bPostgreSQL \d+(\.\d+)+", "PostgreSQL [VERSION]"),
    (r"(?m)^(PostgreSQL \[VERSION\]) \(.*\)$", "$1 ([ORIGIN])"),
    // From 18 on, NOT NULL is a constraint of its own.
    (r"\b[\d,]+ objects?\b", "[OBJECTS]"),
    // Where there are servers, and which, is the machine's own.
    (
        r"(?m)^major +version +where +dump tools  path or package$",
        "major  version  where  dump tools  path or package",
    ),
    (
        r"(?m)^( +(\d+|-)  \S+ +(installed|cache|fetchable) +(yes|no) +.*\n( +not usable: .*\n)*)+",
        "[SERVERS]\n",
    ),
];

/// A text without what is only of this run.
pub fn normal(text: &str) -> String {
    RULES.iter().fold(text.to_owned(), |text, (pattern, word)| {
        Regex::new(pattern).expect("a pattern").replace_all(&text, *word).into_owned()
    })
}

#[test]
fn normal_text_stays_and_versions_and_times_go() {
    let text = "PostgreSQL 18.6 (installed in /opt/pg/bin)\n  passed  x, built in       3 ms\n\
                \x20                                    41.0 s\n{ \"milliseconds\": 7 }\n";
    let expected = "PostgreSQL [VERSION] ([ORIGIN])\n  passed  x, built in  [TIME] [TIME]\n{ \"milliseconds\": [TIME] }\n";
    assert_eq!(normal(text), expected);
    assert_eq!(normal(expected), expected);
}
