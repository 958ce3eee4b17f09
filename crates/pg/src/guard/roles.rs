//! Where there is no superuser for event triggers: roles kept apart, as statements to look at, or to apply.
//! Out: event triggers (`mod`).

use crate::client::OrFault as _;
use groundline_core::{Result, quote_ident};
use tokio_postgres::Client;

/// The statements after which the application's role owns nothing and can create nothing: an owner without login has all
/// that there is, the migrations' role may become it, and the application's has rights on rows alone.
///
/// # Errors
/// The server's.
pub async fn proposal(client: &Client, app: &str, migrator: &str) -> Result<Vec<String>> {
    let row = client.query_one("SELECT pg_catalog.current_database()::text", &[]).await.fault()?;
    let database: String = row.get(0);
    let schemas = client
        .query(
            "SELECT nspname::text FROM pg_catalog.pg_namespace
             WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'groundline', 'groundline_guard') ORDER BY 1",
            &[],
        )
        .await
        .fault()?;
    let owner = format!("{database}_owner");
    let there = client
        .query_one("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", &[&owner])
        .await
        .fault()?;
    let (app, migrator, name) = (quote_ident(app), quote_ident(migrator), quote_ident(&owner));
    let mut statements = Vec::new();
    if !there.get::<_, bool>(0) {
        statements.push(format!("CREATE ROLE {name} NOLOGIN"));
    }
    statements.push(format!("GRANT {name} TO {migrator}"));
    statements.push(format!("REASSIGN OWNED BY {app} TO {name}"));
    statements.push(format!("REVOKE CREATE ON DATABASE {} FROM PUBLIC, {app}", quote_ident(&database)));
    for row in &schemas {
        let schema = quote_ident(row.get(0));
        statements.push(format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {app}"));
        statements.push(format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {name}"));
        statements.push(format!("GRANT USAGE ON SCHEMA {schema} TO {app}"));
        statements
            .push(format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {app}"));
        statements.push(format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {app}"));
        for role in [&name, &migrator] {
            let defaults = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA {schema} GRANT");
            statements.push(format!("{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}"));
            statements.push(format!("{defaults} USAGE ON SEQUENCES TO {app}"));
        }
    }
    Ok(statements)
}
