//! The server process: started as a child, or found as the orphan of a process that was killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// How often a process that is not our child is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// How long a server that answers has to stop: a large checkpoint takes seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

/// What the server writes into `postmaster.pid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) port: u16,
    pub(super) socket: Option<PathBuf>,
    /// `starting`, `ready`, `stopping`; empty while the file is being written.
    pub(super) status: String,
}

impl PidFile {
    /// The file of the cluster in `data`; none where there is none, or it names no process yet.
    pub(super) fn read(data: &Path) -> Option<Self> {
        PidFile::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    /// One value a line: process, directory, start, port, socket folder, address, shared memory, status.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let line = |number: usize| lines.get(number).copied().unwrap_or_default();
        let socket = Some(line(4)).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        Some(PidFile {
            pid: line(0).parse().ok().filter(|pid| *pid > 1)?,
            port: line(3).parse().unwrap_or_default(),
            socket,
            status: line(7).to_owned(),
        })
    }

    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }
}

/// A server process.
#[derive(Debug)]
pub(super) enum Postmaster {
    /// Started by this process.
    Child(Child, i32),
    /// Started by a process that is gone.
    Orphan(i32),
}

impl Postmaster {
    /// The orphan that still runs on the cluster in `data`. A file left by a crash, whose number another process has
    /// by now, is no orphan.
    pub(super) async fn orphan(data: &Path) -> Option<Self> {
        let file = PidFile::read(data)?;
        (alive(file.pid) && is_postmaster_of(file.pid, data).await).then_some(Postmaster::Orphan(file.pid))
    }

    /// Removes a file whose process is another program by now: PostgreSQL itself would take that program for a server
    /// where both belong to the same user. To be called by whoever holds the directory, when there is no orphan.
    pub(super) async fn forget_stranger(data: &Path) -> std::io::Result<()> {
        match PidFile::read(data) {
            Some(file) if alive(file.pid) && !is_postmaster_of(file.pid, data).await => {
                tracing::info!("process {} is no PostgreSQL any more: removing its postmaster.pid", file.pid);
                fs::remove_file(data.join("postmaster.pid"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn pid(&self) -> i32 {
        match self {
            Postmaster::Child(_, pid) | Postmaster::Orphan(pid) => *pid,
        }
    }

    /// Returns when the process has ended.
    pub(super) async fn gone(&mut self) {
        match self {
            // An error says that there is no such child any more.
            Postmaster::Child(child, _) => drop(child.wait().await),
            Postmaster::Orphan(pid) => {
                while alive(*pid) {
                    sleep(GLANCE).await;
                }
            }
        }
    }

    /// Stops the server: fast (sessions end, a checkpoint is written), at once where that takes longer than
    /// `patience`, by force last.
    pub(super) async fn stop(&mut self, patience: Duration) {
        let steps =
            [(Signal::SIGINT, patience), (Signal::SIGQUIT, patience / 2), (Signal::SIGKILL, PATIENCE)];
        for (signal, patience) in steps {
            send(self.pid(), signal);
            if timeout(patience, self.gone()).await.is_ok() {
                return;
            }
            tracing::warn!("PostgreSQL (process {}) has not stopped {patience:?} after {signal}", self.pid());
        }
    }

    /// Waits until the server accepts connections; the error is that it has ended.
    pub(super) async fn ready(&mut self, data: &Path) -> Result<(), Ended> {
        let pid = self.pid();
        let ready = async {
            while !PidFile::read(data).is_some_and(|file| file.pid == pid && file.is_ready()) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            biased;
            () = self.gone() => Err(Ended),
            () = ready => Ok(()),
        }
    }
}

/// The server ended before it was ready.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended;

/// Sends a signal; a process that is gone is no error.
pub(super) fn send(pid: i32, signal: Signal) {
    if let Err(why) = kill(Pid::from_raw(pid), signal) {
        tracing::debug!("{signal} to process {pid}: {why}");
    }
}

fn alive(pid: i32) -> bool {
    !matches!(kill(Pid::from_raw(pid), None), Err(nix::Error::ESRCH))
}

/// Whether this process is a PostgreSQL server that works in `data`: it changes into its directory when it starts.
async fn is_postmaster_of(pid: i32, data: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{pid}"));
    if process.exists() {
        let is_postgres =
            fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim() == "postgres");
        return is_postgres && fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data);
    }
    let mut ps = Command::new("ps");
    ps.args(["-o", "command=", "-p", &pid.to_string()]).stdin(Stdio::null()).stderr(Stdio::null());
    let Ok(output) = ps.output().await else { return false };
    let command = String::from_utf8_lossy(&output.stdout).into_owned();
    command.contains("postgres") && command.contains(&data.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "4711\n/srv/postgres\n1763697600\n5432\n/run/cadastre-1\n\n  1234 5\nready   \n";

    #[test]
    fn the_pid_file_says_process_place_and_status() {
        let file = PidFile::parse(FILE).unwrap();
        assert_eq!((file.pid, file.port, file.is_ready()), (4711, 5432, true));
        assert_eq!(file.socket, Some("/run/cadastre-1".into()));
    }

    #[test]
    fn a_half_written_pid_file_is_not_ready_and_no_panic() {
        for end in 0..FILE.len() - 4 {
            assert!(!PidFile::parse(&FILE[..end]).is_some_and(|file| file.is_ready()), "{end}");
        }
        assert_eq!(PidFile::parse("1\n"), None, "init is no postmaster");
    }

    #[tokio::test]
    async fn another_process_with_the_number_in_the_file_is_no_orphan() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("postmaster.pid"), FILE.replace("4711", &std::process::id().to_string()))
            .unwrap();
        assert!(Postmaster::orphan(data.path()).await.is_none());
    }
}
