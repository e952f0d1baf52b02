//! People, their sessions and tokens.

mod harness;
