//! Messages: sentences for people that a catalog of another language can translate.
//!
//! A [`Message`] is an English text as its key, and values for the `{name}` placeholders of the text. It has no
//! `Display`: pages show it through the one place of their words, and the API prints [`Message::english`].

use std::fmt;

use serde::{Serialize, Serializer};

use super::text::lower;

/// Translation of a key, or the key itself.
pub type Translate = fn(&'static str) -> &'static str;

/// Sentence for people: an English text and the values of its placeholders.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    key: &'static str,
    values: Vec<(&'static str, Word)>,
}

/// Value of a placeholder.
#[derive(Clone, PartialEq, Eq)]
pub struct Word(Content);

#[derive(Clone, PartialEq, Eq)]
enum Content {
    /// Names, dates, amounts and values of fields; the same in every language.
    Text(String),
    /// Label of a description: a key of the catalog.
    Label(&'static str),
    /// Label in lower case, for use within a sentence.
    Lower(&'static str),
    /// Sentence or part of one.
    Message(Message),
    /// Several words.
    List(Vec<Word>, Joining),
}

/// Way in which the words of a list are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// `a, b and c`
    And,
    /// `a, b or c`
    Or,
    /// `a, b, c`
    Comma,
    /// `a; b; c`
    Semicolon,
    /// `a → b → c`
    Arrow,
    /// Sentences one after the other.
    Space,
}

impl Message {
    /// Creates a message without placeholders.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self { key, values: Vec::new() }
    }

    /// Creates a message with values; [`message!`](crate::message) checks that they are those of the text.
    #[must_use]
    pub const fn with(key: &'static str, values: Vec<(&'static str, Word)>) -> Self {
        Self { key, values }
    }

    /// Creates a message of several sentences.
    #[must_use]
    pub fn sentences(sentences: impl IntoIterator<Item = Self>) -> Self {
        Word::list(Joining::Space, sentences).into()
    }

    /// Returns the sentence in English, for the API and for logs.
    #[must_use]
    pub fn english(&self) -> String {
        self.render(|key| key)
    }

    /// Returns the sentence in the language of a translation.
    #[must_use]
    pub fn render(&self, translate: Translate) -> String {
        let mut out = String::new();
        self.write(translate, &mut out);
        out
    }

    fn write(&self, translate: Translate, out: &mut String) {
        let text = translate(self.key);
        if self.values.is_empty() {
            out.push_str(text);
            return;
        }
        for part in parts(text) {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value(name) => {
                    if let Some((_, word)) = self.values.iter().find(|(known, _)| *known == name) {
                        word.write(translate, out);
                    }
                }
            }
        }
    }
}

impl Word {
    /// Free text, which is the same in every language: a name, a date, an amount, a value of a field.
    pub fn text(text: impl fmt::Display) -> Self {
        Self(Content::Text(text.to_string()))
    }

    /// Label of a description: of a kind, a field, a choice or a role.
    #[must_use]
    pub const fn label(label: &'static str) -> Self {
        Self(Content::Label(label))
    }

    /// Label of a description within a sentence, in lower case but for abbreviations.
    #[must_use]
    pub const fn lower(label: &'static str) -> Self {
        Self(Content::Lower(label))
    }

    /// Returns the word as it stands within a sentence: a label in lower case but for abbreviations.
    #[must_use]
    pub fn within(self) -> Self {
        match self.0 {
            Content::Label(label) => Self::lower(label),
            other => Self(other),
        }
    }

    /// Several words, joined.
    #[must_use]
    pub fn list<W: Into<Self>>(joining: Joining, words: impl IntoIterator<Item = W>) -> Self {
        Self(Content::List(words.into_iter().map(Into::into).collect(), joining))
    }

    /// Several texts, joined.
    #[must_use]
    pub fn texts<T: fmt::Display>(joining: Joining, texts: impl IntoIterator<Item = T>) -> Self {
        Self::list(joining, texts.into_iter().map(Self::text))
    }

    /// Returns the word in the language of a translation.
    #[must_use]
    pub fn render(&self, translate: Translate) -> String {
        let mut out = String::new();
        self.write(translate, &mut out);
        out
    }

    fn write(&self, translate: Translate, out: &mut String) {
        match &self.0 {
            Content::Text(text) => out.push_str(text),
            Content::Label(label) => out.push_str(translate(label)),
            Content::Lower(label) => out.push_str(&lower(translate(label))),
            Content::Message(message) => message.write(translate, out),
            Content::List(words, joining) => {
                let words: Vec<String> = words.iter().map(|word| word.render(translate)).collect();
                out.push_str(&joining.join(&words, translate));
            }
        }
    }
}

impl Joining {
    /// Joins texts in the language of a translation.
    fn join(self, texts: &[String], translate: Translate) -> String {
        let last = match self {
            Self::And => "{texts} and {last}",
            Self::Or => "{texts} or {last}",
            Self::Comma => return texts.join(", "),
            Self::Semicolon => return texts.join("; "),
            Self::Arrow => return texts.join(" → "),
            Self::Space => return texts.join(" "),
        };
        match texts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., end] => {
                Message::with(last, vec![("texts", Word::text(first.join(", "))), ("last", Word::text(end))])
                    .render(translate)
            }
        }
    }
}

impl From<Word> for Message {
    fn from(word: Word) -> Self {
        Self::with("{word}", vec![("word", word)])
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

impl From<Message> for Word {
    fn from(message: Message) -> Self {
        Self(Content::Message(message))
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for Word {
            fn from(number: $number) -> Self {
                Self::text(number)
            }
        })+
    };
}

numbers!(i16, i32, i64, u8, u16, u32, u64, usize);

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.english().fmt(formatter)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.render(|key| key).fmt(formatter)
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, english: &&str) -> bool {
        self.english() == *english
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english())
    }
}

/// Piece of a text with placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text to show.
    Text(&'a str),
    /// Name of a value.
    Value(&'a str),
}

/// Returns the pieces of a text; a brace without its partner is text.
#[must_use]
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        parts.push(Part::Text(before));
        parts.push(Part::Value(name));
        rest = behind;
    }
    parts.push(Part::Text(rest));
    parts
}

/// Returns true if the placeholders of a text are exactly these names; evaluated when the program is built.
#[must_use]
pub const fn has_placeholders(text: &str, names: &[&str]) -> bool {
    let text = text.as_bytes();
    let mut found = 0_usize;
    let mut is_used = [false; 16];
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'{' {
            at += 1;
            continue;
        }
        let start = at + 1;
        while at < text.len() && text[at] != b'}' {
            at += 1;
        }
        if at == text.len() {
            return false;
        }
        let mut known = 0;
        while known < names.len() && !is_equal(text, start, at, names[known].as_bytes()) {
            known += 1;
        }
        if known == names.len() {
            return false;
        }
        if !is_used[known] {
            is_used[known] = true;
            found += 1;
        }
    }
    found == names.len()
}

const fn is_equal(text: &[u8], start: usize, end: usize, name: &[u8]) -> bool {
    if end - start != name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if text[start + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Message with its values: `message!("{name} is archived.", name = Word::text(title))`.
///
/// A value that has the name of its placeholder is given by the name alone: `message!("At most {MOST} items.", MOST)`.
/// Numbers and messages are values as they are. Other values say what they are: [`Word::text`], [`Word::label`] or
/// [`Word::lower`]. A placeholder without its value, and a value without its placeholder, do not compile.
#[macro_export]
macro_rules! message {
    ($key:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        const {
            ::core::assert!(
                $crate::core::message::has_placeholders($key, &[$(::core::stringify!($name)),*]),
                "the placeholders of the text and the names of its values differ"
            );
        }
        $crate::core::message::Message::with(
            $key,
            ::std::vec![$((
                ::core::stringify!($name),
                $crate::core::message::Word::from($crate::message!(@value $name $(= $value)?)),
            )),*],
        )
    }};
    (@value $name:ident) => { $name };
    (@value $name:ident = $value:expr) => { $value };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shouted(key: &'static str) -> &'static str {
        match key {
            "{name} has {count} {things}." => "{count} {things} BELONG TO {name}.",
            "Open tasks" => "Tasks To Do",
            "{texts} or {last}" => "{texts} OR {last}",
            "Close them." => "CLOSE THEM.",
            other => other,
        }
    }

    #[test]
    fn message_has_its_values_in_every_language() {
        let count = 3;
        let message = message!(
            "{name} has {count} {things}.",
            name = Word::text("{Amina}"),
            count,
            things = Word::lower("Open tasks")
        );
        assert_eq!(message.english(), "{Amina} has 3 open tasks.");
        assert_eq!(message.render(shouted), "3 tasks to do BELONG TO {Amina}.");
        let both = Message::sentences([message, "Close them.".into()]);
        assert_eq!(both, "{Amina} has 3 open tasks. Close them.");
        assert_eq!(both.render(shouted), "3 tasks to do BELONG TO {Amina}. CLOSE THEM.");
    }

    #[test]
    fn lists_are_joined_in_every_language() {
        let word = |joining, texts: &[&str]| Word::texts(joining, texts);
        assert_eq!(word(Joining::And, &["a", "b", "c"]).render(|key| key), "a, b and c");
        assert_eq!(word(Joining::Or, &["a", "b"]).render(shouted), "a OR b");
        assert_eq!(word(Joining::Or, &["a"]).render(shouted), "a");
        assert_eq!(word(Joining::And, &[]).render(shouted), "");
        assert_eq!(word(Joining::Comma, &["a", "b", "c"]).render(shouted), "a, b, c");
    }

    #[test]
    fn message_without_values_keeps_its_braces() {
        assert_eq!(Message::new("Must be {\"from\": \"08:00\"}."), "Must be {\"from\": \"08:00\"}.");
    }

    #[test]
    fn placeholders_and_names_must_be_the_same() {
        assert!(has_placeholders("{a} and {b}, {a}", &["a", "b"]));
        assert!(!has_placeholders("{a} and {c}", &["a", "b"]));
        assert!(!has_placeholders("{a}", &["a", "b"]));
        assert!(!has_placeholders("{ab}", &["a"]));
        assert!(!has_placeholders("{a", &["b"]));
        assert!(!has_placeholders("{a", &["a"]));
    }

    #[test]
    fn api_gets_the_english_sentence() {
        let message = message!("Must have at most {most} items.", most = 5);
        assert_eq!(serde_json::to_string(&message).unwrap(), "\"Must have at most 5 items.\"");
        assert_eq!(format!("{message:?}"), "\"Must have at most 5 items.\"");
    }
}
