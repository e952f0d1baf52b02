//! Which tokens there are: never the tokens, of which nobody knows more than a hash.

use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use crate::people::queries;
use cadastre_model::{Action, PersonId, PublicId, TokenScope};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The id inside: the order in which they were made.
    pub id: i64,
    /// The id outside.
    pub public_id: PublicId,
    /// What it is for.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used: Option<DateTime<Utc>>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    name: String,
    hint: String,
    scopes: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used: Option<DateTime<Utc>>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            public_id: PublicId(row.public_id),
            name: row.name,
            hint: row.hint,
            scopes: row.scopes.split(' ').filter_map(|word| word.parse().ok()).collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used: row.last_used,
        }
    }
}

/// The caller's own tokens that were not revoked, the newest first.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub async fn own(app: &App, caller: &Caller, paging: &Paging) -> Result<Page<Token>> {
    page(app, caller.person(), paging).await
}

/// Somebody's tokens, for whoever manages people.
///
/// # Errors
/// `Forbidden`; `Absent` when there is nobody by this id.
pub async fn of_person(app: &App, caller: &Caller, id: PublicId, paging: &Paging) -> Result<Page<Token>> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let person = queries::find(&app.db().web, &permit, id, None).await?;
    page(app, person.id, paging).await
}

async fn page(app: &App, owner: PersonId, paging: &Paging) -> Result<Page<Token>> {
    const LIST: &str = "tokens";
    let (size, after) = (paging.size()?, paging.after::<i64>(app, LIST)?);
    let rows: Vec<Row> = sqlx::query_as(
        "select id, public_id, name, hint, scopes, valid_from as created_at, expires_at, last_used from api_tokens
         where person_id = $1 and valid_to is null and ($2::bigint is null or id < $2) order by id desc limit $3",
    )
    .bind(owner.0)
    .bind(after)
    .bind(size.saturating_add(1))
    .fetch_all(&app.db().web)
    .await?;
    Page::of(rows.into_iter().map(Token::from).collect(), size, app, LIST, |token: &Token| token.id)
}

/// One that the caller may take back: their own, or anybody's where they manage people.
///
/// # Errors
/// `Absent` for any other.
pub async fn revocable(app: &App, caller: &Caller, id: PublicId) -> Result<Token> {
    let owner: Option<i64> =
        sqlx::query_scalar("select person_id from api_tokens where public_id = $1 and valid_to is null")
            .bind(id.0)
            .fetch_optional(&app.db().web)
            .await?;
    let owner = owner.map(PersonId).ok_or_else(Failure::absent)?;
    if caller.person() != owner && caller.permit_on_register(Action::ManagePeople).is_err() {
        return Err(Failure::absent());
    }
    find(&app.db().web, id).await
}

/// One, just made.
pub(super) async fn find(db: impl PgExecutor<'_>, id: PublicId) -> Result<Token> {
    let row: Option<Row> = sqlx::query_as(
        "select id, public_id, name, hint, scopes, valid_from as created_at, expires_at, last_used from api_tokens
         where public_id = $1",
    )
    .bind(id.0)
    .fetch_optional(db)
    .await?;
    Ok(row.ok_or_else(Failure::absent)?.into())
}
