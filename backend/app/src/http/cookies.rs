//! Our cookies. Under TLS they carry the `__Host-` prefix, which a browser keeps to this host and path.

use crate::app::App;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cadastre_frontend::Theme;
use chrono::{DateTime, Utc};

/// The session's secret.
pub(crate) const SESSION: &str = "cadastre";
/// A random value for a visitor who is not signed in: what forms are signed with.
pub(crate) const VISIT: &str = "cadastre-visit";
/// The sealed version of the visitor's last write.
pub(crate) const SEEN: &str = "cadastre-seen";
/// The language that was chosen on a page.
pub(crate) const LANGUAGE: &str = "cadastre-lang";
/// Light or dark.
pub(crate) const THEME: &str = "cadastre-theme";
/// What the last form did, shown once; sealed.
pub(crate) const FLASH: &str = "cadastre-flash";

/// The name as it is sent.
pub(crate) fn name(app: &App, name: &str) -> String {
    if app.options().https { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of one of our cookies.
pub(crate) fn value(app: &App, jar: &CookieJar, cookie: &str) -> Option<String> {
    jar.get(&name(app, cookie)).map(|cookie| cookie.value().to_owned())
}

/// A cookie that lasts as long as the browser is open, or until it is taken away.
pub(crate) fn make(app: &App, cookie: &str, value: impl Into<String>) -> Cookie<'static> {
    Cookie::build((name(app, cookie), value.into()))
        .path("/")
        .http_only(true)
        .secure(app.options().https)
        .same_site(SameSite::Lax)
        .build()
}

/// A cookie that takes one of ours away.
pub(crate) fn gone(app: &App, cookie: &str) -> Cookie<'static> {
    let mut cookie = make(app, cookie, "");
    cookie.make_removal();
    cookie
}

/// The cookie of a new session.
pub(crate) fn start_session(app: &App, jar: CookieJar, secret: &str, _until: DateTime<Utc>) -> CookieJar {
    jar.add(make(app, SESSION, secret)).add(gone(app, VISIT))
}

/// Takes the session's cookie away.
pub(crate) fn end_session(app: &App, jar: CookieJar) -> CookieJar {
    jar.add(gone(app, SESSION)).add(gone(app, SEEN))
}

/// Keeps a theme in the browser.
pub(crate) fn keep_theme(app: &App, theme: Theme) -> CookieJar {
    CookieJar::new().add(make(app, THEME, theme.as_str()))
}

/// Takes the language that was chosen on a page away: the person's own setting holds.
pub(crate) fn forget_language(app: &App, jar: CookieJar) -> CookieJar {
    jar.add(gone(app, LANGUAGE))
}
