//! Bookings of resources: terms, occupied time and availability.

pub mod actions;
pub mod following;
mod free;
mod states;
mod terms;

pub use free::{Taken, nearest, open, peak_usage, spans_over_limit, without};
pub use states::{BookingStatus, Use, is_ahead, is_bounded, occupied, reserves, uses};
pub use terms::{Closed, Terms, format_instant};

pub use crate::core::hours::{WEEKDAYS, open_spans};
pub use crate::core::span::Span;

/// Occurrences of a recurring booking at most.
pub const MAXIMUM_USES: usize = 400;
