//! Sessions in a browser: 256 random bits in a cookie, their SHA-256 in the database, an end when idle and an end at
//! last. Gone at sign-out on every replica, since each request looks them up.

use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::SignedIn;
use cadastre_frontend::Theme;
use cadastre_model::{PersonId, PublicId};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use uuid::Uuid;

/// What the database knows of a cookie.
fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Starts a session and gives the secret for the cookie, and when it ends at the latest.
pub(crate) async fn start(
    app: &App,
    person: PersonId,
    address: IpAddr,
    agent: Option<&str>,
) -> Result<(String, DateTime<Utc>)> {
    let secret = app.keys().random_text(32).map_err(Failure::internal)?;
    let agent: Option<String> =
        agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(200).collect());
    let until = sqlx::query_scalar(
        "insert into sessions (token_hash, person_id, expires_at, address, agent)
         values ($1, $2, clock_timestamp() + make_interval(secs => $3), $4::inet, $5) returning expires_at",
    )
    .bind(hash(&secret))
    .bind(person.0)
    .bind(app.options().session_absolute.as_secs_f64())
    .bind(address.to_string())
    .bind(agent)
    .fetch_one(&app.db().web)
    .await?;
    Ok((secret, until))
}

#[derive(sqlx::FromRow)]
struct Row {
    session: Uuid,
    stale: bool,
    person_id: i64,
    public_id: Uuid,
    login: String,
    display_name: String,
    must_change: Option<bool>,
    language: Option<String>,
    time_zone: Option<String>,
    theme: Option<String>,
    told: bool,
}

/// The person whose session this is, if it is in force.
pub(crate) async fn find(app: &App, secret: &str) -> Result<Option<SignedIn>> {
    let hash = hash(secret);
    let row: Option<Row> = sqlx::query_as(
        "select s.public_id as session, s.last_seen < clock_timestamp() - interval '1 minute' as stale,
                p.id as person_id, p.public_id, p.login, f.display_name, w.must_change,
                e.language, e.time_zone, e.theme,
                exists (select from notices n where n.person_id = p.id and n.inbox and n.read_at is null) as told
         from sessions s
         join people p on p.id = s.person_id
         join person_facts f on f.person_id = p.id and f.valid_to is null and f.state = 'active'
         left join passwords w on w.person_id = p.id
         left join person_settings e on e.person_id = p.id
         where s.token_hash = $1 and s.expires_at > clock_timestamp()
           and s.last_seen > clock_timestamp() - make_interval(secs => $2)",
    )
    .bind(&hash)
    .bind(app.options().session_idle.as_secs_f64())
    .fetch_optional(&app.db().web)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.stale {
        sqlx::query("update sessions set last_seen = clock_timestamp() where token_hash = $1")
            .bind(&hash)
            .execute(&app.db().web)
            .await?;
    }
    Ok(Some(SignedIn {
        id: PersonId(row.person_id),
        public_id: PublicId(row.public_id),
        display_name: row.display_name,
        login: row.login,
        session: Some(PublicId(row.session)),
        token: None,
        must_change: row.must_change.unwrap_or(false),
        has_notices: row.told,
        language: row.language.and_then(|word| word.parse().ok()),
        zone: row.time_zone.and_then(|name| name.parse().ok()),
        theme: row.theme.map(|word| Theme::of_word(&word)),
    }))
}

/// Ends one session of a person.
pub(crate) async fn end(app: &App, person: PersonId, session: PublicId) -> Result<bool> {
    let ended = sqlx::query("delete from sessions where person_id = $1 and public_id = $2")
        .bind(person.0)
        .bind(session.0)
        .execute(&app.db().web)
        .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all sessions of a person but one: after a new password, at their wish, or when they are disabled.
pub(crate) async fn end_others(app: &App, person: PersonId, keep: Option<PublicId>) -> Result<u64> {
    let ended = sqlx::query("delete from sessions where person_id = $1 and public_id is distinct from $2")
        .bind(person.0)
        .bind(keep.map(|id| id.0))
        .execute(&app.db().web)
        .await?;
    Ok(ended.rows_affected())
}

/// Removes what has ended: called now and then by a worker.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let swept = sqlx::query(
        "delete from sessions where expires_at < clock_timestamp()
            or last_seen < clock_timestamp() - make_interval(secs => $1)",
    )
    .bind(app.options().session_idle.as_secs_f64())
    .execute(&app.db().tasks)
    .await?;
    sqlx::query("delete from throttles where at < clock_timestamp() - interval '1 day'")
        .execute(&app.db().tasks)
        .await?;
    sqlx::query("delete from setup_links where expires_at < clock_timestamp() - interval '1 day'")
        .execute(&app.db().tasks)
        .await?;
    sqlx::query("delete from idempotency_keys where created_at < clock_timestamp() - interval '2 days'")
        .execute(&app.db().tasks)
        .await?;
    Ok(swept.rows_affected())
}

/// Whether a session is in force: for what goes on after its request was answered, as a stream of events. It does not
/// count as using it.
pub(crate) async fn is_in_force(app: &App, session: PublicId) -> Result<bool> {
    let found = sqlx::query_scalar(
        "select exists (select from sessions s
                        join person_facts f on f.person_id = s.person_id and f.valid_to is null and f.state = 'active'
                        where s.public_id = $1 and s.expires_at > clock_timestamp()
                          and s.last_seen > clock_timestamp() - make_interval(secs => $2))",
    )
    .bind(session.0)
    .bind(app.options().session_idle.as_secs_f64())
    .fetch_one(&app.db().web)
    .await?;
    Ok(found)
}
