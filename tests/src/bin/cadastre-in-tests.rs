//! The program as the tests start it: the same three lines as `backend/app/src/main.rs`, built with the tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    cadastre::cli::run()
}
