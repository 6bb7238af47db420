//! Return addresses: the page that a form or link redirects to.

/// Longest accepted return address.
pub const LONGEST: usize = 2_000;

/// Rounds of percent-decoding that are checked: proxies and scripts may decode once more.
const DECODED: usize = 3;

/// Returns `given` if it is a path of this site in every reading, else `otherwise`.
///
/// Browsers read a backslash as a slash and drop tabs and line breaks before they parse an address (WHATWG URL,
/// section 4.4), so both are refused everywhere, plain or encoded. So are characters that a `Location` header cannot
/// have.
#[must_use]
pub fn local_path<'a>(given: &'a str, otherwise: &'a str) -> &'a str {
    if is_local(given) { given } else { otherwise }
}

/// Returns the path of an address on this site, without query and fragment.
#[must_use]
pub fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn is_local(given: &str) -> bool {
    if given.len() > LONGEST || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let mut reading = given.as_bytes().to_vec();
    for round in 0..=DECODED {
        if !is_path(&reading, round > 0) {
            return false;
        }
        let decoded: Vec<u8> = percent_encoding::percent_decode(&reading).collect();
        if decoded == reading {
            return true;
        }
        reading = decoded;
    }
    // An address that is still encoded after this number of rounds is not ours.
    false
}

/// Returns true if the reading begins with a path of one leading slash. In a decoded one the query may have all
/// characters except those that would change the target.
fn is_path(reading: &[u8], is_decoded: bool) -> bool {
    let end = reading.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(reading.len());
    let (path, rest) = reading.split_at(end);
    let is_plain = |bytes: &[u8]| !bytes.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\');
    path.starts_with(b"/")
        && is_plain(path)
        && (is_decoded || is_plain(rest))
        && !path.windows(2).any(|pair| pair == b"//")
        && !path.split(|byte| *byte == b'/').any(|segment| matches!(segment, b"." | b".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn path_has_neither_query_nor_fragment() {
        for address in
            ["/needs/1", "/needs/1?tab=all", "/needs/1#top", "/needs/1?tab=all#top", "/needs/1#top?"]
        {
            assert_eq!(path_of(address), "/needs/1", "{address}");
        }
    }

    const FOREIGN: &[&str] = &[
        "",
        "tasks",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\tevil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\0",
        "/a\u{7f}",
        "/%09/evil.example",
        "/%0a",
        "/%00",
        "/%2f/evil.example",
        "/%2F%2Fevil.example",
        "/%5cevil.example",
        "/%255cevil.example",
        "/%252f%252fevil.example",
        "/%2525252525252fevil.example",
        "/..//evil.example",
        "/.//evil.example",
        "/%2e%2e//evil.example",
        "/tasks//evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " /tasks",
        "/tasks ",
        "/ümlaut",
        "@evil.example",
        ".evil.example",
    ];

    fn lands_here(path: &str) -> bool {
        let base = Url::parse("https://office.example/login").unwrap();
        base.join(path).is_ok_and(|url| url.origin() == base.origin() && url.username().is_empty())
    }

    #[test]
    fn foreign_addresses_are_replaced() {
        for given in FOREIGN {
            assert_eq!(local_path(given, "/"), "/", "{given:?}");
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        assert_eq!(local_path(&long, "/tasks"), "/tasks");
    }

    #[test]
    fn own_pages_are_accepted() {
        for given in [
            "/",
            "/tasks",
            "/me?tab=tokens",
            "/calendar?view=week&date=2027-05-01#day",
            "/tasks?q=50%25%20of%20it",
            "/tasks?q=a%5Cb%0Ac%2F%2Fd",
            "/ppas/01890a5d-ac96-774b-bcce-b302099a8057?tab=history",
        ] {
            assert_eq!(local_path(given, "/else"), given);
            assert!(lands_here(given));
        }
    }

    proptest! {
        #[test]
        fn redirect_always_stays_on_this_site(given in "\\PC{0,40}|[/\\\\%.:@?#a-z0-9\\t\\n\\r\\x00 ]{0,24}|/[/\\\\%0-9a-fA-F\\t\\n.]{0,12}evil\\.example") {
            let path = local_path(&given, "/");
            prop_assert!(lands_here(path), "{given:?} leads away");
            prop_assert!(axum::http::HeaderValue::from_str(path).is_ok());
        }
    }
}
