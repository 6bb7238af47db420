//! Half-open intervals of time.

use jiff::Timestamp;

/// Half-open interval of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First instant.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
}

impl Span {
    /// Interval from one instant to another.
    #[must_use]
    pub const fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// Returns true if both have an instant in common; adjacent intervals do not overlap.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns true if the interval contains no instant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Returns the intersection.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }

    /// Returns the length in whole minutes.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.end.duration_since(self.start).as_mins()
    }
}
