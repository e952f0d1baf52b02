//! The list of jobs.

use super::runs;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::owners::Subject;
use crate::catalog::rows::{self, Named, word};
use crate::catalog::visible;
use crate::error::Result;
use crate::http::{Page, Paging};
use cadastre_access::Scope;
use cadastre_model::{Action, AssetId, JobKind, PublicId, RunState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is asked of the list.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobFilter {
    /// A part of the name, in any case.
    pub(crate) part: String,
    /// Only of this kind.
    pub(crate) kind: Option<JobKind>,
    /// Only in the source or namespace of this name.
    pub(crate) home: Option<String>,
    /// Only jobs with statements that were not understood.
    pub(crate) unparsed: bool,
    /// Only jobs whose last run stands so.
    pub(crate) state: Option<RunState>,
}

/// A job in a list.
#[derive(Debug, Clone)]
pub(crate) struct JobLine {
    /// Its names.
    pub(crate) named: Named,
    /// What it is.
    pub(crate) kind: JobKind,
    /// The dialect of its SQL.
    pub(crate) dialect: Option<String>,
    /// When it runs.
    pub(crate) schedule: Option<String>,
    /// Its first owner.
    pub(crate) owner: Option<Subject>,
    /// How many datasets it reads and writes, as far as the reader sees them.
    pub(crate) counts: (usize, usize),
    /// How many of its statements were not understood.
    pub(crate) unparsed: i64,
    /// How its last run stands, and since when.
    pub(crate) last_run: Option<(RunState, DateTime<Utc>)>,
}

/// Where a page ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place(String, i64);

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    kind: String,
    dialect: Option<String>,
    schedule: Option<String>,
    owner_kind: Option<String>,
    owner_id: Option<uuid::Uuid>,
    owner: Option<String>,
    unparsed: i64,
}

impl Row {
    fn owner(&self) -> Result<Option<Subject>> {
        let (Some(kind), Some(id), Some(name)) = (&self.owner_kind, self.owner_id, &self.owner) else {
            return Ok(None);
        };
        Ok(Some(Subject { kind: word(kind)?, id: PublicId(id), name: name.clone() }))
    }
}

/// A page of jobs that are there, by name.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub(crate) async fn page(
    app: &App,
    caller: &Caller,
    filter: &JobFilter,
    paging: &Paging,
) -> Result<Page<JobLine>> {
    let (size, after) = (paging.size()?, paging.after::<Place>(app, "jobs")?);
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let found = find(&mut conn, &see, filter, after.as_ref(), size + 1).await?;
    let page = Page::of(found, size, app, "jobs", |row| Place(row.name.clone(), row.id))?;
    let ids: Vec<AssetId> = page.items.iter().map(|row| AssetId(row.id)).collect();
    let mut named = rows::named(&mut conn, &see, &ids, caller.language).await?;
    let last = runs::last(&mut conn, &ids).await?;
    let mut counts = counts(&mut conn, &see, &ids).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let id = AssetId(row.id);
        let Some(named) = named.remove(&id) else { continue };
        items.push(JobLine {
            named,
            kind: word(&row.kind)?,
            owner: row.owner()?,
            dialect: row.dialect,
            schedule: row.schedule,
            counts: counts.remove(&id).unwrap_or_default(),
            unparsed: row.unparsed,
            last_run: last.get(&id).copied(),
        });
    }
    Ok(Page { items, next: page.next })
}

async fn find(
    conn: &mut PgConnection,
    see: &Scope,
    filter: &JobFilter,
    after: Option<&Place>,
    most: i64,
) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id, a.name, f.kind, f.dialect, f.schedule, o.kind as owner_kind, o.public_id as owner_id, o.name as owner,
                (select count(*) from job_statements s where s.job_id = a.id and s.understood = 'failed') as unparsed
         from assets a join job_facts f on f.job_id = a.id and f.valid_to is null
         left join lateral (
             select case when o.team_id is null then 'person' else 'team' end as kind,
                    coalesce(d.public_id, g.public_id) as public_id, coalesce(p.display_name, t.name) as name
             from owners o
             left join people d on d.id = o.person_id left join person_facts p on p.person_id = o.person_id and p.valid_to is null
             left join teams g on g.id = o.team_id left join team_facts t on t.team_id = o.team_id and t.valid_to is null
             where o.asset_id = a.id and o.origin <> 'proposal' and o.valid_to is null
             order by o.kind, o.valid_from, o.id limit 1) o on true
         where a.kind = 'job' and a.state = 'live' and ",
    );
    push_scope(&mut query, "a", see);
    if !filter.part.trim().is_empty() {
        query
            .push(" and strpos(lower(a.name), lower(")
            .push_bind(filter.part.trim().to_owned())
            .push(")) > 0");
    }
    if let Some(kind) = filter.kind {
        query.push(" and f.kind = ").push_bind(kind.as_str());
    }
    if let Some(home) = &filter.home {
        query
            .push(" and a.scope_path && (select array_agg(h.id) from assets h where h.name = ")
            .push_bind(home.clone())
            .push(" and h.kind in ('source', 'namespace') and ");
        push_scope(&mut query, "h", see);
        query.push(")");
    }
    if filter.unparsed {
        query.push(
            " and exists (select from job_statements s where s.job_id = a.id and s.understood = 'failed')",
        );
    }
    if let Some(state) = filter.state {
        query
            .push(" and (select r.state from job_runs r where r.job_id = a.id order by r.at desc, r.id desc limit 1) = ")
            .push_bind(state.as_str());
    }
    if let Some(Place(name, id)) = after {
        query.push(" and (a.name, a.id) > (").push_bind(name.clone()).push(", ").push_bind(*id).push(")");
    }
    query.push(" order by a.name, a.id limit ").push_bind(most);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// How many datasets jobs read and write. An edge of which one end is hidden is absent.
async fn counts(
    conn: &mut PgConnection,
    see: &Scope,
    jobs: &[AssetId],
) -> Result<HashMap<AssetId, (usize, usize)>> {
    let rows: Vec<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
        "select distinct job_id, from_id, to_id from lineage_edges where job_id = any($1) and valid_to is null",
    )
    .bind(jobs.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(&mut *conn)
    .await?;
    let ids: HashSet<AssetId> = rows.iter().flat_map(|row| [row.1, row.2]).flatten().map(AssetId).collect();
    let seen = visible::of(conn, see, ids).await?;
    let mut ends: HashMap<AssetId, (HashSet<i64>, HashSet<i64>)> = HashMap::new();
    for (job, from, to) in rows {
        if [from, to].into_iter().flatten().all(|id| seen.contains(&AssetId(id))) {
            let (reads, writes) = ends.entry(AssetId(job)).or_default();
            reads.extend(from);
            writes.extend(to);
        }
    }
    Ok(ends.into_iter().map(|(job, (reads, writes))| (job, (reads.len(), writes.len()))).collect())
}

/// The names of the sources and namespaces that hold jobs, as far as both are seen.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn homes(app: &App, caller: &Caller) -> Result<Vec<String>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select distinct h.name from assets h
         where h.kind in ('source', 'namespace') and h.state = 'live' and ",
    );
    push_scope(&mut query, "h", &see);
    query.push(
        " and exists (select from assets a where a.kind = 'job' and a.state = 'live'
             and (a.source_id = h.id or a.parent_id = h.id) and ",
    );
    push_scope(&mut query, "a", &see);
    query.push(") order by h.name limit 500");
    Ok(query.build_query_scalar().fetch_all(&app.db().web).await?)
}

/// The names of the sources and namespaces where the reader may hand in definitions.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn homes_to_fill(app: &App, caller: &Caller) -> Result<Vec<String>> {
    let may = caller.scope(Action::ManageLineage)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select distinct h.name from assets h where h.kind in ('source', 'namespace') and h.state = 'live' and ",
    );
    push_scope(&mut query, "h", &may);
    query.push(" order by h.name limit 500");
    Ok(query.build_query_scalar().fetch_all(&app.db().web).await?)
}

/// The kinds of the jobs that the reader sees, with how many there are of each.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn kinds(app: &App, caller: &Caller) -> Result<BTreeMap<JobKind, i64>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select f.kind, count(*) from assets a join job_facts f on f.job_id = a.id and f.valid_to is null
         where a.kind = 'job' and a.state = 'live' and ",
    );
    push_scope(&mut query, "a", &see);
    query.push(" group by 1");
    let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(&app.db().web).await?;
    rows.into_iter().map(|(kind, count)| Ok((word(&kind)?, count))).collect()
}
