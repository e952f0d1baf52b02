//! The catalogue by JSON: what is read.

use super::bodies::{AssetBody, ChangeBody, ColumnBody, CountsBody, DatasetBody, HitBody, NodeBody};
use crate::app::App;
use crate::catalog::dataset::{self, ColumnsOf};
use crate::catalog::history::{self, HistoryOf};
use crate::catalog::search::{self, Described, Filters, OwnedBy, Sort, Standing};
use crate::catalog::tree::{self, ChildrenOf};
use crate::catalog::{described, moment};
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Etag, Id, Page, Paging, Params};
use axum::Json;
use axum::extract::{Path, State};
use cadastre_model::{DatasetKind, PublicId, Sensitivity};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

/// What a list of datasets is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Words in names, names of columns and texts; a name with dots says what it lies in. At most 200 characters.
    #[serde(default)]
    #[param(required = false)]
    q: String,
    /// Kinds of dataset; as often as there are values.
    #[serde(default)]
    #[param(value_type = Vec<String>, required = false)]
    kind: Vec<DatasetKind>,
    /// Ids of sources.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>, required = false)]
    source: Vec<PublicId>,
    /// Ids of the schemas that datasets lie in.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>, required = false)]
    schema: Vec<PublicId>,
    /// Ids of domains, without those below them.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>, required = false)]
    domain: Vec<PublicId>,
    /// Levels in force.
    #[serde(default)]
    #[param(value_type = Vec<String>, required = false)]
    sensitivity: Vec<Sensitivity>,
    /// Ids of people and teams that own; `me` for the caller and their teams, `none` for nobody.
    #[serde(default)]
    #[param(value_type = Vec<String>, required = false)]
    owner: Vec<OwnedBy>,
    /// `yes` or `no`: whether somebody or the source describes it.
    #[serde(default)]
    #[param(value_type = Vec<String>, required = false)]
    described: Vec<Described>,
    /// How its rules of quality stand: `failing`, `warning`, `passing`, `unmeasured`; `none` for datasets without any.
    #[serde(default)]
    #[param(value_type = Vec<String>, required = false)]
    quality: Vec<Standing>,
    /// `relevance`, `name` or `changed`.
    #[param(value_type = Option<String>)]
    sort: Option<Sort>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl ListQuery {
    fn parts(self) -> (Filters, Sort, Paging) {
        let filters = Filters {
            q: self.q,
            kind: self.kind,
            source: self.source,
            schema: self.schema,
            domain: self.domain,
            sensitivity: self.sensitivity,
            owner: self.owner,
            described: self.described,
            quality: self.quality,
        };
        (filters, self.sort.unwrap_or_default(), Paging { cursor: self.cursor, limit: self.limit })
    }
}

/// Datasets
///
/// What the caller sees, searched and narrowed. As of now: the words that are looked for are those of now.
#[utoipa::path(
    get, path = "/datasets", tag = "catalogue", params(ListQuery),
    responses(
        (status = 200, description = "A page of datasets", body = inline(Page<HitBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn list_datasets(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<Page<HitBody>>> {
    let (filters, sort, paging) = query.parts();
    let page = search::search(&app, &caller.caller, &filters, sort, &paging).await?;
    Ok(Json(page.map(|hit| (&hit).into())))
}

/// Counts of datasets
///
/// How many the same query finds, and how many there are of each value of each filter.
#[utoipa::path(
    get, path = "/datasets/counts", tag = "catalogue", params(ListQuery),
    responses(
        (status = 200, description = "The counts", body = CountsBody),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn count_datasets(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<CountsBody>> {
    let (filters, ..) = query.parts();
    Ok(Json((&search::count(&app, &caller.caller, &filters).await?).into()))
}

/// As of when something is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AtQuery {
    /// As of this instant (RFC 3339), by the rights of now; now unless said.
    at: Option<String>,
}

/// A list as of an instant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AtListQuery {
    /// A part of the name; of a column, also of the type.
    #[serde(default)]
    #[param(required = false)]
    q: String,
    /// As of this instant (RFC 3339), by the rights of now; now unless said.
    at: Option<String>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

fn instant(app: &App, at: Option<&str>) -> Result<Option<DateTime<Utc>>> {
    moment::read(at, chrono_tz::Tz::UTC, app.now())
}

/// A dataset
#[utoipa::path(
    get, path = "/datasets/{id}", tag = "catalogue", params(("id" = Uuid, Path), AtQuery),
    responses(
        (status = 200, description = "The dataset", body = DatasetBody, headers(("ETag" = String))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such dataset, or there was none then"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn show_dataset(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<AtQuery>,
) -> Result<(Etag, Json<DatasetBody>)> {
    let at = instant(&app, query.at.as_deref())?;
    let dataset = dataset::show(&app, &caller.caller, id, at).await?;
    Ok((Etag(dataset.asset.counter), Json((&dataset).into())))
}

/// Columns of a dataset
#[utoipa::path(
    get, path = "/datasets/{id}/columns", tag = "catalogue", params(("id" = Uuid, Path), AtListQuery),
    responses(
        (status = 200, description = "A page of columns, in their order", body = inline(Page<ColumnBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such dataset"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn list_columns(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<AtListQuery>,
) -> Result<Json<Page<ColumnBody>>> {
    let at = instant(&app, query.at.as_deref())?;
    let of = ColumnsOf { dataset: id, part: &query.q, at };
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (page, _) = dataset::columns(&app, &caller.caller, of, &paging).await?;
    Ok(Json(page.map(|column| (&column).into())))
}

/// The two ids of a column's place.
pub(super) fn ids(dataset: &str, column: &str) -> Result<(PublicId, PublicId)> {
    let id = |text: &str| text.parse().map_err(|_| Failure::absent());
    Ok((id(dataset)?, id(column)?))
}

/// A column
#[utoipa::path(
    get, path = "/datasets/{id}/columns/{column}", tag = "catalogue",
    params(("id" = Uuid, Path), ("column" = Uuid, Path), AtQuery),
    responses(
        (status = 200, description = "The column", body = ColumnBody, headers(("ETag" = String, description = "That of the dataset"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such column, or there was none then"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn show_column(
    State(app): State<App>,
    caller: ApiCaller,
    Path((dataset, column)): Path<(String, String)>,
    Params(query): Params<AtQuery>,
) -> Result<(Etag, Json<ColumnBody>)> {
    let (dataset, column) = ids(&dataset, &column)?;
    let at = instant(&app, query.at.as_deref())?;
    let (asset, column) = dataset::column(&app, &caller.caller, dataset, column, at).await?;
    Ok((Etag(asset.counter), Json((&column).into())))
}

/// An asset of any kind
#[utoipa::path(
    get, path = "/assets/{id}", tag = "catalogue", params(("id" = Uuid, Path), AtQuery),
    responses(
        (status = 200, description = "The asset, with its texts and owners", body = AssetBody, headers(("ETag" = String))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such asset, or there was none then"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn show_asset(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<AtQuery>,
) -> Result<(Etag, Json<AssetBody>)> {
    let at = instant(&app, query.at.as_deref())?;
    let asset = described::show(&app, &caller.caller, id, at).await?;
    Ok((Etag(asset.asset.counter), Json((&asset).into())))
}

/// What lies in a source, database or schema
///
/// One level: containers before datasets, by name. What is gone is not in it.
#[utoipa::path(
    get, path = "/assets/{id}/children", tag = "catalogue", params(("id" = Uuid, Path), AtListQuery),
    responses(
        (status = 200, description = "A page of children", body = inline(Page<NodeBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such container"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn list_children(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<AtListQuery>,
) -> Result<Json<Page<NodeBody>>> {
    let at = instant(&app, query.at.as_deref())?;
    let of = ChildrenOf { container: id, part: &query.q, at };
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (page, _) = tree::children(&app, &caller.caller, of, &paging).await?;
    Ok(Json(page.map(|child| (&child).into())))
}

/// A page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// The top of the tree
///
/// The sources that the caller sees, by name.
#[utoipa::path(
    get, path = "/tree", tag = "catalogue", params(PageQuery),
    responses(
        (status = 200, description = "A page of sources", body = inline(Page<NodeBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn show_tree(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<NodeBody>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let page = tree::sources(&app, &caller.caller, &paging).await?;
    Ok(Json(page.map(|source| (&source).into())))
}

/// What a history is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// Only what is about this column.
    #[param(value_type = Option<Uuid>)]
    column: Option<PublicId>,
    /// Up to this instant (RFC 3339); now unless said.
    at: Option<String>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// The history of an asset
///
/// The change sets that touched it, newest first, with what was before and after. Grants only for who may see who may do
/// what; statements and foreign keys only for who sees all of the source.
#[utoipa::path(
    get, path = "/assets/{id}/history", tag = "catalogue", params(("id" = Uuid, Path), HistoryQuery),
    responses(
        (status = 200, description = "A page of changes", body = inline(Page<ChangeBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "The caller sees no such asset"),
        (status = 422, description = "A parameter that is none, or has no such value"),
    )
)]
pub(super) async fn show_history(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<Page<ChangeBody>>> {
    let at = instant(&app, query.at.as_deref())?;
    let of = HistoryOf { asset: id, column: query.column, at };
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (_, page) = history::show(&app, &caller.caller, of, &paging).await?;
    Ok(Json(page.map(|change| (&change).into())))
}
