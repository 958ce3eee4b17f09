//! The rules of the normal form, played: the two databases of every example are what its rule says of them.

use crate::page;
use crate::support::{Database, create, remove};
use groundline_catalog::normal_form::{Example, RULES, Rule, Verdict, page as rules_page};
use groundline_catalog::{Change, Profile, Scope, Snapshot, diff};
use groundline_pg::introspect::{Excluded, read_inside};

#[test]
fn the_page_is_true() {
    page::keep("normal-form.md", &rules_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_are_what_the_rules_say() {
    let database = create().await;
    let mut wrong = Vec::new();
    for rule in RULES {
        let of_schema = verdict(&database, rule, Profile::Schema).await;
        let of_full = verdict(&database, rule, Profile::Full).await;
        let wanted = match rule.verdict {
            Verdict::LeftOut => (Verdict::Equal, Verdict::Equal),
            Verdict::OfEnvironment => (Verdict::Equal, Verdict::Differs(1)),
            verdict => (verdict, verdict),
        };
        if (of_schema, of_full) != wanted {
            wrong.push(format!("{}: {of_schema:?} in schema, {of_full:?} in full", rule.title));
        }
    }
    remove(database).await;
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

async fn verdict(database: &Database, rule: &Rule, profile: Profile) -> Verdict {
    let Example { both, one, other } = rule.example;
    let (one, other) =
        (state(database, &[both, one], profile).await, state(database, &[both, other], profile).await);
    match &diff(&one, &other)[..] {
        [] => Verdict::Equal,
        [only] if matches!(only.change, Change::ColumnOrder { .. }) => Verdict::OrderOnly,
        differences => Verdict::Differs(differences.len()),
    }
}

/// What some SQL makes of the database, which is as it was afterwards.
async fn state(database: &Database, sql: &[&str], profile: Profile) -> Snapshot {
    let run = async |sql: &str| {
        database.client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    };
    run("BEGIN").await;
    for sql in sql {
        run(sql).await;
    }
    let read = read_inside(&database.client, &Excluded::outside(Scope::of(profile))).await;
    run("ROLLBACK").await;
    read.expect("the schema is read")
}
