//! What a program expects of its database, and how a database stands to it.
//! Out: asking the database (`with_tokio_postgres`, `with_sqlx`).

use crate::history;
use std::error::Error;
use std::fmt;

/// The revisions that a program was built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    layout: String,
    head: String,
    revisions: Vec<String>,
}

/// How a database stands to what a program expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is at head.
    Ready,
    /// It has all that is expected, and these, which the program does not know: a newer release migrated it. Expand and
    /// contract is what makes this harmless.
    Ahead(Vec<String>),
    /// It lacks these.
    Behind(Vec<String>),
    /// It has no history table of the layout, or an empty one.
    Empty,
}

impl Standing {
    /// Whether the program may run: at head, or ahead of it.
    pub fn is_ready(&self) -> bool {
        matches!(self, Standing::Ready | Standing::Ahead(_))
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |versions: &[String]| match versions {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first, .., last] => format!("{} revisions from {first} to {last}", versions.len()),
        };
        match self {
            Standing::Ready => f.write_str("at the expected revision"),
            Standing::Ahead(unknown) => write!(f, "ahead of the expected revision, by {}", list(unknown)),
            Standing::Behind(missing) => write!(f, "behind: it lacks {}", list(missing)),
            Standing::Empty => f.write_str("without a history of migrations"),
        }
    }
}

/// A text that is no lock file of Groundline's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLock(String);

impl fmt::Display for NoLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a groundline.lock: {}", self.0)
    }
}

impl Error for NoLock {}

/// Why a program must not start.
#[derive(Debug)]
pub enum NotReady {
    /// The database is at another revision.
    Standing {
        /// How it stands.
        standing: Standing,
        /// What was expected.
        head: String,
    },
    /// It could not be asked.
    Unknown(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotReady::Standing { standing, head } => {
                write!(
                    f,
                    "the database is not at revision {head}, which this program was built with: it is {standing}"
                )
            }
            NotReady::Unknown(error) => write!(f, "the database's revision could not be read: {error}"),
        }
    }
}

impl Error for NotReady {}

impl Expected {
    /// Of a history's revisions, oldest first; `layout` is its id in Groundline (`sqlx`, `alembic` …).
    ///
    /// # Errors
    /// A layout that Groundline does not know.
    pub fn new(layout: &str, head: &str, revisions: Vec<String>) -> Result<Self, NoLock> {
        match history::query(layout) {
            Some(_) => Ok(Self { layout: layout.to_owned(), head: head.to_owned(), revisions }),
            None => Err(NoLock(format!("there is no layout {layout:?}"))),
        }
    }

    /// Of the text of a `groundline.lock`.
    ///
    /// # Errors
    /// It is none, or one of a newer form.
    pub fn of_lock(text: &str) -> Result<Self, NoLock> {
        let (mut layout, mut head, mut revisions) = (None, None, Vec::new());
        let (mut is_repeatable, mut version) = (false, None);
        let mut in_revisions = false;
        for line in text.lines().chain(["[[revision]]"]) {
            let (key, value) = line.split_once(" = ").unwrap_or((line, ""));
            match key {
                "[[revision]]" => {
                    revisions.extend(version.take().filter(|_| !is_repeatable));
                    (in_revisions, is_repeatable) = (true, false);
                }
                "version" if in_revisions => version = unquoted(value),
                "version" if value != "1" => {
                    return Err(NoLock(format!("it is of version {value}, this reads 1")));
                }
                "layout" => layout = unquoted(value),
                "head" => head = unquoted(value),
                "repeatable" => is_repeatable = value == "true",
                _ => {}
            }
        }
        let lacks = |what: &str| NoLock(format!("it has no {what}"));
        let head = revisions.last().cloned().or(head).ok_or_else(|| lacks("head"))?;
        Self::new(&layout.ok_or_else(|| lacks("layout"))?, &head, revisions)
    }

    /// The newest revision.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The same with another revision than head.
    ///
    /// # Errors
    /// There is no such revision.
    pub fn at(mut self, revision: &str) -> Result<Self, NoLock> {
        let place = self.revisions.iter().position(|version| version == revision);
        let place = place.ok_or_else(|| NoLock(format!("there is no revision {revision}")))?;
        self.revisions.truncate(place + 1);
        self.head = revision.to_owned();
        Ok(self)
    }

    /// The query whose first column is the applied versions as text.
    ///
    /// # Panics
    /// Never: the layout was looked up when this was made.
    pub fn query(&self) -> &'static str {
        history::query(&self.layout).unwrap_or_default()
    }

    /// How a database stands whose history table has these versions.
    pub fn judge(&self, recorded: &[String]) -> Standing {
        if recorded.is_empty() {
            return Standing::Empty;
        }
        let unknown: Vec<String> =
            recorded.iter().filter(|version| !self.revisions.contains(version)).cloned().collect();
        if history::keeps_newest_only(&self.layout) {
            return match recorded.contains(&self.head) {
                true => Standing::Ready,
                // Of a version that the program does not know, only a newer release can tell.
                false if !unknown.is_empty() => Standing::Ahead(unknown),
                false => Standing::Behind(self.after(recorded)),
            };
        }
        let known: Vec<&String> = self.revisions.iter().collect();
        // A baseline stands for all before it.
        let oldest = known.iter().position(|version| recorded.contains(version)).unwrap_or(known.len());
        let missing: Vec<String> = known[oldest..]
            .iter()
            .filter(|version| !recorded.contains(version))
            .map(|version| (*version).clone())
            .collect();
        match (recorded.contains(&self.head), missing.is_empty(), unknown.is_empty()) {
            (true, true, true) => Standing::Ready,
            (true, true, false) => Standing::Ahead(unknown),
            _ if missing.is_empty() => Standing::Behind(vec![self.head.clone()]),
            _ => Standing::Behind(missing),
        }
    }

    fn after(&self, recorded: &[String]) -> Vec<String> {
        let newest = self.revisions.iter().rposition(|version| recorded.contains(version));
        self.revisions[newest.map_or(0, |place| place + 1)..].to_vec()
    }

    #[cfg_attr(not(any(feature = "sqlx", feature = "tokio-postgres")), allow(dead_code))]
    pub(crate) fn require(&self, standing: Standing) -> Result<(), NotReady> {
        match standing.is_ready() {
            true => Ok(()),
            false => Err(NotReady::Standing { standing, head: self.head.clone() }),
        }
    }
}

/// A TOML string as the lock file has it: versions have no escapes.
fn unquoted(value: &str) -> Option<String> {
    value.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 1\nlayout = \"sqlx\"\nhead = \"3\"\nchain = \"x\"\n\n[empty]\n\n[[revision]]\nversion = \"1\"\nname = \"a\"\n\n[[revision]]\nversion = \"2\"\n\n[[revision]]\nversion = \"3\"\n";

    fn judge(lock: &str, recorded: &[&str]) -> Standing {
        let recorded: Vec<String> = recorded.iter().map(|version| (*version).to_owned()).collect();
        Expected::of_lock(lock).unwrap().judge(&recorded)
    }

    #[test]
    fn a_database_is_behind_ready_or_ahead() {
        let list = |versions: &[&str]| versions.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(judge(LOCK, &[]), Standing::Empty);
        assert_eq!(judge(LOCK, &["1", "2"]), Standing::Behind(list(&["3"])));
        assert_eq!(judge(LOCK, &["1", "3"]), Standing::Behind(list(&["2"])));
        assert_eq!(judge(LOCK, &["1", "2", "3"]), Standing::Ready);
        assert_eq!(judge(LOCK, &["2", "3"]), Standing::Ready);
        assert_eq!(judge(LOCK, &["1", "2", "3", "4"]), Standing::Ahead(list(&["4"])));
        assert_eq!(judge(LOCK, &["4"]), Standing::Behind(list(&["3"])));
        let newest_only = LOCK.replace("sqlx", "golang-migrate");
        assert_eq!(judge(&newest_only, &["3"]), Standing::Ready);
        assert_eq!(judge(&newest_only, &["1"]), Standing::Behind(list(&["2", "3"])));
        assert_eq!(judge(&newest_only, &["9"]), Standing::Ahead(list(&["9"])));
        assert_eq!(
            Expected::of_lock(LOCK).unwrap().at("2").unwrap().judge(&list(&["1", "2"])),
            Standing::Ready
        );
    }

    #[test]
    fn what_is_no_lock_is_told() {
        assert!(Expected::of_lock("").is_err());
        assert!(Expected::of_lock(&LOCK.replace("version = 1\n", "version = 2\n")).is_err());
        assert!(Expected::of_lock(&LOCK.replace("sqlx", "mine")).is_err());
        assert!(Expected::of_lock(LOCK).unwrap().at("7").is_err());
    }
}
