//! Grants: who may do what, where, up to which sensitivity, until when.

use sea_orm::entity::prelude::*;

/// A row of `grants`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The id shown outside.
    pub public_id: Uuid,
    /// The person it is for, or
    pub person_id: Option<i64>,
    /// the team.
    pub team_id: Option<i64>,
    /// What it gives.
    pub role: String,
    /// The scope: this asset and everything below.
    pub asset_id: i64,
    /// allow or deny.
    pub effect: String,
    /// The highest sensitivity that it reaches.
    pub ceiling: String,
    /// Whether values are masked.
    pub mask: bool,
    /// Not before.
    pub starts_at: Option<DateTimeUtc>,
    /// Not after.
    pub ends_at: Option<DateTimeUtc>,
    /// Why.
    pub reason: Option<String>,
    /// By whom; none: the register itself.
    pub granted_by: Option<i64>,
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
