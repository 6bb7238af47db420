//! Words of the screen: the one place through which every text of the pages goes.
//!
//! A text is written in English where it is shown, as `t!("Save changes")` or `t!("{count} tasks", count = n)`. The
//! English text is its key. A catalog for another language belongs into [`text`] and nowhere else.

use std::fmt::{Display, Write as _};

use maud::{Markup, PreEscaped};
pub use obcms_domain::core::text::{capitalized, lower, sentence};

use obcms_domain::choices::{self, Choice};
use obcms_domain::core::message::{Message, Part, parts};
use obcms_domain::registry::FieldError;

/// Text of a page: `t!("Save")` is a `&'static str`, `t!("{count} tasks", count = n)` is a `String`.
///
/// A value that has the name of its placeholder is given by the name alone: `t!("{count} tasks", count)`.
macro_rules! t {
    ($key:literal) => { $crate::components::words::text($key) };
    ($key:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::components::words::format(
            $key,
            &[$((stringify!($name), &$crate::components::words::value!($name $(= $value)?))),+],
        )
    };
}

/// Sentence of a page with HTML within: as [`t`], with everything that `html!` takes as a value.
macro_rules! t_html {
    ($key:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::components::words::markup(
            $key,
            &[$((stringify!($name), ::maud::html! { ($crate::components::words::value!($name $(= $value)?)) })),+],
        )
    };
}

/// Value of a placeholder.
macro_rules! value {
    ($name:ident) => {
        $name
    };
    ($name:ident = $value:expr) => {
        $value
    };
}

pub(crate) use {t, t_html, value};

/// Text in the language of the screen. Today this is the key: there is no catalog yet.
#[must_use]
pub const fn text(key: &'static str) -> &'static str {
    key
}

/// Label of a description: of a kind, a field, a choice, a module or a role.
#[must_use]
pub const fn label(label: &'static str) -> &'static str {
    text(label)
}

/// Label of a choice, or the value itself when there is no such choice.
#[must_use]
pub fn choice<'a>(choices: &'static [Choice], value: &'a str) -> &'a str {
    choices
        .iter()
        .find(|choice| choice.value == value)
        .map_or_else(|| choices::label(choices, value), |choice| label(choice.label))
}

/// Sentence of a refusal or an error in the language of the screen.
#[must_use]
pub fn message(message: &Message) -> String {
    message.render(text)
}

/// Sentences of errors, one after the other.
#[must_use]
pub fn messages<'a>(errors: impl IntoIterator<Item = &'a FieldError>) -> String {
    let messages: Vec<String> = errors.into_iter().map(|error| message(&error.message)).collect();
    messages.join(" ")
}

/// Text with values in place of its `{name}` placeholders.
#[must_use]
pub fn format(key: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::new();
    for part in parts(text(key)) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Value(name) => {
                if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                    out.push_str(&value.to_string());
                }
            }
        }
    }
    out
}

/// Text as HTML with HTML in place of its `{name}` placeholders.
#[must_use]
pub fn markup(key: &'static str, values: &[(&str, Markup)]) -> Markup {
    let mut out = String::new();
    for part in parts(text(key)) {
        match part {
            Part::Text(text) => maud::Escaper::new(&mut out).write_str(text).unwrap_or_default(),
            Part::Value(name) => {
                if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                    out.push_str(&value.0);
                }
            }
        }
    }
    PreEscaped(out)
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn a_text_takes_its_values() {
        let count = 3;
        assert_eq!(t!("Save changes"), "Save changes");
        assert_eq!(t!("{count} tasks of {name}", count, name = "Amina"), "3 tasks of Amina");
    }

    #[test]
    fn a_sentence_escapes_texts_and_keeps_html() {
        let link = html! { a href="/x" { "R&D" } };
        let sentence = t_html!("See {link} & {name}", link, name = "<b>");
        assert_eq!(sentence.into_string(), "See <a href=\"/x\">R&amp;D</a> &amp; &lt;b&gt;");
    }

    #[test]
    fn a_lonely_brace_is_text() {
        assert_eq!(format("a { b", &[]), "a { b");
    }
}
