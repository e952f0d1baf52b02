//! What the reader is told of, as a page.

use super::subscriptions::{self, About, Made, New, Subscription as Known};
use super::trial;
use crate::app::App;
use crate::catalog::asset;
use crate::catalog::rows;
use crate::domains;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, Params, SignedForm, page_with, redirect};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::notices::{Channel, Subscription, SubscriptionsPage};
use cadastre_frontend::parts::AssetLink;
use cadastre_frontend::quality::Gravity;
use cadastre_frontend::{Choice, Flash, Form, Tone, href};
use cadastre_model::{Action, Message, PublicId};
use serde::Deserialize;
use uuid::Uuid;

/// So many domains are offered.
const DOMAINS: i64 = 300;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Query {
    /// An asset to choose from the start.
    about: Option<Uuid>,
}

/// GET /notices/subscriptions
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let form = Form::new("sub").with("severity", Gravity::Medium.as_str());
    let form = match query.about {
        Some(id) => form.with("scope", format!("asset:{id}")),
        None => form,
    };
    page(&app, &member, None, form).await
}

async fn page(app: &App, member: &Member, secret: Option<String>, form: Form) -> Result<Response> {
    let t = member.visitor.t(app);
    let own = subscriptions::list(app, &member.caller, None).await?;
    let status = if form.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = SubscriptionsPage {
        subscriptions: unasked().into_iter().chain(own.iter().map(shown)).collect(),
        scopes: scopes(app, member, &t, &form).await?,
        channels: channels(app),
        form,
        secret,
        chrome: member.chrome(app),
    };
    page_with(&member.visitor, status, &view)
}

/// What everybody is told of without asking.
fn unasked() -> [Subscription; 2] {
    ["subscription-mine", "subscription-downstream"].map(|scope| Subscription {
        id: String::new(),
        scope: Message::new(scope),
        href: None,
        gravity: Gravity::Low,
        channel: Channel::Inbox,
        address: None,
        failing: None,
        may_test: false,
        may_remove: false,
    })
}

fn shown(known: &Known) -> Subscription {
    let (scope, href) = match &known.about {
        About::Mine => (Message::new("subscription-mine"), None),
        About::Upstream => (Message::new("subscription-downstream"), None),
        About::All => (Message::new("subscription-all"), None),
        About::Asset(named) => {
            let link = AssetLink {
                id: named.public_id.to_string(),
                kind: named.kind,
                name: named.name.clone(),
                display_name: named.display_name.clone(),
                path: named.path.clone(),
            };
            let name = named.display_name.as_ref().unwrap_or(&named.name);
            (Message::new("subscription-of").arg("name", name), Some(link.href()))
        }
    };
    Subscription {
        id: known.public_id.to_string(),
        scope,
        href,
        gravity: known.severity,
        channel: known.channel,
        address: known.shown.clone(),
        failing: known.failing.clone(),
        may_test: known.channel != Channel::Inbox,
        may_remove: true,
    }
}

fn channels(app: &App) -> Vec<Channel> {
    let offered = |channel: &Channel| *channel != Channel::Email || app.options().mail.is_some();
    Channel::ALL.iter().copied().filter(offered).collect()
}

/// What can be chosen: words, the domains that the reader sees, and what the form already has.
async fn scopes(app: &App, member: &Member, t: &cadastre_frontend::T, form: &Form) -> Result<Vec<Choice>> {
    let mut scopes = vec![
        Choice::new("mine", t.s("subscription-mine")),
        Choice::new("upstream", t.s("subscription-downstream")),
        Choice::new("all", t.s("subscription-all")),
    ];
    for domain in domains::queries::all(app, &member.caller, DOMAINS).await? {
        scopes.push(Choice::new(format!("asset:{}", domain.id), domain.name));
    }
    let chosen = form.value("scope");
    if let Some(id) = chosen.strip_prefix("asset:").and_then(|id| id.parse().ok())
        && !scopes.iter().any(|choice| choice.value == chosen)
        && let Ok((found, _)) = asset::find(&app.db().web, &member.caller, id, Action::See).await
    {
        let mut conn = app.db().web.acquire().await?;
        let see = member.caller.scope(Action::See)?;
        let named = rows::named(&mut conn, &see, &[found.id], member.caller.language).await?;
        if let Some(named) = named.get(&found.id) {
            let place: Vec<&str> = named.path.iter().chain([&named.name]).map(String::as_str).collect();
            scopes.push(Choice::new(chosen, place.join(" / ")));
        }
    }
    Ok(scopes)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    scope: String,
    severity: String,
    channel: String,
    address: String,
}

impl Typed {
    fn read(&self) -> Result<New> {
        let about = match self.scope.as_str() {
            "mine" => Some(About::Mine),
            "upstream" => Some(About::Upstream),
            "all" => Some(About::All),
            other => {
                other.strip_prefix("asset:").and_then(|id| id.parse::<PublicId>().ok()).map(About::Asset)
            }
        };
        let (severity, channel) = (Gravity::of_word(&self.severity), Channel::of_word(&self.channel));
        let chosen = |field: &str, is_there: bool| {
            (!is_there).then(|| (field.to_owned(), Message::new("subscription-choose")))
        };
        let wrong = [
            chosen("scope", about.is_some()),
            chosen("severity", severity.is_some()),
            chosen("channel", channel.is_some()),
        ];
        Failure::when_any(wrong.into_iter().flatten().collect())?;
        match (about, severity, channel) {
            (Some(about), Some(severity), Some(channel)) => {
                Ok(New { about, severity, channel, address: Some(self.address.clone()) })
            }
            _ => Err(Failure::invalid("scope", "subscription-choose")),
        }
    }

    fn form(&self) -> Form {
        Form::new("sub")
            .with("scope", &self.scope)
            .with("severity", &self.severity)
            .with("channel", &self.channel)
            .with("address", &self.address)
    }
}

/// POST /notices/subscriptions
pub(super) async fn make(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<Typed>,
) -> Result<Response> {
    let made = match typed.read() {
        Ok(new) => subscriptions::make(&app, &member.caller, new).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok(Made { secret: Some(secret), .. }) => {
            page(&app, &member, Some(secret), Form::new("sub").with("severity", "medium")).await
        }
        Ok(Made { version, .. }) => {
            Ok(redirect(&app, &href::subscriptions(), done("subscription-was-made"), Some(version)))
        }
        Err(failure) if matches!(failure.kind, FailureKind::Invalid | FailureKind::Conflict) => {
            let form = typed.form();
            let form = if failure.fields.is_empty() {
                form.refused(failure.message)
            } else {
                failure.fields.into_iter().fold(form, |form, (field, message)| form.wrong(&field, message))
            };
            page(&app, &member, None, form).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) fn done(key: &'static str) -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new(key) })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// POST /notices/subscriptions/{id}/remove
pub(super) async fn remove(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let version = subscriptions::remove(&app, &member.caller, id).await?;
    Ok(redirect(&app, &href::subscriptions(), done("subscription-was-removed"), Some(version)))
}

/// POST /notices/subscriptions/{id}/test
pub(super) async fn test(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let said = match trial::send(&app, &member.caller, id).await {
        Ok(()) => done("subscription-test-sent"),
        Err(failure) if failure.kind == FailureKind::Conflict => {
            Some(Flash { tone: Tone::Fail, message: failure.message })
        }
        Err(failure) => return Err(failure),
    };
    Ok(redirect(&app, &href::subscriptions(), said, None))
}
