//! The command `fingerprint`: the digest of a database's schema.
//! Out: reading the schema (`pg::introspect`).

use crate::args::{FingerprintArgs, Format};
use crate::settings::Project;
use crate::{Exit, console};
use groundline_core::Result;
use groundline_evidence::{SchemaKey, json_text};
use groundline_pg::introspect::{self, Excluded};
use serde::Serialize;

/// What `--format json` prints; `diff` and `drift` read it.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    key: SchemaKey,
    snapshot: &'a groundline_catalog::Snapshot,
}

/// Runs `fingerprint`. It only reads, in read-only transactions of one snapshot.
pub async fn run(args: FingerprintArgs) -> Result<Exit> {
    let scope = Project::open(&args.project.args())?.scope(args.scope.profile);
    let schema = introspect::read_at(&args.url, &Excluded::outside(scope)).await?;
    console::say_scope([&schema]);
    console::say_unread(&schema);
    let key = SchemaKey::of(&schema);
    console::data(&match args.format {
        Format::Text => format!("{}\n", key.fingerprint.schema),
        Format::Json => json_text(&Printed { key, snapshot: &schema })?,
    });
    // The process ends: taking a million small values apart would take longer than to fetch them.
    std::mem::forget(schema);
    Ok(Exit::Done)
}
