//! Who acts, and on what.

use cadastre_model::{Action, AssetId, ObjectKind, PersonId, Sensitivity, TokenScope};

/// Who acts: a signed-in person, or a token in their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The person whose rights count.
    pub person: PersonId,
    /// What the token may be used for; `None` for a session, which is not narrowed.
    pub token: Option<TokenScopes>,
}

impl Actor {
    /// A person, signed in.
    #[must_use]
    pub const fn person(person: PersonId) -> Self {
        Self { person, token: None }
    }

    /// A token of a person.
    #[must_use]
    pub const fn token(person: PersonId, scopes: TokenScopes) -> Self {
        Self { person, token: Some(scopes) }
    }

    /// Whether the token, if it is one, may be used for this at all.
    pub(crate) fn may_use_for(&self, action: Action) -> bool {
        let token_has = |scope| self.token.is_none_or(|scopes| scopes.contains(scope));
        token_has(TokenScope::Read) && token_has(token_scope(action))
    }
}

/// The token scope that an action needs, besides `read`.
#[must_use]
pub const fn token_scope(action: Action) -> TokenScope {
    match action {
        Action::See | Action::SeeAccess => TokenScope::Read,
        Action::SeeProfile | Action::SeeValues => TokenScope::Values,
        Action::RequestAccess
        | Action::EditTexts
        | Action::EditOwners
        | Action::EditDomain
        | Action::ManageSources
        | Action::ManageDomains
        | Action::Crawl
        | Action::ManageLineage
        | Action::ManageRules => TokenScope::Write,
        Action::SeeAudit
        | Action::SetSensitivity
        | Action::ManageGrants
        | Action::ManagePeople
        | Action::ManageSettings => TokenScope::Admin,
    }
}

/// A set of token scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TokenScopes(u8);

impl TokenScopes {
    /// Whether the set holds this scope.
    #[must_use]
    pub const fn contains(self, scope: TokenScope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// The scopes of the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = TokenScope> {
        TokenScope::ALL.iter().copied().filter(move |&scope| self.contains(scope))
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u8))
    }
}

/// What is acted on, as rights see it: the row of `assets`, read in the same snapshot or under its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The asset.
    pub asset: AssetId,
    /// Its kind.
    pub kind: ObjectKind,
    /// The register, its domains, source, database and schema, and itself.
    pub scope_path: Vec<AssetId>,
    /// Its effective sensitivity.
    pub sensitivity: Sensitivity,
}

impl Resource {
    /// The register itself, for what is done to no object in particular: people, settings, a new source.
    #[must_use]
    pub fn register() -> Self {
        Self {
            asset: AssetId::REGISTER,
            kind: ObjectKind::Register,
            scope_path: vec![AssetId::REGISTER],
            sensitivity: Sensitivity::Public,
        }
    }
}
