//! Parser of the header `Forwarded` (RFC 7239), read from its end: the nearest proxy adds the last element. The
//! elements before it can be forged, so they must not change how the end is read.

use std::borrow::Cow;

/// Separator of the elements of a line, outside of quoted strings.
const ELEMENTS: u8 = b',';
/// Separator of the parameters of an element, outside of quoted strings.
const PARAMETERS: u8 = b';';

/// Returns true if the byte before that position is a backslash that escapes it.
fn is_escaped(bytes: &[u8], position: usize) -> bool {
    bytes[..position].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Parts of a text between separators outside of quoted strings, the last one first.
fn split_from_end(text: &str, separator: u8) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut parts, mut end, mut is_quoted) = (Vec::new(), text.len(), false);
    for position in (0..bytes.len()).rev() {
        match bytes[position] {
            // Escapes exist only within a quoted string.
            b'"' if !(is_quoted && is_escaped(bytes, position)) => is_quoted = !is_quoted,
            byte if byte == separator && !is_quoted => {
                parts.push(&text[position + 1..end]);
                end = position;
            }
            _ => {}
        }
    }
    parts.push(&text[..end]);
    parts
}

/// Returns the elements of a line of the header, that of the nearest proxy first.
#[must_use]
pub fn elements(line: &str) -> Vec<&str> {
    split_from_end(line, ELEMENTS).into_iter().map(str::trim).collect()
}

/// Returns the value of a parameter of an element, without quotes; `None` when it is missing, given twice, or
/// malformed.
#[must_use]
pub fn parameter<'a>(element: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut found = None;
    for pair in split_from_end(element, PARAMETERS) {
        let pair = pair.trim();
        if pair.is_empty() {
            continue;
        }
        let (key, value) = pair.split_once('=')?;
        if key.eq_ignore_ascii_case(name) && found.replace(unquoted(value)?).is_some() {
            return None;
        }
    }
    found
}

fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(rest) = value.strip_prefix('"') else {
        // The RFC requires quotes around colons and brackets; proxies omit them.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\,;=()<>@?{}/".contains(&byte);
        return (!value.is_empty() && value.bytes().all(is_plain)).then_some(Cow::Borrowed(value));
    };
    let inner = rest.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            '\\' => text.push(letters.next()?),
            _ => text.push(letter),
        }
    }
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_and_parameters_follow_the_rfc() {
        let line =
            r#"for=192.0.2.43, FOR="[2001:db8:cafe::17]:4711";proto=https; By=203.0.113.43 ,for="_a,\"b;""#;
        let found = elements(line);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(parameter(found[0], "for").as_deref(), Some("_a,\"b;"));
        assert_eq!(parameter(found[1], "for").as_deref(), Some("[2001:db8:cafe::17]:4711"));
        assert_eq!(parameter(found[1], "PROTO").as_deref(), Some("https"));
        assert_eq!(parameter(found[1], "by").as_deref(), Some("203.0.113.43"));
        assert_eq!(parameter(found[1], "host"), None);
        assert_eq!(parameter(found[2], "for").as_deref(), Some("192.0.2.43"));
        for wrong in
            ["", "for", "for=", "for=a b", "for=\"a", "for=a\"", "for=a;for=b", "for = a", "for=\"a\\\""]
        {
            assert_eq!(parameter(wrong, "for"), None, "{wrong}");
        }
    }

    #[test]
    fn unclosed_quote_does_not_hide_the_last_element() {
        let found = elements("for=\"198.51.100.1, for=203.0.113.9");
        assert_eq!(parameter(found[0], "for").as_deref(), Some("203.0.113.9"));
    }

    proptest! {
        #[test]
        fn last_element_is_that_of_the_proxy_for_any_client_text(
            claimed in "[ -~]{0,40}",
            node in "[ -~]{0,20}",
            port in any::<u16>(),
        ) {
            let quoted: String = node.chars().map(|letter| match letter {
                '"' | '\\' => format!("\\{letter}"),
                letter => letter.to_string(),
            }).collect();
            for last in [format!("for=\"{quoted}\";proto=https"), format!("proto=https;for=\"[2001:db8::1]:{port}\"")] {
                let line = format!("{claimed}, {last}");
                let first = elements(&line)[0];
                prop_assert_eq!(first, last.as_str());
                let expected = if last.starts_with("proto") { format!("[2001:db8::1]:{port}") } else { node.clone() };
                prop_assert_eq!(parameter(first, "for"), Some(Cow::Owned(expected)));
            }
        }
    }
}
