//! Running a command with a clock beside it: wall time, peak memory, and what it printed.
//! Out: what is run, and the comparison of two (`bench`).
//! Called by `bench`.

use anyhow::{Context, Result, bail};
use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// One run of a command.
pub struct Run {
    /// From its start to its end.
    pub wall: Duration,
    /// Peak resident memory of the process itself, without its children, in bytes.
    pub peak: u64,
    /// Whether it ended with 0.
    pub is_done: bool,
    /// What it wrote to stdout.
    pub output: String,
}

/// Runs a command to its end; its stderr is shown if it fails. Nothing of ours runs meanwhile: what it writes goes to
/// files, and the kernel says at the end how much memory it had (wait4(2), `ru_maxrss`).
///
/// # Errors
/// It can't be started, or ends with another exit code than 0 (done) and 1 (findings).
pub fn run(command: &mut Command) -> Result<Run> {
    let program = command.get_program().to_string_lossy().into_owned();
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("can't start {program}"))?;
    let ended = child.wait4()?;
    let wall = start.elapsed();
    if !matches!(ended.status.code(), Some(0 | 1)) {
        stderr.rewind()?;
        let mut said = Vec::new();
        stderr.read_to_end(&mut said)?;
        bail!("{program} ends with {}:\n{}", ended.status, String::from_utf8_lossy(&said));
    }
    stdout.rewind()?;
    let mut output = String::new();
    stdout.read_to_string(&mut output)?;
    Ok(Run { wall, peak: ended.rusage.maxrss, is_done: ended.status.success(), output })
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
    fn takes_the_middle() {
        let seconds = |all: &[u64]| median(all.iter().map(|n| Duration::from_secs(*n)).collect()).as_secs();
        assert_eq!(seconds(&[9, 1, 2]), 2);
        assert_eq!(seconds(&[4, 3]), 3);
        assert_eq!(seconds(&[]), 0);
    }

    #[test]
    fn measures_a_command() {
        let seen = run(Command::new("sh").args(["-c", "sleep 0.05; echo done; exit 1"])).unwrap();
        assert_eq!((seen.is_done, seen.output.as_str()), (false, "done\n"));
        assert!(seen.wall >= Duration::from_millis(50));
        assert!((100_000..1_000_000_000).contains(&seen.peak), "{} bytes", seen.peak);
        assert!(run(Command::new("sh").args(["-c", "exit 2"])).is_err());
    }
}
