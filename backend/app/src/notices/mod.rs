//! Notices: what people are told of, in an inbox, by e-mail, by a signed web request.
//!
//! What happened leaves an [`occasion`] in its own transaction. A routine of each replica takes one after the other, finds
//! [`whom`] it concerns and who subscribed, and writes one notice for each of them and the deliveries that they asked for, in the
//! transaction that takes the occasion away: nobody is told twice, nothing is lost. [`deliver`] hands what leaves the house to
//! tasks. What somebody may not see does not exist for them: rights are asked when a notice is made, when it is shown and when it
//! is delivered ([`told`]). Why so: `backend/decisions/notices.md`.

mod api;
mod deliver;
mod inbox;
mod mail;
mod occasion;
mod pages;
mod subscriptions;
mod subscriptions_api;
mod subscriptions_pages;
mod sweep;
mod tell;
mod told;
mod trial;
mod webhook;
mod whom;

pub(crate) use api::api;
pub(crate) use deliver::{MAIL, WEBHOOK};
pub(crate) use inbox::waiting;
pub(crate) use mail::{answers as mail_answers, run as send_mail};
pub(crate) use webhook::run as send_webhook;

pub use deliver::deliver;
pub use mail::{MailServer, MailTls};
pub(crate) use occasion::{By, Happened, of_incidents, rules_in_error};
pub(crate) use pages::{pages, watching};
pub(crate) use sweep::sweep;
pub use tell::tell;
