//! What everybody does about themselves: how they read, their password, where they are signed in.

use crate::access::Caller;
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Failure, FailureKind, Result};
use crate::people::{password, sessions, store, throttle};
use cadastre_access::Permit;
use cadastre_entities::person_settings;
use cadastre_frontend::Theme;
use cadastre_model::{Action, AssetId, Language, Message, PersonId, PublicId, TokenScope};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set, TransactionTrait};
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

/// Tries to name one's old password, so that an open browser is no way to guess it.
const PASSWORD_CHANGE: throttle::Limit = throttle::Limit::new(10, Duration::from_secs(300));

/// How somebody reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The language; none: what the browser asks for.
    pub language: Option<Language>,
    /// The zone of times; none: UTC.
    pub time_zone: Option<Tz>,
    /// Light or dark; none: as the system has it.
    pub theme: Option<Theme>,
}

/// Says that a token may not be used for something about its owner. A session may be used for all of it.
pub(crate) fn needs(caller: &Caller, scope: TokenScope) -> Result<()> {
    match caller.actor.token {
        Some(scopes) if !scopes.contains(scope) => {
            Err(Failure::new(FailureKind::Forbidden, Message::new("token-lacks").arg("scope", scope)))
        }
        _ => Ok(()),
    }
}

/// How the caller reads now.
///
/// # Errors
/// When the database does not answer.
pub async fn settings(app: &App, caller: &Caller) -> Result<Settings> {
    let row: Option<(Option<String>, Option<String>, Option<String>)> =
        sqlx::query_as("select language, time_zone, theme from person_settings where person_id = $1")
            .bind(caller.person().0)
            .fetch_optional(&app.db().web)
            .await?;
    let (language, zone, theme) = row.unwrap_or_default();
    Ok(Settings {
        language: language.and_then(|word| word.parse().ok()),
        time_zone: zone.and_then(|name| name.parse().ok()),
        theme: theme.map(|word| Theme::of_word(&word)),
    })
}

/// Keeps how the caller reads. Outside change sets: it is their own use, no fact of the register.
///
/// # Errors
/// `Forbidden` to a token without `write`.
pub async fn keep_settings(app: &App, caller: &Caller, settings: &Settings) -> Result<()> {
    needs(caller, TokenScope::Write)?;
    use person_settings::Column;
    let theme = settings.theme.filter(|theme| *theme != Theme::Auto);
    let row = person_settings::ActiveModel {
        person_id: Set(caller.person().0),
        language: Set(settings.language.map(|language| language.as_str().to_owned())),
        time_zone: Set(settings.time_zone.map(|zone| zone.name().to_owned())),
        theme: Set(theme.map(|theme| theme.as_str().to_owned())),
    };
    let again = OnConflict::column(Column::PersonId)
        .update_columns([Column::Language, Column::TimeZone, Column::Theme])
        .to_owned();
    person_settings::Entity::insert(row).on_conflict(again).exec_without_returning(&app.db().orm).await?;
    Ok(())
}

/// Keeps the theme alone: of the switch that stands on every page.
pub(crate) async fn keep_theme(app: &App, person: PersonId, theme: Theme) -> Result<()> {
    let word = Some(theme).filter(|theme| *theme != Theme::Auto).map(Theme::as_str);
    sqlx::query(
        "insert into person_settings (person_id, theme) values ($1, $2)
         on conflict (person_id) do update set theme = excluded.theme",
    )
    .bind(person.0)
    .bind(word)
    .execute(&app.db().web)
    .await?;
    Ok(())
}

/// A zone by its IANA name.
///
/// # Errors
/// `Invalid` at the field `time_zone`.
pub fn zone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| Failure::invalid("time_zone", "account-zone-unknown"))
}

/// A new password of the caller's own. All their sessions end; the one from which it was asked goes on under a new id,
/// which is given back.
///
/// # Errors
/// `Invalid` at `current` or `password`; `TooMany` after ten tries; `Forbidden` to a token without `admin`.
pub async fn change_password(
    app: &App,
    caller: &Caller,
    old: &str,
    new: &str,
    session: Option<(PublicId, Option<&str>)>,
) -> Result<Option<(String, DateTime<Utc>)>> {
    needs(caller, TokenScope::Admin)?;
    let person = caller.person();
    throttle::take(app, &format!("password change {person}"), PASSWORD_CHANGE).await?;
    let (login, hash): (String, Option<String>) = sqlx::query_as(
        "select p.login, w.hash from people p left join passwords w on w.person_id = p.id where p.id = $1",
    )
    .bind(person.0)
    .fetch_one(&app.db().web)
    .await?;
    let old = if old.len() > password::LONGEST { "" } else { old };
    let (matches, _) = app.passwords().verify(old, hash.as_deref()).await?;
    if !matches {
        return Err(Failure::invalid("current", "account-old-wrong"));
    }
    if let Some(fault) = password::fault(new, &login) {
        return Err(Failure::invalid("password", fault));
    }
    if new == old {
        return Err(Failure::invalid("password", "account-same-password"));
    }
    let fresh = app.passwords().hash(new).await?;
    put_password(app, caller, person, fresh).await?;
    throttle::reset(app, &format!("password change {person}")).await?;
    match session {
        Some((_, agent)) => Ok(Some(sessions::start(app, person, caller.address, agent).await?)),
        None => Ok(None),
    }
}

async fn put_password(app: &App, caller: &Caller, person: PersonId, hash: String) -> Result<()> {
    let permit = Permit::system(Action::See, AssetId::REGISTER, "a person changes their own password");
    let tx = app.db().orm.begin().await?;
    store::put_password(&tx, &permit, person, hash, false).await?;
    store::end_sessions(&tx, &permit, person).await?;
    audit::note_orm(&tx, &Event::new("password.change").by_caller(caller)).await?;
    Ok(tx.commit().await?)
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id outside.
    pub public_id: PublicId,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen: DateTime<Utc>,
    /// From where they signed in.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: Option<String>,
}

/// The caller's sessions that are in force, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn sessions(app: &App, caller: &Caller) -> Result<Vec<Session>> {
    type Row = (Uuid, DateTime<Utc>, DateTime<Utc>, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select public_id, created_at, last_seen, host(address), agent from sessions
         where person_id = $1 and expires_at > clock_timestamp()
           and last_seen > clock_timestamp() - make_interval(secs => $2)
         order by last_seen desc, created_at desc limit 200",
    )
    .bind(caller.person().0)
    .bind(app.options().session_idle.as_secs_f64())
    .fetch_all(&app.db().web)
    .await?;
    let session = |(id, created_at, last_seen, address, agent): Row| Session {
        public_id: PublicId(id),
        created_at,
        last_seen,
        address: address.and_then(|address| address.parse().ok()),
        agent,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// `Absent` when they have none by this id; `Forbidden` to a token without `admin`.
pub async fn end_session(app: &App, caller: &Caller, id: PublicId) -> Result<()> {
    needs(caller, TokenScope::Admin)?;
    if !sessions::end(app, caller.person(), id).await? {
        return Err(Failure::absent());
    }
    audit::note(app, &Event::new("session.end").by_caller(caller)).await
}

/// Ends all of the caller's sessions but one; says how many.
///
/// # Errors
/// `Forbidden` to a token without `admin`.
pub async fn end_other_sessions(app: &App, caller: &Caller, keep: Option<PublicId>) -> Result<u64> {
    needs(caller, TokenScope::Admin)?;
    let ended = sessions::end_others(app, caller.person(), keep).await?;
    audit::note(app, &Event::new("session.end").by_caller(caller).with("sessions", ended)).await?;
    Ok(ended)
}
