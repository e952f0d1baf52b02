//! Sources whose schedule is due. Each replica looks; the row of the source is locked and its next time moved on in the
//! transaction that asks for the crawl, so each time is used once. The next time is counted from now: what was missed
//! while nobody looked is caught up with once. A source that rests ([`super::rest`]) is left alone until its rest is over.

use super::settings::Schedule;
use super::{crawl, store};
use crate::app::App;
use crate::error::Result;
use cadastre_model::AssetId;
use chrono::{DateTime, Utc};

#[derive(Debug, sqlx::FromRow)]
struct Due {
    asset_id: i64,
    cron: Option<String>,
    time_zone: String,
    paused: bool,
    rests_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

/// Asks for the crawls that are due, and gives how many. One transaction each, so that one that can't be asked for keeps no
/// other one back.
pub(crate) async fn look(app: &App) -> Result<usize> {
    let mut asked = 0;
    while one(app).await? {
        asked += 1;
    }
    Ok(asked)
}

async fn one(app: &App) -> Result<bool> {
    let mut tx = app.db().tasks.begin().await?;
    let due: Option<Due> = sqlx::query_as(
        "select s.asset_id, f.cron, f.time_zone, f.paused, s.rests_until, clock_timestamp() as now
         from sources s join source_facts f on f.source_id = s.asset_id and f.valid_to is null
         where s.next_due <= clock_timestamp()
         order by s.next_due limit 1 for update of s skip locked",
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    let source = AssetId(due.asset_id);
    let schedule = Schedule { cron: due.cron, time_zone: due.time_zone, paused: due.paused };
    let rest = due.rests_until.filter(|until| *until > due.now);
    let next = schedule.next(rest.unwrap_or(due.now));
    store::put_next_due(&mut tx, source, next).await?;
    // A schedule that was paused or taken away meanwhile has no next time, and does not fire. Nor does that of a source
    // that rests.
    if next.is_some() && rest.is_none() {
        crawl::ask(&mut tx, source, None).await?;
    }
    tx.commit().await?;
    Ok(true)
}
