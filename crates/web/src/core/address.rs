//! Addresses of clients and of the installation, from the headers of trusted proxies only.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State as AxumState};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use obcms_domain::core::networks::{Network, client_address, forwarded};

use crate::core::caller::ClientAddress;
use crate::core::state::State;

/// Header of RFC 7239, used where the older headers are absent.
const FORWARDED: &str = "forwarded";
const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// Headers in which proxies describe their clients.
const FORWARDING: [&str; 6] =
    [FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO, "x-forwarded-port", "x-real-ip", FORWARDED];

/// Returns true if the address is that of a trusted proxy.
#[must_use]
pub fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// Returns the client of a request from `peer`: the last hop that is not a trusted proxy, in all lines of
/// `X-Forwarded-For`, or of `Forwarded` when the other is absent.
#[must_use]
pub fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    // A value that is not text is an unreadable hop, not a missing one.
    let lines = |name: &str| {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("unknown")).collect::<Vec<_>>()
    };
    if headers.contains_key(FORWARDED_FOR) {
        let hops: Vec<&str> = lines(FORWARDED_FOR).into_iter().flat_map(|line| line.split(',')).collect();
        return client_address(peer, &hops, trusted);
    }
    let nodes: Vec<Cow<'_, str>> = lines(FORWARDED)
        .into_iter()
        .flat_map(|line| forwarded::elements(line).into_iter().rev())
        .map(|element| forwarded::parameter(element, "for").unwrap_or(Cow::Borrowed("unknown")))
        .collect();
    let hops: Vec<&str> = nodes.iter().map(AsRef::as_ref).collect();
    client_address(peer, &hops, trusted)
}

/// Marker of a request that came through a proxy, trusted or not.
#[derive(Clone, Copy, Debug)]
pub struct Forwarded;

/// Stores the address of the client, and removes forwarding headers of peers that are not trusted. Layers behind this
/// may trust the remaining headers.
pub async fn resolve(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let trusted = &state.settings.trusted_proxies;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if FORWARDING.iter().any(|name| request.headers().contains_key(*name)) {
        request.extensions_mut().insert(Forwarded);
    }
    if !peer.is_some_and(|peer| is_trusted(peer, trusted)) {
        for name in FORWARDING {
            request.headers_mut().remove(name);
        }
    }
    let client = peer.map(|peer| client_of(peer, request.headers(), trusted));
    let client = client.map_or_else(|| "local".to_owned(), |client| client.to_string());
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

/// Returns true if the client reached the program, or the trusted proxy before it, by HTTPS.
#[must_use]
pub fn came_by_https(headers: &HeaderMap) -> bool {
    forwarded_value(headers, FORWARDED_PROTO, "proto")
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// Returns true if the client uses HTTPS: by the public address, or by the header of a trusted proxy.
#[must_use]
pub fn is_secure(state: &State, headers: &HeaderMap) -> bool {
    state.settings.secure_cookies || came_by_https(headers)
}

/// Returns the address of the installation without a trailing slash: the configured one, else that of this request.
/// Empty when neither is known.
///
/// A client can write any host into its request. So without a configured address the result may only be shown to that
/// client; it must not be sent to others or decide anything.
#[must_use]
pub fn base_address(state: &State, headers: &HeaderMap) -> String {
    match &state.app.options().public_url {
        Some(address) => address.clone(),
        None => requested_host(headers).unwrap_or_default(),
    }
}

/// Returns the host that was requested. A trusted proxy forwards the host that it was asked for.
fn requested_host(headers: &HeaderMap) -> Option<String> {
    let host = forwarded_value(headers, FORWARDED_HOST, "host")
        .or_else(|| last(headers, header::HOST.as_str()).map(Cow::Borrowed))?;
    let scheme = if came_by_https(headers) { "https" } else { "http" };
    is_host(&host).then(|| format!("{scheme}://{host}"))
}

/// Returns a value of the nearest proxy, from its own header or a parameter of `Forwarded`.
fn forwarded_value<'a>(headers: &'a HeaderMap, name: &str, parameter: &str) -> Option<Cow<'a, str>> {
    if headers.contains_key(name) {
        return last(headers, name).map(Cow::Borrowed);
    }
    let line = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
    forwarded::parameter(forwarded::elements(line).first()?, parameter)
}

/// Returns the last value of a header over all its lines: the one that the nearest proxy added.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

/// Returns true if the text is a name or an address, with or without a port, and nothing that would change the rest of
/// the address.
fn is_host(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    (1..=255).contains(&text.len()) && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn came(pairs: &[(&'static str, &str)]) -> Option<String> {
        requested_host(&headers(pairs))
    }

    #[test]
    fn the_address_is_that_of_the_request() {
        let proxy =
            [("host", "inside:8080"), ("x-forwarded-host", "office.example"), ("x-forwarded-proto", "https")];
        assert_eq!(came(&proxy[..1]).as_deref(), Some("http://inside:8080"));
        assert_eq!(came(&proxy).as_deref(), Some("https://office.example"));
        assert_eq!(came(&[("host", "[::1]:8080")]).as_deref(), Some("http://[::1]:8080"));
        assert_eq!(came(&[]), None);
    }

    #[test]
    fn last_value_of_the_nearest_proxy_counts() {
        let lines = [
            ("host", "inside"),
            ("x-forwarded-host", "claimed.example"),
            ("x-forwarded-host", "claimed.example, office.example"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-proto", "HTTPS"),
        ];
        assert_eq!(came(&lines).as_deref(), Some("https://office.example"));
    }

    #[test]
    fn every_line_of_forwarded_hops_counts() {
        let trusted = ["127.0.0.1".parse().unwrap()];
        let lines = headers(&[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1:80")]);
        let of = |peer: &str| client_of(peer.parse().unwrap(), &lines, &trusted).to_string();
        assert_eq!(of("127.0.0.1"), "198.51.100.1");
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn forwarded_header_is_used_where_the_older_ones_are_missing() {
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let of = |pairs: &[(&'static str, &str)]| {
            client_of("127.0.0.1".parse().unwrap(), &headers(pairs), &trusted).to_string()
        };
        for (line, client) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("for=198.51.100.1, for=203.0.113.9:4711;proto=https", "203.0.113.9"),
            ("for=198.51.100.1, For=\"[2001:db8::1]:4711\", for=10.0.0.7", "2001:db8::1"),
            // An unknown client counts as the proxy that names it so.
            ("for=198.51.100.1, for=_hidden", "127.0.0.1"),
            ("for=198.51.100.1, for=unknown, for=10.0.0.7", "10.0.0.7"),
            ("for=198.51.100.1, proto=https", "127.0.0.1"),
            ("for=\"198.51.100.1, for=203.0.113.9", "203.0.113.9"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(of(&[("forwarded", line)]), client, "{line}");
        }
        let lines = [("forwarded", "for=198.51.100.1"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(of(&lines), "203.0.113.9");
        let both = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(of(&both), "203.0.113.9", "the older header has precedence");

        let told =
            "for=192.0.2.1;host=claimed.example, for=192.0.2.2;host=\"office.example:8443\";proto=HTTPS";
        let proxy = [("host", "inside"), ("forwarded", told)];
        assert_eq!(came(&proxy).as_deref(), Some("https://office.example:8443"));
        let both = [proxy[0], proxy[1], ("x-forwarded-host", "older.example"), ("x-forwarded-proto", "http")];
        assert_eq!(came(&both).as_deref(), Some("http://older.example"));
    }

    #[test]
    fn invalid_hosts_are_ignored() {
        for host in ["", "a/b", "a b", "user@a", "a?b", "a#b", "\"a\"", "a\\b", &"a".repeat(256)] {
            assert_eq!(came(&[("host", host)]), None, "{host}");
        }
    }
}
