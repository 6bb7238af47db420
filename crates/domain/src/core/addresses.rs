//! Address guard: IP addresses of the public internet. The program fetches addresses that people enter; without this
//! guard it could be sent to addresses that only it can reach: its own machine, the network of the office, metadata of
//! a cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of IPv4 outside of the public internet, by first address and prefix length.
const CLOSED: [([u8; 4], u32, &str); 18] = [
    ([0, 0, 0, 0], 8, "not an address"),
    ([10, 0, 0, 0], 8, "private network"),
    ([100, 64, 0, 0], 10, "provider network"),
    ([127, 0, 0, 0], 8, "this machine"),
    // Metadata services of clouds with names and passwords of machines.
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private network"),
    ([192, 0, 0, 0], 24, "reserved"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 31, 196, 0], 24, "reserved"),
    ([192, 52, 193, 0], 24, "reserved"),
    ([192, 88, 99, 0], 24, "reserved"),
    ([192, 168, 0, 0], 16, "private network"),
    ([192, 175, 48, 0], 24, "reserved"),
    ([198, 18, 0, 0], 15, "for benchmarks"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "for multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// Host address of every machine of one large cloud, the only such address in a public range.
const HOST_OF_CLOUD: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Ranges within the public part of IPv6 that are not public.
const CLOSED_IPV6: [(u128, u32, &str); 4] = [
    (0x2001_0000_0000_0000_0000_0000_0000_0000, 23, "reserved"),
    (0x2001_0db8_0000_0000_0000_0000_0000_0000, 32, "for documentation"),
    // Contains an IPv4 address, which would have to be checked.
    (0x2002_0000_0000_0000_0000_0000_0000_0000, 16, "reserved"),
    (0x3fff_0000_0000_0000_0000_0000_0000_0000, 20, "for documentation"),
];

/// Returns the kind of an address that is not public; `None` for a public one.
#[must_use]
pub fn closed(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) => closed_v6(address),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    if address == HOST_OF_CLOUD {
        return Some("cloud provider");
    }
    let number = address.to_bits();
    CLOSED
        .iter()
        .find(|(first, prefix, _)| {
            number >> (32 - prefix) == Ipv4Addr::from(*first).to_bits() >> (32 - prefix)
        })
        .map(|(_, _, what)| *what)
}

fn closed_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_loopback() {
        return Some("this machine");
    }
    let number = address.to_bits();
    // Public addresses begin with 001; mapped, translated, local and multicast ones do not.
    if number >> 125 != 0b001 {
        return Some("not public");
    }
    CLOSED_IPV6
        .iter()
        .find(|(first, prefix, _)| number >> (128 - prefix) == first >> (128 - prefix))
        .map(|(_, _, what)| *what)
}

/// Returns the kind of a host that is not public, without resolving its name: a number in any notation that programs
/// read, or a name that always means this machine. `None` for all others.
#[must_use]
pub fn closed_host(host: &str) -> Option<&'static str> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_this_machine =
        |name: &str| host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
    if ["localhost", "localhost.localdomain"].into_iter().any(is_this_machine) {
        return Some("this machine");
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // The part after % names a network interface of this machine.
        let address = inner.split('%').next().unwrap_or_default();
        return address.parse().ok().and_then(closed_v6);
    }
    number(&host).and_then(closed_v4)
}

/// Parses an IPv4 address as the C library does: up to four parts, decimal, octal or hexadecimal, of which the last
/// one fills the remaining bytes.
fn number(host: &str) -> Option<Ipv4Addr> {
    let parts = host.split('.').map(part).collect::<Option<Vec<u32>>>()?;
    let (last, before) = parts.split_last()?;
    let left = 4_usize.checked_sub(before.len()).filter(|left| *left > 0)?;
    let bits = 8 * u32::try_from(left).ok()?;
    if before.iter().any(|part| *part > 255) || (bits < 32 && *last >> bits != 0) {
        return None;
    }
    let head = before.iter().fold(0_u64, |number, part| number << 8 | u64::from(*part));
    u32::try_from(head << bits | u64::from(*last)).ok().map(Ipv4Addr::from_bits)
}

fn part(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

/// Returns a web address without possible secrets: scheme and host, as `https://calendar.example/…`.
#[must_use]
pub fn masked_address(address: &str) -> String {
    let Some((scheme, rest)) = address.trim().split_once("://") else { return "…".to_owned() };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // The part before an @ is a user name and password.
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_keeps_scheme_and_host_only() {
        for (address, masked) in [
            ("https://a.example/private-s3cret/basic.ics?key=s3cret", "https://a.example/…"),
            ("webcal://a.example:8443?s3cret", "webcal://a.example:8443/…"),
            ("https://me:s3cret@a.example", "https://a.example/…"),
            ("v1:0011:s3cret", "…"),
            ("", "…"),
        ] {
            assert_eq!(masked_address(address), masked);
        }
    }

    #[test]
    fn closed_host_is_recognized_in_every_notation() {
        for host in [
            "localhost",
            "LocalHost.",
            "calendar.localhost",
            "localhost.localdomain",
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0X7F.0.0.1",
            "0177.0.0.1",
            "0",
            "10.0.0.1",
            "192.168.257",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "[fe80::1%25eth0]",
            "[fd00::1]",
        ] {
            assert!(closed_host(host).is_some(), "{host} is open");
        }
        for host in [
            "calendar.example",
            "localhost.example",
            "notlocalhost",
            "8.8.8.8",
            "134744072",
            "10.example",
            "10.0.0.1.example",
            "256.0.0.1",
            "10.0.0.0.1",
            "+10.0.0.1",
            "4294967296",
            "[2606:4700:4700::1111]",
            "",
            ".",
            "10..1",
            "0x",
        ] {
            assert_eq!(closed_host(host), None, "{host} is closed");
        }
    }

    #[test]
    fn internal_addresses_are_closed() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
        ] {
            assert!(closed(address.parse().unwrap()).is_some(), "{address} is open");
        }
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert_eq!(closed(address.parse().unwrap()), None, "{address} is closed");
        }
    }
}
