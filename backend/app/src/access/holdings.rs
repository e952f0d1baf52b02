//! Who may do what to an asset, by which grant or ownership, given where, until when: what every Access tab shows. All of
//! it comes from the rights that decide, and is only named here.

use crate::access::subjects::{self, Subject};
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, Result};
use cadastre_access::{Actor, Basis, Holding, Offer};
use cadastre_model::{
    Action, AssetId, AssetKind, Effect, GrantId, PersonId, PublicId, Role, Sensitivity, SubjectId,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, QueryBuilder};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// An asset by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// What it is.
    #[schema(value_type = String, example = "domain")]
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
}

/// What somebody holds on an asset.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldingView {
    /// Who.
    pub subject: Subject,
    /// The grant; none: they own the place.
    pub grant: Option<GrantDetail>,
    /// Where it was given, when that is above the asset itself: a container, a domain, the register. None with
    /// `inherited` true: somewhere that the reader does not see.
    pub place: Option<Place>,
    /// Whether it was given above the asset itself.
    pub inherited: bool,
    /// As what.
    #[schema(value_type = String, example = "steward")]
    pub role: Role,
    /// Given or taken.
    #[schema(value_type = String, example = "allow")]
    pub effect: Effect,
    /// The highest sensitivity that it reaches.
    #[schema(value_type = String, example = "internal")]
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    pub mask: bool,
    /// In force from.
    pub from: Option<DateTime<Utc>>,
    /// In force until before.
    pub until: Option<DateTime<Utc>>,
    /// Whether it has begun.
    pub begun: bool,
    /// What it allows, or takes away, on this asset as sensitive as it is. Empty when its ceiling is below.
    #[schema(value_type = Vec<String>)]
    pub actions: Vec<Action>,
}

/// What is known of a grant besides what it gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantDetail {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// Why it was given.
    pub reason: Option<String>,
    /// By whom; none: the register itself or the command line.
    pub by: Option<Subject>,
    /// When it was given.
    pub since: DateTime<Utc>,
    /// Whether the reader may take it back here.
    pub may_revoke: bool,
}

/// Who may do what to an asset.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Access {
    /// The asset.
    pub asset: Place,
    /// How sensitive it is in effect.
    #[schema(value_type = String, example = "internal")]
    pub sensitivity: Sensitivity,
    /// Who holds what, from the register down to the asset itself, denials first at each place.
    pub holdings: Vec<HoldingView>,
    /// The roles that the reader may give here; none: they manage no grants here.
    #[schema(value_type = Vec<String>)]
    pub gives: Vec<Role>,
    /// The highest ceiling that they may give.
    #[schema(value_type = Option<String>)]
    pub gives_up_to: Option<Sensitivity>,
}

/// Who may do what to an asset.
///
/// # Errors
/// `Absent` when the caller does not see it, `Forbidden` when they may not see who may do what to it.
pub async fn at_asset(app: &App, caller: &Caller, id: PublicId) -> Result<(Asset, Access)> {
    let (asset, _) = asset::find(&app.db().web, caller, id, Action::SeeAccess).await?;
    let access = of(app, caller, &asset).await?;
    Ok((asset, access))
}

/// Who may do what to the register as a whole.
///
/// # Errors
/// As [`at_asset`].
pub async fn at_register(app: &App, caller: &Caller) -> Result<(Asset, Access)> {
    at_asset(app, caller, register_id(app).await?).await
}

/// The register's own id as an asset.
///
/// # Errors
/// When the database does not answer.
pub async fn register_id(app: &App) -> Result<PublicId> {
    let id = sqlx::query_scalar("select public_id from assets where id = $1")
        .bind(AssetId::REGISTER.0)
        .fetch_one(&app.db().web)
        .await?;
    Ok(PublicId(id))
}

async fn of(app: &App, caller: &Caller, asset: &Asset) -> Result<Access> {
    let resource = asset.resource();
    let (holdings, revocable, (gives, gives_up_to)) = caller.ask(|rights| {
        let holdings = rights.explain(&resource, caller.now);
        let mine = |holding: &Holding| match holding.basis {
            Basis::Grant(id) if holding.scope == asset.id => {
                rights.may_revoke(&caller.actor, id, &resource, caller.now).is_ok().then_some(id)
            }
            _ => None,
        };
        let revocable: Vec<GrantId> = holdings.iter().filter_map(mine).collect();
        (holdings, revocable, offered(rights, &caller.actor, &resource, caller.now))
    })?;
    let db = &app.db().web;
    let details = details(db, &holdings).await?;
    let subjects = holdings.iter().map(|holding| holding.subject);
    let givers = details.values().filter_map(|detail| detail.granted_by).map(SubjectId::Person);
    let names = subjects::names(db, subjects.chain(givers)).await?;
    let places = places(db, caller, holdings.iter().map(|holding| holding.scope)).await?;
    let view = |holding: Holding| {
        let grant = match holding.basis {
            Basis::Ownership => None,
            // Taken back since the rights were asked: then it is not shown either.
            Basis::Grant(id) => Some(details.get(&id)?.view(&names, revocable.contains(&id))),
        };
        let inherited = holding.scope != asset.id;
        Some(HoldingView {
            subject: names.get(&holding.subject)?.clone(),
            grant,
            place: places.get(&holding.scope).filter(|_| inherited).cloned(),
            inherited,
            role: holding.role,
            effect: holding.effect,
            ceiling: holding.ceiling,
            mask: holding.mask,
            from: holding.from,
            until: holding.until,
            begun: holding.begun,
            actions: holding.actions,
        })
    };
    Ok(Access {
        asset: Place { id: asset.public_id, kind: asset.kind, name: asset.name.clone() },
        sensitivity: asset.effective_sensitivity,
        holdings: holdings.into_iter().filter_map(view).collect(),
        gives,
        gives_up_to,
    })
}

/// The roles, and the highest ceiling, that the actor may give somebody else here.
fn offered(
    rights: &cadastre_access::Rights,
    actor: &Actor,
    resource: &cadastre_access::Resource,
    now: DateTime<Utc>,
) -> (Vec<Role>, Option<Sensitivity>) {
    // Nobody in particular: there is no person 0, so that whose rights they are does not matter.
    let somebody = SubjectId::Person(PersonId(0));
    let may = |role, ceiling| {
        // For a moment only: until when the giver's own rights last is another question.
        let until = Some(now + chrono::TimeDelta::microseconds(1));
        let offer = Offer { subject: somebody, role, effect: Effect::Allow, ceiling, until };
        rights.may_give(actor, &offer, resource, now).is_ok()
    };
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|&role| may(role, Sensitivity::Public)).collect();
    let most =
        Sensitivity::ALL.iter().rev().copied().find(|&level| roles.iter().any(|&role| may(role, level)));
    (roles, most)
}

#[derive(Debug)]
struct Detail {
    public_id: Uuid,
    reason: Option<String>,
    granted_by: Option<PersonId>,
    valid_from: DateTime<Utc>,
}

impl Detail {
    fn view(&self, names: &HashMap<SubjectId, Subject>, may_revoke: bool) -> GrantDetail {
        GrantDetail {
            id: PublicId(self.public_id),
            reason: self.reason.clone(),
            by: self.granted_by.and_then(|person| names.get(&SubjectId::Person(person)).cloned()),
            since: self.valid_from,
            may_revoke,
        }
    }
}

async fn details(db: &PgPool, holdings: &[Holding]) -> Result<HashMap<GrantId, Detail>> {
    let grant = |holding: &Holding| match holding.basis {
        Basis::Grant(id) => Some(id.0),
        Basis::Ownership => None,
    };
    let ids: Vec<i64> = holdings.iter().filter_map(grant).collect();
    type Row = (i64, Uuid, Option<String>, Option<i64>, DateTime<Utc>);
    let rows: Vec<Row> = sqlx::query_as(
        "select id, public_id, reason, granted_by, valid_from from grants where id = any($1) and valid_to is null",
    )
    .bind(&ids)
    .fetch_all(db)
    .await?;
    let detail = |(id, public_id, reason, by, valid_from): Row| {
        (GrantId(id), Detail { public_id, reason, granted_by: by.map(PersonId), valid_from })
    };
    Ok(rows.into_iter().map(detail).collect())
}

/// Assets by name, those that the caller sees.
pub(crate) async fn places(
    db: &PgPool,
    caller: &Caller,
    assets: impl IntoIterator<Item = AssetId>,
) -> Result<HashMap<AssetId, Place>> {
    let mut ids: Vec<i64> = assets.into_iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let scope = caller.scope(Action::See)?;
    let mut query =
        QueryBuilder::new("select a.id, a.public_id, a.kind, a.name from assets a where a.id = any(");
    query.push_bind(ids).push(") and ");
    push_scope(&mut query, "a", &scope);
    let rows: Vec<(i64, Uuid, String, String)> = query.build_query_as().fetch_all(db).await?;
    let place = |(id, public_id, kind, name): (i64, Uuid, String, String)| {
        let kind = kind.parse().map_err(Failure::internal)?;
        Ok((AssetId(id), Place { id: PublicId(public_id), kind, name }))
    };
    rows.into_iter().map(place).collect()
}
