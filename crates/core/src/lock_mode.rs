//! PostgreSQL's table-level locks, and what each of them stops.
//! Out: which statement takes which (`lint`, `pg::trace`). Called by these two and by reports.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A table-level lock, from the weakest to the strongest.
/// Source: PostgreSQL manual, 13.3.1 "Table-Level Locks".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LockMode {
    /// Reading.
    #[serde(rename = "ACCESS SHARE")]
    AccessShare,
    /// SELECT FOR UPDATE and its relatives.
    #[serde(rename = "ROW SHARE")]
    RowShare,
    /// Writing rows.
    #[serde(rename = "ROW EXCLUSIVE")]
    RowExclusive,
    /// VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT.
    #[serde(rename = "SHARE UPDATE EXCLUSIVE")]
    ShareUpdateExclusive,
    /// CREATE INDEX.
    #[serde(rename = "SHARE")]
    Share,
    /// CREATE TRIGGER, ADD FOREIGN KEY.
    #[serde(rename = "SHARE ROW EXCLUSIVE")]
    ShareRowExclusive,
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY.
    #[serde(rename = "EXCLUSIVE")]
    Exclusive,
    /// Most of ALTER TABLE, DROP, TRUNCATE.
    #[serde(rename = "ACCESS EXCLUSIVE")]
    AccessExclusive,
}

impl LockMode {
    /// All of them, from the weakest.
    pub const ALL: [LockMode; 8] = [
        LockMode::AccessShare,
        LockMode::RowShare,
        LockMode::RowExclusive,
        LockMode::ShareUpdateExclusive,
        LockMode::Share,
        LockMode::ShareRowExclusive,
        LockMode::Exclusive,
        LockMode::AccessExclusive,
    ];

    /// Its name in SQL: `ACCESS EXCLUSIVE`.
    pub fn name(self) -> &'static str {
        match self {
            LockMode::AccessShare => "ACCESS SHARE",
            LockMode::RowShare => "ROW SHARE",
            LockMode::RowExclusive => "ROW EXCLUSIVE",
            LockMode::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            LockMode::Share => "SHARE",
            LockMode::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            LockMode::Exclusive => "EXCLUSIVE",
            LockMode::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode of that name, in SQL or as `pg_locks` writes it (`AccessExclusiveLock`).
    pub fn read(text: &str) -> Option<LockMode> {
        let letters = |text: &str| -> String {
            let kept = text.chars().filter(char::is_ascii_alphabetic);
            kept.collect::<String>().to_ascii_lowercase()
        };
        let wanted = letters(text);
        let wanted = wanted.strip_suffix("lock").unwrap_or(&wanted);
        Self::ALL.into_iter().find(|mode| letters(mode.name()) == wanted)
    }

    /// Whether SELECT must wait for it.
    pub fn blocks_reads(self) -> bool {
        self == LockMode::AccessExclusive
    }

    /// Whether INSERT, UPDATE and DELETE must wait for it.
    pub fn blocks_writes(self) -> bool {
        self >= LockMode::Share
    }

    /// What must wait for it, in plain words.
    pub fn blocks(self) -> &'static str {
        match self {
            LockMode::AccessExclusive => "everything, SELECT too",
            LockMode::Exclusive => "every write and SELECT FOR UPDATE",
            LockMode::ShareRowExclusive | LockMode::Share => "every write",
            LockMode::ShareUpdateExclusive => "other DDL and VACUUM",
            LockMode::RowExclusive | LockMode::RowShare | LockMode::AccessShare => "DDL only",
        }
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::LockMode;

    #[test]
    fn names_of_both_kinds_are_read_back() {
        for mode in LockMode::ALL {
            assert_eq!(LockMode::read(mode.name()), Some(mode));
            assert_eq!(LockMode::read(&format!("{mode:?}Lock")), Some(mode));
        }
        assert_eq!(LockMode::read("SIReadLock"), None);
    }
}
