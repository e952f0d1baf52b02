//! `cadastre grant give|revoke|list`: rights beside a running register, by who has its database.

use clap::{Args, Subcommand};
use chrono::{DateTime, Utc};

use super::attached::with_database;
use super::{Context, Refusal, say, say_json};
use crate::access::subjects::{SubjectRef, id_of};
use crate::access::{GrantView, NewGrant, give_beside, grants_beside, revoke_beside};
use crate::db::{Db, DbOptions, Limits};
use crate::error::Failure;
use crate::postgres::Database;
use cadastre_model::{Effect, PublicId, Role, Sensitivity, SubjectKind};

/// Give, revoke and list grants
#[derive(Debug, Args)]
pub(super) struct Grant {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Give a role on an asset, or on the whole register
    Give(Give),
    /// Take a grant back
    Revoke {
        /// The grant's id, as `cadastre grant list` shows it
        grant: PublicId,
        /// Why, for the record
        #[arg(long)]
        reason: Option<String>,
    },
    /// List all grants in force
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Give {
    /// The user name of a person
    #[arg(long, required_unless_present = "team", conflicts_with = "team")]
    person: Option<String>,
    /// The name of a team
    #[arg(long)]
    team: Option<String>,
    /// viewer, analyst, engineer, steward, security_officer, auditor or administrator
    #[arg(long)]
    role: Role,
    /// The id of a domain, source, container or dataset; the whole register unless said
    #[arg(long, value_name = "ID")]
    on: Option<PublicId>,
    /// Up to which sensitivity: public, internal, confidential or secret
    #[arg(long, default_value = "internal")]
    ceiling: Sensitivity,
    /// Take the role's actions away instead
    #[arg(long)]
    deny: bool,
    /// Show values masked
    #[arg(long)]
    mask: bool,
    /// In force until before, as 2027-01-01T00:00:00Z
    #[arg(long)]
    until: Option<DateTime<Utc>>,
    /// Why, for the record
    #[arg(long)]
    reason: Option<String>,
}

impl Grant {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        with_database(context.config(), async |database| {
            let db = open(database);
            let done = self.what.run(&db).await;
            db.close().await;
            done
        })
        .await
    }
}

/// A pool for one command.
fn open(database: &Database) -> Db {
    Db::open(&DbOptions {
        run: database.run.clone(),
        owner: database.owner.clone(),
        web: 2,
        tasks: 1,
        limits: Limits::default(),
    })
}

impl What {
    async fn run(self, db: &Db) -> Result<(), Refusal> {
        match self {
            Self::Give(give) => give.run(db).await,
            Self::Revoke { grant, reason } => {
                revoke_beside(db, grant, reason.as_deref()).await.map_err(|failure| told(&failure))?;
                say("Revoked; in force nowhere within a second.")
            }
            Self::List { json } => {
                let grants = grants_beside(&db.web).await?;
                if json { say_json(&grants) } else { grants.iter().try_for_each(|grant| say(line(grant))) }
            }
        }
    }
}

impl Give {
    async fn run(self, db: &Db) -> Result<(), Refusal> {
        let (kind, name) = match (&self.person, &self.team) {
            (Some(person), _) => (SubjectKind::Person, person),
            (None, Some(team)) => (SubjectKind::Team, team),
            (None, None) => return Err(Refusal::new("give --person or --team")),
        };
        let id = id_of(&db.web, kind, name).await?;
        let id = id.ok_or_else(|| Refusal::new(format!("there is no {kind} called {name}")))?;
        let new = NewGrant {
            subject: SubjectRef { kind, id },
            role: self.role,
            effect: if self.deny { Effect::Deny } else { Effect::Allow },
            ceiling: self.ceiling,
            mask: self.mask,
            from: None,
            until: self.until,
            reason: self.reason,
        };
        let now = sqlx::query_scalar("select clock_timestamp()").fetch_one(&db.web).await.map_err(Failure::from)?;
        let grant = give_beside(db, self.on, new, now).await.map_err(|failure| told(&failure))?;
        say(grant)
    }
}

/// What is wrong, by its field.
fn told(failure: &Failure) -> Refusal {
    match failure.fields.first() {
        Some((field, message)) => Refusal::new(format!("{field}: {message}")),
        None => Refusal::from(failure.clone()),
    }
}

fn line(grant: &GrantView) -> String {
    let effect = if grant.effect == Effect::Deny { "not " } else { "" };
    let until = grant.until.map_or_else(String::new, |until| format!(" until {}", until.to_rfc3339()));
    let place = match grant.asset.kind {
        cadastre_model::AssetKind::Register => "the register".to_owned(),
        kind => format!("{kind} {}", grant.asset.name),
    };
    format!(
        "{}  {} {} is {effect}{} of {place} up to {}{until}",
        grant.id, grant.subject.kind, grant.subject.name, grant.role, grant.ceiling
    )
}
