//! Networks and addresses of clients: trusted proxies, and the address that counts as one client.

pub mod forwarded;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Network: first address and prefix length, as in `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix: u32,
}

impl Network {
    /// Returns the networks of this machine and the private networks.
    #[must_use]
    pub fn inside() -> Vec<Self> {
        ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"]
            .into_iter()
            .filter_map(|text| text.parse().ok())
            .collect()
    }

    /// Returns true if the address is within the network; an IPv4 address written as IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, normalized(address)) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                self.prefix == 0 || (first.to_bits() ^ address.to_bits()) >> (32 - self.prefix) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                self.prefix == 0 || (first.to_bits() ^ address.to_bits()) >> (128 - self.prefix) == 0
            }
            _ => false,
        }
    }
}

/// Text that is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a network; use for example 10.0.0.0/8 or ::1")]
pub struct NoNetwork(String);

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(one, other)| (one, Some(other)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= longest).ok_or_else(wrong)?
            }
            Some(_) => return Err(wrong()),
        };
        Ok(Self { first: masked(address, prefix), prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.prefix)
    }
}

fn masked(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// Returns the address with IPv4 in IPv6 notation as IPv4.
#[must_use]
pub fn normalized(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Returns the address that counts as one client: an IPv4 address, or the /64 of an IPv6 address, because one machine
/// can use any address of it.
#[must_use]
pub fn client_network(address: IpAddr) -> IpAddr {
    match normalized(address) {
        IpAddr::V6(address) => masked(address.into(), 64),
        address => address,
    }
}

/// Returns the same for an address as text; other text is returned unchanged.
#[must_use]
pub fn client_network_of(address: &str) -> String {
    match address.parse() {
        Ok(address @ IpAddr::V6(_)) => match client_network(address) {
            network @ IpAddr::V6(_) => format!("{network}/64"),
            network => network.to_string(),
        },
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Parses an address as proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`,
/// `fe80::1%eth0`, with `for=` before it and in quotes. `None` for `unknown` and the obfuscated identifiers of RFC
/// 7239 (`_hidden`).
#[must_use]
pub fn forwarded_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("for=") => &text[4..],
        _ => text,
    };
    let text = text.trim().trim_matches('"').trim();
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        // Only one colon: an IPv4 address with a port.
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    host.split('%').next()?.parse().ok().map(normalized)
}

/// Returns the client of a request that came from `peer` with these hops, the nearest last: the last of them that is
/// not a trusted proxy. Hops before it can be forged.
#[must_use]
pub fn client_address(peer: IpAddr, hops: &[&str], trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = normalized(peer);
    for hop in hops.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = forwarded_address(hop) else { break };
        client = address;
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_contains_its_addresses() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.1.2.3/8", "10.0.0.1", "9.255.255.255"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "203.0.113.9", "2001:db8::1"),
            ("192.0.2.0/31", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::1", "::1", "::2"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
        ] {
            assert!(network(text).contains(address(inside)), "{text} {inside}");
            assert!(!network(text).contains(address(outside)), "{text} {outside}");
        }
        assert_eq!(network("10.1.2.3/8").to_string(), "10.0.0.0/8");
        for wrong in
            ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "localhost", "10.0.0.0/-1", "10/8"]
        {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ipv6_client_is_its_64_bit_network() {
        assert_eq!(client_network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(client_network_of("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
        assert_eq!(client_network_of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(client_network_of("192.0.2.1"), "192.0.2.1");
        assert_eq!(client_network_of("local"), "local");
    }

    #[test]
    fn notations_of_proxies_are_parsed() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1:4711 ", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("For=\"[2001:db8::1]\"", "2001:db8::1"),
            ("for=192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::1"),
        ] {
            assert_eq!(forwarded_address(text), Some(address(expected)), "{text}");
        }
        for wrong in ["", "unknown", "_hidden", "192.0.2", "[2001:db8::1", "ü"] {
            assert_eq!(forwarded_address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_untrusted_hop_is_the_client() {
        let trusted = [network("127.0.0.1"), network("10.0.0.0/8")];
        let client = |peer: &str, hops: &[&str]| client_address(address(peer), hops, &trusted).to_string();
        assert_eq!(client("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["198.51.100.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["198.51.100.1", "203.0.113.9", "10.0.0.7:80"]), "203.0.113.9");
        assert_eq!(client("::ffff:127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            client("203.0.113.9", &["198.51.100.1"]),
            "203.0.113.9",
            "a stranger claims what they like"
        );
        assert_eq!(client("127.0.0.1", &["203.0.113.9", "unknown"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["10.0.0.9", "10.0.0.8"]), "10.0.0.9");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }
}
