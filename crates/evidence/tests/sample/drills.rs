//! Invented drills.

use super::REVISIONS;
use groundline_catalog::{Change, Difference, Fingerprint, ObjectId, ObjectKind};
use groundline_core::{Digest, Fault, Place, Position};
use groundline_migrate::outcome::{ChainDrill, Compared, DrillReport, RevisionDrill, Verdict};

pub fn difference(kind: ObjectKind, identity: &str, change: Change) -> Difference {
    Difference { object: ObjectId { kind, identity: identity.into() }, change }
}

pub fn changed(property: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change::Changed {
        property: property.into(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    }
}

pub fn revision(version: &str, name: &str, verdict: Verdict, milliseconds: u64) -> RevisionDrill {
    let fingerprint = Fingerprint { schema: Digest::of(version), ordered: Digest::of(name) };
    RevisionDrill {
        version: version.into(),
        name: name.into(),
        verdict,
        differences: Vec::new(),
        compared: None,
        error: None,
        fingerprint: Some(fingerprint),
        milliseconds,
        notes: Vec::new(),
    }
}

pub fn exact() -> DrillReport {
    let milliseconds = [31, 28, 44, 52, 61, 49, 22, 47, 38, 214, 19, 96, 27, 33];
    let mut revisions: Vec<_> = REVISIONS
        .iter()
        .zip(milliseconds)
        .map(|((version, name, _), took)| revision(version, name, Verdict::Exact, took))
        .collect();
    revisions[10].verdict = Verdict::DeclaredIrreversible;
    let chain = ChainDrill {
        verdict: Verdict::DeclaredIrreversible,
        reached: 3,
        stopped_at: Some("0011".into()),
        differences: Vec::new(),
        error: None,
        milliseconds: 58,
    };
    DrillReport { revisions, chain: Some(chain) }
}

pub fn with_findings() -> DrillReport {
    let mut drill = exact();
    let note = "public.orders.note";
    let dependent = Fault::new("the down of 0009 order_totals_view stops")
        .at(Place::File {
            path: "migrations/0009_order_totals_view.down.sql".into(),
            position: Some(Position { line: 3, column: 11 }),
        })
        .why("cannot drop view order_totals because other objects depend on it: view customer_totals")
        .next("drop customer_totals first, or the down of the revision that made it")
        .sqlstate("2BP01");
    let body = "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger\n LANGUAGE plpgsql\nAS $$\nBEGIN\n  \
                NEW.updated_at := now();\n  RETURN NEW;\nEND\n$$";
    let other_body = body.replace("now()", "clock_timestamp()");
    let revisions = &mut drill.revisions;
    revisions[3].verdict = Verdict::OrderOnly;
    revisions[3].differences = vec![difference(ObjectKind::Table, "public.orders", {
        let columns = |names: [&str; 4]| names.map(str::to_owned).to_vec();
        Change::ColumnOrder {
            before: columns(["id", "customer_id", "status", "placed_at"]),
            after: columns(["id", "customer_id", "placed_at", "status"]),
        }
    })];
    revisions[6].verdict = Verdict::Differs;
    revisions[6].differences = vec![
        difference(ObjectKind::Column, note, changed("default", Some("'none'::text"), None)),
        difference(ObjectKind::Column, note, changed("not null", Some("true"), Some("false"))),
        difference(ObjectKind::Index, "public.orders_note_idx", Change::Removed),
        difference(
            ObjectKind::Function,
            "public.touch()",
            changed("definition", Some(body), Some(&other_body)),
        ),
        difference(ObjectKind::Type, "public.order_note_kind", Change::Added),
    ];
    revisions[8].verdict = Verdict::DownFails;
    revisions[8].error = Some(dependent.clone());
    revisions[11].verdict = Verdict::Differs;
    revisions[11].differences = left_behind();
    for revision in &mut *revisions {
        revision.compared = (!revision.differences.is_empty()).then_some(Compared::AfterDown);
    }
    revisions[12].verdict = Verdict::NoDown;
    let chain = drill.chain.as_mut().expect("the exact drill has a chain");
    chain.verdict = Verdict::DownFails;
    (chain.reached, chain.stopped_at) = (5, Some("0009".into()));
    chain.error = Some(dependent);
    drill
}

pub fn failing() -> DrillReport {
    let mut drill = with_findings();
    let fault = Fault::new("the up of 0013 stops").why("relation \"payments\" does not exist");
    drill.revisions[12].verdict = Verdict::UpFails;
    drill.revisions[12].error = Some(fault.clone());
    drill.revisions[1].verdict = Verdict::AgainFails;
    drill.revisions[1].error = Some(fault);
    drill.revisions.truncate(13);
    drill.chain = None;
    drill
}

fn left_behind() -> Vec<Difference> {
    let columns = (1..=20).map(|number| format!("public.customers.name_part_{number}"));
    columns.map(|name| difference(ObjectKind::Column, &name, Change::Added)).collect()
}
