//! Trying a backup: restored to a shadow, or a shadow started on it; its schema and rows compared with what was there.
//! Out: restoring it to a database of its own (`restore`).

use super::folder::{self, VERIFIED};
use super::make::{large_objects, sequences};
use super::physical::has_other_large_objects;
use super::record::{Backup, Kept, Verified};
use super::trial::Trial;
use crate::client::Client;
use crate::introspect::{self, Excluded};
use crate::proof::{self, TableSum};
use crate::server::Server;
use groundline_core::{Fault, Place, Result};

/// Restores a backup to a new database of a shadow server, or starts one on a copy of its data folder, compares, and keeps what was found beside it. `at` is now.
///
/// # Errors
/// The shadow can't be used. What is wrong with the backup itself is in the answer.
pub async fn verify(server: &Server, kept: &Kept, excluded: &Excluded, at: &str) -> Result<Verified> {
    let mut verified = Verified {
        at: at.to_owned(),
        server: server.version().to_string(),
        restore_milliseconds: 0,
        rows: kept.backup.tables.iter().map(|table| table.rows).sum(),
        faults: Vec::new(),
    };
    match Trial::stand(server, kept).await? {
        Err(fault) => verified.faults.push(fault),
        Ok(trial) => {
            verified.restore_milliseconds = trial.milliseconds;
            let client = trial.database.connect().await?;
            verified.faults = compare(&client, &kept.backup, excluded).await?;
            client.close().await;
            trial.end(server).await?;
        }
    }
    folder::write(&kept.folder, VERIFIED, &verified)?;
    Ok(verified)
}

/// What a restored database has otherwise than the backup's record says.
pub(super) async fn compare(client: &Client, backup: &Backup, excluded: &Excluded) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let schema = introspect::read(client, excluded).await?;
    if schema.server.major().number() == backup.major && schema.fingerprint().schema != backup.fingerprint {
        faults.push(Fault::new("the restored schema is another").why(format!(
            "it was {}, and is {}",
            backup.fingerprint.short(),
            schema.fingerprint().schema.short()
        )));
    }
    proof::freeze(client).await?;
    let now = async {
        Ok::<_, Fault>((proof::sums(client).await?, sequences(client).await?, large_objects(client).await?))
    };
    let now = now.await;
    proof::release(client).await?;
    let (tables, sequences, large_objects) = now?;
    faults.extend(backup.tables.iter().filter_map(|before| table(before, &tables)));
    let other = backup.sequences.iter().filter(|before| !sequences.contains(before));
    faults.extend(other.map(|(name, value)| {
        Fault::new("a sequence does not stand where it stood")
            .at(Place::Object(format!("sequence {name}")))
            .why(format!("its last value was {value}"))
    }));
    if large_objects != backup.large_objects && !has_other_large_objects(&backup.written) {
        let why = format!("there were {}, and are {large_objects}", backup.large_objects);
        faults.push(Fault::new("large objects are missing").why(why));
    }
    Ok(faults)
}

fn table(before: &TableSum, tables: &[TableSum]) -> Option<Fault> {
    let place = Place::Object(format!("table {}", before.table));
    let now = tables.iter().find(|now| now.table == before.table);
    let why = match now {
        None => "it is not there".to_owned(),
        Some(now) if now.rows != before.rows => format!("it had {} rows, and has {}", before.rows, now.rows),
        Some(now) if now.digest != before.digest => "it has other values".to_owned(),
        Some(_) => return None,
    };
    Some(Fault::new("a table is not restored as it was").at(place).why(why))
}
