//! The form of a domain, new or not: its name, its place, its texts, how delicate what lies in it is.

use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::texts::{self, Edit, Saying};
use crate::domains::pages::{TREE_MAX, done, head};
use crate::domains::{DomainInput, change, create, queries};
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, IfMatch, Member, SignedForm, page_with, redirect};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_access::Permit;
use cadastre_frontend::catalog::domain::{DomainHead, EditDomainPage};
use cadastre_frontend::{Choice, Form, href};
use cadastre_model::{Action, AssetId, Language, Origin, PublicId, Sensitivity, TextField, Version};
use serde::Deserialize;

/// What somebody typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedDomain {
    version: i64,
    name: String,
    pub(super) parent: String,
    display_name_en: String,
    display_name_zh: String,
    description_en: String,
    description_zh: String,
    sensitivity: String,
    reason: String,
}

impl TypedDomain {
    fn form(&self) -> Form {
        let reason = ("reason", &self.reason);
        let fields =
            [("name", &self.name), ("parent", &self.parent), ("sensitivity", &self.sensitivity), reason];
        let form = fields.into_iter().fold(Form::new("domain"), |form, (name, value)| form.with(name, value));
        self.sayings().into_iter().fold(form, |form, saying| {
            let name = format!("{}_{}", saying.field, saying.language);
            form.with(&name, saying.body.unwrap_or_default())
        })
    }

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
        Ok(DomainInput {
            name: self.name.clone(),
            parent: self.parent()?,
            sensitivity: level(&self.sensitivity)?,
            reason: Some(self.reason.clone()),
        })
    }
}

/// A sensitivity as a form sends it; none: what it inherits.
pub(super) fn level(text: &str) -> Result<Option<Sensitivity>> {
    match text {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|_| Failure::invalid("sensitivity", "domain-level-unknown")),
    }
}

pub(super) async fn show_new(State(app): State<App>, member: Member) -> Result<Response> {
    may_make(&member)?;
    page(&app, &member, None, Form::new("domain"), StatusCode::OK).await
}

/// Domains are made at the top by who manages all of them, and below one by who manages that.
fn may_make(member: &Member) -> Result<()> {
    if member.caller.may_somewhere(Action::ManageDomains) {
        return Ok(());
    }
    Err(Failure::forbidden())
}

pub(super) async fn make(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<TypedDomain>,
) -> Result<Response> {
    let made = match typed.input() {
        Ok(input) => create(&app, &member.caller, &input).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok((id, version)) => say(&app, &member, id, &typed, Some(version), "domain-made").await,
        Err(failure) if failure.kind == FailureKind::Invalid => {
            again(&app, &member, None, &typed, &failure).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn show_edit(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let _: (Asset, Permit) = queries::find(&app, &member.caller, id, Action::ManageDomains).await?;
    let (domain, head) = head(&app, &member, id).await?;
    let parent = queries::above(&app, &member.caller, &domain).await?.pop();
    let mut form = Form::new("domain")
        .with("name", &domain.name)
        .with("parent", parent.map(|parent| parent.id.to_string()).unwrap_or_default())
        .with("sensitivity", domain.sensitivity.map_or("", Sensitivity::as_str));
    for (name, texts) in [("display_name", &head.display_names), ("description", &head.descriptions)] {
        for language in Language::ALL {
            let said = texts.of(Origin::Person, *language).map(|said| said.body.as_str());
            form = form.with(&format!("{name}_{language}"), said.unwrap_or_default());
        }
    }
    page(&app, &member, Some((domain, head)), form, StatusCode::OK).await
}

pub(super) async fn save(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedDomain>,
) -> Result<Response> {
    let changed = match typed.input() {
        Ok(input) => change(&app, &member.caller, id, &IfMatch::exactly(typed.version), &input).await,
        Err(failure) => Err(failure),
    };
    match changed {
        Ok(version) => say(&app, &member, id, &typed, version, "domain-changed").await,
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let shown = head(&app, &member, id).await?;
            again(&app, &member, Some(shown), &typed, &failure).await
        }
        Err(failure) => Err(failure),
    }
}

/// The texts come after the domain itself, as a change of their own: what is wrong with them is shown on its form.
async fn say(
    app: &App,
    member: &Member,
    id: PublicId,
    typed: &TypedDomain,
    version: Option<Version>,
    key: &'static str,
) -> Result<Response> {
    let edit = Edit {
        asset: id,
        column: None,
        condition: IfMatch::any(),
        sayings: typed.sayings(),
        reason: Some(&typed.reason),
    };
    match texts::say(app, &member.caller, edit).await {
        Ok(said) => Ok(redirect(app, &href::domain(id), done(key), said.or(version))),
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let shown = head(app, member, id).await?;
            again(app, member, Some(shown), typed, &failure).await
        }
        Err(failure) => Err(failure),
    }
}

async fn again(
    app: &App,
    member: &Member,
    domain: Option<(Asset, DomainHead)>,
    typed: &TypedDomain,
    failure: &Failure,
) -> Result<Response> {
    let form =
        failure.fields.iter().fold(typed.form(), |form, (field, message)| form.wrong(field, message.clone()));
    page(app, member, domain, form, StatusCode::UNPROCESSABLE_ENTITY).await
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
        may_remove: asset
            .as_ref()
            .is_some_and(|asset| member.caller.may(Action::ManageDomains, &asset.resource())),
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
            let depth = usize::try_from(domain.depth).unwrap_or(0);
            choices.push(Choice::new(
                domain.id.to_string(),
                format!("{}{}", "\u{2003}".repeat(depth), domain.name),
            ));
        }
    }
    Ok(choices)
}
