//! Giving and taking rights: a grant never exceeds the giver's own power to give, and nobody changes their own
//! rights, but for an administrator who opens values to themselves, which the app audits.

use cadastre_model::{Action, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId, TeamId};
use chrono::{DateTime, Utc};

use crate::actor::{Actor, Resource};
use crate::holdings::Held;
use crate::permit::{Permit, Refusal};
use crate::rights::Rights;
use crate::table;

/// A grant that somebody wants to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// To whom.
    pub subject: SubjectId,
    /// Which role.
    pub role: Role,
    /// Given or taken.
    pub effect: Effect,
    /// Up to which sensitivity. A denial reaches all, so it counts as secret whatever stands here.
    pub ceiling: Sensitivity,
    /// In force until before this instant; `None`: for good.
    pub until: Option<DateTime<Utc>>,
}

/// They may give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Giving {
    /// To others, or to a team of theirs without gaining by it themselves.
    ToOthers(Permit),
    /// An administrator gives themselves what they lacked: values. To be audited as that.
    ToOneself(Permit),
}

impl Giving {
    /// The permit, whoever gains.
    pub const fn permit(&self) -> &Permit {
        match self {
            Self::ToOthers(permit) | Self::ToOneself(permit) => permit,
        }
    }
}

/// They may not give it, or not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGiven {
    /// They don't see the scope, or give nothing there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The role is about the whole register and is given on the register only.
    #[error("{0} is given on the register only")]
    RegisterOnly(Role),
    /// None of their own roles gives this one.
    #[error("none of your roles gives {0}")]
    Role(Role),
    /// Their own ceiling is lower; the highest that they can give.
    #[error("your own rights here end at {0}")]
    Ceiling(Sensitivity),
    /// Their own rights end earlier; the last instant that they can give.
    #[error("your own rights here end on {0}")]
    Until(DateTime<Utc>),
    /// It would change what they themselves may do.
    #[error("nobody changes their own rights")]
    Own,
    /// It would take rights from somebody who holds a role that they can't give.
    #[error("it would take rights from somebody above you")]
    Above,
}

impl Rights {
    /// Lets the actor give this grant on the resource.
    ///
    /// # Errors
    /// Why not.
    pub fn may_give(
        &self,
        actor: &Actor,
        offer: &Offer,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<Giving, NotGiven> {
        let permit = self.permit(actor, Action::ManageGrants, resource, now)?;
        if table::register_wide(offer.role) && resource.kind != ObjectKind::Register {
            return Err(NotGiven::RegisterOnly(offer.role));
        }
        let powers = self.powers(actor.person, resource, now);
        match offer.effect {
            Effect::Allow => {
                enough(&powers, offer.role, offer.ceiling, offer.until)?;
                self.not_to_oneself(permit, actor.person, offer, resource, now)
            }
            Effect::Deny => {
                enough(&powers, offer.role, Sensitivity::Secret, offer.until)?;
                if offer.subject == SubjectId::Person(actor.person) {
                    return Err(NotGiven::Own);
                }
                self.nobody_above(&powers, offer.subject, now)?;
                Ok(Giving::ToOthers(permit))
            }
        }
    }

    /// Lets the actor take a grant back (or lift a denial) that was given on the resource.
    ///
    /// # Errors
    /// Why not: as [`Rights::may_give`]; a grant that is not there is invisible.
    pub fn may_revoke(
        &self,
        actor: &Actor,
        grant: GrantId,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<Giving, NotGiven> {
        let permit = self.permit(actor, Action::ManageGrants, resource, now)?;
        let grant = self.holdings.grant(grant).filter(|grant| grant.scope == resource.asset);
        let grant = grant.ok_or(Refusal::Invisible)?;
        let powers = self.powers(actor.person, resource, now);
        // What is taken may outlive the actor's own rights: they end it, they don't prolong it.
        let ceiling = if grant.effect == Effect::Deny { Sensitivity::Secret } else { grant.ceiling };
        enough(&powers, grant.role, ceiling, Some(now))?;
        let own = match grant.effect {
            Effect::Allow => grant.subject == SubjectId::Person(actor.person),
            Effect::Deny => self.people.reaches(grant.subject, actor.person),
        };
        if own { Err(NotGiven::Own) } else { Ok(Giving::ToOthers(permit)) }
    }

    /// Lets the actor name an owner, who becomes a steward of all in the resource, or end an ownership.
    ///
    /// # Errors
    /// Why not.
    pub fn may_name_owner(
        &self,
        actor: &Actor,
        owner: SubjectId,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<Giving, NotGiven> {
        let permit = self.permit(actor, Action::EditOwners, resource, now)?;
        // A dataset is as sensitive as it is; what lies in anything else may be secret.
        let dataset = resource.kind == ObjectKind::Dataset;
        let ceiling = if dataset { resource.sensitivity } else { Sensitivity::Secret };
        let offer =
            Offer { subject: owner, role: Role::Steward, effect: Effect::Allow, ceiling, until: None };
        enough(&self.powers(actor.person, resource, now), offer.role, ceiling, None)?;
        self.not_to_oneself(permit, actor.person, &offer, resource, now)
    }

    /// Lets the actor put a person into a team, or a team under another, or take them out.
    ///
    /// # Errors
    /// When they don't manage people.
    pub fn may_enrol(
        &self,
        actor: &Actor,
        member: SubjectId,
        team: TeamId,
        now: DateTime<Utc>,
    ) -> Result<Giving, NotGiven> {
        let permit = self.permit(actor, Action::ManagePeople, &Resource::register(), now)?;
        let team = SubjectId::Team(team);
        let gains = self.people.reaches(member, actor.person) && !self.people.reaches(team, actor.person);
        Ok(if gains { Giving::ToOneself(permit) } else { Giving::ToOthers(permit) })
    }

    /// Whether a holding allows an action on objects of this kind and sensitivity.
    pub(crate) fn reaches(
        &self,
        held: &Held,
        kind: ObjectKind,
        action: Action,
        sensitivity: Sensitivity,
    ) -> bool {
        let role = self.engine.allows(held.role, kind, action);
        role.is_some_and(|role| role.min(held.ceiling) >= sensitivity)
    }

    /// What the person holds on the resource now that lets them give grants there.
    fn powers(&self, person: PersonId, resource: &Resource, now: DateTime<Utc>) -> Vec<Held> {
        let mut held = self.allowed_on(person, resource, now);
        held.retain(|held| self.reaches(held, resource.kind, Action::ManageGrants, resource.sensitivity));
        held
    }

    /// What the person holds on the resource now, denials aside.
    fn allowed_on(&self, person: PersonId, resource: &Resource, now: DateTime<Utc>) -> Vec<Held> {
        let mut held = self.held_by(person);
        held.retain(|held| {
            held.effect == Effect::Allow && held.in_force(now) && resource.scope_path.contains(&held.scope)
        });
        held
    }

    /// Refuses a grant by which the giver gains, unless they are an administrator.
    fn not_to_oneself(
        &self,
        permit: Permit,
        giver: PersonId,
        offer: &Offer,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<Giving, NotGiven> {
        if !self.people.reaches(offer.subject, giver) {
            return Ok(Giving::ToOthers(permit));
        }
        let held = self.allowed_on(giver, resource, now);
        let gains = self.adds(offer, &held);
        let administrator = held.iter().any(|held| held.role == Role::Administrator);
        if gains && administrator {
            Ok(Giving::ToOneself(permit))
        } else if gains || offer.subject == SubjectId::Person(giver) {
            Err(NotGiven::Own)
        } else {
            Ok(Giving::ToOthers(permit))
        }
    }

    /// Whether the offer allows anything, to any kind of object up to its ceiling, that is not held already for
    /// at least as long.
    fn adds(&self, offer: &Offer, held: &[Held]) -> bool {
        let lasting: Vec<_> = held.iter().filter(|held| lasts(held.until, offer.until)).collect();
        let pairs =
            ObjectKind::ALL.iter().flat_map(|&kind| Action::ALL.iter().map(move |&action| (kind, action)));
        pairs.into_iter().any(|(kind, action)| {
            let offered = self.engine.allows(offer.role, kind, action).map(|role| role.min(offer.ceiling));
            offered.is_some_and(|level| !lasting.iter().any(|held| self.reaches(held, kind, action, level)))
        })
    }

    /// Refuses to take rights from who holds, anywhere, a role that these powers can't give.
    fn nobody_above(&self, powers: &[Held], subject: SubjectId, now: DateTime<Utc>) -> Result<(), NotGiven> {
        let given = |role| powers.iter().any(|held| table::gives(held.role).contains(&role));
        let above =
            self.holdings.grants().filter(|grant| grant.effect == Effect::Allow && !given(grant.role));
        let mut lasting = above.filter(|grant| grant.until.is_none_or(|until| now < until));
        match lasting.any(|grant| self.people.meet(grant.subject, subject)) {
            true => Err(NotGiven::Above),
            false => Ok(()),
        }
    }
}

/// Whether these powers give the role, up to the ceiling, for so long.
fn enough(
    powers: &[Held],
    role: Role,
    ceiling: Sensitivity,
    until: Option<DateTime<Utc>>,
) -> Result<(), NotGiven> {
    let giving: Vec<_> = powers.iter().filter(|held| table::gives(held.role).contains(&role)).collect();
    let reach = |held: &Held| match table::gives_any_ceiling(held.role) {
        true => Sensitivity::Secret,
        false => held.ceiling,
    };
    let highest = giving.iter().map(|held| reach(held)).max().ok_or(NotGiven::Role(role))?;
    let mut high = giving.into_iter().filter(|held| reach(held) >= ceiling).peekable();
    if high.peek().is_none() {
        return Err(NotGiven::Ceiling(highest));
    }
    // `None` is the longest; of the others the latest is the last instant that they can give.
    match high.map(|held| held.until).max_by_key(|until| until.unwrap_or(DateTime::<Utc>::MAX_UTC)) {
        Some(Some(own)) if !lasts(Some(own), until) => Err(NotGiven::Until(own)),
        _ => Ok(()),
    }
}

/// Whether what ends at the first lasts as long as what ends at the second.
fn lasts(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> bool {
    one.is_none_or(|one| other.is_some_and(|other| other <= one))
}
