//! How a person likes to read: outside change sets.

use sea_orm::entity::prelude::*;

/// A row of `person_settings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_settings")]
pub struct Model {
    /// Whose settings.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// en or zh.
    pub language: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// light or dark.
    pub theme: Option<String>,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
