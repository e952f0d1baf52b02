//! Registering a source: the connection is tested first, and nothing is stored before it works.

use super::check;
use super::ground::{By, Ground};
use super::reader::{Check, Outcome};
use super::reading::Reading;
use super::settings::{self, Faults, Patterns, Place, Schedule};
use super::store::{self, Facts};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::search;
use crate::catalog::store::hold_tree;
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, Message, PublicId, SourceKind, Version};
use secrecy::SecretString;

/// A source to be.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// What kind of system it is.
    pub kind: SourceKind,
    /// The domain that it lies in; none: in none, which needs the right on the register itself.
    pub domain: Option<PublicId>,
    /// How people call it.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// The password of its role.
    pub secret: SecretString,
    /// What is taken in.
    pub patterns: Patterns,
    /// When it is crawled by itself.
    pub schedule: Schedule,
    /// The namespace of its names; none: that of its place.
    pub namespace: Option<String>,
    /// Other namespaces that mean the same.
    pub aliases: Vec<String>,
}

/// A source that was registered.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    /// The id inside.
    pub id: AssetId,
    /// The id outside.
    pub public_id: PublicId,
    /// The version that has it.
    pub version: Version,
}

/// What a test or a write that begins with a test came to.
#[derive(Debug, Clone)]
pub enum Tested<T> {
    /// It works, and this was done.
    Works(T),
    /// It does not work: nothing was stored.
    Fails(Vec<Check>),
}

impl<T> Tested<T> {
    /// For who can't be shown the checks: what was done, or a failure that names the step.
    ///
    /// # Errors
    /// `Invalid` with the step that failed.
    pub fn done(self) -> Result<T> {
        match self {
            Self::Works(done) => Ok(done),
            Self::Fails(checks) => Err(failure_of(&checks)),
        }
    }
}

/// The check that failed, as a failure.
pub(super) fn failure_of(checks: &[Check]) -> Failure {
    let failed = checks.iter().find(|check| check.outcome == Outcome::Failed);
    failed.map_or_else(
        || Failure::internal("a test failed without a step"),
        |check| Failure::invalid(format!("connection.{}", check.step.as_str()), check.message.clone()),
    )
}

/// Registers a source by page or API.
///
/// # Errors
/// `Absent` and `Forbidden` by the domain, or the register, in which it is to lie; `Invalid` with the fields that are
/// wrong.
pub async fn register(app: &App, caller: &Caller, new: &NewSource) -> Result<Tested<Registered>> {
    let done = register_by(app, By::Caller(caller), new).await?;
    if let Tested::Works(registered) = &done {
        caller.has_seen(registered.version).await;
    }
    Ok(done)
}

/// The same for whoever it is.
///
/// # Errors
/// As [`register`].
pub(super) async fn register_by(app: &App, by: By<'_>, new: &NewSource) -> Result<Tested<Registered>> {
    {
        let mut conn = app.db().web.acquire().await?;
        let _: Ground = by.ground(&mut conn, new.domain).await?;
    }
    Failure::when_any(faults(app, new))?;
    let connection = new.place.connection(new.secret.clone());
    let checks = check::check(app, new.kind, &connection).await;
    if !check::passed(&checks) {
        return Ok(Tested::Fails(checks));
    }
    let namespace = new.namespace.clone().unwrap_or_else(|| new.place.namespace());
    let mut tx = app.db().web.begin().await?;
    hold_tree(&mut tx).await?;
    // The test took its time, so it is asked again.
    let ground = by.ground(&mut tx, new.domain).await?;
    let permit = &ground.permit;
    let mut change = ChangeSet::begin_set(&mut tx, "source.create", by.author()).await?;
    let (id, public_id) = store::create(&mut tx, &ground, &mut change, new.kind, new.name.trim()).await?;
    let taken = store::taken(&mut tx, id, &namespace, &new.place.database, &new.aliases).await?;
    Failure::when_any(taken_faults(taken))?;
    let facts = Facts {
        place: new.place.clone(),
        patterns: new.patterns.clone(),
        namespace,
        schedule: new.schedule.clone(),
        reading: Reading::default(),
    };
    store::put_facts(&mut tx, permit, &change, id, Some(&facts)).await?;
    store::put_secret(&mut tx, permit, app.keys(), id, Some(&new.secret)).await?;
    store::put_aliases(&mut tx, permit, &change, id, &new.aliases).await?;
    search::reindex(&mut tx, &[id]).await?;
    change.about(Topic::Catalogue);
    change.note("name", new.name.trim());
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(Tested::Works(Registered { id, public_id, version }))
}

fn faults(app: &App, new: &NewSource) -> Faults {
    let mut faults: Faults = settings::name_fault(&new.name).into_iter().collect();
    faults.extend(settings::place_faults(&new.place.connection(new.secret.clone())));
    faults.extend(new.patterns.faults());
    faults.extend(new.schedule.faults(app.options().shortest_schedule));
    faults.extend(new.namespace.as_deref().and_then(settings::namespace_fault));
    faults.extend(settings::aliases_fault(&new.aliases));
    faults
}

/// That a namespace or an alias is another source's.
pub(super) fn taken_faults((namespace, aliases): (bool, bool)) -> Faults {
    let fault =
        |taken: bool, field: &str| taken.then(|| (field.to_owned(), Message::new("source-namespace-taken")));
    fault(namespace, "namespace").into_iter().chain(fault(aliases, "aliases")).collect()
}
