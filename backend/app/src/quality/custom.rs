//! SQL that somebody wrote. It may read whatever the source's role may read, so it is for those alone who may see the values of
//! the whole source; and it runs only as long as its author still may.

use crate::access::{Caller, push_scope};
use crate::catalog::asset::Asset;
use crate::error::{Failure, FailureKind, Result};
use cadastre_model::Action;
use rules::{Check, Rule};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Whether there is SQL in a rule that somebody wrote. A comparison of two columns is none.
pub(super) fn is_custom(rule: &Rule) -> bool {
    let within = match &rule.check {
        Check::Sql(_) | Check::Metric(_) | Check::Aggregates(_) => true,
        Check::Compare(compare) => !compare.is_of_names(),
        _ => false,
    };
    within || rule.filter.is_some()
}

/// Whether somebody may have such SQL run at the source of a dataset.
pub(super) async fn may(conn: &mut PgConnection, caller: &Caller, dataset: &Asset) -> Result<bool> {
    let values = caller.scope(Action::SeeValues)?;
    let mut query =
        QueryBuilder::<Postgres>::new("select not exists (select from assets a where a.source_id = ");
    query.push_bind(dataset.source.map(|id| id.0)).push(" and a.kind = 'dataset' and not ");
    push_scope(&mut query, "a", &values);
    query.push(")");
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// The refusal.
pub(super) fn refused() -> Failure {
    Failure::new(FailureKind::Forbidden, "rule-custom-forbidden")
}
