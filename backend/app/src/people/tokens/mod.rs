//! API tokens: `cad_` and 256 random bits, shown once; SHA-256 in the database. A token narrows the rights that its
//! person has at the time of each request.

mod issue;
mod list;

pub use issue::{Issued, NewToken, issue, issue_to_service, revoke};
pub use list::{Token, of_person, own, revocable};

use crate::app::App;
use crate::error::Result;
use crate::http::SignedIn;
use cadastre_access::TokenScopes;
use cadastre_model::{PersonId, PublicId, TokenId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How every token starts, so that it is known for one wherever it turns up.
pub(crate) const PREFIX: &str = "cad_";

/// What the database knows of a token.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[derive(sqlx::FromRow)]
struct Row {
    token_id: i64,
    scopes: String,
    stale: bool,
    person_id: i64,
    public_id: Uuid,
    login: String,
    display_name: String,
    language: Option<String>,
    time_zone: Option<String>,
}

/// The person in whose name this token is, if it is in force.
pub(crate) async fn find(app: &App, token: &str) -> Result<Option<SignedIn>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let row: Option<Row> = sqlx::query_as(
        "select t.id as token_id, t.scopes,
                coalesce(t.last_used < clock_timestamp() - interval '1 minute', true) as stale,
                p.id as person_id, p.public_id, p.login, f.display_name, e.language, e.time_zone
         from api_tokens t
         join people p on p.id = t.person_id
         join person_facts f on f.person_id = p.id and f.valid_to is null and f.state = 'active'
         left join person_settings e on e.person_id = p.id
         where t.token_hash = $1 and t.valid_to is null and t.expires_at > clock_timestamp()",
    )
    .bind(hash(token))
    .fetch_optional(&app.db().web)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.stale {
        sqlx::query("update api_tokens set last_used = clock_timestamp() where id = $1")
            .bind(row.token_id)
            .execute(&app.db().web)
            .await?;
    }
    let scopes: TokenScopes = row.scopes.split(' ').filter_map(|word| word.parse().ok()).collect();
    Ok(Some(SignedIn {
        id: PersonId(row.person_id),
        public_id: PublicId(row.public_id),
        display_name: row.display_name,
        login: row.login,
        session: None,
        token: Some((TokenId(row.token_id), scopes)),
        has_notices: false,
        must_change: false,
        language: row.language.and_then(|word| word.parse().ok()),
        zone: row.time_zone.and_then(|name| name.parse().ok()),
        theme: None,
    }))
}
