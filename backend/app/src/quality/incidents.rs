//! Incidents as people see them and what they do to them. Who sees the dataset sees its incidents; who may write its rules deals with
//! them. Each act stands in the timeline, and in the record of what was done.

use super::read::Eyes;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::asset;
use crate::catalog::owners::Subject;
use crate::catalog::rows::{self, Named};
use crate::change::ChangeSet;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{IfMatch, Page, Paging};
use crate::notices::{self, By, Happened};
use cadastre_model::{Action, AssetId, Message, PersonId, PublicId, SubjectKind, Version};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;
use uuid::Uuid;

/// The longest note, in characters.
const NOTE_MAX: usize = 2_000;

/// Which incidents.
#[derive(Debug, Clone, Default)]
pub(super) struct Which {
    /// `open`, `acknowledged` or `closed`; none: those that are not closed.
    pub(super) state: Option<String>,
    /// Of this dataset.
    pub(super) dataset: Option<AssetId>,
}

/// An incident in a list.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) public_id: PublicId,
    /// What people call it by: INC-12.
    pub(super) number: i64,
    pub(super) dataset: Named,
    pub(super) severity: String,
    pub(super) state: String,
    pub(super) opened: DateTime<Utc>,
    pub(super) seen: DateTime<Utc>,
    pub(super) closed: Option<DateTime<Utc>>,
    pub(super) assignee: Option<Subject>,
    pub(super) muted_until: Option<DateTime<Utc>>,
    /// How many of its rules fail still.
    pub(super) failing: i64,
    pub(super) counter: i64,
}

#[derive(Debug, sqlx::FromRow)]
struct LineRow {
    id: i64,
    public_id: Uuid,
    dataset_id: i64,
    severity: String,
    state: String,
    opened_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    assignee: Option<String>,
    assignee_public: Option<Uuid>,
    muted_until: Option<DateTime<Utc>>,
    failing: i64,
    counter: i64,
}

const LINE: &str = "select i.id, i.public_id, i.dataset_id, i.severity, i.state, i.opened_at, i.seen_at, i.closed_at, i.muted_until, i.counter,
    (select p.public_id from people p where p.id = i.assignee_id) as assignee_public,
    (select f.display_name from person_facts f where f.person_id = i.assignee_id and f.valid_to is null) as assignee,
    (select count(*) from incident_rules m where m.incident_id = i.id and m.until is null) as failing
 from incidents i join assets a on a.id = i.dataset_id where ";

/// Incidents of datasets that the caller sees, the newest first.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub(super) async fn list(app: &App, caller: &Caller, which: &Which, paging: &Paging) -> Result<Page<Line>> {
    let (size, after) = (paging.size()?, paging.after::<i64>(app, "incidents")?);
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let mut query = QueryBuilder::<Postgres>::new(LINE);
    push_scope(&mut query, "a", &see);
    match &which.state {
        Some(state) => query.push(" and i.state = ").push_bind(state),
        None => query.push(" and i.state <> 'closed'"),
    };
    if let Some(dataset) = which.dataset {
        query.push(" and i.dataset_id = ").push_bind(dataset.0);
    }
    if let Some(after) = after {
        query.push(" and i.id < ").push_bind(after);
    }
    query.push(" order by i.id desc limit ").push_bind(size + 1);
    let rows: Vec<LineRow> = query.build_query_as().fetch_all(&mut *conn).await?;
    let lines = lines(&mut conn, caller, rows).await?;
    Page::of(lines, size, app, "incidents", |line: &Line| line.number)
}

/// How many are not closed at what the caller sees.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn count(app: &App, caller: &Caller) -> Result<i64> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from incidents i join assets a on a.id = i.dataset_id where i.state <> 'closed' and ",
    );
    push_scope(&mut query, "a", &see);
    Ok(query.build_query_scalar().fetch_one(&app.db().web).await?)
}

async fn lines(conn: &mut PgConnection, caller: &Caller, rows: Vec<LineRow>) -> Result<Vec<Line>> {
    let see = caller.scope(Action::See)?;
    let ids: Vec<AssetId> = rows.iter().map(|row| AssetId(row.dataset_id)).collect();
    let named: HashMap<AssetId, Named> = rows::named(conn, &see, &ids, caller.language).await?;
    let line = |row: LineRow| {
        Some(Line {
            public_id: PublicId(row.public_id),
            number: row.id,
            dataset: named.get(&AssetId(row.dataset_id))?.clone(),
            severity: row.severity,
            state: row.state,
            opened: row.opened_at,
            seen: row.seen_at,
            closed: row.closed_at,
            assignee: row.assignee_public.zip(row.assignee).map(|(id, name)| Subject {
                kind: SubjectKind::Person,
                id: PublicId(id),
                name,
            }),
            muted_until: row.muted_until,
            failing: row.failing,
            counter: row.counter,
        })
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// A rule of an incident.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Member {
    pub(super) rule: Uuid,
    pub(super) name: String,
    pub(super) since: DateTime<Utc>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) failing: Option<i64>,
    pub(super) row_count: Option<i64>,
}

#[derive(Debug, sqlx::FromRow)]
struct EventRow {
    at: DateTime<Utc>,
    kind: String,
    who: Option<String>,
    who_id: Option<Uuid>,
    rule: Option<String>,
    subject: Option<String>,
    until: Option<DateTime<Utc>>,
    note: Option<String>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        let by = row.who_id.zip(row.who).map(|(id, name)| Subject {
            kind: SubjectKind::Person,
            id: PublicId(id),
            name,
        });
        let EventRow { at, kind, rule, subject, until, note, .. } = row;
        Self { at, kind, by, rule, subject, until, note }
    }
}

/// Something that happened to an incident.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) at: DateTime<Utc>,
    /// `opened`, `passed`, `acknowledged`, `assigned`, `muted`, `noted`, `closed` (by results) or `resolved` (by somebody).
    pub(super) kind: String,
    pub(super) by: Option<Subject>,
    pub(super) rule: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) note: Option<String>,
}

/// An incident whole.
#[derive(Debug, Clone)]
pub(super) struct Incident {
    pub(super) line: Line,
    pub(super) members: Vec<Member>,
    pub(super) timeline: Vec<Event>,
}

/// One incident.
///
/// # Errors
/// `Absent` also for one of a dataset that the caller does not see.
pub(super) async fn show(app: &App, caller: &Caller, id: PublicId) -> Result<Incident> {
    let mut conn = app.db().web.acquire().await?;
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(LINE);
    query.push("i.public_id = ").push_bind(id.0).push(" and ");
    push_scope(&mut query, "a", &see);
    let row: Option<LineRow> = query.build_query_as().fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(Failure::absent)?;
    let (incident, dataset) = (row.id, AssetId(row.dataset_id));
    let line = lines(&mut conn, caller, vec![row]).await?.pop().ok_or_else(Failure::absent)?;
    let asset = asset::of(&mut *conn, dataset).await?;
    let eyes = Eyes::of(&mut conn, caller, &asset).await?;
    let mut members: Vec<Member> = sqlx::query_as(
        "select r.public_id as rule, r.name, m.since, m.until, o.failing, o.row_count
         from incident_rules m join rules r on r.id = m.rule_id
         left join lateral (select x.failing, x.row_count from rule_results x where x.rule_id = r.id order by x.at desc limit 1) o on true
         where m.incident_id = $1 order by m.until is not null, r.name",
    )
    .bind(incident)
    .fetch_all(&mut *conn)
    .await?;
    if !eyes.figures {
        members.iter_mut().for_each(|member| (member.failing, member.row_count) = (None, None));
    }
    let timeline: Vec<EventRow> = sqlx::query_as(
        "select e.at, e.kind, p.display_name as who, w.public_id as who_id, r.name as rule, s.display_name as subject, e.until, e.note
         from incident_events e
         left join people w on w.id = e.person_id
         left join person_facts p on p.person_id = e.person_id and p.valid_to is null
         left join person_facts s on s.person_id = e.subject_id and s.valid_to is null
         left join rules r on r.id = e.rule_id
         where e.incident_id = $1 order by e.id",
    )
    .bind(incident)
    .fetch_all(conn.as_mut())
    .await?;
    let timeline = timeline.into_iter().map(Event::from).collect();
    Ok(Incident { line, members, timeline })
}

/// What somebody does to an incident.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// They have seen it.
    Acknowledge,
    /// Somebody is to deal with it: a login; none: nobody any more.
    Assign(Option<String>),
    /// It alarms nobody until then, for a reason if there is one; none: it does again.
    Mute(Option<DateTime<Utc>>, String),
    /// They say something.
    Note(String),
    /// It is over, for this reason, whatever its rules say.
    Resolve(String),
}

impl Act {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledged",
            Self::Assign(_) => "assigned",
            Self::Mute(..) => "muted",
            Self::Note(_) => "noted",
            Self::Resolve(_) => "resolved",
        }
    }

    /// What people are told of it; of an assignment, that there is an assignee.
    const fn happened(&self, subject: Option<i64>) -> Option<Happened> {
        match self {
            Self::Assign(_) if subject.is_some() => Some(Happened::Assigned),
            Self::Note(_) => Some(Happened::Noted),
            Self::Resolve(_) => Some(Happened::Resolved),
            Self::Assign(_) | Self::Acknowledge | Self::Mute(..) => None,
        }
    }

    fn note(&self) -> Result<Option<&str>> {
        let (text, field) = match self {
            Self::Note(text) => (text.trim(), "note"),
            Self::Resolve(text) => (text.trim(), "reason"),
            Self::Mute(_, text) if !text.trim().is_empty() => (text.trim(), "reason"),
            _ => return Ok(None),
        };
        if text.is_empty() {
            return Err(Failure::invalid(field, "incident-note-missing"));
        }
        if text.chars().count() > NOTE_MAX {
            return Err(Failure::invalid(field, Message::new("incident-note-long").arg("limit", NOTE_MAX)));
        }
        Ok(Some(text))
    }
}

/// Does something to an incident.
///
/// # Errors
/// `Absent` and `Forbidden` by its dataset; `Stale` where it changed since it was read; `Conflict` where it is closed; `Invalid`
/// with the field that is wrong.
pub(super) async fn act(
    app: &App,
    caller: &Caller,
    id: PublicId,
    read: &IfMatch,
    act: &Act,
) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    let known: Option<(i64, Uuid)> = sqlx::query_as(
        "select i.id, a.public_id from incidents i join assets a on a.id = i.dataset_id where i.public_id = $1",
    )
    .bind(id.0)
    .fetch_optional(&mut *tx)
    .await?;
    let (incident, dataset) = known.ok_or_else(Failure::absent)?;
    let (asset, _) = asset::lock(&mut tx, caller, PublicId(dataset), Action::ManageRules).await?;
    let (counter, state): (i64, String) =
        sqlx::query_as("select counter, state from incidents where id = $1 for update")
            .bind(incident)
            .fetch_one(&mut *tx)
            .await?;
    read.check(counter)?;
    if state == "closed" && !matches!(act, Act::Note(_)) {
        return Err(Failure::new(FailureKind::Conflict, "incident-closed"));
    }
    let note = act.note()?;
    if matches!(act, Act::Mute(Some(until), _) if *until <= caller.now) {
        return Err(Failure::invalid("until", "incident-mute-past"));
    }
    let mut change = ChangeSet::begin_set(&mut tx, "incident.act", &caller.author).await?;
    let subject = done(&mut tx, incident, change.at, act).await?;
    let until = if let Act::Mute(until, _) = act { *until } else { None };
    sqlx::query(
        "insert into incident_events (incident_id, at, kind, person_id, subject_id, until, note) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(incident)
    .bind(change.at)
    .bind(act.kind())
    .bind(caller.person().0)
    .bind(subject)
    .bind(until)
    .bind(note)
    .execute(&mut *tx)
    .await?;
    if let Some(happened) = act.happened(subject) {
        let by = By { person: Some(caller.person()), to: subject.map(PersonId) };
        notices::of_incidents(&mut tx, happened, &[incident], by).await?;
    }
    change.touch(asset.id);
    change.note("incident", incident);
    change.note("act", act.kind());
    change.because(note);
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

/// Writes what an act changes; gives the person it is about.
async fn done(tx: &mut PgConnection, incident: i64, at: DateTime<Utc>, act: &Act) -> Result<Option<i64>> {
    let mut subject = None;
    match act {
        Act::Acknowledge => {
            sqlx::query("update incidents set state = 'acknowledged', counter = counter + 1 where id = $1")
                .bind(incident)
                .execute(tx)
                .await?;
        }
        Act::Assign(login) => {
            if let Some(login) = login {
                subject = Some(person(tx, login).await?);
            }
            sqlx::query("update incidents set assignee_id = $2, counter = counter + 1 where id = $1")
                .bind(incident)
                .bind(subject)
                .execute(tx)
                .await?;
        }
        Act::Mute(until, _) => {
            sqlx::query("update incidents set muted_until = $2, counter = counter + 1 where id = $1")
                .bind(incident)
                .bind(until)
                .execute(tx)
                .await?;
        }
        Act::Note(_) => {
            sqlx::query("update incidents set counter = counter + 1 where id = $1")
                .bind(incident)
                .execute(tx)
                .await?;
        }
        Act::Resolve(_) => {
            // Its rules may open another: they are free again.
            sqlx::query(
                "with gone as (update incident_rules set until = $2 where incident_id = $1 and until is null)
                 update incidents set state = 'closed', closed_at = $2, counter = counter + 1 where id = $1",
            )
            .bind(incident)
            .bind(at)
            .execute(tx)
            .await?;
        }
    }
    Ok(subject)
}

async fn person(tx: &mut PgConnection, login: &str) -> Result<i64> {
    let found: Option<i64> = sqlx::query_scalar(
        "select p.id from people p join person_facts f on f.person_id = p.id and f.valid_to is null where p.login = $1",
    )
    .bind(login.trim())
    .fetch_optional(tx)
    .await?;
    found.ok_or_else(|| {
        Failure::invalid("assignee", Message::new("rule-owner-unknown").arg("name", login.trim()))
    })
}
