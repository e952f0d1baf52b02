//! How datasets stood day by day: the points of their rules after the last check of each day (UTC). A day without a check has those of
//! the day before, as long as there is a rule in force.

use super::badge::badges;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::error::Result;
use cadastre_frontend::quality::Points;
use cadastre_model::{Action, AssetId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;

/// So many days are shown, today the last of them.
const SHOWN: usize = 30;

/// So many are kept.
const KEPT: i32 = 400;

/// Notes how a dataset stands after a check.
pub(super) async fn note(conn: &mut PgConnection, dataset: AssetId, at: DateTime<Utc>) -> Result<()> {
    let points = badges(conn, &[dataset], at).await?.remove(&dataset).unwrap_or_default().points;
    if points.possible == 0 {
        return Ok(());
    }
    sqlx::query(
        "insert into quality_days (dataset_id, day, earned, possible) values ($1, $2, $3, $4)
         on conflict (dataset_id, day) do update set earned = excluded.earned, possible = excluded.possible",
    )
    .bind(dataset.0)
    .bind(at.date_naive())
    .bind(points.earned)
    .bind(points.possible)
    .execute(conn)
    .await?;
    Ok(())
}

/// Carries on to today what has not been checked today, and removes what is old.
pub(crate) async fn carry(app: &App) -> Result<()> {
    let db = &app.db().tasks;
    sqlx::query(
        "insert into quality_days (dataset_id, day, earned, possible)
         select distinct on (q.dataset_id) q.dataset_id, $1::date, q.earned, q.possible from quality_days q
         where q.day >= $1::date - 7 and exists (
             select from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null
             where r.dataset_id = q.dataset_id and f.enabled)
         order by q.dataset_id, q.day desc
         on conflict (dataset_id, day) do nothing",
    )
    .bind(app.now().date_naive())
    .execute(db)
    .await?;
    sqlx::query("delete from quality_days where day < $1::date - $2::int")
        .bind(app.now().date_naive())
        .bind(KEPT)
        .execute(db)
        .await?;
    Ok(())
}

/// The points of some datasets, together, on each of the last days.
#[derive(Debug, Clone)]
pub(super) struct Trend([Points; SHOWN]);

impl Default for Trend {
    fn default() -> Self {
        Self([Points::default(); SHOWN])
    }
}

impl Trend {
    fn add(&mut self, row: &Row, today: NaiveDate) {
        let ago = usize::try_from((today - row.day).num_days()).ok();
        let day = ago.and_then(|ago| SHOWN.checked_sub(ago + 1)).and_then(|at| self.0.get_mut(at));
        if let Some(points) = day {
            points.earned += row.earned;
            points.possible += row.possible;
        }
    }

    /// The scores in tenths of a per cent, the oldest first; today's is that of now.
    pub(super) fn tenths(&self, now: Points) -> Vec<Option<i64>> {
        let before = self.0.iter().take(SHOWN - 1).map(Points::tenths);
        before.chain([now.tenths()]).collect()
    }
}

/// The trends of what somebody sees: of all, by source and by domain.
#[derive(Debug, Default)]
pub(super) struct Trends {
    pub(super) all: Trend,
    pub(super) sources: HashMap<i64, Trend>,
    pub(super) domains: HashMap<i64, Trend>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    day: NaiveDate,
    source_id: Option<i64>,
    domain_id: Option<i64>,
    dataset_id: Option<i64>,
    earned: i64,
    possible: i64,
}

/// The trends of everything that the caller sees.
pub(super) async fn seen(app: &App, caller: &Caller) -> Result<Trends> {
    let see = caller.scope(Action::See)?;
    let today = caller.now.date_naive();
    let mut query = QueryBuilder::<Postgres>::new(
        "select q.day, a.source_id, a.effective_domain_id as domain_id, null::bigint as dataset_id,
                sum(q.earned)::bigint as earned, sum(q.possible)::bigint as possible
         from quality_days q join assets a on a.id = q.dataset_id
         where a.state = 'live' and q.day > ",
    );
    query.push_bind(first(today)).push(" and ");
    push_scope(&mut query, "a", &see);
    query.push(" group by 1, 2, 3");
    let rows: Vec<Row> = query.build_query_as().fetch_all(&app.db().web).await?;
    let mut trends = Trends::default();
    for row in &rows {
        trends.all.add(row, today);
        if let Some(id) = row.source_id {
            trends.sources.entry(id).or_default().add(row, today);
        }
        if let Some(id) = row.domain_id {
            trends.domains.entry(id).or_default().add(row, today);
        }
    }
    Ok(trends)
}

/// The trends of some datasets; whoever asks has found them under a scope.
pub(super) async fn of(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    now: DateTime<Utc>,
) -> Result<HashMap<AssetId, Trend>> {
    let today = now.date_naive();
    let rows: Vec<Row> = sqlx::query_as(
        "select day, null::bigint as source_id, null::bigint as domain_id, dataset_id, earned, possible
         from quality_days where dataset_id = any($1) and day > $2",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(first(today))
    .fetch_all(conn)
    .await?;
    let mut trends: HashMap<AssetId, Trend> = HashMap::new();
    for row in &rows {
        if let Some(id) = row.dataset_id {
            trends.entry(AssetId(id)).or_default().add(row, today);
        }
    }
    Ok(trends)
}

/// The day before the first that is shown.
fn first(today: NaiveDate) -> NaiveDate {
    today - chrono::Days::new(SHOWN as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_has_a_place_for_each_day_and_that_of_now_at_its_end() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let row = |ago, earned| Row {
            day: today - chrono::Days::new(ago),
            source_id: None,
            domain_id: None,
            dataset_id: None,
            earned,
            possible: 4,
        };
        let mut trend = Trend::default();
        for row in [row(0, 0), row(1, 2), row(1, 4), row(29, 4), row(30, 1)] {
            trend.add(&row, today);
        }
        let tenths = trend.tenths(Points { earned: 1, possible: 2 });
        assert_eq!(tenths.len(), 30);
        assert_eq!((tenths[0], tenths[1], tenths[28], tenths[29]), (Some(1000), None, Some(750), Some(500)));
    }
}
