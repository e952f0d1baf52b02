//! The audit trail by JSON and CSV.

use crate::app::App;
use crate::audit::entries::{self, ChainState, Entry, Filter};
use crate::audit::{Event, export};
use crate::error::Result;
use crate::http::{ApiCaller, Page, Paging, Params, Visitor};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API about the audit trail.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit)).routes(routes!(export_audit)).routes(routes!(show_chain))
}

/// A filter and a page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Query {
    /// Who did it: the id of a person.
    #[param(value_type = Option<Uuid>)]
    person: Option<PublicId>,
    /// What was done: a kind as `grant.give`, or the first part of several, as `grant`.
    kind: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists what was done, newest first
///
/// Change sets, and the events beside them that changed nothing: sign-ins, refusals, exports, reads of values. Needs the
/// right to read the audit trail. What you may not see is not in it.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Query),
    responses(
        (status = 200, description = "A page of entries", body = Page<Entry>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed to read the audit trail"),
        (status = 422, description = "A filter or cursor makes no sense"),
    )
)]
async fn list_audit(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<Query>,
) -> Result<Json<Page<Entry>>> {
    let filter = Filter { person: query.person, kind: query.kind, from: query.from, to: query.to };
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    Ok(Json(entries::list(&app, &caller.caller, &filter, &paging).await?))
}

/// What to take out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// Who did it: the id of a person.
    #[param(value_type = Option<Uuid>)]
    person: Option<PublicId>,
    /// What was done: a kind as `grant.give`, or the first part of several, as `grant`.
    kind: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
    /// Whether the file starts with a byte order mark, by which some spreadsheets know UTF-8.
    #[serde(default)]
    bom: bool,
}

/// Takes out what was done as CSV
///
/// All entries that meet the filter, newest first. Taking them out is itself recorded. Cells that a spreadsheet would
/// take for a formula start with `'`.
#[utoipa::path(
    get, path = "/audit.csv", tag = "audit", params(ExportQuery),
    responses(
        (status = 200, description = "The entries", content_type = "text/csv", body = String),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed to read the audit trail"),
        (status = 422, description = "A filter makes no sense"),
    )
)]
async fn export_audit(
    State(app): State<App>,
    visitor: Visitor,
    caller: ApiCaller,
    Params(query): Params<ExportQuery>,
) -> Result<Response> {
    let filter = Filter { person: query.person, kind: query.kind, from: query.from, to: query.to };
    export::csv(&app, &caller.caller, Event::new("audit.export").at(&visitor), filter, query.bom).await
}

/// How the chain stands
///
/// When its head was last signed, and by which key. `cadastre audit verify` walks it.
#[utoipa::path(
    get, path = "/audit/chain", tag = "audit",
    responses(
        (status = 200, description = "The state of the chain", body = ChainState),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed to read the audit trail"),
    )
)]
async fn show_chain(State(app): State<App>, caller: ApiCaller) -> Result<Json<ChainState>> {
    Ok(Json(entries::chain(&app, &caller.caller).await?))
}
