//! Each rule on its fixtures: it finds something in `bad.sql`, and nothing in `good.sql`. What is said is in `bad.snap`, and
//! what `--fix` makes of it, where the rule's page has a fix, in `fixed.sql`: `GROUNDLINE_UPDATE=1` writes it.

use groundline_lint::{Asked, Finding, Levels, Policies, RULES, Rule, Schema, Settings, fix, judge};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// No team asks for anything.
static NONE: LazyLock<Policies> = LazyLock::new(Policies::default);

/// A team that asks for everything.
static STRICT: LazyLock<Policies> = LazyLock::new(|| {
    let strict = r#"{
        "additive_first": true, "required_down": true, "table_comment": true, "nullable_first": true,
        "names": { "table": "[a-z_]+", "column": "[a-z_]+", "index": "[a-z_]+_idx", "constraint": "[a-z_]+" },
        "extensions": ["pgcrypto"], "schemas": ["public"], "forbidden_types": ["money", "timestamp"],
        "max_lock": "share row exclusive"
    }"#;
    serde_json::from_str(strict).expect("policies")
});

fn settings(wrapped: bool) -> Settings<'static> {
    let major = "15".parse().expect("a major");
    Settings { major, wrapped, today: jiff::civil::date(2026, 1, 1), policies: &NONE, has_down: None }
}

/// The schema of the fixtures, by the statements that make it.
fn schema() -> Schema {
    let mut schema = Schema { known: true, ..Schema::unknown() };
    judge(&read(&folder().join("schema.sql")), &mut schema, settings(false));
    schema.views.insert(
        groundline_sql::operation::Name::read("public.open_orders"),
        [(groundline_sql::operation::Name::read("public.orders"), "total".to_owned())].into(),
    );
    schema
}

fn findings(code: &str, file: &str) -> Vec<Finding> {
    let text = read(&folder().join(code).join(file));
    judge(&text, &mut schema(), settings_of(code)).findings
}

fn settings_of(code: &str) -> Settings<'static> {
    // A tool that wraps is what this one is about.
    let wrapped = code == "T503";
    // A team's rules ask for nothing unless it says so.
    let policies: &Policies = if code.starts_with('P') { &STRICT } else { &NONE };
    Settings { policies, has_down: Some(code != "P802"), ..settings(wrapped) }
}

/// The bad script after its fixes, if this rule is among them.
fn fixed(rule: &Rule, text: &str) -> Option<String> {
    let asked = Asked { settings: settings_of(rule.code), levels: &Levels::default(), notes: true };
    let fixed = fix(text, &schema(), asked)?;
    fixed.done.iter().any(|finding| finding.code == rule.code).then(|| fixed.one_text())
}

fn drawn(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let Finding { code, severity, statement, relation, lock, effect, message, why, instead, .. } =
            finding;
        let lock = lock.map(|lock| format!(" {lock}")).unwrap_or_default();
        let relation = relation.as_deref().unwrap_or("-");
        writeln!(text, "{code} {severity} statement {statement} {} {relation}{lock}", effect.word())
            .expect("text");
        writeln!(text, "    {message}: {why}").expect("text");
        for line in instead.iter().flat_map(|sql| sql.lines()) {
            writeln!(text, "    > {line}").expect("text");
        }
    }
    text
}

#[test]
fn each_rule_finds_what_is_bad_and_nothing_in_what_is_good() {
    let mut wrong = Vec::new();
    for rule in RULES.iter().filter(|rule| !["L190", "B307", "U902"].contains(&rule.code)) {
        let bad: Vec<_> = findings(rule.code, "bad.sql");
        let own: Vec<Finding> = bad.into_iter().filter(|finding| finding.code == rule.code).collect();
        if own.is_empty() {
            wrong.push(format!("{} finds nothing in its bad.sql", rule.code));
        }
        let good = findings(rule.code, "good.sql");
        for finding in good.iter().filter(|finding| finding.code == rule.code) {
            wrong.push(format!("{} in its good.sql: {}", rule.code, finding.message));
        }
        let place = format!("rules/{}", rule.code);
        insta::with_settings!({snapshot_path => place, prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!("bad", drawn(&own));
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not flagged is as binding as what is: nothing but notes.
#[test]
fn harmless_statements_are_left_alone() {
    let text = read(&folder().join("harmless.sql"));
    let mut loud = Vec::new();
    for statement in text.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        let found = judge(&format!("{statement};"), &mut schema(), settings(false)).findings;
        let found = found.iter().filter(|finding| finding.severity > groundline_lint::Severity::Note);
        loud.extend(found.map(|finding| format!("{statement}: {} {}", finding.code, finding.message)));
    }
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}

#[test]
fn suppressions_need_a_reason_and_end() {
    let allow = |comment: &str| {
        let text = format!("-- groundline: {comment}\nalter table orders rename column note to remark;");
        let verdict = judge(&text, &mut schema(), settings(false));
        let codes: Vec<_> = verdict.findings.iter().map(|finding| finding.code).collect();
        (codes, verdict.suppressed.len())
    };
    assert_eq!(allow("allow B301 until 2026-06-30 because nobody reads it"), (vec![], 1));
    assert_eq!(allow("allow rename-column because nobody reads it"), (vec![], 1));
    assert_eq!(allow("allow"), (vec!["U902", "B301"], 0));
    assert_eq!(allow("allow  until 2026-06-30 because nobody reads it"), (vec!["U902", "B301"], 0));
    assert_eq!(allow("allow B301"), (vec!["U902", "B301"], 0));
    assert_eq!(allow("allow B301 until 2025-06-30 because nobody reads it"), (vec!["U902", "B301"], 0));
    assert_eq!(allow("allow B301 until 2026-06-30, because nobody reads it"), (vec![], 1));
    for no_day in ["2026-02-30", "30.6.2026", "the next release", ""] {
        let allowed = allow(&format!("allow B301 until {no_day} because nobody reads it"));
        assert_eq!(allowed, (vec!["U902", "B301"], 0), "{no_day:?}");
    }
    assert_eq!(allow("allow L101 because nobody reads it"), (vec!["U902", "B301"], 0));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a person asks for new files by a variable")]
fn what_is_fixed_is_clean_of_its_rule_and_stays_as_it_is() {
    let mut wrong = Vec::new();
    for rule in RULES.iter().filter(|rule| !["L190", "B307", "U902"].contains(&rule.code)) {
        let code = rule.code;
        let new = fixed(rule, &read(&folder().join(code).join("bad.sql")));
        if new.is_some() != rule.page.contains("**Fix.**") {
            wrong.push(format!("{code}: its page says another thing of a fix than what there is"));
        }
        let Some(new) = new else { continue };
        let file = folder().join(code).join("fixed.sql");
        if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
            std::fs::write(&file, &new).expect("it is written");
        }
        if read(&file) != new {
            wrong.push(format!("{code}: fixed.sql is not what its bad.sql becomes:\n{new}"));
        }
        let left = judge(&new, &mut schema(), settings_of(code)).findings;
        // What has no fix stays: the rest of a statement that was fixed in part.
        let left: Vec<_> = left.iter().filter(|one| one.code == code && one.fix.is_some()).collect();
        if !left.is_empty() {
            wrong.push(format!("{code} is still found in what is fixed: {left:?}"));
        }
        if let Some(again) = fixed(rule, &new) {
            wrong.push(format!("{code} is fixed again:\n{again}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
