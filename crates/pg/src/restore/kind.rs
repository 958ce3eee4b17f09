//! Recognises what a snapshot is by its content, never by its name.
//! Out: reading it. Called by `restore`.

use flate2::read::MultiGzDecoder;
use groundline_core::{Fault, Place, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotKind {
    /// SQL text.
    Plain,
    /// SQL text, compressed with gzip.
    PlainGzip,
    /// `pg_dump -Fc`.
    Custom,
    /// `pg_dump -Fd`: a folder.
    Directory,
    /// `pg_dump -Ft`.
    Tar,
}

impl SnapshotKind {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            SnapshotKind::Plain => "plain SQL",
            SnapshotKind::PlainGzip => "plain SQL, gzip",
            SnapshotKind::Custom => "pg_dump custom format",
            SnapshotKind::Directory => "pg_dump directory format",
            SnapshotKind::Tar => "pg_dump tar format",
        }
    }

    /// What the file or folder is.
    ///
    /// # Errors
    /// It can't be read, is empty, or is something that can't be restored; the fault says how to make it so.
    pub fn of(path: &Path) -> Result<Self> {
        let metadata =
            std::fs::metadata(path).map_err(|error| Fault::io("read the snapshot", path, &error))?;
        if metadata.is_dir() {
            return match path.join("toc.dat").is_file() {
                true => Ok(SnapshotKind::Directory),
                false => Err(refused(path, "the folder is no snapshot: it has no `toc.dat`")
                    .next("give a dump file, or a folder that `pg_dump -Fd` made")),
            };
        }
        let file = File::open(path).map_err(|error| Fault::io("read the snapshot", path, &error))?;
        let head = head(file).map_err(|error| Fault::io("read the snapshot", path, &error))?;
        match Self::of_head(path, &head)? {
            Self::PlainGzip => {
                let file = File::open(path).map_err(|error| Fault::io("read the snapshot", path, &error))?;
                inner_of_gzip(path, file)
            }
            kind => Ok(kind),
        }
    }

    fn of_head(path: &Path, head: &[u8]) -> Result<Self> {
        let unpack = |what: &str, how: &str| Err(refused(path, what).next(how));
        match head {
            [] => Err(refused(path, "the snapshot is empty").next("dump it again")),
            [b'P', b'G', b'D', b'M', b'P', ..] => Ok(SnapshotKind::Custom),
            [0x1f, 0x8b, ..] => Ok(SnapshotKind::PlainGzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                unpack("the snapshot is compressed with zstd", "unpack it first: `zstd -d FILE`")
            }
            [0x04, 0x22, 0x4d, 0x18, ..] => {
                unpack("the snapshot is compressed with lz4", "unpack it first: `lz4 -d FILE`")
            }
            [b'B', b'Z', b'h', ..] => {
                unpack("the snapshot is compressed with bzip2", "unpack it first: `bunzip2 FILE`")
            }
            [0xfd, b'7', b'z', b'X', b'Z', ..] => {
                unpack("the snapshot is compressed with xz", "unpack it first: `xz -d FILE`")
            }
            [b'P', b'K', 3, 4, ..] => unpack("the snapshot is a zip file", "unpack it first: `unzip FILE`"),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => unpack(
                "the snapshot is UTF-16 text, as a redirection in PowerShell makes it",
                "dump with `pg_dump --file=FILE` instead of `>`",
            ),
            _ if head.get(257..262) == Some(b"ustar") => match head.starts_with(b"toc.dat\0") {
                true => Ok(SnapshotKind::Tar),
                false => unpack("the snapshot is a tar file that pg_dump did not make", "unpack it first"),
            },
            _ => Ok(SnapshotKind::Plain),
        }
    }
}

fn inner_of_gzip(path: &Path, file: File) -> Result<SnapshotKind> {
    let head = head(MultiGzDecoder::new(file)).map_err(|error| {
        refused(path, "the snapshot is truncated").why(error.to_string()).next("copy or dump it again")
    })?;
    match SnapshotKind::of_head(path, &head)? {
        SnapshotKind::Plain => Ok(SnapshotKind::PlainGzip),
        inner => Err(refused(path, format!("the snapshot is a gzip of another format: {}", inner.title()))
            .next("unpack it first: `gunzip FILE`")),
    }
}

/// The first 512 bytes, or all of a shorter file.
fn head(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(512);
    source.take(512).read_to_end(&mut head)?;
    Ok(head)
}

fn refused(path: &Path, what: impl AsRef<str>) -> Fault {
    Fault::new(what).at(Place::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn kind(content: &[u8]) -> Result<SnapshotKind> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        SnapshotKind::of(file.path())
    }

    #[test]
    fn goes_by_content() {
        assert_eq!(kind(b"SELECT 1;").unwrap(), SnapshotKind::Plain);
        assert_eq!(kind(b"PGDMP\x01\x0e").unwrap(), SnapshotKind::Custom);
        assert_eq!(kind(&gzip(b"SELECT 1;")).unwrap(), SnapshotKind::PlainGzip);
    }

    #[test]
    fn refuses_with_the_way_out() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "empty"),
            (b"\x28\xb5\x2f\xfd....", "zstd"),
            (b"\xff\xfes\0e\0", "UTF-16"),
            (&gzip(b"PGDMP\x01"), "custom"),
            (&gzip(b"SELECT 1;")[..12], "truncated"),
            (b"PK\x03\x04", "zip"),
        ];
        for (content, word) in cases {
            let fault = kind(content).unwrap_err();
            assert!(fault.what.contains(word) && fault.next.is_some(), "{word}: {fault:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(SnapshotKind::of(folder.path()).unwrap_err().what.contains("toc.dat"));
    }
}
