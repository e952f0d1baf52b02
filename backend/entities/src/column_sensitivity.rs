//! How delicate a column's values are.

use sea_orm::entity::prelude::*;

/// A row of `column_sensitivities`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "column_sensitivities")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The column.
    pub column_id: i64,
    /// Its dataset.
    pub dataset_id: i64,
    /// public, internal, confidential or secret.
    pub sensitivity: String,
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
