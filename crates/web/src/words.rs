//! Words of messages as they begin and end a sentence.

/// Text with a capital letter at its beginning.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A message as a sentence: with a capital letter and a full stop.
#[must_use]
pub fn sentence(message: &str) -> String {
    capitalized(message) + "."
}
