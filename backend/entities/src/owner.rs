//! Who owns an asset.

use sea_orm::entity::prelude::*;

/// A row of `owners`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "owners")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What is owned.
    pub asset_id: i64,
    /// business or technical.
    pub kind: String,
    /// The person, or
    pub person_id: Option<i64>,
    /// the team.
    pub team_id: Option<i64>,
    /// source, person or proposal.
    pub origin: String,
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
