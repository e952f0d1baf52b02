//! What is done to rules by a button: run, mute, switch, retire.

use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Id, Member, SignedForm, html, redirect};
use crate::quality::save::{self, Switch};
use crate::quality::{ask, read};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::quality::{RETIRE, RETIRE_CONSEQUENCES};
use cadastre_frontend::{Flash, Form, Tone};
use cadastre_model::{Message, PublicId, Version};
use serde::Deserialize;

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

fn back(app: &App, dataset: PublicId, said: &'static str, version: Option<Version>) -> Response {
    let flash = Flash { tone: Tone::Pass, message: Message::new(said) };
    redirect(app, &href::dataset_tab(dataset, DatasetTab::Quality), Some(flash), version)
}

/// POST /d/{id}/quality/run
pub(super) async fn run_all(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    ask::ask(&app, &member.caller, id, &[]).await?;
    Ok(back(&app, id, "rule-run-asked", None))
}

async fn dataset_of(app: &App, member: &Member, rule: PublicId) -> Result<PublicId> {
    Ok(read::one(app, &member.caller, rule).await?.0.public_id)
}

/// POST /quality/rules/{id}/run
pub(super) async fn run(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    let dataset = dataset_of(&app, &member, id).await?;
    ask::ask(&app, &member.caller, dataset, &[id]).await?;
    Ok(back(&app, dataset, "rule-run-asked", None))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Muting {
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: String,
}

/// POST /quality/rules/{id}/mute
pub(super) async fn mute(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Muting>,
) -> Result<Response> {
    // Who does not see the rule learns nothing of what they typed.
    dataset_of(&app, &member, id).await?;
    let until = crate::catalog::moment::instant(typed.until.trim(), member.visitor.zone)
        .ok_or_else(|| Failure::invalid("until", "error-moment"))?;
    switched(
        &app,
        &member,
        id,
        Switch { muted_until: Some(Some(until)), reason: Some(typed.reason), ..Switch::default() },
        "rule-muted",
    )
    .await
}

/// POST /quality/rules/{id}/unmute
pub(super) async fn unmute(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    switched(&app, &member, id, Switch { muted_until: Some(None), ..Switch::default() }, "rule-unmuted").await
}

/// POST /quality/rules/{id}/disable
pub(super) async fn disable(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    switched(&app, &member, id, Switch { enabled: Some(false), ..Switch::default() }, "rule-disabled").await
}

/// POST /quality/rules/{id}/enable
pub(super) async fn enable(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    switched(&app, &member, id, Switch { enabled: Some(true), ..Switch::default() }, "rule-enabled").await
}

/// Switches a rule, and leads back to its dataset.
async fn switched(
    app: &App,
    member: &Member,
    rule: PublicId,
    to: Switch,
    said: &'static str,
) -> Result<Response> {
    let dataset = dataset_of(app, member, rule).await?;
    let version = save::switch(app, &member.caller, rule, to).await?;
    Ok(back(app, dataset, said, version))
}

/// GET /quality/rules/{id}/retire
pub(super) async fn ask_retire(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let (asset, _, seen) = read::one(&app, &member.caller, id).await?;
    save::permitted(&app, &member.caller, asset.public_id).await?;
    let rule = &seen.kept.facts.rule;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new(RETIRE.0).arg("name", rule.title.as_ref().unwrap_or(&rule.name)),
        consequences: RETIRE_CONSEQUENCES.map(Message::new).to_vec(),
        verb: RETIRE.1,
        action: href::retire_rule(id),
        back: href::dataset_tab(asset.public_id, DatasetTab::Quality),
        hidden: Vec::new(),
        asks_reason: false,
        form: Form::new("retire"),
    };
    html(&member.visitor, &page)
}

/// POST /quality/rules/{id}/retire
pub(super) async fn retire(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    let dataset = dataset_of(&app, &member, id).await?;
    let version = save::retire(&app, &member.caller, id).await?;
    Ok(back(&app, dataset, "rule-retired", Some(version)))
}
