//! Commands that need the database for a moment: a private PostgreSQL that they started stops with them, however they end.

use super::Refusal;
use crate::config::Config;
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
