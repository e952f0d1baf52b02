//! What the register notes about a source for itself.

use sea_orm::entity::prelude::*;

/// A row of `sources`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: i64,
    /// The kind of system.
    pub kind: String,
    /// The source's own word for which system it is.
    pub system_identifier: Option<String>,
    /// When the schedule fires next.
    pub next_due: Option<DateTimeUtc>,
    /// The end of the last complete crawl.
    pub last_crawl_at: Option<DateTimeUtc>,
    /// Since when crawls fail.
    pub failing_since: Option<DateTimeUtc>,
    /// The sealed secret.
    pub secret: Option<Vec<u8>>,
    /// When it was set.
    pub secret_set_at: Option<DateTimeUtc>,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
