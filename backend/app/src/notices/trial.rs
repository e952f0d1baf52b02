//! Sending something by a subscription, to try it: now, while its person waits.

use super::subscriptions::{self, Subscription};
use super::{mail, webhook};
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::people::account::needs;
use crate::people::throttle::{self, Limit};
use cadastre_frontend::notices::Channel;
use cadastre_model::{Message, PublicId, TokenScope};
use std::time::Duration;

/// Tests of one person.
const TESTS: Limit = Limit::new(10, Duration::from_secs(300));

/// Sends a test. One that arrives says that the subscription works again.
///
/// # Errors
/// `Absent` for one that is not the caller's; `Conflict` for one by the inbox, and with the reason where it does not arrive;
/// `TooMany`.
pub(super) async fn send(app: &App, caller: &Caller, id: PublicId) -> Result<()> {
    needs(caller, TokenScope::Write)?;
    let known = subscriptions::find(app, caller, id).await?;
    throttle::take(app, &format!("notice test {}", caller.person().0), TESTS).await?;
    match known.channel {
        Channel::Inbox => return Err(refused(Message::new("delivery-test-inbox"))),
        Channel::Email => mail::test(app, caller).await?,
        Channel::Webhook => webhook::test(app, caller, (known.id, id.0)).await?,
    }
    works(app, &known).await
}

async fn works(app: &App, known: &Subscription) -> Result<()> {
    sqlx::query("update subscriptions set failing_since = null, failing_why = null where id = $1 and failing_since is not null")
        .bind(known.id)
        .execute(&app.db().web)
        .await?;
    Ok(())
}

/// It did not arrive, and why.
pub(super) fn refused(why: Message) -> Failure {
    Failure::new(FailureKind::Conflict, why)
}
