//! Lossless documents: components, properties and everything else of a file, with its exact bytes.
//!
//! A [`Document`] keeps what it was parsed from: folds, line ends, case, quotes, blank lines, lines that are no content
//! lines, components without an end, the byte order mark. [`Document::to_bytes`] of an unchanged document is byte for
//! byte the file. A property that is changed, added or removed is written anew, folded after 75 octets and with the
//! line end of the document, and nothing else is.

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

/// File of iCalendar: components, as a rule one `VCALENDAR`, and whatever is around them.
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
    /// Half of a code unit at the end of a broken UTF-16 file.
    rest: Box<[u8]>,
}

/// Part of a component or document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Content line.
    Property(Property),
    /// Component within.
    Component(Component),
    /// Line that is no content line, stray `END`, or blank lines.
    Opaque(Opaque),
}

/// Line that is kept and not understood. Two are equal if their texts are.
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

/// Reason for which a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Number of bytes.
    #[error("The file has more than {0} bytes.")]
    TooLarge(usize),
    /// Number of content lines.
    #[error("The file has more than {0} lines.")]
    TooManyLines(usize),
    /// Depth of components.
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

    /// Parses a file. Whatever is no content line is kept as [`Opaque`]; a component without an end ends with the one
    /// around it.
    ///
    /// The encoding is UTF-8, or UTF-16 after a byte order mark. A line that is not UTF-8 is read as Windows-1252, and
    /// written as UTF-8 once it is changed.
    ///
    /// # Errors
    ///
    /// Refuses a file that is larger than `limits`; no content is refused.
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

    /// Returns the file: unchanged parts byte for byte as they came.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut output = Output::new(self.encoding, self.ending, &self.mark);
        output.nodes(&self.nodes);
        let mut bytes = output.into_bytes();
        bytes.extend_from_slice(&self.rest);
        bytes
    }

    /// Returns everything in the order of the file.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the components of the file.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        component::components(&self.nodes)
    }

    /// Returns the components of the file, to change them.
    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        component::components_mut(&mut self.nodes)
    }

    /// Returns the first `VCALENDAR`.
    #[must_use]
    pub fn calendar(&self) -> Option<&Component> {
        self.components().find(|component| component.is("VCALENDAR"))
    }

    /// Returns the first `VCALENDAR`, to change it.
    pub fn calendar_mut(&mut self) -> Option<&mut Component> {
        self.components_mut().find(|component| component.is("VCALENDAR"))
    }

    /// Adds a component at the end of the file.
    pub fn push_component(&mut self, component: Component) {
        component::push_component(&mut self.nodes, component);
    }

    /// Keeps the components for which `keep` returns true; everything else stays.
    pub fn retain_components(&mut self, keep: impl FnMut(&Component) -> bool) {
        component::retain_components(&mut self.nodes, keep);
    }
}

/// Tree of a file while its lines are read.
struct Builder {
    top: Vec<Node>,
    /// Components without an end yet, the outermost first.
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

    /// Puts the innermost open component into the one around it.
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
