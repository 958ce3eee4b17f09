//! The preflight: what it sees, and that an empty database has nothing against it.

use crate::support::{Database, with_database};
use groundline_pg::preflight::{Facts, Verdict, look};

async fn seen(database: &Database, facts: &Facts) -> Vec<(&'static str, Verdict, String)> {
    let all = look(&database.client, facts).await.expect("the checks can be asked");
    let against = all.into_iter().filter(|one| one.verdict != Verdict::Pass);
    against.map(|one| (one.check, one.verdict, one.why.join("; "))).collect()
}

fn facts(extensions: &[&str]) -> Facts {
    let extensions = extensions.iter().map(ToString::to_string).collect();
    Facts { extensions, history_table: "\"public\".\"history\"".to_owned() }
}

#[tokio::test]
async fn nothing_speaks_against_an_empty_database() {
    with_database(async |database| assert_eq!(seen(database, &facts(&["plpgsql"])).await, [])).await;
}

#[tokio::test]
async fn what_speaks_against_a_run_is_named() {
    with_database(async |database| {
        let client = &database.client;
        let setup = "CREATE TABLE history (v int); CREATE TABLE t (a int); CREATE INDEX broken ON t (a); \
                     UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass; \
                     CREATE ROLE preflight_nobody; GRANT SELECT ON history TO preflight_nobody; SET ROLE preflight_nobody; \
                     SET default_transaction_read_only = on";
        client.batch_execute(setup).await.unwrap();
        let found = seen(database, &facts(&["no-such-extension"])).await;
        let of = |check: &str| found.iter().find(|(name, ..)| *name == check).map(|(_, verdict, why)| (*verdict, why.as_str()));
        assert_eq!(of("writable"), Some((Verdict::Block, "default_transaction_read_only is on")));
        let (verdict, why) = of("history table").unwrap();
        assert_eq!(verdict, Verdict::Block);
        assert!(why.contains("may not INSERT") && !why.contains("may not SELECT"), "{why}");
        assert_eq!(of("extensions"), Some((Verdict::Block, "a script creates no-such-extension, which the server does not have")));
        assert_eq!(of("INVALID indexes"), Some((Verdict::Warn, "broken on t")));
        client.batch_execute("RESET ROLE; RESET default_transaction_read_only").await.unwrap();
        client.batch_execute("DROP OWNED BY preflight_nobody; DROP ROLE preflight_nobody").await.unwrap();
    })
    .await;
}
