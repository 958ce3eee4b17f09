//! Restoring a backup to a database of its own: made beside, compared, and only then given its name.
//! Out: deciding that it must be done (`gate`). An existing database is never written to: the one that is replaced keeps its
//! rows under another name.

use super::folder;
use super::record::{Kept, Method};
use super::verify::compare;
use crate::client::{self, Client, OrFault as _};
use crate::introspect::Excluded;
use crate::server::{Database, Server};
use groundline_core::{Fault, Place, Result, quote_ident, quote_literal};
use std::process::Stdio;
use std::time::Instant;
use tokio::process::Command;

/// The databases that are always there, to make others from.
const MAINTENANCE: [&str; 2] = ["postgres", "template1"];

/// A database with this comment is one that a restore left half-filled.
const COMMENT: &str = "groundline: a restore that did not end";

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The database.
    pub database: String,
    /// The name that the one it replaced has now.
    pub replaced: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// Restores a backup to the database that a URL names, with `pg_restore` of a server's installation. With `replace`, the one
/// that has the name is renamed, in the same transaction in which the new one gets it.
///
/// # Errors
/// The database is there and is not to be replaced, the restore fails, or what was restored is not what was there: then
/// nothing is left of it.
pub async fn restore(
    server: &Server,
    kept: &Kept,
    (url, replace): (&str, bool),
    jobs: u16,
    excluded: &Excluded,
) -> Result<Restored> {
    if let Method::Hook { command, .. } = &kept.backup.method {
        return Err(Fault::new("a backup of another system is restored by that system")
            .why(format!("it was made by `{command}`")));
    }
    if kept.is_physical() {
        return Err(Fault::new(
            "a physical backup is a whole server, and can't be restored into one that runs",
        )
        .at(Place::file(&kept.folder))
        .next("unpack it, and start a server on it: groundline restore --to-folder DIR"));
    }
    folder::assert_whole(kept)?;
    let target = Database::at(url)?;
    let (name, beside) = (target.name.clone(), format!("{}_restoring", target.name));
    let client = maintenance(&target).await?;
    let is_there = exists(&client, &name).await?;
    if is_there && !replace {
        return Err(Fault::new("the database is there, and a restore writes into none that is")
            .at(Place::Object(format!("database {name}")))
            .next(format!("restore to a new name, or put it in the place of this one, which is kept under another name: --replace {name}")));
    }
    sweep(&client, &beside).await?;
    let began = Instant::now();
    create(&client, &beside, kept).await?;
    let filled = fill(server, kept, &target.named(&beside), jobs, excluded).await;
    let done = match filled {
        Ok(()) => {
            rename(&client, &beside, &name, is_there.then(|| format!("{name}_before_{}", kept.backup.id)))
                .await
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(replaced) => {
            Ok(Restored { database: name, replaced, milliseconds: began.elapsed().as_millis() as u64 })
        }
        Err(fault) => {
            sweep(&client, &beside).await?;
            Err(fault)
        }
    }
}

async fn maintenance(target: &Database) -> Result<Client> {
    let mut last = Fault::new("no database to connect to");
    for name in MAINTENANCE {
        match client::connect(&target.named(name).url()).await {
            Ok(client) => return Ok(client),
            Err(fault) => last = fault,
        }
    }
    Err(last)
}

async fn exists(client: &Client, name: &str) -> Result<bool> {
    let row = client
        .query_one("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", &[&name])
        .await;
    row.map(|row| row.get(0)).fault()
}

/// Removes what a restore that was killed left: only a database with our comment.
async fn sweep(client: &Client, beside: &str) -> Result<()> {
    let row = client
        .query_opt(
            "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = $1",
            &[&beside],
        )
        .await
        .fault()?;
    let Some(row) = row else { return Ok(()) };
    if row.get::<_, Option<String>>(0).as_deref() != Some(COMMENT) {
        return Err(Fault::new("a database has the name that the restore needs for a while")
            .at(Place::Object(format!("database {beside}")))
            .why("it is none that a restore left")
            .next("rename it, or restore to another name"));
    }
    client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", quote_ident(beside))).await.fault()
}

async fn create(client: &Client, beside: &str, kept: &Kept) -> Result<()> {
    let [collate, ctype] = &kept.backup.locale;
    let like = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        quote_ident(beside),
        quote_literal(&kept.backup.encoding),
        quote_literal(collate),
        quote_literal(ctype)
    );
    client.batch_execute(&like).await.fault()?;
    let comment = format!("COMMENT ON DATABASE {} IS {}", quote_ident(beside), quote_literal(COMMENT));
    client.batch_execute(&comment).await.fault()
}

async fn fill(
    server: &Server,
    kept: &Kept,
    database: &Database,
    jobs: u16,
    excluded: &Excluded,
) -> Result<()> {
    let program = server.program("pg_restore").ok_or_else(|| {
        Fault::new("there is no pg_restore of this major").next("install PostgreSQL's client programs")
    })?;
    let mut command = Command::new(&program);
    command.args(["--format=directory", "--no-password", "--exit-on-error"]).arg(format!("--jobs={jobs}"));
    command.arg("--dbname").arg(&database.name).arg("--").arg(kept.files()).kill_on_drop(true);
    database.lead(&mut command);
    command.env("PGAPPNAME", "groundline restore").env("LC_ALL", "C");
    let output = command.stdin(Stdio::null()).output().await;
    let output = output.map_err(|error| Fault::io("start pg_restore", &program, &error))?;
    if !output.status.success() {
        return Err(Fault::new("pg_restore could not restore the backup")
            .at(Place::file(&kept.folder))
            .why(String::from_utf8_lossy(&output.stderr).trim())
            .next("roles and extensions that the backup names must be on the server; nothing was changed"));
    }
    let client = database.connect().await?;
    let faults = compare(&client, &kept.backup, excluded).await?;
    client.close().await;
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Fault::new("what was restored is not what was there")
            .why(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
            .next("nothing was changed; try the backup: groundline backup verify")),
    }
}

/// Gives the restored database its name, in one transaction with the other's new one.
async fn rename(client: &Client, beside: &str, name: &str, old: Option<String>) -> Result<Option<String>> {
    let mut batch = format!("COMMENT ON DATABASE {} IS NULL;", quote_ident(beside));
    if let Some(old) = &old {
        let end = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()";
        client.execute(end, &[&name]).await.fault()?;
        batch.push_str(&format!("ALTER DATABASE {} RENAME TO {};", quote_ident(name), quote_ident(old)));
    }
    batch.push_str(&format!("ALTER DATABASE {} RENAME TO {};", quote_ident(beside), quote_ident(name)));
    let renamed = client.batch_execute(&format!("BEGIN; {batch} COMMIT;")).await;
    if renamed.is_err() {
        // The transaction is over either way; the first error is the one to tell.
        let _ = client.batch_execute("ROLLBACK").await;
        let comment = format!("COMMENT ON DATABASE {} IS {}", quote_ident(beside), quote_literal(COMMENT));
        let _ = client.batch_execute(&comment).await;
    }
    renamed.fault().map(|()| old)
}
