//! People, their sessions and tokens.

mod administrators;
mod by_page;
mod harness;
mod history;
mod managed;
mod secrets;
mod set_up;
mod signing_in;
mod teams;
mod tokens;
