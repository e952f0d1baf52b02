//! E-mail: what is written, and how it goes out.

mod server;

pub use server::{MailServer, MailTls};
