//! Everybody, and somebody new.

use super::{person, refused, view};
use crate::app::App;
use crate::error::{FailureKind, Result};
use crate::http::{Member, Page, Paging, Params, SignedForm, html, page_with};
use crate::people::person::{NewPerson, add as add_person, givable};
use crate::people::queries::{self, PeopleFilter};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::Form;
use cadastre_frontend::people::register::{NewPersonPage, PeoplePage};
use cadastre_model::{Action, PersonKind, PersonState, Role};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct PeopleQuery {
    q: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    member: Member,
    Params(query): Params<PeopleQuery>,
) -> Result<Response> {
    const LIST: &str = "people";
    let permit = queries::permit_to_see(&member.caller)?;
    let paging = Paging { cursor: query.cursor, limit: None };
    let (size, after) = (paging.size()?, paging.after::<String>(&app, LIST)?);
    let state = query.state.as_deref().and_then(|word| word.parse::<PersonState>().ok());
    let filter = PeopleFilter { text: query.q.clone(), kind: None, state };
    let rows = queries::list(&app.db().web, &permit, &filter, after.as_deref(), size, None).await?;
    let page = Page::of(rows, size, &app, LIST, |person| person.login.clone())?;
    let mut people = Vec::with_capacity(page.items.len());
    let mut teams = queries::teams_of(&app.db().web, &page.items).await?;
    for person in &page.items {
        people.push(view::person_row(person, teams.remove(&person.id).unwrap_or_default()));
    }
    let pager = view::pager(&member, people.len(), page.next.as_deref());
    let may_add = member.caller.permit_on_register(Action::ManagePeople).is_ok();
    let query = query.q.unwrap_or_default();
    html(&member.visitor, &PeoplePage { chrome: member.chrome(&app), query, people, pager, may_add })
}

pub(super) async fn show_new(State(app): State<App>, member: Member) -> Result<Response> {
    member.caller.permit_on_register(Action::ManagePeople).map(drop)?;
    let form = Form::new("person").with("kind", PersonKind::Person.as_str());
    html(
        &member.visitor,
        &NewPersonPage { chrome: member.chrome(&app), form, roles: givable(&member.caller)? },
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPersonForm {
    #[serde(default)]
    kind: Option<PersonKind>,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    roles: Vec<Role>,
}

pub(super) async fn add(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<NewPersonForm>,
) -> Result<Response> {
    let kind = typed.kind.unwrap_or(PersonKind::Person);
    let new = NewPerson {
        kind,
        login: typed.login.clone(),
        display_name: typed.display_name.clone(),
        email: Some(typed.email.clone()),
        roles: typed.roles.clone(),
    };
    match add_person(&app, &member.caller, new).await {
        Ok(made) => {
            let beside = person::Beside { one_time_password: made.password, ..Default::default() };
            person::page(&app, &member, made.public_id, beside).await
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let form = Form::new("person")
                .with("kind", kind.as_str())
                .with("display_name", typed.display_name)
                .with("login", typed.login)
                .with("email", typed.email);
            let form = typed.roles.iter().fold(form, |form, role| form.with("roles", role.as_str()));
            let (chrome, roles) = (member.chrome(&app), givable(&member.caller)?);
            let page = NewPersonPage { chrome, form: refused(form, failure), roles };
            page_with(&member.visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(failure) => Err(failure),
    }
}
