//! The answer to "may they?".

use cadastre_model::{Action, AssetId, Version};

use crate::actor::{Actor, Resource};

/// That somebody may do something to an asset now. Only this crate makes one; every write asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Permit {
    by: By,
    action: Action,
    asset: AssetId,
    mask: bool,
    version: Version,
}

/// In whose name a permit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person, perhaps by a token.
    Actor(Actor),
    /// The register itself, and why.
    System(&'static str),
}

impl Permit {
    pub(crate) fn new(
        actor: Actor,
        action: Action,
        resource: &Resource,
        mask: bool,
        version: Version,
    ) -> Self {
        Self { by: By::Actor(actor), action, asset: resource.asset, mask, version }
    }

    /// A permit of the register itself, which asks nobody: for crawls, migrations, the first administrator and
    /// the command line beside the database. The reason is for the reader of the code and of the audit trail.
    pub const fn system(action: Action, asset: AssetId, reason: &'static str) -> Self {
        Self { by: By::System(reason), action, asset, mask: false, version: Version(0) }
    }

    /// Who may.
    #[must_use]
    pub const fn by(&self) -> By {
        self.by
    }

    /// The person or token who may; `None` for the register itself.
    #[must_use]
    pub const fn actor(&self) -> Option<Actor> {
        match self.by {
            By::Actor(actor) => Some(actor),
            By::System(_) => None,
        }
    }

    /// What they may do.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// To what they may do it; to the register for what is done to no object in particular.
    #[must_use]
    pub const fn asset(&self) -> AssetId {
        self.asset
    }

    /// Whether values are shown masked.
    #[must_use]
    pub const fn mask(&self) -> bool {
        self.mask
    }

    /// The version of the register whose rights said so; 0 from the register itself.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }
}

/// They may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They may not even know of it: answered like what does not exist.
    #[error("there is no such object")]
    Invisible,
    /// They see it, and may not do this to it.
    #[error("not allowed: {0}")]
    Forbidden(Action),
}
