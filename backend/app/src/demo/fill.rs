//! What the demo finds in the register when it is opened: people, teams, domains, the company's two databases crawled, and
//! who may see what of them. All of it goes through the same use cases as in daily life.

use super::company::{Company, DATABASES, READER};
use super::company::{etl, rules};
use crate::access::subjects::SubjectRef;
use crate::access::{Caller, NewGrant, give};
use crate::app::App;
use crate::catalog::names::resolve;
use crate::catalog::owners;
use crate::change::Author;
use crate::domains::{self, DomainInput};
use crate::error::{Failure, Result};
use crate::http::IfMatch;
use crate::lineage::handed::{self, HandIn, HandedText};
use crate::people::person::Made;
use crate::people::teams::{self, NewTeam};
use crate::people::{self, NewPerson};
use crate::quality;
use crate::sources::reader::TlsMode;
use crate::sources::{self, Edit, NewSource, Patterns, Place, Schedule};
use cadastre_model::{
    AssetName, Effect, JobKind, MatchRule, PersonId, PersonKind, PublicId, Role, Sensitivity, SourceKind,
    SubjectKind,
};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use uuid::Uuid;

/// A crawl of the company takes about a second.
const CRAWL_WITHIN: Duration = Duration::from_secs(120);

/// Somebody who can sign in to the demo.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The name to sign in with.
    pub login: String,
    /// The password, made for this demo.
    pub password: String,
    /// What they are there for.
    pub what: String,
}

/// Who is there: login, shown name, roles on the whole register, what for.
const PEOPLE: &[(&str, &str, &[Role], &str)] = &[
    ("admin", "Avery Admin", &[Role::Administrator], "administrator: everything but values above public"),
    ("lin", "林雨 Lin Yu", &[], "steward of Sales and Customers: texts, owners, grants"),
    ("noor", "Noor Hale", &[], "analyst in Sales, up to internal"),
    ("guest", "Guest", &[], "sees what everybody may see"),
];

/// Domains, and how delicate what lies in them is.
const DOMAINS: &[(&str, Sensitivity)] = &[
    ("Sales 销售", Sensitivity::Internal),
    ("Customers 客户", Sensitivity::Confidential),
    ("Logistics 物流", Sensitivity::Internal),
    ("Staff 人事", Sensitivity::Secret),
    ("Platform 数据平台", Sensitivity::Internal),
];

/// Which schema lies in which domain.
const PLACES: &[(&str, &str, &str)] = &[
    ("shop", "sales", "Sales 销售"),
    ("shop", "catalog", "Sales 销售"),
    ("shop", "web", "Sales 销售"),
    ("shop", "crm", "Customers 客户"),
    ("shop", "logistics", "Logistics 物流"),
    ("shop", "hr", "Staff 人事"),
    ("warehouse", "mart", "Sales 销售"),
    ("warehouse", "ml", "Customers 客户"),
    ("warehouse", "raw", "Platform 数据平台"),
    ("warehouse", "staging", "Platform 数据平台"),
];

/// What the team of sales data answers for: marts, and tables of the shop whose rules do not hold, so that somebody is told.
const OWNED: &[&[&str]] = &[
    &["warehouse", "mart", "rpt_daily_sales"],
    &["warehouse", "mart", "fct_order"],
    &["warehouse", "mart", "dim_customer"],
    &["shop", "sales", "orders"],
    &["shop", "sales", "payments"],
];

/// Fills an empty register; gives the accounts. `told` hears what is done.
///
/// # Errors
/// When the database does not answer, or the company can't be crawled.
pub async fn fill(app: &App, company: &Company, told: &(dyn Fn(&str) + Send + Sync)) -> Result<Vec<Account>> {
    told("making people, teams and domains");
    let mut accounts = Vec::new();
    let mut made = HashMap::new();
    for (login, name, roles, what) in PEOPLE {
        let person = person(app, login, name, roles).await?;
        let password = person.password.clone().unwrap_or_default();
        accounts.push(Account { login: (*login).to_owned(), password, what: (*what).to_owned() });
        made.insert(*login, person);
    }
    let admin = made.get("admin").ok_or_else(|| Failure::internal("no administrator"))?;
    let caller = Caller::beside(app, admin.id);
    caller.has_seen(admin.version).await;
    let team = teams::add(app, &caller, NewTeam { name: "Sales data 销售数据".to_owned(), parent: None })
        .await?
        .0
        .public_id;
    let lin = made.get("lin").ok_or_else(|| Failure::internal("no steward"))?;
    teams::enrol(app, &caller, team, lin.public_id).await?;

    let mut domain_ids = HashMap::new();
    for (name, level) in DOMAINS {
        let input =
            DomainInput { name: (*name).to_owned(), parent: None, sensitivity: Some(*level), reason: None };
        domain_ids.insert(*name, domains::create(app, &caller, &input, Vec::new()).await?.0);
    }
    for database in DATABASES {
        told(&format!("registering and crawling {database}"));
        register(app, &caller, company, database).await?;
    }
    told("handing in the jobs that fill the warehouse");
    hand_in_etl(app, &caller).await?;
    told("placing what was found");
    for (database, schema, domain) in PLACES {
        let Some(asset) = find(app, &[database, schema]).await? else { continue };
        let domain = domain_ids.get(domain).copied();
        domains::set_domain(app, &caller, asset, &IfMatch::any(), domain, None).await?;
    }
    if let Some(catalog) = find(app, &["shop", "catalog"]).await? {
        let reason = Some("What the shop shows to everybody anyway");
        domains::set_sensitivity(app, &caller, catalog, &IfMatch::any(), Some(Sensitivity::Public), reason)
            .await?;
    }
    for path in OWNED {
        if let Some(asset) = find(app, path).await? {
            let whom = owners::Whom::Id(SubjectKind::Team, team);
            owners::add(app, &caller, asset, &IfMatch::any(), (&whom, owners::OwnerKind::Business)).await?;
        }
    }
    grant_all(app, &caller, &made, &domain_ids).await?;
    told("writing rules of quality and having them checked");
    check(app).await?;
    Ok(accounts)
}

async fn person(app: &App, login: &str, name: &str, roles: &[Role]) -> Result<Made> {
    let new = NewPerson {
        kind: PersonKind::Person,
        login: login.to_owned(),
        display_name: name.to_owned(),
        email: Some(format!("{login}@example.com")),
        roles: roles.to_vec(),
    };
    people::create(app, new).await
}

async fn grant_all(
    app: &App,
    caller: &Caller,
    made: &HashMap<&str, Made>,
    domains: &HashMap<&str, PublicId>,
) -> Result<()> {
    let grants = [
        ("lin", Role::Steward, "Sales 销售", Sensitivity::Internal),
        ("lin", Role::Steward, "Customers 客户", Sensitivity::Confidential),
        ("noor", Role::Analyst, "Sales 销售", Sensitivity::Internal),
        ("noor", Role::Viewer, "Platform 数据平台", Sensitivity::Internal),
    ];
    for (login, role, domain, ceiling) in grants {
        let (Some(person), Some(domain)) = (made.get(login), domains.get(domain)) else { continue };
        let grant = NewGrant {
            subject: SubjectRef { kind: SubjectKind::Person, id: person.public_id },
            role,
            effect: Effect::Allow,
            ceiling,
            mask: false,
            from: None,
            until: None,
            reason: Some("Part of the demo".to_owned()),
        };
        give(app, caller, *domain, grant).await?;
    }
    Ok(())
}

/// An asset of the company by its path.
async fn find(app: &App, path: &[&str]) -> Result<Option<PublicId>> {
    let mut conn = app.db().web.acquire().await?;
    let namespace = namespace(path.first().copied().unwrap_or_default());
    let name = AssetName::new(namespace, path.iter().copied());
    let found = resolve(&mut conn, &[name], MatchRule::Exact, None).await?;
    let Some(id) = found.into_iter().next().flatten() else { return Ok(None) };
    let public = sqlx::query_scalar("select public_id from assets where id = $1")
        .bind(id.0)
        .fetch_one(&mut *conn)
        .await?;
    Ok(Some(PublicId(public)))
}

/// The namespace of a database of the company: it stays the same though the port differs from start to start.
fn namespace(database: &str) -> String {
    format!("postgres://{database}.harbour-and-pine.example:5432")
}

fn place(company: &Company, database: &str) -> Place {
    Place {
        host: "127.0.0.1".to_owned(),
        port: company.port(),
        database: database.to_owned(),
        user: READER.to_owned(),
        tls: TlsMode::Disable,
        ca: None,
    }
}

/// Registers one database of the company as a source, crawls it, and waits until it is in the catalogue.
async fn register(app: &App, caller: &Caller, company: &Company, database: &str) -> Result<()> {
    let new = NewSource {
        kind: SourceKind::Postgresql,
        domain: None,
        name: format!("harbour_{database}"),
        place: place(company, database),
        secret: company.reader_password().to_owned().into(),
        patterns: Patterns { include: Vec::new(), exclude: Vec::new() },
        schedule: Schedule { cron: Some("0 4 * * *".to_owned()), time_zone: "UTC".to_owned(), paused: false },
        namespace: Some(namespace(database)),
        aliases: Vec::new(),
    };
    let source = sources::register(app, caller, &new).await?.done()?;
    let asked = sources::crawl_now(app, caller, source.public_id).await?;
    let begun = Instant::now();
    loop {
        let state: String = sqlx::query_scalar("select state from tasks where id = $1")
            .bind(asked.id.0)
            .fetch_one(&app.db().web)
            .await?;
        match state.as_str() {
            "done" => return Ok(()),
            "queued" | "running" if begun.elapsed() < CRAWL_WITHIN => sleep(Duration::from_millis(100)).await,
            state => return Err(Failure::internal(format!("the crawl of {database} is {state}"))),
        }
    }
}

/// The SQL that really filled the warehouse, as its platform team would hand it in.
async fn hand_in_etl(app: &App, caller: &Caller) -> Result<()> {
    let texts = etl().map(|(name, text)| HandedText { name, text }).collect();
    let batch =
        HandIn { kind: Some(JobKind::Sql), namespace: namespace("warehouse"), texts, ..HandIn::default() };
    handed::hand_in(app, caller, &batch, true).await?;
    Ok(())
}

/// What the data ought to look like, as `cadastre rule apply` would write it, and a first check of it all.
async fn check(app: &App) -> Result<()> {
    for (name, text) in rules() {
        quality::apply(app, &Author::cli(), &name, &text, true).await?;
    }
    let datasets: Vec<Uuid> =
        sqlx::query_scalar("select distinct a.public_id from rules r join assets a on a.id = r.dataset_id")
            .fetch_all(&app.db().web)
            .await?;
    for dataset in datasets {
        quality::ask_beside(app, PublicId(dataset), &[]).await?;
    }
    Ok(())
}

/// After a start the company listens on another port: tells the sources.
///
/// # Errors
/// When the database does not answer, or the company can't be reached.
pub async fn reconnect(app: &App, company: &Company) -> Result<()> {
    let admin: Option<i64> = sqlx::query_scalar("select id from people where login = 'admin'")
        .fetch_optional(&app.db().web)
        .await?;
    let Some(admin) = admin else { return Ok(()) };
    let caller = Caller::beside(app, PersonId(admin));
    for database in DATABASES {
        let source: Option<(Uuid,)> = sqlx::query_as(
            "select a.public_id from assets a join source_facts f on f.source_id = a.id and f.valid_to is null
             where f.namespace = $1 and a.state = 'live'",
        )
        .bind(namespace(database))
        .fetch_optional(&app.db().web)
        .await?;
        // Somebody may have taken it out of the register.
        let Some((source,)) = source else { continue };
        let edit = Edit {
            place: Some(place(company, database)),
            secret: Some(company.reader_password().to_owned().into()),
            ..Edit::default()
        };
        sources::edit(app, &caller, PublicId(source), &IfMatch::any(), &edit).await?.done()?;
    }
    Ok(())
}
