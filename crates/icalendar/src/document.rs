//! Lossless documents: components, properties and all other content of a file, with its exact bytes.
//!
//! A [`Document`] keeps its source: folds, line ends, case, quotes, blank lines, invalid lines, components without an
//! end, and the byte order mark. [`Document::to_bytes`] of an unchanged document is byte for byte the file. Only a
//! changed, added or removed property is rewritten, folded after 75 octets and with the line end of the document.

mod component;
mod output;
#[cfg(test)]
mod tests;

use crate::Limits;
use crate::lines::{Encoding, LogicalLines};
use crate::property::Original;
use output::Output;

pub use crate::property::{InvalidProperty, Parameter, Property};
pub use component::Component;

/// iCalendar file: components, usually one `VCALENDAR`, and everything around them.
///
/// Two documents are equal if encoding and contents are; folds, line ends and blank lines do not count.
///
/// ```
/// use obcms_icalendar::document::{Component, Document, Property};
///
/// let mut event = Component::new("VEVENT")?;
/// event.push(Property::new("UID", "1@example.org")?);
/// event.push(Property::with_text("SUMMARY", "Tea, then talks")?.with_parameter("LANGUAGE", &["en"])?);
/// let mut calendar = Component::new("VCALENDAR")?;
/// calendar.push(Property::new("VERSION", "2.0")?);
/// calendar.push_component(event);
/// let mut document = Document::new();
/// document.push_component(calendar);
/// assert_eq!(
///     String::from_utf8(document.to_bytes())?,
///     "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n\
///      SUMMARY;LANGUAGE=en:Tea\\, then talks\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    encoding: Encoding,
    /// Byte order mark, or empty.
    mark: Box<[u8]>,
    /// Line end of new lines.
    ending: &'static str,
    nodes: Vec<Node>,
    /// Half of a code unit at the end of a truncated UTF-16 file.
    rest: Box<[u8]>,
}

/// Part of a component or document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Content line.
    Property(Property),
    /// Nested component.
    Component(Component),
    /// Line that is no content line, stray `END`, or blank lines.
    Opaque(Opaque),
}

/// Line that is preserved but not understood. Two are equal if their texts are.
#[derive(Clone, Debug)]
pub struct Opaque {
    text: String,
    original: Original,
}

impl PartialEq for Opaque {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Opaque {}

impl Opaque {
    /// Returns the unfolded text; empty for blank lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the exact bytes.
    #[must_use]
    pub fn original_bytes(&self) -> &[u8] {
        &self.original.bytes
    }
}

/// Reason for refusing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Number of bytes.
    #[error("The file has more than {0} bytes.")]
    TooLarge(usize),
    /// Number of content lines.
    #[error("The file has more than {0} lines.")]
    TooManyLines(usize),
    /// Nesting depth of components.
    #[error("The file has components within more than {0} others.")]
    TooDeep(usize),
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        (self.encoding, &self.mark, &self.rest) == (other.encoding, &other.mark, &other.rest)
            && component::contents(&self.nodes).eq(component::contents(&other.nodes))
    }
}

impl Eq for Document {}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// Returns an empty document with the line ends of RFC 5545.
    #[must_use]
    pub fn new() -> Self {
        Self {
            encoding: Encoding::EightBit,
            mark: Box::default(),
            ending: "\r\n",
            nodes: Vec::new(),
            rest: Box::default(),
        }
    }

    /// Parses a file. Invalid lines become [`Opaque`]; a component without an end ends with its parent.
    ///
    /// The encoding is UTF-8, or UTF-16 after a byte order mark. A line that is not UTF-8 is decoded as Windows-1252,
    /// and becomes UTF-8 when it is changed.
    ///
    /// # Errors
    ///
    /// Refuses a file that is larger than `limits`. No content is refused.
    pub fn parse(file: impl AsRef<[u8]>, limits: &Limits) -> Result<Self, ParseError> {
        let file = file.as_ref();
        if file.len() > limits.bytes {
            return Err(ParseError::TooLarge(limits.bytes));
        }
        let (encoding, mark) = Encoding::detect(file);
        let (mark, body) = file.split_at(mark);
        let (body, rest) = body.split_at(body.len() - body.len() % encoding.width());
        let lines = LogicalLines::new(body, encoding);
        let ending = lines.ending().unwrap_or("\r\n");
        let mut builder = Builder { top: Vec::new(), open: Vec::new(), depth: limits.depth };
        for (count, line) in lines.enumerate() {
            if count >= limits.lines {
                return Err(ParseError::TooManyLines(limits.lines));
            }
            let original = Original { bytes: line.raw.into(), encoding };
            builder.line(line.text.unwrap_or_default(), original)?;
        }
        Ok(Self { encoding, mark: mark.into(), ending, nodes: builder.finish(), rest: rest.into() })
    }

    /// Returns the file. Unchanged parts are byte for byte the original.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut output = Output::new(self.encoding, self.ending, &self.mark);
        output.nodes(&self.nodes);
        let mut bytes = output.into_bytes();
        bytes.extend_from_slice(&self.rest);
        bytes
    }

    /// Returns all nodes in the order of the file.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the components of the file.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        component::components(&self.nodes)
    }

    /// Returns the components of the file for mutation.
    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        component::components_mut(&mut self.nodes)
    }

    /// Returns the first `VCALENDAR`.
    #[must_use]
    pub fn calendar(&self) -> Option<&Component> {
        self.components().find(|component| component.is("VCALENDAR"))
    }

    /// Returns the first `VCALENDAR` for mutation.
    pub fn calendar_mut(&mut self) -> Option<&mut Component> {
        self.components_mut().find(|component| component.is("VCALENDAR"))
    }

    /// Adds a component at the end of the file.
    pub fn push_component(&mut self, component: Component) {
        component::push_component(&mut self.nodes, component);
    }

    /// Removes the components for which `keep` returns false. Everything else is unchanged.
    pub fn retain_components(&mut self, keep: impl FnMut(&Component) -> bool) {
        component::retain_components(&mut self.nodes, keep);
    }
}

/// Builder of the tree while lines are parsed.
struct Builder {
    top: Vec<Node>,
    /// Open components, outermost first.
    open: Vec<Component>,
    depth: usize,
}

impl Builder {
    fn line(&mut self, text: String, original: Original) -> Result<(), ParseError> {
        let Some(property) = Property::parse(&text) else {
            self.push(Node::Opaque(Opaque { text, original }));
            return Ok(());
        };
        if property.is("BEGIN") {
            if self.open.len() >= self.depth {
                return Err(ParseError::TooDeep(self.depth));
            }
            self.open.push(Component::begun(property.with_original(original)));
        } else if property.is("END") {
            let name = property.value().trim();
            match self.open.iter().rposition(|component| component.is(name)) {
                Some(place) => {
                    while self.open.len() > place + 1 {
                        self.close();
                    }
                    if let Some(component) = self.open.last_mut() {
                        component.end(property.with_original(original));
                    }
                    self.close();
                }
                None => self.push(Node::Opaque(Opaque { text, original })),
            }
        } else {
            self.push(Node::Property(property.with_original(original)));
        }
        Ok(())
    }

    fn push(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(component) => component.add(node),
            None => self.top.push(node),
        }
    }

    /// Moves the innermost open component into its parent.
    fn close(&mut self) {
        if let Some(component) = self.open.pop() {
            self.push(Node::Component(component));
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while !self.open.is_empty() {
            self.close();
        }
        self.top
    }
}
