//! The form of a domain, new or not: its name, its place, its texts, how delicate what lies in it is.

use super::pages::{TREE_MAX, done, head};
use super::{DomainInput, change, create, queries};
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::texts::Saying;
use crate::domains::queries::DomainView;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, IfMatch, Member, SignedForm, page_with, redirect};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::catalog::domain::{DomainHead, EditDomainPage};
use cadastre_frontend::{Choice, Form, href};
use cadastre_model::{Action, AssetId, Language, Origin, PublicId, Sensitivity, TextField};
use serde::Deserialize;

/// What somebody typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedDomain {
    version: i64,
    name: String,
    parent: String,
    display_name_en: String,
    display_name_zh: String,
    description_en: String,
    description_zh: String,
    sensitivity: String,
    reason: String,
}

impl TypedDomain {
    fn sayings(&self) -> Vec<Saying> {
        let say = |field, language, body: &str| Saying { field, language, body: Some(body.to_owned()) };
        vec![
            say(TextField::DisplayName, Language::En, &self.display_name_en),
            say(TextField::DisplayName, Language::Zh, &self.display_name_zh),
            say(TextField::Description, Language::En, &self.description_en),
            say(TextField::Description, Language::Zh, &self.description_zh),
        ]
    }

    fn input(&self) -> Result<DomainInput> {
        let parent = match self.parent.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| Failure::invalid("parent", "domain-unknown"))?),
        };
        let sensitivity = match self.sensitivity.as_str() {
            "" => None,
            word => Some(word.parse().map_err(|_| Failure::invalid("sensitivity", "domain-level-unknown"))?),
        };
        Ok(DomainInput {
            name: self.name.clone(),
            parent,
            sensitivity,
            reason: Some(self.reason.clone()).filter(|reason| !reason.trim().is_empty()),
        })
    }

    /// The form with all of it in, and what is wrong with it.
    fn again(&self, failure: Failure) -> Form {
        let form = Form::new("domain")
            .with("name", &*self.name)
            .with("parent", &*self.parent)
            .with("display_name_en", &*self.display_name_en)
            .with("display_name_zh", &*self.display_name_zh)
            .with("description_en", &*self.description_en)
            .with("description_zh", &*self.description_zh)
            .with("sensitivity", &*self.sensitivity)
            .with("reason", &*self.reason);
        let form = if failure.fields.is_empty() { form.refused(failure.message) } else { form };
        failure.fields.into_iter().fold(form, |form, (field, message)| form.wrong(&field, message))
    }
}

/// The status under which a form is shown again; none where it is not.
pub(super) const fn shown_again(kind: FailureKind) -> Option<StatusCode> {
    match kind {
        FailureKind::Invalid => Some(StatusCode::UNPROCESSABLE_ENTITY),
        FailureKind::Stale => Some(StatusCode::PRECONDITION_FAILED),
        FailureKind::Conflict => Some(StatusCode::CONFLICT),
        _ => None,
    }
}

/// GET /domains/new
pub(super) async fn show_new(State(app): State<App>, member: Member) -> Result<Response> {
    may_make(&member)?;
    page(&app, &member, None, Form::new("domain"), StatusCode::OK).await
}

/// Domains are made at the top by who manages all of them, and below one by who manages that.
fn may_make(member: &Member) -> Result<()> {
    if member.caller.may_somewhere(Action::ManageDomains) { Ok(()) } else { Err(Failure::forbidden()) }
}

/// POST /domains/new
pub(super) async fn make(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<TypedDomain>,
) -> Result<Response> {
    may_make(&member)?;
    let made = match typed.input() {
        Ok(input) => create(&app, &member.caller, &input, typed.sayings()).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok((id, version)) => Ok(redirect(&app, &href::domain(id), done("domain-made"), Some(version))),
        Err(failure) => match shown_again(failure.kind) {
            Some(status) => page(&app, &member, None, typed.again(failure), status).await,
            None => Err(failure),
        },
    }
}

/// GET /domains/{id}/edit
pub(super) async fn show_edit(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let _asked = queries::find(&app, &member.caller, id, Action::ManageDomains).await?;
    let (domain, head) = head(&app, &member, id).await?;
    let parent = queries::view(&app, &member.caller, id).await?.1.parent;
    let mut form = Form::new("domain")
        .with("name", &*domain.name)
        .with("parent", parent.map(|parent| parent.to_string()).unwrap_or_default())
        .with("sensitivity", domain.sensitivity.map_or("", Sensitivity::as_str));
    for (name, texts) in [("display_name", &head.display_names), ("description", &head.descriptions)] {
        for language in Language::ALL {
            let said = texts.of(Origin::Person, *language).map(|said| &*said.body);
            form = form.with(&format!("{name}_{language}"), said.unwrap_or_default());
        }
    }
    page(&app, &member, Some((domain, head)), form, StatusCode::OK).await
}

/// POST /domains/{id}/edit
pub(super) async fn save(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedDomain>,
) -> Result<Response> {
    let _asked = queries::find(&app, &member.caller, id, Action::ManageDomains).await?;
    let condition = IfMatch::exactly(typed.version);
    let changed = match typed.input() {
        Ok(input) => change(&app, &member.caller, id, &condition, &input, typed.sayings()).await,
        Err(failure) => Err(failure),
    };
    match changed {
        Ok(version) => Ok(redirect(&app, &href::domain(id), done("domain-changed"), version)),
        Err(failure) => match shown_again(failure.kind) {
            Some(status) => {
                let shown = head(&app, &member, id).await?;
                page(&app, &member, Some(shown), typed.again(failure), status).await
            }
            None => Err(failure),
        },
    }
}

async fn page(
    app: &App,
    member: &Member,
    domain: Option<(Asset, DomainHead)>,
    form: Form,
    status: StatusCode,
) -> Result<Response> {
    let (asset, head) = domain.unzip();
    let above = asset.as_ref().and_then(|asset| asset.parent).unwrap_or(AssetId::REGISTER);
    let page = EditDomainPage {
        chrome: member.chrome(app),
        version: asset.as_ref().map_or(0, |asset| asset.counter),
        parents: parents(app, member, asset.as_ref().map(|asset| asset.public_id)).await?,
        inherited: queries::level_of(&app.db().web, above).await?,
        owner_form: Form::new("owner"),
        may_remove: asset.is_some(),
        domain: head,
        form,
    };
    page_with(&member.visitor, status, &page)
}

/// The domains that it may lie below: in the order of the tree, without itself and what lies below it.
async fn parents(app: &App, member: &Member, own: Option<PublicId>) -> Result<Vec<Choice>> {
    let mut choices = Vec::new();
    let mut within: Option<i64> = None;
    for domain in queries::all(app, &member.caller, TREE_MAX).await? {
        if within.is_some_and(|depth| domain.depth > depth) {
            continue;
        }
        within = (Some(domain.id) == own).then_some(domain.depth);
        if within.is_none() {
            choices.push(choice(&domain));
        }
    }
    Ok(choices)
}

/// A domain to be chosen in a form, as deep as it lies.
pub(crate) fn choice(domain: &DomainView) -> Choice {
    let indent = "\u{2003}".repeat(usize::try_from(domain.depth).unwrap_or(0));
    Choice::new(domain.id.to_string(), format!("{indent}{}", domain.name))
}
