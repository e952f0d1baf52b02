//! The only state there is: what the process was started with, its pools, its keys, its read models.

use crate::db::Db;
use crate::follower::{Followed, Patience};
use crate::keys::Keys;
use crate::people::password::Passwords;
use crate::sources::reader::{AllowedNetwork, OwnCluster};
use cadastre_access::Rights;
use cadastre_lineage::LineageGraph;
use cadastre_model::Sensitivity;
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;

/// What the operator decided, as far as the running app needs it.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address that people type.
    pub public_url: Option<Url>,
    /// Whether people reach it by TLS: decides about Secure cookies, `__Host-` and HSTS.
    pub https: bool,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// A session ends after this long without a request.
    pub session_idle: Duration,
    /// A session ends after this long at the latest.
    pub session_absolute: Duration,
    /// Memory of one password hash in KiB.
    pub argon2_memory: u32,
    /// Passes of one password hash.
    pub argon2_passes: u32,
    /// Private and loopback networks in which sources may lie.
    pub networks: Vec<AllowedNetwork>,
    /// Where the signed heads of the chain are appended.
    pub head_file: Option<PathBuf>,
    /// The configuration in force as it is shown to who may manage it, secrets hidden.
    pub settings: Vec<crate::config::Shown>,
    /// How long a worker holds a task without saying that it lives.
    pub lease: Duration,
    /// How long is waited for a read model that is behind.
    pub patience: Patience,
    /// The least time between two crawls that a schedule may ask for.
    pub shortest_schedule: Duration,
    /// How long tasks that are over are kept.
    pub keep_tasks: Duration,
    /// Columns of this sensitivity or above are shown to nobody.
    pub mask_from: Sensitivity,
    /// How long notices are kept.
    pub keep_notices: Duration,
    /// What arises within this time about the same dataset goes in one e-mail.
    pub gather_mail: Duration,
    /// The server that takes e-mail; without one nobody is told by e-mail.
    pub mail: Option<crate::notices::MailServer>,
    /// What links in e-mails and requests begin with.
    pub address: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: None,
            https: false,
            trusted_proxies: Vec::new(),
            session_idle: Duration::from_secs(3600),
            session_absolute: Duration::from_secs(12 * 3600),
            argon2_memory: crate::config::ARGON2_MEMORY_FLOOR,
            argon2_passes: crate::config::ARGON2_PASSES_FLOOR,
            networks: Vec::new(),
            head_file: None,
            settings: Vec::new(),
            lease: Duration::from_secs(30),
            patience: Patience::default(),
            shortest_schedule: Duration::from_secs(300),
            keep_tasks: Duration::from_secs(90 * 24 * 3600),
            mask_from: Sensitivity::Confidential,
            keep_notices: Duration::from_secs(90 * 24 * 3600),
            gather_mail: Duration::from_secs(60),
            mail: None,
            address: "http://localhost:8600".to_owned(),
        }
    }
}

/// The app. Cheap to clone: one thing behind a pointer.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: Options,
    db: Db,
    keys: Keys,
    rights: Arc<Followed<Rights>>,
    lineage: Arc<Followed<LineageGraph>>,
    intake: crate::lineage::Intake,
    passwords: Passwords,
    own_cluster: Option<OwnCluster>,
    metrics: PrometheusHandle,
    chain: crate::audit::Watch,
    started: DateTime<Utc>,
    stop: CancellationToken,
}

impl App {
    /// Loads the read models of a migrated database and starts to follow it. Serving and working come beside:
    /// [`crate::http::serve`] and [`crate::tasks::work`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(
        options: Options,
        db: Db,
        keys: Keys,
        metrics: PrometheusHandle,
        stop: CancellationToken,
    ) -> crate::error::Result<Self> {
        let rights = Followed::start(&db, options.patience, stop.clone()).await?;
        let lineage = Followed::start(&db, options.patience, stop.clone()).await?;
        let intake = crate::lineage::Intake::start(db.web.clone());
        let passwords = Passwords::new(options.argon2_memory, options.argon2_passes)?;
        let own_cluster = crate::sources::own_cluster(&db).await?;
        Ok(Self(Arc::new(Inner {
            options,
            db,
            keys,
            rights,
            lineage,
            intake,
            passwords,
            own_cluster,
            metrics,
            chain: crate::audit::Watch::default(),
            started: clock(),
            stop,
        })))
    }

    /// What the operator decided.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// The register's own PostgreSQL.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The keys that lie outside of it.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The read model of rights.
    #[must_use]
    pub fn rights(&self) -> &Arc<Followed<Rights>> {
        &self.0.rights
    }

    /// The read model of lineage.
    #[must_use]
    pub fn lineage(&self) -> &Arc<Followed<LineageGraph>> {
        &self.0.lineage
    }

    /// Where events wait to be taken in.
    pub(crate) fn intake(&self) -> &crate::lineage::Intake {
        &self.0.intake
    }

    /// What hashes passwords, two at a time.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// How the register's own cluster is recognised: it is never a source.
    #[must_use]
    pub fn own_cluster(&self) -> Option<&OwnCluster> {
        self.0.own_cluster.as_ref()
    }

    /// How far this process has walked the chain of change sets.
    #[must_use]
    pub fn chain(&self) -> &crate::audit::Watch {
        &self.0.chain
    }

    /// The process's measurements.
    #[must_use]
    pub fn metrics(&self) -> &PrometheusHandle {
        &self.0.metrics
    }

    /// The time of schedules and of what is shown. Facts carry the database's.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        clock()
    }

    /// Since when this process serves.
    #[must_use]
    pub fn started(&self) -> DateTime<Utc> {
        self.0.started
    }

    /// Whether the end has begun: no longer ready.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.stop.is_cancelled()
    }

    /// Comes back when the end begins.
    pub async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }

    /// The token of the end, for what runs beside.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.0.stop.clone()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place where the clock is read")]
fn clock() -> DateTime<Utc> {
    Utc::now()
}
