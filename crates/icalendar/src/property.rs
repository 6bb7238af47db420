//! Properties: name, parameters and value (RFC 5545 section 3.1, RFC 6868).

use std::borrow::Cow;

use crate::lines::Encoding;
use crate::text::{escape, split_unescaped, unescape};

/// Property of a component: `NAME;PARAMETER=value:value`.
///
/// A property of a parsed document keeps its exact bytes until it is changed. Two properties are equal if name as
/// written, parameters and value are.
#[derive(Clone, Debug)]
pub struct Property {
    /// Name as written, with the group before it.
    name: String,
    parameters: Vec<Parameter>,
    value: String,
    original: Option<Original>,
}

/// Original bytes of a content line: case, folds, line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub bytes: Box<[u8]>,
    pub encoding: Encoding,
}

/// Parameter of a property (RFC 5545 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Text between the semicolons, with quotes.
    text: String,
}

/// Name or value that a content line cannot represent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProperty {
    /// Name of a property, parameter or component.
    #[error("Name must be of ASCII letters, digits and hyphens, and not BEGIN or END ({0:?}).")]
    Name(String),
    /// Value with a line break or another control character. [`Property::with_text`] escapes texts.
    #[error("Value must be without control characters ({0:?}).")]
    Value(String),
}

impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.parameters, &self.value) == (&other.name, &other.parameters, &other.value)
    }
}

impl Eq for Property {}

impl Property {
    /// Returns a property with a raw value: dates, numbers, addresses, lists.
    ///
    /// # Errors
    ///
    /// Refuses a name that is no `iana-token` or `x-name`, the names `BEGIN` and `END`, and a value with control
    /// characters other than tabs.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidProperty> {
        let is_component = name.eq_ignore_ascii_case("BEGIN") || name.eq_ignore_ascii_case("END");
        if is_component || !is_name(name) {
            return Err(InvalidProperty::Name(name.to_owned()));
        }
        check_value(value)?;
        Ok(Self::component_line(name, value))
    }

    /// Returns a property with a TEXT value, which is escaped (RFC 5545 section 3.3.11).
    ///
    /// # Errors
    ///
    /// Refuses the same names as [`Property::new`]. Control characters of the text are dropped.
    pub fn with_text(name: &str, text: &str) -> Result<Self, InvalidProperty> {
        let mut value = String::with_capacity(text.len());
        escape(text, &mut value);
        Self::new(name, &value)
    }

    /// Returns the property with a parameter, see [`Property::set_parameter`].
    ///
    /// # Errors
    ///
    /// Refuses the same input as [`Property::set_parameter`].
    pub fn with_parameter(mut self, name: &str, values: &[&str]) -> Result<Self, InvalidProperty> {
        self.set_parameter(name, values)?;
        Ok(self)
    }

    /// Returns a line of any name. `BEGIN` and `END` are only created here.
    pub(crate) fn component_line(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), parameters: Vec::new(), value: value.to_owned(), original: None }
    }

    /// Parses an unfolded content line; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end_of_name = text.find([';', ':'])?;
        let name = text[..end_of_name].trim();
        // A group before the name (`work.SUMMARY`) belongs to vCard, but occurs in files.
        if !is_name(without_group(name)) {
            return None;
        }
        let mut parameters = Vec::new();
        let mut rest = &text[end_of_name..];
        while let Some(after) = rest.strip_prefix(';') {
            let end = outside_quotes(after, &[';', ':'])?;
            parameters.push(Parameter { text: after[..end].to_owned() });
            rest = &after[end..];
        }
        let value = rest.strip_prefix(':')?.to_owned();
        Some(Self { name: name.to_owned(), parameters, value, original: None })
    }

    /// Returns the property with its original bytes.
    pub(crate) fn with_original(mut self, original: Original) -> Self {
        self.original = Some(original);
        self
    }

    /// Returns the original bytes; `None` for a new or changed property.
    pub(crate) const fn original(&self) -> Option<&Original> {
        self.original.as_ref()
    }

    /// Returns the name as written, without the group before it.
    #[must_use]
    pub fn name(&self) -> &str {
        without_group(&self.name)
    }

    /// Returns true if the property has this name, ignoring case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Returns true if parameters and value are written as in the other property.
    pub(crate) fn has_same_content(&self, other: &Self) -> bool {
        (&self.parameters, &self.value) == (&other.parameters, &other.value)
    }

    /// Returns the parameters in the order of the line.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Returns the value of the first parameter with a name, ignoring case: without quotes, decoded (RFC 6868).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters.iter().find(|parameter| parameter.is(name)).map(Parameter::value)
    }

    /// Returns the raw value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the value as unescaped text (RFC 5545 section 3.3.11).
    #[must_use]
    pub fn text(&self) -> String {
        unescape(&self.value)
    }

    /// Returns the value as a list of texts.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        split_unescaped(&self.value).into_iter().map(unescape).collect()
    }

    /// Returns the exact bytes of a property of a parsed document; `None` after a change.
    #[must_use]
    pub fn original_bytes(&self) -> Option<&[u8]> {
        self.original.as_ref().map(|original| &*original.bytes)
    }

    /// Sets the raw value. The same value changes nothing.
    ///
    /// # Errors
    ///
    /// Refuses control characters other than tabs.
    pub fn set_value(&mut self, value: &str) -> Result<(), InvalidProperty> {
        if self.value != value {
            check_value(value)?;
            value.clone_into(&mut self.value);
            self.rewrite();
        }
        Ok(())
    }

    /// Sets the value as text and escapes it. The same text changes nothing, however it is escaped.
    pub fn set_text(&mut self, text: &str) {
        if self.text() != text {
            self.value.clear();
            escape(text, &mut self.value);
            self.rewrite();
        }
    }

    /// Replaces the values of a parameter, quoted and encoded (RFC 6868) where necessary. The same values change
    /// nothing.
    ///
    /// # Errors
    ///
    /// Refuses a name that is no `iana-token` or `x-name`, and control characters other than tabs and line breaks.
    pub fn set_parameter(&mut self, name: &str, values: &[&str]) -> Result<(), InvalidProperty> {
        let parameter = Parameter::new(name, values)?;
        let place = self.parameters.iter().position(|known| known.is(name));
        if let Some(place) = place
            && self.parameters[place].values() == parameter.values()
            && !self.parameters[place + 1..].iter().any(|known| known.is(name))
        {
            return Ok(());
        }
        self.parameters.retain(|known| !known.is(name));
        self.parameters.insert(place.unwrap_or(self.parameters.len()), parameter);
        self.rewrite();
        Ok(())
    }

    /// Removes the parameters with a name and returns true if there were any.
    pub fn remove_parameter(&mut self, name: &str) -> bool {
        let before = self.parameters.len();
        self.parameters.retain(|known| !known.is(name));
        let is_changed = self.parameters.len() < before;
        if is_changed {
            self.rewrite();
        }
        is_changed
    }

    /// Drops the original bytes, so that the line is rewritten.
    fn rewrite(&mut self) {
        self.original = None;
        for parameter in &mut self.parameters {
            parameter.balance_quotes();
        }
    }

    /// Returns the content line, unfolded and without its end.
    pub(crate) fn content_line(&self) -> String {
        let parameters: usize = self.parameters.iter().map(|parameter| parameter.text.len() + 1).sum();
        let mut line = String::with_capacity(self.name.len() + parameters + self.value.len() + 1);
        line.push_str(&self.name);
        for parameter in &self.parameters {
            line.push(';');
            line.push_str(&parameter.text);
        }
        line.push(':');
        line.push_str(&self.value);
        line
    }
}

impl Parameter {
    /// Returns a parameter with its values.
    fn new(name: &str, values: &[&str]) -> Result<Self, InvalidProperty> {
        if !is_name(name) {
            return Err(InvalidProperty::Name(name.to_owned()));
        }
        let mut text = format!("{name}=");
        for (place, value) in values.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            encode_parameter_value(value, &mut text)?;
        }
        Ok(Self { text })
    }

    /// Returns the name as written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.split_once('=').map_or(&*self.text, |(name, _)| name).trim()
    }

    /// Returns true if the parameter has this name, ignoring case, and a value.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.text.contains('=') && self.name().eq_ignore_ascii_case(name)
    }

    /// Returns the text after the equals sign as written, with quotes.
    #[must_use]
    pub fn raw_value(&self) -> &str {
        self.text.split_once('=').map_or("", |(_, value)| value)
    }

    /// Returns the text after the equals sign without quotes, decoded (RFC 6868).
    #[must_use]
    pub fn value(&self) -> Cow<'_, str> {
        decode_parameter_value(self.raw_value())
    }

    /// Returns the values, split at the commas outside quotes, decoded (RFC 6868).
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let mut values = Vec::new();
        let mut rest = self.raw_value();
        while let Some(end) = outside_quotes(rest, &[',']) {
            values.push(decode_parameter_value(&rest[..end]).into_owned());
            rest = &rest[end + 1..];
        }
        values.push(decode_parameter_value(rest).into_owned());
        values
    }

    /// Removes an unclosed quote, which could pair up with one of a new value.
    fn balance_quotes(&mut self) {
        if self.text.matches('"').count() % 2 == 1
            && let Some(place) = self.text.rfind('"')
        {
            self.text.remove(place);
        }
    }
}

/// Returns true if this is an `iana-token` or `x-name` (RFC 5545 section 3.1). Underscores are accepted, because some
/// programs write them.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    !name.is_empty() && name.chars().all(is_part)
}

fn without_group(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Returns true if a content line cannot contain this character (CONTROL in RFC 5545 section 3.1).
fn is_control(letter: char) -> bool {
    letter.is_ascii_control() && letter != '\t'
}

fn check_value(value: &str) -> Result<(), InvalidProperty> {
    if value.contains(is_control) { Err(InvalidProperty::Value(value.to_owned())) } else { Ok(()) }
}

/// Returns the first offset of one of the characters outside quotes. An unclosed quote is an ordinary character.
fn outside_quotes(text: &str, wanted: &[char]) -> Option<usize> {
    let mut quoted = false;
    for (place, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted && text[place + 1..].contains('"');
        } else if !quoted && wanted.contains(&letter) {
            return Some(place);
        }
    }
    None
}

/// Returns a parameter value without quotes, decoded (RFC 6868 section 3).
fn decode_parameter_value(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(['"', '^']) {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars().filter(|letter| *letter != '"').peekable();
    while let Some(letter) = letters.next() {
        let decoded = match (letter, letters.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('\'')) => Some('"'),
            ('^', Some('^')) => Some('^'),
            _ => None,
        };
        if decoded.is_some() {
            letters.next();
        }
        value.push(decoded.unwrap_or(letter));
    }
    Cow::Owned(value)
}

/// Appends a parameter value, encoded (RFC 6868 section 3) and quoted where necessary.
fn encode_parameter_value(value: &str, text: &mut String) -> Result<(), InvalidProperty> {
    let needs_quotes = value.contains([':', ';', ',']) || value.trim() != value;
    let quote = if needs_quotes { "\"" } else { "" };
    text.push_str(quote);
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => text.push_str("^^"),
            '"' => text.push_str("^'"),
            '\n' => text.push_str("^n"),
            '\r' => {
                letters.next_if_eq(&'\n');
                text.push_str("^n");
            }
            letter if is_control(letter) => return Err(InvalidProperty::Value(value.to_owned())),
            letter => text.push(letter),
        }
    }
    text.push_str(quote);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn content_line_is_parsed() {
        let line = Property::parse("dtstart;Tzid=\"A; B: C\";value=DATE-TIME:20270101T090000").unwrap();
        assert!(line.is("DTSTART"));
        assert_eq!(line.parameter("TZID").as_deref(), Some("A; B: C"));
        assert_eq!(line.parameter("VALUE").as_deref(), Some("DATE-TIME"));
        assert_eq!(line.value(), "20270101T090000");
        assert_eq!(
            Property::parse("ORGANIZER;CN=\"open:mailto:a@b").map(|line| line.value).as_deref(),
            Some("mailto:a@b")
        );
        for wrong in ["", "no colon", ":value", "two words:1", "X;Y=1"] {
            assert_eq!(Property::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn text_is_unescaped() {
        let line = |value: &str| Property::component_line("SUMMARY", value);
        assert_eq!(line(r"a\, b\; c\nd\Ne\\n \q").text(), "a, b; c\nd\ne\\n \\q");
        assert_eq!(line(r"one,two\, three,\\,").texts(), ["one", "two, three", "\\", ""]);
        assert_eq!(line("ends with \\").text(), "ends with \\");
    }

    #[test]
    fn parameter_values_are_decoded_once() {
        let values = |text: &str| Property::parse(&format!("X;P={text}:1")).unwrap().parameters()[0].values();
        assert_eq!(values("George Herman ^'Babe^' Ruth"), ["George Herman \"Babe\" Ruth"]);
        assert_eq!(values("a^nb^^nc^^^'^x^"), ["a\nb^nc^\"^x^"]);
        assert_eq!(values("\"a,b\",c, \" d\""), ["a,b", "c", " d"]);
        assert_eq!(values(""), [""]);
    }

    #[test]
    fn parameters_are_quoted_where_necessary() {
        let mut line = Property::new("ATTENDEE", "mailto:a@example.org").unwrap();
        line.set_parameter("CN", &["Ali \"Abu\"\nHassan"]).unwrap();
        line.set_parameter("MEMBER", &["mailto:b@example.org", "c"]).unwrap();
        assert_eq!(
            line.content_line(),
            "ATTENDEE;CN=Ali ^'Abu^'^nHassan;MEMBER=\"mailto:b@example.org\",c:mailto:a@example.org"
        );
        line.set_parameter("cn", &["Ali"]).unwrap();
        assert!(line.remove_parameter("member") && !line.remove_parameter("member"));
        assert_eq!(line.content_line(), "ATTENDEE;cn=Ali:mailto:a@example.org");
    }

    #[test]
    fn invalid_names_and_values_are_refused() {
        for name in ["", "A B", "A:B", "A;B", "ä", "A\n", "BEGIN", "end", "a.b"] {
            assert_eq!(Property::new(name, "1"), Err(InvalidProperty::Name(name.to_owned())));
        }
        for value in ["a\nb", "a\rb", "\0", "\x7f"] {
            assert_eq!(Property::new("A", value), Err(InvalidProperty::Value(value.to_owned())));
        }
        let mut line = Property::new("A", "\t").unwrap();
        assert!(line.set_value("\n").is_err() && line.set_parameter("B", &["\0"]).is_err());
        assert!(line.set_parameter("B C", &["1"]).is_err());
        assert_eq!(line.content_line(), "A:\t");
    }

    #[test]
    fn unclosed_quote_never_extends_into_a_new_value() {
        let mut line = Property::parse("ORGANIZER;CN=\"open;X=1:mailto:a@b").unwrap();
        assert_eq!(line.parameters().len(), 2);
        line.set_value("say: \"hello\"").unwrap();
        assert_eq!(Property::parse(&line.content_line()), Some(line));
    }

    proptest! {
        #[test]
        fn parameter_values_round_trip(values in prop::collection::vec("([^\\p{Cc}]|[\"^:;,\\n'n ]){0,20}", 1..4)) {
            let texts: Vec<&str> = values.iter().map(String::as_str).collect();
            let line = Property::new("X", "a:b\"c").unwrap().with_parameter("P", &texts).unwrap();
            let read = Property::parse(&line.content_line()).unwrap();
            prop_assert_eq!(read.parameters()[0].values(), values);
            prop_assert_eq!(read, line);
        }

        #[test]
        fn texts_round_trip(text in "([^\\p{Cc}]|[\\\\;,\\n\\t]){0,60}") {
            let line = Property::with_text("X", &text).unwrap();
            prop_assert_eq!(Property::parse(&line.content_line()).unwrap().text(), text);
        }
    }
}
