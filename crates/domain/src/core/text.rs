//! Words of messages as they begin and end a sentence.

/// Returns a text with a capital letter at its beginning.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns a message as a sentence: with a capital letter and a full stop.
#[must_use]
pub fn sentence(message: &str) -> String {
    capitalized(message) + "."
}

/// Returns a label in lower case for use within a sentence; abbreviations stay.
#[must_use]
pub fn lower(label: &str) -> String {
    let is_abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
    if is_abbreviation { label.to_owned() } else { label.to_lowercase() }
}
