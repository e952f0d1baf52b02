//! Somebody who asks for a use case: who they are, what they may do, and how they will be named in the change set.

use crate::app::App;
use crate::change::Author;
use crate::error::{Failure, Result};
use crate::follower::Followed;
use crate::http::{SignedIn, Visitor};
use cadastre_access::{Actor, Permit, Refusal, Resource, Rights, Scope};
use cadastre_model::{Action, Language, PersonId, Version, Via};
use chrono::{DateTime, Utc};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// The caller of a use case, by page, token or from a test.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// How they are named in what they write.
    pub author: Author,
    /// The language they read.
    pub language: Language,
    /// Where they are.
    pub address: IpAddr,
    /// When they asked.
    pub now: DateTime<Utc>,
    rights: Arc<Followed<Rights>>,
}

impl Caller {
    /// The caller behind a request, by page or by token.
    pub(crate) fn of(app: &App, visitor: &Visitor, person: &SignedIn, via: Via) -> Self {
        let token = person.token.as_ref();
        let author = Author {
            person: Some(person.id),
            via,
            token: token.map(|(id, _)| *id),
            task: None,
            request_id: Some(visitor.request_id.clone()),
        };
        Self {
            actor: token
                .map_or_else(|| Actor::person(person.id), |(_, scopes)| Actor::token(person.id, *scopes)),
            author,
            language: visitor.language,
            address: visitor.address,
            now: app.now(),
            rights: Arc::clone(app.rights()),
        }
    }

    /// Somebody who acts from beside the register, by the command line, with the rights of a person.
    #[must_use]
    pub fn beside(app: &App, person: PersonId) -> Self {
        Self {
            actor: Actor::person(person),
            author: Author { person: Some(person), ..Author::cli() },
            language: Language::En,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            now: app.now(),
            rights: Arc::clone(app.rights()),
        }
    }

    /// The person who acts.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.actor.person
    }

    /// Where the caller may do this: what every list asks for.
    ///
    /// # Errors
    /// `Unavailable` while the rights are not known to be current.
    pub fn scope(&self, action: Action) -> Result<Arc<Scope>> {
        self.rights.ask(|rights| rights.scope(&self.actor, action, self.now))
    }

    /// Lets the caller do this to that: what every write asks for. The resource was read under its lock.
    ///
    /// # Errors
    /// `Absent` when they may not know of it, `Forbidden` when they see it and may not.
    pub fn permit(&self, action: Action, resource: &Resource) -> Result<Permit> {
        let answer = self.rights.ask(|rights| rights.permit(&self.actor, action, resource, self.now))?;
        answer.map_err(refused)
    }

    /// Lets the caller do something to the register as a whole.
    ///
    /// # Errors
    /// As [`Caller::permit`].
    pub fn permit_on_register(&self, action: Action) -> Result<Permit> {
        self.permit(action, &Resource::register())
    }

    /// Whether the caller may do this to that: for what a page offers.
    #[must_use]
    pub fn may(&self, action: Action, resource: &Resource) -> bool {
        self.permit(action, resource).is_ok()
    }

    /// Whether the caller may do this anywhere at all: for what the navigation offers.
    #[must_use]
    pub fn may_somewhere(&self, action: Action) -> bool {
        self.scope(action).is_ok_and(|scope| !scope.is_empty())
    }

    /// Asks the rights something else: what may be given, who may do what.
    ///
    /// # Errors
    /// As [`Caller::scope`].
    pub fn ask<R>(&self, question: impl FnOnce(&Rights) -> R) -> Result<R> {
        self.rights.ask(question)
    }

    /// Waits until the rights have taken over a version: what the caller has just written.
    pub async fn has_seen(&self, version: Version) {
        self.rights.wait_for(version).await;
    }
}

/// A refusal as a failure: what may not be known of answers like what is not there.
#[must_use]
pub fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Invisible => Failure::absent(),
        Refusal::Forbidden(action) => Failure::new(
            crate::error::FailureKind::Forbidden,
            cadastre_model::Message::new("error-forbidden-action").arg("action", action),
        ),
    }
}
