//! The forms that say in which domain something is and how delicate it is.

use super::dataset::ids;
use super::edit::{Typed, again, back, saved, shown_again, typed_form};
use super::edit_column;
use crate::app::App;
use crate::domains;
use crate::error::{Failure, Result};
use crate::http::{Id, IfMatch, Member, SignedForm, page_with, redirect};
use axum::extract::{Path, State};
use axum::response::Response;
use cadastre_frontend::href;
use cadastre_model::{Message, PublicId, Sensitivity};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DomainForm {
    version: i64,
    #[serde(default)]
    domain: String,
}

/// POST /assets/{id}/domain
pub(super) async fn set_domain(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(form): SignedForm<DomainForm>,
) -> Result<Response> {
    let domain: Option<PublicId> = match form.domain.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| unreadable("domain", text))?),
    };
    let condition = IfMatch::exactly(form.version);
    match domains::set_domain(&app, &member.caller, id, &condition, domain, None).await {
        Ok(version) => Ok(redirect(&app, &back(&app, &member, id).await?, saved(), version)),
        Err(failure) => {
            let fields = BTreeMap::from([("domain".to_owned(), form.domain)]);
            again(&app, &member, id, failure, |failure| Typed::Domain(typed_form("domain", fields, failure)))
                .await
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SensitivityForm {
    version: i64,
    #[serde(default)]
    sensitivity: String,
    #[serde(default)]
    reason: String,
}

impl SensitivityForm {
    fn level(&self) -> Result<Option<Sensitivity>> {
        match self.sensitivity.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| unreadable("sensitivity", text)),
        }
    }

    fn fields(self) -> BTreeMap<String, String> {
        BTreeMap::from([("sensitivity".to_owned(), self.sensitivity), ("reason".to_owned(), self.reason)])
    }
}

fn unreadable(field: &str, text: &str) -> Failure {
    Failure::invalid(field, Message::new("error-form-field").arg("what", text))
}

/// POST /assets/{id}/sensitivity
pub(super) async fn set_sensitivity(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(form): SignedForm<SensitivityForm>,
) -> Result<Response> {
    let (level, condition) = (form.level()?, IfMatch::exactly(form.version));
    let said =
        domains::set_sensitivity(&app, &member.caller, id, &condition, level, Some(&form.reason)).await;
    match said {
        Ok(version) => Ok(redirect(&app, &back(&app, &member, id).await?, saved(), version)),
        Err(failure) => {
            let fields = form.fields();
            let typed = |failure| Typed::Sensitivity(typed_form("sensitivity", fields, failure));
            again(&app, &member, id, failure, typed).await
        }
    }
}

/// POST /d/{id}/c/{column}/sensitivity
pub(super) async fn set_column_sensitivity(
    State(app): State<App>,
    member: Member,
    Path(path): Path<(String, String)>,
    SignedForm(form): SignedForm<SensitivityForm>,
) -> Result<Response> {
    let (dataset, column) = ids(path)?;
    let (level, condition) = (form.level()?, IfMatch::exactly(form.version));
    let reason = Some(form.reason.as_str());
    let said =
        domains::set_column_sensitivity(&app, &member.caller, (dataset, column), &condition, level, reason)
            .await;
    match said {
        Ok(version) => Ok(redirect(&app, &href::column(dataset, column), saved(), version)),
        Err(failure) => match shown_again(failure.kind) {
            Some(status) => {
                let typed =
                    edit_column::Typed::Sensitivity(typed_form("sensitivity", form.fields(), failure));
                let page = edit_column::page(&app, &member, (dataset, column), typed).await?;
                page_with(&member.visitor, status, &page)
            }
            None => Err(failure),
        },
    }
}
