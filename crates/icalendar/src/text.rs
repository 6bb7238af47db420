//! Escapes of TEXT values (RFC 5545 section 3.3.11).

/// Appends text with its escapes. Control characters other than tabs and line breaks are dropped.
pub(crate) fn escape(value: &str, line: &mut String) {
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => line.push_str("\\\\"),
            ';' => line.push_str("\\;"),
            ',' => line.push_str("\\,"),
            '\n' => line.push_str("\\n"),
            '\r' => {
                letters.next_if_eq(&'\n');
                line.push_str("\\n");
            }
            '\t' => line.push('\t'),
            letter if letter.is_control() => {}
            letter => line.push(letter),
        }
    }
}

/// Returns text without its escapes.
pub(crate) fn unescape(text: &str) -> String {
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

/// Splits a list of texts at the commas that are not escaped.
pub(crate) fn split_unescaped(text: &str) -> Vec<&str> {
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
