//! `cadastre user`: people from the shell, beside the register. The way in when nobody can sign in.

use super::attached::with_app;
use super::{Context, Refusal, say, say_json};
use crate::app::App;
use crate::error::{Failure, FailureKind};
use crate::people::person::{self, Made, NewPerson};
use crate::people::queries;
use cadastre_model::{PersonKind, Role};
use clap::Subcommand;

/// Add people, list them, disable them, give them new passwords
#[derive(Debug, clap::Args)]
pub(super) struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person; prints their password, which nobody can print again
    Create(Create),
    /// List people and services
    List(List),
    /// Disable a person: their sessions end, their tokens stop working
    Disable(Login),
    /// Give a person a new password, to be changed at their next sign-in
    Password(Login),
}

#[derive(Debug, clap::Args)]
struct Create {
    /// The name to sign in with
    login: String,
    /// The name that is shown; the login unless said
    #[arg(long)]
    name: Option<String>,
    /// Where to write to
    #[arg(long)]
    email: Option<String>,
    /// Make them an administrator
    #[arg(long)]
    admin: bool,
    /// A program: it gets tokens, and no password
    #[arg(long, conflicts_with = "admin")]
    service: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Login {
    /// The name to sign in with
    login: String,
}

impl User {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        with_app(&context, async |app| match self.what {
            What::Create(create) => create.run(app).await,
            What::List(list) => list.run(app).await,
            What::Disable(Login { login }) => {
                person::disable_beside(app, &login).await.map_err(|failure| worded(failure, &login))?;
                say(format_args!("{login} is disabled."))
            }
            What::Password(Login { login }) => {
                let password = person::reset_password_beside(app, &login).await;
                let password = password.map_err(|failure| worded(failure, &login))?;
                say(format_args!("The new password of {login}: {password}"))
            }
        })
        .await
    }
}

impl Create {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        let new = NewPerson {
            kind: if self.service { PersonKind::Service } else { PersonKind::Person },
            login: self.login.clone(),
            display_name: self.name.clone().unwrap_or_else(|| self.login.clone()),
            email: self.email.clone(),
            roles: if self.admin { vec![Role::Administrator] } else { Vec::new() },
        };
        let made = person::create(app, new).await.map_err(|failure| worded(failure, &self.login))?;
        self.tell(&made)
    }

    fn tell(&self, made: &Made) -> Result<(), Refusal> {
        if self.json {
            return say_json(&serde_json::json!({
                "id": made.public_id, "login": self.login, "password": made.password,
            }));
        }
        match &made.password {
            Some(password) => say(format_args!("Added {}. Password: {password}", self.login)),
            None => say(format_args!("Added the service {}. Make its tokens in the register.", self.login)),
        }
    }
}

impl List {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        let people = queries::list_beside(&app.db().web).await?;
        if self.json {
            let people: Vec<_> = people
                .iter()
                .map(|person| {
                    serde_json::json!({
                        "id": person.public_id, "login": person.login, "kind": person.kind,
                        "state": person.state, "display_name": person.display_name, "email": person.email,
                    })
                })
                .collect();
            return say_json(&people);
        }
        for person in people {
            let (kind, state) = (person.kind, person.state);
            say(format_args!("{:<30} {kind:<8} {state:<9} {}", person.login, person.display_name))?;
        }
        Ok(())
    }
}

/// The failure; of a name that nobody has, with the name.
fn worded(failure: Failure, login: &str) -> Refusal {
    match failure.kind {
        FailureKind::Absent => Refusal::new(format_args!("nobody has the user name {login:?}")),
        _ => failure.into(),
    }
}
