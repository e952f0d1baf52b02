//! A place where the real program is started, with nothing of our environment.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use cadastre_tests::soak;
use tempfile::TempDir;

/// A start that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// The number of `nobody` on Linux: an account that is everywhere and owns nothing.
const NOBODY: u32 = 65534;

/// Whose process the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// The account that runs the tests.
    Own,
    /// An ordinary user, where the tests run as root.
    Ordinary,
}

impl Account {
    pub(super) fn all() -> Vec<Self> {
        if is_root() { vec![Account::Own, Account::Ordinary] } else { vec![Account::Own] }
    }
}

pub(super) fn is_root() -> bool {
    tempfile::tempdir().unwrap().path().metadata().unwrap().uid() == 0
}

/// A home for one installation, gone with this value, and the PostgreSQL that still runs in it too.
#[derive(Debug)]
pub(super) struct Installation {
    home: TempDir,
    data: String,
    port: u16,
    account: Account,
}

impl Installation {
    pub(super) fn new() -> Self {
        Installation::of(Account::Own)
    }

    pub(super) fn of(account: Account) -> Self {
        let home = tempfile::Builder::new().prefix("cadastre-start").tempdir_in("/tmp").unwrap();
        // Root's PostgreSQL runs as somebody else, who has to get there.
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        if account == Account::Ordinary {
            chown(home.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Installation { home, data: "data".into(), port: free_port(), account }
    }

    pub(super) fn with_data(mut self, name: String) -> Self {
        self.data = name;
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path(&self.data)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The names in the data directory.
    pub(super) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.data()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    /// The server's process, as it says itself.
    pub(super) fn postmaster(&self) -> Option<i32> {
        let text = fs::read_to_string(self.data().join("postgres/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// The program with these arguments.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program());
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home.path());
        command
            .env("CADASTRE_DATA_DIR", self.data())
            .env("CADASTRE_LISTEN", format!("127.0.0.1:{}", self.port));
        if self.account == Account::Ordinary {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// Runs it to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).output().unwrap())
    }

    /// Starts `serve` and waits until it says that it is ready.
    pub(super) fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    pub(super) fn serve_with(&self, more: &[&str]) -> Serving {
        let serving = self.begin(more);
        assert!(serving.becomes_ready(), "not ready: {}", serving.words());
        serving
    }

    /// Starts `serve` without waiting.
    pub(super) fn begin(&self, more: &[&str]) -> Serving {
        let mut command = self.command(&["serve"]);
        Serving::start(command.args(more), &self.path("output"), self.port)
    }

    /// Another user cannot enter the folders where tests are built.
    fn program(&self) -> PathBuf {
        if self.account == Account::Own {
            return program().to_owned();
        }
        let copy = self.path("cadastre");
        if !copy.exists() {
            fs::hard_link(program(), &copy).or_else(|_| fs::copy(program(), &copy).map(drop)).unwrap();
        }
        copy
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster().filter(|pid| is_postgresql(*pid)) {
            signal(pid, "CONT");
            signal(pid, "QUIT");
            if !std::thread::panicking() {
                wait_until(|| !is_alive(pid));
            }
        }
    }
}

/// A command that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The one line that says why, of a command that was refused with this code.
    pub(super) fn refusal(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        let mut lines = self.err.lines().filter(|line| line.starts_with("cadastre: "));
        let line = lines.next().unwrap();
        assert_eq!(lines.next(), None, "one line: {self:?}");
        line
    }

    pub(super) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// A `serve` that runs; dropped, it is asked to end.
#[derive(Debug)]
pub(super) struct Serving {
    child: Child,
    output: PathBuf,
    port: u16,
}

impl Serving {
    fn start(command: &mut Command, output: &Path, port: u16) -> Self {
        let file = fs::File::create(output).unwrap();
        let child =
            command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
        Serving { child, output: output.to_owned(), port }
    }

    pub(super) fn words(&self) -> String {
        fs::read_to_string(&self.output).unwrap()
    }

    pub(super) fn said(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// Waits; false when it ended before.
    pub(super) fn becomes_ready(&self) -> bool {
        wait_until(|| {
            self.said("Cadastre is ready at")
                || self.said("\ncadastre: ")
                || self.words().starts_with("cadastre: ")
        });
        self.said("Cadastre is ready at")
    }

    pub(super) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    pub(super) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    pub(super) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(super) fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        soak::count("kill -9 of serve", 1);
    }

    pub(super) fn terminate(mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    pub(super) fn wait(&mut self) -> Option<i32> {
        let child = &mut self.child;
        wait_until(|| child.try_wait().unwrap().is_some());
        child.wait().unwrap().code()
    }

    /// The status of an answer; 0 where there is none.
    pub(super) fn status(&self, path: &str) -> u16 {
        get(self.port, path).unwrap_or_default()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if self.is_running() {
            self.signal("TERM");
            // A test that fails already must not fail a second time here.
            if !std::thread::panicking() {
                self.wait();
            }
        }
    }
}

fn get(port: u16, path: &str) -> Option<u16> {
    let mut stream =
        TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Sends a signal by its name; a process that is gone is no error.
pub(super) fn signal(pid: i32, name: &str) {
    Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).stderr(Stdio::null()).status().unwrap();
}

fn is_postgresql(pid: i32) -> bool {
    is_alive(pid)
        && fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

pub(super) fn is_alive(pid: i32) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A process that nobody has waited for yet is a zombie, and gone.
    state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

pub(super) fn wait_until(mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "nothing happened for {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The program, which cargo builds before the tests.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_cadastre-in-tests"))
}
