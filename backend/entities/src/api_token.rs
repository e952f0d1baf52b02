//! API tokens; only the hash is kept.

use sea_orm::entity::prelude::*;

/// A row of `api_tokens`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The id shown outside.
    pub public_id: Uuid,
    /// Whose rights it narrows.
    pub person_id: i64,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Its last four characters.
    pub hint: String,
    /// Words separated by blanks.
    pub scopes: String,
    /// When it ends.
    pub expires_at: DateTimeUtc,
    /// When it was last used, to the minute.
    pub last_used: Option<DateTimeUtc>,
    /// Since when it holds.
    pub valid_from: DateTimeUtc,
    /// Until when it held; none: it still does.
    pub valid_to: Option<DateTimeUtc>,
    /// The change set that opened it.
    pub change_set: i64,
    /// The change set that closed it.
    pub closed_by: Option<i64>,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Fact for Entity {
    const ID: Column = Column::Id;
    const VALID_FROM: Column = Column::ValidFrom;
    const VALID_TO: Column = Column::ValidTo;
    const CLOSED_BY: Column = Column::ClosedBy;
}
