//! Several texts in one cell: `Peace; "Water; sanitation"`.

/// Separators of names, which may contain commas.
pub const OF_NAMES: &[char] = &[';', '\n'];
/// Separators of tags and choices.
pub const OF_TAGS: &[char] = &[';', ',', '\n'];

/// Joins texts with semicolons; one that contains a separator is quoted.
pub fn join(texts: impl Iterator<Item = String>, separators: &[char]) -> String {
    let quoted = texts.map(|text| {
        let is_plain = !text.contains(separators) && !text.contains('"') && text.trim() == text;
        if is_plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
    });
    quoted.collect::<Vec<_>>().join("; ")
}

/// Splits a cell into its texts at these separators, without blanks around them and empty ones.
pub fn split(cell: &str, separators: &[char]) -> Vec<String> {
    let mut texts = Vec::new();
    let (mut text, mut is_quoted, mut was_quoted) = (String::new(), false, false);
    let mut characters = cell.chars().peekable();
    let mut finish = |text: &mut String, was_quoted: &mut bool| {
        let done = std::mem::take(text);
        let done = if std::mem::take(was_quoted) { done } else { done.trim().to_owned() };
        if !done.is_empty() {
            texts.push(done);
        }
    };
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                text.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if text.trim().is_empty() && !was_quoted => {
                text.clear();
                (is_quoted, was_quoted) = (true, true);
            }
            _ if !is_quoted && separators.contains(&character) => finish(&mut text, &mut was_quoted),
            // Blanks behind a quoted text.
            _ if was_quoted && !is_quoted && character.is_whitespace() => {}
            _ => text.push(character),
        }
    }
    finish(&mut text, &mut was_quoted);
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_texts_are_split_again() {
        for texts in [
            &["Peace", "Water"][..],
            &["Health, water; sanitation", "He said \"no\"", "two\nlines", " blanks "],
            &["\"quoted\""],
            &[],
        ] {
            for separators in [OF_NAMES, OF_TAGS] {
                let cell = join(texts.iter().map(|text| (*text).to_owned()), separators);
                assert_eq!(split(&cell, separators), texts, "{cell}");
            }
        }
    }

    #[test]
    fn texts_of_people_are_split() {
        assert_eq!(split(" Peace ;Water;; \n Roads", OF_NAMES), ["Peace", "Water", "Roads"]);
        assert_eq!(split("Health, water", OF_NAMES), ["Health, water"]);
        assert_eq!(split("5\" pipe; \"unclosed; x", OF_NAMES), ["5\" pipe", "unclosed; x"]);
    }
}
