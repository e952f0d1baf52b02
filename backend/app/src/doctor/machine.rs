//! What can be told without the database: configuration, port, directory, disk, keys, programs.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, Uid, access};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::Finding;
use crate::config::{Config, Loaded};
use crate::keys::Keys;
use crate::postgres::Programs;

/// Less than this and PostgreSQL may stop any moment.
const DISK_FAIL: u64 = 512 << 20;
/// Less than this is worth a word.
const DISK_WARN: u64 = 5 << 30;

pub(super) fn configuration(loaded: &Loaded) -> Finding {
    let file = loaded.file.as_ref().map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    if loaded.unknown_variables.is_empty() {
        return Finding::ok("configuration", file);
    }
    let names = loaded.unknown_variables.join(", ");
    Finding::warn("configuration", format!("{file}; {names} name no key"), "`cadastre config` lists the keys")
}

pub(super) fn network(config: &Config) -> Finding {
    let says = format!("{} as {}", config.listen, config.address());
    if config.insecure_http && !config.is_https() && !config.listen.ip().is_loopback() {
        return Finding::warn(
            "network",
            format!("{says}, without TLS"),
            "put a proxy with TLS in front, and set public_url and trusted_proxies",
        );
    }
    if config.is_https() && config.trusted_proxies.is_empty() {
        return Finding::warn(
            "network",
            says,
            "set trusted_proxies, or all visitors seem to come from the proxy's address",
        );
    }
    Finding::ok("network", says)
}

pub(super) async fn port(config: &Config) -> Finding {
    match TcpListener::bind(config.listen).await {
        Ok(_) => Finding::ok("port", format!("{} is free", config.listen)),
        Err(why) if why.kind() == ErrorKind::AddrInUse && is_cadastre(config).await => {
            Finding::ok("port", format!("a cadastre answers at {}", config.listen))
        }
        Err(why) => Finding::fail("port", format!("{}: {why}", config.listen), "choose another by --listen"),
    }
}

/// Whether whoever has the port answers `/livez` as we do.
async fn is_cadastre(config: &Config) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(config.listen).await?;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    matches!(timeout(Duration::from_secs(2), ask).await, Ok(Ok(answer)) if answer.contains("live"))
}

pub(super) fn data_dir(config: &Config) -> Finding {
    let dir = &config.data_dir;
    let place = dir.display();
    let Ok(metadata) = fs::metadata(dir) else {
        let above = existing(dir);
        return match access(above, AccessFlags::W_OK | AccessFlags::X_OK) {
            Ok(()) => Finding::ok("data directory", format!("{place} is not there yet, and can be made")),
            Err(_) => Finding::fail(
                "data directory",
                format!("{place} cannot be made in {}", above.display()),
                "choose another data_dir, or make it and give it to this user",
            ),
        };
    };
    if access(dir, AccessFlags::W_OK | AccessFlags::X_OK).is_err() {
        let advice = "give it to this user, or choose another data_dir";
        return Finding::fail("data directory", format!("this user may not write in {place}"), advice);
    }
    if metadata.permissions().mode() & 0o022 != 0 && metadata.uid() == Uid::effective().as_raw() {
        return Finding::fail(
            "data directory",
            format!("others may write in {place}"),
            format!("chmod go-w {place}"),
        );
    }
    Finding::ok("data directory", place)
}

pub(super) fn disk(config: &Config) -> Finding {
    let place = existing(&config.data_dir);
    let Ok(disk) = statvfs(place) else {
        return Finding::warn(
            "disk",
            format!("{} cannot be measured", place.display()),
            "look at it yourself",
        );
    };
    // The numbers have other widths on other systems.
    let bytes = u128::from(disk.blocks_available()) * u128::from(disk.fragment_size());
    let free = u64::try_from(bytes).unwrap_or(u64::MAX);
    let says = format!("{} MB free at {}", free >> 20, place.display());
    match free {
        0..DISK_FAIL => Finding::fail("disk", says, "free some space before PostgreSQL stops"),
        DISK_FAIL..DISK_WARN => Finding::warn("disk", says, "plan for more"),
        _ => Finding::ok("disk", says),
    }
}

pub(super) fn keys(config: &Config) -> Finding {
    let path = config.key_file();
    if !path.exists() {
        let says = format!("{} is not there yet", path.display());
        return Finding::warn("keys", says, "`cadastre serve` makes it, unless the register has one already");
    }
    match Keys::read(&path) {
        Err(error) => Finding::error("keys", error),
        Ok(keys) => {
            let says =
                format!("{}: seals by {}, opens {}", path.display(), keys.current(), keys.ids().count());
            match fs::metadata(&path) {
                Ok(metadata) if metadata.permissions().mode() & 0o040 != 0 => Finding::warn(
                    "keys",
                    format!("{says}; its group may read it"),
                    "chmod 600, unless that is meant",
                ),
                _ => Finding::ok("keys", says),
            }
        }
    }
}

/// PostgreSQL's server programs matter to the private one only; pg_dump is looked at where the server is known.
pub(super) async fn programs(config: &Config) -> Option<Finding> {
    if config.database_url().is_some() {
        return None;
    }
    let data = config.data_dir.join("postgres");
    let wrote = fs::read_to_string(data.join("PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
    let found =
        Programs::find(config.postgres_bin.as_deref(), wrote.map(|major| (major, data.as_path()))).await;
    Some(match found {
        Ok(programs) => Finding::ok("programs", programs),
        Err(error) => Finding::error("programs", error),
    })
}

/// The nearest folder that is there.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"))
}
