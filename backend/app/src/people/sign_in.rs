//! Signing in and out.

use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Failure, FailureKind, Result};
use crate::http::Visitor;
use crate::people::{sessions, throttle};
use cadastre_model::PersonId;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// What somebody types to sign in.
#[derive(Debug)]
pub struct Credentials<'a> {
    /// The name, in any case.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The browser's own name.
    pub agent: Option<&'a str>,
}

/// Checks name and password and starts a session: gives the cookie's secret and its last moment. Known, unknown and
/// disabled names get the same answer after the same time.
///
/// # Errors
/// `TooMany` by account or address; `Invalid` when name and password do not go together.
pub async fn sign_in(
    app: &App,
    visitor: &Visitor,
    given: &Credentials<'_>,
) -> Result<(String, DateTime<Utc>)> {
    let login = given.login.trim().to_lowercase();
    // By its hash: what stands in the field of the name may be a password.
    let account = format!("sign-in account {}", hex::encode(Sha256::digest(&login)));
    throttle::take(app, &format!("sign-in address {}", visitor.address), throttle::SIGN_IN_ADDRESS).await?;
    throttle::take(app, &account, throttle::SIGN_IN_ACCOUNT).await?;

    let found: Option<(i64, String)> = sqlx::query_as(
        "select p.id, w.hash from people p
         join person_facts f on f.person_id = p.id and f.valid_to is null and f.state = 'active'
         join passwords w on w.person_id = p.id
         where p.login = $1 and p.kind = 'person'",
    )
    .bind(&login)
    .fetch_optional(&app.db().web)
    .await?;
    let hash = found.as_ref().map(|(_, hash)| hash.as_str());
    // A password longer than any that is taken is not worth the hash, and no one has it.
    let password = if given.password.len() > super::password::LONGEST { "" } else { given.password };
    let (matches, old) = app.passwords().verify(password, hash).await?;
    let Some((person, _)) = found.filter(|_| matches) else {
        audit::note(app, &refusal(app, visitor, &login).await?).await?;
        return Err(Failure::new(FailureKind::Invalid, "sign-in-refused"));
    };
    let person = PersonId(person);
    if old {
        let hash = app.passwords().hash(password).await?;
        sqlx::query("update passwords set hash = $2 where person_id = $1")
            .bind(person.0)
            .bind(hash)
            .execute(&app.db().web)
            .await?;
    }
    throttle::reset(app, &account).await?;
    // The session that the browser had, if any, ends here: an id from before the sign-in is worth nothing after it.
    if let Some(before) = visitor.person.as_ref()
        && let Some(session) = before.session
    {
        sessions::end(app, before.id, session).await?;
    }
    let session = sessions::start(app, person, visitor.address, given.agent).await?;
    audit::note(app, &Event::new("sign_in").by(person).at(visitor)).await?;
    Ok(session)
}

/// What is remembered of a sign-in that was refused: the name only where somebody has it.
async fn refusal(app: &App, visitor: &Visitor, login: &str) -> Result<Event> {
    let known: bool = sqlx::query_scalar("select exists (select from people where login = $1)")
        .bind(login)
        .fetch_one(&app.db().web)
        .await?;
    let event = Event::new("sign_in.refused").at(visitor);
    Ok(if known { event.with("login", login) } else { event })
}

/// Ends the visitor's session.
///
/// # Errors
/// When the database does not answer: then the session still is.
pub async fn sign_out(app: &App, visitor: &Visitor) -> Result<()> {
    if let Some(person) = &visitor.person
        && let Some(session) = person.session
    {
        sessions::end(app, person.id, session).await?;
        audit::note(app, &Event::new("sign_out").by(person.id).at(visitor)).await?;
    }
    Ok(())
}
