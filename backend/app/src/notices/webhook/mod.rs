//! Signed web requests: one for each notice, tried again by tasks until it arrives or is given up.

mod post;
mod sign;

use super::api::NoticeJson;
use super::deliver;
use super::told::{self, Told};
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::tasks::{Reason, Run, Trouble};
use cadastre_frontend::{T, href};
use cadastre_model::{Language, Message, PersonId};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use post::{Fault, Post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a webhook is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookJson {
    /// The id of the delivery, as in `Cadastre-Delivery`: the same however often it is tried.
    id: Uuid,
    /// `incident.opened`, `incident.assigned`, `incident.noted`, `incident.resolved`, `incident.upstream`, `rule.error` or `test`.
    #[serde(rename = "type")]
    kind: String,
    /// When it happened.
    at: DateTime<Utc>,
    /// The subscription by which it comes.
    subscription: Uuid,
    /// What happened, in the words of the subscription's person.
    text: String,
    /// The page about it.
    link: String,
    /// The notice, as the person sees it at this moment; none in a test.
    notice: Option<NoticeJson>,
}

/// Where requests of a subscription go, and what they are signed with.
#[derive(Debug, Deserialize)]
struct Target {
    url: Url,
    key: String,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    delivery: Uuid,
    notice_id: i64,
    subscription: i64,
    subscription_public: Uuid,
    person_id: i64,
    target: Option<Vec<u8>>,
    language: Option<String>,
}

/// Sends what a task is for.
///
/// # Errors
/// `MayPass` while the other side does not take it; `Final` where it never will.
pub(crate) async fn run(app: App, run: Run) -> std::result::Result<Value, Trouble> {
    let task = run.fence.task.0;
    let row: Option<Row> = sqlx::query_as(
        "select d.public_id as delivery, d.notice_id, s.id as subscription, s.public_id as subscription_public, s.person_id, s.target,
                e.language
         from notice_deliveries d join subscriptions s on s.id = d.subscription_id and s.valid_to is null
         join person_facts f on f.person_id = s.person_id and f.valid_to is null and f.state = 'active'
         left join person_settings e on e.person_id = s.person_id
         where d.task_id = $1 and d.state = 'waiting'",
    )
    .bind(task)
    .fetch_optional(&app.db().tasks)
    .await
    .map_err(Failure::from)?;
    let sent = match row {
        Some(row) => one(&app, &row).await?,
        None => None,
    };
    let mut tx = app.db().tasks.begin().await.map_err(Failure::from)?;
    deliver::ended(&mut tx, task, sent.as_slice()).await?;
    run.fence.hold(&mut tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(json!({ "sent": sent.is_some() }))
}

/// Sends one; gives its notice. None: the person does not see any more what it is about.
async fn one(app: &App, row: &Row) -> std::result::Result<Option<i64>, Trouble> {
    let caller = person(app, row.person_id, row.language.as_deref());
    let told = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        told::of(&mut conn, &caller, &[row.notice_id]).await?.pop()
    };
    let Some(told) = told else { return Ok(None) };
    let target = open(app, row.subscription, row.target.as_deref())?;
    let body = of_notice(app, &caller, row, &told);
    let body = serde_json::to_string(&body).map_err(Failure::internal)?;
    let post = Post { url: &target.url, key: &target.key, delivery: row.delivery, body };
    match post::post(app, &caller, &post).await {
        Ok(()) => Ok(Some(row.notice_id)),
        Err(Fault::MayPass(message)) => Err(Trouble::MayPass(Reason::of(message))),
        Err(Fault::Final(message)) => Err(Trouble::Final(Reason::of(message))),
    }
}

fn person(app: &App, id: i64, language: Option<&str>) -> Caller {
    let mut caller = Caller::beside(app, PersonId(id));
    caller.language = language.and_then(|word| word.parse().ok()).unwrap_or(Language::En);
    caller
}

fn open(app: &App, subscription: i64, sealed: Option<&[u8]>) -> Result<Target> {
    let sealed = sealed.ok_or_else(|| Failure::internal("a webhook without an address"))?;
    let plain =
        app.keys().open("subscriptions", subscription, "target", sealed).map_err(Failure::internal)?;
    serde_json::from_slice(&plain).map_err(Failure::internal)
}

fn of_notice(app: &App, caller: &Caller, row: &Row, told: &Told) -> WebhookJson {
    let kind = match told.kind.as_str() {
        "rule_error" => "rule.error".to_owned(),
        other => format!("incident.{other}"),
    };
    WebhookJson {
        id: row.delivery,
        kind,
        at: told.at,
        subscription: row.subscription_public,
        text: told.text(&T::new(caller.language, Tz::UTC, app.now())),
        link: format!("{}{}", app.options().address, told.href()),
        notice: Some(NoticeJson::from(told)),
    }
}

/// Sends something by a subscription of the caller's, to try it.
///
/// # Errors
/// `Conflict` with the reason where it does not arrive.
pub(super) async fn test(app: &App, caller: &Caller, subscription: (i64, Uuid)) -> Result<()> {
    let target: Option<Vec<u8>> =
        sqlx::query_scalar("select target from subscriptions where id = $1 and valid_to is null")
            .bind(subscription.0)
            .fetch_optional(&app.db().web)
            .await?
            .flatten();
    let target = open(app, subscription.0, target.as_deref())?;
    let id = Uuid::new_v4();
    let t = T::new(caller.language, Tz::UTC, app.now());
    let body = WebhookJson {
        id,
        kind: "test".to_owned(),
        at: app.now(),
        subscription: subscription.1,
        text: t.message(&Message::new("delivery-test")),
        link: format!("{}{}", app.options().address, href::subscriptions()),
        notice: None,
    };
    let body = serde_json::to_string(&body).map_err(Failure::internal)?;
    let post = Post { url: &target.url, key: &target.key, delivery: id, body };
    post::post(app, caller, &post).await.map_err(|fault| super::trial::refused(fault.message()))
}
