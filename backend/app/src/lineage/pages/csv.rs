//! What a dataset or a column affects, as a file.

use super::explorer::{self, Query};
use crate::app::App;
use crate::audit::{self, Event};
use crate::catalog::csv;
use crate::error::Result;
use crate::http::{Id, Member, Params};
use crate::lineage::show::affected::{self, Step, Table};
use axum::extract::State;
use axum::response::Response;
use std::borrow::Cow;

const HEADS: [&str; 11] =
    ["hop", "id", "path", "name", "column", "how", "confidence", "jobs", "way", "owners", "change"];

/// GET /lineage/{id}/impact.csv
pub(super) async fn impact(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let (_, wanted) = explorer::read(&app, &member, id, &query)?;
    let (asset, table) = affected::impact(&app, &member.caller, &wanted).await?;
    let event = Event::new("export.lineage").by(member.person.id).at(&member.visitor).about(asset.id);
    audit::note(&app, &event.with("rows", table.steps.len())).await?;
    Ok(csv::answer("impact.csv", &text(&table)))
}

fn text(table: &Table) -> String {
    let mut out = csv::START.to_owned();
    csv::line(&mut out, &HEADS.map(Into::into));
    for step in &table.steps {
        if let Some(cells) = cells(table, step) {
            csv::line(&mut out, &cells);
        }
    }
    // A file that ends early says so.
    let more = table.rows.saturating_sub(table.steps.len());
    if more > 0 {
        csv::line(&mut out, &["…".into(), format!("+{more}").into()]);
    }
    out
}

fn cells<'t>(table: &'t Table, step: &'t Step) -> Option<[Cow<'t, str>; 11]> {
    let label = table.labels.get(&step.row.asset)?;
    let names = |ids: &[cadastre_model::AssetId], between: &str| {
        let names = ids.iter().filter_map(|id| table.labels.get(id)).map(|label| label.named.name.as_str());
        names.collect::<Vec<_>>().join(between)
    };
    let owners = table.owned.get(&step.row.asset).into_iter().flatten();
    Some([
        step.row.hop.to_string().into(),
        label.named.public_id.to_string().into(),
        label.named.path.join(" / ").into(),
        label.named.name.as_str().into(),
        step.row.column.as_ref().map_or("", |column| column.name.as_str()).into(),
        step.hows.iter().map(cadastre_model::How::as_str).collect::<Vec<_>>().join(" ").into(),
        step.confidence.to_string().into(),
        names(&step.jobs, "; ").into(),
        names(&step.path, " > ").into(),
        owners.map(|owner| owner.name.as_str()).collect::<Vec<_>>().join("; ").into(),
        step.mark.as_str().unwrap_or_default().into(),
    ])
}
