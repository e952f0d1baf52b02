//! The tables as sea-orm entities, one file a table. Only those that use cases about one object write; what is read and
//! written in sets goes by sqlx, in a feature's queries and store.

pub mod api_token;
pub mod column;
pub mod column_sensitivity;
pub mod grant;
pub mod owner;
pub mod password;
pub mod person;
pub mod person_fact;
pub mod person_settings;
pub mod session;
pub mod team;
pub mod team_fact;
pub mod team_member;
pub mod text;

use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

/// A table whose rows hold from an instant to an instant: closed, never overwritten.
pub trait Fact: EntityTrait {
    /// The id.
    const ID: Self::Column;
    /// Since when a row holds.
    const VALID_FROM: Self::Column;
    /// Until when it held.
    const VALID_TO: Self::Column;
    /// The change set that closed it.
    const CLOSED_BY: Self::Column;
}

/// Closes the open facts that meet the condition, and says how many there were. A fact that was opened in the same
/// microsecond is closed one later, so that each has held for some time.
///
/// # Errors
/// When the database does not take it.
pub async fn close<F: Fact>(
    db: &impl ConnectionTrait,
    which: impl IntoCondition,
    at: chrono::DateTime<chrono::Utc>,
    change_set: i64,
) -> Result<u64, DbErr> {
    let closed = F::update_many()
        .col_expr(
            F::VALID_TO,
            Expr::cust_with_values("greatest($1::timestamptz, valid_from + interval '1 microsecond')", [at]),
        )
        .col_expr(F::CLOSED_BY, Expr::value(change_set))
        .filter(F::VALID_TO.is_null())
        .filter(which.into_condition())
        .exec(db)
        .await?;
    Ok(closed.rows_affected)
}
