//! Handing a letter to the mail server.

use super::server::{MailServer, MailTls};
use super::write::{Letter, plain};
use crate::tasks::Reason;
use cadastre_model::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use std::time::Duration;

/// The server answers each step within this time.
const WITHIN: Duration = Duration::from_secs(8);

/// Why a letter did not go.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// It will not go another time either.
    pub(super) is_final: bool,
    key: &'static str,
    detail: String,
}

impl Fault {
    fn new(is_final: bool, key: &'static str, detail: impl std::fmt::Display) -> Self {
        Self { is_final, key, detail: plain(&detail.to_string()) }
    }

    pub(super) fn reason(self) -> Reason {
        Reason { message: Message::new(self.key), detail: Some(self.detail) }
    }
}

/// Sends a letter to somebody: their name and address. `id` is the part of its Message-ID before the at.
pub(super) async fn send(
    server: &MailServer,
    (name, address): (&str, &str),
    letter: &Letter,
    id: &str,
) -> Result<(), Fault> {
    let wrong = |error: &dyn std::fmt::Display| Fault::new(true, "mail-no-address", error);
    let from: Mailbox = server.from.parse::<Mailbox>().map_err(|error| wrong(&error))?;
    let to = Mailbox::new(Some(plain(name)), address.parse::<Address>().map_err(|error| wrong(&error))?);
    let id = format!("<{id}@{}>", from.email.domain());
    let mut message = lettre::Message::builder()
        .from(from)
        .to(to)
        .subject(letter.subject.clone())
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN);
    if let Some(reply_to) = &server.reply_to {
        message = message.reply_to(reply_to.parse::<Mailbox>().map_err(|error| wrong(&error))?);
    }
    let message =
        message.body(letter.body.clone()).map_err(|error| Fault::new(true, "mail-refused", error))?;
    let line = line(server).map_err(|error| Fault::new(false, "mail-no-answer", error))?;
    line.send(message).await.map(drop).map_err(|error| {
        // An account that is refused is for the operator to mend: letters wait meanwhile.
        let is_account = error.status().is_some_and(|code| code.to_string().starts_with("53"));
        let is_final = error.is_permanent() && !is_account;
        Fault::new(is_final, if is_final { "mail-refused" } else { "mail-no-answer" }, error)
    })
}

/// Whether the server answers, and takes the account.
///
/// # Errors
/// What it or the network says.
pub(crate) async fn answers(server: &MailServer) -> Result<(), String> {
    let line = line(server).map_err(|error| error.to_string())?;
    match line.test_connection().await {
        Ok(true) => Ok(()),
        Ok(false) => Err("it ends the conversation at once".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn line(server: &MailServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, Error> {
    let tls = match server.tls {
        MailTls::Starttls => Tls::Required(TlsParameters::new(server.host.clone())?),
        MailTls::Tls => Tls::Wrapper(TlsParameters::new(server.host.clone())?),
        MailTls::None => Tls::None,
    };
    let line = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
        .port(server.port)
        .tls(tls)
        .timeout(Some(WITHIN));
    let line = match &server.account {
        Some((user, password)) => {
            line.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()))
        }
        None => line,
    };
    Ok(line.build())
}
