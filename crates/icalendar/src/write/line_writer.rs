//! Lines of iCalendar as bytes: escaped, folded, ended.

use std::fmt::{Display, Write as _};

/// Octets of a line at most, without its end (RFC 5545 3.1).
const OCTETS: usize = 75;

/// A calendar as it grows.
#[derive(Debug, Default)]
pub struct LineWriter {
    bytes: Vec<u8>,
    /// The line that is being written, not folded yet.
    line: String,
}

impl LineWriter {
    /// Returns a writer with room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), line: String::with_capacity(256) }
    }

    /// A line whose value needs no escapes: dates, numbers, addresses.
    pub fn plain(&mut self, name: &str, value: impl Display) {
        self.line.clear();
        // Writing to a string does not fail.
        let _ = write!(self.line, "{name}:{value}");
        self.fold();
    }

    /// A line with text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.line.clear();
        self.line.push_str(name);
        self.line.push(':');
        escape(value, &mut self.line);
        self.fold();
    }

    /// Writes the line, folded before the letter that would not fit.
    fn fold(&mut self) {
        let mut rest = self.line.as_str();
        let mut room = OCTETS;
        while rest.len() > room {
            let place = (0..=room).rev().find(|place| rest.is_char_boundary(*place)).unwrap_or(room);
            self.bytes.extend_from_slice(&rest.as_bytes()[..place]);
            self.bytes.extend_from_slice(b"\r\n ");
            rest = &rest[place..];
            // The blank before it is part of the next line.
            room = OCTETS - 1;
        }
        self.bytes.extend_from_slice(rest.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Returns the lines that were written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn escape(value: &str, line: &mut String) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lines::{Line, unfold};

    fn written(value: &str) -> Vec<u8> {
        let mut text = LineWriter::default();
        text.text("SUMMARY", value);
        text.into_bytes()
    }

    #[test]
    fn letters_with_a_meaning_are_escaped() {
        assert_eq!(written("a,b;c\\d\r\ne\rf\ng\u{7}"), b"SUMMARY:a\\,b\\;c\\\\d\\ne\\nf\\ng\r\n");
    }

    #[test]
    fn a_line_of_75_octets_is_not_folded_and_one_of_76_is() {
        let fits = "x".repeat(75 - "SUMMARY:".len());
        assert_eq!(written(&fits), format!("SUMMARY:{fits}\r\n").as_bytes());
        assert_eq!(written(&format!("{fits}y")), format!("SUMMARY:{fits}\r\n y\r\n").as_bytes());
    }

    #[test]
    fn a_letter_is_never_folded_in_two() {
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
        fn what_is_written_is_read_back(value in "[^\\p{Cc}]{0,300}(\\n[^\\p{Cc}]{0,100}){0,3}") {
            let bytes = written(&value);
            for line in bytes.split(|byte| *byte == b'\n') {
                prop_assert!(line.len() <= 76 && (line.is_empty() || line.ends_with(b"\r")));
            }
            let lines: Vec<String> = unfold(&bytes).collect();
            prop_assert_eq!(lines.len(), 1);
            prop_assert_eq!(Line::parse(&lines[0]).unwrap().text(), value);
        }
    }
}
