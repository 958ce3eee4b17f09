//! The server's process: started by a thread that lives as long as it does, watched, stopped.
//! Out: what it is started with (`start`). Called by `start`.

use super::account::Account;
use groundline_core::{Fault, Place, Result};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// How long the server may take for an immediate shutdown before it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// A running server process. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Process {
    pid: Pid,
    state: Arc<State>,
    #[cfg(not(target_os = "linux"))]
    _watchdog: super::watchdog::Watchdog,
}

#[derive(Debug, Default)]
struct State {
    exit: Mutex<Option<ExitStatus>>,
    ended: Condvar,
}

impl State {
    fn exit(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.exit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    /// Starts a command as the account, in a process group of its own: Ctrl-C on the terminal reaches
    /// Groundline alone, which then stops its server.
    pub fn start(mut command: Command, account: &Account) -> Result<Self> {
        account.dress(&mut command);
        command.process_group(0);
        die_with_us(&mut command);
        let state = Arc::new(State::default());
        let (started, start) = mpsc::channel();
        let program = command.get_program().to_owned();
        // Linux sends the death signal when the *thread* that started the child ends. This one ends after it.
        let watched = state.clone();
        let thread = std::thread::Builder::new().name("shadow-postgres".into()).spawn(move || {
            let (pid, child) = match command.spawn() {
                Ok(child) => (Ok(Pid::from_child(&child)), Some(child)),
                Err(error) => (Err(error.to_string()), None),
            };
            // The receiver waits for exactly this message.
            let _ = started.send(pid);
            if let Some(child) = child {
                watch(child, &watched);
            }
        });
        let fault = |error: String| {
            Fault::new("could not start PostgreSQL").at(Place::file(program.clone())).why(error)
        };
        thread.map_err(|error| fault(error.to_string()))?;
        let pid = start.recv().map_err(|error| fault(error.to_string()))?.map_err(&fault)?;
        Ok(Self {
            #[cfg(not(target_os = "linux"))]
            _watchdog: super::watchdog::Watchdog::over(pid)?,
            pid,
            state,
        })
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        *self.state.exit()
    }

    /// Shuts down at once, without a checkpoint: the data folder is about to be removed. The server removes
    /// its shared memory. Source: PostgreSQL manual, 18.5 "Shutting Down the Server".
    pub fn stop(&self) {
        for signal in [Signal::QUIT, Signal::KILL] {
            let exit = self.state.exit();
            if exit.is_some() {
                return;
            }
            // The process has not been reaped while this lock is held, so the id is still its own.
            let _ = kill_process(self.pid, signal);
            let waited = self.state.ended.wait_timeout_while(exit, STOP_PATIENCE, |exit| exit.is_none());
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits for the end without reaping, then reaps under the lock.
fn watch(mut child: Child, state: &State) {
    let pid = Pid::from_child(&child);
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
    let mut exit = state.exit();
    *exit = child.wait().ok().or_else(|| Some(ExitStatus::default()));
    drop(exit);
    state.ended.notify_all();
}

/// Has the kernel stop the server when Groundline dies, however it dies (`kill -9` included).
///
/// SIGQUIT, not SIGKILL: the server then ends its own processes and removes its shared memory.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn die_with_us(command: &mut Command) {
    use rustix::process::{getpid, getppid, set_parent_process_death_signal};
    let us = getpid();
    let set = move || {
        // A change of credentials clears the signal; the standard library changes them before it calls this.
        set_parent_process_death_signal(Some(Signal::QUIT))?;
        // We may have died before it was set.
        match getppid() == Some(us) {
            true => Ok(()),
            false => Err(std::io::ErrorKind::Interrupted.into()),
        }
    };
    // SAFETY: between fork and exec only async-signal-safe calls are allowed. The closure makes two system
    // calls (prctl, getppid), allocates nothing, takes no lock and touches no memory of other threads.
    unsafe { command.pre_exec(set) };
}

#[cfg(not(target_os = "linux"))]
fn die_with_us(_command: &mut Command) {}
