//! Where a booking stands, and when it uses its resource.

use super::Span;
use crate::registry::Record;

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingStatus {
    /// Waits for a decision, and blocks meanwhile.
    Pending,
    /// Stands.
    Approved,
    /// Was refused.
    Rejected,
    /// Was given up.
    Cancelled,
}

impl BookingStatus {
    /// The value that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of a booking; what is not known yet waits.
    #[must_use]
    pub fn of(booking: &Record) -> Self {
        match booking.text("status") {
            "approved" => Self::Approved,
            "rejected" => Self::Rejected,
            "cancelled" => Self::Cancelled,
            _ => Self::Pending,
        }
    }

    /// Whether nobody else can have the resource meanwhile.
    #[must_use]
    pub const fn blocks(self) -> bool {
        matches!(self, Self::Pending | Self::Approved)
    }
}

/// One time for which a booking takes its resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Which occurrence of the series; empty for a single booking.
    pub recurrence_id: String,
    /// From when to when, without buffers.
    pub span: Span,
}

/// All times that the booking asks for, whatever its status.
#[must_use]
pub fn uses(booking: &Record) -> Vec<Use> {
    match (booking.instant("start"), booking.instant("end")) {
        (Some(start), Some(end)) if start < end => {
            vec![Use { recurrence_id: String::new(), span: Span::new(start, end) }]
        }
        _ => Vec::new(),
    }
}

/// The times for which the booking takes its resource now: none when it is archived, rejected or cancelled.
#[must_use]
pub fn occupied(booking: &Record) -> Vec<Use> {
    if booking.is_archived() || !BookingStatus::of(booking).blocks() { Vec::new() } else { uses(booking) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;

    #[test]
    fn the_states_equal_the_list_of_choices() {
        let values: Vec<_> = choices::BOOKING_STATUSES.iter().map(|choice| choice.value).collect();
        let states = [
            BookingStatus::Pending,
            BookingStatus::Approved,
            BookingStatus::Rejected,
            BookingStatus::Cancelled,
        ];
        assert_eq!(values, states.map(BookingStatus::as_str));
    }
}
