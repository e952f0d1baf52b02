//! The forms about sources: what browsers send, and what is shown again. A secret is never shown again.

use super::edit::Edit;
use super::reader::{Check, Outcome, Step as CheckedStep};
use super::reading::{Quiet, Reading};
use super::register::NewSource;
use super::settings::{Patterns, Place, Schedule};
use super::view::Managed;
use crate::error::{Failure, Result};
use cadastre_frontend::Form;
use cadastre_frontend::sources::{Check as ShownCheck, CheckStep, Outcome as ShownOutcome};
use cadastre_model::{Message, PublicId, SourceKind};
use secrecy::SecretString;
use serde::Deserialize;

/// The fields of a connection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewForm {
    kind: SourceKind,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: String,
    #[serde(default)]
    database: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    secret: SecretString,
    #[serde(default)]
    tls: String,
    #[serde(default)]
    ca: String,
    /// Which button: `test` or `save`.
    #[serde(default, rename = "do")]
    pub(super) button: String,
}

impl NewForm {
    pub(super) fn kind(&self) -> SourceKind {
        self.kind
    }

    pub(super) fn read(&self) -> Result<NewSource> {
        Ok(NewSource {
            kind: self.kind,
            domain: self.domain()?,
            name: self.name.clone(),
            place: place(&self.host, &self.port, &self.database, &self.user, &self.tls, &self.ca)?,
            secret: self.secret.clone(),
            patterns: Patterns::default(),
            schedule: Schedule::default(),
            namespace: None,
            aliases: Vec::new(),
        })
    }

    /// The domain that was chosen, if it is one at all.
    fn domain(&self) -> Result<Option<PublicId>> {
        match self.domain.as_str() {
            "" => Ok(None),
            id => id.parse().map(|id| Some(PublicId(id))).map_err(|_| Failure::absent()),
        }
    }

    /// What was typed, without the secret.
    pub(super) fn again(&self) -> Form {
        Form::new("source")
            .with("domain", &self.domain)
            .with("name", &self.name)
            .with("host", &self.host)
            .with("port", &self.port)
            .with("database", &self.database)
            .with("user", &self.user)
            .with("tls", &self.tls)
            .with("ca", &self.ca)
    }
}

/// One of the forms of a registered source: its `part` says which.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditForm {
    pub(super) part: Part,
    pub(super) version: i64,
    #[serde(default)]
    pub(super) step: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: String,
    #[serde(default)]
    database: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    secret: SecretString,
    #[serde(default)]
    tls: String,
    #[serde(default)]
    ca: String,
    #[serde(default)]
    include: String,
    #[serde(default)]
    exclude: String,
    #[serde(default)]
    cron: String,
    #[serde(default)]
    time_zone: String,
    paused: Option<String>,
    pub(super) crawl_now: Option<String>,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    connections: String,
    #[serde(default)]
    statement_seconds: String,
    #[serde(default)]
    statements_a_day: String,
    #[serde(default)]
    seconds_a_day: String,
    #[serde(default)]
    quiet: String,
    #[serde(default)]
    profile_cron: String,
}

/// Which form it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Connection,
    Secret,
    Scope,
    Schedule,
    Names,
    Reading,
}

impl EditForm {
    pub(super) fn read(&self) -> Result<Edit> {
        use secrecy::ExposeSecret;
        let secret = Some(self.secret.clone()).filter(|secret| !secret.expose_secret().is_empty());
        Ok(match self.part {
            Part::Connection => Edit {
                name: Some(self.name.clone()),
                place: Some(place(&self.host, &self.port, &self.database, &self.user, &self.tls, &self.ca)?),
                secret,
                ..Edit::default()
            },
            Part::Secret => {
                let empty = || Failure::invalid("secret", Message::new("source-field-empty"));
                Edit { secret: Some(secret.ok_or_else(empty)?), ..Edit::default() }
            }
            Part::Scope => Edit {
                patterns: Some(Patterns { include: lines(&self.include), exclude: lines(&self.exclude) }),
                ..Edit::default()
            },
            Part::Schedule => Edit { schedule: Some(self.schedule()), ..Edit::default() },
            Part::Names => Edit {
                namespace: Some(self.namespace.trim().to_owned()),
                aliases: Some(lines(&self.aliases)),
                ..Edit::default()
            },
            Part::Reading => Edit { reading: Some(self.reading()), ..Edit::default() },
        })
    }

    /// What is no number is one that is refused.
    fn reading(&self) -> Reading {
        let number = |text: &str| text.trim().parse().unwrap_or(u32::MAX);
        let stretch = |line: String| {
            let (from, to) = line.split_once(['-', '–']).unwrap_or((line.as_str(), ""));
            Quiet { from: from.trim().to_owned(), to: to.trim().to_owned() }
        };
        Reading {
            connections: number(&self.connections),
            statement_seconds: number(&self.statement_seconds),
            statements_a_day: number(&self.statements_a_day),
            seconds_a_day: number(&self.seconds_a_day),
            quiet: lines(&self.quiet).into_iter().map(stretch).collect(),
            profile_cron: cron(&self.profile_cron),
        }
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            cron: cron(&self.cron),
            time_zone: self.time_zone.trim().to_owned(),
            paused: self.paused.is_some(),
        }
    }

    /// The forms of the page, this one with what was typed and what is wrong with it.
    pub(super) fn again(&self, mut forms: Forms, failure: Option<&Failure>) -> Forms {
        let form = match self.part {
            Part::Connection => &mut forms.connection,
            Part::Secret => &mut forms.secret,
            Part::Scope => &mut forms.scope,
            Part::Schedule => &mut forms.schedule,
            Part::Names => &mut forms.names,
            Part::Reading => &mut forms.reading,
        };
        let typed = match self.part {
            Part::Connection => Form::new("connection")
                .with("name", &self.name)
                .with("host", &self.host)
                .with("port", &self.port)
                .with("database", &self.database)
                .with("user", &self.user)
                .with("tls", &self.tls)
                .with("ca", &self.ca),
            Part::Secret => Form::new("secret"),
            Part::Scope => Form::new("scope").with("include", &self.include).with("exclude", &self.exclude),
            Part::Schedule => {
                let form = Form::new("schedule").with("cron", &self.cron).with("time_zone", &self.time_zone);
                if self.paused.is_some() { form.with("paused", "on") } else { form }
            }
            Part::Names => {
                Form::new("names").with("namespace", &self.namespace).with("aliases", &self.aliases)
            }
            Part::Reading => Form::new("reading")
                .with("connections", &self.connections)
                .with("statement_seconds", &self.statement_seconds)
                .with("statements_a_day", &self.statements_a_day)
                .with("seconds_a_day", &self.seconds_a_day)
                .with("quiet", &self.quiet)
                .with("profile_cron", &self.profile_cron),
        };
        *form = failure.map_or(typed.clone(), |failure| refused(typed, failure));
        forms
    }
}

/// A form with what is wrong with it.
pub(super) fn refused(form: Form, failure: &Failure) -> Form {
    let with_fields =
        failure.fields.iter().fold(form, |form, (field, message)| form.wrong(field, message.clone()));
    if failure.fields.is_empty() { with_fields.refused(failure.message.clone()) } else { with_fields }
}

/// All forms of a registered source.
#[derive(Debug, Clone)]
pub(super) struct Forms {
    pub(super) connection: Form,
    pub(super) secret: Form,
    pub(super) scope: Form,
    pub(super) schedule: Form,
    pub(super) names: Form,
    pub(super) reading: Form,
}

impl Forms {
    /// With what is set now.
    pub(super) fn of(name: &str, managed: &Managed) -> Self {
        let facts = &managed.facts;
        let reading = &facts.reading;
        let quiet: Vec<String> =
            reading.quiet.iter().map(|quiet| format!("{}-{}", quiet.from, quiet.to)).collect();
        let schedule = Form::new("schedule")
            .with("cron", facts.schedule.cron.as_deref().unwrap_or_default())
            .with("time_zone", &facts.schedule.time_zone);
        Self {
            connection: Form::new("connection")
                .with("name", name)
                .with("host", &facts.place.host)
                .with("port", facts.place.port.to_string())
                .with("database", &facts.place.database)
                .with("user", &facts.place.user)
                .with("tls", facts.place.tls.as_str())
                .with("ca", facts.place.ca.as_deref().unwrap_or_default()),
            secret: Form::new("secret"),
            scope: Form::new("scope")
                .with("include", facts.patterns.include.join("\n"))
                .with("exclude", facts.patterns.exclude.join("\n")),
            schedule: if facts.schedule.paused { schedule.with("paused", "on") } else { schedule },
            names: Form::new("names")
                .with("namespace", &facts.namespace)
                .with("aliases", managed.aliases.join("\n")),
            reading: Form::new("reading")
                .with("connections", reading.connections.to_string())
                .with("statement_seconds", reading.statement_seconds.to_string())
                .with("statements_a_day", reading.statements_a_day.to_string())
                .with("seconds_a_day", reading.seconds_a_day.to_string())
                .with("quiet", quiet.join("\n"))
                .with("profile_cron", reading.profile_cron.as_deref().unwrap_or_default()),
        }
    }
}

fn place(host: &str, port: &str, database: &str, user: &str, tls: &str, ca: &str) -> Result<Place> {
    let mut faults = Vec::new();
    let port = port.trim().parse().unwrap_or_else(|_| {
        faults.push(("port".to_owned(), Message::new("source-port-zero")));
        0
    });
    let tls = tls.parse().map_err(|_| Failure::invalid("tls", Message::new("source-field-empty")))?;
    Failure::when_any(faults)?;
    Ok(Place {
        host: host.trim().to_owned(),
        port,
        database: database.to_owned(),
        user: user.to_owned(),
        tls,
        ca: Some(ca.trim().to_owned()).filter(|ca| !ca.is_empty()),
    })
}

fn cron(text: &str) -> Option<String> {
    let cron = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(cron).filter(|cron| !cron.is_empty())
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// The checks of a test, and those that there was no check of.
pub(super) fn shown(checks: &[Check]) -> Vec<ShownCheck> {
    let of = |step: CheckStep| {
        let found = checks.iter().find(|check| check.step.as_str() == step.as_str());
        found.map_or_else(
            || unchecked(step, checks),
            |check| ShownCheck {
                step,
                outcome: match check.outcome {
                    Outcome::Passed => ShownOutcome::Pass,
                    Outcome::Warned => ShownOutcome::Warn,
                    Outcome::Failed => ShownOutcome::Fail,
                },
                text: check.message.clone(),
                remedy: None,
            },
        )
    };
    debug_assert_eq!(CheckedStep::ALL.len(), CheckStep::ALL.len());
    CheckStep::ALL.into_iter().map(of).collect()
}

/// A step that there was no check of: not come to, since one before it failed; or encryption, which nobody asked for.
fn unchecked(step: CheckStep, checks: &[Check]) -> ShownCheck {
    let got_further = checks.iter().any(|check| check.step.as_str() == CheckStep::SignIn.as_str());
    let (outcome, key) = if step == CheckStep::Tls && got_further {
        (ShownOutcome::Warn, "source-check-tls-off")
    } else {
        (ShownOutcome::Skipped, "source-check-after")
    };
    ShownCheck { step, outcome, text: Message::new(key), remedy: None }
}
