//! Values of the configuration that have a form of their own.

use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Several values: an array in the file; text with commas or spaces between them elsewhere.
#[derive(Debug, Clone)]
pub struct List<T>(Vec<T>);

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of texts, or one text with commas between the values")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<List<T>, E> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        parts.map(|part| one(part)).collect::<Result<_, E>>().map(List)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<List<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(text) = sequence.next_element::<String>()? {
            values.push(one(&text)?);
        }
        Ok(List(values))
    }
}

fn one<T: FromStr<Err: fmt::Display>, E: Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(|why| E::custom(format!("{text}: {why}")))
}

/// A length of time as people write it: `30m`, `12h`, `14d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub struct Span(Duration);

impl Deref for Span {
    type Target = Duration;

    fn deref(&self) -> &Duration {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_duration(&text)
            .map(Span)
            .map_err(|_| D::Error::custom(format!("{text} is no length of time: write 30m, 12h or 14d")))
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A network that sources may be in though it is private or loopback: `10.0.0.0/8`, `127.0.0.1/32:5433`,
/// `[fd00::/8]:5432`, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowedNetwork {
    network: IpNet,
    port: Option<u16>,
}

impl AllowedNetwork {
    /// Whether `address` lies in the network, at the port if one is named. An IPv4 address written as an IPv6 one
    /// (`::ffff:127.0.0.1`) counts as the IPv4 address.
    pub fn allows(&self, address: SocketAddr) -> bool {
        self.network.contains(&address.ip().to_canonical())
            && self.port.is_none_or(|port| port == address.port())
    }
}

impl FromStr for AllowedNetwork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (network, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (network, port) = rest.split_once(']').ok_or("a ] is missing")?;
                (network, port.strip_prefix(':'))
            }
            None if text.matches(':').count() == 1 => {
                text.split_once(':').map_or((text, None), |(network, port)| (network, Some(port)))
            }
            None => (text, None),
        };
        let port = port.map(str::parse).transpose().map_err(|_| "the port is a number up to 65535")?;
        let network = network
            .parse::<IpNet>()
            .or_else(|_| network.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| "write a network as 10.0.0.0/8, with a port as 127.0.0.1/32:5433")?;
        Ok(AllowedNetwork { network, port })
    }
}

impl fmt::Display for AllowedNetwork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.network, self.port) {
            (network, None) => write!(formatter, "{network}"),
            (IpNet::V4(network), Some(port)) => write!(formatter, "{network}:{port}"),
            (IpNet::V6(network), Some(port)) => write!(formatter, "[{network}]:{port}"),
        }
    }
}
