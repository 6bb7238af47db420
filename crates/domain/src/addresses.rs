//! Which addresses of the network are open to everybody. The program fetches what people name; without this it could
//! be sent to look at what only it can reach: its own machine, the office's network, the secrets of a cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of IPv4 that are not addresses of the open network, by first address and length of the prefix.
const CLOSED: [([u8; 4], u32, &str); 18] = [
    ([0, 0, 0, 0], 8, "no address"),
    ([10, 0, 0, 0], 8, "of a private network"),
    ([100, 64, 0, 0], 10, "within the network of a provider"),
    ([127, 0, 0, 0], 8, "this machine"),
    // Names and passwords of machines in a cloud are kept here.
    ([169, 254, 0, 0], 16, "of the local link"),
    ([172, 16, 0, 0], 12, "of a private network"),
    ([192, 0, 0, 0], 24, "reserved"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 31, 196, 0], 24, "reserved"),
    ([192, 52, 193, 0], 24, "reserved"),
    ([192, 88, 99, 0], 24, "reserved"),
    ([192, 168, 0, 0], 16, "of a private network"),
    ([192, 175, 48, 0], 24, "reserved"),
    ([198, 18, 0, 0], 15, "for measurements"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "for many at once"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// The machine behind every machine of one large cloud, the only such address in the open range.
const HOST_OF_CLOUD: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Ranges within the open part of IPv6 that are not open.
const CLOSED_IPV6: [(u128, u32, &str); 4] = [
    (0x2001_0000_0000_0000_0000_0000_0000_0000, 23, "reserved"),
    (0x2001_0db8_0000_0000_0000_0000_0000_0000, 32, "for documentation"),
    // Carries an address of IPv4 that we would have to look into.
    (0x2002_0000_0000_0000_0000_0000_0000_0000, 16, "reserved"),
    (0x3fff_0000_0000_0000_0000_0000_0000_0000, 20, "for documentation"),
];

/// What an address that is not open to everybody is; nothing for one that is.
#[must_use]
pub fn closed(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) => closed_v6(address),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    if address == HOST_OF_CLOUD {
        return Some("of the cloud's own");
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
    // Everything that is open to everybody begins with 001; what is mapped, translated, local or for many does not.
    if number >> 125 != 0b001 {
        return Some("not of the open network");
    }
    CLOSED_IPV6
        .iter()
        .find(|(first, prefix, _)| number >> (128 - prefix) == first >> (128 - prefix))
        .map(|(_, _, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_machine_reaches_is_closed() {
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
    fn the_open_network_is_open() {
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
