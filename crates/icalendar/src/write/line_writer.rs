//! Writer of content lines as bytes: escaped, folded, ended.

use std::fmt::{Display, Write as _};

use crate::fold::pieces;
use crate::text::escape;

/// Writer of content lines, folded after 75 octets and ended with CRLF (RFC 5545 section 3.1).
#[derive(Debug, Default)]
pub struct LineWriter {
    bytes: Vec<u8>,
    /// Current line, not folded yet.
    line: String,
}

impl LineWriter {
    /// Returns a writer with a capacity in bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), line: String::with_capacity(256) }
    }

    /// Writes a line with a raw value: dates, numbers, addresses. The name may include parameters.
    pub fn plain(&mut self, name: &str, value: impl Display) {
        self.line.clear();
        // Writing to a string does not fail.
        let _ = write!(self.line, "{name}:{value}");
        self.fold();
    }

    /// Writes a line with a TEXT value (RFC 5545 section 3.3.11).
    pub fn text(&mut self, name: &str, value: &str) {
        self.line.clear();
        self.line.push_str(name);
        self.line.push(':');
        escape(value, &mut self.line);
        self.fold();
    }

    /// Writes the current line, folded.
    fn fold(&mut self) {
        for (place, piece) in pieces(&self.line).enumerate() {
            if place > 0 {
                self.bytes.extend_from_slice(b"\r\n ");
            }
            self.bytes.extend_from_slice(piece.as_bytes());
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Returns the written lines.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lines::Unfolded;
    use crate::property::Property;

    fn written(value: &str) -> Vec<u8> {
        let mut text = LineWriter::default();
        text.text("SUMMARY", value);
        text.into_bytes()
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(written("a,b;c\\d\r\ne\rf\ng\u{7}"), b"SUMMARY:a\\,b\\;c\\\\d\\ne\\nf\\ng\r\n");
    }

    #[test]
    fn lines_are_folded_after_75_octets() {
        let fits = "x".repeat(75 - "SUMMARY:".len());
        assert_eq!(written(&fits), format!("SUMMARY:{fits}\r\n").as_bytes());
        assert_eq!(written(&format!("{fits}y")), format!("SUMMARY:{fits}\r\n y\r\n").as_bytes());
    }

    #[test]
    fn fold_never_splits_a_character() {
        for before in 0..8 {
            let title = format!("{}{}", "x".repeat(before), "🗓️ñ".repeat(60));
            let bytes = written(&title);
            for line in bytes.split(|byte| *byte == b'\n') {
                assert!(line.len() <= 76, "with its CR");
                assert!(std::str::from_utf8(line).is_ok());
            }
        }
    }

    proptest! {
        #[test]
        fn written_lines_are_parsed_back(value in "[^\\p{Cc}]{0,300}(\\n[^\\p{Cc}]{0,100}){0,3}") {
            let bytes = written(&value);
            for line in bytes.split(|byte| *byte == b'\n') {
                prop_assert!(line.len() <= 76 && (line.is_empty() || line.ends_with(b"\r")));
            }
            let lines: Vec<String> = Unfolded::new(bytes.as_slice()).map(|(_, text)| text).collect();
            prop_assert_eq!(lines.len(), 1);
            prop_assert_eq!(Property::parse(&lines[0]).unwrap().text(), value);
        }
    }
}
