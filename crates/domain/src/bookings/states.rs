//! Status of a booking, and the times that it reserves.

use jiff::Timestamp;

use super::{MAXIMUM_USES, Span};
use crate::calendar::series::{Length, Series};
use crate::calendar::unfloating;
use crate::kinds::booking;
use crate::registry::Record;

/// Status of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingStatus {
    /// Waiting for a decision; blocks the resource meanwhile.
    Pending,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Cancelled.
    Cancelled,
}

impl BookingStatus {
    /// Returns the stored value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the status of a booking; an unknown one counts as pending.
    #[must_use]
    pub fn of(booking: &Record) -> Self {
        match booking::STATUS.get(booking) {
            "approved" => Self::Approved,
            "rejected" => Self::Rejected,
            "cancelled" => Self::Cancelled,
            _ => Self::Pending,
        }
    }

    /// Returns true if a booking with this status blocks the resource.
    #[must_use]
    pub const fn blocks(self) -> bool {
        matches!(self, Self::Pending | Self::Approved)
    }
}

/// Time for which a booking reserves its resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Recurrence id of the occurrence; empty for a single booking.
    pub recurrence_id: String,
    /// Period without buffers.
    pub span: Span,
}

/// Returns true if the booking has a time that is not over.
#[must_use]
pub fn is_ahead(booking: &Record, now: Timestamp) -> bool {
    uses(booking).iter().any(|one| one.span.end > now)
}

/// Returns true if the booking reserves its resource for a time that is not over.
#[must_use]
pub fn reserves(booking: &Record, now: Timestamp) -> bool {
    !booking.is_archived() && BookingStatus::of(booking).blocks() && is_ahead(booking, now)
}

/// Returns all times that the booking asks for, whatever its status, by start. For a series that is not [`is_bounded`]
/// the list is incomplete.
#[must_use]
pub fn uses(booking: &Record) -> Vec<Use> {
    let Some(series) = Series::of(booking) else {
        return single(booking).map(|span| Use { recurrence_id: String::new(), span }).into_iter().collect();
    };
    let zone = &series.set.zone;
    let midnight = |day: Timestamp| {
        let first = unfloating(day).to_zoned(zone.clone());
        first.map_or(day, |first| first.timestamp())
    };
    let found = series.set.between(None, None, MAXIMUM_USES + 1).unwrap_or_default();
    let mut uses: Vec<Use> = found
        .into_iter()
        .filter_map(|date| {
            let recurrence_id = date.id.to_string();
            let span = if series.overrides.contains_key(&recurrence_id) {
                single(&series.materialize(booking, date.id).ok()??)?
            } else {
                let end = series.end_of(date.start, date.end);
                match series.length {
                    Length::Days(_) => Span::new(midnight(date.start), midnight(end)),
                    Length::Time(_) => Span::new(date.start, end),
                }
            };
            Some(Use { recurrence_id, span })
        })
        .collect();
    uses.sort_by(|one, other| (one.span, &one.recurrence_id).cmp(&(other.span, &other.recurrence_id)));
    uses
}

fn single(booking: &Record) -> Option<Span> {
    let span = Span::new(booking::START.get(booking)?, booking::END.get(booking)?);
    (!span.is_empty()).then_some(span)
}

/// Returns true if the booking ends, and has no more dates than one booking may have.
#[must_use]
pub fn is_bounded(booking: &Record) -> bool {
    Series::of(booking).is_none_or(|series| {
        let found = series.set.between(None, None, MAXIMUM_USES + 1);
        found.is_ok_and(|found| found.len() <= MAXIMUM_USES)
    })
}

/// Returns the times that the booking reserves now: none when it is archived, rejected or cancelled.
#[must_use]
pub fn occupied(booking: &Record) -> Vec<Use> {
    if booking.is_archived() || !BookingStatus::of(booking).blocks() { Vec::new() } else { uses(booking) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::choices;
    use crate::core::id::Id;
    use crate::kinds;

    fn booking(start: &str, end: &str, rule: &str) -> Record {
        let mut booking =
            Record::new(&kinds::BOOKING, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None);
        booking::TIMEZONE.set(&mut booking, "Asia/Manila");
        booking::START.set(&mut booking, start.parse::<Timestamp>().unwrap());
        booking::END.set(&mut booking, end.parse::<Timestamp>().unwrap());
        if !rule.is_empty() {
            booking::RRULE.set(&mut booking, rule);
        }
        booking
    }

    #[test]
    fn series_uses_the_resource_on_each_occurrence() {
        let once = booking("2026-12-01T09:00:00+08:00", "2026-12-01T11:00:00+08:00", "");
        assert_eq!(uses(&once).len(), 1);
        assert_eq!(uses(&once)[0].recurrence_id, "");
        let mut weekly =
            booking("2026-12-01T09:00:00+08:00", "2026-12-01T11:00:00+08:00", "FREQ=WEEKLY;COUNT=4");
        booking::EXDATES.set(&mut weekly, vec!["2026-12-08T09:00:00"]);
        booking::RDATES.set(&mut weekly, vec!["2026-12-09T14:00:00"]);
        let moved = json!({ "2026-12-15T09:00:00": { "start": "2026-12-17T01:00:00Z", "end": "2026-12-17T02:00:00Z" } });
        booking::OVERRIDES.set(&mut weekly, moved);
        let found: Vec<(String, String, i64)> = uses(&weekly)
            .into_iter()
            .map(|one| (one.recurrence_id, one.span.start.to_string(), one.span.minutes()))
            .collect();
        let expected = [
            ("2026-12-01T09:00:00", "2026-12-01T01:00:00Z", 120),
            ("2026-12-09T14:00:00", "2026-12-09T06:00:00Z", 120),
            ("2026-12-15T09:00:00", "2026-12-17T01:00:00Z", 60),
            ("2026-12-22T09:00:00", "2026-12-22T01:00:00Z", 120),
        ];
        let expected = expected.map(|(id, start, minutes)| (id.to_owned(), start.to_owned(), minutes));
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_days_are_days_of_the_zone() {
        let mut days =
            booking("2026-12-01T00:00:00+08:00", "2026-12-03T00:00:00+08:00", "FREQ=WEEKLY;COUNT=2");
        booking::ALL_DAY.set(&mut days, true);
        let starts: Vec<String> = uses(&days).iter().map(|one| one.span.start.to_string()).collect();
        assert_eq!(starts, ["2026-11-30T16:00:00Z", "2026-12-07T16:00:00Z"]);
        assert!(uses(&days).iter().all(|one| one.span.minutes() == 48 * 60));
    }

    #[test]
    fn endless_series_is_not_bounded() {
        let rule = |rule| booking("2026-12-01T09:00:00+08:00", "2026-12-01T11:00:00+08:00", rule);
        assert!(is_bounded(&rule("")));
        assert!(is_bounded(&rule("FREQ=DAILY;COUNT=400")));
        assert!(!is_bounded(&rule("FREQ=DAILY;COUNT=401")));
        assert!(!is_bounded(&rule("FREQ=YEARLY")));
    }

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
