//! A cluster that this process runs: for the register, and for whoever needs another one (the demo's sample company).

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::endpoint::Endpoint;
use super::home::{Held, Home};
use super::initialise::{clear, initialise, last_line};
use super::postmaster::{PATIENCE, PidFile, Postmaster, send};
use super::programs::Programs;
use crate::config::Environment;
use crate::start::StartError;

/// What a cluster is started with.
#[derive(Debug, Clone)]
pub struct Cluster {
    dir: PathBuf,
    superuser: String,
    roles: Vec<String>,
    bin: Option<PathBuf>,
    loopback: bool,
    settings: BTreeMap<&'static str, String>,
}

impl Cluster {
    /// A cluster in this directory: made where there is none, reached by a socket, with the superuser `postgres`.
    pub fn in_dir(dir: impl Into<PathBuf>) -> Self {
        let settings = [
            ("effective_cache_size", format!("{}MB", memory() / 2)),
            ("jit", "off".into()),
            ("log_line_prefix", "%m [%p] %q%u %a ".into()),
            ("log_timezone", "UTC".into()),
            ("shared_buffers", format!("{}MB", (memory() / 8).clamp(64, 1024))),
            ("timezone", "UTC".into()),
            ("unix_socket_permissions", "0700".into()),
        ];
        Cluster {
            dir: dir.into(),
            superuser: "postgres".into(),
            roles: Vec::new(),
            bin: None,
            loopback: false,
            settings: settings.into(),
        }
    }

    /// Names the superuser of a cluster that is to be made.
    #[must_use]
    pub fn superuser(mut self, name: &str) -> Self {
        self.superuser = name.to_owned();
        self
    }

    /// Keeps a random password for this role too; see [`Running::password`]. The role itself is the caller's to make.
    #[must_use]
    pub fn role(mut self, name: &str) -> Self {
        self.roles.push(name.to_owned());
        self
    }

    /// Looks for PostgreSQL's programs in this folder only, when one is given.
    #[must_use]
    pub fn programs(mut self, folder: Option<&Path>) -> Self {
        self.bin = folder.map(Path::to_owned);
        self
    }

    /// Listens on a random port of 127.0.0.1 in place of a socket, for clients that speak TCP only.
    #[must_use]
    pub fn on_loopback(mut self) -> Self {
        self.loopback = true;
        self
    }

    /// Sets a parameter of the server; it wins over postgresql.conf.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.insert(name, value.into());
        self
    }

    /// Makes the cluster where there is none, takes its lock, and starts the server or adopts the one that still
    /// runs. Returns when it accepts connections.
    pub async fn start(self) -> Result<Running, StartError> {
        let mut home = Home::new(&self.dir);
        let wrote = home.wrote()?;
        let data = home.data();
        let programs =
            Programs::find(self.bin.as_deref(), wrote.map(|major| (major, data.as_path()))).await?;
        let held = home.hold()?;
        clear(&home);
        let account = Account::for_cluster(&home.data())?;
        home.check_way(&account)?;
        let roles: Vec<&str> = self.roles.iter().chain([&self.superuser]).map(String::as_str).collect();
        let passwords = home.passwords(&roles)?;
        let password = passwords.get(&self.superuser).cloned().unwrap_or_default();
        let made = home.wrote()?.is_none();
        if made {
            initialise(&home, &programs, &account, &self.superuser, &password).await?;
        }
        let launch = Launch { home, programs, account, settings: self.settings, endpoint: Endpoint::Port(0) };
        let as_superuser = |endpoint: &Endpoint| endpoint.options(&self.superuser, &password, "postgres");
        let (launch, postmaster, adopted) = launch.first(self.loopback, as_superuser).await?;
        Ok(Running::watched(launch, postmaster, held, self.superuser, passwords, Began { made, adopted }))
    }
}

/// How a cluster came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Began {
    /// It was made just now.
    pub made: bool,
    /// Its server was left by a process that was killed, and goes on.
    pub adopted: bool,
}

/// A cluster whose server runs. Dropping it tells the server to stop; [`Running::stop`] also waits for it.
#[derive(Debug)]
pub struct Running {
    endpoint: Endpoint,
    superuser: String,
    passwords: BTreeMap<String, String>,
    /// How it came up.
    pub began: Began,
    /// The server's version, such as `15.18`.
    pub version: String,
    /// The directory given.
    pub dir: PathBuf,
    pid: Arc<AtomicI32>,
    stopping: CancellationToken,
    watch: Option<JoinHandle<()>>,
    held: Option<Held>,
}

impl Running {
    fn watched(
        launch: Launch,
        postmaster: Postmaster,
        held: Held,
        superuser: String,
        passwords: BTreeMap<String, String>,
        began: Began,
    ) -> Self {
        let pid = Arc::new(AtomicI32::new(postmaster.pid()));
        let stopping = CancellationToken::new();
        let (endpoint, version) = (launch.endpoint.clone(), launch.programs.version.clone());
        let dir = launch.home.dir.clone();
        let watch = tokio::spawn(watch(launch, postmaster, Arc::clone(&pid), stopping.clone()));
        let (watch, held) = (Some(watch), Some(held));
        Running { endpoint, superuser, passwords, began, version, dir, pid, stopping, watch, held }
    }

    /// How to connect as the superuser.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        self.options_of(&self.superuser, database)
    }

    /// How to connect as one of the roles that [`Cluster::role`] named.
    pub fn options_of(&self, role: &str, database: &str) -> PgConnectOptions {
        self.endpoint.options(role, self.password(role), database)
    }

    /// The same as a URL, for other programs; it holds the password.
    pub fn url_of(&self, role: &str, database: &str) -> String {
        self.endpoint.url(role, self.password(role), database)
    }

    /// The superuser's URL for a database; it holds the password.
    pub fn url(&self, database: &str) -> String {
        self.url_of(&self.superuser, database)
    }

    /// The port of 127.0.0.1, unless the cluster is reached by a socket.
    pub fn port(&self) -> Option<u16> {
        match self.endpoint {
            Endpoint::Socket(_) => None,
            Endpoint::Port(port) => Some(port),
        }
    }

    /// The password that was kept for a role; empty for a role that was not named.
    pub fn password(&self, role: &str) -> &str {
        self.passwords.get(role).map_or("", String::as_str)
    }

    /// Stops the server and waits until it has stopped: sessions end, a checkpoint is written.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if let Some(watch) = self.watch.take()
            && let Err(why) = watch.await
        {
            tracing::error!("the watch over PostgreSQL ended: {why}");
        }
        if let Endpoint::Socket(folder) = &self.endpoint
            && let Err(why) = fs::remove_dir(folder)
        {
            tracing::debug!("{} stays: {why}", folder.display());
        }
        self.held.take();
    }

    /// Tells the server to drop everything at once, without waiting; its next start recovers from the log.
    pub fn abandon(mut self) {
        self.watch.take().inspect(JoinHandle::abort);
        send_to(&self.pid, Signal::SIGQUIT);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.watch.is_some() {
            self.stopping.cancel();
            send_to(&self.pid, Signal::SIGINT);
        }
    }
}

fn send_to(pid: &AtomicI32, signal: Signal) {
    let pid = pid.load(Ordering::Acquire);
    if pid > 1 {
        send(pid, signal);
    }
}

/// Starts the server again when it ends without having been told to.
async fn watch(launch: Launch, mut postmaster: Postmaster, pid: Arc<AtomicI32>, stopping: CancellationToken) {
    loop {
        pid.store(postmaster.pid(), Ordering::Release);
        tokio::select! {
            () = stopping.cancelled() => break postmaster.stop(PATIENCE).await,
            () = postmaster.gone() => pid.store(0, Ordering::Release),
        }
        tracing::error!("PostgreSQL has ended by itself: starting it again");
        match raised(&launch, &stopping).await {
            Some(again) => postmaster = again,
            None => break,
        }
    }
}

async fn raised(launch: &Launch, stopping: &CancellationToken) -> Option<Postmaster> {
    let mut pause = Duration::from_millis(100);
    loop {
        match launch.adopt_or_spawn(None).await {
            Ok((postmaster, _)) => return Some(postmaster),
            Err(error) => tracing::error!("{error}"),
        }
        tokio::select! {
            () = stopping.cancelled() => return None,
            () = sleep(pause) => pause = (pause * 2).min(Duration::from_secs(5)),
        }
    }
}

/// All that one start of the server needs.
#[derive(Debug)]
struct Launch {
    home: Home,
    programs: Programs,
    account: Account,
    settings: BTreeMap<&'static str, String>,
    endpoint: Endpoint,
}

impl Launch {
    /// The first start finds the endpoint: the orphan's, else a new one. A port that somebody takes meanwhile, or a
    /// process that was killed just before it wrote its file, is worth another try.
    async fn first(
        mut self,
        loopback: bool,
        superuser: impl Fn(&Endpoint) -> PgConnectOptions,
    ) -> Result<(Self, Postmaster, bool), StartError> {
        let runtime = if loopback { Vec::new() } else { Environment::of_process().runtime_dirs() };
        let mut tries = 5;
        loop {
            let orphan =
                Postmaster::orphan(&self.home.data()).await.and_then(|_| PidFile::read(&self.home.data()));
            self.endpoint = match orphan {
                Some(file)
                    if file.socket.is_none() == loopback && (file.socket.is_some() || file.port > 0) =>
                {
                    Endpoint::of(&file)
                }
                _ => Endpoint::socket(&runtime, &self.home.dir, &self.account)?,
            };
            tries -= 1;
            match self.adopt_or_spawn(Some(superuser(&self.endpoint))).await {
                Ok((postmaster, adopted)) => return Ok((self, postmaster, adopted)),
                Err(StartError::Cluster { why, .. }) if tries > 0 && is_passing(&why) => {
                    sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The orphan, if it is there and answers, or else a new server. The flag says that it was adopted.
    async fn adopt_or_spawn(
        &self,
        superuser: Option<PgConnectOptions>,
    ) -> Result<(Postmaster, bool), StartError> {
        if let Some(orphan) = Postmaster::orphan(&self.home.data()).await {
            let pid = orphan.pid();
            if let Some(adopted) = self.adopt(orphan, superuser).await {
                tracing::info!("adopted the PostgreSQL that was left running (process {pid})");
                return Ok((adopted, true));
            }
            tracing::info!("stopped the PostgreSQL that was left running (process {pid})");
        }
        self.spawn().await.map(|postmaster| (postmaster, false))
    }

    /// Takes an orphan over that was started as we would start it, and answers. Any other is stopped.
    async fn adopt(&self, mut orphan: Postmaster, superuser: Option<PgConnectOptions>) -> Option<Postmaster> {
        let data = self.home.data();
        let stopping = PidFile::read(&data).is_some_and(|file| file.status == "stopping");
        let alike =
            fs::read_to_string(data.join("postmaster.opts")).is_ok_and(|line| line.trim() == self.line());
        let answers = !stopping && orphan.ready(&data).await.is_ok() && answers(superuser).await;
        if alike && answers {
            return Some(orphan);
        }
        orphan.stop(if answers || stopping { PATIENCE } else { Duration::from_secs(1) }).await;
        None
    }

    async fn spawn(&self) -> Result<Postmaster, StartError> {
        let failed = |why: String| StartError::Cluster { what: "PostgreSQL does not start".into(), why };
        Postmaster::forget_stranger(&self.home.data()).await.map_err(|why| failed(why.to_string()))?;
        let mut log = self.home.log()?;
        let before = log.seek(SeekFrom::End(0)).map_err(|why| failed(why.to_string()))?;
        let errors = log.try_clone().map_err(|why| failed(why.to_string()))?;
        let mut command = self.account.command(&self.programs.path("postgres"));
        // A group of its own: Ctrl-C at a terminal reaches us, and we stop it in our own order.
        command.args(self.arguments()).stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
        let child = command.spawn().map_err(|why| failed(why.to_string()))?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).unwrap_or_default();
        let mut postmaster = Postmaster::Child(child, pid);
        match postmaster.ready(&self.home.data()).await {
            Ok(()) => Ok(postmaster),
            Err(_) => Err(failed(format!(
                "{}; its log is {}",
                self.logged_since(before),
                self.home.log_path().display()
            ))),
        }
    }

    fn logged_since(&self, position: u64) -> String {
        let mut text = Vec::new();
        let read = fs::File::open(self.home.log_path()).and_then(|mut log| {
            log.seek(SeekFrom::Start(position))?;
            log.read_to_end(&mut text)
        });
        match read {
            Ok(_) => last_line(&text),
            Err(why) => why.to_string(),
        }
    }

    fn arguments(&self) -> Vec<String> {
        let settings = self.settings.iter().map(|(name, value)| (*name, value.clone()));
        let settings = settings.chain(self.endpoint.settings());
        let pairs = settings.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]);
        ["-D".to_owned(), self.home.data().display().to_string()].into_iter().chain(pairs).collect()
    }

    /// The line that the server writes into `postmaster.opts` when it is started as we start it.
    fn line(&self) -> String {
        let arguments: String = self.arguments().iter().map(|argument| format!(" \"{argument}\"")).collect();
        format!("{}{arguments}", self.programs.path("postgres").display())
    }
}

/// Whether the server answers its superuser within three seconds; one that is stopped in mid-air does not.
async fn answers(superuser: Option<PgConnectOptions>) -> bool {
    let Some(options) = superuser else { return true };
    let ask = async {
        let mut connection = options.application_name("cadastre start").connect().await?;
        connection.ping().await?;
        connection.close().await
    };
    matches!(timeout(Duration::from_secs(3), ask).await, Ok(Ok(())))
}

/// Reasons that pass by themselves: another server ends or begins at this moment, or somebody took the port.
fn is_passing(why: &str) -> bool {
    ["lock file", "in use", "could not bind", "could not create any TCP"]
        .iter()
        .any(|part| why.contains(part))
}

/// The machine's memory, or what this container may have of it, in MiB; 2048 where it cannot be told.
fn memory() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
    });
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|text| text.trim().parse::<u64>().ok()).map(|bytes| bytes >> 20);
    machine.into_iter().chain(limit).min().unwrap_or(2048)
}
