//! Stops the server when Groundline dies, on systems whose kernel does not: a shell that waits for the end of
//! a pipe which only Groundline holds. Out: Linux, which has a death signal. Called by `process`.

use groundline_core::{Fault, Result};
use rustix::process::Pid;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// A shell that outlives Groundline by one signal. Dropping it ends it without the signal.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    /// Watches over a process that Groundline started.
    pub fn over(pid: Pid) -> Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read line; kill -QUIT \"$1\"", "sh", &pid.as_raw_nonzero().to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn();
        child.map(Self).map_err(|error| Fault::new("could not watch over the server").why(error.to_string()))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Killed before its pipe closes; it may have gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;

    #[test]
    fn signals_when_its_pipe_closes_and_not_when_dropped() {
        if ignores_quit() {
            eprintln!("not run: SIGQUIT is ignored here, as a shell does for what it starts with `&`");
            return;
        }
        let start = || Command::new("sleep").arg("60").spawn().unwrap();
        let mut watched = start();
        let mut watchdog = Watchdog::over(Pid::from_child(&watched)).unwrap();
        drop(watchdog.0.stdin.take());
        assert_eq!(watched.wait().unwrap().signal(), Some(3));

        let mut spared = start();
        drop(Watchdog::over(Pid::from_child(&spared)).unwrap());
        assert_eq!(spared.try_wait().unwrap(), None);
        spared.kill().unwrap();
        spared.wait().unwrap();
    }
    /// Whether this process, and so each that it starts, ignores SIGQUIT (signal 3, bit 2).
    fn ignores_quit() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 0b100 != 0))
    }
}
