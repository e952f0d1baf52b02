//! Testing a connection, before it is stored and after.

use super::ground::{By, Ground};
use super::reader::{Check, Connection, Limits, Outcome, Policy, reader};
use super::settings::{self, Place};
use super::store;
use crate::access::Caller;
use crate::app::App;
use crate::audit;
use crate::catalog::asset;
use crate::error::{Failure, Result};
use cadastre_model::{Action, AssetId, AssetKind, PublicId, SourceKind};
use secrecy::SecretString;
use std::time::Duration;

/// Whoever asks for a test waits for it, so its steps together stay below the time in which every request is answered.
fn limits() -> Limits {
    Limits {
        reach: Duration::from_secs(3),
        tls: Duration::from_secs(2),
        sign_in: Duration::from_secs(2),
        query: Duration::from_millis(1500),
        lock: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// What the operator allows, and the register's own cluster.
pub(super) fn policy(app: &App) -> Policy {
    Policy {
        networks: app.options().networks.clone(),
        own: app.own_cluster().cloned(),
        limits: Limits::default(),
    }
}

/// Tests a connection, step by step.
pub(super) async fn check(app: &App, kind: SourceKind, connection: &Connection) -> Vec<Check> {
    let policy = Policy { limits: limits(), ..policy(app) };
    let checks = reader(kind, policy).check(connection).await;
    for failure in checks.iter().filter_map(|check| check.failure.as_ref()) {
        tracing::info!(class = failure.class.as_str(), cause = failure.cause, "a connection test failed");
    }
    checks
}

/// Whether a test came to its end.
pub(super) fn passed(checks: &[Check]) -> bool {
    !checks.is_empty() && checks.iter().all(|check| check.outcome != Outcome::Failed)
}

/// Tests a connection that is not registered, of a source that is to lie in a domain, or in none.
///
/// # Errors
/// `Absent` and `Forbidden` as for registering it; `Invalid` with the fields that are wrong.
pub async fn test_new(
    app: &App,
    caller: &Caller,
    domain: Option<PublicId>,
    kind: SourceKind,
    place: &Place,
    secret: SecretString,
) -> Result<Vec<Check>> {
    {
        let mut conn = app.db().web.acquire().await?;
        let _: Ground = By::Caller(caller).ground(&mut conn, domain).await?;
    }
    let connection = place.connection(secret);
    Failure::when_any(settings::place_faults(&connection))?;
    let checks = check(app, kind, &connection).await;
    note(app, caller, None, place, &checks).await?;
    Ok(checks)
}

/// Tests the connection of a source that is registered, with its own secret.
///
/// # Errors
/// `Absent` when there is none, or not for the caller; `Forbidden` for who may not manage it.
pub async fn test(app: &App, caller: &Caller, id: PublicId) -> Result<Vec<Check>> {
    let (source, facts, secret) = {
        let mut conn = app.db().web.acquire().await?;
        let (source, _permit) = asset::find(&mut *conn, caller, id, Action::ManageSources).await?;
        if source.kind != AssetKind::Source {
            return Err(Failure::absent());
        }
        let facts = store::facts(&mut conn, source.id).await?.ok_or_else(Failure::absent)?;
        (source.id, facts, store::secret(&mut conn, app.keys(), source.id).await?)
    };
    let checks = check(app, SourceKind::Postgresql, &facts.place.connection(secret)).await;
    note(app, caller, Some(source), &facts.place, &checks).await?;
    Ok(checks)
}

/// Who had the register dial where is remembered.
async fn note(
    app: &App,
    caller: &Caller,
    source: Option<AssetId>,
    place: &Place,
    checks: &[Check],
) -> Result<()> {
    let mut event = audit::Event::new("source.test")
        .by(caller.person())
        .with("host", place.host.as_str())
        .with("port", place.port)
        .with("passed", passed(checks));
    if let Some(source) = source {
        event = event.about(source);
    }
    audit::note(app, &event).await
}
