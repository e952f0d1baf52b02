//! dbt's artifacts by the API: a form of files.

use super::api::{RemarkJson, headers, told, words};
use super::artifacts::{Artifacts, ingest};
use super::homes::Teller;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{ApiCaller, Params};
use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request, State};
use axum::response::IntoResponse;
use cadastre_intake::dbt::Options;
use cadastre_model::Message;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Seek, Write};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest form, in bytes: what one project may bring.
const LIMIT: usize = 64 << 20;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    // The files are counted as they are written, and never held in memory whole.
    OpenApiRouter::new().routes(routes!(dbt)).layer(DefaultBodyLimit::disable())
}

/// What the artifacts do not say.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DbtParams {
    /// The namespace of the database that dbt works in: `postgres://db.example.org:5432`.
    #[param(example = "postgres://db.example.org:5432", required = true)]
    #[serde(default)]
    namespace: String,
    /// The namespace of the jobs; `dbt` unless said.
    jobs: Option<String>,
}

/// The files of dbt's target folder.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it stands for the form in the document; the form is read as it comes")]
struct ArtifactsForm {
    /// `manifest.json`
    #[schema(value_type = String, format = Binary)]
    manifest: Vec<u8>,
    /// `catalog.json`
    #[schema(value_type = Option<String>, format = Binary)]
    catalog: Option<Vec<u8>>,
    /// `run_results.json`
    #[schema(value_type = Option<String>, format = Binary)]
    run_results: Option<Vec<u8>>,
}

/// What became of a project.
#[derive(Debug, Serialize, ToSchema)]
struct IngestedJson {
    /// The project, where its manifest names it.
    project: Option<String>,
    /// Models, seeds, snapshots and exposures that are new.
    added: usize,
    /// Those with a new version.
    changed: usize,
    /// Those that say what they said.
    same: usize,
    /// Those that the project no longer has.
    gone: usize,
    /// Relations that were told of.
    datasets: usize,
    /// Runs whose results came along.
    runs: usize,
    /// Tests that are declared.
    tests: usize,
    /// What was not understood, and where.
    remarks: Vec<RemarkJson>,
}

/// Take the artifacts of a dbt project in
///
/// A form with the files of dbt's target folder, 64 MiB in all. Sent again it comes to the same. Needs the right to manage
/// lineage in the namespace of the jobs; relations in a namespace that you may not tell of are named and not described.
#[utoipa::path(post, path = "/ingest/dbt", tag = "lineage", params(DbtParams),
    request_body(content = ArtifactsForm, content_type = "multipart/form-data"),
    responses((status = 200, body = IngestedJson), (status = 401, description = "No token in force"), (status = 403, description = "You may not manage lineage"), (status = 404, description = "You may not tell of what lies there"), (status = 413, description = "Larger than is taken"),
              (status = 415, description = "No form of files"), (status = 422, description = "`errors` names the file")))]
async fn dbt(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    request: Request,
) -> Result<impl IntoResponse> {
    Teller::check(&caller)?;
    let (mut parts, body) = request.into_parts();
    let Params(DbtParams { namespace, jobs }) = Params::from_request_parts(&mut parts, &app).await?;
    if namespace.trim().is_empty() {
        return Err(Failure::invalid("namespace", Message::new("intake-missing")));
    }
    let form = Multipart::from_request(Request::from_parts(parts, body), &app)
        .await
        .map_err(|_| Failure::new(FailureKind::Unsupported, "error-not-a-form-of-files"))?;
    let artifacts = files(form).await?;
    let outcome = ingest(&app, &caller, Options { namespace, jobs }, artifacts).await?;
    let t = words(&app, &caller);
    let done = outcome.done;
    let json = IngestedJson {
        project: outcome.project,
        added: done.added,
        changed: done.changed,
        same: done.same,
        gone: done.gone,
        datasets: done.datasets,
        runs: done.runs,
        tests: done.tests,
        remarks: outcome.notices.iter().map(|notice| told(&t, notice)).collect(),
    };
    Ok((headers(&app, done.version), Json(json)))
}

/// The files of the form, each in a file of its own that nothing else can open and that goes with the request.
async fn files(mut form: Multipart) -> Result<Artifacts> {
    let (mut manifest, mut catalog, mut run_results) = (None, None, None);
    let mut left = LIMIT;
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        let place = match field.name() {
            Some("manifest") => &mut manifest,
            Some("catalog") => &mut catalog,
            Some("run_results") => &mut run_results,
            other => {
                let name = other.unwrap_or_default().to_owned();
                return Err(Failure::invalid(name, Message::new("intake-stray")));
            }
        };
        *place = Some(file(field, &mut left).await?);
    }
    let manifest = manifest.ok_or_else(|| Failure::invalid("manifest", Message::new("intake-missing")))?;
    Ok(Artifacts { manifest, catalog, run_results })
}

async fn file(mut field: Field<'_>, left: &mut usize) -> Result<File> {
    let mut file = tempfile::tempfile().map_err(Failure::internal)?;
    while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
        *left = left.checked_sub(bytes.len()).ok_or_else(too_large)?;
        file = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file))
            .await
            .map_err(Failure::internal)?
            .map_err(Failure::internal)?;
    }
    file.rewind().map_err(Failure::internal)?;
    Ok(file)
}

fn too_large() -> Failure {
    Failure::new(FailureKind::TooLarge, Message::new("error-too-large-limit").arg("limit", "64 MiB"))
}

fn broken(error: &MultipartError) -> Failure {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Failure::new(FailureKind::Unreadable, "error-broken-body")
}
