//! One team, and who is in it.

use super::person::{Confirmed, Nothing};
use super::teams::{places, row};
use super::{done, refused, view};
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, IfMatch, Member, Paging, Params, SignedForm, html, page_with, redirect};
use crate::people::person::by_login;
use crate::people::queries::permit_to_see;
use crate::people::teams::{self, Team, TeamEdit};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::parts::Subject;
use cadastre_frontend::people::register::{PersonRow, TeamPage};
use cadastre_frontend::{Form, href};
use cadastre_model::{Action, Message, PersonKind, PersonState, PublicId, SubjectId, SubjectKind, TeamId};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
pub(super) struct MembersQuery {
    cursor: Option<String>,
    older: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<MembersQuery>,
) -> Result<Response> {
    page(&app, &member, id, query, Typed::default()).await
}

/// The forms of the page as they were refused.
#[derive(Debug, Default)]
struct Typed {
    team: Option<Form>,
    member: Option<Form>,
}

async fn page(
    app: &App,
    member: &Member,
    id: PublicId,
    query: MembersQuery,
    typed: Typed,
) -> Result<Response> {
    let permit = permit_to_see(&member.caller)?;
    let team = teams::find(&app.db().web, &permit, id, None).await?;
    let tree = teams::tree(&app.db().web, &permit, None).await?;
    let paging = Paging { cursor: query.cursor, limit: None };
    let members = teams::members(app, &member.caller, id, &paging).await?;
    let pager = view::pager(member, members.items.len(), members.next.as_deref());
    let who = link(&team);
    let (grants, owns) = view::holdings(app, member, SubjectId::Team(team.id), &who).await?;
    let subject = SubjectId::Team(team.id);
    let (changes, changes_pager) =
        view::history(app, member, &permit, subject, &href::team(id), query.older).await?;
    let refused = typed.team.is_some() || typed.member.is_some();
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let manages =
        team.id != TeamId::EVERYONE && member.caller.permit_on_register(Action::ManagePeople).is_ok();
    let parent = team.parent.as_ref().map(|(parent, _)| parent.to_string()).unwrap_or_default();
    let form =
        typed.team.unwrap_or_else(|| Form::new("team").with("name", &team.name).with("parent", parent));
    let below =
        tree.iter().filter(|(_, other)| other.parent.as_ref().is_some_and(|(parent, _)| *parent == id));
    let page = TeamPage {
        chrome: member.chrome(app),
        version: team.counter,
        above: above(&tree, &team),
        below: below.map(|(_, team)| link(team)).collect(),
        members: members.items.into_iter().map(member_row).collect(),
        pager,
        grants,
        owns,
        changes,
        changes_pager,
        form: manages.then_some(form),
        parents: places(&tree, Some(team.id)),
        member_form: manages.then(|| typed.member.unwrap_or_else(|| Form::new("member"))),
        may_remove: manages,
        team: Some(row(0, &team)),
    };
    page_with(&member.visitor, status, &page)
}

fn link(team: &Team) -> Subject {
    Subject { kind: SubjectKind::Team, id: team.public_id.to_string(), name: team.name.clone() }
}

/// The teams above one, from the top. It ends also where rows would make a circle.
fn above(tree: &[(usize, Team)], team: &Team) -> Vec<Subject> {
    let mut above = Vec::new();
    let mut next = team.parent.as_ref().map(|(id, _)| *id);
    while let Some((_, team)) = tree.iter().find(|(_, team)| Some(team.public_id) == next) {
        if above.len() > tree.len() {
            break;
        }
        above.insert(0, link(team));
        next = team.parent.as_ref().map(|(id, _)| *id);
    }
    above
}

fn member_row(member: teams::Member) -> PersonRow {
    PersonRow {
        id: member.public_id.to_string(),
        name: member.display_name,
        login: member.login,
        email: None,
        is_service: member.kind == PersonKind::Service,
        is_active: member.state == PersonState::Active,
        teams: Vec::new(),
        last_seen: None,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamForm {
    #[serde(default)]
    version: i64,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    parent: String,
}

impl TeamForm {
    /// The place that was chosen; the top, when none was.
    pub(super) fn place(&self) -> Result<Option<PublicId>> {
        let place = Some(self.parent.trim()).filter(|place| !place.is_empty()).map(str::parse).transpose();
        place.map_err(|_| Failure::invalid("parent", "team-parent-unknown"))
    }

    pub(super) fn form(&self) -> Form {
        Form::new("team").with("name", &self.name).with("parent", &self.parent)
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TeamForm>,
) -> Result<Response> {
    let edited = match typed.place() {
        Ok(parent) => {
            let change = TeamEdit { name: Some(typed.name.clone()), parent: Some(parent) };
            teams::edit(&app, &member.caller, id, &IfMatch::exactly(typed.version), change).await
        }
        Err(failure) => Err(failure),
    };
    match edited {
        Ok((_, version)) => Ok(redirect(&app, &href::team(id), done("edit-saved"), version)),
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let team = Some(refused(typed.form(), failure));
            page(&app, &member, id, MembersQuery::default(), Typed { team, member: None }).await
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberForm {
    #[serde(default)]
    login: String,
}

pub(super) async fn add_member(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<MemberForm>,
) -> Result<Response> {
    member.caller.permit_on_register(Action::ManagePeople).map(drop)?;
    let permit = permit_to_see(&member.caller)?;
    teams::find(&app.db().web, &permit, id, None).await?;
    match by_login(&app, &typed.login).await {
        Ok(person) => {
            let version = teams::enrol(&app, &member.caller, id, person).await?;
            Ok(redirect(&app, &href::team(id), done("edit-saved"), version))
        }
        Err(failure) if failure.kind == FailureKind::Absent => {
            let form = Form::new("member").with("login", typed.login).wrong("login", "team-nobody");
            page(&app, &member, id, MembersQuery::default(), Typed { team: None, member: Some(form) }).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn remove_member(
    State(app): State<App>,
    member: Member,
    Path((team, person)): Path<(String, String)>,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let id = |text: &str| text.parse::<PublicId>().map_err(|_| Failure::absent());
    let version = teams::expel(&app, &member.caller, id(&team)?, id(&person)?).await?;
    Ok(redirect(&app, &href::team(team), done("edit-saved"), Some(version)))
}

pub(super) async fn ask_remove(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let permit = member.caller.permit_on_register(Action::ManagePeople)?;
    let team = teams::find(&app.db().web, &permit, id, None).await?;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new("confirm-remove-team").arg("name", team.name),
        consequences: vec![Message::new("team-remove-members"), Message::new("team-remove-history")],
        verb: "confirm-remove",
        action: href::remove_team(id),
        back: href::team(id),
        hidden: vec![("version".to_owned(), team.counter.to_string())],
        asks_reason: true,
        form: Form::new("remove"),
    };
    html(&member.visitor, &page)
}

pub(super) async fn remove(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Confirmed>,
) -> Result<Response> {
    let condition = IfMatch::exactly(typed.version);
    let version = teams::remove(&app, &member.caller, id, &condition, Some(&typed.reason)).await?;
    Ok(redirect(&app, &href::teams(), done("team-was-removed"), Some(version)))
}
