//! What the API about people says, as JSON.

use crate::people::queries;
use crate::people::teams;
use crate::people::tokens;
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Person {
    pub(super) id: Uuid,
    /// `person` or `service`.
    kind: String,
    /// The name to sign in with.
    login: String,
    /// The name that is shown.
    display_name: String,
    email: Option<String>,
    /// `active` or `disabled`.
    state: String,
    created_at: DateTime<Utc>,
    /// To the minute; none while nothing is kept of it.
    last_seen: Option<DateTime<Utc>>,
    /// Whether their password was given to them and is to be changed.
    must_change_password: bool,
}

impl From<queries::Person> for Person {
    fn from(person: queries::Person) -> Self {
        Self {
            id: person.public_id.0,
            kind: person.kind.to_string(),
            login: person.login,
            display_name: person.display_name,
            email: person.email,
            state: person.state.to_string(),
            created_at: person.created_at,
            last_seen: person.last_seen,
            must_change_password: person.must_change,
        }
    }
}

/// A team, by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TeamLink {
    id: Uuid,
    name: String,
}

impl From<(PublicId, String)> for TeamLink {
    fn from((id, name): (PublicId, String)) -> Self {
        Self { id: id.0, name }
    }
}

impl From<queries::Membership> for TeamLink {
    fn from(membership: queries::Membership) -> Self {
        Self { id: membership.public_id, name: membership.name }
    }
}

/// Somebody, with the teams that they are in themselves.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonInTeams {
    #[serde(flatten)]
    pub(super) person: Person,
    pub(super) teams: Vec<TeamLink>,
}

/// Somebody who was just added or given a new password.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonWithPassword {
    pub(super) person: Person,
    /// Shown this once; to be changed at the first sign-in. None for a service.
    pub(super) password: Option<String>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Team {
    pub(super) id: Uuid,
    name: String,
    /// The team that it lies in.
    parent: Option<TeamLink>,
    /// How many are in it themselves.
    members: i64,
    /// Whether it is the built-in team of everybody.
    everyone: bool,
}

impl From<teams::Team> for Team {
    fn from(team: teams::Team) -> Self {
        Self {
            id: team.public_id.0,
            name: team.name,
            parent: team.parent.map(TeamLink::from),
            members: team.members,
            everyone: team.id == cadastre_model::TeamId::EVERYONE,
        }
    }
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    id: Uuid,
    /// `person` or `service`.
    kind: String,
    login: String,
    display_name: String,
    /// `active` or `disabled`.
    state: String,
    /// Since when they are in it.
    since: DateTime<Utc>,
}

impl From<teams::Member> for Member {
    fn from(member: teams::Member) -> Self {
        Self {
            id: member.public_id.0,
            kind: member.kind.to_string(),
            login: member.login,
            display_name: member.display_name,
            state: member.state.to_string(),
            since: member.since,
        }
    }
}

/// What is known of a token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Token {
    pub(super) id: Uuid,
    /// What it is for.
    name: String,
    /// Its last four characters.
    hint: String,
    /// What it may be used for: `read`, `write`, `values`, `admin`.
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// To the minute.
    last_used: Option<DateTime<Utc>>,
}

impl From<tokens::Token> for Token {
    fn from(token: tokens::Token) -> Self {
        Self {
            id: token.public_id.0,
            name: token.name,
            hint: token.hint,
            scopes: token.scopes.iter().map(ToString::to_string).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used: token.last_used,
        }
    }
}

/// A token to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What it is for.
    name: String,
    /// What it may be used for; `read` is always among them.
    #[schema(value_type = Vec<String>, example = json!(["read"]))]
    scopes: Vec<cadastre_model::TokenScope>,
    /// When it ends, within a year; in 90 days unless said.
    expires_at: Option<DateTime<Utc>>,
}

impl From<NewToken> for tokens::NewToken {
    fn from(new: NewToken) -> Self {
        Self { name: new.name, scopes: new.scopes, expires_at: new.expires_at }
    }
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IssuedToken {
    token: Token,
    /// The token itself. Shown this once.
    secret: String,
}

impl From<tokens::Issued> for IssuedToken {
    fn from(issued: tokens::Issued) -> Self {
        Self { token: issued.token.into(), secret: issued.secret }
    }
}

/// Reads a member that may be there with `null`, which is not the same as not being there.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
