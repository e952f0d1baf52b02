//! Telling people of what has happened: one occasion after the other, each in one transaction that writes whom it concerns and
//! takes it away. Replicas share the work.

use super::occasion::Happened;
use super::whom::{self, Because, Event, Told};
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use cadastre_model::{AssetId, PersonId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::BTreeMap;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    at: DateTime<Utc>,
    dataset_id: Option<i64>,
    incident_id: Option<i64>,
    rule_id: Option<i64>,
    subscription_id: Option<i64>,
    by_id: Option<i64>,
    to_id: Option<i64>,
    severity: Option<String>,
    assignee_id: Option<i64>,
    muted: bool,
    owner_person: Option<i64>,
    owner_team: Option<i64>,
    subscriber: Option<i64>,
}

/// Tells of everything that has happened. Gives how much that was.
///
/// # Errors
/// When the database does not answer, or rights are not known to be current: then it is told of later.
pub async fn tell(app: &App) -> Result<u64> {
    let mut told = 0;
    while !app.is_stopping() && next(app).await? {
        told += 1;
    }
    Ok(told)
}

/// One occasion; false when there is none. One that cannot be told of is put off, so that it holds up no other.
async fn next(app: &App) -> Result<bool> {
    let mut tx = app.db().tasks.begin().await?;
    let row: Option<Row> = sqlx::query_as(
        "select o.id, o.kind, o.at, o.dataset_id, o.incident_id, o.rule_id, o.subscription_id, o.by_id, o.to_id,
                coalesce(i.severity, f.severity) as severity, i.assignee_id,
                coalesce(i.muted_until > clock_timestamp() or f.muted_until > clock_timestamp(), false) as muted,
                f.owner_person, f.owner_team, s.person_id as subscriber
         from notice_occasions o
         left join incidents i on i.id = o.incident_id
         left join rule_facts f on f.rule_id = o.rule_id and f.valid_to is null
         left join subscriptions s on s.id = o.subscription_id and s.valid_to is null
         where o.due <= clock_timestamp() order by o.id limit 1 for update of o skip locked",
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    match told(app, &mut tx, &row).await {
        Ok(()) => {
            sqlx::query("delete from notice_occasions where id = $1").bind(row.id).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        Err(failure) if failure.kind == FailureKind::Unavailable => return Err(failure),
        Err(failure) => {
            tx.rollback().await?;
            tracing::error!(occasion = row.id, %failure, cause = failure.cause, "people can't be told");
            sqlx::query(
                "update notice_occasions set due = clock_timestamp() + interval '1 minute' where id = $1",
            )
            .bind(row.id)
            .execute(&app.db().tasks)
            .await?;
        }
    }
    Ok(true)
}

async fn told(app: &App, tx: &mut PgConnection, row: &Row) -> Result<()> {
    let happened = Happened::of_word(&row.kind).ok_or_else(|| Failure::internal("an occasion of no kind"))?;
    let Some(dataset) = row.dataset_id.map(AssetId) else {
        // Only a subscription is about no dataset; one that was removed meanwhile needs no delivery.
        return match row.subscriber {
            Some(person) => {
                let told = Told::new(Because::Assignee, true);
                write(tx, row, happened, &BTreeMap::from([(PersonId(person), told)])).await
            }
            None => Ok(()),
        };
    };
    // What was muted alarms nobody; who is to deal with it is told all the same.
    if row.muted && happened != Happened::Assigned {
        return Ok(());
    }
    let event = Event {
        happened,
        dataset,
        severity: row.severity.clone().unwrap_or_else(|| "medium".to_owned()),
        assignee: row.assignee_id.map(PersonId),
        rule_owner: (row.owner_person.map(PersonId), row.owner_team),
        by: row.by_id.map(PersonId),
        to: row.to_id.map(PersonId),
    };
    let people = whom::of(app, tx, &event).await?;
    write(tx, row, happened, &people).await
}

/// The notices, and the deliveries that were asked for.
async fn write(
    tx: &mut PgConnection,
    row: &Row,
    happened: Happened,
    people: &BTreeMap<PersonId, Told>,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let upstream = |told: &Told| told.downstream.filter(|_| happened == Happened::Opened);
    let kind = |told: &Told| if upstream(told).is_some() { "upstream" } else { happened.as_str() };
    let shown = |told: &Told| upstream(told).map(|id| id.0).or(row.dataset_id);
    let about = |told: &Told| upstream(told).and(row.dataset_id);
    let told: Vec<&Told> = people.values().collect();
    sqlx::query(
        "insert into notices (person_id, occasion, kind, because, dataset_id, about_id, scope_id, inbox,
                              incident_id, rule_id, subscription_id, severity, at)
         select t.person, $1, t.kind, t.because, t.dataset, t.about, t.scope, t.inbox, $9, $10, $11, $12, $13
         from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bool[])
             as t (person, kind, because, dataset, about, scope, inbox)
         on conflict (occasion, person_id) do nothing",
    )
    .bind(row.id)
    .bind(people.keys().map(|id| id.0).collect::<Vec<_>>())
    .bind(told.iter().map(|told| kind(told)).collect::<Vec<_>>())
    .bind(told.iter().map(|told| told.because.as_str()).collect::<Vec<_>>())
    .bind(told.iter().map(|told| shown(told)).collect::<Vec<_>>())
    .bind(told.iter().map(|told| about(told)).collect::<Vec<_>>())
    .bind(told.iter().map(|told| told.scope.map(|id| id.0)).collect::<Vec<_>>())
    .bind(told.iter().map(|told| told.inbox).collect::<Vec<_>>())
    .bind(row.incident_id)
    .bind(row.rule_id)
    .bind(row.subscription_id)
    .bind(row.severity.as_deref().unwrap_or("medium"))
    .bind(row.at)
    .execute(&mut *tx)
    .await?;
    deliveries(tx, row.id, people).await
}

async fn deliveries(tx: &mut PgConnection, occasion: i64, people: &BTreeMap<PersonId, Told>) -> Result<()> {
    let rows: Vec<(i64, i64, &str)> = people
        .iter()
        .flat_map(|(person, told)| told.by.iter().map(|(id, channel)| (person.0, *id, channel.as_str())))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    // Of several subscriptions by e-mail one is enough.
    sqlx::query(
        "insert into notice_deliveries (notice_id, subscription_id, channel)
         select n.id, t.subscription, t.channel
         from unnest($2::bigint[], $3::bigint[], $4::text[]) as t (person, subscription, channel)
         join notices n on n.occasion = $1 and n.person_id = t.person
         order by t.subscription
         on conflict do nothing",
    )
    .bind(occasion)
    .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.2).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}
