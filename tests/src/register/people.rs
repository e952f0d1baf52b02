//! The people of a test: written straight into the tables, so that each test starts from rows that it knows. How the
//! register itself makes people, teams, tokens and grants is tested by name in `tests/it`.

use super::{Browser, Register};
use cadastre::change::{Author, ChangeSet, Topic};
use cadastre::follower::rebuild;
use cadastre_access::{Actor, Resource, Rights};
use cadastre_model::{
    Action, AssetId, GrantId, PersonId, PublicId, Role, Sensitivity, SubjectId, TeamId, TokenScope, Version,
};
use http::StatusCode;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id inside.
    pub id: PersonId,
    /// The id outside.
    pub public_id: PublicId,
    /// The name to sign in with; also the name that is shown.
    pub login: String,
    /// The password.
    pub password: String,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The id inside.
    pub id: TeamId,
    /// The id outside.
    pub public_id: PublicId,
    /// Its name.
    pub name: String,
}

impl From<&Person> for SubjectId {
    fn from(person: &Person) -> Self {
        Self::Person(person.id)
    }
}

impl From<&Team> for SubjectId {
    fn from(team: &Team) -> Self {
        Self::Team(team.id)
    }
}

impl Register {
    /// A person without any right of their own, who can sign in.
    pub async fn person(&self, login: &str) -> Person {
        let password = format!("a quiet phrase of {login}");
        let hash = self.app.passwords().hash(&password).await.expect("a hash");
        let (mut tx, change) = self.begin("person.create").await;
        let (id, public_id): (i64, Uuid) =
            sqlx::query_as("insert into people (login) values ($1) returning id, public_id")
                .bind(login)
                .fetch_one(&mut *tx)
                .await
                .expect("a person");
        sqlx::query(
            "insert into person_facts (person_id, display_name, valid_from, change_set) values ($1, $2, $3, $4)",
        )
        .bind(id)
        .bind(login)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("a fact");
        sqlx::query("insert into passwords (person_id, hash) values ($1, $2)")
            .bind(id)
            .bind(hash)
            .execute(&mut *tx)
            .await
            .expect("a password");
        self.record(tx, change).await;
        Person { id: PersonId(id), public_id: PublicId(public_id), login: login.to_owned(), password }
    }

    /// A browser in which the person is signed in.
    pub async fn sign_in(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(person).await;
        browser
    }

    /// An administrator, signed in.
    pub async fn administrator(&self) -> (Person, Browser) {
        let person = self.person("admin.of.tests").await;
        self.grant(&person, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
        let browser = self.sign_in(&person).await;
        (person, browser)
    }

    /// A token of the person, good for a day.
    pub async fn token(&self, person: &Person, scopes: &[TokenScope]) -> String {
        let token = format!("cad_{}", self.app.keys().random_text(32).expect("random bits"));
        let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let (mut tx, change) = self.begin("token.create").await;
        sqlx::query(
            "insert into api_tokens (person_id, name, token_hash, hint, scopes, expires_at, valid_from, change_set)
             values ($1, 'for a test', $2, $3, $4, $5 + interval '1 day', $5, $6)",
        )
        .bind(person.id.0)
        .bind(Sha256::digest(token.as_bytes()).to_vec())
        .bind(&token[token.len() - 4..])
        .bind(words.join(" "))
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("a token");
        self.record(tx, change).await;
        token
    }

    /// A token of a new administrator, good for everything.
    pub async fn administrators_token(&self) -> String {
        let (person, _) = self.administrator().await;
        self.token(&person, TokenScope::ALL).await
    }

    /// A team under another, or under none.
    pub async fn team(&self, name: &str, parent: Option<&Team>) -> Team {
        let (mut tx, change) = self.begin("team.create").await;
        let (id, public_id): (i64, Uuid) =
            sqlx::query_as("insert into teams default values returning id, public_id")
                .fetch_one(&mut *tx)
                .await
                .expect("a team");
        sqlx::query(
            "insert into team_facts (team_id, name, parent_id, valid_from, change_set) values ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(name)
        .bind(parent.map(|team| team.id.0))
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("a fact");
        self.record(tx, change).await;
        Team { id: TeamId(id), public_id: PublicId(public_id), name: name.to_owned() }
    }

    /// Puts the person into the team.
    pub async fn enrol(&self, person: &Person, team: &Team) {
        let (mut tx, change) = self.begin("team.member.add").await;
        sqlx::query(
            "insert into team_members (team_id, person_id, valid_from, change_set) values ($1, $2, $3, $4)",
        )
        .bind(team.id.0)
        .bind(person.id.0)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("a member");
        self.record(tx, change).await;
    }

    /// Gives a role on an asset and all below it, up to a ceiling, for good.
    pub async fn grant(
        &self,
        subject: impl Into<SubjectId>,
        role: Role,
        scope: AssetId,
        ceiling: Sensitivity,
    ) -> GrantId {
        self.give(subject.into(), role, "allow", scope, ceiling).await
    }

    /// Takes a role's actions away on an asset and all below it.
    pub async fn deny(&self, subject: impl Into<SubjectId>, role: Role, scope: AssetId) -> GrantId {
        self.give(subject.into(), role, "deny", scope, Sensitivity::Secret).await
    }

    async fn give(
        &self,
        subject: SubjectId,
        role: Role,
        effect: &str,
        scope: AssetId,
        ceiling: Sensitivity,
    ) -> GrantId {
        let (person, team) = match subject {
            SubjectId::Person(person) => (Some(person.0), None),
            SubjectId::Team(team) => (None, Some(team.0)),
        };
        let (mut tx, mut change) = self.begin("grant.give").await;
        let id: i64 = sqlx::query_scalar(
            "insert into grants (person_id, team_id, role, asset_id, effect, ceiling, valid_from, change_set)
             values ($1, $2, $3, $4, $8, $5, $6, $7) returning id",
        )
        .bind(person)
        .bind(team)
        .bind(role.as_str())
        .bind(scope.0)
        .bind(ceiling.as_str())
        .bind(change.at)
        .bind(change.id.0)
        .bind(effect)
        .fetch_one(&mut *tx)
        .await
        .expect("a grant");
        change.touch(scope);
        self.record(tx, change).await;
        GrantId(id)
    }

    /// Takes a grant back.
    pub async fn revoke(&self, grant: GrantId) {
        let (mut tx, change) = self.begin("grant.revoke").await;
        sqlx::query(
            "update grants set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
             where id = $1 and valid_to is null",
        )
        .bind(grant.0)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("a grant that ends");
        self.record(tx, change).await;
    }

    /// Whether the person may do this to the register, by this register's rights.
    #[must_use]
    pub fn may(&self, person: &Person, action: Action) -> bool {
        let (actor, now) = (Actor::person(person.id), self.app.now());
        let asked = |rights: &Rights| rights.permit(&actor, action, &Resource::register(), now).is_ok();
        self.app.rights().ask(asked).expect("rights that are current")
    }

    /// The kinds of all change sets, in their order.
    pub async fn kinds(&self) -> Vec<String> {
        sqlx::query_scalar("select kind from change_sets order by version")
            .fetch_all(&self.app.db().web)
            .await
            .expect("change sets")
    }

    /// That the rights that followed the change sets are those that a fresh load makes.
    pub async fn rights_equal_a_rebuild(&self) {
        let (fresh, version) = rebuild::<Rights>(self.app.db()).await.expect("rights");
        self.follows(version).await;
        let followed = self.app.rights().ask(Rights::facts).expect("rights that are current");
        assert_eq!(followed, fresh.facts());
    }

    /// Makes somebody the owner of an asset.
    pub async fn owner(&self, person: &Person, asset: AssetId) {
        let (mut tx, mut change) = self.begin("owner.add").await;
        sqlx::query(
            "insert into owners (asset_id, kind, person_id, origin, valid_from, change_set)
             values ($1, 'business', $2, 'person', $3, $4)",
        )
        .bind(asset.0)
        .bind(person.id.0)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("an owner");
        change.touch(asset);
        self.record(tx, change).await;
    }

    async fn begin(&self, kind: &'static str) -> (Transaction<'static, Postgres>, ChangeSet) {
        let mut tx = self.transaction().await;
        let conn: &mut PgConnection = &mut tx;
        let mut change = ChangeSet::begin_set(conn, kind, &Author::cli()).await.expect("a change set");
        change.about(Topic::Rights);
        (tx, change)
    }

    /// Records the change, and waits until this register's rights have it.
    async fn record(&self, mut tx: Transaction<'static, Postgres>, change: ChangeSet) -> Version {
        let version = change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("a commit");
        self.follows(version).await;
        version
    }

    async fn follows(&self, version: Version) {
        for _ in 0..50 {
            self.app.rights().wait_for(version).await;
            if self.app.rights().version() >= version {
                return;
            }
        }
        panic!("the rights don't follow to {version}");
    }
}

impl Browser {
    /// Signs in by the page.
    pub async fn sign_in(&mut self, person: &Person) {
        self.get("/signin").await;
        let fields = [("login", person.login.as_str()), ("password", person.password.as_str())];
        let answer = self.post("/signin", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
}
