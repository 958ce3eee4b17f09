//! A run over a long history with long names.

use super::drills::{changed, difference, revision};
use super::head::{object, of};
use groundline_catalog::{Change, ObjectKind};
use groundline_core::{Digest, Fault};
use groundline_evidence::{DownFacts, Evidence, FileFacts, RevisionFacts};
use groundline_migrate::outcome::{Compared, DrillReport, Verdict};

/// So many revisions, and so many differences in all of them together.
pub fn large(revisions: usize, differences: usize) -> Evidence {
    let mut evidence = super::findings();
    let labels: Vec<(String, String)> = (0..revisions).map(label).collect();
    let mut drilled: Vec<_> = labels
        .iter()
        .enumerate()
        .map(|(at, (version, name))| revision(version, name, verdict(at), 9 + (at as u64 * 37) % 90))
        .collect();
    let differing = drilled.iter().filter(|one| one.verdict == Verdict::Differs).count().max(1);
    for one in &mut drilled {
        match one.verdict {
            Verdict::Differs => {
                one.compared = Some(Compared::AfterDown);
                one.differences = (0..differences.div_ceil(differing)).map(one_difference).collect();
            }
            Verdict::DownFails => {
                let why = "column \"a_rather_long_column_name_that_someone_chose\" does not exist";
                one.error = Some(Fault::new("the down stops").why(why).sqlstate("42703"));
            }
            _ => {}
        }
    }
    evidence.drill = Some(DrillReport { revisions: drilled, chain: None });
    if let Some(history) = &mut evidence.history {
        history.revisions = labels.iter().map(facts).collect();
    }
    if let Some(head) = &mut evidence.head {
        for table in 0..200 {
            let name = format!("public.table_with_a_long_descriptive_name_{table}");
            head.objects.push(object(ObjectKind::Table, &name, None, &[("persistence", "permanent")]));
            for column in 0..9 {
                let column_name = format!("{name}.column_{column}");
                let properties = [("type", "timestamp with time zone"), ("not null", "true")];
                let column = object(ObjectKind::Column, &column_name, Some(column + 1), &properties);
                head.objects.push(of(column, ObjectKind::Table, &name));
            }
        }
    }
    evidence
}

fn label(at: usize) -> (String, String) {
    let version = format!("{}", 20_190_101_000_000_u64 + at as u64 * 20_111_317);
    let long = "and_also_rename_everything_that_was_ever_called_something_else_in_the_old_days";
    match at % 29 {
        3 => (version, format!("change_{at}_{long}")),
        _ => (version, format!("change_{at}")),
    }
}

fn verdict(at: usize) -> Verdict {
    match at % 31 {
        7 => Verdict::Differs,
        13 => Verdict::OrderOnly,
        19 => Verdict::NoDown,
        23 if at.is_multiple_of(3) => Verdict::DownFails,
        _ => Verdict::Exact,
    }
}

fn one_difference(number: usize) -> groundline_catalog::Difference {
    let name = format!("public.a_table_with_a_long_descriptive_name.column_{number}");
    let change = match number % 3 {
        0 => changed("default", Some("'something'::character varying"), None),
        1 => changed("type", Some("text"), Some("character varying(255)")),
        _ => Change::Removed,
    };
    difference(ObjectKind::Column, &name, change)
}

fn facts((version, name): &(String, String)) -> RevisionFacts {
    let file = |direction: &str| {
        let file = format!("{version}_{name}.{direction}.sql");
        FileFacts { digest: Digest::of(&file), file, in_transaction: true }
    };
    RevisionFacts {
        version: version.clone(),
        name: name.clone(),
        repeatable: false,
        up: file("up"),
        down: DownFacts::Script(file("down")),
    }
}
