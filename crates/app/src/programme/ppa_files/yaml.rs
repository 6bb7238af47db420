//! YAML documents as a tree whose parts know their lines. Scalars stay text, so that no amount passes through a float.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

/// Maximum depth of lists and mappings within one another.
const MAXIMUM_DEPTH: usize = 32;

/// Part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Line of its beginning, counted from 1.
    pub line: usize,
    /// Content.
    pub content: Content,
}

/// Content of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing: an empty value, `null` or `~` without quotes.
    Null,
    /// Text of a scalar.
    Text(String),
    /// List.
    List(Vec<Node>),
    /// Mapping, in the order of the file.
    Mapping(Vec<Member>),
}

/// Member of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Line of the key.
    pub line: usize,
    /// Key.
    pub key: String,
    /// Value.
    pub value: Node,
}

/// Error in the syntax of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, counted from 1.
    pub line: usize,
    /// Reason, as a sentence.
    pub reason: String,
}

impl SyntaxError {
    fn new(line: usize, reason: impl Into<String>) -> Self {
        // The end of an empty file has no line.
        Self { line: line.max(1), reason: reason.into() }
    }
}

impl From<ScanError> for SyntaxError {
    fn from(error: ScanError) -> Self {
        Self::new(error.marker().line(), format!("This is not YAML: {}.", error.info()))
    }
}

/// Parses the only document of a text. Aliases and tags are refused: no file of PPAs needs them, and a few aliases can
/// expand to gigabytes.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut builder = Builder { parser: Parser::new_from_str(text) };
    let root = loop {
        match builder.next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Ok(Node { line: 1, content: Content::Null }),
            (event, span) => break builder.node(event, span, 0)?,
        }
    };
    loop {
        match builder.next()? {
            (Event::StreamEnd, _) => return Ok(root),
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (_, span) => {
                return Err(SyntaxError::new(span.start.line(), "The file must have only one document."));
            }
        }
    }
}

struct Builder<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), SyntaxError> {
        match self.parser.next_event() {
            Some(event) => Ok(event?),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// Returns the part that begins with an event.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, SyntaxError> {
        let line = span.start.line();
        if depth > MAXIMUM_DEPTH {
            return Err(SyntaxError::new(
                line,
                format!("Lists and mappings must be at most {MAXIMUM_DEPTH} deep."),
            ));
        }
        let content = match event {
            Event::Scalar(_, _, _, Some(tag)) => return Err(tagged(line, &tag)),
            Event::SequenceStart(_, Some(tag)) | Event::MappingStart(_, Some(tag)) => {
                return Err(tagged(line, &tag));
            }
            Event::Scalar(text, style, _, None) => scalar(text, style),
            Event::SequenceStart(_, None) => Content::List(self.items(depth)?),
            Event::MappingStart(_, None) => Content::Mapping(self.members(depth)?),
            Event::Alias(_) => {
                return Err(SyntaxError::new(line, "Aliases such as *name are not supported."));
            }
            _ => return Err(SyntaxError::new(line, "A value is missing.")),
        };
        Ok(Node { line, content })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, SyntaxError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<Member>, SyntaxError> {
        let mut members: Vec<Member> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(members);
            }
            let line = span.start.line();
            let Content::Text(key) = self.node(event, span, depth + 1)?.content else {
                return Err(SyntaxError::new(line, "The key of a mapping must be text."));
            };
            if let Some(known) = members.iter().find(|known| known.key == key) {
                return Err(SyntaxError::new(
                    line,
                    format!("The key {key} is repeated; its first value is in line {}.", known.line),
                ));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            members.push(Member { line, key, value });
        }
    }
}

fn tagged(line: usize, tag: &saphyr_parser::Tag) -> SyntaxError {
    SyntaxError::new(line, format!("Tags such as {tag} are not supported."))
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Content {
    match (style, &*text) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Content::Null,
        _ => Content::Text(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, String) {
        let error = parse(text).expect_err("a refusal");
        (error.line, error.reason)
    }

    #[test]
    fn parts_know_their_lines() {
        let Content::Mapping(members) =
            parse("a: 1\n\nb:\n  - x: 2\n    y: |\n      two\n      lines\n  - ~\n")
                .expect("a document")
                .content
        else {
            panic!("not a mapping")
        };
        assert_eq!(members.iter().map(|member| member.line).collect::<Vec<_>>(), [1, 3]);
        let Content::List(items) = &members[1].value.content else { panic!("not a list") };
        assert_eq!((items[0].line, items[1].line), (4, 8));
        let Content::Mapping(inner) = &items[0].content else { panic!("not a mapping") };
        assert_eq!((inner[0].line, inner[1].line), (4, 5));
        assert_eq!(inner[1].value.content, Content::Text("two\nlines\n".to_owned()));
        assert_eq!(items[1].content, Content::Null);
    }

    #[test]
    fn scalars_stay_text() {
        for (text, expected) in
            [("0.10", "0.10"), ("1e3", "1e3"), ("\"null\"", "null"), ("'110,000'", "110,000")]
        {
            let node = parse(text).expect("a document");
            assert_eq!(node.content, Content::Text(expected.to_owned()), "{text}");
        }
        for text in ["", "# nothing\n", "~", "null", "---\n..."] {
            assert_eq!(parse(text).expect("a document").content, Content::Null, "{text}");
        }
    }

    #[test]
    fn syntax_errors_have_their_line() {
        for (text, line, reason) in [
            ("a: 1\nb: \"two\nc: 3\n", 2, "not YAML"),
            ("a: 1\n b: 2\n", 2, "not YAML"),
            ("a: [1, 2\n", 2, "not YAML"),
            // The scalar begins in line 1.
            ("a: 1\n\tb: 2\n", 1, "not YAML"),
            ("a: 1\nb: 2\na: 3\n", 3, "key a is repeated; its first value is in line 1"),
            ("a: &x 1\nb: *x\n", 2, "Aliases"),
            ("a: !!int 1\n", 1, "Tags such as"),
            ("a: 1\n---\nb: 2\n", 2, "only one document"),
            ("? [1]\n: 2\n", 1, "key of a mapping"),
        ] {
            let (at, text_of) = refused(text);
            assert!(at == line && text_of.contains(reason), "{text:?}: {at}: {text_of}");
        }
        assert!(refused(&"[".repeat(200)).1.contains("deep"));
    }
}
