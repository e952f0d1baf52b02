//! E-mail: a letter for what arose in a minute about one dataset, in its reader's language.

mod send;
mod server;
mod write;

pub use server::{MailServer, MailTls};

pub(crate) use send::answers;

use super::deliver;
use super::told;
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::tasks::{Reason, Run, Trouble};
use cadastre_frontend::T;
use cadastre_model::{Language, Message, PersonId};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sqlx::PgExecutor;
use std::time::Duration;

/// Somebody who tries it waits so long.
const PATIENCE: Duration = Duration::from_secs(8);

/// Whom a letter is for.
#[derive(Debug, sqlx::FromRow)]
struct Reader {
    display_name: String,
    email: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
}

impl Reader {
    async fn of(db: impl PgExecutor<'_>, person: PersonId) -> Result<Option<Self>> {
        let reader = sqlx::query_as(
            "select f.display_name, f.email, e.language, e.time_zone from person_facts f
             left join person_settings e on e.person_id = f.person_id
             where f.person_id = $1 and f.valid_to is null and f.state = 'active'",
        )
        .bind(person.0)
        .fetch_optional(db)
        .await?;
        Ok(reader)
    }

    fn language(&self) -> Language {
        self.language.as_deref().and_then(|word| word.parse().ok()).unwrap_or(Language::En)
    }

    fn t(&self, app: &App) -> T {
        let zone = self.time_zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
        T::new(self.language(), zone, app.now())
    }
}

/// Sends the letter that a task is for. It is sent at least once: a process that ends between the server's word and ours sends
/// it again, with the same Message-ID.
///
/// # Errors
/// `MayPass` while the server does not take it; `Final` where it never will.
pub(crate) async fn run(app: App, run: Run) -> std::result::Result<Value, Trouble> {
    let task = run.fence.task.0;
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select n.id, n.person_id from notice_deliveries d join notices n on n.id = d.notice_id
         where d.task_id = $1 and d.state = 'waiting' order by n.id",
    )
    .bind(task)
    .fetch_all(&app.db().tasks)
    .await
    .map_err(Failure::from)?;
    let sent = match rows.first() {
        Some((_, person)) => {
            let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
            letter(&app, task, PersonId(*person), &ids).await?
        }
        None => Vec::new(),
    };
    let mut tx = app.db().tasks.begin().await.map_err(Failure::from)?;
    deliver::ended(&mut tx, task, &sent).await?;
    run.fence.hold(&mut tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(json!({ "sent": sent.len() }))
}

/// Sends these notices, as far as their person sees them now; gives those that went.
async fn letter(
    app: &App,
    task: i64,
    person: PersonId,
    ids: &[i64],
) -> std::result::Result<Vec<i64>, Trouble> {
    let never = |key: &'static str| Trouble::Final(Reason::of(Message::new(key)));
    let Some(reader) = Reader::of(&app.db().tasks, person).await? else { return Ok(Vec::new()) };
    let mut caller = Caller::beside(app, person);
    caller.language = reader.language();
    let told = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        told::of(&mut conn, &caller, ids).await?
    };
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let server = app.options().mail.as_ref().ok_or_else(|| never("mail-no-server"))?;
    let address = reader.email.as_deref().ok_or_else(|| never("mail-no-address"))?;
    let letter = write::of_notices(&reader.t(app), &app.options().address, &told);
    let sent = send::send(server, (&reader.display_name, address), &letter, &format!("notice-{task}")).await;
    match sent {
        Ok(()) => Ok(told.iter().map(|told| told.id).collect()),
        Err(fault) if fault.is_final => Err(Trouble::Final(fault.reason())),
        Err(fault) => Err(Trouble::MayPass(fault.reason())),
    }
}

/// Sends a letter to the caller, to try it.
///
/// # Errors
/// `Conflict` with the reason where the server does not take it.
pub(super) async fn test(app: &App, caller: &Caller) -> Result<()> {
    let refused = |key: &'static str| super::trial::refused(Message::new(key));
    let reader = Reader::of(&app.db().web, caller.person()).await?.ok_or_else(Failure::absent)?;
    let server = app.options().mail.as_ref().ok_or_else(|| refused("mail-no-server"))?;
    let address = reader.email.as_deref().ok_or_else(|| refused("mail-no-address"))?;
    let letter = write::of_test(&reader.t(app), &app.options().address);
    let id = format!("test-{}", uuid::Uuid::new_v4().simple());
    let send = send::send(server, (&reader.display_name, address), &letter, &id);
    let sent = tokio::time::timeout(PATIENCE, send).await.map_err(|_| refused("mail-no-answer"))?;
    sent.map_err(|fault| super::trial::refused(fault.reason().message))
}
