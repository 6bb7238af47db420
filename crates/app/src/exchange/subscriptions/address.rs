//! Addresses of external calendars: validation and redirects.

use obcms_domain::core::addresses::closed_host;
use obcms_domain::core::message::Message;
use ureq::http::Uri;

/// Converts an entered address to a web address. `webcal:` means a subscription over https, else http.
pub fn web_address(text: &str) -> Result<String, Message> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let after = |scheme: &str| text.get(scheme.len()..).unwrap_or_default();
    let web = if lower.starts_with("webcal://") {
        format!("https://{}", after("webcal://"))
    } else if lower.starts_with("webcals://") {
        format!("https://{}", after("webcals://"))
    } else if lower.starts_with("https://") || lower.starts_with("http://") {
        // The fragment is for the client, not for the server.
        text.split('#').next().unwrap_or_default().to_owned()
    } else {
        return Err("Must be an address that starts with https://, http:// or webcal://.".into());
    };
    let wrong = || Message::new("This is not a valid address. Copy it again from the calendar.");
    let uri: Uri = web.parse().map_err(|_| wrong())?;
    let authority = uri.authority().ok_or_else(wrong)?;
    if authority.as_str().contains('@') {
        return Err(
            "The address must not contain a user name or password, because everyone who sees the calendar would see them.".into(),
        );
    }
    if authority.host().is_empty() {
        return Err(wrong());
    }
    Ok(web)
}

/// Returns the address to try when a `webcal:` address does not answer over https.
#[must_use]
pub fn without_tls(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    scheme.eq_ignore_ascii_case("webcal").then(|| format!("http://{rest}"))
}

/// Returns the type of a host that is recognizably not on the public internet, without a name lookup.
pub fn visibly_closed(web: &str) -> Option<&'static str> {
    let uri: Uri = web.parse().ok()?;
    uri.host().and_then(closed_host)
}

/// Resolves the `location` of a redirect against `from` (RFC 3986 5.2, as far as servers use it).
#[must_use]
pub fn join(from: &Uri, location: &str) -> Option<String> {
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let location = location.split('#').next().unwrap_or_default();
    if location.is_empty() {
        return None;
    }
    if location.contains("://") && !location.starts_with(['/', '?']) {
        return Some(location.to_owned());
    }
    if let Some(rest) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if location.starts_with('/') {
        return Some(format!("{scheme}://{authority}{location}"));
    }
    if location.starts_with('?') {
        return Some(format!("{scheme}://{authority}{}{location}", from.path()));
    }
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{scheme}://{authority}{folder}/{location}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_web_addresses() {
        for (given, web) in [
            ("https://a.example/c.ics", "https://a.example/c.ics"),
            ("webcal://a.example/c.ics?x=1", "https://a.example/c.ics?x=1"),
            ("WEBCAL://a.example/c", "https://a.example/c"),
            (" http://a.example:8080/ ", "http://a.example:8080/"),
            ("https://a.example/c.ics#today", "https://a.example/c.ics"),
        ] {
            assert_eq!(web_address(given).as_deref(), Ok(web));
        }
        for wrong in [
            "",
            "a.example",
            "ftp://a.example",
            "file:///etc/passwd",
            "gopher://a.example",
            "https://",
            "https:///c.ics",
            "https://a b/",
            "https://u:p@a.example/",
            "javascript:alert(1)",
        ] {
            assert!(web_address(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn redirect_location_is_resolved() {
        let from: Uri = "https://a.example/one/two.ics?x=1".parse().unwrap();
        for (location, target) in [
            ("https://b.example/c", Some("https://b.example/c")),
            ("//b.example/c", Some("https://b.example/c")),
            ("/three", Some("https://a.example/three")),
            ("three", Some("https://a.example/one/three")),
            ("?y=2", Some("https://a.example/one/two.ics?y=2")),
            ("/login?next=https://b.example/", Some("https://a.example/login?next=https://b.example/")),
            ("", None),
            ("#top", None),
        ] {
            assert_eq!(join(&from, location).as_deref(), target, "{location}");
        }
    }
}
