//! The one program: see [`cadastre::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    cadastre::cli::run()
}
