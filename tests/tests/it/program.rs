//! The real program on the database of a test's register, with nothing of our environment.

use cadastre_tests::register::Register;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// The program, with a folder of its own below `home`, and the keys there in common with others below it. It may crawl
/// loopback.
pub(crate) fn program(register: &Register, home: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cadastre-in-tests"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("DATABASE_URL", register.database.url().as_str())
        .env("CADASTRE_DATA_DIR", home.join(name))
        .env("CADASTRE_KEY_FILE", home.join("keys"))
        .env("CADASTRE_LISTEN", format!("127.0.0.1:{}", free_port()))
        .env("CADASTRE_ALLOW_NETWORKS", "127.0.0.0/8");
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port()
}
