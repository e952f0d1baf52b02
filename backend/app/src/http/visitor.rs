//! Who asks: found once a request, before any handler, and handed to it by an extractor.

use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{answer, cookies, proxy};
use crate::people::{sessions, tokens};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cadastre_access::TokenScopes;
use cadastre_frontend::{Flash, Theme};
use cadastre_model::{Language, PersonId, PublicId, TokenId, Version, Via};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Whoever asks, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who signed in.
    pub person: Option<SignedIn>,
    /// The language of the answer.
    pub language: Language,
    /// The zone of its times.
    pub zone: Tz,
    /// Light or dark.
    pub theme: Theme,
    /// Where they are, by the nearest proxy that is not trusted.
    pub address: IpAddr,
    /// The request, as in the log.
    pub request_id: String,
    /// Path and query, as asked for.
    pub url: String,
    /// Whether only the inner part of a page is asked for.
    pub is_fragment: bool,
    /// What the last form did.
    pub flash: Option<Flash>,
    /// The version of their own last write.
    pub seen: Option<Version>,
    /// How many notices wait; none for who is not signed in.
    pub bell: Option<i64>,
    /// What forms are signed with: the session's secret, or that of the visit.
    secret: String,
    /// The visit is new, so the answer brings its cookie.
    new_visit: bool,
}

/// Somebody whose session or token is in force.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub id: PersonId,
    /// The id shown outside.
    pub public_id: PublicId,
    /// The name that is shown.
    pub display_name: String,
    /// The name they sign in with.
    pub login: String,
    /// The id of the session; none with a token.
    pub session: Option<PublicId>,
    /// The token; none with a session.
    pub token: Option<(TokenId, TokenScopes)>,
    /// Some notice of theirs is not read, whether they may see it or not.
    pub has_notices: bool,
    /// They have to choose a new password before anything else.
    pub must_change: bool,
    /// Their own settings.
    pub language: Option<Language>,
    /// Their zone.
    pub zone: Option<Tz>,
    /// Their theme.
    pub theme: Option<Theme>,
}

/// Finds out who asks, runs the rest, and puts a failure into their words.
pub(crate) async fn identify(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (visitor, refused) = Visitor::find(&app, &parts).await;
    let visitor = Arc::new(visitor);
    parts.extensions.insert(Arc::clone(&visitor));
    let response = match refused {
        None => next.run(Request::from_parts(parts, body)).await,
        Some(failure) => failure.into_response(),
    };
    let response = answer::in_words(&app, &visitor, response);
    visitor.cookies(&app, response)
}

impl Visitor {
    /// The visitor of a request that has passed [`identify`].
    ///
    /// # Errors
    /// `Internal` on a route that is outside of it: a fault of the router.
    pub fn of(request: &Request) -> Result<Arc<Self>> {
        request.extensions().get::<Arc<Self>>().cloned().ok_or_else(|| Failure::internal("no visitor"))
    }

    /// The token for the forms of this visitor.
    #[must_use]
    pub fn csrf(&self) -> String {
        let digest = Sha256::new().chain_update(b"cadastre csrf").chain_update(&self.secret).finalize();
        URL_SAFE_NO_PAD.encode(digest)
    }

    /// Whether a form carries this visitor's token.
    pub(crate) fn csrf_matches(&self, token: &str) -> bool {
        // Of hashes, so that the time it takes says nothing about the token.
        Sha256::digest(self.csrf()) == Sha256::digest(token)
    }

    /// Waits until the read models have seen this visitor's own last write.
    async fn own_write_is_seen(&self, app: &App) {
        if let Some(version) = self.seen {
            tokio::join!(app.rights().wait_for(version), app.lineage().wait_for(version));
        }
    }

    async fn find(app: &App, parts: &Parts) -> (Self, Option<Failure>) {
        let jar = CookieJar::from_headers(&parts.headers);
        let is_api = parts.uri.path().starts_with("/api/");
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        let session = cookies::value(app, &jar, cookies::SESSION);
        let visit = cookies::value(app, &jar, cookies::VISIT).filter(|value| value.len() >= 32);
        let mut visitor = Self {
            person: None,
            language: language(app, parts, &jar, None),
            zone: Tz::UTC,
            theme: cookies::value(app, &jar, cookies::THEME)
                .map_or(Theme::Auto, |word| Theme::of_word(&word)),
            address: proxy::client_address(app, peer, &parts.headers),
            request_id: uuid::Uuid::now_v7().simple().to_string(),
            url: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            is_fragment: parts.headers.contains_key("hx-request"),
            flash: cookies::value(app, &jar, cookies::FLASH).and_then(|text| answer::read_flash(app, &text)),
            seen: cookies::value(app, &jar, cookies::SEEN).and_then(|text| answer::read_version(app, &text)),
            bell: None,
            secret: String::new(),
            new_visit: false,
        };
        let found = if is_api {
            visitor.seen = parts
                .headers
                .get("cadastre-seen")
                .and_then(|value| answer::read_version(app, value.to_str().ok()?))
                .or(visitor.seen);
            by_token(app, &parts.headers, &parts.uri).await
        } else {
            match &session {
                Some(secret) => sessions::find(app, secret).await,
                None => Ok(None),
            }
        };
        let refused = match found {
            Ok(person) => {
                visitor.person = person;
                None
            }
            Err(failure) => Some(failure),
        };
        if let Some(person) = &visitor.person {
            visitor.language = language(app, parts, &jar, person.language);
            visitor.zone = person.zone.unwrap_or(Tz::UTC);
            visitor.theme = person.theme.unwrap_or(visitor.theme);
        }
        visitor.bell = bell(app, &visitor).await;
        match (session, &visitor.person, visit) {
            (Some(secret), Some(_), _) => visitor.secret = secret,
            (_, _, Some(secret)) => visitor.secret = secret,
            _ => {
                visitor.new_visit = !is_api && refused.is_none();
                visitor.secret = app.keys().random_text(32).unwrap_or_default();
            }
        }
        (visitor, refused)
    }

    /// Adds the cookies that the answer has to bring: of a new visit, of a language chosen in the address, and none of a
    /// message that has been shown.
    fn cookies(&self, app: &App, response: Response) -> Response {
        let mut jar = CookieJar::new();
        let sets = response.headers().get_all(axum::http::header::SET_COOKIE);
        let sets_session =
            sets.iter().any(|v| v.as_bytes().starts_with(cookies::name(app, cookies::SESSION).as_bytes()));
        if self.new_visit && !sets_session {
            jar = jar.add(cookies::make(app, cookies::VISIT, self.secret.clone()));
        }
        if chosen_language(&self.url).is_some() && !self.url.starts_with("/api/") {
            jar = jar.add(cookies::make(app, cookies::LANGUAGE, self.language.as_str()));
        }
        if self.flash.is_some() && response.status().is_success() && !self.is_fragment {
            jar = jar.add(cookies::gone(app, cookies::FLASH));
        }
        (jar, response).into_response()
    }
}

/// How many notices wait for somebody in a browser. Most have none, which the session's query knows.
async fn bell(app: &App, visitor: &Visitor) -> Option<i64> {
    let person = visitor.person.as_ref().filter(|person| person.session.is_some())?;
    if !person.has_notices || visitor.is_fragment {
        return Some(0);
    }
    let caller = Caller::of(app, visitor, person, Via::Page);
    // A page is not refused because its bell can't be counted.
    Some(crate::notices::waiting(app, &caller).await.unwrap_or(0))
}

async fn by_token(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Option<SignedIn>> {
    let in_query = uri.query().is_some_and(|q| {
        q.split('&').any(|pair| pair.starts_with("token=") || pair.starts_with("access_token="))
    });
    if in_query {
        return Err(Failure::new(FailureKind::Unauthenticated, "error-token-in-query"));
    }
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let bad = || Failure::new(FailureKind::Unauthenticated, "error-token");
    let text = header.to_str().map_err(|_| bad())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(bad)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(bad());
    }
    tokens::find(app, token.trim()).await?.map(Some).ok_or_else(bad)
}

/// `?lang` before the cookie, before the person's setting, before what the browser asks for, before English.
fn language(app: &App, parts: &Parts, jar: &CookieJar, setting: Option<Language>) -> Language {
    let url = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    chosen_language(&url)
        .or_else(|| cookies::value(app, jar, cookies::LANGUAGE)?.parse().ok())
        .or(setting)
        .or_else(|| accepted_language(&parts.headers))
        .unwrap_or(Language::En)
}

fn chosen_language(url: &str) -> Option<Language> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")?.parse().ok())
}

fn accepted_language(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(axum::http::header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wanted: Vec<(f32, Language)> = text
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next()?.trim().to_ascii_lowercase();
            let language = match tag.split('-').next()? {
                "zh" => Language::Zh,
                "en" => Language::En,
                _ => return None,
            };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            Some((weight, language))
        })
        .collect();
    // The sort is stable: of two with the same weight the first is meant.
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map(|(_, language)| *language)
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let visitor = parts.extensions.get::<Arc<Self>>().ok_or_else(|| Failure::internal("no visitor"))?;
        Ok(Self::clone(visitor))
    }
}

/// Somebody who is signed in, on a page. Whoever is not is led to sign in and back.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who asks, for the frame of the page.
    pub visitor: Visitor,
    /// Who they are.
    pub person: SignedIn,
    /// What they may do.
    pub caller: Caller,
}

impl Member {
    /// Whoever is signed in, with the rights that are known now; none when nobody is.
    pub(crate) fn of(app: &App, visitor: &Visitor) -> Option<Self> {
        let person = visitor.person.clone()?;
        let caller = Caller::of(app, visitor, &person, Via::Page);
        Some(Self { visitor: visitor.clone(), person, caller })
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let Some(person) = &visitor.person else { return Err(to_sign_in(parts, &visitor)) };
        let path = parts.uri.path();
        if person.must_change && !path.starts_with("/account") && path != "/signout" && path != "/theme" {
            return Err(axum::response::Redirect::to("/account").into_response());
        }
        visitor.own_write_is_seen(app).await;
        Self::of(app, &visitor).ok_or_else(|| to_sign_in(parts, &visitor))
    }
}

/// A page that is asked for is asked for again after signing in; a form that was sent is not.
fn to_sign_in(parts: &Parts, visitor: &Visitor) -> Response {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Failure::unauthenticated().into_response();
    }
    let back: String = url::form_urlencoded::byte_serialize(visitor.url.as_bytes()).collect();
    let to = if visitor.url == "/" { "/signin".to_owned() } else { format!("/signin?next={back}") };
    axum::response::Redirect::to(&to).into_response()
}

/// Somebody who asks by token, in the API.
#[derive(Debug, Clone)]
pub struct ApiCaller {
    /// Who they are.
    pub person: SignedIn,
    /// What they may do.
    pub caller: Caller,
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let person = visitor.person.clone().ok_or_else(Failure::unauthenticated)?;
        visitor.own_write_is_seen(app).await;
        let caller = Caller::of(app, &visitor, &person, Via::Token);
        Ok(Self { person, caller })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_browser_says_which_language_it_likes_best() {
        let cases = [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Zh)),
            ("en-GB,en;q=0.9,zh;q=0.8", Some(Language::En)),
            ("fr, zh;q=0.3, en;q=0.5", Some(Language::En)),
            ("zh-TW", Some(Language::Zh)),
            ("fr", None),
            (";;;q=", None),
        ];
        for (text, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language", HeaderValue::from_static(text));
            assert_eq!(accepted_language(&headers), expected, "{text}");
        }
    }
}
