//! One job as its readers see it: its versions, what it reads and writes, how much of it was understood.

use super::store::{JobVersion, VersionRow, version_columns};
use super::{runs, withheld};
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::owners::{self, Owner};
use crate::catalog::rows::{self, Named, word};
use crate::catalog::visible;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{Action, AssetId, AssetKind, ColumnId, How, PublicId, RunState, Understood};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A job with what all its pages show.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// As rights see it.
    pub(crate) asset: Asset,
    /// Its names.
    pub(crate) named: Named,
    /// The version in force; the last one of a job that is gone.
    pub(crate) version: JobVersion,
    /// Who answers for it.
    pub(crate) owners: Vec<Owner>,
    /// The datasets that it reads and writes, as far as the reader sees them.
    pub(crate) ends: Ends,
    /// Whether the reader may see its text: all that the text names is theirs to see.
    pub(crate) may_read: bool,
    /// Whether the reader may change it.
    pub(crate) may_edit: bool,
    /// How its last run stands, and since when.
    pub(crate) last_run: Option<(RunState, DateTime<Utc>)>,
    /// How many runs are known.
    pub(crate) runs: i64,
}

/// What a job reads and writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    /// Datasets that are read, with the columns that take part.
    pub(crate) inputs: BTreeMap<AssetId, BTreeSet<ColumnId>>,
    /// Datasets that are written, with the columns and how they come about.
    pub(crate) outputs: BTreeMap<AssetId, BTreeMap<ColumnId, BTreeSet<How>>>,
}

impl Ends {
    /// How many datasets are read and written.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.inputs.len(), self.outputs.len())
    }
}

/// A job.
///
/// # Errors
/// `Absent` when there is none, or not for the caller.
pub(crate) async fn show(app: &App, caller: &Caller, id: PublicId) -> Result<Job> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    if asset.kind != AssetKind::Job {
        return Err(Failure::absent());
    }
    let version = newest(&mut conn, asset.id).await?.ok_or_else(Failure::absent)?;
    let named = rows::named(&mut conn, &see, &[asset.id], caller.language).await?.remove(&asset.id);
    let may_edit = caller.may(Action::ManageLineage, &asset.resource());
    Ok(Job {
        named: named.ok_or_else(Failure::absent)?,
        owners: owners::of(&mut conn, asset.id, None).await?,
        ends: ends(&mut conn, &see, asset.id).await?,
        may_read: withheld::may_read(&mut conn, &see, asset.id, may_edit).await?,
        may_edit,
        last_run: runs::last(&mut conn, &[asset.id]).await?.remove(&asset.id),
        runs: runs::count(&mut conn, asset.id).await?,
        version,
        asset,
    })
}

const NEWEST: &str = concat!(
    "select ",
    version_columns!(),
    " from job_facts f where f.job_id = $1 order by f.number desc limit 1"
);
const NUMBERED: &str =
    concat!("select ", version_columns!(), " from job_facts f where f.job_id = $1 and f.number = $2");

async fn newest(conn: &mut PgConnection, job: AssetId) -> Result<Option<JobVersion>> {
    let row: Option<VersionRow> = sqlx::query_as(NEWEST).bind(job.0).fetch_optional(conn).await?;
    row.map(VersionRow::version).transpose()
}

/// A version by its number.
pub(crate) async fn version(
    conn: &mut PgConnection,
    job: AssetId,
    number: i32,
) -> Result<Option<JobVersion>> {
    let row: Option<VersionRow> =
        sqlx::query_as(NUMBERED).bind(job.0).bind(number).fetch_optional(conn).await?;
    row.map(VersionRow::version).transpose()
}

/// What a job reads and writes now, as far as it is seen.
async fn ends(conn: &mut PgConnection, see: &Scope, job: AssetId) -> Result<Ends> {
    type Row = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, String);
    let rows: Vec<Row> = sqlx::query_as(
        "select from_id, to_id, from_column, to_column, how from lineage_edges where job_id = $1 and valid_to is null",
    )
    .bind(job.0)
    .fetch_all(&mut *conn)
    .await?;
    let ids: HashSet<AssetId> = rows.iter().flat_map(|row| [row.0, row.1]).flatten().map(AssetId).collect();
    let seen = visible::of(conn, see, ids).await?;
    let mut ends = Ends::default();
    for (from, to, from_column, to_column, how) in rows {
        let (from, to) = (from.map(AssetId), to.map(AssetId));
        // An edge of which one end is hidden is absent.
        if [from, to].into_iter().flatten().any(|id| !seen.contains(&id)) {
            continue;
        }
        if let Some(from) = from {
            ends.inputs.entry(from).or_default().extend(from_column.map(ColumnId));
        }
        if let Some(to) = to {
            let columns = ends.outputs.entry(to).or_default();
            if let Some(column) = to_column {
                columns.entry(ColumnId(column)).or_default().insert(word(&how)?);
            }
        }
    }
    Ok(ends)
}

/// A statement of the version in force.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct StatementRow {
    /// From 1.
    pub(crate) ordinal: i32,
    /// A word of [`Understood`].
    pub(crate) understood: String,
    /// First byte.
    pub(crate) start_byte: i32,
    /// First byte behind it.
    pub(crate) end_byte: i32,
    /// Its line, from 1.
    pub(crate) line: i32,
    /// Why something was not understood.
    pub(crate) reason: Option<String>,
    /// In which line.
    pub(crate) reason_line: Option<i32>,
    /// At which character.
    pub(crate) reason_column: Option<i32>,
}

impl StatementRow {
    /// How much of it was understood.
    pub(crate) fn state(&self) -> Understood {
        self.understood.parse().unwrap_or(Understood::Failed)
    }
}

/// The statements of a job, in their order.
pub(crate) async fn statements(conn: &mut PgConnection, job: AssetId) -> Result<Vec<StatementRow>> {
    Ok(sqlx::query_as(
        "select ordinal, understood, start_byte, end_byte, line, reason, reason_line, reason_column
         from job_statements where job_id = $1 order by ordinal",
    )
    .bind(job.0)
    .fetch_all(conn)
    .await?)
}

/// An edge of columns with where the definition says so.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct SpotRow {
    /// Where it comes from.
    pub(crate) from_id: i64,
    /// Its column.
    pub(crate) from_column: Option<i64>,
    /// Where it goes.
    pub(crate) to_id: i64,
    /// Its column.
    pub(crate) to_column: i64,
    /// A word of [`How`].
    pub(crate) how: String,
    /// Where the expression begins.
    pub(crate) start_byte: Option<i32>,
    /// Where it ends.
    pub(crate) end_byte: Option<i32>,
}

/// The edges of a job to columns, by the columns.
pub(crate) async fn spots(conn: &mut PgConnection, job: AssetId) -> Result<Vec<SpotRow>> {
    Ok(sqlx::query_as(
        "select e.from_id, e.from_column, e.to_id, e.to_column, e.how, e.start_byte, e.end_byte
         from lineage_edges e join column_facts f on f.column_id = e.to_column and f.valid_to is null
         where e.job_id = $1 and e.valid_to is null and e.from_id is not null
         order by e.to_id, f.ordinal, e.id",
    )
    .bind(job.0)
    .fetch_all(conn)
    .await?)
}

/// Columns by their id: the public id and the name, nested ones with dots.
pub(crate) async fn columns(
    conn: &mut PgConnection,
    ids: &[ColumnId],
) -> Result<HashMap<ColumnId, (PublicId, String)>> {
    let rows: Vec<(i64, uuid::Uuid, Vec<String>)> = sqlx::query_as(
        "select c.id, c.public_id, f.path from columns c
         join lateral (select path from column_facts f where f.column_id = c.id order by f.valid_from desc limit 1) f on true
         where c.id = any($1)",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let column = |(id, public, path): (i64, uuid::Uuid, Vec<String>)| {
        (ColumnId(id), (PublicId(public), path.join(".")))
    };
    Ok(rows.into_iter().map(column).collect())
}

/// A version in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct VersionLine {
    /// From 1.
    pub(crate) number: i32,
    /// By which way it came.
    pub(crate) maker: String,
    /// Since when it holds.
    pub(crate) valid_from: DateTime<Utc>,
    /// Until when it held.
    pub(crate) valid_to: Option<DateTime<Utc>>,
    /// Whose name stands at its change.
    pub(crate) person: Option<String>,
    /// Their id outside.
    pub(crate) person_id: Option<uuid::Uuid>,
    /// How many edges came with its change set.
    pub(crate) opened: i64,
    /// How many ended with it.
    pub(crate) closed: i64,
}

/// The versions of a job below a number, newest first. An edge of which one end is hidden is in no count.
pub(crate) async fn versions(
    conn: &mut PgConnection,
    see: &Scope,
    job: AssetId,
    below: Option<i32>,
    size: i64,
) -> Result<Vec<VersionLine>> {
    // What a version brought was read in its own change set or in a later one, before the next version.
    let mut query = QueryBuilder::<Postgres>::new(
        "with seen as (
             select e.valid_from, e.valid_to from lineage_edges e where e.job_id = ",
    );
    query.push_bind(job.0);
    query.push(" and not exists (select from assets a where a.id in (e.from_id, e.to_id) and not ");
    push_scope(&mut query, "a", see);
    query.push(
        "))
         select f.number, f.maker, f.valid_from, f.valid_to,
                (select p.display_name from change_sets c join person_facts p on p.person_id = c.person_id and p.valid_to is null
                 where c.id = f.change_set) as person,
                (select p.public_id from change_sets c join people p on p.id = c.person_id where c.id = f.change_set) as person_id,
                (select count(*) from seen e where e.valid_from >= f.valid_from
                    and (f.valid_to is null or e.valid_from < f.valid_to)) as opened,
                (select count(*) from seen e where e.valid_to >= f.valid_from
                    and (f.valid_to is null or e.valid_to < f.valid_to)) as closed
         from job_facts f where f.job_id = ",
    );
    query.push_bind(job.0);
    if let Some(below) = below {
        query.push(" and f.number < ").push_bind(below);
    }
    query.push(" order by f.number desc limit ").push_bind(size);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// The edges that differ between the ends of two versions, as they are read, and whether each is new. For who sees all
/// that the job names.
pub(crate) async fn edges_between(
    conn: &mut PgConnection,
    job: AssetId,
    from: i32,
    to: i32,
) -> Result<Vec<(bool, String)>> {
    Ok(sqlx::query_as(
        "with ends as (
             select number, coalesce(valid_to - interval '1 microsecond', clock_timestamp()) as at
             from job_facts where job_id = $1 and number in ($2, $3)),
         told as (
             select v.number, concat(
                 coalesce((select a.name from assets a where a.id = e.from_id), '–'),
                 '.' || (select array_to_string(f.path, '.') from column_facts f where f.column_id = e.from_column order by f.valid_from desc limit 1),
                 ' → ',
                 coalesce((select a.name from assets a where a.id = e.to_id), '–'),
                 '.' || (select array_to_string(f.path, '.') from column_facts f where f.column_id = e.to_column order by f.valid_from desc limit 1)
             ) as edge
             from ends v join lineage_edges e on e.job_id = $1 and holds(e.valid_from, e.valid_to, v.at)
             group by 1, 2)
         select min(number) = $3, edge from told group by edge having count(*) = 1 order by edge limit 200",
    )
    .bind(job.0)
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await?)
}
