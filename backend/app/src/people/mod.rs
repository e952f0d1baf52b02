//! People: how they are added, how they sign in, which tokens and teams they have.

pub mod password;
pub(crate) mod sessions;
mod sign_in;
pub(crate) mod throttle;
pub(crate) mod tokens;

pub use sign_in::{Credentials, sign_in, sign_out};
