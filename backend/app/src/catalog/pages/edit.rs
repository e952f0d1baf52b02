//! The forms that describe a dataset, schema, database or source: its texts and its owners; domain and level are sent to
//! `placing`.

use super::view;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::dataset::{Standing, standing};
use crate::catalog::inherited;
use crate::catalog::owners::{self, OwnerKind, Whom};
use crate::catalog::texts::{self, Edit, Length, Said, Saying};
use crate::domains;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, IfMatch, Member, SignedForm, html, page_with, redirect};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::catalog::edit::EditAssetPage;
use cadastre_frontend::parts::{AssetLink, Crumb};
use cadastre_frontend::{Choice, Flash, Form, Tone};
use cadastre_model::{
    Action, AssetKind, Language, Message, Origin, PublicId, Sensitivity, SubjectKind, TextField,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most domains that there are to choose from.
const DOMAINS: i64 = 500;

/// What somebody typed into one of the forms, to be shown again.
#[derive(Debug)]
pub(super) enum Typed {
    Nothing,
    Texts(Form),
    Owner(Form),
    Domain(Form),
    Sensitivity(Form),
}

/// GET /d/{id}/edit, GET /browse/{id}/edit
pub(super) async fn edit(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    html(&member.visitor, &page(&app, &member, id, Typed::Nothing).await?)
}

/// The page with the forms that the caller may use; `Forbidden` where there is none.
async fn page(app: &App, member: &Member, id: PublicId, typed: Typed) -> Result<EditAssetPage> {
    let caller = &member.caller;
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    let may = |action| caller.may(action, &asset.resource());
    let (may_say, may_own) = (may(Action::EditTexts), may(Action::EditOwners));
    let (may_place, may_level) = (may(Action::EditDomain), may(Action::SetSensitivity));
    if asset.kind == AssetKind::Register {
        return Err(Failure::absent());
    }
    if !(may_say || may_own || may_place || may_level) {
        return Err(Failure::forbidden());
    }
    let see = caller.scope(Action::See)?;
    let standing = standing(&mut conn, &see, &asset, None).await?;
    let said = texts::of_asset(&mut conn, asset.id, Length::Whole, None).await?;
    let owned = owners::of(&mut conn, asset.id, None).await?;
    let inherited = inherited::of(&mut conn, &see, &asset).await?;
    // Whoever asks for another connection gives this one back first.
    drop(conn);
    let choices = if may_place { domains::queries::all(app, caller, DOMAINS).await? } else { Vec::new() };
    let mut forms = Forms {
        texts: said_form("texts", &said),
        owner: Form::new("owner"),
        domain: Form::new("domain").with("domain", own_domain(&asset, &standing)),
        sensitivity: Form::new("sensitivity")
            .with("sensitivity", asset.sensitivity.map_or("", Sensitivity::as_str)),
    };
    match typed {
        Typed::Nothing => {}
        Typed::Texts(form) => forms.texts = form,
        Typed::Owner(form) => forms.owner = form,
        Typed::Domain(form) => forms.domain = form,
        Typed::Sensitivity(form) => forms.sensitivity = form,
    }
    let mut crumbs = view::crumbs(&standing.above, None);
    crumbs.push(Crumb::new(&*asset.name, view::page_of(asset.kind, asset.public_id)));
    Ok(EditAssetPage {
        chrome: member.chrome(app),
        asset: link(&asset),
        crumbs,
        version: asset.counter,
        texts: may_say.then_some(forms.texts),
        source_texts: source_says(&said),
        owners: may_own.then(|| (owned.iter().map(view::owner).collect(), forms.owner)),
        domain: may_place.then(|| {
            let choices =
                choices.iter().map(|domain| Choice::new(domain.id.to_string(), &*domain.name)).collect();
            (forms.domain, choices, inherited.domain)
        }),
        sensitivity: may_level.then_some((forms.sensitivity, inherited.sensitivity)),
    })
}

/// The forms of the page.
struct Forms {
    texts: Form,
    owner: Form,
    domain: Form,
    sensitivity: Form,
}

/// The domain that was set on the asset itself, if the reader sees it.
fn own_domain(asset: &Asset, standing: &Standing) -> String {
    let own = standing.domain.as_ref().filter(|_| asset.domain.is_some());
    own.map(|domain| domain.id.to_string()).unwrap_or_default()
}

/// The page again with what was typed, where a form was refused for what stands in it.
pub(super) async fn again(
    app: &App,
    member: &Member,
    id: PublicId,
    failure: Failure,
    typed: impl FnOnce(Failure) -> Typed,
) -> Result<Response> {
    match shown_again(failure.kind) {
        Some(status) => page_with(&member.visitor, status, &page(app, member, id, typed(failure)).await?),
        None => Err(failure),
    }
}

fn link(asset: &Asset) -> AssetLink {
    AssetLink {
        id: asset.public_id.to_string(),
        kind: asset.kind,
        name: asset.name.clone(),
        display_name: None,
        path: Vec::new(),
    }
}

/// The texts of people, in the fields of the form.
pub(super) fn said_form(prefix: &'static str, said: &[Said]) -> Form {
    let of_people = said.iter().filter(|said| said.origin == Origin::Person);
    of_people
        .fold(Form::new(prefix), |form, said| form.with(&field(said.field, said.language), said.body.clone()))
}

/// What the source says, to be seen beside.
pub(super) fn source_says(said: &[Said]) -> Vec<(TextField, cadastre_frontend::parts::Texts)> {
    let of_source: Vec<Said> = said.iter().filter(|said| said.origin == Origin::Source).cloned().collect();
    let of = |field: TextField| (field, view::texts(&of_source, field));
    TextField::ALL.iter().copied().map(of).filter(|(_, texts)| !texts.0.is_empty()).collect()
}

fn field(field: TextField, language: Language) -> String {
    format!("{field}_{language}")
}

/// A form of texts: a field that is not in it stays as it is.
#[derive(Debug, Default)]
pub(super) struct TextsForm {
    pub(super) version: i64,
    pub(super) reason: Option<String>,
    pub(super) sayings: Vec<Saying>,
}

impl TextsForm {
    /// Reads the fields that there are.
    ///
    /// # Errors
    /// `Invalid` with the name of a field that is none of this form's.
    pub(super) fn read(fields: &BTreeMap<String, String>) -> Result<Self> {
        let mut read = Self::default();
        let unknown = |name: &String| {
            Failure::invalid(name.clone(), Message::new("error-form-field").arg("what", name))
        };
        for (name, value) in fields {
            match name.as_str() {
                "version" => read.version = value.parse().map_err(|_| unknown(name))?,
                "reason" => read.reason = Some(value.clone()),
                _ => read.sayings.push(saying(name, value).ok_or_else(|| unknown(name))?),
            }
        }
        Ok(read)
    }
}

fn saying(name: &str, value: &str) -> Option<Saying> {
    let (field, language) = name.rsplit_once('_')?;
    let body = Some(value.to_owned()).filter(|body| !body.trim().is_empty());
    Some(Saying { field: field.parse().ok()?, language: language.parse().ok()?, body })
}

/// What was typed, with what is wrong with it.
pub(super) fn typed_form(prefix: &'static str, fields: BTreeMap<String, String>, failure: Failure) -> Form {
    let form = fields.into_iter().fold(Form::new(prefix), |form, (name, value)| form.with(&name, value));
    let form = if failure.fields.is_empty() { form.refused(failure.message) } else { form };
    failure.fields.into_iter().fold(form, |form, (name, message)| form.wrong(&name, message))
}

/// The status under which a form is shown again; none where it is not.
pub(super) const fn shown_again(kind: FailureKind) -> Option<StatusCode> {
    match kind {
        FailureKind::Invalid => Some(StatusCode::UNPROCESSABLE_ENTITY),
        FailureKind::Stale => Some(StatusCode::PRECONDITION_FAILED),
        _ => None,
    }
}

pub(super) fn saved() -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new("edit-saved") })
}

/// POST /assets/{id}/text
pub(super) async fn say(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(fields): SignedForm<BTreeMap<String, String>>,
) -> Result<Response> {
    let form = TextsForm::read(&fields)?;
    let edit = Edit {
        asset: id,
        column: None,
        condition: IfMatch::exactly(form.version),
        sayings: form.sayings,
        reason: form.reason.as_deref(),
    };
    match texts::say(&app, &member.caller, edit).await {
        Ok(version) => Ok(redirect(&app, &back(&app, &member, id).await?, saved(), version)),
        Err(failure) => {
            again(&app, &member, id, failure, |failure| Typed::Texts(typed_form("texts", fields, failure)))
                .await
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerForm {
    subject_kind: SubjectKind,
    #[serde(default)]
    subject: String,
    kind: String,
}

/// POST /assets/{id}/owners
pub(super) async fn add_owner(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(form): SignedForm<OwnerForm>,
) -> Result<Response> {
    let kind = OwnerKind::of_word(&form.kind)
        .ok_or_else(|| Failure::invalid("kind", Message::new("error-form-field").arg("what", &form.kind)))?;
    let whom = Whom::Name(form.subject_kind, form.subject.clone());
    match owners::add(&app, &member.caller, id, &IfMatch::any(), (&whom, kind)).await {
        Ok(version) => Ok(redirect(&app, &back(&app, &member, id).await?, saved(), version)),
        Err(failure) if failure.kind == FailureKind::Invalid || is_beyond(&failure) => {
            let status =
                StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            let fields = BTreeMap::from([
                ("subject_kind".to_owned(), form.subject_kind.to_string()),
                ("subject".to_owned(), form.subject),
                ("kind".to_owned(), form.kind),
            ]);
            let typed = Typed::Owner(typed_form("owner", fields, failure));
            page_with(&member.visitor, status, &page(&app, &member, id, typed).await?)
        }
        Err(failure) => Err(failure),
    }
}

/// Refused because of whom they name, not because they may name nobody.
fn is_beyond(failure: &Failure) -> bool {
    failure.kind == FailureKind::Forbidden && failure.message.key.starts_with("error-owner-")
}

/// POST /assets/{id}/owners/{owner}/remove
pub(super) async fn remove_owner(
    State(app): State<App>,
    member: Member,
    Path((id, owner)): Path<(String, String)>,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let id: PublicId = id.parse().map_err(|_| Failure::absent())?;
    let whom = owner_of(&owner).ok_or_else(Failure::absent)?;
    let version = owners::remove(&app, &member.caller, id, &IfMatch::any(), whom).await?;
    Ok(redirect(&app, &back(&app, &member, id).await?, saved(), Some(version)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The owner of an address: `business-` or `technical-` and the id of the person or team.
pub(in crate::catalog) fn owner_of(text: &str) -> Option<(PublicId, OwnerKind)> {
    let (kind, id) = text.split_once('-')?;
    Some((id.parse().ok()?, OwnerKind::of_word(kind)?))
}

/// The page that a form leads back to: home, for who does not see the asset any longer.
pub(super) async fn back(app: &App, member: &Member, id: PublicId) -> Result<String> {
    match asset::find(&app.db().web, &member.caller, id, Action::See).await {
        Ok((asset, _)) => Ok(view::page_of(asset.kind, id)),
        Err(failure) if failure.kind == FailureKind::Absent => Ok(cadastre_frontend::href::home()),
        Err(failure) => Err(failure),
    }
}
