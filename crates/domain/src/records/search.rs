//! Search words of records.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::core::message::Message;
use crate::message;
use crate::registry::{Record, Value};

/// Maximum number of indexed words of one record; the beginning of a long text is sufficient.
const MAXIMUM_WORDS: usize = 80;
/// Maximum number of indexed letters of one word.
const MAXIMUM_LETTERS: usize = 40;
/// Weight of a word of the title.
const TITLE: i64 = 10;
/// Weight of a word of another searchable field.
const BODY: i64 = 1;

/// Returns the words of a text in lower case without diacritics: "Peñaranda, Nueva-Écija" gives penaranda, nueva,
/// ecija.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded: String =
        text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase).collect();
    folded
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAXIMUM_LETTERS).collect())
        .collect()
}

/// Maximum number of words of a search: more than anybody types, fewer than a database can evaluate.
const WANTED: usize = 50;

/// Returns the words of a search, each once.
///
/// # Errors
///
/// A message when there are too many.
pub fn wanted(text: &str) -> Result<Vec<String>, Message> {
    let mut wanted: Vec<String> = Vec::new();
    for word in words(text) {
        if !wanted.contains(&word) {
            wanted.push(word);
        }
        if wanted.len() > WANTED {
            return Err(message!("Search for at most {WANTED} words.", WANTED));
        }
    }
    Ok(wanted)
}

/// Returns each word of the record once, with its weight.
#[must_use]
pub fn record_words(record: &Record) -> Vec<(String, i64)> {
    let mut result: Vec<(String, i64)> = Vec::new();
    let mut add = |text: &str, weight: i64| {
        for word in words(text) {
            // The title comes first, so a known word already has the larger weight.
            if result.len() < MAXIMUM_WORDS && !result.iter().any(|(known, _)| *known == word) {
                result.push((word, weight));
            }
        }
    };
    add(record.title(), TITLE);
    for (position, field) in record.kind.fields.iter().enumerate() {
        if !field.searchable || field.name == record.kind.title {
            continue;
        }
        if let Value::Text(text) = &record.values[position] {
            add(text, BODY);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_without_diacritics() {
        assert_eq!(words("Peñaranda, Nueva-Écija 2027"), ["penaranda", "nueva", "ecija", "2027"]);
        assert_eq!(words("  <b>Water</b> "), ["b", "water", "b"]);
        assert!(words("--- '").is_empty());
    }
}
