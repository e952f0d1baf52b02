//! The guard in front of every line to a source: a name is resolved once, all its addresses are judged, and only a
//! judged address is dialled, so there is no second look-up that could answer differently.
//!
//! Public addresses may be dialled. Loopback, private and shared networks only where the operator's allow-list has
//! them. Link-local and metadata addresses, multicast and the unspecified address never. Paths and sockets do not get
//! here: a [`Connection`](super::Connection) has no way to write one.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio::net::{TcpStream, lookup_host};

/// A network that the operator allows, on all ports or one: `10.0.0.0/8`, `127.0.0.1/32:5433`, `[fd00::/8]:5432`.
/// An address alone stands for itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AllowedNetwork {
    network: IpNet,
    port: Option<u16>,
}

impl AllowedNetwork {
    /// A network on one port, or on all.
    #[must_use]
    pub const fn new(network: IpNet, port: Option<u16>) -> Self {
        Self { network, port }
    }

    fn holds(&self, address: SocketAddr) -> bool {
        self.network.contains(&address.ip()) && self.port.is_none_or(|port| port == address.port())
    }
}

/// Not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a network; write 10.0.0.0/8, 127.0.0.1/32:5433 or [fd00::/8]:5432")]
pub struct NotANetwork(String);

impl FromStr for AllowedNetwork {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_network(text.trim()).ok_or_else(|| NotANetwork(text.to_owned()))
    }
}

fn parse_network(text: &str) -> Option<AllowedNetwork> {
    let plain = |text: &str| {
        text.parse::<IpNet>()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
            .map(|net| net.trunc())
    };
    if let Some(network) = plain(text) {
        return Some(AllowedNetwork { network, port: None });
    }
    let (network, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let bracketed = network.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let network = plain(bracketed.unwrap_or(network))?;
    // Without brackets, `fd00::1:5432` is an address and not a network with a port.
    let readable = bracketed.is_some() == matches!(network, IpNet::V6(_));
    readable.then_some(AllowedNetwork { network, port: Some(port) })
}

impl TryFrom<String> for AllowedNetwork {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AllowedNetwork> for String {
    fn from(network: AllowedNetwork) -> Self {
        network.to_string()
    }
}

impl fmt::Display for AllowedNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.network, self.port) {
            (network, None) => write!(f, "{network}"),
            (IpNet::V4(network), Some(port)) => write!(f, "{network}:{port}"),
            (IpNet::V6(network), Some(port)) => write!(f, "[{network}]:{port}"),
        }
    }
}

/// What stands between us and a host.
#[derive(Debug)]
pub enum Blocked {
    /// The name has no address.
    NoAddress(std::io::Error),
    /// One of its addresses may not be dialled.
    NotAllowed(IpAddr),
}

/// Addresses that were judged good. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Judged(Vec<SocketAddr>);

impl Judged {
    /// Resolves a host (no brackets, no final dot) once and judges every address.
    ///
    /// # Errors
    /// When the name has no address, or any of its addresses is not allowed.
    pub async fn resolve(host: &str, port: u16, networks: &[AllowedNetwork]) -> Result<Self, Blocked> {
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => lookup_host((host, port)).await.map_err(Blocked::NoAddress)?.collect(),
        };
        Self::judge(addresses, networks)
    }

    /// Judges addresses, whatever resolved them.
    ///
    /// # Errors
    /// When there is none, or any of them is not allowed.
    pub fn judge(addresses: Vec<SocketAddr>, networks: &[AllowedNetwork]) -> Result<Self, Blocked> {
        if addresses.is_empty() {
            return Err(Blocked::NoAddress(std::io::ErrorKind::NotFound.into()));
        }
        match addresses.iter().find(|address| !may_dial(**address, networks)) {
            Some(address) => Err(Blocked::NotAllowed(address.ip())),
            None => Ok(Self(addresses)),
        }
    }

    /// The addresses, for the log.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.0
    }

    /// Whether the operator's list has every one of them.
    #[must_use]
    pub fn are_listed(&self, networks: &[AllowedNetwork]) -> bool {
        self.0.iter().all(|address| networks.iter().any(|network| network.holds(*address)))
    }

    /// Dials one after the other until somebody answers. Bounded by the caller.
    ///
    /// # Errors
    /// The last address's error, when none answered.
    pub async fn dial(&self) -> std::io::Result<TcpStream> {
        let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
        for address in &self.0 {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

fn may_dial(address: SocketAddr, networks: &[AllowedNetwork]) -> bool {
    let mut faces = faces(address.ip());
    faces.all(|ip| match reach(ip) {
        Reach::Public => true,
        Reach::Never => false,
        Reach::ByList => networks.iter().any(|network| network.holds(SocketAddr::new(ip, address.port()))),
    })
}

/// The address, and the IPv4 address that it may carry inside. A mapped address is its IPv4 address and nothing else.
fn faces(ip: IpAddr) -> impl Iterator<Item = IpAddr> {
    let (outer, inner) = match ip {
        IpAddr::V4(_) => (Some(ip), None),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => (None, Some(v4)),
            None => (Some(ip), carried(v6)),
        },
    };
    outer.into_iter().chain(inner.map(IpAddr::V4))
}

/// IPv4 inside IPv6: compatible (`::a.b.c.d`), translated (`64:ff9b::`), 6to4 (`2002:`).
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x64, 0xff9b) => Some(v4(g, h)),
        (0x2002, _) => Some(v4(b, c)),
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0) && g != 0 => Some(v4(g, h)),
        _ => None,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Reach {
    Public,
    ByList,
    Never,
}

fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

/// Where clouds answer with credentials, outside the link-local range.
const METADATA_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

fn reach_v4(ip: Ipv4Addr) -> Reach {
    match ip.octets() {
        _ if METADATA_V4.contains(&ip) => Reach::Never,
        // This host, link-local, protocol assignments, multicast, reserved and broadcast.
        [0, ..] | [169, 254, ..] | [192, 0, 0, _] | [224..=255, ..] => Reach::Never,
        [10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::ByList,
        // Shared by a provider's customers, and benchmarks.
        [100, 64..=127, ..] | [198, 18..=19, ..] => Reach::ByList,
        _ => Reach::Public,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    match ip.segments()[0] {
        _ if ip == METADATA_V6 || ip.is_unspecified() => Reach::Never,
        _ if ip.is_loopback() => Reach::ByList,
        // Link-local, multicast.
        0xfe80..=0xfebf | 0xff00..=0xffff => Reach::Never,
        // Unique local, and the site-local that came before it.
        0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::ByList,
        // Global unicast, and the translator's prefix, whose IPv4 address is judged beside it.
        0x2000..=0x3fff | 0x64 => Reach::Public,
        // IPv4-compatible: judged by what it carries; everything else is not in use.
        0 => Reach::ByList,
        _ => Reach::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(ip: &str, port: u16, list: &[&str]) -> bool {
        let networks: Vec<AllowedNetwork> = list.iter().map(|text| text.parse().unwrap()).collect();
        Judged::judge(vec![SocketAddr::new(ip.parse().unwrap(), port)], &networks).is_ok()
    }

    const EVERYTHING: &[&str] = &["0.0.0.0/0", "::/0"];

    #[test]
    fn public_addresses_need_no_list() {
        for ip in
            ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
        {
            assert!(allowed(ip, 5432, &[]), "{ip}");
        }
    }

    #[test]
    fn private_addresses_need_the_list() {
        for ip in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fd12::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
        ] {
            assert!(!allowed(ip, 5432, &[]), "{ip}");
            assert!(allowed(ip, 5432, EVERYTHING), "{ip} with a list");
        }
    }

    #[test]
    fn no_list_opens_metadata_multicast_or_the_unspecified_address() {
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "192.0.0.192",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::169.254.169.254",
        ] {
            assert!(!allowed(ip, 5432, EVERYTHING), "{ip}");
        }
    }

    #[test]
    fn a_port_in_the_list_opens_that_port_only() {
        assert!(allowed("127.0.0.1", 5433, &["127.0.0.1/32:5433"]));
        assert!(!allowed("127.0.0.1", 5432, &["127.0.0.1/32:5433"]));
        assert!(!allowed("127.0.0.2", 5433, &["127.0.0.1/32:5433"]));
        assert!(allowed("::ffff:127.0.0.1", 5433, &["127.0.0.1/32:5433"]));
        assert!(allowed("::1", 5433, &["[::1/128]:5433"]));
        assert!(!allowed("::1", 5434, &["[::1]:5433"]));
    }

    #[test]
    fn one_bad_address_among_good_ones_is_enough() {
        let mixed = vec!["1.1.1.1:5432".parse().unwrap(), "127.0.0.1:5432".parse().unwrap()];
        assert!(matches!(Judged::judge(mixed, &[]), Err(Blocked::NotAllowed(ip)) if ip.is_loopback()));
    }

    #[test]
    fn networks_are_written_as_they_are_read() {
        for text in ["10.0.0.0/8", "127.0.0.1/32:5433", "fd00::/8", "[fd00::/8]:5432"] {
            assert_eq!(text.parse::<AllowedNetwork>().unwrap().to_string(), text);
        }
        assert_eq!("10.1.2.3".parse::<AllowedNetwork>().unwrap().to_string(), "10.1.2.3/32");
        assert_eq!("10.1.2.3/8".parse::<AllowedNetwork>().unwrap().to_string(), "10.0.0.0/8");
        for text in [
            "",
            "10.0.0.0/33",
            "example.org",
            "10.0.0.0/8:0",
            "10.0.0.0/8:x",
            "/run/postgresql",
            "[10.0.0.0/8]:1",
        ] {
            assert!(text.parse::<AllowedNetwork>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn odd_spellings_of_loopback_are_resolved_and_then_refused() {
        for host in ["localhost", "localhost.", "127.1", "0x7f000001", "2130706433", "127.0.0.1"] {
            match Judged::resolve(host, 5432, &[]).await {
                Err(Blocked::NotAllowed(ip)) => assert!(ip.is_loopback(), "{host} → {ip}"),
                Err(Blocked::NoAddress(_)) => {}
                Ok(judged) => panic!("{host} → {judged:?}"),
            }
        }
    }
}
