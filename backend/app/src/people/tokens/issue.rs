//! Making a token, and taking it back.

use crate::access::Caller;
use crate::app::App;
use crate::change::ChangeSet;
use crate::error::{Failure, FailureKind, Result};
use crate::people::naming;
use crate::people::tokens::list::{self, Token};
use cadastre_access::{Permit, TokenScopes};
use cadastre_entities::{api_token, close};
use cadastre_model::{
    Action, AssetId, Message, PersonId, PersonKind, PersonState, PublicId, TokenId, TokenScope, Version,
};
use chrono::{DateTime, Days, Months, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, TransactionTrait,
};

/// Random bytes of a token.
const BYTES: usize = 32;

/// How long a token is good for unless something else is said.
const USUAL: Days = Days::new(90);

/// How long a token is good for at most.
const LONGEST: Months = Months::new(12);

/// Tokens that one person holds at most.
const MOST: u64 = 100;

/// A token to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// When it ends; in 90 days unless said.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token that was just made: the only time that it is known.
#[derive(Debug)]
pub struct Issued {
    /// What stays of it.
    pub token: Token,
    /// The token itself, to be shown once.
    pub secret: String,
    /// What a read after it must have seen.
    pub version: Version,
}

/// Makes a token of the caller's own. One that is made by a token may do no more, and lasts no longer, than that one.
///
/// # Errors
/// `Invalid` by field; `Forbidden` when it would exceed the token that asks for it; `Conflict` when there are too many.
pub async fn issue(app: &App, caller: &Caller, new: NewToken) -> Result<Issued> {
    let permit =
        Permit::system(Action::See, AssetId::REGISTER, "a person narrows their own rights to a token");
    let new = checked(new, caller.now)?;
    if let Some(scopes) = caller.actor.token {
        within(app, caller, scopes, &new).await?;
    }
    write(app, caller, &permit, caller.person(), new).await
}

/// Makes a token of a service: it can't sign in to make its own. Nobody makes a token in a person's name but they.
///
/// # Errors
/// `Conflict` for a person or a disabled service; else as [`issue`].
pub async fn issue_to_service(app: &App, caller: &Caller, owner: PublicId, new: NewToken) -> Result<Issued> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let owner = crate::people::queries::find(&app.db().web, &permit, owner, None).await?;
    if owner.kind != PersonKind::Service {
        return Err(Failure::new(FailureKind::Conflict, "token-own-only"));
    }
    if owner.state != PersonState::Active {
        return Err(Failure::new(FailureKind::Conflict, "token-disabled"));
    }
    let new = checked(new, caller.now)?;
    if let Some(scopes) = caller.actor.token {
        within(app, caller, scopes, &new).await?;
    }
    write(app, caller, &permit, owner.id, new).await
}

fn checked(new: NewToken, now: DateTime<Utc>) -> Result<NewToken> {
    let name = new.name.trim().to_owned();
    let usual = || now.checked_add_days(USUAL);
    let latest = now.checked_add_months(LONGEST).ok_or_else(|| Failure::internal("the end of time"))?;
    let expires_at = new.expires_at.or_else(usual);
    let mut wrong = Vec::new();
    if let Some(fault) = naming::name_fault(&name) {
        wrong.push(("name".to_owned(), fault));
    }
    if !new.scopes.contains(&TokenScope::Read) {
        wrong.push(("scopes".to_owned(), Message::new("token-scope-read")));
    }
    if expires_at.is_none_or(|end| end <= now || end > latest) {
        wrong.push(("expires_at".to_owned(), Message::new("token-expiry")));
    }
    Failure::when_any(wrong)?;
    Ok(NewToken { name, scopes: new.scopes, expires_at })
}

/// Refuses what exceeds the token that asks for it.
async fn within(app: &App, caller: &Caller, scopes: TokenScopes, new: &NewToken) -> Result<()> {
    let beyond = || Failure::new(FailureKind::Forbidden, "token-beyond");
    if new.scopes.iter().any(|&scope| !scopes.contains(scope)) {
        return Err(beyond());
    }
    let own: Option<DateTime<Utc>> = sqlx::query_scalar("select expires_at from api_tokens where id = $1")
        .bind(caller.author.token.map(|id| id.0))
        .fetch_optional(&app.db().web)
        .await?;
    // Without an end of its own a new token takes the usual one, which may be later than that of the one that asks.
    if own.is_none_or(|own| new.expires_at.is_none_or(|end| end > own)) {
        return Err(beyond());
    }
    Ok(())
}

async fn write(
    app: &App,
    caller: &Caller,
    permit: &Permit,
    owner: PersonId,
    new: NewToken,
) -> Result<Issued> {
    let random = app.keys().random_text(BYTES).map_err(Failure::internal)?;
    let secret = format!("{}{random}", super::PREFIX);
    let tx = app.db().orm.begin().await?;
    let open = api_token::Entity::find()
        .filter(api_token::Column::PersonId.eq(owner.0))
        .filter(api_token::Column::ValidTo.is_null())
        .filter(api_token::Column::ExpiresAt.gt(caller.now))
        .count(&tx)
        .await?;
    if open >= MOST {
        return Err(Failure::new(FailureKind::Conflict, Message::new("token-too-many").arg("most", MOST)));
    }
    let mut change = ChangeSet::begin(&tx, "token.create", &caller.author).await?;
    let id = insert(&tx, permit, &change, owner, &new, &secret).await?;
    change.note("token", id.to_string());
    change.note("name", new.name);
    change.note("scopes", words(&new.scopes));
    let version = change.record(&tx).await?;
    tx.commit().await?;
    let token = list::find(&app.db().web, id).await?;
    Ok(Issued { token, secret, version })
}

async fn insert(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    change: &ChangeSet,
    owner: PersonId,
    new: &NewToken,
    secret: &str,
) -> Result<PublicId> {
    let row = api_token::ActiveModel {
        person_id: Set(owner.0),
        name: Set(new.name.clone()),
        token_hash: Set(super::hash(secret)),
        hint: Set(secret.chars().skip(secret.len().saturating_sub(4)).collect()),
        scopes: Set(words(&new.scopes)),
        expires_at: Set(new.expires_at.unwrap_or(change.at)),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    Ok(PublicId(row.insert(tx).await?.public_id))
}

/// The scopes as they are kept: in their order, each once.
fn words(scopes: &[TokenScope]) -> String {
    let set: TokenScopes = scopes.iter().copied().collect();
    set.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(" ")
}

/// Takes a token back: at once, on every replica. One's own, or anybody's by whoever manages people.
///
/// # Errors
/// `Absent` for a token that is not there, was revoked, or is another's.
pub async fn revoke(app: &App, caller: &Caller, id: PublicId) -> Result<Version> {
    let tx = app.db().orm.begin().await?;
    let token = api_token::Entity::find()
        .filter(api_token::Column::PublicId.eq(id.0))
        .filter(api_token::Column::ValidTo.is_null())
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or_else(Failure::absent)?;
    let permit = permit_to_revoke(caller, PersonId(token.person_id))?;
    let mut change = ChangeSet::begin(&tx, "token.revoke", &caller.author).await?;
    change.note("token", id.to_string());
    change.note("name", token.name);
    close_token(&tx, &permit, &change, TokenId(token.id)).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    Ok(version)
}

/// That a token is there is nobody's business but its owner's and of who manages people.
fn permit_to_revoke(caller: &Caller, owner: PersonId) -> Result<Permit> {
    if caller.person() == owner {
        return Ok(Permit::system(Action::See, AssetId::REGISTER, "a person takes their own token back"));
    }
    caller.permit_on_register(Action::ManagePeople).map_err(|failure| match failure.kind {
        FailureKind::Forbidden => Failure::absent(),
        _ => failure,
    })
}

async fn close_token(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    change: &ChangeSet,
    id: TokenId,
) -> Result<()> {
    close::<api_token::Entity>(tx, api_token::Column::Id.eq(id.0), change.at, change.id.0).await?;
    Ok(())
}
