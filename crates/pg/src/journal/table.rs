//! The table of events: its shape, its guard, and making it where it is missing.
//! Out: what is written into it (`event`).
//! Called by the journal.

use crate::client::{self, OrFault as _};
use groundline_core::{Fault, Result, quote_ident, quote_literal};
use std::time::Duration;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// How often making the table is tried while others make it, too.
const ATTEMPTS: u32 = 20;
/// Pause before the next attempt.
const PAUSE: Duration = Duration::from_millis(100);

const SCHEMA: &str = "CREATE SCHEMA groundline; \
COMMENT ON SCHEMA groundline IS 'Groundline''s bookkeeping; not a part of the application';";

/// Each column with its type and its comment.
const COLUMNS: [(&str, &str, &str); 16] = [
    ("id", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "Order in which events were written"),
    ("at", "timestamptz NOT NULL DEFAULT clock_timestamp()", "When it was written, by the server's clock"),
    ("run", "text NOT NULL", "Id of the run of Groundline that wrote it"),
    ("kind", "text NOT NULL", "What happened: run_begun, statement_done, revision_applied, …"),
    ("project", "text NOT NULL", "Project whose history it is about"),
    ("version", "text", "Revision, as the history table calls it"),
    ("direction", "text", "Which way the revision ran: up or down"),
    ("statement", "integer", "Place of the statement in the revision's script, from 0"),
    ("digest", "text", "SHA-256 of the statement as it was sent"),
    ("operator", "text NOT NULL", "Who ran it: the operating system''s user"),
    ("tool_version", "text NOT NULL", "Version of Groundline that wrote it"),
    ("fingerprint_before", "text", "Fingerprint of the schema before the run"),
    ("fingerprint_after", "text", "Fingerprint of the schema after the run"),
    ("chain", "text", "Digest of this revision and all before it, as groundline.lock has it"),
    ("duration_ms", "bigint", "How long it took, in milliseconds"),
    ("detail", "jsonb", "More, such as the fault that ended a run"),
];

const GUARD: &str = "
CREATE FUNCTION groundline.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $groundline$
BEGIN RAISE EXCEPTION 'groundline.event is append-only: % is refused', TG_OP; END $groundline$;
COMMENT ON FUNCTION groundline.refuse_change() IS 'Keeps groundline.event append-only';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON groundline.event
    FOR EACH STATEMENT EXECUTE FUNCTION groundline.refuse_change();";

/// The statements that make the table in an existing schema.
fn create_table() -> String {
    let columns: Vec<String> =
        COLUMNS.iter().map(|(name, definition, _)| format!("    {name} {definition}")).collect();
    let comments = COLUMNS.iter().map(|(name, _, comment)| {
        format!("COMMENT ON COLUMN groundline.event.{name} IS {};", quote_literal(comment))
    });
    format!(
        "CREATE TABLE groundline.event (\n{}\n);\n\
         COMMENT ON TABLE groundline.event IS 'What Groundline did to this database; rows are only added';\n{}\n\
         CREATE INDEX event_of_revision ON groundline.event (project, version, id);{GUARD}",
        columns.join(",\n"),
        comments.collect::<Vec<_>>().join("\n")
    )
}

/// Whether the table is there.
pub(super) async fn exists(client: &Client) -> Result<bool> {
    Ok(present(client).await?.1)
}

/// Makes the table where it is missing, in a short transaction of its own. Others may do the same at this
/// moment: who comes second finds it there.
pub(super) async fn ensure(client: &Client) -> Result<()> {
    let mut attempt = 0;
    loop {
        let (schema, table) = present(client).await?;
        if table {
            return Ok(());
        }
        let schema = if schema { "" } else { SCHEMA };
        let batch = format!("BEGIN; SET LOCAL lock_timeout = '2s'; {schema} {} COMMIT;", create_table());
        let Err(error) = client.batch_execute(&batch).await else { return Ok(()) };
        // The batch left a failed transaction, or no connection: then the next look says so.
        let _ = client.batch_execute("ROLLBACK").await;
        attempt += 1;
        match error.code() {
            Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                return Err(refused(client, &error).await);
            }
            Some(code) if is_race(code) && attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
            _ => return Err(client::fault(&error)),
        }
    }
}

/// `CREATE … IF NOT EXISTS` fails, too, where two sessions do it at once: the loser sees one of these.
fn is_race(code: &SqlState) -> bool {
    [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_SCHEMA,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
        SqlState::DUPLICATE_FUNCTION,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
}

/// Whether the schema is there, and the table.
async fn present(client: &Client) -> Result<(bool, bool)> {
    let query = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'groundline'), \
                 EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = 'groundline' AND c.relname = 'event')";
    let row = client.query_typed_one(query, &[]).await.fault()?;
    Ok((row.get(0), row.get(1)))
}

async fn refused(client: &Client, error: &tokio_postgres::Error) -> Fault {
    let role = client.query_one("SELECT current_user::text", &[]).await;
    let role = role.map_or_else(|_| "the_role".to_owned(), |row| row.get(0));
    let role = quote_ident(&role);
    let said = client::fault(error);
    Fault::new("the role may not make Groundline's schema, where runs are recorded")
        .why(said.what)
        .sqlstate(SqlState::INSUFFICIENT_PRIVILEGE.code())
        .next(format!(
            "let an administrator run: CREATE SCHEMA groundline AUTHORIZATION {role}; or, where the schema exists: \
             GRANT USAGE, CREATE ON SCHEMA groundline TO {role};"
        ))
}
