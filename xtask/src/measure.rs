//! Running a command with a clock beside it: wall time, peak memory, and what it printed.
//! Out: what is run, and the comparison of two (`bench`).
//! Called by `bench`.

use anyhow::{Context, Result, bail};
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often peak memory is looked at. The kernel keeps the peak; only growth after the last look is missed.
const LOOK: Duration = Duration::from_millis(2);

/// One run of a command.
pub struct Run {
    /// From its start to its end.
    pub wall: Duration,
    /// Peak resident memory of the process itself, without its children, in bytes; unknown without `/proc`.
    pub peak: Option<u64>,
    /// What it wrote to stdout.
    pub output: String,
}

/// Runs a command to its end; its stderr is shown if it fails.
///
/// # Errors
/// It can't be started, or ends with another exit code than 0 (done) and 1 (findings).
pub fn run(command: &mut Command) -> Result<Run> {
    let program = command.get_program().to_string_lossy().into_owned();
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start {program}"))?;
    let status_file = format!("/proc/{}/status", child.id());
    let (ended, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    let output = thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                if let Some(bytes) = fs::read_to_string(&status_file).ok().and_then(|status| peak_of(&status))
                {
                    peak.fetch_max(bytes, Ordering::Relaxed);
                }
                thread::sleep(LOOK);
            }
        });
        let output = child.wait_with_output();
        ended.store(true, Ordering::Relaxed);
        output
    })?;
    let wall = start.elapsed();
    if !matches!(output.status.code(), Some(0 | 1)) {
        bail!("{program} ends with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let peak = Some(peak.into_inner()).filter(|bytes| *bytes > 0);
    Ok(Run { wall, peak, output: String::from_utf8(output.stdout)? })
}

/// `VmHWM` of a `/proc/PID/status`, in bytes (proc(5): the "high water mark" of resident memory, in kB).
fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// The middle one; of an even number, the lower of the two in the middle.
pub fn median(mut walls: Vec<Duration>) -> Duration {
    walls.sort();
    walls.get(walls.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_high_water_mark() {
        assert_eq!(peak_of("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(peak_of("Name:\tx\n"), None);
    }

    #[test]
    fn takes_the_middle() {
        let seconds = |all: &[u64]| median(all.iter().map(|n| Duration::from_secs(*n)).collect()).as_secs();
        assert_eq!(seconds(&[9, 1, 2]), 2);
        assert_eq!(seconds(&[4, 3]), 3);
        assert_eq!(seconds(&[]), 0);
    }

    #[test]
    fn measures_a_command() {
        let seen = run(Command::new("sh").args(["-c", "sleep 0.05; echo done; exit 1"])).unwrap();
        assert_eq!(seen.output, "done\n");
        assert!(seen.wall >= Duration::from_millis(50));
        assert!(run(Command::new("sh").args(["-c", "exit 2"])).is_err());
    }
}
