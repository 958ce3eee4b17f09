//! Every edit of `edits.txt` makes exactly the differences that stand there, and makes one wherever `pg_dump` prints
//! another schema.

use crate::cases::{Edit, SCHEMA, edits, preamble};
use crate::support::{Database, copy, create, program, remove, server};
use groundline_catalog::{Change, Difference, diff};
use groundline_pg::introspect::{Excluded, read};

/// Where the differences are those of the file. Other majors print some of them in other words; on them, only
/// what `pg_dump` says is compared.
const MAJOR_OF_THE_FILE: u16 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn edits_make_the_differences_that_pg_dump_sees() {
    let is_major_of_the_file = server().version().major().number() == MAJOR_OF_THE_FILE;
    let (mut wrong, mut file) = (Vec::new(), preamble().to_owned());
    let mut original = create().await;
    original.client.batch_execute(SCHEMA).await.expect("the schema");
    let before = read(&original.client, &Excluded::bookkeeping()).await.expect("the schema is read");
    let dumped_before = dump(&original);
    for edit in edits() {
        let (kept, edited) = copy(original).await;
        original = kept;
        let done = edited.client.batch_execute(&edit.sql).await;
        done.unwrap_or_else(|error| panic!("{}: {error:?}", edit.title));
        let after = read(&edited.client, &Excluded::bookkeeping()).await.expect("the schema is read");
        let differences = diff(&before, &after);
        let seen_by_pg_dump = dumped_before.as_ref().map(|before| Some(before) != dump(&edited).as_ref());
        if seen_by_pg_dump.is_some_and(|seen| seen != edit.seen_by_pg_dump) {
            wrong.push(format!("{}: pg_dump sees a difference: {seen_by_pg_dump:?}", edit.title));
        }
        if edit.seen_by_pg_dump && differences.is_empty() {
            wrong.push(format!("{}: pg_dump sees a difference, the catalog none", edit.title));
        }
        let shown: Vec<String> = differences.iter().map(line).collect();
        if is_major_of_the_file && shown != edit.expected {
            wrong.push(format!("{}:\n  {}", edit.title, shown.join("\n  ")));
        }
        file.push_str(&section(&edit, &shown));
        remove(edited).await;
    }
    remove(original).await;
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() && is_major_of_the_file {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalog/edits.txt");
        std::fs::write(path, file).expect("the file is written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The schema as `pg_dump` prints it, without the lines that are new in every dump; none where there is no `pg_dump`.
fn dump(database: &Database) -> Option<String> {
    let output = program("pg_dump", database)?.arg("--schema-only").output().expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("a dump in UTF-8");
    let is_new = |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
    Some(text.lines().filter(|line| !is_new(line)).collect::<Vec<_>>().join("\n"))
}

/// One difference on one line.
fn line(difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.change {
        Change::Added => format!("=> + {object}"),
        Change::Removed => format!("=> - {object}"),
        Change::Changed { property, before, after } => {
            let shown = |value: &Option<String>| value.as_deref().unwrap_or("nothing").replace('\n', "⏎");
            format!("=> ~ {object}: {property}: {} → {}", shown(before), shown(after))
        }
        Change::ColumnOrder { before, after } => {
            format!("=> ~ {object}: column order: {} → {}", before.join(", "), after.join(", "))
        }
    }
}

fn section(edit: &Edit, differences: &[String]) -> String {
    let same = if edit.seen_by_pg_dump { "" } else { "# pg_dump: same\n" };
    let differences: String = differences.iter().map(|line| format!("{line}\n")).collect();
    format!("\n## {}\n{same}{}\n{differences}", edit.title, edit.sql)
}
