//! Whether a job's text is for a reader. A text names datasets, and so does what its system says of a run: they are for who
//! sees every dataset that the text names.

use super::{ground, reading, store};
use crate::catalog::{asset, visible};
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{AssetId, ObjectKind, Sensitivity};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Whether the reader sees every dataset that a job's texts name: those at its edges, of now and of before; those that the names
/// in the newest text stand for; and, where not all of that was understood, whatever there is in its source. Who may change the
/// job (`may_edit`) also reads what was not understood, since nobody else could mend it.
pub(crate) async fn may_read(
    conn: &mut PgConnection,
    see: &Scope,
    job: AssetId,
    may_edit: bool,
) -> Result<bool> {
    let ends: Vec<i64> = sqlx::query_scalar(
        "select from_id from lineage_edges where job_id = $1 and from_id is not null
         union select to_id from lineage_edges where job_id = $1 and to_id is not null",
    )
    .bind(job.0)
    .fetch_all(&mut *conn)
    .await?;
    let version = store::versions(conn, &[job]).await?.into_iter().next();
    // It may be long: it is parsed away from the threads that serve requests.
    let names = tokio::task::spawn_blocking(move || version.map(|version| reading::names(&version)));
    let names = names.await.map_err(Failure::internal)?.unwrap_or_default();
    let named = ground::find(conn, &names).await?;
    let all: BTreeSet<AssetId> = ends.into_iter().map(AssetId).chain(named.into_values()).collect();
    if visible::of(conn, see, all.iter().copied()).await?.len() < all.len() {
        return Ok(false);
    }
    let is_dark: bool = sqlx::query_scalar(
        "select exists (select from job_statements where job_id = $1 and understood in ('partly', 'failed'))
                or not exists (select from job_readings where job_id = $1)",
    )
    .bind(job.0)
    .fetch_one(&mut *conn)
    .await?;
    if !is_dark || may_edit {
        return Ok(true);
    }
    let job = asset::of(&mut *conn, job).await?;
    match job.source {
        Some(_) => visible::whole_source(conn, see, &job).await,
        // What no source stands for may name anything.
        None => Ok(sees_everything(see)),
    }
}

/// Whether every dataset there is or may come is seen.
fn sees_everything(see: &Scope) -> bool {
    let given = see.allow(ObjectKind::Dataset, Sensitivity::Secret);
    given.contains(&AssetId::REGISTER) && see.deny(ObjectKind::Dataset).is_empty()
}
