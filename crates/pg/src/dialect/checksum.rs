//! Files that were edited after they were applied, by the checksums in a history table, and whether a checkout with other
//! line ends is all that happened.
//! Out: what a server sees of an edit (`migrate::lock`).
//! Called by `repair`.

use super::{Dialect, read_rows, source};
use groundline_core::Result;
use groundline_migrate::history::{History, Revision};
use serde::Serialize;
use tokio_postgres::Client;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A revision whose file has another checksum than the one that is recorded.
#[derive(Clone, Debug, Serialize)]
pub struct Edited {
    /// The revision's id.
    pub revision: String,
    /// How the file must be written to have the recorded checksum, where that is known.
    pub written: Option<&'static str>,
}

/// The revisions whose files are not what was recorded.
///
/// # Errors
/// The server's, and a file whose checksum can't be taken.
pub async fn edited(client: &Client, dialect: &dyn Dialect, history: &History) -> Result<Vec<Edited>> {
    let Some(query) = dialect.checksums() else { return Ok(Vec::new()) };
    let mut edited = Vec::new();
    for row in read_rows(client, dialect, &query).await? {
        let [Some(version), Some(recorded)] = &row[..] else { continue };
        let Some(revision) = history.revisions.iter().find(|one| one.version == *version) else { continue };
        let text = source::text_on_disk(&revision.up)?;
        if !has(dialect, revision, &text, recorded)? {
            let written = written(dialect, revision, &text, recorded)?;
            edited.push(Edited { revision: revision.id().to_owned(), written });
        }
    }
    Ok(edited)
}

fn has(dialect: &dyn Dialect, revision: &Revision, text: &str, recorded: &str) -> Result<bool> {
    Ok(dialect.checksums_of(revision, text)?.iter().any(|one| one == recorded))
}

/// The way to write the same text that has the recorded checksum.
fn written(
    dialect: &dyn Dialect,
    revision: &Revision,
    text: &str,
    recorded: &str,
) -> Result<Option<&'static str>> {
    let bare = text.trim_start_matches(BYTE_ORDER_MARK).replace("\r\n", "\n");
    let windows = bare.replace('\n', "\r\n");
    let ways = [
        ("with LF line ends", bare.clone()),
        ("with CRLF line ends", windows.clone()),
        ("with LF line ends and a byte order mark", format!("{BYTE_ORDER_MARK}{bare}")),
        ("with CRLF line ends and a byte order mark", format!("{BYTE_ORDER_MARK}{windows}")),
        ("without the line end at its end", bare.trim_end_matches('\n').to_owned()),
        ("with a line end at its end", format!("{bare}\n")),
    ];
    for (words, text) in ways {
        if has(dialect, revision, &text, recorded)? {
            return Ok(Some(words));
        }
    }
    Ok(None)
}
