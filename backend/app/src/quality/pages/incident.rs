//! Incidents as pages show them, with where they probably come from and whom they concern.

use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::Result;
use crate::http::{Member, Paging};
use crate::lineage;
use crate::quality::cause;
use crate::quality::incidents::{self, Incident as Told, Which};
use crate::quality::read::Eyes;
use cadastre_frontend::quality::incident::{CauseStep, Incident};
use cadastre_frontend::quality::{Gravity, IncidentState};
use cadastre_model::Message;

/// So many of those whom an incident concerns are listed.
const CONCERNED: usize = 5;

/// The incidents of a dataset that are not over, the newest first.
pub(super) async fn of_dataset(
    app: &App,
    member: &Member,
    asset: &Asset,
    eyes: Eyes,
) -> Result<Vec<Incident>> {
    let which = Which { state: None, dataset: Some(asset.id) };
    let paging = Paging { cursor: None, limit: Some(5) };
    let lines = incidents::list(app, &member.caller, &which, &paging).await?;
    let mut all = Vec::new();
    for line in lines.items {
        let told = incidents::show(app, &member.caller, line.public_id).await?;
        all.push(shown(app, member, asset, &told, eyes.manages).await?);
    }
    Ok(all)
}

/// An incident whole.
pub(super) async fn shown(
    app: &App,
    member: &Member,
    asset: &Asset,
    told: &Told,
    may_handle: bool,
) -> Result<Incident> {
    let line = &told.line;
    let dataset = lineage::dataset_link(app, &member.caller, asset.id).await?;
    let (mut impact, impact_datasets, impact_owners) =
        lineage::concern(app, &member.caller, asset.public_id).await?;
    impact.truncate(CONCERNED);
    let cause = cause::of(app, &member.caller, asset).await?;
    let now = app.now();
    let muted_until = line.muted_until.filter(|until| *until > now);
    Ok(Incident {
        id: line.public_id.to_string(),
        number: line.number,
        state: match line.state.as_str() {
            "closed" => IncidentState::Resolved,
            _ if muted_until.is_some() => IncidentState::Muted,
            "acknowledged" => IncidentState::Acknowledged,
            _ => IncidentState::Open,
        },
        gravity: Gravity::of_word(&line.severity).unwrap_or(Gravity::Medium),
        first_seen: line.opened,
        last_seen: line.seen,
        rules: i64::try_from(told.members.len()).unwrap_or(i64::MAX),
        names: told.members.iter().map(|member| member.name.clone()).take(3).collect(),
        columns: Vec::new(),
        assignee: line.assignee.as_ref().map(crate::catalog::pages::view::subject),
        acknowledged: None,
        muted_until,
        resolved: line.closed.map(|at| (at, end(told))),
        cause_said: (cause.len() > 1).then(|| Message::new("cause-why").arg("hops", cause.len() - 1)),
        cause: steps(app, member, cause).await?,
        impact,
        impact_datasets,
        impact_owners,
        version: line.counter,
        may_handle,
        assignees: Vec::new(),
        dataset,
    })
}

/// Why it is over.
fn end(told: &Told) -> Message {
    let by_hand = told.timeline.iter().rev().find(|event| event.kind == "resolved");
    match by_hand.and_then(|event| event.note.as_ref()) {
        Some(note) => Message::new("incident-said").arg("text", note),
        None => Message::new("incident-end-passed"),
    }
}

async fn steps(app: &App, member: &Member, cause: Vec<cause::Step>) -> Result<Vec<CauseStep>> {
    let ids: Vec<_> = cause.iter().map(|step| step.asset).collect();
    let mut links = lineage::dataset_links(app, &member.caller, &ids).await?;
    let last = cause.len().saturating_sub(1);
    let step = |(at, step): (usize, cause::Step)| CauseStep {
        link: links.remove(&step.asset),
        column: None,
        said: if at == last {
            Some(Message::new("cause-here"))
        } else {
            (step.failing > 0).then(|| Message::new("cause-rules").arg("n", step.failing))
        },
        since: step.since,
        is_cause: at == 0 && at != last,
        incident: None,
    };
    Ok(cause.into_iter().enumerate().map(step).collect())
}

/// The dataset of an incident.
pub(super) async fn asset_of(app: &App, told: &Told) -> Result<Asset> {
    asset::of(&app.db().web, told.line.dataset.id).await
}
