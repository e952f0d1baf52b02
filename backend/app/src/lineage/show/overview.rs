//! The lineage of the whole register, as far as the reader sees it: where to start, what is missing, what could not be
//! parsed, what nobody needs, what changed lately.

use super::collectors::{self, Collector};
use super::eyes::Eyes;
use super::gaps;
use super::labels::{self, Labels};
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::owners::{self, Subject};
use crate::catalog::rows::word;
use crate::catalog::search::{self, Filters, Sort};
use crate::error::Result;
use crate::http::Paging;
use crate::lineage::activity::{self, Activity};
use crate::lineage::withheld;
use cadastre_access::Scope;
use cadastre_frontend::lineage::overview::Listed;
use cadastre_frontend::lineage::{Ends, Gap};
use cadastre_lineage::{Direction, Filter, Reach, Survey};
use cadastre_model::{Action, AssetId, AssetState, Maker, Understood};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::{BTreeSet, HashMap};

/// So many datasets to start at, and so many of the largest hubs are weighed for it.
const STARTS: usize = 8;
const HUBS: usize = 48;
/// So many hops, and about so many datasets, are looked at to weigh one.
const WEIGHED_WITHIN: (usize, usize) = (4, 2_000);
/// A page of the datasets of a gap.
pub(crate) const PAGE: usize = 50;
/// Lists have so many.
const LISTED: i64 = 10;
/// So many of what no edge leads on from are asked whether they are read.
const WEIGHED: i64 = 200;
const CHANGES: i64 = 20;
/// What changed is looked for in so many changes, and at so many edges of each.
const CHANGE_SETS: i64 = 500;
const EDGES: i64 = 2_000;
/// What changed is looked for so far back.
const LATELY: TimeDelta = TimeDelta::days(14);

/// A dataset to start at.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// The dataset.
    pub asset: AssetId,
    /// How many lie one hop up.
    pub up: usize,
    /// How many lie one hop down.
    pub down: usize,
    /// How far it reaches.
    pub reach: Reach,
}

/// How much of the register has lineage.
#[derive(Debug, Clone, Default)]
pub(crate) struct Covered {
    /// Datasets that the reader sees.
    pub datasets: usize,
    /// Those with an edge.
    pub with_edges: usize,
    /// Those with edges of columns.
    pub with_columns: usize,
    /// Why the others have none, and how many.
    pub gaps: Vec<(Gap, usize)>,
    /// How many datasets stand at which end.
    pub ends: Vec<(Ends, usize)>,
    /// A page of the datasets that are listed.
    pub listed: Vec<AssetId>,
    /// How many there are.
    pub of_chosen: usize,
}

/// A statement that was not understood.
#[derive(Debug, Clone)]
pub(crate) struct Unparsed {
    /// The job.
    pub job: AssetId,
    /// Which statement, from 1.
    pub statement: i32,
    /// How much of it was understood.
    pub understood: Understood,
    /// Where it went wrong: line and character, from 1.
    pub place: (i32, i32),
    /// Why, and how it begins; none where the reader may not see all that the text names.
    pub text: Option<(String, String)>,
}

/// A dataset that nobody seems to need.
#[derive(Debug, Clone)]
pub(crate) struct Droppable {
    /// The dataset.
    pub asset: AssetId,
    /// When its data was last written, and how often it was read.
    pub activity: Activity,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// Its size.
    pub bytes: Option<i64>,
}

/// Edges between two datasets that came or went together.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    /// When.
    pub at: DateTime<Utc>,
    /// They came.
    pub added: bool,
    /// From where.
    pub from: AssetId,
    /// To where.
    pub to: AssetId,
    /// How many of their columns are meant.
    pub columns: i64,
    /// Whose version did it.
    pub job: Option<AssetId>,
    /// Who says so.
    pub maker: Maker,
}

/// What the overview says.
#[derive(Debug, Clone)]
pub(crate) struct Overview {
    /// Where to start.
    pub starts: Vec<Start>,
    /// How much is covered.
    pub covered: Covered,
    /// What was not understood.
    pub unparsed: Vec<Unparsed>,
    /// How much of it there is.
    pub unparsed_total: i64,
    /// What nobody seems to need.
    pub droppable: Vec<Droppable>,
    /// What changed.
    pub changes: Vec<Changed>,
    /// What brings lineage in.
    pub collectors: Vec<Collector>,
    /// Names.
    pub labels: Labels,
    /// Who answers for what nobody seems to need.
    pub owned: HashMap<AssetId, Vec<Subject>>,
}

/// Gives an overview. `query` is a part of a name to start at; `list` says which datasets are listed, from a place on.
///
/// # Errors
/// `Unavailable` while the graph is not current.
pub(crate) async fn of(
    app: &App,
    caller: &Caller,
    query: &str,
    list: Option<Listed>,
    page: (usize, usize),
) -> Result<Overview> {
    let eyes = Eyes::of(caller.scope(Action::See)?);
    let found = match query.trim() {
        "" => None,
        words => Some(named(app, caller, words).await?),
    };
    let survey = survey(app, &eyes)?;
    let mut conn = app.db().web.acquire().await?;
    let (unparsed, unparsed_total) = unparsed(&mut conn, caller, &eyes.see).await?;
    let mut overview = Overview {
        starts: starts(app, &mut conn, &eyes, found).await?,
        covered: covered(app, &mut conn, &eyes, &survey, list, page).await?,
        unparsed,
        unparsed_total,
        droppable: droppable(&mut conn, &eyes, &survey).await?,
        changes: changes(&mut conn, &eyes.see, caller.now).await?,
        collectors: Vec::new(),
        labels: Labels::new(),
        owned: HashMap::new(),
    };
    let sources = sources(&mut conn, &eyes.see).await?;
    overview.collectors = collectors::of(&mut conn, &eyes.see, &sources, caller.language).await?;
    let ids = overview.assets();
    overview.labels = labels::of(&mut conn, &eyes.see, &ids, None, caller.language).await?;
    let unneeded: Vec<AssetId> = overview.droppable.iter().map(|one| one.asset).collect();
    overview.owned = owners::of_all(&mut conn, &unneeded, None).await?;
    Ok(overview)
}

/// A page of the datasets that can be listed, how many there are, and their names.
///
/// # Errors
/// `Unavailable` while the graph is not current.
pub(crate) async fn listed(
    app: &App,
    caller: &Caller,
    list: Listed,
    page: (usize, usize),
) -> Result<(Covered, Labels)> {
    let eyes = Eyes::of(caller.scope(Action::See)?);
    let survey = survey(app, &eyes)?;
    let mut conn = app.db().web.acquire().await?;
    let covered = covered(app, &mut conn, &eyes, &survey, Some(list), page).await?;
    let labels = labels::of(&mut conn, &eyes.see, &covered.listed, None, caller.language).await?;
    Ok((covered, labels))
}

impl Overview {
    fn assets(&self) -> Vec<AssetId> {
        let changed = self.changes.iter().flat_map(|one| [Some(one.from), Some(one.to), one.job]).flatten();
        let all = self.starts.iter().map(|one| one.asset).chain(self.covered.listed.iter().copied());
        let all = all.chain(self.unparsed.iter().map(|one| one.job)).chain(changed);
        let all = all.chain(self.droppable.iter().map(|one| one.asset));
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Datasets by a part of a name.
async fn named(app: &App, caller: &Caller, words: &str) -> Result<Vec<AssetId>> {
    let filters = Filters { q: words.to_owned(), ..Filters::default() };
    let paging = Paging { cursor: None, limit: Some(i64::try_from(STARTS).unwrap_or(8)) };
    let page = search::search(app, caller, &filters, Sort::default(), &paging).await?;
    Ok(page.items.iter().map(|hit| hit.dataset.named.id).collect())
}

/// Those that were found, else of those that the most read straight those that reach farthest.
async fn starts(
    app: &App,
    conn: &mut PgConnection,
    eyes: &Eyes,
    found: Option<Vec<AssetId>>,
) -> Result<Vec<Start>> {
    let is_search = found.is_some();
    let ids = match found {
        Some(found) => found,
        None => eyes.look(|sight| app.lineage().ask(|graph| graph.hubs(sight, &Filter::default(), HUBS)))?,
    };
    let seen = crate::catalog::visible::of(conn, &eyes.see, ids.iter().copied()).await?;
    let mut ids: Vec<AssetId> = ids.into_iter().filter(|id| seen.contains(id)).collect();
    if !is_search {
        ids = farthest(app, eyes, ids)?;
    }
    let mut starts = eyes.look(|sight| {
        app.lineage().ask(|graph| {
            let filter = Filter::default();
            let down = graph.reaches_whole(sight, &ids, Direction::Down, &filter);
            let up = graph.reaches(sight, &ids, Direction::Up, &filter, (1, usize::MAX));
            let start = |((asset, reach), up): ((&AssetId, Reach), Reach)| Start {
                asset: *asset,
                up: up.nodes(),
                down: reach.by_hop.first().copied().unwrap_or(0),
                reach,
            };
            ids.iter().zip(down).zip(up).map(start).collect::<Vec<_>>()
        })
    })?;
    if !is_search {
        starts.sort_by(|one, other| {
            other.reach.score().total_cmp(&one.reach.score()).then(one.asset.cmp(&other.asset))
        });
    }
    starts.truncate(STARTS);
    Ok(starts)
}

/// Those that reach farthest, as far as is looked to say so.
fn farthest(app: &App, eyes: &Eyes, ids: Vec<AssetId>) -> Result<Vec<AssetId>> {
    let filter = Filter::default();
    let reaches = eyes.look(|sight| {
        app.lineage().ask(|graph| graph.reaches(sight, &ids, Direction::Down, &filter, WEIGHED_WITHIN))
    })?;
    let mut weighed: Vec<(f64, AssetId)> = reaches.iter().map(Reach::score).zip(ids).collect();
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    Ok(weighed.into_iter().take(STARTS).map(|(_, id)| id).collect())
}

/// What is gone needs no lineage, and what is only referred to has what its jobs say.
fn live() -> Filter<'static> {
    Filter { states: vec![AssetState::Live], ..Filter::default() }
}

fn survey(app: &App, eyes: &Eyes) -> Result<Survey> {
    eyes.look(|sight| app.lineage().ask(|graph| graph.survey(sight, &live())))
}

async fn covered(
    app: &App,
    conn: &mut PgConnection,
    eyes: &Eyes,
    survey: &Survey,
    list: Option<Listed>,
    (from, most): (usize, usize),
) -> Result<Covered> {
    let circles = eyes.look(|sight| app.lineage().ask(|graph| graph.cycles(sight, &live())))?.concat();
    let ends = [(Ends::Roots, &survey.roots), (Ends::Leaves, &survey.leaves), (Ends::Circles, &circles)];
    let mut why = gaps::of_bare(conn, &survey.bare).await?;
    why.extend(gaps::of_columns(conn, &survey.without_columns).await?);
    let of_gap = |gap: Gap| why.iter().filter(move |(_, one)| *one == gap).map(|(id, _)| *id);
    let gaps = Gap::ALL.iter().map(|gap| (*gap, of_gap(*gap).count())).filter(|(_, count)| *count > 0);
    let chosen: Vec<AssetId> = match list {
        None => Vec::new(),
        Some(Listed::Gap(gap)) => of_gap(gap).collect(),
        Some(Listed::Ends(which)) => {
            ends.iter().filter(|(one, _)| *one == which).flat_map(|(_, ids)| ids.iter().copied()).collect()
        }
    };
    let with_edges = survey.datasets - survey.bare.len();
    let page: Vec<AssetId> = chosen.iter().copied().skip(from).take(most).collect();
    let seen = crate::catalog::visible::of(conn, &eyes.see, page.iter().copied()).await?;
    Ok(Covered {
        datasets: survey.datasets,
        with_edges,
        with_columns: with_edges.saturating_sub(survey.without_columns.len()),
        gaps: gaps.collect(),
        ends: ends.iter().map(|(which, ids)| (*which, ids.len())).filter(|(_, count)| *count > 0).collect(),
        listed: page.into_iter().filter(|id| seen.contains(id)).collect(),
        of_chosen: chosen.len(),
    })
}

#[derive(Debug, sqlx::FromRow)]
struct UnparsedRow {
    job_id: i64,
    ordinal: i32,
    understood: String,
    line: i32,
    reason: Option<String>,
    reason_line: Option<i32>,
    reason_column: Option<i32>,
    excerpt: Option<String>,
    total: i64,
}

/// Statements that were not understood, of jobs that the caller sees and may edit, the newest first.
async fn unparsed(conn: &mut PgConnection, caller: &Caller, see: &Scope) -> Result<(Vec<Unparsed>, i64)> {
    let manage = caller.scope(Action::ManageLineage)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select s.job_id, s.ordinal, s.understood, s.line, s.reason, s.reason_line, s.reason_column, count(*) over () as total,
                regexp_replace(left(convert_from(substring(convert_to(f.definition, 'UTF8') from s.start_byte + 1 for s.end_byte - s.start_byte), 'UTF8'), 120), '\\s+', ' ', 'g') as excerpt
         from job_statements s join assets a on a.id = s.job_id
         join job_facts f on f.job_id = s.job_id and f.valid_to is null
         where s.understood in ('partly', 'failed') and ",
    );
    push_scope(&mut query, "a", see);
    query.push(" and ");
    push_scope(&mut query, "a", &manage);
    query.push(" order by f.valid_from desc, s.job_id, s.ordinal limit ").push_bind(LISTED);
    let rows: Vec<UnparsedRow> = query.build_query_as().fetch_all(&mut *conn).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let mut readable: HashMap<i64, bool> = HashMap::new();
    let mut all = Vec::new();
    for row in rows {
        let may_read = match readable.get(&row.job_id) {
            Some(known) => *known,
            // Listed are jobs that the caller may change.
            None => withheld::may_read(conn, see, AssetId(row.job_id), true).await?,
        };
        readable.insert(row.job_id, may_read);
        all.push(Unparsed {
            job: AssetId(row.job_id),
            statement: row.ordinal,
            understood: word(&row.understood)?,
            place: (row.reason_line.unwrap_or(row.line), row.reason_column.unwrap_or(1)),
            text: may_read.then(|| (row.reason.unwrap_or_default(), row.excerpt.unwrap_or_default())),
        });
    }
    Ok((all, total))
}

#[derive(Debug, sqlx::FromRow)]
struct DroppableRow {
    id: i64,
    created_at: DateTime<Utc>,
    bytes: Option<i64>,
}

/// What a job writes and nothing reads: no edge leads on, and its source counted no scan. The largest first.
async fn droppable(conn: &mut PgConnection, eyes: &Eyes, survey: &Survey) -> Result<Vec<Droppable>> {
    let unread = |id: &&AssetId| survey.without_descendants.binary_search(id).is_ok();
    let ids: Vec<AssetId> = survey.leaves.iter().filter(unread).copied().collect();
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id, a.created_at,
                (select m.bytes from dataset_measures m where m.dataset_id = a.id order by m.at desc limit 1) as bytes
         from assets a where a.id = any(",
    );
    query.push_bind(ids.iter().map(|id| id.0).collect::<Vec<_>>()).push(") and ");
    push_scope(&mut query, "a", &eyes.see);
    query.push(" order by bytes desc nulls last, a.created_at, a.id limit ").push_bind(WEIGHED);
    let rows: Vec<DroppableRow> = query.build_query_as().fetch_all(&mut *conn).await?;
    let ids: Vec<AssetId> = rows.iter().map(|row| AssetId(row.id)).collect();
    let known = activity::of(conn, &ids).await?;
    let droppable = |row: DroppableRow| Droppable {
        asset: AssetId(row.id),
        activity: known.get(&AssetId(row.id)).copied().unwrap_or_default(),
        first_seen: row.created_at,
        bytes: row.bytes,
    };
    let unread = |one: &Droppable| one.activity.reads.is_none_or(|(times, _)| times == 0);
    Ok(rows.into_iter().map(droppable).filter(unread).take(LISTED as usize).collect())
}

#[derive(Debug, sqlx::FromRow)]
struct ChangedRow {
    at: DateTime<Utc>,
    added: bool,
    from_id: i64,
    to_id: i64,
    columns: i64,
    job_id: Option<i64>,
    maker: String,
}

/// What came and went lately between datasets that the reader sees, by jobs that they see. Of one change, as the first reading of a
/// large source, only the first edges are looked at.
async fn changes(conn: &mut PgConnection, see: &Scope, now: DateTime<Utc>) -> Result<Vec<Changed>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "with lately as (select id, at from change_sets where 'lineage' = any(topics) and at > ",
    );
    query.push_bind(now - LATELY).push(" order by version desc limit ").push_bind(CHANGE_SETS);
    query.push(
        "), moved as (
             select e.from_id, e.to_id, e.job_id, e.maker, l.at, e.added, e.to_column, e.from_column
             from lately l cross join lateral (
                 (select *, true as added from lineage_edges e where e.change_set = l.id limit ",
    );
    query
        .push_bind(EDGES)
        .push(") union all (select *, false from lineage_edges e where e.closed_by = l.id limit ");
    query.push_bind(EDGES).push(
        ")) e)
         select m.at, m.added, m.from_id, m.to_id, m.job_id, m.maker,
                count(distinct coalesce(m.to_column, m.from_column)) as columns
         from moved m where m.from_id is not null and m.to_id is not null",
    );
    for end in ["m.from_id", "m.to_id"] {
        query.push(" and exists (select from assets a where a.id = ").push(end).push(" and ");
        push_scope(&mut query, "a", see);
        query.push(")");
    }
    query.push(" and (m.job_id is null or exists (select from assets a where a.id = m.job_id and ");
    push_scope(&mut query, "a", see);
    query.push(
        ")) group by m.at, m.added, m.from_id, m.to_id, m.job_id, m.maker
         order by m.at desc, m.from_id, m.to_id, m.added limit ",
    );
    query.push_bind(CHANGES);
    let rows: Vec<ChangedRow> = query.build_query_as().fetch_all(conn).await?;
    let changed = |row: ChangedRow| {
        Ok(Changed {
            at: row.at,
            added: row.added,
            from: AssetId(row.from_id),
            to: AssetId(row.to_id),
            columns: row.columns,
            job: row.job_id.map(AssetId),
            maker: word(&row.maker)?,
        })
    };
    rows.into_iter().map(changed).collect()
}

/// The sources that the reader sees.
async fn sources(conn: &mut PgConnection, see: &Scope) -> Result<Vec<AssetId>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id from assets a where a.kind = 'source' and a.state = 'live' and ",
    );
    push_scope(&mut query, "a", see);
    let ids: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(ids.into_iter().map(AssetId).collect())
}
