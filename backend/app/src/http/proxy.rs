//! The address of who asks. `X-Forwarded-For` counts only from proxies that the operator trusts.

use crate::app::App;
use axum::http::HeaderMap;
use std::net::IpAddr;

/// The nearest address that is not one of the trusted proxies.
pub(crate) fn client_address(app: &App, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |address: &IpAddr| app.options().trusted_proxies.iter().any(|net| net.contains(address));
    let peer = peer.to_canonical();
    if !trusted(&peer) {
        return peer;
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.reverse();
    let mut nearest = peer;
    for hop in hops {
        // What is no address was not written by a proxy that is trusted.
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !trusted(&nearest) {
            break;
        }
    }
    nearest
}
