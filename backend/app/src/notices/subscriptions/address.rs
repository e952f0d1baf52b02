//! Where requests may go: by the guard of the sources. Public addresses by TLS only. What the operator allows to sources,
//! private networks and loopback, for who has the register go there anyway, and then without TLS too.

use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::sources::reader::dial::{AllowedNetwork, Judged};
use cadastre_model::Action;
use std::time::Duration;
use url::Url;

/// A longer address is none.
const LONGEST: usize = 2_000;

/// A name is resolved within this time.
const RESOLVE: Duration = Duration::from_secs(5);

/// An address that somebody typed.
///
/// # Errors
/// `Invalid` at `address`. Which of the refused it is, is not said: it would tell what the inner network holds.
pub(super) async fn checked(app: &App, caller: &Caller, typed: &str) -> Result<Url> {
    let wrong = |key: &'static str| Failure::invalid("address", key);
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(wrong("subscription-address-missing"));
    }
    let url = Url::parse(typed).ok().filter(|_| typed.len() <= LONGEST).filter(is_plain);
    let url = url.ok_or_else(|| wrong("subscription-address-wrong"))?;
    judged(app, caller, &url).await.map_err(|()| wrong("subscription-address-refused"))?;
    Ok(url)
}

fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

/// The addresses behind it, resolved and judged now; what is dialled afterwards is one of these and nothing else.
///
/// # Errors
/// When there is none, or one of them may not be dialled.
pub(in crate::notices) async fn judged(
    app: &App,
    caller: &Caller,
    url: &Url,
) -> std::result::Result<Judged, ()> {
    let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or(())?;
    let networks: &[AllowedNetwork] =
        if caller.may_somewhere(Action::ManageSources) { &app.options().networks } else { &[] };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let resolved = tokio::time::timeout(RESOLVE, Judged::resolve(host, port, networks)).await;
    let judged = resolved.map_err(|_| ())?.map_err(|_| ())?;
    if url.scheme() == "http" && !judged.are_listed(networks) {
        return Err(());
    }
    Ok(judged)
}

/// The address for people: scheme, host and port. A path may hold a secret.
pub(super) fn shown(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    if url.path() == "/" && url.query().is_none() { origin } else { format!("{origin}/…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_the_web_and_holds_no_password() {
        for text in [
            "ftp://example.org/",
            "https://ada:secret@example.org/",
            "file:///etc/passwd",
            "https://example.org/#x",
        ] {
            assert!(!Url::parse(text).is_ok_and(|url| is_plain(&url)), "{text}");
        }
        assert!(is_plain(&Url::parse("https://example.org:8443/hook?to=x").unwrap()));
    }

    #[test]
    fn what_is_shown_holds_nothing_of_the_path() {
        let shown = |text: &str| shown(&Url::parse(text).unwrap());
        assert_eq!(shown("https://example.org/services/T0/B0/XYZ"), "https://example.org/…");
        assert_eq!(shown("http://127.0.0.1:9000"), "http://127.0.0.1:9000");
        assert_eq!(shown("https://example.org/?key=s3cret"), "https://example.org/…");
    }
}
