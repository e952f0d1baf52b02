//! Giving a grant.

use crate::access::subjects::{self, SubjectRef};
use crate::access::{Caller, refusal, store};
use crate::app::App;
use crate::catalog::asset;
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::people::administrators;
use cadastre_access::{Giving, Offer, Permit};
use cadastre_model::{Action, AssetId, Effect, Message, PublicId, Role, Sensitivity, Version};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, TransactionTrait};
use serde::Deserialize;
use utoipa::ToSchema;

/// The longest reason, in characters.
pub const REASON_MAX: usize = 1000;

/// What somebody wants to grant on an asset and all that lies in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// To whom.
    pub subject: SubjectRef,
    /// What it gives: `viewer`, `analyst`, `engineer`, `steward`, `security_officer`, `auditor`, `administrator`.
    #[schema(value_type = String, example = "analyst")]
    pub role: Role,
    /// `allow`, or `deny` to take the role's actions away. What is denied is denied whatever else is allowed.
    #[serde(default = "allow")]
    #[schema(value_type = String, default = "allow")]
    pub effect: Effect,
    /// The highest sensitivity that it reaches: `public`, `internal`, `confidential` or `secret`. A denial reaches all.
    #[schema(value_type = String, example = "internal")]
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    #[serde(default)]
    pub mask: bool,
    /// In force from; from now unless said.
    pub from: Option<DateTime<Utc>>,
    /// In force until before; for good unless said.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

const fn allow() -> Effect {
    Effect::Allow
}

impl NewGrant {
    /// The same as it is stored: instants to the microsecond, a denial up to the top, no empty reason.
    fn tidy(mut self) -> Self {
        let micros = |at: DateTime<Utc>| at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at);
        self.from = self.from.map(micros);
        self.until = self.until.map(micros);
        self.reason = self.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if self.effect == Effect::Deny {
            self.ceiling = Sensitivity::Secret;
            self.mask = false;
        }
        self
    }

    fn check(&self, now: DateTime<Utc>) -> Vec<(String, Message)> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: Message| wrong.push((field.to_owned(), message));
        if self.until.is_some_and(|until| until <= now) {
            say("until", Message::new("grant-until-past"));
        } else if self.from.zip(self.until).is_some_and(|(from, until)| until <= from) {
            say("until", Message::new("grant-until-before"));
        }
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MAX) {
            say("reason", Message::new("grant-reason-long").arg("most", REASON_MAX));
        }
        wrong
    }
}

/// Gives a grant on an asset. The same grant given twice is there once.
///
/// # Errors
/// `Absent` and `Forbidden` as for any write; `Forbidden` too when the giver's own roles do not give this one, when it
/// would change their own rights, or take some from who is above them; `Invalid` with what could be given instead;
/// `Conflict` when it denies the last administrator what they need to lift it.
pub async fn give(
    app: &App,
    caller: &Caller,
    asset: PublicId,
    new: NewGrant,
) -> Result<(PublicId, Option<Version>)> {
    let new = new.tidy();
    let tx = app.db().orm.begin().await?;
    let (asset, _) = asset::lock_orm(&tx, caller, asset, Action::ManageGrants).await?;

    let mut wrong = new.check(caller.now);
    let subject = subjects::find(&tx, new.subject).await?;
    if subject.is_none() {
        wrong.push(("subject".to_owned(), Message::new("grant-subject-unknown")));
    }
    Failure::when_any(wrong)?;
    let Some(subject) = subject else { return Err(Failure::absent()) };
    let offer = Offer { subject, role: new.role, effect: new.effect, ceiling: new.ceiling, until: new.until };
    let resource = asset.resource();
    let answer = caller.ask(|rights| rights.may_give(&caller.actor, &offer, &resource, caller.now))?;
    let giving = match answer {
        Ok(giving) => giving,
        Err(refused) => {
            tx.rollback().await?;
            refusal::note(app, caller, "grant.refused", asset.id, &refused).await?;
            return Err(refusal::failure(refused));
        }
    };
    let kind = match (&giving, new.effect) {
        (Giving::ToOneself(_), _) => "grant.give_self",
        (_, Effect::Allow) => "grant.give",
        (_, Effect::Deny) => "grant.deny",
    };
    let (id, version) = write(tx, giving.permit(), kind, &caller.author, subject, &new).await?;
    if let Some(version) = version {
        caller.has_seen(version).await;
    }
    Ok((id, version))
}

/// Gives a grant from the command line, beside the database: the operator's word, which no role limits. The scope is an
/// asset's id; none is the register.
///
/// # Errors
/// `Absent` when there is no such person, team or asset; `Invalid` as [`give`].
pub async fn give_beside(
    db: &crate::db::Db,
    on: Option<PublicId>,
    new: NewGrant,
    now: DateTime<Utc>,
) -> Result<PublicId> {
    let tx = db.orm.begin().await?;
    let asset = store::asset_beside(&tx, on).await?;
    let new = new.tidy();
    let mut wrong = new.check(now);
    if cadastre_access::table::register_wide(new.role) && asset != AssetId::REGISTER {
        wrong.push(("role".to_owned(), Message::new("grant-register-only")));
    }
    Failure::when_any(wrong)?;
    let subject = subjects::find(&tx, new.subject).await?.ok_or_else(Failure::absent)?;
    let permit = Permit::system(Action::ManageGrants, asset, "the command line");
    let kind = if new.effect == Effect::Allow { "grant.give" } else { "grant.deny" };
    let (id, _) = write(tx, &permit, kind, &Author::cli(), subject, &new).await?;
    Ok(id)
}

async fn write(
    tx: DatabaseTransaction,
    permit: &Permit,
    kind: &'static str,
    author: &Author,
    subject: cadastre_model::SubjectId,
    new: &NewGrant,
) -> Result<(PublicId, Option<Version>)> {
    let facts = store::GrantFacts {
        subject,
        role: new.role,
        effect: new.effect,
        ceiling: new.ceiling,
        mask: new.mask,
        from: new.from,
        until: new.until,
        reason: new.reason.as_deref(),
    };
    if let Some(id) = store::same(&tx, permit.asset(), &facts).await? {
        return Ok((id, None));
    }
    let denies = new.effect == Effect::Deny;
    let administrators = match denies && administrators::concerns(permit.asset(), new.role, new.effect) {
        true => Some(administrators::settle(&tx).await?),
        false => None,
    };
    let mut change = ChangeSet::begin(&tx, kind, author).await?;
    let id = store::open(&tx, permit, &change, &facts, author.person).await?;
    if let Some(administrators) = administrators {
        administrators.must_remain(&tx).await?;
    }
    change.touch(permit.asset());
    change.about(Topic::Rights);
    change.because(new.reason.as_deref());
    // To whom stands in the grant, for who may see access; History is for whoever sees the asset.
    change.note("grant", id.to_string());
    change.note("role", new.role.as_str());
    let version = change.record(&tx).await?;
    tx.commit().await?;
    Ok((id, Some(version)))
}
