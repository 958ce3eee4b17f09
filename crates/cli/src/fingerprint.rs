//! The command `fingerprint`: the digest of a database's schema.
//! Out: reading the schema (`pg::introspect`).

use crate::args::{FingerprintArgs, Format};
use crate::{Exit, console};
use groundline_core::Result;
use groundline_pg::client;
use groundline_pg::introspect::{self, Excluded};

/// Runs `fingerprint`. It only reads, in one read-only transaction.
pub async fn run(args: FingerprintArgs) -> Result<Exit> {
    let client = client::connect(&args.url).await?;
    let schema = introspect::read(&client, &Excluded::bookkeeping()).await?;
    let fingerprint = schema.fingerprint();
    match args.format {
        Format::Text => console::data(&format!("{}\n", fingerprint.schema)),
        Format::Json => {
            let json = serde_json::json!({ "fingerprint": fingerprint, "snapshot": schema });
            console::data(&console::json(&json)?);
        }
    }
    Ok(Exit::Done)
}
