//! From what the use cases give to what the pages show.

use crate::app::App;
use crate::catalog::pages::view::change_of_somebody;
use crate::error::Result;
use crate::http::{Member, Paging};
use crate::people::held::{self, OwnGrant, Place};
use crate::people::history;
use crate::people::queries::Person;
use crate::people::tokens::Token;
use cadastre_access::Permit;
use cadastre_frontend::access::GrantRow;
use cadastre_frontend::catalog::history::Change;
use cadastre_frontend::href;
use cadastre_frontend::parts::{AssetLink, Pager, Subject};
use cadastre_frontend::people::account::TokenRow;
use cadastre_frontend::people::register::PersonRow;
use cadastre_model::{AssetKind, PersonKind, PersonState, SubjectId};

/// So many changes are shown at a time.
const CHANGES: i64 = 20;

pub(super) fn person_row(person: &Person, teams: Vec<String>) -> PersonRow {
    PersonRow {
        id: person.public_id.to_string(),
        name: person.display_name.clone(),
        login: person.login.clone(),
        email: person.email.clone(),
        is_service: person.kind == PersonKind::Service,
        is_active: person.state == PersonState::Active,
        teams,
        last_seen: person.last_seen,
    }
}

pub(super) fn token_row(token: Token) -> TokenRow {
    TokenRow {
        id: token.public_id.to_string(),
        name: token.name,
        hint: token.hint,
        scopes: token.scopes.iter().map(ToString::to_string).collect(),
        created: token.created_at,
        expires: token.expires_at,
        last_used: token.last_used,
    }
}

/// The own grants and the assets of a person or a team, as far as the reader may see them.
pub(super) async fn holdings(
    app: &App,
    member: &Member,
    subject: SubjectId,
    who: &Subject,
) -> Result<(Vec<GrantRow>, Vec<AssetLink>)> {
    let grants = held::grants(app, &member.caller, subject).await?;
    let owned = held::owned(app, &member.caller, subject).await?;
    let grants = grants.into_iter().map(|grant| grant_row(grant, who.clone())).collect();
    Ok((grants, owned.into_iter().map(asset_link).collect()))
}

/// What changed about a person or a team, as far as the reader may see it, and where the older changes are.
pub(super) async fn history(
    app: &App,
    member: &Member,
    permit: &Permit,
    subject: SubjectId,
    page: &str,
    older: Option<String>,
) -> Result<(Vec<Change>, Pager)> {
    let paging = Paging { cursor: older, limit: Some(CHANGES) };
    let found = history::of(app, &member.caller, permit, subject, &paging).await?;
    let t = member.visitor.t(app);
    let pager = Pager {
        shown: i64::try_from(found.items.len()).unwrap_or(i64::MAX),
        total: None,
        previous: paging.cursor.is_some().then(|| page.to_owned()),
        next: found.next.as_deref().map(|next| href::with_query(page, "older", next)),
    };
    Ok((found.items.iter().map(|change| change_of_somebody(change, &t)).collect(), pager))
}

fn grant_row(grant: OwnGrant, who: Subject) -> GrantRow {
    let everywhere = grant.place.kind == AssetKind::Register;
    GrantRow {
        id: grant.public_id.to_string(),
        who,
        role: grant.role,
        effect: grant.effect,
        ceiling: grant.ceiling,
        mask: grant.mask,
        from_above: (!everywhere).then(|| asset_link(grant.place)),
        by_owning: false,
        ends: grant.ends,
        starts: grant.starts,
        reason: grant.reason,
        granted_by: None,
        // Grants are taken back where they were given.
        may_revoke: false,
    }
}

fn asset_link(place: Place) -> AssetLink {
    AssetLink {
        id: place.public_id.to_string(),
        kind: place.kind,
        name: place.name,
        display_name: None,
        path: Vec::new(),
    }
}

/// Where the next page of a list is. The way back is the browser's.
pub(super) fn pager(member: &Member, shown: usize, next: Option<&str>) -> Pager {
    let url = &member.visitor.url;
    Pager {
        shown: i64::try_from(shown).unwrap_or(i64::MAX),
        total: None,
        previous: None,
        next: next.map(|cursor| href::with_query(url, "cursor", cursor)),
    }
}
