//! A small company for tests of rights: two domains with the same kinds of things in them, and a person a role. One
//! domain is `own`: who has a role has it there. The other is `foreign`: nobody but who may everywhere sees into it.

use crate::register::{Browser, Person, Register, TestAsset};
use cadastre_model::{AssetId, AssetKind, PublicId, Role, Sensitivity, TokenScope};
use uuid::Uuid;

/// The people of the company, least first. What they are is what they are called.
pub const PEOPLE: [&str; 10] = [
    "norole",
    "elsewhere",
    "viewer",
    "analyst",
    "engineer",
    "steward",
    "owner",
    "security",
    "auditor",
    "admin",
];

/// What a domain holds, by the ids shown outside.
#[derive(Debug, Clone, Copy)]
pub struct Things {
    /// The domain.
    pub domain: PublicId,
    /// A source with one database in it.
    pub source: PublicId,
    /// A schema of it.
    pub schema: PublicId,
    /// A table in it, of internal data.
    pub dataset: PublicId,
    /// Its column.
    pub column: PublicId,
    /// The crawl of the source, over and done.
    pub task: PublicId,
    /// Somebody who has a grant in the domain.
    pub person: PublicId,
    /// A team with that person in it.
    pub team: PublicId,
    /// A token of that person.
    pub token: PublicId,
    /// A session of that person.
    pub session: PublicId,
    /// The grant of that person on the domain.
    pub grant: PublicId,
    /// A job of the source that fills the table.
    pub job: PublicId,
    /// An edge from the table to another, drawn by hand.
    pub edge: PublicId,
    /// A run of the job.
    pub run: PublicId,
    /// A rule of the table.
    pub rule: PublicId,
    /// An incident of the rule.
    pub incident: PublicId,
    /// What that person is told of.
    pub subscription: PublicId,
}

impl Things {
    /// All ids, as text.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let Self {
            domain,
            source,
            schema,
            dataset,
            column,
            task,
            person,
            team,
            token,
            session,
            grant,
            job,
            edge,
            run,
            rule,
            incident,
            subscription,
        } = self;
        let seen = [domain, source, schema, dataset, column, task, job, edge, run, rule, incident];
        let people = [person, team, token, session, grant, subscription];
        seen.into_iter().chain(people).map(ToString::to_string).collect()
    }
}

/// The company.
#[derive(Debug)]
pub struct World {
    /// Its register.
    pub register: Register,
    /// What people with a role have it on.
    pub own: Things,
    /// What they have no part in.
    pub foreign: Things,
    /// The people of [`PEOPLE`], in that order.
    pub people: Vec<Person>,
}

impl World {
    /// Makes it.
    pub async fn build() -> Self {
        let register = Register::empty().await;
        let (own, own_assets) = things(&register, "north").await;
        let (foreign, foreign_assets) = things(&register, "south").await;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(register.person(name).await);
        }
        let person = |name: &str| &people[PEOPLE.iter().position(|known| *known == name).expect("a person")];
        let (north, south) = (own_assets, foreign_assets);
        for (name, role) in [
            ("viewer", Role::Viewer),
            ("analyst", Role::Analyst),
            ("engineer", Role::Engineer),
            ("steward", Role::Steward),
        ] {
            for scope in [north.domain, north.source] {
                register.grant(person(name), role, scope, Sensitivity::Confidential).await;
            }
        }
        for scope in [south.domain, south.source] {
            register.grant(person("elsewhere"), Role::Viewer, scope, Sensitivity::Confidential).await;
        }
        for (name, role) in
            [("security", Role::SecurityOfficer), ("auditor", Role::Auditor), ("admin", Role::Administrator)]
        {
            register.grant(person(name), role, AssetId::REGISTER, Sensitivity::Secret).await;
        }
        register.owner(person("owner"), north.dataset).await;
        Self { register, own, foreign, people }
    }

    /// Somebody of [`PEOPLE`].
    ///
    /// # Panics
    /// When nobody there is called so.
    #[must_use]
    pub fn person(&self, name: &str) -> &Person {
        let place = PEOPLE.iter().position(|known| *known == name);
        &self.people[place.unwrap_or_else(|| panic!("nobody is called {name}"))]
    }

    /// Their browser, signed in.
    pub async fn browser(&self, name: &str) -> Browser {
        self.register.sign_in(self.person(name)).await
    }

    /// A token of theirs.
    pub async fn token(&self, name: &str, scopes: &[TokenScope]) -> String {
        self.register.token(self.person(name), scopes).await
    }
}

/// The ids inside of what grants are given on.
struct Scopes {
    domain: AssetId,
    source: AssetId,
    dataset: AssetId,
}

async fn things(register: &Register, name: &str) -> (Things, Scopes) {
    let domain = register.domain(name, None).await;
    let source = register.bare_source(&format!("{name}-db")).await;
    connect(register, source.id, name).await;
    let database = register.within(source, AssetKind::Database, name).await;
    let schema = register.within(database, AssetKind::Schema, &format!("{name}_sales")).await;
    let internal = Some(Sensitivity::Internal);
    let dataset: TestAsset = register
        .within_as(schema, AssetKind::Dataset, &format!("{name}_orders"), Some(domain), internal)
        .await;
    let column = register.column(dataset, &format!("{name}_amount")).await;
    let daily = register
        .within_as(schema, AssetKind::Dataset, &format!("{name}_daily"), Some(domain), internal)
        .await;
    let job = register.job(source, &format!("{name}/daily.sql"), Some(domain)).await;
    register.edge(Some(job), dataset, daily).await;
    let edge = register.edge(None, dataset, daily).await;
    let person = register.person(&format!("{name}.person")).await;
    let team = register.team(&format!("{name} team"), None).await;
    register.enrol(&person, &team).await;
    let grant = register.grant(&person, Role::Viewer, domain.id, Sensitivity::Internal).await;
    register.token(&person, &[TokenScope::Read]).await;
    register.sign_in(&person).await;
    let db = &register.app.db().web;
    let one = async |sql: &'static str, id: i64| -> PublicId {
        PublicId(sqlx::query_scalar::<_, Uuid>(sql).bind(id).fetch_one(db).await.expect("a row"))
    };
    let (rule, incident) = register.rule(dataset, &format!("{name}_amount"), &format!("{name}-there")).await;
    let things = Things {
        domain: domain.public_id,
        source: source.public_id,
        schema: schema.public_id,
        dataset: dataset.public_id,
        column,
        task: one(
            "insert into tasks (kind, dedupe_key, asset_id, state, finished_at)
             values ('crawl', 'crawl ' || $1, $1, 'done', clock_timestamp()) returning public_id",
            source.id.0,
        )
        .await,
        person: person.public_id,
        team: team.public_id,
        token: one("select public_id from api_tokens where person_id = $1", person.id.0).await,
        session: one("select public_id from sessions where person_id = $1", person.id.0).await,
        grant: one("select public_id from grants where id = $1", grant.0).await,
        job: job.public_id,
        run: one(
            "insert into job_runs (job_id, run, maker, state, at, started_at, ended_at)
             values ($1, gen_random_uuid(), 'openlineage', 'done', clock_timestamp(), clock_timestamp(), clock_timestamp()) returning public_id",
            job.id.0,
        )
        .await,
        edge,
        rule,
        incident,
        subscription: one(
            "insert into subscriptions (person_id, about, severity, channel, valid_from, change_set)
             select $1, 'all', 'low', 'inbox', valid_from, change_set from person_facts where person_id = $1 returning public_id",
            person.id.0,
        )
        .await,
    };
    (things, Scopes { domain: domain.id, source: source.id, dataset: dataset.id })
}

/// What a source has beside its asset. Nothing listens at its address.
async fn connect(register: &Register, source: AssetId, name: &str) {
    let db = &register.app.db().web;
    sqlx::query("insert into sources (asset_id, kind) values ($1, 'postgresql')")
        .bind(source.0)
        .execute(db)
        .await
        .expect("a source");
    sqlx::query(
        "insert into source_facts (source_id, connection, filters, namespace, valid_from, change_set)
         select $1, '{\"host\": \"127.0.0.1\", \"port\": 5432, \"database\": \"shop\", \"user\": \"reader\", \"tls\": \"verify_full\"}',
                '{}', 'postgres://' || $2 || '.example.com:5432', valid_from, change_set
           from asset_facts where asset_id = $1 and valid_to is null",
    )
    .bind(source.0)
    .bind(name)
    .execute(db)
    .await
    .expect("its facts");
}
