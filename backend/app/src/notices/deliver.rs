//! Handing over what leaves the house: a web request is a task at once; e-mails wait until what arises in the same minute about
//! the same dataset is there too. A task that failed for good is given up, and its person is told.

use super::occasion;
use crate::app::App;
use crate::error::Result;
use crate::tasks::{NewTask, enqueue};
use serde_json::{Value, json};
use sqlx::{PgConnection, Postgres, Transaction};

/// The kind of task that sends a web request.
pub(crate) const WEBHOOK: &str = "webhook";
/// The kind of task that sends an e-mail.
pub(crate) const MAIL: &str = "mail";

/// How often a delivery is tried: with the pauses of tasks, for most of an hour.
const ATTEMPTS: i32 = 12;

/// How many are handed over in one transaction.
const BATCH: i64 = 200;

/// Hands over what waits, and gives up what failed. One replica at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn deliver(app: &App) -> Result<()> {
    let mut tx = app.db().tasks.begin().await?;
    if !alone(&mut tx).await? {
        return Ok(());
    }
    webhooks(&mut tx).await?;
    mails(app, &mut tx).await?;
    give_up(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn alone(tx: &mut Transaction<'_, Postgres>) -> Result<bool> {
    let mine = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext('cadastre.notices.deliver'))")
        .fetch_one(&mut **tx)
        .await?;
    Ok(mine)
}

async fn webhooks(tx: &mut PgConnection) -> Result<()> {
    let waiting: Vec<i64> = sqlx::query_scalar(
        "select id from notice_deliveries where state = 'waiting' and task_id is null and channel = 'webhook'
         order by created_at, id limit $1",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    for id in waiting {
        hand_over(tx, WEBHOOK, &[id]).await?;
    }
    Ok(())
}

async fn mails(app: &App, tx: &mut PgConnection) -> Result<()> {
    let groups: Vec<Vec<i64>> = sqlx::query_scalar(
        "select array_agg(d.id order by d.id) from notice_deliveries d join notices n on n.id = d.notice_id
         where d.state = 'waiting' and d.task_id is null and d.channel = 'email'
         group by n.person_id, coalesce(n.about_id, n.dataset_id)
         having min(d.created_at) <= clock_timestamp() - make_interval(secs => $1) order by min(d.created_at) limit $2",
    )
    .bind(app.options().gather_mail.as_secs_f64())
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    for group in groups {
        hand_over(tx, MAIL, &group).await?;
    }
    Ok(())
}

/// One task for these deliveries.
async fn hand_over(tx: &mut PgConnection, kind: &'static str, deliveries: &[i64]) -> Result<()> {
    let Some(first) = deliveries.first() else { return Ok(()) };
    let task = NewTask {
        kind,
        dedupe_key: &format!("{kind} {first}"),
        asset: None,
        payload: json!({}),
        by: None,
        max_attempts: ATTEMPTS,
    };
    let asked = enqueue(tx, &task).await?;
    sqlx::query("update notice_deliveries set task_id = $2 where id = any($1)")
        .bind(deliveries)
        .bind(asked.id.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// What is no longer tried has failed. Its subscription says so, and its person is told, once until it works again.
async fn give_up(tx: &mut PgConnection) -> Result<()> {
    let failed: Vec<(i64, Value)> = sqlx::query_as(
        "update notice_deliveries d set state = 'failed', ended_at = clock_timestamp()
         from tasks t where t.id = d.task_id and d.state = 'waiting' and t.state in ('failed', 'cancelled')
         returning d.subscription_id, coalesce(t.error->'message', '{\"key\": \"task-worker-lost\"}'::jsonb)",
    )
    .fetch_all(&mut *tx)
    .await?;
    for (subscription, why) in failed {
        let begins: Option<i64> = sqlx::query_scalar(
            "update subscriptions set failing_since = clock_timestamp(), failing_why = $2
             where id = $1 and valid_to is null and failing_since is null returning id",
        )
        .bind(subscription)
        .bind(why)
        .fetch_optional(&mut *tx)
        .await?;
        if begins.is_some() {
            occasion::undelivered(tx, subscription).await?;
        }
    }
    Ok(())
}

/// Ends deliveries of a task: those of these notices are sent, the others dropped. What worked is failing no more.
pub(super) async fn ended(tx: &mut PgConnection, task: i64, sent: &[i64]) -> Result<()> {
    sqlx::query(
        "with over as (
             update notice_deliveries set ended_at = clock_timestamp(),
                    state = case when notice_id = any($2) then 'sent' else 'dropped' end
             where task_id = $1 and state = 'waiting' returning subscription_id, state)
         update subscriptions set failing_since = null, failing_why = null
         where failing_since is not null and id in (select subscription_id from over where state = 'sent')",
    )
    .bind(task)
    .bind(sent)
    .execute(tx)
    .await?;
    Ok(())
}
