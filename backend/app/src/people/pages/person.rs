//! One person or service.

use super::{done, refused, view};
use crate::app::App;
use crate::error::{FailureKind, Result};
use crate::http::{Id, IfMatch, Member, Paging, Params, SignedForm, html, page_with, redirect};
use crate::people::person::{self, PersonEdit};
use crate::people::{queries, tokens};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::parts::Subject;
use cadastre_frontend::people::register::PersonPage;
use cadastre_frontend::{Form, href};
use cadastre_model::{Action, Message, PublicId, SubjectId, SubjectKind};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct HistoryQuery {
    older: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<HistoryQuery>,
) -> Result<Response> {
    page(&app, &member, id, Beside { older: query.older, ..Beside::default() }).await
}

/// What the page of a person holds besides what is known of them.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The password that was just made for them.
    pub(super) one_time_password: Option<String>,
    /// The form as it was refused.
    pub(super) typed: Option<Form>,
    /// From where on the history is shown.
    pub(super) older: Option<String>,
}

/// The page of a person.
pub(super) async fn page(
    app: &App,
    member: &Member,
    id: PublicId,
    Beside { one_time_password, typed, older }: Beside,
) -> Result<Response> {
    let permit = queries::permit_to_see(&member.caller)?;
    let found = queries::find(&app.db().web, &permit, id, None).await?;
    let teams: Vec<Subject> = queries::memberships(&app.db().web, found.id, None)
        .await?
        .into_iter()
        .map(|team| Subject { kind: SubjectKind::Team, id: team.public_id.to_string(), name: team.name })
        .collect();
    let manages = member.caller.permit_on_register(Action::ManagePeople).is_ok();
    let tokens = if manages {
        let first = tokens::of_person(app, &member.caller, id, &Paging::default()).await?;
        first.items.into_iter().map(view::token_row).collect()
    } else {
        Vec::new()
    };
    let who = Subject { kind: SubjectKind::Person, id: id.to_string(), name: found.display_name.clone() };
    let (grants, owns) = view::holdings(app, member, SubjectId::Person(found.id), &who).await?;
    let subject = SubjectId::Person(found.id);
    let (changes, changes_pager) =
        view::history(app, member, &permit, subject, &href::person(id), older).await?;
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = typed.unwrap_or_else(|| {
        let email = found.email.clone().unwrap_or_default();
        Form::new("person").with("display_name", found.display_name.clone()).with("email", email)
    });
    let names = teams.iter().map(|team| team.name.clone()).collect();
    let page = PersonPage {
        chrome: member.chrome(app),
        person: view::person_row(&found, names),
        version: found.counter,
        one_time_password,
        teams,
        grants,
        owns,
        tokens,
        changes,
        changes_pager,
        form: manages.then_some(form),
    };
    page_with(&member.visitor, status, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonForm {
    version: i64,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    email: String,
}

pub(super) async fn edit(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<PersonForm>,
) -> Result<Response> {
    let change =
        PersonEdit { display_name: Some(typed.display_name.clone()), email: Some(Some(typed.email.clone())) };
    match person::edit(&app, &member.caller, id, &IfMatch::exactly(typed.version), change).await {
        Ok((_, version)) => Ok(redirect(&app, &href::person(id), done("edit-saved"), version)),
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let form =
                Form::new("person").with("display_name", typed.display_name).with("email", typed.email);
            page(&app, &member, id, Beside { typed: Some(refused(form, failure)), ..Beside::default() }).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn ask_disable(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let permit = member.caller.permit_on_register(Action::ManagePeople)?;
    let person = queries::find(&app.db().web, &permit, id, None).await?;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new("confirm-disable-person").arg("name", person.display_name),
        consequences: vec![Message::new("person-disable-sessions"), Message::new("person-disable-kept")],
        verb: "confirm-disable",
        action: href::disable_person(id),
        back: href::person(id),
        hidden: vec![("version".to_owned(), person.counter.to_string())],
        asks_reason: true,
        form: Form::new("disable"),
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmed {
    pub(super) version: i64,
    #[serde(default)]
    pub(super) reason: String,
}

pub(super) async fn disable(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Confirmed>,
) -> Result<Response> {
    let condition = IfMatch::exactly(typed.version);
    let (_, version) = person::disable(&app, &member.caller, id, &condition, Some(&typed.reason)).await?;
    Ok(redirect(&app, &href::person(id), done("person-was-disabled"), version))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn enable(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let (_, version) = person::enable(&app, &member.caller, id, &IfMatch::any()).await?;
    Ok(redirect(&app, &href::person(id), done("person-was-enabled"), version))
}

pub(super) async fn reset_password(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let (_, password) = person::reset_password(&app, &member.caller, id, &IfMatch::any()).await?;
    page(&app, &member, id, Beside { one_time_password: Some(password), ..Beside::default() }).await
}
