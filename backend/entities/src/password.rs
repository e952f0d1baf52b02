//! Password hashes: outside change sets.

use sea_orm::entity::prelude::*;

/// A row of `passwords`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passwords")]
pub struct Model {
    /// Whose password.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// PHC string, argon2id.
    pub hash: String,
    /// Given by somebody else, to be changed at the next sign-in.
    pub must_change: bool,
    /// When it was set.
    pub set_at: DateTimeUtc,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
