//! One hop: the tab of a dataset and the section of a column.

use super::affected::Pair;
use super::around::{Subject, Wanted};
use super::collectors::{self, Collector};
use super::evidence::{self, Between, Evidence};
use super::gaps;
use super::labels::{self, ColumnLabel, ColumnLabels, Labels};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::owners::Subject as Person;
use crate::catalog::rows::word;
use crate::catalog::visible;
use crate::error::Result;
use cadastre_frontend::lineage::Gap;
use cadastre_lineage::{Direction, ImpactAsk, Level, NodeId};
use cadastre_model::{Action, AssetId, ColumnId, How, Maker, PublicId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A side lists so many.
const LISTED: i64 = 50;

/// A dataset one hop away, with all edges between as one.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    /// The dataset.
    pub asset: AssetId,
    /// The id outside of the edge that can be struck out.
    pub edge: PublicId,
    /// The jobs between.
    pub jobs: Vec<AssetId>,
    /// How columns come about.
    pub hows: Vec<How>,
    /// How many pairs of columns are connected.
    pub columns: i64,
    /// Who says so.
    pub makers: Vec<Maker>,
    /// How sure it is, in per cent.
    pub confidence: i16,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
    /// Why, in the words of who drew it.
    pub note: Option<String>,
}

/// An edge that a person struck out.
#[derive(Debug, Clone)]
pub(crate) struct Struck {
    /// The id outside.
    pub edge: PublicId,
    /// On which side the other one lies.
    pub direction: Direction,
    /// The other one.
    pub asset: AssetId,
    /// The columns, where it was one of columns.
    pub columns: Option<(ColumnId, ColumnId)>,
    /// Who.
    pub by: Option<Person>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub note: String,
}

/// What the tab says.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// What it is made from, by name.
    pub up: Vec<Neighbour>,
    /// What is made from it, by name.
    pub down: Vec<Neighbour>,
    /// How many there are one hop up and down.
    pub totals: (usize, usize),
    /// Of how many columns the origin is known; none for what nothing writes.
    pub columns_known: Option<i64>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// What brings lineage in.
    pub collectors: Vec<Collector>,
    /// What was struck out.
    pub struck: Vec<Struck>,
    /// Names.
    pub labels: Labels,
    /// Names of the columns of what was struck out.
    pub columns: ColumnLabels,
}

/// What is one hop from a dataset.
///
/// # Errors
/// `Absent` where the caller sees no such dataset.
pub(crate) async fn of_dataset(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<Beside> {
    let mut conn = app.db().web.acquire().await?;
    let wanted = Wanted::around(dataset, at);
    let subject = super::around::subject(&mut conn, caller, &wanted).await?;
    let (up, down) = (
        subject.beside(app, subject.focus.id, Direction::Up)?,
        subject.beside(app, subject.focus.id, Direction::Down)?,
    );
    let mut beside = Beside {
        totals: (up.len(), down.len()),
        up: neighbours(&mut conn, &subject, Direction::Up, &up, at).await?,
        down: neighbours(&mut conn, &subject, Direction::Down, &down, at).await?,
        columns_known: None,
        gaps: gaps::of_dataset(&mut conn, &subject.focus, up.is_empty() && down.is_empty()).await?,
        collectors: Vec::new(),
        struck: struck(&mut conn, &subject, at).await?,
        labels: Labels::new(),
        columns: ColumnLabels::new(),
    };
    if !up.is_empty() {
        let known = columns_known(app, &mut conn, &subject, at).await?;
        beside.columns_known = Some(known);
        if known == 0 && !beside.gaps.contains(&Gap::StarOnly) {
            beside.gaps.push(Gap::NoColumns);
        }
    }
    let sources: Vec<AssetId> = subject.focus.source.into_iter().collect();
    let see = &subject.eyes.see;
    beside.collectors = collectors::of(&mut conn, see, &sources, caller.language).await?;
    let all = beside.up.iter().chain(&beside.down);
    let ids = all.flat_map(|one| one.jobs.iter().copied().chain([one.asset]));
    let ids: Vec<AssetId> =
        ids.chain(beside.struck.iter().map(|one| one.asset)).collect::<BTreeSet<_>>().into_iter().collect();
    beside.labels = labels::of(&mut conn, see, &ids, at, caller.language).await?;
    let columns: Vec<ColumnId> =
        beside.struck.iter().filter_map(|one| one.columns).flat_map(|(from, to)| [from, to]).collect();
    beside.columns = labels::of_columns(&mut conn, &columns, at).await?;
    Ok(beside)
}

#[derive(Debug, sqlx::FromRow)]
struct NeighbourRow {
    other: i64,
    public_id: Uuid,
    job_id: Option<i64>,
    how: String,
    is_of_columns: bool,
    maker: String,
    confidence: i16,
    seen: DateTime<Utc>,
    note: Option<String>,
    pairs: i64,
}

/// The first neighbours on a side, by name, with what stands between.
async fn neighbours(
    conn: &mut PgConnection,
    subject: &Subject,
    direction: Direction,
    ids: &[AssetId],
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Neighbour>> {
    let seen = visible::of(conn, &subject.eyes.see, ids.iter().copied()).await?;
    let first: Vec<i64> =
        sqlx::query_scalar("select id from assets where id = any($1) order by name, id limit $2")
            .bind(seen.iter().map(|id| id.0).collect::<Vec<_>>())
            .bind(LISTED)
            .fetch_all(&mut *conn)
            .await?;
    // One row a neighbour, job, how and maker: the dataset's own edge is the one that is struck out.
    let rows: Vec<NeighbourRow> = sqlx::query_as(
        "select u.id as other, e.job_id, e.how, e.maker, e.note,
                num_nonnulls(e.from_column, e.to_column) > 0 as is_of_columns,
                (array_agg(e.public_id order by e.id))[1] as public_id, max(e.confidence) as confidence,
                max(coalesce(e.valid_to, (select r.read_at from job_readings r where r.job_id = e.job_id), e.valid_from)) as seen,
                count(*) as pairs
         from unnest($1::bigint[]) with ordinality as u (id, place)
         join lineage_edges e on case when $3 then e.from_id = $2 and e.to_id = u.id else e.from_id = u.id and e.to_id = $2 end
         where holds(e.valid_from, e.valid_to, $4) and not e.struck
         group by u.place, u.id, e.job_id, e.how, e.maker, e.note, is_of_columns
         order by u.place, is_of_columns, min(e.id)",
    )
    .bind(first)
    .bind(subject.focus.id.0)
    .bind(direction == Direction::Down)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let jobs = rows.iter().filter_map(|row| row.job_id).map(AssetId).collect::<BTreeSet<_>>();
    let seen = visible::of(conn, &subject.eyes.see, jobs).await?;
    let mut all: Vec<Neighbour> = Vec::new();
    for row in rows.iter().filter(|row| row.job_id.is_none_or(|job| seen.contains(&AssetId(job)))) {
        add(&mut all, row)?;
    }
    Ok(all)
}

fn add(all: &mut Vec<Neighbour>, row: &NeighbourRow) -> Result<()> {
    let asset = AssetId(row.other);
    if all.last().is_none_or(|last| last.asset != asset) {
        all.push(Neighbour {
            asset,
            edge: PublicId(row.public_id),
            jobs: Vec::new(),
            hows: Vec::new(),
            columns: 0,
            makers: Vec::new(),
            confidence: 0,
            last_seen: row.seen,
            note: None,
        });
    }
    let Some(one) = all.last_mut() else { return Ok(()) };
    one.jobs.extend(row.job_id.map(AssetId).filter(|job| !one.jobs.contains(job)));
    let (how, maker): (How, Maker) = (word(&row.how)?, word(&row.maker)?);
    if row.is_of_columns {
        one.columns += row.pairs;
    }
    if how != How::Unknown && !one.hows.contains(&how) {
        one.hows.push(how);
    }
    if !one.makers.contains(&maker) {
        one.makers.push(maker);
    }
    one.confidence = one.confidence.max(row.confidence);
    one.last_seen = one.last_seen.max(row.seen);
    one.note = one.note.take().or_else(|| row.note.clone());
    Ok(())
}

/// Of how many of its columns the origin is known, as far as the reader sees.
async fn columns_known(
    app: &App,
    conn: &mut PgConnection,
    subject: &Subject,
    at: Option<DateTime<Utc>>,
) -> Result<i64> {
    let columns = labels::first_columns(conn, &[subject.focus.id], i64::MAX, at).await?;
    let has_origin = |column: &&ColumnLabel| {
        let ask = ImpactAsk {
            depth: Some(0),
            ..ImpactAsk::whole(NodeId::Column(column.id), Direction::Up, Level::Columns)
        };
        let reached = subject.eyes.look(|sight| subject.ground.ask(app, |graph| graph.impact(sight, &ask)));
        reached.is_ok_and(|impact| impact.reached.first().is_some_and(|own| !own.end))
    };
    Ok(i64::try_from(columns.iter().filter(has_origin).count()).unwrap_or(0))
}

#[derive(Debug, sqlx::FromRow)]
struct StruckRow {
    public_id: Uuid,
    from_id: i64,
    to_id: i64,
    from_column: Option<i64>,
    to_column: Option<i64>,
    note: Option<String>,
    valid_from: DateTime<Utc>,
    change_set: i64,
}

async fn struck(
    conn: &mut PgConnection,
    subject: &Subject,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Struck>> {
    let rows: Vec<StruckRow> = sqlx::query_as(
        "select public_id, from_id, to_id, from_column, to_column, note, valid_from, change_set
         from lineage_edges
         where struck and (from_id = $1 or to_id = $1) and from_id is not null and to_id is not null
           and holds(valid_from, valid_to, $2)
         order by valid_from desc, id",
    )
    .bind(subject.focus.id.0)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let own = subject.focus.id;
    let other = |row: &StruckRow| AssetId(if row.from_id == own.0 { row.to_id } else { row.from_id });
    let seen = visible::of(conn, &subject.eyes.see, rows.iter().map(other)).await?;
    let mut all = Vec::new();
    for row in rows.iter().filter(|row| seen.contains(&other(row))) {
        all.push(Struck {
            edge: PublicId(row.public_id),
            direction: if row.from_id == own.0 { Direction::Down } else { Direction::Up },
            asset: other(row),
            columns: row.from_column.zip(row.to_column).map(|(from, to)| (ColumnId(from), ColumnId(to))),
            by: evidence::who(conn, row.change_set).await?,
            at: row.valid_from,
            note: row.note.clone().unwrap_or_default(),
        });
    }
    Ok(all)
}

/// A column, or a dataset as a whole, one hop from a column.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// The dataset.
    pub asset: AssetId,
    /// Its column, where one is known.
    pub column: Option<ColumnId>,
    /// What stands between.
    pub between: Option<Between>,
}

/// What a column's page says.
#[derive(Debug, Clone)]
pub(crate) struct ColumnBeside {
    /// What it is made from.
    pub up: Vec<Near>,
    /// The first of what is made from it.
    pub down: Vec<Near>,
    /// How many are made from it, over all hops.
    pub down_total: usize,
    /// How it is computed, by each job.
    pub computed: Vec<Evidence>,
    /// Names.
    pub labels: Labels,
    /// Names of columns.
    pub columns: ColumnLabels,
}

/// A column's page lists so many on a side.
const NEAR: usize = 20;

/// What is one hop from a column.
///
/// # Errors
/// `Absent` where the caller sees no such column.
pub(crate) async fn of_column(
    app: &App,
    caller: &Caller,
    asset: &Asset,
    column: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<ColumnBeside> {
    let mut conn = app.db().web.acquire().await?;
    let wanted =
        Wanted { column: Some(column), level: Level::Columns, ..Wanted::around(asset.public_id, at) };
    let subject = super::around::subject(&mut conn, caller, &wanted).await?;
    let up = near(app, &mut conn, &subject, Direction::Up, at).await?;
    let down = near(app, &mut conn, &subject, Direction::Down, at).await?;
    let whole = subject.reached(app, Level::Columns, Direction::Down, None)?;
    let computed = match &subject.column {
        Some(column) => evidence::of_column(&mut conn, caller, &subject.eyes, column.id, at).await?,
        None => Vec::new(),
    };
    let all = up.iter().chain(&down);
    let ids: BTreeSet<AssetId> = all
        .clone()
        .flat_map(|one| {
            one.between.iter().flat_map(|between| between.jobs.iter().copied()).chain([one.asset])
        })
        .collect();
    let columns: Vec<ColumnId> = all.filter_map(|one| one.column).collect();
    let ids: Vec<AssetId> = ids.into_iter().collect();
    Ok(ColumnBeside {
        labels: labels::of(&mut conn, &subject.eyes.see, &ids, at, caller.language).await?,
        columns: labels::of_columns(&mut conn, &columns, at).await?,
        down_total: whole.reached.iter().filter(|one| one.hop > 0).count(),
        up,
        down,
        computed,
    })
}

async fn near(
    app: &App,
    conn: &mut PgConnection,
    subject: &Subject,
    direction: Direction,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Near>> {
    let reached = subject.reached(app, Level::Columns, direction, Some(1))?;
    let first: Vec<_> = reached.reached.iter().filter(|one| one.hop == 1).take(NEAR).collect();
    let seen = visible::of(conn, &subject.eyes.see, first.iter().map(|one| one.asset)).await?;
    let own = (subject.focus.id, subject.column.as_ref().map(|column| column.id));
    let pair = |asset, column| -> Pair {
        match direction {
            Direction::Up => ((asset, column), own),
            Direction::Down => (own, (asset, column)),
        }
    };
    let column = |node| match node {
        NodeId::Column(id) => Some(id),
        NodeId::Asset(_) => None,
    };
    let pairs: Vec<Pair> = first.iter().map(|one| pair(one.asset, column(one.node))).collect();
    let mut between: HashMap<Pair, Between> = evidence::steps(conn, &subject.eyes.see, &pairs, at).await?;
    let all = first.iter().zip(&pairs).filter(|(one, _)| seen.contains(&one.asset));
    Ok(all
        .map(|(one, pair)| Near { asset: one.asset, column: column(one.node), between: between.remove(pair) })
        .collect())
}

/// Whether the caller may draw and strike out edges at a dataset.
pub(crate) fn may_draw(caller: &Caller, asset: &Asset) -> bool {
    caller.may(Action::ManageLineage, &asset.resource())
}
