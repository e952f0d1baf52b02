//! What people set about a source.

use sea_orm::entity::prelude::*;

/// A row of `source_facts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_facts")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The source.
    pub source_id: i64,
    /// Host, port, database, user, TLS: never the secret.
    pub connection: Json,
    /// What is left out.
    pub filters: Json,
    /// The namespace that its names hold in.
    pub namespace: String,
    /// The schedule.
    pub cron: Option<String>,
    /// The schedule's zone.
    pub time_zone: String,
    /// Whether the schedule rests.
    pub paused: bool,
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
