//! Sessions in a browser; only the hash of the cookie is kept. Outside change sets.

use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// SHA-256 of the cookie.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub person_id: i64,
    /// The id shown outside.
    pub public_id: Uuid,
    /// When they signed in.
    pub created_at: DateTimeUtc,
    /// When it was last used, to the minute.
    pub last_seen: DateTimeUtc,
    /// When it ends at the latest.
    pub expires_at: DateTimeUtc,
    /// The browser's own name.
    pub agent: Option<String>,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
