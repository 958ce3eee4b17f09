//! What the smoke test of an application saw.
//! Out: starting the process and asking it (`cli`).

use groundline_core::Digest;
use serde::{Deserialize, Serialize};

/// One smoke test of an application on the migrated schema.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AppSmoke {
    /// The command line that was started.
    pub command: String,
    /// Names of the environment variables that carried the database's URL or the port.
    #[serde(default)]
    pub environment: Vec<String>,
    /// The health endpoint's answer.
    pub health: Option<Probe>,
    /// The read endpoints' answers.
    pub reads: Vec<Probe>,
    /// What the process wrote.
    pub log: Option<Log>,
    /// How the process ended, in words (`stopped by SIGTERM after 40 ms`, `exit status 1 after 3 s`).
    pub exit: Option<String>,
}

impl AppSmoke {
    /// The health probe and then the reads.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.health.iter().chain(&self.reads)
    }
}

/// One HTTP request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Probe {
    /// The URL.
    pub url: String,
    /// The status; absent when there was no answer.
    pub status: Option<u16>,
    /// From the request to the end of the answer, in milliseconds.
    pub milliseconds: u64,
    /// The answer's body.
    pub body: Option<Body>,
    /// Why there was no answer.
    pub error: Option<String>,
}

impl Probe {
    /// Whether the answer was 2xx.
    pub fn answered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// A response body: its digest and its beginning.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    /// SHA-256 of all of it.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its first characters.
    pub start: String,
}

impl Body {
    /// Characters that `start` keeps.
    const START: usize = 200;

    /// Of a body. Bytes that are not UTF-8 are replaced in `start`.
    pub fn of(bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(4 * Self::START)];
        let start = String::from_utf8_lossy(head).chars().take(Self::START).collect();
        Self { digest: Digest::of(bytes), bytes: bytes.len() as u64, start }
    }
}

/// A log that lies beside the evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    /// Its file's name in the evidence folder.
    pub file: String,
    /// How many lines it has.
    pub lines: usize,
    /// Its last lines, for the report.
    pub tail: String,
}

impl Log {
    /// Lines that `tail` keeps.
    const TAIL: usize = 60;

    /// Of a log's text.
    pub fn of(file: impl Into<String>, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(Self::TAIL)..].join("\n");
        Self { file: file.into(), lines: lines.len(), tail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_end_of_a_log_and_the_start_of_a_body() {
        let text: String = (1..=100).map(|line| format!("line {line}\n")).collect();
        let log = Log::of("app.log", &text);
        assert_eq!((log.lines, log.tail.lines().next(), log.tail.lines().last()), {
            (100, Some("line 41"), Some("line 100"))
        });
        let body = Body::of("é".repeat(1000).as_bytes());
        assert_eq!((body.bytes, body.start.chars().count()), (2000, 200));
    }
}
