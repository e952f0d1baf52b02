//! Changing what is set about a source, and taking it out of the register.

use super::check;
use super::reading::Reading;
use super::register::{Tested, taken_faults};
use super::settings::{self, Faults, Patterns, Place, Schedule};
use super::store::{self, Facts};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::store::{AssetFacts, change_assets};
use crate::catalog::{crawl, search};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::http::IfMatch;
use cadastre_access::Permit;
use cadastre_model::{Action, AssetKind, AssetState, Message, PublicId, SourceKind, Version};
use secrecy::SecretString;
use sqlx::PgConnection;

/// What is to be changed; what is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// How people call it.
    pub name: Option<String>,
    /// Where it is. Tested before it is stored.
    pub place: Option<Place>,
    /// The password of its role; needed when the place is another one.
    pub secret: Option<SecretString>,
    /// What is taken in.
    pub patterns: Option<Patterns>,
    /// When it is crawled by itself.
    pub schedule: Option<Schedule>,
    /// The namespace of its names.
    pub namespace: Option<String>,
    /// Other namespaces that mean the same.
    pub aliases: Option<Vec<String>>,
    /// How much it may be asked for what it holds.
    pub reading: Option<Reading>,
}

/// A source under its lock, with what is set.
struct Locked {
    asset: Asset,
    permit: Permit,
    facts: Facts,
    aliases: Vec<String>,
}

/// Changes a source. Nothing is written where nothing differs.
///
/// # Errors
/// `Absent`, `Forbidden`; `Stale` when it was changed since it was read; `Invalid` with the fields that are wrong.
pub async fn edit(
    app: &App,
    caller: &Caller,
    id: PublicId,
    if_match: &IfMatch,
    edit: &Edit,
) -> Result<Tested<Option<Version>>> {
    if let Some(place) = &edit.place
        && let Some(fails) = test(app, caller, id, if_match, place, edit).await?
    {
        return Ok(Tested::Fails(fails));
    }
    let mut tx = app.db().web.begin().await?;
    let source = lock(&mut tx, caller, id).await?;
    if_match.check(source.asset.counter)?;
    Failure::when_any(faults(app, edit))?;
    let next = Facts {
        place: edit.place.clone().unwrap_or_else(|| source.facts.place.clone()),
        patterns: edit.patterns.clone().unwrap_or_else(|| source.facts.patterns.clone()),
        namespace: edit.namespace.clone().unwrap_or_else(|| source.facts.namespace.clone()),
        schedule: edit.schedule.clone().unwrap_or_else(|| source.facts.schedule.clone()),
        reading: edit.reading.clone().unwrap_or_else(|| source.facts.reading.clone()),
    };
    needs_secret(&source.facts.place, &next.place, edit.secret.is_some())?;
    let aliases = edit.aliases.clone().unwrap_or_else(|| source.aliases.clone());
    let name = edit.name.as_deref().map_or(source.asset.name.as_str(), str::trim);
    let same = next == source.facts && aliases == source.aliases && name == source.asset.name;
    if same && edit.secret.is_none() {
        return Ok(Tested::Works(None));
    }
    let taken =
        store::taken(&mut tx, source.asset.id, &next.namespace, &next.place.database, &aliases).await?;
    Failure::when_any(taken_faults(taken))?;
    let version = write(app, &mut tx, &source, &caller.author, edit, &next, &aliases).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Tested::Works(Some(version)))
}

async fn write(
    app: &App,
    tx: &mut PgConnection,
    source: &Locked,
    author: &Author,
    edit: &Edit,
    next: &Facts,
    aliases: &[String],
) -> Result<Version> {
    let (id, permit) = (source.asset.id, &source.permit);
    let mut change = ChangeSet::begin_set(tx, "source.edit", author).await?;
    let mut parts = Vec::new();
    if let Some(name) = edit.name.as_deref().map(str::trim).filter(|name| *name != source.asset.name) {
        let facts = AssetFacts { name: name.to_owned(), ..facts_of(&source.asset) };
        change_assets(tx, &mut change, &[(id, facts)]).await?;
        search::reindex(tx, &[id]).await?;
        parts.push("name");
    }
    if *next != source.facts {
        store::put_facts(tx, permit, &change, id, Some(next)).await?;
        let known = [
            ("connection", next.place != source.facts.place),
            ("scope", next.patterns != source.facts.patterns),
            ("schedule", next.schedule != source.facts.schedule),
            ("reading", next.reading != source.facts.reading),
            ("namespace", next.namespace != source.facts.namespace),
        ];
        parts.extend(known.iter().filter(|(_, differs)| *differs).map(|(part, _)| *part));
    }
    if next.namespace != source.facts.namespace {
        store::move_names(tx, permit, &mut change, id, &next.namespace).await?;
    }
    if *aliases != source.aliases {
        store::put_aliases(tx, permit, &change, id, aliases).await?;
        parts.push("aliases");
    }
    if let Some(secret) = &edit.secret {
        store::put_secret(tx, permit, app.keys(), id, Some(secret)).await?;
        parts.push("secret");
    }
    change.touch(id);
    change.about(Topic::Catalogue);
    change.note("parts", parts);
    change.record_set(tx).await
}

/// Takes a source out of the register: what was found in it stays as something that is gone, with its history; its secret
/// is forgotten, its crawls stop.
///
/// # Errors
/// `Absent`, `Forbidden`, `Stale`.
pub async fn remove(
    app: &App,
    caller: &Caller,
    id: PublicId,
    if_match: &IfMatch,
    reason: Option<&str>,
) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    let source = lock(&mut tx, caller, id).await?;
    if_match.check(source.asset.counter)?;
    let version = take_out(app, &mut tx, &source, &caller.author, reason).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

/// The same beside the rights: for the command line.
///
/// # Errors
/// `Absent` when there is none.
pub async fn remove_as(app: &App, permit: Permit, author: &Author, asset: Asset) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    sqlx::query("select from assets where id = $1 for update").bind(asset.id.0).execute(&mut *tx).await?;
    let facts = store::facts(&mut tx, asset.id).await?.ok_or_else(Failure::absent)?;
    let source = Locked { asset, permit, facts, aliases: Vec::new() };
    let version = take_out(app, &mut tx, &source, author, None).await?;
    tx.commit().await?;
    Ok(version)
}

async fn take_out(
    app: &App,
    tx: &mut PgConnection,
    source: &Locked,
    author: &Author,
    reason: Option<&str>,
) -> Result<Version> {
    let (id, permit) = (source.asset.id, &source.permit);
    store::stop_tasks(tx, permit, id).await?;
    let mut change = ChangeSet::begin_set(tx, "source.remove", author).await?;
    change.because(reason);
    let datasets = crawl::close_source(tx, &mut change, id).await?;
    let gone = AssetFacts { state: AssetState::Tombstoned, ..facts_of(&source.asset) };
    change_assets(tx, &mut change, &[(id, gone)]).await?;
    store::put_aliases(tx, permit, &change, id, &[]).await?;
    store::put_facts(tx, permit, &change, id, None).await?;
    store::put_secret(tx, permit, app.keys(), id, None).await?;
    change.touch(id);
    change.about(Topic::Catalogue);
    change.note("name", source.asset.name.as_str());
    change.note("removed", datasets);
    change.record_set(tx).await
}

async fn lock(tx: &mut PgConnection, caller: &Caller, id: PublicId) -> Result<Locked> {
    let (asset, permit) = asset::lock(tx, caller, id, Action::ManageSources).await?;
    if asset.kind != AssetKind::Source {
        return Err(Failure::absent());
    }
    let facts = store::facts(tx, asset.id).await?.ok_or_else(Failure::absent)?;
    let aliases = store::aliases(tx, asset.id).await?;
    Ok(Locked { asset, permit, facts, aliases })
}

/// Tests another place before anything is locked; the checks, where it does not work.
async fn test(
    app: &App,
    caller: &Caller,
    id: PublicId,
    if_match: &IfMatch,
    place: &Place,
    edit: &Edit,
) -> Result<Option<Vec<super::reader::Check>>> {
    let (facts, stored) = {
        let mut conn = app.db().web.begin().await?;
        let source = lock(&mut conn, caller, id).await?;
        if_match.check(source.asset.counter)?;
        let stored = store::secret(&mut conn, app.keys(), source.asset.id).await?;
        (source.facts, stored)
    };
    Failure::when_any(faults(app, edit))?;
    needs_secret(&facts.place, place, edit.secret.is_some())?;
    if *place == facts.place && edit.secret.is_none() {
        return Ok(None);
    }
    let connection = place.connection(edit.secret.clone().unwrap_or(stored));
    let checks = check::check(app, SourceKind::Postgresql, &connection).await;
    Ok((!check::passed(&checks)).then_some(checks))
}

fn needs_secret(now: &Place, next: &Place, given: bool) -> Result<()> {
    if given || next.keeps_secret_of(now) {
        return Ok(());
    }
    Err(Failure::invalid("secret", Message::new("source-secret-needed")))
}

fn faults(app: &App, edit: &Edit) -> Faults {
    let secret = || edit.secret.clone().unwrap_or_default();
    let mut faults: Faults = edit.name.as_deref().and_then(settings::name_fault).into_iter().collect();
    faults.extend(edit.place.iter().flat_map(|place| settings::place_faults(&place.connection(secret()))));
    faults.extend(edit.patterns.iter().flat_map(Patterns::faults));
    faults.extend(edit.schedule.iter().flat_map(|schedule| schedule.faults(app.options().shortest_schedule)));
    faults.extend(edit.reading.iter().flat_map(Reading::faults));
    faults.extend(edit.namespace.as_deref().and_then(settings::namespace_fault));
    faults.extend(edit.aliases.as_deref().and_then(settings::aliases_fault));
    faults
}

fn facts_of(asset: &Asset) -> AssetFacts {
    AssetFacts {
        name: asset.name.clone(),
        parent: asset.parent,
        domain: asset.domain,
        sensitivity: asset.sensitivity,
        state: asset.state,
    }
}
