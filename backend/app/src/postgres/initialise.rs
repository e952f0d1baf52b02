//! A new cluster: made aside and renamed, so that an interrupted start leaves nothing half made.
//!
//! Each try has a name of its own: after `kill -9` the initdb of the last try may still be writing into its folder.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::{Output, Stdio};

use super::account::Account;
use super::home::{Home, refused};
use super::programs::Programs;
use crate::start::StartError;

const DRAFT: &str = "postgres.new-";

/// Makes the cluster of a home that has none. The home is held, so what an earlier try left is nobody's.
pub(super) async fn initialise(
    home: &Home,
    programs: &Programs,
    account: &Account,
    superuser: &str,
    password: &str,
) -> Result<(), StartError> {
    let draft = home.dir.join(format!("{DRAFT}{}", uuid::Uuid::new_v4().simple()));
    let secret = draft.with_added_extension("secret");
    tracing::info!("making a cluster with {programs} in {}", home.data().display());
    let mut output = None;
    for locale in locales(programs.major) {
        clear(home);
        prepare(&draft, &secret, account, password)?;
        let done = run(&draft, &secret, programs, account, superuser, locale).await?;
        let unknown_locale =
            !done.status.success() && String::from_utf8_lossy(&done.stderr).contains("locale");
        output = Some(done);
        if !unknown_locale {
            break;
        }
    }
    match output {
        Some(output) if output.status.success() => {}
        failed => {
            clear(home);
            let why = failed.map(|output| last_line(&output.stderr)).unwrap_or_default();
            return Err(StartError::Cluster { what: "initdb failed".into(), why });
        }
    }
    fs::remove_file(&secret).map_err(|why| refused(&secret, &why))?;
    fs::rename(&draft, home.data()).map_err(|why| refused(&home.data(), &why))?;
    File::open(&home.dir).and_then(|dir| dir.sync_all()).map_err(|why| refused(&home.dir, &why))
}

/// C.UTF-8 sorts by code point, the same everywhere. From 17 on it is built in; some older systems have only C.
fn locales(major: u32) -> &'static [&'static [&'static str]] {
    if major >= 17 {
        &[&["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]]
    } else {
        &[&["--locale=C.UTF-8"], &["--locale=C"]]
    }
}

async fn run(
    draft: &Path,
    secret: &Path,
    programs: &Programs,
    account: &Account,
    superuser: &str,
    locale: &[&str],
) -> Result<Output, StartError> {
    let mut command = account.command(&programs.path("initdb"));
    command.arg("-D").arg(draft).arg("-U").arg(superuser).arg("--pwfile").arg(secret).args(locale);
    command.args(["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"]);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    output.map_err(|why| StartError::Cluster { what: "cannot run initdb".into(), why: why.to_string() })
}

fn prepare(draft: &Path, secret: &Path, account: &Account, password: &str) -> Result<(), StartError> {
    let prepare = || {
        DirBuilder::new().mode(0o700).create(draft)?;
        account.give(draft)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(secret)?;
        writeln!(file, "{password}")?;
        account.give(secret)
    };
    prepare().map_err(|why| refused(draft, &why))
}

/// Removes what earlier tries left; the home is held, so it is nobody's. What cannot be removed is in nobody's way, and is tried again next time.
pub(super) fn clear(home: &Home) {
    let entries = fs::read_dir(&home.dir).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(DRAFT)) {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        if let Err(why) = removed {
            tracing::warn!("cannot remove {}: {why}", path.display());
        }
    }
}

/// The last line that a program said, without its own name before it.
pub(crate) fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line =
        |line: &&str| !line.trim().is_empty() && !line.starts_with("HINT") && !line.starts_with("hint");
    let said =
        text.lines().rfind(|line| ["error:", "ERROR:", "FATAL:"].iter().any(|word| line.contains(word)));
    let last = said.or_else(|| text.lines().rfind(line)).unwrap_or("it said nothing");
    last.trim().to_owned()
}
