//! Where people reach the program, for links that leave it: addresses of feeds, of shared calendars, of new accounts.

use axum::http::{HeaderMap, header};

use crate::state::State;

/// The address of the installation without a slash at its end: as it was set, else as this request came. Empty when
/// neither tells.
///
/// Whoever asks can write any host into their request. So without a set address this is good for what is shown to
/// them alone, and for nothing that is sent to others or decides anything.
#[must_use]
pub fn base_address(state: &State, headers: &HeaderMap) -> String {
    match &state.app.options().public_url {
        Some(address) => address.clone(),
        None => asked(headers, state.settings.trusted_proxy).unwrap_or_default(),
    }
}

/// The address that a request came to. A proxy that can be believed tells what it was asked for itself.
fn asked(headers: &HeaderMap, trusted_proxy: bool) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let forwarded = |name: &str| text(name).filter(|_| trusted_proxy);
    let host = forwarded("x-forwarded-host").or_else(|| text(header::HOST.as_str()))?;
    let scheme = if forwarded("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    is_host(host).then(|| format!("{scheme}://{host}"))
}

/// Whether the text is a name or an address, perhaps with a port, and nothing that would change what follows it.
fn is_host(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    (1..=255).contains(&text.len()) && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn came(pairs: &[(&'static str, &str)], trusted_proxy: bool) -> Option<String> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        asked(&HeaderMap::from_iter(pairs), trusted_proxy)
    }

    #[test]
    fn the_address_is_that_of_the_request() {
        let proxy =
            [("host", "inside:8080"), ("x-forwarded-host", "office.example"), ("x-forwarded-proto", "https")];
        assert_eq!(came(&proxy, false).as_deref(), Some("http://inside:8080"));
        assert_eq!(came(&proxy, true).as_deref(), Some("https://office.example"));
        assert_eq!(came(&[("host", "[::1]:8080")], true).as_deref(), Some("http://[::1]:8080"));
        assert_eq!(came(&[], true), None);
    }

    #[test]
    fn what_is_no_host_is_left_out() {
        for host in ["", "a/b", "a b", "user@a", "a?b", "a#b", "\"a\"", "a\\b", "a,b", &"a".repeat(256)] {
            assert_eq!(came(&[("host", host)], false), None, "{host}");
        }
    }
}
