//! What dialects need of a revision's file: its name, its text as the tool reads it, its version as a number.
//! Out: the history tables themselves.
//! Called by the dialects.

use groundline_core::{Digest, Fault, Place, Result};
use groundline_migrate::history::{Revision, Step};
use std::borrow::Cow;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The file's text with the byte order mark that `Step::text` leaves out: tools take their checksum over it.
///
/// # Errors
/// The file is not UTF-8 on disk, so its bytes are not at hand.
pub(super) fn text_on_disk(step: &Step) -> Result<Cow<'_, str>> {
    if Digest::of(step.text.as_bytes()) == step.digest {
        return Ok(Cow::Borrowed(&step.text));
    }
    let marked = format!("{BYTE_ORDER_MARK}{}", step.text);
    match Digest::of(marked.as_bytes()) == step.digest {
        true => Ok(Cow::Owned(marked)),
        false => Err(Fault::new("the checksum for the history table can't be taken")
            .at(Place::file(&step.file))
            .why("the file is not UTF-8")
            .next("save it as UTF-8")),
    }
}

/// The file's name without its folder.
///
/// # Errors
/// The name is not UTF-8.
pub(super) fn file_name(step: &Step) -> Result<&str> {
    step.file.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_unicode(step))
}

/// The file's path below the migrations folder, with forward slashes.
///
/// # Errors
/// The path is not UTF-8.
pub(super) fn relative_path(step: &Step) -> Result<String> {
    let path = step.file.to_str().ok_or_else(|| not_unicode(step))?;
    Ok(path.replace(std::path::MAIN_SEPARATOR, "/"))
}

fn not_unicode(step: &Step) -> Fault {
    Fault::new("the file name is not UTF-8").at(Place::file(&step.file)).next("rename the file")
}

/// The version for a `bigint` column.
///
/// # Errors
/// It is not a number, or too big.
pub(super) fn number(revision: &Revision) -> Result<i64> {
    revision.version.parse().map_err(|_| {
        Fault::new(format!("version {:?} is no 64-bit number", revision.version))
            .at(Place::file(&revision.up.file))
            .why("the history table stores versions as bigint")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundline_core::Span;
    use groundline_migrate::history::{Language, Transaction};

    fn step(text: &str, bytes: &[u8]) -> Step {
        Step {
            file: "1_a.sql".into(),
            text: text.into(),
            section: Span::new(0, text.len()),
            transaction: Transaction::Wrapped,
            language: Language::Sql,
            digest: Digest::of(bytes),
        }
    }

    #[test]
    fn gives_back_the_byte_order_mark() {
        assert_eq!(text_on_disk(&step("a", b"a")).unwrap(), "a");
        assert_eq!(text_on_disk(&step("a", b"\xef\xbb\xbfa")).unwrap(), "\u{feff}a");
        assert!(text_on_disk(&step("ä", b"\xe4")).is_err());
    }
}
