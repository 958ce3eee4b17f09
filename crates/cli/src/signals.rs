//! The signals that end the program, for commands that answer them themselves.
//! Called by `postgres run`, `drift --watch`, `upgrade` and `downgrade`; other commands are dropped where they stand (`main`).

use groundline_core::{Fault, Result};
use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

/// Ctrl-C, SIGTERM, and the terminal's end.
pub struct Signals {
    interrupted: tokio::signal::unix::Signal,
    terminated: tokio::signal::unix::Signal,
    hung_up: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on they are ours.
    pub fn watch() -> Result<Self> {
        let cannot = |error: std::io::Error| Fault::new("signals can't be watched").why(error.to_string());
        Ok(Self {
            interrupted: signal(SignalKind::interrupt()).map_err(cannot)?,
            terminated: signal(SignalKind::terminate()).map_err(cannot)?,
            hung_up: signal(SignalKind::hangup()).map_err(cannot)?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupted.recv() => Signal::INT,
            _ = self.terminated.recv() => Signal::TERM,
            _ = self.hung_up.recv() => Signal::HUP,
        }
    }
}
