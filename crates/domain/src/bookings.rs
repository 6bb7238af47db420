//! Bookings of resources: terms, occupied time and availability.

pub mod actions;
mod free;
mod states;
mod terms;

pub use free::{Taken, crowded, nearest, open, peak, without};
pub use states::{BookingStatus, Use, is_bounded, occupied, uses};
pub use terms::{Closed, Terms, told};

pub use crate::core::hours::{WEEKDAYS, open_spans};
pub use crate::core::span::Span;

/// Occurrences of a recurring booking at most.
pub const MAXIMUM_USES: usize = 400;
