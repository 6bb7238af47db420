//! Content lines: bytes to text, unfolding, name, parameters, value.

use std::borrow::Cow;

/// One content line: `NAME;PARAMETER=value:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Name in capitals.
    pub name: String,
    /// Parameters, names in capitals.
    pub parameters: Vec<(String, String)>,
    /// The value as it stands.
    pub value: String,
}

impl Line {
    /// A parameter by its name in capitals.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Takes an unfolded line apart; nothing when it is no content line.
    pub fn parse(text: &str) -> Option<Self> {
        let end_of_name = text.find([';', ':'])?;
        let name = text[..end_of_name].trim();
        // A group before the name (`work.SUMMARY`) belongs to contacts, but is seen.
        let name = name.rsplit('.').next().unwrap_or(name);
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        let mut parameters = Vec::new();
        let mut rest = &text[end_of_name..];
        while let Some(after) = rest.strip_prefix(';') {
            let end = outside_quotes(after, [';', ':'])?;
            if let Some((key, value)) = after[..end].split_once('=') {
                parameters.push((key.trim().to_ascii_uppercase(), parameter_value(value)));
            }
            rest = &after[end..];
        }
        let value = rest.strip_prefix(':')?;
        Some(Self { name: name.to_ascii_uppercase(), parameters, value: value.to_owned() })
    }

    /// The value as text.
    pub fn text(&self) -> String {
        unescape(&self.value)
    }

    /// The value as a list of texts, with commas between.
    pub fn texts(&self) -> Vec<String> {
        split_unescaped(&self.value).into_iter().map(unescape).collect()
    }
}

/// Where one of the letters stands first, outside of quotes. A quote that never ends is a letter like others.
fn outside_quotes(text: &str, wanted: [char; 2]) -> Option<usize> {
    let mut quoted = false;
    for (place, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted && text[place + 1..].contains('"');
        } else if !quoted && wanted.contains(&letter) {
            return Some(place);
        }
    }
    None
}

/// A value of a parameter without its quotes, letters of RFC 6868 put back.
fn parameter_value(text: &str) -> String {
    let plain: String = text.trim().chars().filter(|letter| *letter != '"').collect();
    if !plain.contains('^') {
        return plain;
    }
    plain.replace("^n", "\n").replace("^'", "\"").replace("^^", "^")
}

/// Text without its escapes.
fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            result.push(letter);
            continue;
        }
        match letters.next() {
            Some('n' | 'N') => result.push('\n'),
            Some(escaped @ ('\\' | ';' | ',' | ':' | '"')) => result.push(escaped),
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}

fn split_unescaped(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (place, letter) in text.char_indices() {
        if letter == ',' && !escaped {
            parts.push(&text[start..place]);
            start = place + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

/// The logical lines of a file, unfolded, one after the other.
///
/// Lines end in any way that programs end them, and are unfolded as bytes, because old programs fold within a letter.
pub(crate) fn unfold(bytes: &[u8]) -> impl Iterator<Item = String> {
    let mut lines =
        bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty()).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_vec();
        while let Some(continued) = lines.next_if(|line| matches!(line.first(), Some(b' ' | b'\t'))) {
            line.extend_from_slice(&continued[1..]);
        }
        Some(decode(line))
    })
}

/// The bytes without a mark of their order; UTF-16 becomes UTF-8.
pub(crate) fn as_eight_bits(bytes: &[u8]) -> Cow<'_, [u8]> {
    let wide = |rest: &[u8], join: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks::<2>().0.iter().map(|pair| join(*pair));
        let text: String =
            char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes),
    }
}

/// A line as text: UTF-8, or what Windows writes in western Europe where it is not.
fn decode(line: Vec<u8>) -> String {
    String::from_utf8(line)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| western(*byte)).collect())
}

fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|place| HIGH.get(usize::from(place))).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> Vec<String> {
        unfolded_bytes(text.as_bytes())
    }

    fn unfolded_bytes(bytes: &[u8]) -> Vec<String> {
        unfold(&as_eight_bits(bytes)).collect()
    }

    #[test]
    fn lines_are_unfolded_however_they_end() {
        for end in ["\r\n", "\n", "\r", "\r\r\n"] {
            let text = ["SUMMARY:Long ", " line", "\t and on", "", "UID:1"].join(end);
            assert_eq!(unfolded(&text), ["SUMMARY:Long line and on", "UID:1"], "{end:?}");
        }
    }

    #[test]
    fn a_letter_may_be_folded_in_two() {
        let bytes = [b"SUMMARY:Ma".as_slice(), &[0xc3], b"\r\n ", &[0xb1], b"ana"].concat();
        assert_eq!(unfolded_bytes(&bytes), ["SUMMARY:Mañana"]);
    }

    #[test]
    fn other_encodings_are_seen() {
        assert_eq!(unfolded_bytes(b"\xef\xbb\xbfUID:1"), ["UID:1"]);
        assert_eq!(unfolded_bytes(b"SUMMARY:Se\xf1or \x80"), ["SUMMARY:Señor €"]);
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("UID:ñ".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(unfolded_bytes(&little), ["UID:ñ"]);
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain("UID:ñ".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(unfolded_bytes(&big), ["UID:ñ"]);
    }

    #[test]
    fn a_line_is_taken_apart() {
        let line = Line::parse("dtstart;Tzid=\"A; B: C\";value=DATE-TIME:20270101T090000").unwrap();
        assert_eq!(line.name, "DTSTART");
        assert_eq!(line.parameter("TZID"), Some("A; B: C"));
        assert_eq!(line.parameter("VALUE"), Some("DATE-TIME"));
        assert_eq!(line.value, "20270101T090000");
        assert_eq!(
            Line::parse("ORGANIZER;CN=\"open:mailto:a@b").map(|line| line.value).as_deref(),
            Some("mailto:a@b")
        );
        for wrong in ["", "no colon", ":value", "two words:1", "X;Y=1"] {
            assert_eq!(Line::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        let line = |value: &str| Line { name: "SUMMARY".into(), parameters: Vec::new(), value: value.into() };
        assert_eq!(line(r"a\, b\; c\nd\Ne\\n \q").text(), "a, b; c\nd\ne\\n \\q");
        assert_eq!(line(r"one,two\, three,\\,").texts(), ["one", "two, three", "\\", ""]);
        assert_eq!(line("ends with \\").text(), "ends with \\");
    }
}
