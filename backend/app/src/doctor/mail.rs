//! Whether the server that takes e-mail answers.

use super::Finding;
use crate::config::Config;
use crate::notices::mail_answers;

/// What is found of the mail server; nothing where there is none.
pub(super) async fn server(config: &Config) -> Option<Finding> {
    let server = config.mail_server()?;
    let place = format!("{}:{}", server.host, server.port);
    Some(match mail_answers(&server).await {
        Ok(()) => Finding::ok("mail", format!("{place} answers")),
        Err(why) => Finding::fail(
            "mail",
            format!("{place}: {why}"),
            "look at mail_host, mail_port, mail_tls and the account",
        ),
    })
}
