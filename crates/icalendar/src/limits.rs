//! Limits of the size of a file.

/// Limits of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of bytes. A larger file is refused.
    pub bytes: usize,
    /// Maximum number of content lines, after unfolding. A document with more is refused; the reader of events ignores
    /// the rest.
    pub lines: usize,
    /// Maximum nesting depth of components. A deeper document is refused; the reader of events ignores deeper
    /// components.
    pub depth: usize,
    /// Maximum number of events. The reader of events skips the ones after them; documents have no such limit.
    pub events: usize,
}

impl Default for Limits {
    /// 10 MiB, 500,000 lines, 8 levels, 20,000 events.
    fn default() -> Self {
        Self { bytes: 10 * 1024 * 1024, lines: 500_000, depth: 8, events: 20_000 }
    }
}
