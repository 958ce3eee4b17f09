//! Reading the lock file: unknown versions and keys are refused, with file, line and column.
//! Out: writing it (`write`), and what it means for the folder (`compare`).
//! Called by whoever needs a lock.

use super::{FORMAT, LOCK_FILE, Lock, Locked, LockedDown, LockedStep, Yield, Yields};
use groundline_catalog::{Fingerprint, Scope};
use groundline_core::{Digest, Fault, LineIndex, Major, Place, Position, Result};
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A lock, and where its parts are in the file.
#[derive(Clone, Debug)]
pub struct LockFile {
    /// The file.
    pub path: PathBuf,
    /// What is in it.
    pub lock: Lock,
    /// What the file's own head says, which a hand may have changed; and where.
    pub(super) head: Option<Spanned<String>>,
    pub(super) chain: Option<Digest>,
    lines: Vec<Position>,
    head_line: Option<Position>,
}

impl LockFile {
    /// Reads the lock of a folder; nothing where it has none.
    ///
    /// # Errors
    /// As [`LockFile::parse`], and a file that can't be read.
    pub fn load(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(LOCK_FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|error| {
                    Fault::new("the lock file is not UTF-8").at(Place::file(&path)).why(error.to_string())
                })?;
                Self::parse(&path, &text).map(Some)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::io("read the lock file", path, &error)),
        }
    }

    /// Reads the lock of a folder that has to have one.
    ///
    /// # Errors
    /// As [`LockFile::load`], and where there is none.
    pub fn require(folder: &Path) -> Result<Self> {
        Self::load(folder)?.ok_or_else(|| {
            Fault::new(format!("there is no {LOCK_FILE}"))
                .at(Place::file(folder))
                .next("write it: `groundline lock`")
        })
    }

    /// Reads a lock's text; `path` is for faults.
    ///
    /// # Errors
    /// A merge conflict, another format version, a key that is not known, a value that is none.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let index = LineIndex::new(text);
        let place = |span: Option<Range<usize>>| Place::File {
            path: path.to_owned(),
            position: span.map(|span| index.position(span.start)),
        };
        if let Some(start) = conflict(text) {
            return Err(Fault::new("the lock file has a merge conflict")
                .at(place(Some(start..start)))
                .why("two branches changed the history")
                .next("keep the whole file of one side (`git checkout --theirs` or `--ours`), then `groundline lock`"));
        }
        let invalid = |error: &toml::de::Error| {
            Fault::new("the lock file is not valid").at(place(error.span())).why(error.message())
        };
        let Version { version } = toml::from_str(text).map_err(|error| invalid(&error))?;
        if *version.get_ref() != i64::from(FORMAT) {
            return Err(Fault::new(format!("the lock file has format version {}", version.get_ref()))
                .at(place(Some(version.span())))
                .why(format!("this Groundline reads version {FORMAT}"))
                .next("use the Groundline that wrote it, or a newer one"));
        }
        let raw: Raw = toml::from_str(text).map_err(|error| invalid(&error))?;
        let lines = raw.revisions.iter().map(|one| index.position(one.version.span().start)).collect();
        let broken = |(span, why): (Range<usize>, &str)| {
            Fault::new("the lock file is not valid").at(place(Some(span))).why(why)
        };
        let head_line = raw.head.as_ref().map(|head| index.position(head.span().start));
        let (head, chain) = (raw.head.clone(), raw.chain);
        Ok(Self { path: path.to_owned(), lock: raw.lock().map_err(broken)?, head, chain, lines, head_line })
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The line of a locked revision, by its place in the order.
    pub(super) fn line(&self, at: usize) -> Place {
        Place::File { path: self.path.clone(), position: self.lines.get(at).copied() }
    }

    /// The line that names the head.
    pub(super) fn head_line(&self) -> Place {
        Place::File { path: self.path.clone(), position: self.head_line }
    }
}

/// Where git's marks of a conflict begin.
fn conflict(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
            return Some(start);
        }
        start += line.len();
    }
    None
}

#[derive(Deserialize)]
struct Version {
    version: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "version")]
    _version: i64,
    layout: String,
    head: Option<Spanned<String>>,
    chain: Option<Digest>,
    #[serde(default = "default_scope")]
    scope: String,
    schema_major: Option<Number>,
    #[serde(default)]
    empty: Option<Spanned<RawEmpty>>,
    #[serde(default, rename = "revision")]
    revisions: Vec<RawRevision>,
}

/// What a lock that names none was measured in.
fn default_scope() -> String {
    Scope::default().name()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEmpty {
    #[serde(default)]
    schema: BTreeMap<Key, Value>,
    #[serde(default)]
    ordered: BTreeMap<Key, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevision {
    version: Spanned<String>,
    name: String,
    #[serde(default)]
    repeatable: bool,
    up: LockedStep,
    #[serde(default)]
    down: RawDown,
    chain: Digest,
    #[serde(default)]
    schema: BTreeMap<Key, Value>,
    #[serde(default)]
    ordered: BTreeMap<Key, Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDown {
    file: Option<String>,
    text: Option<Digest>,
    sql: Option<Digest>,
    irreversible: Option<String>,
}

/// A major as a key.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Major);

/// A major as a number.
struct Number(Major);

/// `1:` and 64 digits.
#[derive(Clone, Copy)]
struct Value {
    normal_form: u16,
    digest: Digest,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Key).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer)?.to_string().parse().map(Number).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let malformed = || de::Error::custom("a fingerprint is the normal form's version, `:` and 64 digits");
        let (version, digest) = text.split_once(':').ok_or_else(malformed)?;
        let normal_form = version.parse().map_err(|_| malformed())?;
        Ok(Self { normal_form, digest: digest.parse().map_err(|_| malformed())? })
    }
}

/// What is wrong, and where.
type Broken = (Range<usize>, &'static str);

impl Raw {
    fn lock(self) -> Result<Lock, Broken> {
        let schema_major = self.schema_major.map(|number| number.0);
        let empty = match self.empty {
            Some(empty) => {
                let span = empty.span();
                let RawEmpty { schema, ordered } = empty.into_inner();
                yields(schema, &ordered, &span)?
            }
            None => Yields::default(),
        };
        let revisions = self.revisions.into_iter().map(RawRevision::locked).collect::<Result<_, _>>()?;
        Ok(Lock { layout: self.layout, scope: self.scope, schema_major, empty, revisions })
    }
}

impl RawRevision {
    fn locked(self) -> Result<Locked, Broken> {
        let span = self.version.span();
        let down = match self.down {
            RawDown { file: Some(file), text: Some(text), sql: Some(sql), irreversible: None } => {
                LockedDown::Script(LockedStep { file, text, sql })
            }
            RawDown { file: None, text: None, sql: None, irreversible: Some(reason) } => {
                LockedDown::Irreversible(reason)
            }
            RawDown { file: None, text: None, sql: None, irreversible: None } => LockedDown::None,
            _ => {
                return Err((
                    span,
                    "its down is a file, a text and an sql, or irreversible, or is not there",
                ));
            }
        };
        Ok(Locked {
            yields: yields(self.schema, &self.ordered, &span)?,
            version: self.version.into_inner(),
            name: self.name,
            repeatable: self.repeatable,
            up: self.up,
            down,
            chain: self.chain,
        })
    }
}

/// The fingerprints of one schema; each has both digests, over the same normal form.
fn yields(
    schema: BTreeMap<Key, Value>,
    ordered: &BTreeMap<Key, Value>,
    span: &Range<usize>,
) -> Result<Yields, Broken> {
    let pair = |(major, one): (Key, Value)| {
        let other = ordered.get(&major).filter(|other| other.normal_form == one.normal_form)?;
        let fingerprint = Fingerprint { schema: one.digest, ordered: other.digest };
        Some((major.0, Yield { normal_form: one.normal_form, fingerprint }))
    };
    let count = schema.len();
    let paired: BTreeMap<_, _> = schema.into_iter().filter_map(pair).collect();
    match (paired.len(), ordered.len()) == (count, count) {
        true => Ok(Yields(paired)),
        false => {
            Err((span.clone(), "schema and ordered have the same majors, each over the same normal form"))
        }
    }
}
