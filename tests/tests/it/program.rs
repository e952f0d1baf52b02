//! The real program on the database of a test's register, with nothing of our environment.

use cadastre_tests::postgres::TestDatabase;
use cadastre_tests::register::Register;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Anything that takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program, with a folder of its own below `home`, and the keys there in common with others below it. It may crawl
/// loopback.
pub(crate) fn program(register: &Register, home: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cadastre-in-tests"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("DATABASE_URL", register.database.url().as_str())
        .env("CADASTRE_DATA_DIR", home.join(name))
        .env("CADASTRE_KEY_FILE", home.join("keys"))
        .env("CADASTRE_LISTEN", format!("127.0.0.1:{}", free_port()))
        .env("CADASTRE_ALLOW_NETWORKS", "127.0.0.0/8");
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port()
}

/// The program, killed with this value.
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it, and waits until it says that it is ready; what it says goes to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let out = File::create(log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .expect("the program starts");
        let mut program = Self { child, log: log.to_owned() };
        let began = Instant::now();
        loop {
            let said = fs::read_to_string(log).unwrap_or_default();
            if said.contains("is ready at") {
                return program;
            }
            assert!(program.child.try_wait().unwrap().is_none(), "it ended: {said}");
            assert!(began.elapsed() < PATIENCE, "it does not become ready: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has said something.
    pub(crate) async fn says(&self, words: &str) {
        let began = Instant::now();
        loop {
            let said = fs::read_to_string(&self.log).unwrap();
            if said.contains(words) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "it does not say {words}: {said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends it a signal by its number's name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits until a connection of this database waits for a lock.
pub(crate) async fn until_somebody_waits(database: &TestDatabase) {
    let mut conn = database.connect().await;
    let began = Instant::now();
    let waiting = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut conn).await.unwrap() {
        assert!(began.elapsed() < PATIENCE, "nobody comes to what is held");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Has the program register a database of another cluster as a source, which is not crawled yet.
pub(crate) fn add_source(register: &Register, home: &Path, name: &str, database: &TestDatabase) {
    let secret = home.join("secret");
    fs::write(&secret, database.cluster().password()).unwrap();
    let port = database.cluster().port().to_string();
    let added = program(register, home, "one")
        .args(["source", "add", name, "--host", "127.0.0.1", "--port", &port, "--tls", "disable"])
        .args(["--database", database.name(), "--user", "postgres", "--secret-file"])
        .arg(secret)
        .output()
        .unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
}
