//! Edges by a person's hand: drawn where no job is known, struck out where one says what is not so.

use super::ground;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use cadastre_model::{Action, AssetId, AssetKind, ColumnId, How, Maker, Message, PublicId, Version};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// The longest note, in characters.
pub(crate) const NOTE_MAX: usize = 2000;

/// The most columns that one edge connects.
const COLUMNS_MAX: usize = 500;

/// An edge to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    /// The other dataset.
    pub(crate) other: PublicId,
    /// Whether the other lies up: its data goes into the dataset.
    pub(crate) is_up: bool,
    /// Which columns go into which, by name; none: only the datasets are connected.
    pub(crate) columns: Vec<(String, String)>,
    /// Why.
    pub(crate) note: String,
}

/// A row of the edges.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Row {
    id: i64,
    from_id: i64,
    to_id: i64,
    from_column: Option<i64>,
    to_column: Option<i64>,
    struck: bool,
    is_hand: bool,
}

/// Draws an edge at a dataset.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset; `Invalid` with the fields that are wrong; `Conflict` when it is drawn already.
pub(crate) async fn draw(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    drawn: &Drawn,
) -> Result<(PublicId, Version)> {
    let note = note(&drawn.note, "note")?;
    let mut tx = app.db().web.begin().await?;
    let (here, _) = dataset_of(asset::lock(&mut tx, caller, dataset, Action::ManageLineage).await?)?;
    let other = asset::find(&mut *tx, caller, drawn.other, Action::See).await.and_then(dataset_of);
    let Ok((other, _)) = other else { return Err(Failure::invalid("other", "edge-other-unknown")) };
    if other.id == here.id {
        return Err(Failure::invalid("other", "edge-to-itself"));
    }
    let (from, to) = if drawn.is_up { (other.id, here.id) } else { (here.id, other.id) };
    let columns = columns(&mut tx, from, to, &drawn.columns).await?;
    let mut change = ChangeSet::begin_set(&mut tx, "edge.draw", &caller.author).await?;
    let mut ends: Vec<(Option<ColumnId>, Option<ColumnId>)> = vec![(None, None)];
    ends.extend(columns.into_iter().map(|(from, to)| (Some(from), Some(to))));
    let mut first = None;
    for (from_column, to_column) in ends {
        let how = if from_column.is_some() { How::Identity } else { How::Unknown };
        let made = open(&mut tx, &change, (from, to), (from_column, to_column), how, false, note).await?;
        first = first.or(made);
    }
    let Some(first) = first else { return Err(Failure::new(FailureKind::Conflict, "edge-drawn-already")) };
    change.because(Some(note));
    let version = done(tx, change).await?;
    seen(app, caller, version).await;
    Ok((first, version))
}

/// Whether the caller may draw edges at a dataset: asked before what they typed is looked at.
///
/// # Errors
/// `Absent` and `Forbidden`.
pub(crate) async fn permitted(app: &App, caller: &Caller, dataset: PublicId) -> Result<()> {
    let found = asset::find(&app.db().web, caller, dataset, Action::ManageLineage).await?;
    dataset_of(found).map(drop)
}

/// Says that an edge at a dataset is not so, whatever job says it. One that was drawn by hand is taken back.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset; `Absent` when there is no such edge at it.
pub(crate) async fn strike(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    edge: PublicId,
    why: &str,
) -> Result<Version> {
    let note = note(why, "reason")?;
    let mut tx = app.db().web.begin().await?;
    let (here, _) = dataset_of(asset::lock(&mut tx, caller, dataset, Action::ManageLineage).await?)?;
    let row = edge_at(&mut tx, caller, &here, edge).await?;
    if row.struck {
        return Err(Failure::absent());
    }
    let mut change = ChangeSet::begin_set(&mut tx, "edge.strike", &caller.author).await?;
    let ends = (AssetId(row.from_id), AssetId(row.to_id));
    if row.is_hand {
        close_drawn(&mut tx, &change, row).await?;
    } else {
        let columns = (row.from_column.map(ColumnId), row.to_column.map(ColumnId));
        open(&mut tx, &change, ends, columns, How::Unknown, true, note).await?;
    }
    change.because(Some(note));
    let version = done(tx, change).await?;
    seen(app, caller, version).await;
    Ok(version)
}

/// An edge that was struck out counts again.
///
/// # Errors
/// As [`strike`].
pub(crate) async fn restore(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    edge: PublicId,
) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    let (here, _) = dataset_of(asset::lock(&mut tx, caller, dataset, Action::ManageLineage).await?)?;
    let row = edge_at(&mut tx, caller, &here, edge).await?;
    if !row.struck {
        return Err(Failure::absent());
    }
    let change = ChangeSet::begin_set(&mut tx, "edge.restore", &caller.author).await?;
    close(&mut tx, &change, &[row.id]).await?;
    let version = done(tx, change).await?;
    seen(app, caller, version).await;
    Ok(version)
}

/// What a page asks before an edge is struck out: the names of its ends.
///
/// # Errors
/// As [`strike`].
pub(crate) async fn ends(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    edge: PublicId,
) -> Result<(String, String)> {
    let mut conn = app.db().web.acquire().await?;
    let (here, _) = dataset_of(asset::find(&mut *conn, caller, dataset, Action::ManageLineage).await?)?;
    let row = edge_at(&mut conn, caller, &here, edge).await?;
    if row.struck {
        return Err(Failure::absent());
    }
    let from = asset::of(&mut *conn, AssetId(row.from_id)).await?.name;
    let to = asset::of(&mut *conn, AssetId(row.to_id)).await?.name;
    Ok((from, to))
}

fn dataset_of((asset, permit): (Asset, cadastre_access::Permit)) -> Result<(Asset, cadastre_access::Permit)> {
    if asset.kind == AssetKind::Dataset { Ok((asset, permit)) } else { Err(Failure::absent()) }
}

fn note<'a>(text: &'a str, field: &str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::invalid(field, "edge-note-missing"));
    }
    if text.chars().count() > NOTE_MAX {
        return Err(Failure::invalid(field, Message::new("edge-note-long").arg("limit", NOTE_MAX)));
    }
    Ok(text)
}

/// The columns of both ends by their names.
async fn columns(
    conn: &mut PgConnection,
    from: AssetId,
    to: AssetId,
    pairs: &[(String, String)],
) -> Result<Vec<(ColumnId, ColumnId)>> {
    if pairs.len() > COLUMNS_MAX {
        return Err(Failure::invalid("columns", Message::new("edge-columns-many").arg("limit", COLUMNS_MAX)));
    }
    let known = ground::columns(conn, [from, to]).await?;
    let find = |dataset: AssetId, name: &str| {
        let name = name.trim();
        let found = known.get(&dataset).and_then(|all| all.iter().find(|(_, known)| known == name));
        let unknown = || Failure::invalid("columns", Message::new("edge-column-unknown").arg("name", name));
        found.map(|(id, _)| *id).ok_or_else(unknown)
    };
    pairs.iter().map(|(one, other)| Ok((find(from, one)?, find(to, other)?))).collect()
}

/// Opens a row by hand, unless there is the same already.
async fn open(
    tx: &mut PgConnection,
    change: &ChangeSet,
    (from, to): (AssetId, AssetId),
    (from_column, to_column): (Option<ColumnId>, Option<ColumnId>),
    how: How,
    struck: bool,
    note: &str,
) -> Result<Option<PublicId>> {
    let made: Option<uuid::Uuid> = sqlx::query_scalar(
        "insert into lineage_edges (from_id, to_id, from_column, to_column, how, struck, maker, confidence, note, valid_from, change_set)
         select $1, $2, $3, $4, $5, $6, $7, 100, $8, $9, $10
         where not exists (select from lineage_edges e where e.from_id = $1 and e.to_id = $2 and e.job_id is null and e.valid_to is null
             and e.struck = $6 and (e.from_column, e.to_column) is not distinct from ($3, $4))
         returning public_id",
    )
    .bind(from.0)
    .bind(to.0)
    .bind(from_column.map(|id| id.0))
    .bind(to_column.map(|id| id.0))
    .bind(how.as_str())
    .bind(struck)
    .bind(Maker::Person.as_str())
    .bind(note)
    .bind(change.at)
    .bind(change.id.0)
    .fetch_optional(tx)
    .await?;
    Ok(made.map(PublicId))
}

/// An open edge between two datasets of which this is one, and the caller sees the other and its job.
async fn edge_at(conn: &mut PgConnection, caller: &Caller, here: &Asset, edge: PublicId) -> Result<Row> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select e.id, e.from_id, e.to_id, e.from_column, e.to_column, e.struck, e.maker = 'person' as is_hand
         from lineage_edges e
         join assets a on a.id = e.from_id join assets b on b.id = e.to_id left join assets j on j.id = e.job_id
         where e.valid_to is null and e.public_id = ",
    );
    query.push_bind(edge.0).push(" and ").push_bind(here.id.0).push(" in (e.from_id, e.to_id) and ");
    push_scope(&mut query, "a", &see);
    query.push(" and ");
    push_scope(&mut query, "b", &see);
    query.push(" and (j.id is null or ");
    push_scope(&mut query, "j", &see);
    query.push(")");
    query.build_query_as().fetch_optional(conn).await?.ok_or_else(Failure::absent)
}

/// Takes back what was drawn: the edge of a whole dataset with its columns.
async fn close_drawn(tx: &mut PgConnection, change: &ChangeSet, row: Row) -> Result<()> {
    let ids: Vec<i64> = match row.from_column.or(row.to_column) {
        Some(_) => vec![row.id],
        None => {
            sqlx::query_scalar(
                "select id from lineage_edges where from_id = $1 and to_id = $2 and job_id is null and not struck and valid_to is null",
            )
            .bind(row.from_id)
            .bind(row.to_id)
            .fetch_all(&mut *tx)
            .await?
        }
    };
    close(tx, change, &ids).await
}

async fn close(tx: &mut PgConnection, change: &ChangeSet, ids: &[i64]) -> Result<()> {
    sqlx::query(
        "update lineage_edges set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where id = any($1)",
    )
    .bind(ids)
    .bind(change.at)
    .bind(change.id.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Nothing is touched, as by every change of edges: who sees one end only must not see that there is a change.
async fn done(mut tx: sqlx::Transaction<'_, Postgres>, mut change: ChangeSet) -> Result<Version> {
    change.about(Topic::Lineage);
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(version)
}

async fn seen(app: &App, caller: &Caller, version: Version) {
    caller.has_seen(version).await;
    app.lineage().wait_for(version).await;
}
