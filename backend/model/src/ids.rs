//! Ids. The small integers stay inside the house; outside, an object is known by its [`PublicId`].

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// A row of `assets`: anything that can be found, owned, granted on or drawn.
    AssetId;
    /// A column of a dataset; survives retype, reorder and rename.
    ColumnId;
    /// An edge of lineage: one row, with its evidence.
    EdgeId;
    /// A person, or a service that signs in by token only.
    PersonId;
    /// A team of people.
    TeamId;
    /// A grant of a role to a subject on a scope.
    GrantId;
    /// A change set, taken from a sequence when a transaction starts to write.
    ChangeSetId;
    /// The place of a change set in the order in which they became visible; without gaps.
    Version;
    /// A piece of the register's own background work.
    TaskId;
    /// An API token.
    TokenId;
}

impl AssetId {
    /// The register itself: the root of every scope path, made by the first migration.
    pub const REGISTER: Self = Self(1);
}

impl TeamId {
    /// The built-in team that everybody belongs to, made by the first migration.
    pub const EVERYONE: Self = Self(1);
}

/// Who holds a grant or owns an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum SubjectId {
    /// A person or a service.
    Person(PersonId),
    /// A team: everybody in it and in the teams below it.
    Team(TeamId),
}

/// The id that is shown outside: random, and says nothing about how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicId(pub Uuid);

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for PublicId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}
