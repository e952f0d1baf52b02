//! One web request to somebody else's address. The name is resolved and judged here, and the line goes to an address that was
//! judged: no second look-up, no proxy, no redirect. What is answered beyond the status is not read.

use super::sign::signature;
use crate::access::Caller;
use crate::app::App;
use crate::notices::subscriptions::address::judged;
use crate::sources::reader::machine_tls;
use cadastre_model::Message;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use url::Url;
use uuid::Uuid;

/// From the first look at the name to the status.
const WITHIN: Duration = Duration::from_secs(8);

/// What is sent.
#[derive(Debug)]
pub(super) struct Post<'a> {
    pub(super) url: &'a Url,
    /// The key that it is signed with.
    pub(super) key: &'a str,
    /// The same whenever the same thing is sent again.
    pub(super) delivery: Uuid,
    pub(super) body: String,
}

/// Why it did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It may arrive another time.
    MayPass(Message),
    /// It will not.
    Final(Message),
}

impl Fault {
    pub(super) fn message(self) -> Message {
        match self {
            Self::MayPass(message) | Self::Final(message) => message,
        }
    }
}

/// Sends it, by the rights of the subscription's person. Any 2xx is an arrival.
pub(super) async fn post(app: &App, caller: &Caller, post: &Post<'_>) -> Result<(), Fault> {
    let sent = tokio::time::timeout(WITHIN, send(app, caller, post)).await;
    let status = sent.unwrap_or_else(|_| Err(Fault::MayPass(Message::new("webhook-too-slow"))))?;
    let said = || Message::new("webhook-status").arg("status", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        _ if status.is_redirection() => Err(Fault::Final(Message::new("webhook-redirect"))),
        StatusCode::GONE => Err(Fault::Final(said())),
        _ => Err(Fault::MayPass(said())),
    }
}

async fn send(app: &App, caller: &Caller, post: &Post<'_>) -> Result<StatusCode, Fault> {
    let quiet = |key: &'static str| move |_: std::io::Error| Fault::MayPass(Message::new(key));
    let judged = judged(app, caller, post.url).await;
    let judged = judged.map_err(|()| Fault::MayPass(Message::new("webhook-address-refused")))?;
    let line = judged.dial().await.map_err(quiet("webhook-no-answer"))?;
    let request = request(app, post)?;
    if post.url.scheme() == "http" {
        return exchange(line, request).await;
    }
    let tls = || Fault::MayPass(Message::new("webhook-tls"));
    let host = post.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|_| tls())?;
    let config = tokio::task::spawn_blocking(machine_tls).await.map_err(|_| tls())?.map_err(|_| tls())?;
    let line =
        TlsConnector::from(Arc::new(config)).connect(name, line).await.map_err(quiet("webhook-tls"))?;
    exchange(line, request).await
}

fn request(app: &App, post: &Post<'_>) -> Result<Request<Full<Bytes>>, Fault> {
    let host = post.url.host_str().unwrap_or_default();
    let host = post.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let timestamp = app.now().timestamp();
    let target = post
        .url
        .query()
        .map_or_else(|| post.url.path().to_owned(), |query| format!("{}?{query}", post.url.path()));
    Request::post(target)
        .header(HOST, host)
        .header(USER_AGENT, concat!("Cadastre/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header("cadastre-delivery", post.delivery.to_string())
        .header("cadastre-timestamp", timestamp.to_string())
        .header("cadastre-signature", signature(post.key, timestamp, &post.body))
        .body(Full::new(Bytes::from(post.body.clone())))
        .map_err(|_| Fault::Final(Message::new("webhook-address-refused")))
}

/// The request, and the status that comes back. The line is dropped with whatever else the other side says.
async fn exchange<L>(line: L, request: Request<Full<Bytes>>) -> Result<StatusCode, Fault>
where
    L: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_: hyper::Error| Fault::MayPass(Message::new("webhook-no-answer"));
    let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await.map_err(broken)?;
    let mut connection = std::pin::pin!(connection);
    let mut answer = std::pin::pin!(sender.send_request(request));
    tokio::select! {
        answer = &mut answer => answer.map(|answer| answer.status()).map_err(broken),
        ended = &mut connection => {
            ended.map_err(broken)?;
            // The connection may be over before its last answer is taken.
            answer.await.map(|answer| answer.status()).map_err(broken)
        }
    }
}
