//! The inbox: what somebody was told, grouped by what it is about, and what of it they have read. Read marks are their own use,
//! outside change sets.

use super::told::{self, FROM, Told, push_seen};
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::http::{Page, Paging};
use cadastre_model::{Action, AssetId, PublicId};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// So many notices of a group are shown.
const SHOWN: i64 = 5;

/// The bell counts so far.
const COUNTED: i64 = 1_000;

/// Notices about one thing, the newest first.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// None: the register itself.
    pub(super) dataset: Option<AssetId>,
    pub(super) notices: Vec<Told>,
    /// How many there are beside them.
    pub(super) more: i64,
    newest: i64,
}

/// Which notices.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Which {
    /// Those that were read too.
    pub(super) all: bool,
    /// About this dataset.
    pub(super) dataset: Option<AssetId>,
}

fn begin(select: &'static str, caller: &Caller, which: Which) -> Result<QueryBuilder<Postgres>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(select);
    query.push(FROM).push("n.inbox and ");
    if !which.all {
        query.push("n.read_at is null and ");
    }
    if let Some(dataset) = which.dataset {
        query.push("n.dataset_id = ").push_bind(dataset.0).push(" and ");
    }
    push_seen(&mut query, caller.person(), &see);
    Ok(query)
}

/// How many notices wait, up to a thousand: what the bell shows.
///
/// # Errors
/// `Unavailable` while the rights are not known to be current.
pub(crate) async fn waiting(app: &App, caller: &Caller) -> Result<i64> {
    let mut query = begin("select count(*) from (select 1", caller, Which::default())?;
    query.push(" limit ").push_bind(COUNTED).push(") counted");
    Ok(query.build_query_scalar().fetch_one(&app.db().web).await?)
}

/// Groups of notices, the one with the newest first.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub(super) async fn groups(app: &App, caller: &Caller, which: Which, paging: &Paging) -> Result<Page<Group>> {
    const LIST: &str = "notice groups";
    let (size, after) = (paging.size()?, paging.after::<i64>(app, LIST)?);
    let mut conn = app.db().web.acquire().await?;
    let mut query = begin("select n.dataset_id, max(n.id), count(*)", caller, which)?;
    query.push(" group by n.dataset_id");
    if let Some(after) = after {
        query.push(" having max(n.id) < ").push_bind(after);
    }
    query.push(" order by max(n.id) desc limit ").push_bind(size + 1);
    let rows: Vec<(Option<i64>, i64, i64)> = query.build_query_as().fetch_all(&mut *conn).await?;
    let mut notices = newest(&mut conn, caller, which, &rows).await?;
    let group = |(dataset, newest, count): (Option<i64>, i64, i64)| {
        let mine = |told: &mut Told| told.dataset.as_ref().map(|named| named.id.0) == dataset;
        let notices: Vec<Told> = notices.extract_if(.., mine).collect();
        let more = (count - i64::try_from(notices.len()).unwrap_or(i64::MAX)).max(0);
        Group { dataset: dataset.map(AssetId), notices, more, newest }
    };
    let groups: Vec<Group> = rows.into_iter().map(group).collect();
    Page::of(groups, size, app, LIST, |group: &Group| group.newest)
}

/// The newest notices of each of these groups.
async fn newest(
    conn: &mut PgConnection,
    caller: &Caller,
    which: Which,
    groups: &[(Option<i64>, i64, i64)],
) -> Result<Vec<Told>> {
    let mut query = begin(
        "select id from (select n.id, row_number() over (partition by n.dataset_id order by n.id desc) as place",
        caller,
        which,
    )?;
    let datasets: Vec<i64> = groups.iter().filter_map(|group| group.0).collect();
    query.push(" and (n.dataset_id is null or n.dataset_id = any(").push_bind(datasets);
    query.push("))) placed where place <= ").push_bind(SHOWN);
    let ids: Vec<i64> = query.build_query_scalar().fetch_all(&mut *conn).await?;
    told::of(conn, caller, &ids).await
}

/// Notices one by one, the newest first.
///
/// # Errors
/// As [`groups`].
pub(super) async fn list(app: &App, caller: &Caller, which: Which, paging: &Paging) -> Result<Page<Told>> {
    const LIST: &str = "notices";
    let (size, after) = (paging.size()?, paging.after::<i64>(app, LIST)?);
    let mut conn = app.db().web.acquire().await?;
    let mut query = begin("select n.id", caller, which)?;
    if let Some(after) = after {
        query.push(" and n.id < ").push_bind(after);
    }
    query.push(" order by n.id desc limit ").push_bind(size + 1);
    let ids: Vec<i64> = query.build_query_scalar().fetch_all(&mut *conn).await?;
    let told = told::of(&mut conn, caller, &ids).await?;
    Page::of(told, size, app, LIST, |one: &Told| one.id)
}

/// Marks notices of the caller as read: these, or all that they see. What is not theirs, or not for their eyes, stays as it is.
///
/// # Errors
/// `Forbidden` to a token without `write`.
pub(super) async fn read(app: &App, caller: &Caller, these: Option<&[PublicId]>) -> Result<u64> {
    crate::people::account::needs(caller, cadastre_model::TokenScope::Write)?;
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "update notices set read_at = clock_timestamp() where id in (select n.id",
    );
    query.push(FROM).push("n.inbox and n.read_at is null and ");
    if let Some(these) = these {
        query
            .push("n.public_id = any(")
            .push_bind(these.iter().map(|id| id.0).collect::<Vec<_>>())
            .push(") and ");
    }
    push_seen(&mut query, caller.person(), &see);
    query.push(")");
    Ok(query.build().execute(&app.db().web).await?.rows_affected())
}
