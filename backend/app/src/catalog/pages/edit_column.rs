//! The forms that describe a column; its level is sent to `placing`.

use super::dataset::ids;
use super::edit::{TextsForm, said_form, saved, shown_again, source_says, typed_form};
use super::view;
use crate::app::App;
use crate::catalog::dataset as service;
use crate::catalog::texts::{self, Edit};
use crate::error::{Failure, Result};
use crate::http::{IfMatch, Member, SignedForm, html, page_with, redirect};
use axum::extract::{Path, State};
use axum::response::Response;
use cadastre_frontend::catalog::edit::EditColumnPage;
use cadastre_frontend::parts::{AssetLink, Crumb};
use cadastre_frontend::{Form, href};
use cadastre_model::{Action, PublicId, Sensitivity};
use std::collections::BTreeMap;

/// GET /d/{id}/c/{column}/edit
pub(super) async fn edit(
    State(app): State<App>,
    member: Member,
    Path(path): Path<(String, String)>,
) -> Result<Response> {
    let (dataset, column) = ids(path)?;
    html(&member.visitor, &page(&app, &member, (dataset, column), Typed::Nothing).await?)
}

/// What somebody typed into one of the forms, to be shown again.
#[derive(Debug)]
pub(super) enum Typed {
    Nothing,
    Texts(Form),
    Sensitivity(Form),
}

/// The page with the forms that the caller may use; `Forbidden` where there is none.
pub(super) async fn page(
    app: &App,
    member: &Member,
    (dataset, column): (PublicId, PublicId),
    typed: Typed,
) -> Result<EditColumnPage> {
    let shown = service::show(app, &member.caller, dataset, None).await?;
    let (asset, found) = service::column(app, &member.caller, dataset, column, None).await?;
    let may = |action| member.caller.may(action, &asset.resource());
    let (may_say, may_level) = (may(Action::EditTexts), may(Action::SetSensitivity));
    if !may_say && !may_level {
        return Err(Failure::forbidden());
    }
    let mut texts = said_form("texts", &found.texts);
    let level = found.sensitivity.map_or("", Sensitivity::as_str);
    let mut sensitivity = Form::new("sensitivity").with("sensitivity", level);
    match typed {
        Typed::Nothing => {}
        Typed::Texts(form) => texts = form,
        Typed::Sensitivity(form) => sensitivity = form,
    }
    let mut crumbs = view::crumbs(&shown.standing.above, None);
    crumbs.push(Crumb::new(&*asset.name, href::dataset(dataset)));
    crumbs.push(Crumb::new(found.name(), href::column(dataset, column)));
    Ok(EditColumnPage {
        chrome: member.chrome(app),
        dataset: AssetLink {
            id: dataset.to_string(),
            kind: asset.kind,
            name: asset.name.clone(),
            display_name: None,
            path: Vec::new(),
        },
        column: column.to_string(),
        name: found.name(),
        crumbs,
        version: asset.counter,
        source_texts: source_says(&found.texts),
        texts: may_say.then_some(texts),
        sensitivity: may_level.then_some((sensitivity, shown.standing.sensitivity)),
    })
}

/// POST /d/{id}/c/{column}/text
pub(super) async fn say(
    State(app): State<App>,
    member: Member,
    Path(path): Path<(String, String)>,
    SignedForm(fields): SignedForm<BTreeMap<String, String>>,
) -> Result<Response> {
    let (dataset, column) = ids(path)?;
    let form = TextsForm::read(&fields)?;
    let edit = Edit {
        asset: dataset,
        column: Some(column),
        condition: IfMatch::exactly(form.version),
        sayings: form.sayings,
        reason: form.reason.as_deref(),
    };
    match texts::say(&app, &member.caller, edit).await {
        Ok(version) => Ok(redirect(&app, &href::column(dataset, column), saved(), version)),
        Err(failure) => match shown_again(failure.kind) {
            Some(status) => {
                let typed = Typed::Texts(typed_form("texts", fields, failure));
                page_with(&member.visitor, status, &page(&app, &member, (dataset, column), typed).await?)
            }
            None => Err(failure),
        },
    }
}
