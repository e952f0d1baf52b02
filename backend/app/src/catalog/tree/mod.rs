//! The tree: sources, then what lies in each, one level a page, now or as of an instant. What is gone is not in it.

mod queries;

use super::asset::{self, Asset};
use super::dataset::{Standing, standing};
use super::owners::{self, Owner};
use super::rows::{self, DatasetRow, Named};
use super::texts::{self, Length, Said};
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use cadastre_model::{Action, AssetId, AssetState, PublicId, SourceKind};
use chrono::{DateTime, Utc};

pub use queries::{ContainerFigures, SourceFigures};

/// A source, database or schema.
#[derive(Debug, Clone)]
pub struct Container {
    /// As rights see it now.
    pub asset: Asset,
    /// Where it stood.
    pub standing: Standing,
    /// The kind of its source.
    pub source_kind: SourceKind,
    /// What is said about it.
    pub texts: Vec<Said>,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// When its source was last crawled completely.
    pub last_crawl: Option<DateTime<Utc>>,
    /// The instant; none: now.
    pub at: Option<DateTime<Utc>>,
}

/// Something that lies in a container.
#[derive(Debug, Clone)]
pub enum Child {
    /// A database or schema.
    Container(ContainerRow),
    /// A dataset.
    Dataset(DatasetRow),
}

/// A database or schema in a list.
#[derive(Debug, Clone)]
pub struct ContainerRow {
    /// Its names.
    pub named: Named,
    /// Its description's first part.
    pub description: Option<String>,
    /// What lies in it.
    pub figures: ContainerFigures,
    /// Where it stands in its life.
    pub state: AssetState,
}

/// A source in a list.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Its names.
    pub named: Named,
    /// How it stands.
    pub figures: SourceFigures,
}

/// The sources that the caller sees.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub async fn sources(app: &App, caller: &Caller, paging: &Paging) -> Result<Page<SourceRow>> {
    let (size, after) = (paging.size()?, paging.after::<queries::Place>(app, "sources")?);
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let found = queries::sources(&mut conn, &see, after.as_ref(), size + 1).await?;
    let page = Page::of(found, size, app, "sources", Clone::clone)?;
    let ids: Vec<AssetId> = page.items.iter().map(queries::Place::asset).collect();
    let mut named = rows::named(&mut conn, &see, &ids, caller.language).await?;
    let mut figures = queries::source_figures(&mut conn, &see, &ids).await?;
    let row = |id| Some(SourceRow { named: named.remove(&id)?, figures: figures.remove(&id)? });
    Ok(Page { items: ids.into_iter().filter_map(row).collect(), next: page.next })
}

/// A source, database or schema, as of an instant.
///
/// # Errors
/// `Absent` where the caller sees no such container.
pub async fn container(
    app: &App,
    caller: &Caller,
    id: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<Container> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    if !asset.kind.is_container() {
        return Err(Failure::absent());
    }
    let (source_kind, last_crawl) = queries::source_of(&mut conn, &asset).await?;
    Ok(Container {
        standing: standing(&mut conn, &see, &asset, at).await?,
        texts: texts::of_asset(&mut conn, asset.id, Length::Paragraph, at).await?,
        owners: owners::of(&mut conn, asset.id, at).await?,
        source_kind,
        last_crawl: last_crawl.filter(|_| at.is_none()),
        asset,
        at,
    })
}

/// What is asked of the children of a container.
#[derive(Debug, Clone, Copy)]
pub struct ChildrenOf<'a> {
    /// The container.
    pub container: PublicId,
    /// A part of the name, in any case; empty: all.
    pub part: &'a str,
    /// The instant; none: now.
    pub at: Option<DateTime<Utc>>,
}

/// A page of what lies right in a container, containers before datasets, by name; and how many there are in all.
///
/// # Errors
/// `Absent`; `Invalid` for a cursor or a size that is none.
pub async fn children(
    app: &App,
    caller: &Caller,
    of: ChildrenOf<'_>,
    paging: &Paging,
) -> Result<(Page<Child>, i64)> {
    let (size, after) = (paging.size()?, paging.after::<queries::Place>(app, "children")?);
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, of.container, Action::See).await?;
    if !asset.kind.is_container() {
        return Err(Failure::absent());
    }
    let inside = queries::Inside { container: asset.id, part: of.part.trim(), at: of.at };
    let found = queries::children(&mut conn, &see, inside, after.as_ref(), size + 1).await?;
    let total = queries::count_children(&mut conn, &see, inside).await?;
    let page = Page::of(found, size, app, "children", Clone::clone)?;
    let (datasets, containers): (Vec<_>, Vec<_>) = page.items.iter().partition(|place| place.is_dataset);
    let datasets: Vec<AssetId> = datasets.iter().map(|place| place.asset()).collect();
    let ids: Vec<AssetId> = containers.iter().map(|place| place.asset()).collect();
    let mut named = rows::named(&mut conn, &see, &ids, caller.language).await?;
    let mut said = queries::descriptions(&mut conn, &ids, caller.language, of.at).await?;
    let mut figures = queries::figures(&mut conn, &see, &ids, of.at).await?;
    let mut items: Vec<Child> = Vec::new();
    for place in containers {
        let id = place.asset();
        let Some(mut named) = named.remove(&id) else { continue };
        named.name.clone_from(&place.name);
        let figures = figures.remove(&id).unwrap_or_default();
        let state = rows::word(&place.state)?;
        items.push(Child::Container(ContainerRow { named, description: said.remove(&id), figures, state }));
    }
    let rows = rows::datasets(&mut conn, &see, &datasets, caller.language).await?;
    items.extend(rows.into_iter().map(Child::Dataset));
    Ok((Page { items, next: page.next }, total))
}
