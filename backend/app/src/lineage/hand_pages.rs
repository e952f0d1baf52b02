//! The forms at a dataset's lineage: drawing an edge, striking one out, letting it count again.

use super::hand::{self, Drawn};
use super::typed;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::rows::{self, Named};
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, SignedForm, html, page_with, public_id, redirect};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::lineage::Side;
use cadastre_frontend::lineage::tab::{STRIKE, STRIKE_CONSEQUENCES};
use cadastre_frontend::{Choice, Flash, Form, Tone};
use cadastre_model::{Action, AssetId, Message, PublicId};
use serde::Deserialize;

/// The routes.
pub(super) fn pages() -> Router<App> {
    Router::new()
        .route("/d/{id}/lineage/edges", post(draw))
        .route("/d/{id}/lineage/edges/{edge}/strike", get(ask_strike).post(strike))
        .route("/d/{id}/lineage/edges/{edge}/restore", post(restore))
}

/// What a browser sends to draw an edge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    other: String,
    other_id: String,
    side: String,
    columns: String,
    note: String,
}

/// The form again, with the datasets that the typed name fits when there are several.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) form: Form,
    pub(crate) candidates: Vec<Choice>,
}

impl Typed {
    /// What was typed.
    fn form(&self) -> Form {
        Form::new("draw")
            .with("other", &self.other)
            .with("side", &self.side)
            .with("columns", &self.columns)
            .with("note", &self.note)
    }

    /// Lines of `from -> to`.
    fn pairs(&self) -> Result<Vec<(String, String)>> {
        let lines = self.columns.lines().map(str::trim).filter(|line| !line.is_empty());
        let pair = |line: &str| {
            let (from, to) = line.split_once("->").or_else(|| line.split_once('→'))?;
            Some((from.trim().to_owned(), to.trim().to_owned()))
        };
        lines.map(|line| pair(line).ok_or_else(|| Failure::invalid("columns", "edge-columns-form"))).collect()
    }
}

async fn draw(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Typed>,
) -> Result<Response> {
    hand::permitted(&app, &member.caller, id).await?;
    let candidates = match typed.other_id.parse::<PublicId>() {
        Ok(id) => vec![(id, String::new())],
        Err(_) => offered(&app, &member.caller, &typed.other).await?,
    };
    let drawn = match &candidates[..] {
        [(other, _)] => drawn(&typed, *other),
        [] => Err(Failure::invalid("other", "edge-other-unknown")),
        _ => Err(Failure::invalid("other", "edge-other-several")),
    };
    let done = match drawn {
        Ok(drawn) => hand::draw(&app, &member.caller, id, &drawn).await.map(|(_, version)| version),
        Err(failure) => Err(failure),
    };
    match done {
        Ok(version) => Ok(redirect(&app, &tab(id), flash("edge-drawn"), Some(version))),
        Err(failure) => {
            let mut form = typed.form();
            form = match failure.kind {
                FailureKind::Invalid => failure
                    .fields
                    .into_iter()
                    .fold(form, |form, (field, message)| form.wrong(&field, message)),
                FailureKind::Conflict => form.refused(failure.message),
                _ => return Err(failure),
            };
            let candidates =
                candidates.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            super::pages::tab_again(&app, &member, id, Again { form, candidates }).await
        }
    }
}

/// The datasets of a typed name, with the names of what they lie in as far as the caller sees it.
async fn offered(app: &App, caller: &Caller, name: &str) -> Result<Vec<(PublicId, String)>> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let found = typed::datasets(&mut conn, caller, name).await?;
    let ids: Vec<AssetId> = found.iter().map(|(id, _)| *id).collect();
    let named = rows::named(&mut conn, &see, &ids, caller.language).await?;
    let full = |named: &Named| named.path.iter().chain([&named.name]).cloned().collect::<Vec<_>>().join(".");
    Ok(found.into_iter().filter_map(|(id, public)| Some((public, full(named.get(&id)?)))).collect())
}

fn drawn(typed: &Typed, other: PublicId) -> Result<Drawn> {
    Ok(Drawn {
        other,
        is_up: Side::of_word(&typed.side) == Some(Side::Up),
        columns: typed.pairs()?,
        note: typed.note.clone(),
    })
}

fn tab(id: PublicId) -> String {
    href::dataset_tab(id, DatasetTab::Lineage)
}

fn flash(key: &'static str) -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new(key) })
}

async fn ask_strike(
    State(app): State<App>,
    member: Member,
    Path((id, edge)): Path<(String, String)>,
) -> Result<Response> {
    let page = strike_page(&app, &member, public_id(&id)?, public_id(&edge)?, Form::new("strike")).await?;
    html(&member.visitor, &page)
}

async fn strike_page(
    app: &App,
    member: &Member,
    id: PublicId,
    edge: PublicId,
    form: Form,
) -> Result<ConfirmPage> {
    let (from, to) = hand::ends(app, &member.caller, id, edge).await?;
    Ok(ConfirmPage {
        chrome: member.chrome(app),
        question: Message::new(STRIKE.0).arg("from", from).arg("to", to),
        consequences: STRIKE_CONSEQUENCES.map(Message::new).to_vec(),
        verb: STRIKE.1,
        action: href::strike_edge(id, edge),
        back: tab(id),
        hidden: Vec::new(),
        asks_reason: true,
        form,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    #[serde(default)]
    reason: String,
}

async fn strike(
    State(app): State<App>,
    member: Member,
    Path((id, edge)): Path<(String, String)>,
    SignedForm(typed): SignedForm<Why>,
) -> Result<Response> {
    let (id, edge) = (public_id(&id)?, public_id(&edge)?);
    match hand::strike(&app, &member.caller, id, edge, &typed.reason).await {
        Ok(version) => Ok(redirect(&app, &tab(id), flash("edge-struck"), Some(version))),
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let form = Form::new("strike").with("reason", &typed.reason);
            let form =
                failure.fields.into_iter().fold(form, |form, (field, message)| form.wrong(&field, message));
            let page = strike_page(&app, &member, id, edge, form).await?;
            page_with(&member.visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn restore(
    State(app): State<App>,
    member: Member,
    Path((id, edge)): Path<(String, String)>,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let (id, edge) = (public_id(&id)?, public_id(&edge)?);
    let version = hand::restore(&app, &member.caller, id, edge).await?;
    Ok(redirect(&app, &tab(id), flash("edge-restored"), Some(version)))
}
