//! The database that the cases start from, on a server with the roles and the tablespace that they name.
//! Called by the tests.

use crate::cases::{self, Case, Kind};
use crate::support::{Database, create, rows, server};
use groundline_catalog::{Profile, Scope};
use groundline_pg::introspect::Excluded;
use tokio::sync::OnceCell;

/// A database with the schema of this server's major, which somebody has to remove.
pub async fn database() -> Database {
    static CLUSTER: OnceCell<()> = OnceCell::const_new();
    let database = create().await;
    CLUSTER.get_or_init(async || make_cluster(&database).await).await;
    let schema = cases::schema(server().version().major());
    let made = database.client.batch_execute(&schema).await;
    made.unwrap_or_else(|error| panic!("the schema is not made: {error:?}"));
    database
}

/// What the server of the tests can run.
pub async fn kind(database: &Database) -> Kind {
    // Without ICU there are one or two that nobody can use.
    let collations = "SELECT FROM pg_collation WHERE collprovider = 'i' HAVING count(*) > 10";
    let icu = !rows(&database.client, collations).await.is_empty();
    Kind { major: server().version().major(), icu }
}

/// What belongs to the whole server. Tablespaces inside the data folder came with 15.
async fn make_cluster(database: &Database) {
    let mut sql =
        "CREATE ROLE keeper; CREATE ROLE clerk; CREATE ROLE visitor LOGIN; CREATE ROLE chief SUPERUSER"
            .to_owned();
    if server().version().major().number() >= 15 {
        sql.push_str("; SET allow_in_place_tablespaces = on");
    }
    database.client.batch_execute(&sql).await.expect("the roles");
    if server().version().major().number() >= 15 {
        database.client.batch_execute("CREATE TABLESPACE attic LOCATION ''").await.expect("the tablespace");
    }
}

/// Drops a database, also one that was made a template, with the subscriptions that would keep it.
pub async fn remove(database: Database) {
    let client = &database.client;
    // A case may leave a transaction open, or another role.
    let back = "ROLLBACK; RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";
    for statement in back.split("; ") {
        client.batch_execute(statement).await.expect("the session as it was");
    }
    let no_template = format!("ALTER DATABASE {} IS_TEMPLATE false", database.name);
    client.batch_execute(&no_template).await.expect("the database is no template");
    let subscriptions = "SELECT quote_ident(subname) FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
    for row in rows(client, subscriptions).await {
        let name = &row[0];
        let sql = format!(
            "ALTER SUBSCRIPTION {name} DISABLE; ALTER SUBSCRIPTION {name} SET (slot_name = NONE); \
             DROP SUBSCRIPTION {name}"
        );
        client.batch_execute(&sql).await.expect("the subscription goes");
    }
    crate::support::remove(database).await;
}

/// Everything that is read.
pub fn full() -> Excluded {
    Excluded::outside(Scope::of(Profile::Full))
}

/// Runs a part of a case.
pub async fn run(database: &Database, case: &Case, sql: &str) -> Result<(), String> {
    let apart: Vec<&str> = if case.is_apart() { sql.split(";\n").collect() } else { vec![sql] };
    for statement in apart {
        let done = database.client.batch_execute(statement).await;
        // A build that fails on purpose leaves its index: `-- fails` says that an error is wanted.
        let wanted = statement.contains("-- fails");
        match done {
            Ok(()) if wanted => return Err("it was to fail and did not".to_owned()),
            Err(error) if !wanted => return Err(format!("{error:?}")),
            _ => {}
        }
    }
    Ok(())
}
