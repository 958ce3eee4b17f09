//! The renderers on invented runs: what must be in a report, what must never be, and how large it may get.

mod sample;

use groundline_catalog::{ObjectKind, Pattern, PatternUse, Rule, Snapshot};
use groundline_core::{Fault, Place, ServerVersion};
use groundline_evidence::{Evidence, Look, Record, SchemaFacts, State, StepId};

/// What a comment on a pull request may have.
const COMMENT: usize = 65_536;
const MARKUP: &str = r#"<img src=x onerror=alert(1)>"'&"#;

fn samples() -> [(&'static str, Evidence); 5] {
    [
        ("passed", sample::passed()),
        ("findings", sample::findings()),
        ("not run", sample::not_run()),
        ("failing", sample::failing()),
        ("large", sample::large(340, 500)),
    ]
}

fn html(evidence: &Evidence) -> String {
    Record::new(evidence).and_then(|record| record.html()).expect("a page")
}

fn markdown(evidence: &Evidence) -> String {
    Record::new(evidence).expect("a record").markdown()
}

/// The texts between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn a_page_loads_nothing_and_its_links_lead_somewhere() {
    for (name, evidence) in samples() {
        let page = html(&evidence);
        for loading in ["src=", "url(", "@import", "<link", "<iframe", "fetch(", "XMLHttpRequest"] {
            assert!(!page.contains(loading), "{name}: {loading}");
        }
        for target in between(&page, "href=\"", "\"") {
            let anchor = target.strip_prefix('#').unwrap_or_else(|| panic!("{name} links to {target}"));
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{name}: no #{anchor}");
        }
        let mut ids = between(&page, " id=\"", "\"");
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id is there twice");
    }
}

#[test]
fn every_step_and_every_reason_is_told() {
    for (name, evidence) in samples() {
        let (page, comment) = (html(&evidence), markdown(&evidence));
        for step in evidence.checklist() {
            let line = step.line().replace('\'', "&#x27;").replace('/', "&#x2f;");
            assert!(page.contains(step.id.title()) && page.contains(&line), "{name}: {line}");
            assert!(comment.contains(step.id.title()), "{name}: {}", step.id.title());
        }
    }
}

#[test]
fn what_comes_from_outside_is_text() {
    let mut evidence = sample::failing();
    evidence.project.name = MARKUP.into();
    evidence.project.folder = MARKUP.into();
    for step in &mut evidence.steps {
        step.summary = MARKUP.into();
        step.notes = vec![Fault::new(MARKUP).why(MARKUP).next(MARKUP).at(Place::Object(MARKUP.into()))];
    }
    let drill = evidence.drill.as_mut().unwrap();
    for revision in &mut drill.revisions {
        (revision.name, revision.version) = (MARKUP.into(), MARKUP.into());
    }
    drill.revisions[6].differences[0].object.identity = MARKUP.into();
    let app = evidence.app.as_mut().unwrap();
    (app.command, app.exit) = (MARKUP.into(), Some(MARKUP.into()));
    evidence.onboarding.as_mut().unwrap().data[0].table = MARKUP.into();
    let head = sample::passed().head.map(|head| {
        let objects = head.objects.into_iter().map(|mut object| {
            object.properties.insert(MARKUP.into(), MARKUP.into());
            object
        });
        SchemaFacts { objects: objects.collect(), ..head }
    });
    evidence.head = head;
    let page = html(&evidence);
    assert!(page.contains("&lt;img") && !page.contains("<img"));
    // In markdown, a code span may hold it; nothing else.
    let comment = markdown(&evidence);
    let outside: String = comment.split("```").step_by(2).collect();
    let outside: String = outside.split('`').step_by(2).collect();
    assert!(!outside.contains("<img"), "{outside}");
}

#[test]
fn no_secret_comes_through() {
    let mut evidence = sample::failing();
    let url = "postgres://orders:hunter2@127.0.0.1:5432/orders";
    let step = evidence.steps.iter_mut().find(|step| step.id == StepId::Server).unwrap();
    step.summary = format!("connected to {url}");
    evidence.onboarding.as_mut().unwrap().source.name = url.into();
    let app = evidence.app.as_mut().unwrap();
    app.command = format!("./orders --database {url}");
    for report in [html(&evidence), markdown(&evidence), Record::new(&evidence).unwrap().json().unwrap()] {
        assert!(report.contains("127.0.0.1:5432") && !report.contains("hunter2"));
    }
}

#[test]
fn parts_stand_under_their_relation() {
    let page = html(&sample::passed());
    let relation = |name: &str| {
        let found = between(&page, "<details class=\"relation\" data-text=\"", "</details>");
        let found = found.into_iter().find(|text| text.starts_with(&format!("table {name} ")));
        found.unwrap_or_else(|| panic!("{name} is not there")).to_owned()
    };
    let payments = relation("public.payments");
    for part in ["payments_pkey", "public.payments_pkey", "elsewhere.payment_numbers", "to audit"] {
        assert!(payments.contains(part), "{part}");
    }
    assert!(payments.contains("1 sequence, 1 constraint, 1 index, 1 grant"));
    assert!(relation("public.orders").contains("orders_placed_at_idx"));
}

#[test]
fn the_picture_marks_what_the_newest_revision_did() {
    let page = html(&sample::passed());
    let picture =
        between(&page, "<svg viewBox=\"0 0 ", "</svg>").into_iter().find(|one| one.contains("class=\"box"));
    let picture = picture.expect("a picture");
    let boxes: Vec<&str> = between(picture, "<g>", "</g>");
    let of = |name: &str| *boxes.iter().find(|one| one.contains(&format!(">{name}</text>"))).expect("a box");
    for (table, sign) in [("public.orders", "~ changed"), ("public.products", "~ changed")] {
        assert!(of(table).contains(sign), "{table}: {}", of(table));
    }
    assert!(!of("public.customers").contains("sign"), "{}", of("public.customers"));
    let orders = of("public.orders");
    for (column, word) in [("note", "added"), ("remark", "removed")] {
        assert!(orders.contains(&format!("{column}<title>{word}</title>")), "{orders}");
    }
    for line in ["+ column public.orders.note", "- column public.orders.remark", "type integer → bigint"] {
        assert!(page.contains(line), "{line}");
    }
    let mut evidence = sample::passed();
    evidence.newest = None;
    assert!(!html(&evidence).contains("The newest revision"));
}

#[test]
fn a_parent_is_optional_in_json() {
    let evidence = sample::passed();
    let json = Record::new(&evidence).unwrap().json().unwrap();
    let parents = |evidence: &Evidence| {
        let objects = evidence.head.iter().flat_map(|head| &head.objects);
        objects.filter(|object| object.parent.is_some()).count()
    };
    let again = Record::from_json(&json).unwrap();
    assert_eq!(parents(again.evidence()), parents(&evidence));
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    for object in value["head"]["objects"].as_array_mut().unwrap() {
        object.as_object_mut().unwrap().remove("parent");
    }
    let old = Record::from_json(&value.to_string()).unwrap();
    assert_eq!(parents(old.evidence()), 0);
    assert!(html(old.evidence()).contains("payments_pkey"));
}

#[test]
fn much_stays_small_and_says_what_is_left_out() {
    let mut evidence = sample::large(342, 20_000);
    let page = html(&evidence);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.contains("more: see <code>evidence.json</code>"));
    let step = &mut evidence.steps[0];
    step.state = State::Failed;
    let fault = |number: usize| Fault::new(format!("fault {number}")).why("long ".repeat(2_000));
    step.faults = (0..500).map(fault).collect();
    step.notes = (0..500).map(|at| Fault::new("same").at(Place::Object(format!("table t{at}")))).collect();
    let comment = markdown(&evidence);
    assert!(comment.len() < COMMENT, "{} bytes", comment.len());
    for said in ["and 481 more faults: see the report", "and 495 more places", "more revisions: see"] {
        assert!(comment.contains(said), "{said}");
    }
    assert!(html(&evidence).contains("in 500 places"));
}

#[test]
fn a_comment_tells_the_same_once() {
    let comment = markdown(&sample::findings());
    let told = comment.matches("cannot drop view").count();
    assert_eq!(told, 2, "once as what failed, once at its revision");
    assert_eq!(comment.matches("no snapshot was given").count(), 1);
    insta::assert_snapshot!("findings.md", comment);
}

#[test]
fn kinds_are_said_in_the_manuals_words() {
    let mut evidence = sample::passed();
    let head = evidence.head.as_mut().unwrap();
    head.objects.push(sample::head::object(ObjectKind::ForeignTable, "public.far", None, &[]));
    assert!(html(&evidence).contains("<span class=\"kind\">foreign table</span> <code>public.far</code>"));
}

#[test]
fn what_a_scope_leaves_out_is_told_with_its_reason() {
    let reason = Some("made by a <job>".to_owned());
    let pattern = Pattern { reason, ..Pattern::new("audit.*") };
    let used = |objects| PatternUse { rule: Rule::Exclude, pattern: pattern.clone(), objects };
    let mut schema = Snapshot::empty(ServerVersion::from_num(170_006));
    let mut evidence = sample::passed();
    for objects in [0, 12, 3] {
        schema.patterns = vec![used(objects)];
        evidence.scope.add(&schema);
    }
    let text = Record::new(&evidence).expect("a record").text(Look::default());
    assert!(text.contains("left out: audit.* (made by a <job>), 12 objects"), "{text}");
    let comment = markdown(&evidence);
    assert!(comment.contains(r"left out: audit.\* (made by a &lt;job&gt;), 12 objects"), "{comment}");
    assert!(html(&evidence).contains("left out: audit.* (made by a &lt;job&gt;), 12 objects"));
    assert!(!html(&sample::passed()).contains("left out"));
}
