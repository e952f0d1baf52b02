//! `cadastre serve`: starts what there is in order, and stops it in the reverse order.

use std::io::ErrorKind;
use std::net::SocketAddr;

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;

use super::{Context, Refusal, say, say_beside};
use crate::app::{App, Options};
use crate::audit;
use crate::config::{Config, Loaded};
use crate::db::{self, Db, DbOptions, Limits};
use crate::http;
use crate::keys::{self, Keys};
use crate::people::set_up;
use crate::postgres::Database;
use crate::shutdown::Shutdown;
use crate::start::StartError;
use crate::tasks;

/// Run the register
#[derive(Debug, clap::Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let config = context.config();
        let shutdown = Shutdown::by_signal()?;
        // The cheap refusal first: a port in use must not make or start a database.
        let listener = listen(config.listen).await?;
        let database = Database::serve(config).await?;
        let life = async {
            let ended = register(&context.loaded, &database, listener, &shutdown, Alone).await;
            database.stop().await;
            ended
        };
        tokio::select! {
            ended = life => ended,
            () = shutdown.hurried() => Err(Refusal::new("asked twice to stop: went at once")),
        }
    }
}

/// What comes beside a register that is served: nothing, or the demo.
pub(super) trait Beside {
    /// Changes what the app is started with.
    fn options(&self, options: &mut Options) -> Result<(), Refusal>;

    /// Runs once the register answers at this address; says whether it goes on.
    async fn ready(&self, app: &App, address: &str) -> Result<bool, Refusal>;
}

struct Alone;

impl Beside for Alone {
    fn options(&self, _: &mut Options) -> Result<(), Refusal> {
        Ok(())
    }

    async fn ready(&self, app: &App, address: &str) -> Result<bool, Refusal> {
        say(format_args!("Cadastre is ready at {address}"))?;
        // A database that goes away just now is no reason to end: it comes back, and the link with the next start.
        match set_up::link(app).await {
            Ok(Some(path)) => say(format_args!(
                "Nobody can sign in yet. Make the first administrator within an hour at {address}{path}"
            ))?,
            Ok(None) => {}
            Err(failure) => tracing::warn!(%failure, "no link to set up the first administrator could be made"),
        }
        Ok(true)
    }
}

/// A register on a database that answers, to its last request.
pub(super) async fn register(
    loaded: &Loaded,
    database: &Database,
    listener: TcpListener,
    shutdown: &Shutdown,
    beside: impl Beside,
) -> Result<(), Refusal> {
    let config = &loaded.config;
    let pools = DbOptions {
        run: database.run.clone(),
        owner: database.owner.clone(),
        web: config.pool_web,
        tasks: config.pool_tasks,
        limits: Limits::default(),
    };
    let migrated = db::migrate(&pools).await?;
    if migrated.applied > 0 {
        tracing::info!("brought the schema up to date: {} migrations", migrated.applied);
    }
    let keys = keys(config, database).await?;
    let metrics = PrometheusBuilder::new().install_recorder().map_err(Refusal::new)?;
    let mut options = app_options(loaded);
    beside.options(&mut options)?;
    let app = App::start(options, Db::open_sealing(&pools, keys.current()), keys, metrics, shutdown.token()).await?;
    let first = async {
        let goes_on = beside.ready(&app, &config.address()).await;
        if !matches!(goes_on, Ok(true)) {
            shutdown.ask();
        }
        goes_on.map(drop)
    };
    let ((), (), (), ended) = tokio::join!(
        http::serve(&app, listener, http::router(&app)),
        tasks::work(&app),
        audit::keep(app.clone()),
        first
    );
    app.db().close().await;
    ended
}

pub(super) async fn keys(config: &Config, database: &Database) -> Result<Keys, Refusal> {
    let path = config.key_file();
    let (keys, made) = Keys::read_or_make(&path)?;
    let bound = keys::bind(&keys, &path, &database.owner).await;
    if made && bound.is_ok() {
        say_beside(format_args!("A new key file is at {}: keep a copy apart from backups.", path.display()))?;
    }
    if made && matches!(bound, Err(StartError::Keys { .. })) {
        // It seals nothing yet; left there it would be in the way of the right one.
        std::fs::remove_file(&path)?;
    }
    bound?;
    tracing::info!("sealing with key {}", keys.current());
    Ok(keys)
}

pub(super) fn app_options(loaded: &Loaded) -> Options {
    let config = &loaded.config;
    Options {
        public_url: config.public_url.clone(),
        https: config.is_https(),
        trusted_proxies: config.trusted_proxies.to_vec(),
        session_idle: *config.session_idle,
        session_absolute: *config.session_absolute,
        argon2_memory: config.argon2_memory,
        argon2_passes: config.argon2_passes,
        networks: config.allow_networks.to_vec(),
        head_file: config.head_file.clone(),
        keep_tasks: *config.keep_tasks,
        shortest_schedule: *config.shortest_schedule,
        mask_from: config.mask_from,
        keep_notices: *config.keep_notices,
        mail: config.mail_server(),
        address: config.address(),
        settings: loaded.shown(),
        ..Options::default()
    }
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|why| {
        let why = match why.kind() {
            ErrorKind::AddrInUse => "another program has this port: stop it, or choose another by --listen".into(),
            ErrorKind::PermissionDenied => "this user may not take this port: choose one above 1023".into(),
            ErrorKind::AddrNotAvailable => "this machine has no such address: choose another by --listen".into(),
            _ => why.to_string(),
        };
        StartError::Listen { address, why }
    })
}
