//! The tree of differences on invented schemas: what stands where, what is folded, and what never comes through.

use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::ServerVersion;
use groundline_evidence::{Compared, Look, comparison_markdown, render_comparison};
use std::collections::BTreeMap;
use std::sync::Arc;

const TITLES: [&str; 2] = ["A", "B"];

/// A schema that is made step by step.
struct Schema(Snapshot);

impl Schema {
    fn new() -> Self {
        let mut schema = Self(Snapshot::empty(ServerVersion::from_num(150_018)));
        schema.add(ObjectKind::Schema, "public", None, &[]);
        schema
    }

    fn add(
        &mut self,
        kind: ObjectKind,
        identity: &str,
        parent: Option<(ObjectKind, &str)>,
        properties: &[(&str, &str)],
    ) {
        let properties = properties.iter().map(|(name, value)| (Arc::from(*name), Arc::from(*value)));
        let parent = parent.map(|(kind, identity)| ObjectId::new(kind, identity));
        let object = Object::new(properties.collect::<BTreeMap<_, _>>(), None).of_parent(parent);
        self.0.objects.insert(ObjectId::new(kind, identity), Arc::new(object));
    }

    fn table(&mut self, name: &str, columns: &[(&str, &str)]) {
        let table = (ObjectKind::Table, format!("public.{name}"));
        self.add(table.0, &table.1, None, &[]);
        for (column, kind) in columns {
            let parent = Some((table.0, table.1.as_str()));
            self.add(ObjectKind::Column, &format!("{}.{column}", table.1), parent, &[("type", kind)]);
        }
    }
}

fn compared(one: &Schema, other: &Schema) -> Compared {
    Compared::new(("one", &one.0), ("other", &other.0)).expect("a comparison")
}

fn text(compared: &Compared, all: bool) -> String {
    let styled = render_comparison(compared, TITLES, all, Look::default());
    anstream::adapter::strip_str(&styled).to_string()
}

/// The lines of the tree.
fn tree(compared: &Compared, all: bool) -> Vec<String> {
    let text = text(compared, all);
    let lines = text.split("\n\n").skip(1).collect::<Vec<_>>();
    let (_, groups) = lines.split_last().expect("a summary");
    groups.iter().flat_map(|group| group.lines()).map(str::to_owned).collect()
}

#[test]
fn parts_stand_under_their_table_and_objects_under_their_schema() {
    let (mut one, mut other) = (Schema::new(), Schema::new());
    one.table("orders", &[("id", "integer"), ("note", "text")]);
    other.table("orders", &[("id", "bigint")]);
    let table = Some((ObjectKind::Table, "public.orders"));
    other.add(ObjectKind::Index, "public.by_id", table, &[("keys", "id")]);
    other.add(ObjectKind::Grant, "table public.orders to reader", table, &[("privileges", "SELECT")]);
    other.table("bills", &[("id", "integer"), ("total", "integer")]);
    other.add(ObjectKind::Schema, "extra", None, &[]);
    other.add(ObjectKind::Extension, "citext", None, &[]);
    let expected = [
        "+ schema extra",
        "schema public",
        "  + table bills  2 columns",
        "  ~ table orders",
        "    ~ column id: type integer → bigint",
        "    - column note  text",
        "    + index by_id  (id)",
        "    + grant to reader  SELECT",
        "in no schema",
        "  + extension citext",
    ];
    let compared = compared(&one, &other);
    assert_eq!(tree(&compared, false), expected);
    assert_eq!(compared.summary(), {
        "7 differences: added 1 schema, 1 extension, 1 table, 1 index, 1 grant; removed 1 column; changed 1 column"
    });
}

/// 250 tables that lost a column and got another, and 120 that are new.
fn many() -> (Schema, Schema) {
    let (mut one, mut other) = (Schema::new(), Schema::new());
    for number in 0..250 {
        let name = format!("t{number:03}");
        one.table(&name, &[("id", "integer"), ("old", "text")]);
        other.table(&name, &[("id", "integer"), ("tenant_id", "integer")]);
    }
    for number in 0..120 {
        other.table(&format!("n{number:03}"), &[("id", "integer")]);
    }
    (one, other)
}

#[test]
fn what_differs_alike_is_folded_and_counted() {
    let (one, other) = many();
    let compared = compared(&one, &other);
    assert_eq!(compared.data().differences.len(), 620);
    let folded = tree(&compared, false);
    assert_eq!(folded.len(), 1 + 3 + 1 + 3 * 3 + 1, "{folded:#?}");
    assert_eq!(folded[4], "  + and 117 more tables: --all shows them");
    assert_eq!(folded[14], {
        "  ~ and 247 more tables alike (- column old, + column tenant_id): --all shows them"
    });
    let all = tree(&compared, true);
    assert_eq!(all.len(), 1 + 120 + 250 * 3);
    assert!(!all.iter().any(|line| line.contains(" more ")));
}

#[test]
fn few_are_never_folded() {
    let (one, mut other) = (Schema::new(), Schema::new());
    for number in 0..40 {
        other.table(&format!("n{number:03}"), &[]);
    }
    assert!(!text(&compared(&one, &other), false).contains(" more "));
}

#[test]
fn values_of_several_lines_are_shown_by_line_and_no_terminal_obeys_them() {
    let body = |middle: &str| format!("begin\n  {middle}\n\u{1b}[31mreturn;\nend");
    let function = |body: &str| {
        let mut schema = Schema::new();
        schema.add(ObjectKind::Function, "public.f(a integer)", None, &[("body", body)]);
        schema
    };
    let password = "perform dblink('host=h password=s3cret')";
    let compared = compared(&function(&body("x := 1;")), &function(&body(password)));
    let shown = tree(&compared, false);
    assert_eq!(shown[..2], ["schema public", "  ~ function f(a integer)"]);
    assert!(shown.contains(&"      -   x := 1;".to_owned()), "{shown:#?}");
    assert!(shown.contains(&"      +   perform dblink('host=h password=***')".to_owned()), "{shown:#?}");
    assert!(shown.contains(&"         [31mreturn;".to_owned()), "{shown:#?}");
    let json = groundline_evidence::json_text(compared.data()).expect("JSON");
    assert!(!json.contains("s3cret") && !comparison_markdown(&compared, TITLES, true).contains("s3cret"));
}

#[test]
fn a_comment_stays_in_its_fence_and_in_its_limit() {
    let (mut one, other) = (Schema::new(), Schema::new());
    for number in 0..2_000 {
        let name = format!("odd````{number}");
        one.add(ObjectKind::Function, &format!("public.{name}()"), None, &[("body", &name)]);
        one.add(ObjectKind::Domain, &format!("public.{name}"), None, &[]);
    }
    let comment = comparison_markdown(&compared(&one, &other), TITLES, false);
    assert!(comment.contains("\n`````diff\n"), "{comment}");
    assert_eq!(comment.matches("\n`````").count(), 2);
    assert!(comment.len() < 65_536);
}
