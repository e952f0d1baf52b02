//! Writing people: who they are, how they prove it. Each write is in a transaction of its use case and asks for its permit.

use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use cadastre_access::Permit;
use cadastre_entities::{close, password, person, person_fact, session};
use cadastre_model::{PersonId, PersonKind, PersonState, PublicId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect,
    RuntimeErr,
};

/// What may change about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    pub(crate) display_name: String,
    pub(crate) email: Option<String>,
    pub(crate) state: PersonState,
}

/// A person whose row is locked until the transaction ends.
#[derive(Debug, Clone)]
pub(crate) struct Locked {
    pub(crate) id: PersonId,
    pub(crate) kind: PersonKind,
    pub(crate) login: String,
    pub(crate) counter: i64,
    pub(crate) facts: PersonFacts,
}

/// Locks a person.
pub(crate) async fn lock(tx: &DatabaseTransaction, id: PublicId) -> Result<Locked> {
    let row = person::Entity::find()
        .filter(person::Column::PublicId.eq(id.0))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Failure::absent)?;
    let fact = person_fact::Entity::find()
        .filter(person_fact::Column::PersonId.eq(row.id))
        .filter(person_fact::Column::ValidTo.is_null())
        .one(tx)
        .await?
        .ok_or_else(|| Failure::internal("a person without facts"))?;
    Ok(Locked {
        id: PersonId(row.id),
        kind: row.kind.parse().map_err(Failure::internal)?,
        login: row.login,
        counter: row.counter,
        facts: PersonFacts {
            display_name: fact.display_name,
            email: fact.email,
            state: fact.state.parse().map_err(Failure::internal)?,
        },
    })
}

/// Adds the row of a person: their name for ever. Their facts come by [`put_facts`].
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    kind: PersonKind,
    login: &str,
) -> Result<(PersonId, PublicId)> {
    let row = person::ActiveModel {
        kind: Set(kind.as_str().to_owned()),
        login: Set(login.to_owned()),
        ..Default::default()
    };
    let made = row.insert(tx).await.map_err(|error| match violated(&error).as_deref() {
        Some("people_login") => Failure::invalid("login", "person-login-taken"),
        Some("people_look") => Failure::invalid("login", "person-login-looks-like"),
        _ => error.into(),
    })?;
    Ok((PersonId(made.id), PublicId(made.public_id)))
}

/// Closes what was true of a person and opens what is; their ETag changes.
pub(crate) async fn put_facts(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    change: &ChangeSet,
    id: PersonId,
    facts: &PersonFacts,
) -> Result<()> {
    close::<person_fact::Entity>(tx, person_fact::Column::PersonId.eq(id.0), change.at, change.id.0).await?;
    let opened = person_fact::ActiveModel {
        person_id: Set(id.0),
        display_name: Set(facts.display_name.clone()),
        email: Set(facts.email.clone()),
        state: Set(facts.state.as_str().to_owned()),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    opened.insert(tx).await?;
    person::Entity::update_many()
        .col_expr(person::Column::Counter, Expr::col(person::Column::Counter).add(1))
        .filter(person::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives a person a password, in the place of any that they had.
pub(crate) async fn put_password(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    id: PersonId,
    hash: String,
    must_change: bool,
) -> Result<()> {
    let row = password::ActiveModel {
        person_id: Set(id.0),
        hash: Set(hash),
        must_change: Set(must_change),
        set_at: Set(now(tx).await?),
    };
    let again = OnConflict::column(password::Column::PersonId)
        .update_columns([password::Column::Hash, password::Column::MustChange, password::Column::SetAt])
        .to_owned();
    password::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends every session of a person: on every replica, since each request looks its session up.
pub(crate) async fn end_sessions(tx: &DatabaseTransaction, _permit: &Permit, id: PersonId) -> Result<u64> {
    let ended = session::Entity::delete_many().filter(session::Column::PersonId.eq(id.0)).exec(tx).await?;
    Ok(ended.rows_affected)
}

/// The database's clock, for what is not a fact and so has no change set.
async fn now(tx: &DatabaseTransaction) -> Result<chrono::DateTime<chrono::Utc>> {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let row = tx
        .query_one_raw(Statement::from_string(DbBackend::Postgres, "select clock_timestamp()"))
        .await?
        .ok_or_else(|| Failure::internal("no clock"))?;
    Ok(row.try_get_by_index(0)?)
}

/// The name of the constraint that a write ran into.
pub(crate) fn violated(error: &DbErr) -> Option<String> {
    let (DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    Some(cause.as_database_error()?.constraint()?.to_owned())
}
