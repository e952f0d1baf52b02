//! Columns: who they are for ever. What is true of one stands in its facts.

use sea_orm::entity::prelude::*;

/// A row of `columns`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "columns")]
pub struct Model {
    /// Id; survives retype, reorder and rename.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The id shown outside.
    pub public_id: Uuid,
    /// The dataset.
    pub dataset_id: i64,
    /// The source's own number of it.
    pub attnum: Option<i32>,
}

/// No relations are declared: what is joined is joined by sqlx, in a feature's queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
