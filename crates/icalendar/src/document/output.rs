//! Output of documents: original bytes are copied, new lines are folded and ended.

use super::{Component, Node, Opaque, Property};
use crate::fold::pieces;
use crate::lines::{Encoding, is_fold, is_line_end};
use crate::property::Original;

pub(super) struct Output {
    bytes: Vec<u8>,
    encoding: Encoding,
    ending: &'static str,
    /// True if only blank lines were written.
    is_at_start: bool,
    /// True if the last line has no end yet.
    is_open: bool,
}

impl Output {
    pub fn new(encoding: Encoding, ending: &'static str, mark: &[u8]) -> Self {
        Self { bytes: mark.to_vec(), encoding, ending, is_at_start: true, is_open: false }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Property(property) => self.property(property),
                Node::Component(component) => self.component(component),
                Node::Opaque(opaque) => self.opaque(opaque),
            }
        }
    }

    fn component(&mut self, component: &Component) {
        self.property(&component.begin);
        self.nodes(&component.nodes);
        if let Some(end) = &component.end {
            self.property(end);
        }
    }

    fn property(&mut self, property: &Property) {
        match property.original() {
            Some(original) if self.can_copy(original) => self.copy(original),
            _ => self.line(&property.content_line()),
        }
        self.is_at_start = false;
    }

    fn opaque(&mut self, opaque: &Opaque) {
        let is_blank = opaque.text.is_empty();
        if self.can_copy(&opaque.original) {
            self.copy(&opaque.original);
        } else if is_blank {
            self.encoding.encode(self.ending, &mut self.bytes);
        } else {
            self.line(opaque.text.trim_start_matches([' ', '\t']));
        }
        self.is_at_start &= is_blank;
    }

    /// Returns true if the original bytes have the same meaning here. They must have the same encoding, and must not
    /// continue another line, as the first line of a file may appear to do.
    fn can_copy(&self, original: &Original) -> bool {
        let first = original.encoding.unit(&original.bytes, 0);
        original.encoding == self.encoding && (self.is_at_start || !first.is_some_and(is_fold))
    }

    fn copy(&mut self, original: &Original) {
        self.end_line();
        self.bytes.extend_from_slice(&original.bytes);
        let last = original.bytes.len().saturating_sub(self.encoding.width());
        self.is_open = !self.encoding.unit(&original.bytes, last).is_some_and(is_line_end);
    }

    fn line(&mut self, line: &str) {
        self.end_line();
        for (place, piece) in pieces(line).enumerate() {
            if place > 0 {
                self.encoding.encode(self.ending, &mut self.bytes);
                self.encoding.encode(" ", &mut self.bytes);
            }
            self.encoding.encode(piece, &mut self.bytes);
        }
        self.encoding.encode(self.ending, &mut self.bytes);
    }

    /// Ends the last line of a file that had no line end.
    fn end_line(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.encoding.encode(self.ending, &mut self.bytes);
        }
    }
}
