//! Words of a line, with their places.

use std::ops::Range;

/// Words before a date or time that belong to it.
pub const PREPOSITIONS: &[&str] = &["on", "by", "due", "at", "this", "sa", "bago"];

/// Word of a line: a run without blanks, or a run in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as it is written.
    pub text: &'a str,
    /// Bytes of the line.
    pub range: Range<usize>,
}

impl<'a> Word<'a> {
    /// Returns the words within the quotes around this one.
    pub fn quoted(&self) -> Option<&'a str> {
        self.text.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.is_empty())
    }
}

/// Splits a line at blanks; quotes keep their words together, also behind a sign such as `#ppa:"Water supply"`. A quote
/// that is not closed is a character like any other.
pub fn split(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut is_quoted = false;
    for (place, character) in line.char_indices() {
        match character {
            '"' if is_quoted => is_quoted = false,
            '"' if line[place + 1..].contains('"') => {
                is_quoted = true;
                start.get_or_insert(place);
            }
            _ if character.is_whitespace() && !is_quoted => {
                if let Some(from) = start.take() {
                    words.push(Word { text: &line[from..place], range: from..place });
                }
            }
            _ => {
                start.get_or_insert(place);
            }
        }
    }
    if let Some(from) = start {
        words.push(Word { text: &line[from..], range: from..line.len() });
    }
    words
}

/// Returns a word without the comma or semicolon behind it.
pub fn without_closing(word: &str) -> &str {
    word.trim_end_matches([',', ';'])
}
