//! HTTP: who asks, in which form, and how it is answered. No feature's word in here.

mod answer;
mod assets;
mod body;
mod condition;
mod cookies;
mod cursor;
mod form;
mod frame;
mod headers;
mod health;
mod idempotency;
mod params;
mod proxy;
mod router;
mod server;
mod visitor;

pub use answer::{Created, html, page_with, redirect, written};
pub use body::JsonBody;
pub use condition::{Etag, IfMatch};
pub use cursor::{Page, Paging};
pub use form::{FILES_LIMIT, SignedFiles, SignedForm};
pub use params::{Id, Params};
pub use router::{api_document, router};
pub use server::serve;
pub use visitor::{ApiCaller, Member, SignedIn, Visitor};

pub(crate) use body::read_packed;
pub(crate) use cookies::{end_session, forget_language, keep_theme, start_session};
pub(crate) use params::public_id;
