//! Into what a source is registered: the register itself, or a domain of it, where who manages sources in the domain may.

use super::queries;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::change::Author;
use crate::domains::queries::{DomainView, all_where, is_kept};
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::Permit;
use cadastre_model::{Action, AssetId, AssetKind, Message, PublicId};
use sqlx::PgConnection;

/// The most domains that a form offers.
const MOST: i64 = 2000;

/// Who registers a source.
#[derive(Debug, Clone, Copy)]
pub(super) enum By<'a> {
    /// Somebody, by their rights.
    Caller(&'a Caller),
    /// The register's operator, whom no right limits.
    Operator(&'a Author),
}

/// Where a source may be registered.
#[derive(Debug)]
pub(super) struct Ground {
    /// For managing sources there.
    pub(super) permit: Permit,
    /// The domain; none: the register itself.
    pub(super) domain: Option<AssetId>,
}

impl By<'_> {
    pub(super) const fn author(&self) -> &Author {
        match self {
            Self::Caller(caller) => &caller.author,
            Self::Operator(author) => author,
        }
    }

    /// The place that a source is to be registered in. In a transaction the domain is kept from being removed until its
    /// end.
    ///
    /// # Errors
    /// `Absent` when there is no such domain for them; `Forbidden` when they may not manage sources there.
    pub(super) async fn ground(&self, conn: &mut PgConnection, domain: Option<PublicId>) -> Result<Ground> {
        let Some(id) = domain else { return self.register() };
        let (domain, permit) = match self {
            Self::Caller(caller) => asset::find(&mut *conn, caller, id, Action::ManageSources).await?,
            Self::Operator(_) => {
                let domain = asset::read(&mut *conn, id).await?;
                let permit = operators(domain.id);
                (domain, permit)
            }
        };
        if !is_domain(&domain) || !is_kept(conn, domain.id).await? {
            return Err(Failure::absent());
        }
        Ok(Ground { permit, domain: Some(domain.id) })
    }

    fn register(&self) -> Result<Ground> {
        let permit = match self {
            Self::Caller(caller) => caller.permit_on_register(Action::ManageSources)?,
            Self::Operator(_) => operators(AssetId::REGISTER),
        };
        Ok(Ground { permit, domain: None })
    }
}

fn operators(asset: AssetId) -> Permit {
    Permit::system(Action::ManageSources, asset, "the operator, at the command line")
}

fn is_domain(asset: &Asset) -> bool {
    asset.kind == AssetKind::Domain
}

/// What a form offers.
#[derive(Debug)]
pub(super) struct Offered {
    /// Whether the register itself.
    pub(super) register: bool,
    /// The domains, in the order of the tree.
    pub(super) domains: Vec<DomainView>,
}

/// Where the caller may register a source.
///
/// # Errors
/// `Forbidden` when nowhere.
pub(super) async fn offered(app: &App, caller: &Caller) -> Result<Offered> {
    let register = caller.permit_on_register(Action::ManageSources);
    let domains = all_where(app, caller, Action::ManageSources, MOST).await?;
    match register {
        Err(refused) if domains.is_empty() => Err(refused),
        register => Ok(Offered { register: register.is_ok(), domains }),
    }
}

/// Whether the caller may register a source anywhere.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn may_register(app: &App, caller: &Caller) -> Result<bool> {
    if caller.permit_on_register(Action::ManageSources).is_ok() {
        return Ok(true);
    }
    // Who manages no source at all, which is most people, costs no question.
    Ok(caller.may_somewhere(Action::ManageSources)
        && !all_where(app, caller, Action::ManageSources, 1).await?.is_empty())
}

/// The domain of a name or id, for the operator.
///
/// # Errors
/// `Absent` when there is none; `Conflict` when several have the name.
pub(super) async fn named(app: &App, name: &str) -> Result<PublicId> {
    match queries::domains_named(&app.db().web, name).await?.as_slice() {
        [] => Err(Failure::new(FailureKind::Absent, Message::new("source-domain-unknown"))),
        [id] => Ok(PublicId(*id)),
        _ => Err(Failure::new(FailureKind::Conflict, Message::new("source-domain-twice"))),
    }
}
