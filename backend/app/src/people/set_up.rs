//! The first administrator: by a one-time link that `serve` prints on a register without one, or from the command line.

use crate::app::App;
use crate::audit::{self, Event};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::http::Visitor;
use crate::people::person::{self, NewPerson};
use crate::people::store::{self, PersonFacts};
use crate::people::{password, sessions};
use cadastre_access::Permit;
use cadastre_entities::person_settings;
use cadastre_model::{Action, AssetId, Language, PersonId, PersonKind, PersonState, Role, Via};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait,
};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long a link works.
const GOOD_FOR: Duration = Duration::from_secs(3600);

/// Random bytes of a link.
const BYTES: usize = 32;

/// Whether anybody was ever made an administrator. From then on there is no set-up any more, also when they are gone:
/// the way back is the command line, beside the database.
const HAS_ADMINISTRATOR: &str =
    "select exists (select from grants where role = 'administrator' and effect = 'allow' and asset_id = 1)";

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Whether the first administrator is still to be made.
///
/// # Errors
/// When the database does not answer.
pub async fn is_first_start(app: &App) -> Result<bool> {
    let has: bool = sqlx::query_scalar(HAS_ADMINISTRATOR).fetch_one(&app.db().web).await?;
    Ok(!has)
}

/// Makes a link by which the first administrator is made, as a path of this register; none when there is one already.
/// Good for an hour and once. Links made before keep working until they end.
///
/// # Errors
/// When the database does not answer.
pub async fn link(app: &App) -> Result<Option<String>> {
    if !is_first_start(app).await? {
        return Ok(None);
    }
    let token = app.keys().random_text(BYTES).map_err(Failure::internal)?;
    sqlx::query("delete from setup_links where expires_at < clock_timestamp()")
        .execute(&app.db().web)
        .await?;
    sqlx::query(
        "insert into setup_links (token_hash, expires_at) values ($1, clock_timestamp() + make_interval(secs => $2))",
    )
    .bind(hash(&token))
    .bind(GOOD_FOR.as_secs_f64())
    .execute(&app.db().web)
    .await?;
    Ok(Some(cadastre_frontend::href::set_up(token)))
}

/// Until when a link works.
///
/// # Errors
/// `Absent` for one that is not known, was used or has ended, and for any once there is an administrator.
pub async fn expiry(app: &App, token: &str) -> Result<DateTime<Utc>> {
    let expires: Option<DateTime<Utc>> = sqlx::query_scalar(
        "select expires_at from setup_links
         where token_hash = $1 and used_at is null and expires_at > clock_timestamp()",
    )
    .bind(hash(token))
    .fetch_optional(&app.db().web)
    .await?;
    match expires {
        Some(expires) if is_first_start(app).await? => Ok(expires),
        _ => Err(Failure::absent()),
    }
}

/// The first administrator, as they describe themselves.
#[derive(Debug)]
pub struct First {
    /// Their names and address.
    pub person: NewPerson,
    /// The password that they chose.
    pub password: String,
    /// The language that they read.
    pub language: Option<Language>,
    /// Their browser's own name.
    pub agent: Option<String>,
}

/// Makes the first administrator and signs them in: gives the cookie's secret and its last moment. However many try at
/// once, one succeeds.
///
/// # Errors
/// `Absent` as [`expiry`]; `Invalid` by field.
pub async fn complete(
    app: &App,
    visitor: &Visitor,
    token: &str,
    first: First,
) -> Result<(String, DateTime<Utc>)> {
    // Before anything dear is done: the link.
    expiry(app, token).await?;
    let login = first.person.login.trim().to_lowercase();
    let checked = person::checked(NewPerson { kind: PersonKind::Person, ..first.person });
    let fault = password::fault(&first.password, &login);
    let new = match (checked, fault) {
        (Ok(new), None) => new,
        (Err(mut failure), Some(fault)) => {
            failure.fields.push(("password".to_owned(), fault));
            return Err(failure);
        }
        (Err(failure), None) => return Err(failure),
        (Ok(_), Some(fault)) => return Err(Failure::invalid("password", fault)),
    };
    let hash = app.passwords().hash(&first.password).await?;
    let permit = Permit::system(Action::ManagePeople, AssetId::REGISTER, "the first administrator");
    let tx = app.db().orm.begin().await?;
    use_up(&tx, token).await?;
    let (id, change) = write(&tx, &permit, visitor, new, hash, first.language).await?;
    audit::note_orm(&tx, &Event::new("set_up").by(id).at(visitor)).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    app.rights().wait_for(version).await;
    sessions::start(app, id, visitor.address, first.agent.as_deref()).await
}

/// Uses the link up, one after the other, and only while there is no administrator.
async fn use_up(tx: &DatabaseTransaction, token: &str) -> Result<()> {
    const LOCK: &str = "select pg_advisory_xact_lock(hashtext('cadastre.set_up'))";
    const USE: &str = "update setup_links set used_at = clock_timestamp()
         where token_hash = $1 and used_at is null and expires_at > clock_timestamp()";
    tx.execute_raw(Statement::from_string(DbBackend::Postgres, LOCK)).await?;
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, HAS_ADMINISTRATOR)).await?;
    let has: bool = row.ok_or_else(|| Failure::internal("no answer"))?.try_get_by_index(0)?;
    let used = tx
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, USE, [hash(token).into()]))
        .await?;
    if has || used.rows_affected() != 1 {
        return Err(Failure::absent());
    }
    Ok(())
}

async fn write(
    tx: &DatabaseTransaction,
    permit: &Permit,
    visitor: &Visitor,
    new: NewPerson,
    hash: String,
    language: Option<Language>,
) -> Result<(PersonId, ChangeSet)> {
    let (id, public_id) = store::insert(tx, permit, PersonKind::Person, &new.login).await?;
    let author = Author {
        person: Some(id),
        via: Via::Page,
        token: None,
        task: None,
        request_id: Some(visitor.request_id.clone()),
    };
    let mut change = ChangeSet::begin(tx, "register.set_up", &author).await?;
    change.about(Topic::Rights);
    change.note("person", public_id.to_string());
    change.note("login", new.login);
    let facts = PersonFacts { display_name: new.display_name, email: new.email, state: PersonState::Active };
    store::put_facts(tx, permit, &change, id, &facts).await?;
    store::put_password(tx, permit, id, hash, false).await?;
    person::give_role(tx, permit, &mut change, &author, id, Role::Administrator).await?;
    if let Some(language) = language {
        let row = person_settings::ActiveModel {
            person_id: Set(id.0),
            language: Set(Some(language.as_str().to_owned())),
            ..Default::default()
        };
        row.insert(tx).await?;
    }
    Ok((id, change))
}
