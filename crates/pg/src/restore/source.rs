//! Turns every kind of snapshot into one stream of SQL text: the file itself, unpacked, or what `pg_restore`
//! prints of an archive.
//! Out: reading the text (`reader`). Called by `restore`.
//!
//! Archives go through `pg_restore --file=-` rather than straight into the database, so that one piece of code
//! meets missing roles, unknown settings and errors, whatever the format.

use super::kind::SnapshotKind;
use super::reader::{Piece, Reader};
use flate2::read::MultiGzDecoder;
use groundline_core::{Fault, Place, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use tokio::sync::mpsc::Sender;

const BUFFER: usize = 256 << 10;

/// Where the text comes from.
pub(super) enum Source {
    Text(Box<dyn BufRead + Send>),
    Archive(Unpacking),
}

/// A running `pg_restore`; dropping it ends the program.
pub(super) struct Unpacking {
    child: Child,
    output: Option<ChildStdout>,
    messages: Option<JoinHandle<String>>,
}

impl Source {
    /// Opens a snapshot. `pg_restore` is the program, where it is needed and was found.
    ///
    /// # Errors
    /// The file can't be opened, or the program is missing or can't be started.
    pub(super) fn open(kind: SnapshotKind, path: &Path, pg_restore: Option<PathBuf>) -> Result<Self> {
        let open = || File::open(path).map_err(|error| Fault::io("read the snapshot", path, &error));
        match kind {
            SnapshotKind::Plain => Ok(Self::Text(Box::new(BufReader::with_capacity(BUFFER, open()?)))),
            SnapshotKind::PlainGzip => {
                let unpacked = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, open()?));
                Ok(Self::Text(Box::new(BufReader::with_capacity(BUFFER, unpacked))))
            }
            SnapshotKind::Custom | SnapshotKind::Directory | SnapshotKind::Tar => {
                let program = pg_restore.ok_or_else(|| {
                    Fault::new(format!("restoring a snapshot in {} needs `pg_restore`", kind.title()))
                        .at(Place::file(path))
                        .why("the PostgreSQL in use comes without it")
                        .next("install PostgreSQL's client programs, or give the snapshot as plain SQL (`pg_dump -Fp`)")
                })?;
                if kind == SnapshotKind::Tar {
                    check_tar(path, open()?)?;
                }
                Unpacking::start(&program, path).map(Self::Archive)
            }
        }
    }

    /// Reads all pieces into the channel; stops early when nobody listens any more.
    ///
    /// # Errors
    /// The snapshot can't be read to its end.
    pub(super) fn pump(self, path: &Path, pieces: &Sender<Piece>) -> Result<()> {
        match self {
            Self::Text(text) => pump(Reader::new(text, path, true), pieces).map(|_| ()),
            Self::Archive(unpacking) => unpacking.pump(path, pieces),
        }
    }
}

/// Whether everything was read.
fn pump(mut reader: Reader<impl BufRead>, pieces: &Sender<Piece>) -> Result<bool> {
    while let Some(piece) = reader.next_piece()? {
        if pieces.blocking_send(piece).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Unpacking {
    fn start(program: &Path, archive: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("--file=-").arg("--").arg(archive).env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Fault::io("start pg_restore", program, &error))?;
        let output = child.stdout.take();
        let messages = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                // What was read until an error is all there is to show.
                let _ = stderr.read_to_end(&mut text);
                String::from_utf8_lossy(&text).trim().to_owned()
            })
        });
        Ok(Self { child, output, messages })
    }

    fn pump(mut self, path: &Path, pieces: &Sender<Piece>) -> Result<()> {
        let Some(output) = self.output.take() else { return Ok(()) };
        let text = BufReader::with_capacity(BUFFER, output);
        let outcome = pump(Reader::new(text, path, false), pieces);
        if !matches!(outcome, Ok(true)) {
            // Nobody listens, or its output breaks off, in which case it has ended already.
            let _ = self.child.kill();
        }
        let status = self.child.wait().map_err(|error| Fault::io("wait for pg_restore", path, &error))?;
        let messages = self.messages.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        // Ended by a signal (ours) it has no code.
        let failed = status.code().is_some_and(|code| code != 0);
        match outcome {
            Ok(false) => Ok(()),
            _ if failed => Err(unpack_fault(path, &messages)),
            outcome => outcome.map(|_| ()),
        }
    }
}

impl Drop for Unpacking {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether every member is whole. `pg_restore` itself waits for ever for the end of one that breaks off (measured
/// with 15.18).
fn check_tar(path: &Path, file: File) -> Result<()> {
    let io = |error: std::io::Error| Fault::io("read the snapshot", path, &error);
    let size = file.metadata().map_err(io)?.len();
    for entry in tar::Archive::new(file).entries_with_seek().map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.raw_file_position() + entry.size() > size {
            let member = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            return Err(Fault::new("the snapshot is truncated")
                .at(Place::file(path))
                .why(format!("the file ends inside its member {member}"))
                .next("copy or dump it again"));
        }
    }
    Ok(())
}

/// A fault with what `pg_restore` said.
fn unpack_fault(path: &Path, messages: &str) -> Fault {
    let next = match messages.contains("unsupported version") {
        true => "the dump was made by a newer PostgreSQL: install its client programs, or dump as plain SQL",
        false => "copy or dump the snapshot again",
    };
    Fault::new("pg_restore could not read the snapshot").at(Place::file(path)).why(messages).next(next)
}
