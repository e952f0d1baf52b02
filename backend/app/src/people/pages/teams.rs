//! The tree of teams, and a new one.

use super::{done, refused, team};
use crate::app::App;
use crate::error::{FailureKind, Result};
use crate::http::{Member, SignedForm, html, page_with, redirect};
use crate::people::queries::permit_to_see;
use crate::people::teams::{self, NewTeam, Team};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::parts::Pager;
use cadastre_frontend::people::register::{TeamPage, TeamRow, TeamsPage};
use cadastre_frontend::{Choice, Form, href};
use cadastre_model::{Action, TeamId};

pub(super) async fn list(State(app): State<App>, member: Member) -> Result<Response> {
    let permit = permit_to_see(&member.caller)?;
    let teams = teams::tree(&app.db().web, &permit, None).await?;
    let teams = teams.into_iter().map(|(depth, team)| row(depth, &team)).collect();
    let may_add = member.caller.permit_on_register(Action::ManagePeople).is_ok();
    html(&member.visitor, &TeamsPage { chrome: member.chrome(&app), teams, may_add })
}

pub(super) fn row(depth: usize, team: &Team) -> TeamRow {
    TeamRow {
        id: team.public_id.to_string(),
        name: team.name.clone(),
        depth,
        members: team.members,
        is_everyone: team.id == TeamId::EVERYONE,
    }
}

pub(super) async fn show_new(State(app): State<App>, member: Member) -> Result<Response> {
    new_page(&app, &member, None).await
}

async fn new_page(app: &App, member: &Member, typed: Option<Form>) -> Result<Response> {
    let permit = member.caller.permit_on_register(Action::ManagePeople)?;
    let tree = teams::tree(&app.db().web, &permit, None).await?;
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = TeamPage {
        chrome: member.chrome(app),
        team: None,
        version: 0,
        above: Vec::new(),
        below: Vec::new(),
        members: Vec::new(),
        pager: Pager::default(),
        grants: Vec::new(),
        owns: Vec::new(),
        changes: Vec::new(),
        changes_pager: Pager::default(),
        form: Some(typed.unwrap_or_else(|| Form::new("team"))),
        parents: places(&tree, None),
        member_form: None,
        may_remove: false,
    };
    page_with(&member.visitor, status, &page)
}

/// The teams below which another may lie: not everyone, and of one that is there never itself or one below it.
pub(super) fn places(tree: &[(usize, Team)], of: Option<TeamId>) -> Vec<Choice> {
    let mut places = Vec::new();
    let mut inside = None;
    for (depth, team) in tree {
        if inside.is_some_and(|outer| *depth > outer) {
            continue;
        }
        inside = (Some(team.id) == of).then_some(*depth);
        if inside.is_none() && team.id != TeamId::EVERYONE {
            places.push(Choice::new(
                team.public_id.to_string(),
                format!("{}{}", "– ".repeat(*depth), team.name),
            ));
        }
    }
    places
}

pub(super) async fn add(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<team::TeamForm>,
) -> Result<Response> {
    let made = match typed.place() {
        Ok(parent) => teams::add(&app, &member.caller, NewTeam { name: typed.name.clone(), parent }).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok((team, version)) => {
            Ok(redirect(&app, &href::team(team.public_id), done("edit-saved"), Some(version)))
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            new_page(&app, &member, Some(refused(typed.form(), failure))).await
        }
        Err(failure) => Err(failure),
    }
}
