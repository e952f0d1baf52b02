//! What happened without changing the register: sign-ins, refusals, exports, reads of values. Sealed into the chain of
//! change sets each second.

use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::http::Visitor;
use cadastre_model::{AssetId, PersonId, TokenId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Something to be remembered.
#[derive(Debug, Clone)]
pub struct Event {
    kind: &'static str,
    person: Option<PersonId>,
    token: Option<TokenId>,
    address: Option<IpAddr>,
    request_id: Option<String>,
    asset: Option<AssetId>,
    detail: Map<String, Value>,
}

impl Event {
    /// An event of a kind, such as `sign_in`.
    #[must_use]
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            person: None,
            token: None,
            address: None,
            request_id: None,
            asset: None,
            detail: Map::new(),
        }
    }

    /// Who did it.
    #[must_use]
    pub const fn by(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    /// From where, and in which request.
    #[must_use]
    pub fn at(mut self, visitor: &Visitor) -> Self {
        self.address = Some(visitor.address);
        self.request_id = Some(visitor.request_id.clone());
        self.token = visitor.person.as_ref().and_then(|person| person.token.as_ref()).map(|token| token.0);
        self
    }

    /// By the caller of a use case, and from where.
    #[must_use]
    pub fn by_caller(mut self, caller: &Caller) -> Self {
        self.person = Some(caller.person());
        self.token = caller.author.token;
        self.address = Some(caller.address);
        self.request_id.clone_from(&caller.author.request_id);
        self
    }

    /// About which asset.
    #[must_use]
    pub const fn about(mut self, asset: AssetId) -> Self {
        self.asset = Some(asset);
        self
    }

    /// With a detail: a name or a count, never a secret.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

const NOTE: &str =
    "insert into audit_events (kind, person_id, token_id, address, request_id, asset_id, detail)
     values ($1, $2, $3, $4::inet, $5, $6, $7)";

/// Remembers an event.
///
/// # Errors
/// When it could not be written: what is to be remembered is then not done.
pub async fn note(app: &App, event: &Event) -> Result<()> {
    sqlx::query(NOTE)
        .bind(event.kind)
        .bind(event.person.map(|id| id.0))
        .bind(event.token.map(|id| id.0))
        .bind(event.address.map(|address| address.to_string()))
        .bind(&event.request_id)
        .bind(event.asset.map(|id| id.0))
        .bind(Value::Object(event.detail.clone()))
        .execute(&app.db().web)
        .await?;
    Ok(())
}

/// Remembers an event together with what it is about: both are written, or neither.
///
/// # Errors
/// As [`note`].
pub async fn note_orm(tx: &DatabaseTransaction, event: &Event) -> Result<()> {
    let values = [
        event.kind.into(),
        event.person.map(|id| id.0).into(),
        event.token.map(|id| id.0).into(),
        event.address.map(|address| address.to_string()).into(),
        event.request_id.clone().into(),
        event.asset.map(|id| id.0).into(),
        Value::Object(event.detail.clone()).into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, NOTE, values)).await?;
    Ok(())
}
