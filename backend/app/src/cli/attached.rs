//! Commands that need the database for a moment: a private PostgreSQL that they started stops with them, however they end.

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio_util::sync::CancellationToken;

use super::serve::{app_options, keys};
use super::{Context, Refusal};
use crate::app::App;
use crate::config::Config;
use crate::db::{self, Db, DbOptions, Limits};
use crate::postgres::Database;
use crate::shutdown::Shutdown;

/// Does something with the register's database, also beside a running `cadastre serve`.
pub(super) async fn with_database<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Database) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let shutdown = Shutdown::by_signal()?;
    done(&shutdown, Database::attach(config).await?, work).await
}

/// Does something with an app of its own, also beside a running `cadastre serve`.
pub(super) async fn with_app<T>(
    context: &Context,
    work: impl AsyncFnOnce(&App) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let config = context.config();
    with_database(config, async |database| {
        let options = DbOptions {
            run: database.run.clone(),
            owner: database.owner.clone(),
            web: 4,
            tasks: 4,
            limits: Limits::default(),
        };
        db::migrate(&options).await?;
        let keys = keys(config, database).await?;
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let stop = CancellationToken::new();
        let app =
            App::start(app_options(&context.loaded), Db::open(&options), keys, metrics, stop.clone()).await?;
        let done = work(&app).await;
        stop.cancel();
        app.db().close().await;
        done
    })
    .await
}

/// The same where nobody else may use it: a private PostgreSQL that another process runs is refused.
pub(super) async fn with_own_database<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Database) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let shutdown = Shutdown::by_signal()?;
    done(&shutdown, Database::serve(config).await?, work).await
}

async fn done<T>(
    shutdown: &Shutdown,
    database: Database,
    work: impl AsyncFnOnce(&Database) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let done = tokio::select! {
        done = work(&database) => done,
        () = shutdown.asked() => Err(Refusal::new("stopped by a signal")),
    };
    database.stop().await;
    done
}
