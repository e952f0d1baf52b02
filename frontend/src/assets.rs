//! The files that pages load: stylesheet, scripts, mark. Inside the binary; in debug builds read from disk.
//!
//! An address holds the hash of what it serves, so it may be kept for ever. Compression is the server's.

use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Embedded;

/// What may be served, with its type. What else lies in the folder stays inside.
const SERVED: [(&str, &str); 6] = [
    ("css/app.css", "text/css; charset=utf-8"),
    ("js/htmx.min.js", "text/javascript; charset=utf-8"),
    ("js/shell.js", "text/javascript; charset=utf-8"),
    ("js/progress.js", "text/javascript; charset=utf-8"),
    ("js/lineage.js", "text/javascript; charset=utf-8"),
    ("icons/mark.svg", "image/svg+xml"),
];

/// The names of all files that are served.
pub fn asset_names() -> impl Iterator<Item = &'static str> {
    SERVED.iter().map(|(name, _)| *name)
}

/// The address of a file, as `/_/1f0c…/css/app.css`. A name that is not served gives an address that is not found.
#[must_use]
pub fn asset_url(name: &str) -> String {
    match Embedded::get(name) {
        Some(file) => format!("/_/{}/{name}", fingerprint(&file)),
        None => format!("/_/none/{name}"),
    }
}

/// The bytes and the type of a file by what follows `/_/` in its address: `{hash}/{name}`. `None` when there is no such
/// file, or not any more in this form.
#[must_use]
pub fn asset(path: &str) -> Option<(Cow<'static, [u8]>, &'static str)> {
    let (hash, name) = path.split_once('/')?;
    let (_, mime) = SERVED.iter().find(|(served, _)| *served == name)?;
    let file = Embedded::get(name)?;
    (fingerprint(&file) == hash).then_some((file.data, *mime))
}

/// The hash comes with the file: made when it was put into the binary, or read from disk. Each page asks for several.
fn fingerprint(file: &EmbeddedFile) -> String {
    hex::encode(&file.metadata.sha256_hash()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_served_under_its_own_hash() {
        for name in asset_names() {
            let url = asset_url(name);
            let (bytes, _) = asset(url.strip_prefix("/_/").unwrap()).unwrap();
            assert!(!bytes.is_empty(), "{name}");
        }
    }

    #[test]
    fn another_hash_or_another_file_is_not_found() {
        assert!(asset("0000000000000000/css/app.css").is_none());
        for name in ["VENDORED.md", "icons/sprite.svg", "../Cargo.toml", ""] {
            let url = asset_url(name);
            assert!(asset(url.trim_start_matches("/_/")).is_none(), "{name}");
        }
    }
}
