//! How an edge comes about: who says so, since when, and in which lines of which text.

use super::affected::Pair;
use super::eyes::Eyes;
use super::labels::{self, ColumnLabels, Labels};
use crate::access::Caller;
use crate::catalog::owners::Subject;
use crate::catalog::rows::word;
use crate::catalog::{asset, visible};
use crate::error::Result;
use crate::lineage::withheld;
use cadastre_access::Scope;
use cadastre_lineage::Hows;
use cadastre_model::{Action, AssetId, ColumnId, How, Maker, PublicId, SubjectKind};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// All edges between two ends, as one.
#[derive(Debug, Clone)]
pub(crate) struct Between {
    pub(crate) hows: Hows,
    pub(crate) confidence: u8,
    pub(crate) hand: bool,
    pub(crate) jobs: Vec<AssetId>,
    pub(crate) edge: PublicId,
}

#[derive(Debug, sqlx::FromRow)]
struct BetweenRow {
    place: i64,
    public_id: Uuid,
    job_id: Option<i64>,
    how: String,
    confidence: i16,
    maker: String,
}

/// What stands between pairs of ends, as far as the reader sees the jobs of it.
pub(crate) async fn steps(
    conn: &mut PgConnection,
    see: &Scope,
    pairs: &[Pair],
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<Pair, Between>> {
    // Between datasets the edges of their columns say how; what decides the rows of a dataset leads to each of its columns. The
    // edge that is spoken of is the one with just these ends, where there is one.
    let rows: Vec<BetweenRow> = sqlx::query_as(
        "select u.place, e.job_id, e.how, e.maker, max(e.confidence) as confidence, min(o.off) as off,
                (array_agg(e.public_id order by o.off, e.id))[1] as public_id
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as u (a, ac, b, bc, place)
         join lineage_edges e on e.from_id = u.a and e.to_id = u.b
              and (num_nonnulls(u.ac, u.bc) = 0
                   or num_nonnulls(e.from_column, e.to_column) > 0
                      and coalesce(e.from_column = u.ac, e.from_column is null)
                      and coalesce(e.to_column = u.bc, e.to_column is null))
         cross join lateral (select (e.from_column is distinct from u.ac)::int + (e.to_column is distinct from u.bc)::int as off) o
         where holds(e.valid_from, e.valid_to, $5) and not e.struck
         group by u.place, e.job_id, e.how, e.maker
         order by u.place, off, min(e.id)",
    )
    .bind(pairs.iter().map(|pair| pair.0.0.0).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.0.1.map(|id| id.0)).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.1.0.0).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.1.1.map(|id| id.0)).collect::<Vec<_>>())
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let jobs = rows.iter().filter_map(|row| row.job_id).map(AssetId).collect::<BTreeSet<_>>();
    let seen = visible::of(conn, see, jobs).await?;
    let mut all: HashMap<Pair, Between> = HashMap::new();
    for row in rows {
        let job = row.job_id.map(AssetId);
        if job.is_some_and(|job| !seen.contains(&job)) {
            continue;
        }
        let Some(pair) = usize::try_from(row.place - 1).ok().and_then(|place| pairs.get(place)) else {
            continue;
        };
        let between = all.entry(*pair).or_insert_with(|| Between {
            hows: Hows::default(),
            confidence: 0,
            hand: false,
            jobs: Vec::new(),
            edge: PublicId(row.public_id),
        });
        between.hows.insert(word(&row.how)?);
        between.confidence = between.confidence.max(u8::try_from(row.confidence).unwrap_or(0));
        between.hand |= row.maker == Maker::Person.as_str();
        between.jobs.extend(job.filter(|job| !between.jobs.contains(job)));
    }
    for between in all.values_mut() {
        let said: Hows = between.hows.iter().filter(|how| *how != How::Unknown).collect();
        if said != Hows::default() {
            between.hows = said;
        }
    }
    Ok(all)
}

/// A text with the piece of it that says so.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    /// The whole definition.
    pub text: String,
    /// First byte of the expression, or of the statement.
    pub start: usize,
    /// First byte behind it.
    pub end: usize,
}

/// How one edge comes about.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// From where.
    pub from: (AssetId, Option<ColumnId>),
    /// To where.
    pub to: (AssetId, Option<ColumnId>),
    /// How.
    pub hows: Vec<How>,
    /// The job that says so.
    pub job: Option<AssetId>,
    /// Its version.
    pub version: Option<i32>,
    /// Which statement, from 1.
    pub statement: Option<i32>,
    /// Where in the text, for who may read it.
    pub passage: Option<Passage>,
    /// There is a text that the reader may not see.
    pub is_withheld: bool,
    /// Who says so.
    pub maker: Maker,
    /// How sure it is, in per cent.
    pub confidence: i16,
    /// When it was first and last seen.
    pub seen: (DateTime<Utc>, DateTime<Utc>),
    /// Why, in the words of who drew it.
    pub note: Option<String>,
    /// Who drew it.
    pub by: Option<Subject>,
    /// Names of all these.
    pub labels: Labels,
    /// Names of the columns.
    pub columns: ColumnLabels,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct EdgeRow {
    job_id: Option<i64>,
    from_id: i64,
    to_id: i64,
    from_column: Option<i64>,
    to_column: Option<i64>,
    hows: Vec<String>,
    maker: String,
    confidence: i16,
    statement: Option<i32>,
    start_byte: Option<i32>,
    end_byte: Option<i32>,
    note: Option<String>,
    change_set: i64,
    valid_from: DateTime<Utc>,
    valid_to: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
}

/// An edge by its id outside. None where there is none that the reader sees.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn of_edge(
    conn: &mut PgConnection,
    caller: &Caller,
    eyes: &Eyes,
    edge: PublicId,
) -> Result<Option<Evidence>> {
    let row: Option<EdgeRow> = sqlx::query_as(
        "select e.job_id, e.from_id, e.to_id, e.from_column, e.to_column, e.maker, e.confidence, e.statement,
                e.start_byte, e.end_byte, e.note, e.change_set, e.valid_from, e.valid_to,
                (select r.read_at from job_readings r where r.job_id = e.job_id) as read_at,
                array(select distinct o.how from lineage_edges o
                      where o.from_id = e.from_id and o.to_id = e.to_id and o.job_id is not distinct from e.job_id
                        and o.from_column is not distinct from e.from_column and o.to_column is not distinct from e.to_column
                        and holds(o.valid_from, o.valid_to, e.valid_from)) as hows
         from lineage_edges e
         where e.public_id = $1 and not e.struck and e.from_id is not null and e.to_id is not null",
    )
    .bind(edge.0)
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) => told(conn, caller, eyes, row).await,
        None => Ok(None),
    }
}

/// How a column is computed, by each job that writes it: of each the edge that says most.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn of_column(
    conn: &mut PgConnection,
    caller: &Caller,
    eyes: &Eyes,
    column: ColumnId,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Evidence>> {
    let rows: Vec<EdgeRow> = sqlx::query_as(
        "select distinct on (e.job_id) e.job_id, e.from_id, e.to_id, e.from_column, e.to_column, e.maker, e.confidence, e.statement,
                e.start_byte, e.end_byte, e.note, e.change_set, e.valid_from, e.valid_to,
                (select r.read_at from job_readings r where r.job_id = e.job_id) as read_at,
                array[e.how] as hows
         from lineage_edges e
         where e.to_column = $1 and holds(e.valid_from, e.valid_to, $2) and not e.struck and e.from_id is not null
         order by e.job_id, e.how in ('condition', 'over', 'filter', 'join', 'group', 'sort'), e.start_byte nulls last, e.id",
    )
    .bind(column.0)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let mut all = Vec::new();
    for row in rows {
        all.extend(told(conn, caller, eyes, row).await?);
    }
    Ok(all)
}

async fn told(
    conn: &mut PgConnection,
    caller: &Caller,
    eyes: &Eyes,
    row: EdgeRow,
) -> Result<Option<Evidence>> {
    let job = row.job_id.map(AssetId);
    let ends = [AssetId(row.from_id), AssetId(row.to_id)];
    let ids: BTreeSet<AssetId> = ends.into_iter().chain(job).collect();
    if visible::of(conn, &eyes.see, ids.iter().copied()).await?.len() < ids.len() {
        return Ok(None);
    }
    let ids: Vec<AssetId> = ids.into_iter().collect();
    let labels = labels::of(conn, &eyes.see, &ids, None, caller.language).await?;
    let columns: Vec<ColumnId> =
        [row.from_column, row.to_column].into_iter().flatten().map(ColumnId).collect();
    let columns = labels::of_columns(conn, &columns, None).await?;
    let text = match job {
        Some(job) => version(conn, job, &row).await?,
        None => None,
    };
    let may_read = match (&text, job) {
        (Some(_), Some(job)) => {
            let may_edit = caller.may(Action::ManageLineage, &asset::of(&mut *conn, job).await?.resource());
            withheld::may_read(conn, &eyes.see, job, may_edit).await?
        }
        _ => false,
    };
    let (version, passage) = match text {
        Some((version, passage)) => (Some(version), passage),
        None => (None, None),
    };
    let maker = word(&row.maker)?;
    Ok(Some(Evidence {
        from: (ends[0], row.from_column.map(ColumnId)),
        to: (ends[1], row.to_column.map(ColumnId)),
        hows: row.hows.iter().map(|how| word(how)).collect::<Result<_>>()?,
        job,
        version,
        statement: row.statement,
        is_withheld: passage.is_some() && !may_read,
        passage: passage.filter(|_| may_read),
        maker,
        confidence: row.confidence,
        seen: (row.valid_from, row.valid_to.or(row.read_at).unwrap_or(row.valid_from)),
        by: if maker == Maker::Person { who(conn, row.change_set).await? } else { None },
        note: row.note,
        labels,
        columns,
    }))
}

#[derive(Debug, sqlx::FromRow)]
struct TextRow {
    number: i32,
    definition: Option<String>,
    start_byte: Option<i32>,
    end_byte: Option<i32>,
}

/// The version that says so, by number and text.
async fn version(
    conn: &mut PgConnection,
    job: AssetId,
    row: &EdgeRow,
) -> Result<Option<(i32, Option<Passage>)>> {
    // Where an edge has no expression of its own, its statement is shown; of an edge that ended, what said so last.
    let text: Option<TextRow> = sqlx::query_as(
        "select f.number, f.definition, coalesce($3::int, s.start_byte) as start_byte, coalesce($4::int, s.end_byte) as end_byte
         from job_facts f left join job_statements s on s.job_id = f.job_id and s.ordinal = $2 and f.valid_to is null
         where f.job_id = $1 and f.valid_from < coalesce($5::timestamptz, 'infinity') order by f.number desc limit 1",
    )
    .bind(job.0)
    .bind(row.statement)
    .bind(row.start_byte)
    .bind(row.end_byte)
    .bind(row.valid_to)
    .fetch_optional(conn)
    .await?;
    Ok(text.map(|text| {
        let (start, end) = (text.start_byte.unwrap_or(0), text.end_byte.unwrap_or(0));
        let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
        (text.number, text.definition.map(|text| Passage { text, start, end }))
    }))
}

/// Who made a change.
pub(crate) async fn who(conn: &mut PgConnection, change_set: i64) -> Result<Option<Subject>> {
    let row: Option<(Uuid, String)> = sqlx::query_as(
        "select p.public_id, f.display_name from change_sets c join people p on p.id = c.person_id
         join person_facts f on f.person_id = p.id and f.valid_to is null where c.id = $1",
    )
    .bind(change_set)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(id, name)| Subject { kind: SubjectKind::Person, id: PublicId(id), name }))
}
