//! Reading domains: the tree, one, what lies in it. All of it under the reader's scope.

use crate::access::Caller;
use crate::access::holdings::Place;
use crate::access::push_scope;
use crate::app::App;
use crate::catalog::asset::{self, Asset, AssetRow, asset_columns};
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use cadastre_access::{Permit, Scope};
use cadastre_model::{Action, AssetId, AssetKind, AssetState, Language, PublicId, Sensitivity};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DomainView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// Its name.
    pub name: String,
    /// The domain that it lies in, when the reader sees that.
    #[schema(value_type = Option<Uuid>)]
    pub parent: Option<PublicId>,
    /// What is set on it itself: how delicate what lies in it is, unless it says so itself.
    #[schema(value_type = Option<String>)]
    pub sensitivity: Option<Sensitivity>,
    /// What counts.
    #[schema(value_type = String, example = "internal")]
    pub effective_sensitivity: Sensitivity,
    /// How many domains above it the reader sees.
    pub depth: i64,
    /// How many datasets in it, and in the domains below it, the reader sees.
    pub datasets: i64,
}

#[derive(sqlx::FromRow)]
struct DomainRow {
    public_id: Uuid,
    name: String,
    parent: Option<Uuid>,
    sensitivity: Option<String>,
    effective_sensitivity: String,
    depth: i64,
    datasets: i64,
    path: Vec<String>,
}

impl TryFrom<DomainRow> for DomainView {
    type Error = Failure;

    fn try_from(row: DomainRow) -> Result<Self> {
        Ok(Self {
            id: PublicId(row.public_id),
            name: row.name,
            parent: row.parent.map(PublicId),
            sensitivity: row.sensitivity.map(|word| word.parse()).transpose().map_err(Failure::internal)?,
            effective_sensitivity: row.effective_sensitivity.parse().map_err(Failure::internal)?,
            depth: row.depth,
            datasets: row.datasets,
        })
    }
}

/// The domains that are seen, with their names down from the top: in the order of the tree. Whose domain above is hidden
/// stands where the next visible one above leads.
fn push_domains(query: &mut QueryBuilder<Postgres>, scope: &Scope) {
    query.push("with seen as (select a.id, a.public_id, a.name, a.sensitivity, a.effective_sensitivity, a.scope_path from assets a
                where a.kind = 'domain' and a.state <> 'tombstoned' and ");
    push_scope(query, "a", scope);
    query.push(
        "), placed as (
            select s.*, above.depth, above.path,
                   (select p.public_id from seen p where p.id = s.scope_path[cardinality(s.scope_path) - 1]) as parent
            from seen s, lateral (
                select count(*) - 1 as depth, array_agg(lower(u.name) || chr(1) || u.public_id order by cardinality(u.scope_path)) as path
                from seen u where u.id = any(s.scope_path)
            ) above
        ) ",
    );
}

fn push_domain_columns(query: &mut QueryBuilder<Postgres>, scope: &Scope) {
    query.push(
        "select d.public_id, d.name, d.parent, d.sensitivity, d.effective_sensitivity, d.depth, d.path,
                (select count(*) from assets a where a.kind = 'dataset' and a.state = 'live'
                 and a.scope_path @> array[d.id] and ",
    );
    push_scope(query, "a", scope);
    query.push(") as datasets from placed d ");
}

/// The domains that the caller sees, in the order of the tree.
///
/// # Errors
/// `Invalid` when the page makes no sense.
pub async fn list(app: &App, caller: &Caller, paging: &Paging) -> Result<Page<DomainView>> {
    let size = paging.size()?;
    let after: Option<Vec<String>> = paging.after(app, "domains")?;
    let rows = tree(&app.db().web, &*caller.scope(Action::See)?, after, size + 1).await?;
    let page = Page::of(rows, size, app, "domains", |row| row.path.clone())?;
    let items = page.items.into_iter().map(TryInto::try_into).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// The whole tree, at most so many domains of it.
///
/// # Errors
/// When the database does not answer.
pub async fn all(app: &App, caller: &Caller, most: i64) -> Result<Vec<DomainView>> {
    all_where(app, caller, Action::See, most).await
}

/// The domains that the caller may do something to, in the order of the tree, at most so many of them. Their datasets are
/// counted where they may do it too.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn all_where(
    app: &App,
    caller: &Caller,
    action: Action,
    most: i64,
) -> Result<Vec<DomainView>> {
    let rows = tree(&app.db().web, &*caller.scope(action)?, None, most).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whether a domain is there still; it is kept from being removed until the transaction ends, and the register's row is
/// not waited for behind it.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn is_kept(conn: &mut PgConnection, domain: AssetId) -> Result<bool> {
    let live: Option<i64> = sqlx::query_scalar(
        "select id from assets where id = $1 and kind = 'domain' and state <> 'tombstoned' for key share",
    )
    .bind(domain.0)
    .fetch_optional(conn)
    .await?;
    Ok(live.is_some())
}

async fn tree(db: &PgPool, scope: &Scope, after: Option<Vec<String>>, count: i64) -> Result<Vec<DomainRow>> {
    let mut query = QueryBuilder::new("");
    push_domains(&mut query, scope);
    push_domain_columns(&mut query, scope);
    if let Some(after) = after {
        query.push("where d.path > ").push_bind(after);
    }
    query.push(" order by d.path limit ").push_bind(count);
    Ok(query.build_query_as().fetch_all(db).await?)
}

/// One domain. One that was removed is absent.
///
/// # Errors
/// `Absent` when it is not there for the caller, or is no domain; `Forbidden` when they may not do that to it.
pub async fn find(app: &App, caller: &Caller, id: PublicId, action: Action) -> Result<(Asset, Permit)> {
    let (domain, permit) = asset::find(&app.db().web, caller, id, action).await?;
    if domain.kind != AssetKind::Domain || domain.state == AssetState::Tombstoned {
        return Err(Failure::absent());
    }
    Ok((domain, permit))
}

/// One domain as lists show it.
///
/// # Errors
/// As [`find`].
pub async fn view(app: &App, caller: &Caller, id: PublicId) -> Result<(Asset, DomainView)> {
    let (domain, _) = find(app, caller, id, Action::See).await?;
    let scope = caller.scope(Action::See)?;
    let mut query = QueryBuilder::new("");
    push_domains(&mut query, &scope);
    push_domain_columns(&mut query, &scope);
    query.push("where d.id = ").push_bind(domain.id.0);
    let row: Option<DomainRow> = query.build_query_as().fetch_optional(&app.db().web).await?;
    Ok((domain, row.ok_or_else(Failure::absent)?.try_into()?))
}

/// The domains above one that the caller sees, from the top.
///
/// # Errors
/// When the database does not answer.
pub async fn above(app: &App, caller: &Caller, domain: &Asset) -> Result<Vec<Place>> {
    let chain = domain.scope_path.iter().copied().filter(|id| *id != domain.id);
    let places = crate::access::holdings::places(&app.db().web, caller, chain.clone()).await?;
    let mut above: Vec<Place> = chain.filter_map(|id| places.get(&id).cloned()).collect();
    above.retain(|place| place.kind == AssetKind::Domain);
    Ok(above)
}

/// Something that lies in a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// What it is: a source, database, schema or dataset.
    #[schema(value_type = String, example = "dataset")]
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
    /// How delicate it is.
    #[schema(value_type = String, example = "internal")]
    pub sensitivity: Sensitivity,
    /// Whether it was put into the domain itself, or came with what it lies in.
    pub own: bool,
}

/// What to list of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// What is in the domain itself.
    #[default]
    Itself,
    /// What is in it or in a domain below it.
    Below,
}

/// What lies in a domain, of these kinds and of what the caller sees, by name.
///
/// # Errors
/// `Absent` when it is not there for the caller; `Invalid` when the page makes no sense.
pub async fn members(
    app: &App,
    caller: &Caller,
    id: PublicId,
    depth: Depth,
    kinds: &[AssetKind],
    paging: &Paging,
) -> Result<Page<Member>> {
    let (domain, _) = find(app, caller, id, Action::See).await?;
    let page = assets(app, caller, id, depth, kinds, paging).await?;
    Ok(page.map(|asset| Member {
        id: asset.public_id,
        kind: asset.kind,
        name: asset.name,
        sensitivity: asset.effective_sensitivity,
        own: asset.domain == Some(domain.id),
    }))
}

/// The same as assets.
///
/// # Errors
/// As [`members`].
pub(crate) async fn assets(
    app: &App,
    caller: &Caller,
    id: PublicId,
    depth: Depth,
    kinds: &[AssetKind],
    paging: &Paging,
) -> Result<Page<Asset>> {
    let (domain, _) = find(app, caller, id, Action::See).await?;
    let size = paging.size()?;
    let after: Option<(String, i64)> = paging.after(app, "domain.members")?;
    let scope = caller.scope(Action::See)?;
    let mut query = QueryBuilder::new(concat!(
        "select ",
        asset_columns!(),
        " from assets a where a.state <> 'tombstoned' and "
    ));
    match depth {
        Depth::Itself => query.push("a.effective_domain_id = ").push_bind(domain.id.0),
        Depth::Below => query.push("a.scope_path @> array[").push_bind(domain.id.0).push("]"),
    };
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    query.push(" and a.kind = any(").push_bind(kinds).push(") and ");
    push_scope(&mut query, "a", &scope);
    if let Some((name, id)) = after {
        query.push(" and (a.name, a.id) > (").push_bind(name).push(", ").push_bind(id).push(")");
    }
    query.push(" order by a.name, a.id limit ").push_bind(size + 1);
    let rows: Vec<AssetRow> = query.build_query_as().fetch_all(&app.db().web).await?;
    let assets = rows.into_iter().map(Asset::try_from).collect::<Result<Vec<_>>>()?;
    Page::of(assets, size, app, "domain.members", |asset| (asset.name.clone(), asset.id.0))
}

/// What lists say of domains besides their names: the first part of the description, and the first owner. That the
/// reader sees them is known already.
pub(super) async fn in_short(
    db: &PgPool,
    domains: &[PublicId],
    language: Language,
) -> Result<HashMap<PublicId, (Option<String>, Option<String>)>> {
    let ids: Vec<Uuid> = domains.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Option<String>, Option<String>)> = sqlx::query_as(
        "select a.public_id,
                (select left(t.body, 400) from texts t where t.asset_id = a.id and t.column_id is null
                    and t.field = 'description' and t.origin <> 'proposal' and t.valid_to is null
                 order by t.language <> $2, t.origin <> 'person' limit 1),
                (select coalesce(p.display_name, t.name) from owners o
                    left join person_facts p on p.person_id = o.person_id and p.valid_to is null
                    left join team_facts t on t.team_id = o.team_id and t.valid_to is null
                 where o.asset_id = a.id and o.origin <> 'proposal' and o.valid_to is null
                 order by o.kind, o.valid_from, o.id limit 1)
         from assets a where a.public_id = any($1)",
    )
    .bind(&ids)
    .bind(language.as_str())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(id, description, owner)| (PublicId(id), (description, owner))).collect())
}

/// How delicate a domain is, or the register: what is inherited from there.
pub(super) async fn level_of(db: &PgPool, domain: AssetId) -> Result<Sensitivity> {
    let word: String = sqlx::query_scalar("select effective_sensitivity from assets where id = $1")
        .bind(domain.0)
        .fetch_one(db)
        .await?;
    word.parse().map_err(Failure::internal)
}

/// Everything that can lie in a domain.
pub(super) const PLACEABLE: &[AssetKind] =
    &[AssetKind::Source, AssetKind::Database, AssetKind::Schema, AssetKind::Dataset];
