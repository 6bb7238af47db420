//! Conversion of local times to instants (RFC 5545, 3.3.5). A local time in a gap uses the offset before the gap; an
//! ambiguous local time means its first occurrence.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::calendar::{self, Wall};

/// Upper bound of one offset transition, in seconds. The largest transitions were a day, across the date line.
const GREATEST_SHIFT: i64 = 26 * 3600;

/// Clock of a set: a zone, or UTC for sets of dates.
pub(crate) struct Clock<'a> {
    /// `None` for dates.
    zone: Option<&'a TimeZone>,
}

/// Result of resolving a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) instant: i64,
    /// True if the local time is in a gap.
    pub(crate) in_gap: bool,
}

impl<'a> Clock<'a> {
    pub(crate) fn new(zone: &'a TimeZone, is_date: bool) -> Clock<'a> {
        Clock { zone: (!is_date).then_some(zone) }
    }

    /// Returns the instant of a local time; `None` beyond the end of time.
    pub(crate) fn resolve(&self, wall: Wall) -> Option<Resolved> {
        let moment = calendar::civil_of(wall)?;
        let Some(zone) = self.zone else {
            return Some(Resolved { instant: wall, in_gap: false });
        };
        let (offset, in_gap) = match zone.to_ambiguous_timestamp(moment).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, false),
            AmbiguousOffset::Gap { before, .. } => (before, true),
            AmbiguousOffset::Fold { before, .. } => (before, false),
        };
        let instant = wall - i64::from(offset.seconds());
        // An instant beyond the end of time cannot be represented.
        Timestamp::from_second(instant).ok().map(|_| Resolved { instant, in_gap })
    }

    /// Returns a lower bound: no local time before it is an instant at or after `instant`.
    pub(crate) fn earliest(&self, instant: i64) -> Wall {
        let mut earliest = self.show(instant);
        self.shifts(instant, |shift, before, after| {
            if after > before && instant < shift + (after - before) {
                earliest = earliest.min(instant + before);
            }
        });
        earliest
    }

    /// Returns an upper bound: no local time at or after it is an instant before `instant`.
    pub(crate) fn latest(&self, instant: i64) -> Wall {
        let mut latest = self.show(instant);
        self.shifts(instant, |shift, before, after| {
            if after < before {
                latest = latest.max(shift + before);
            }
        });
        latest
    }

    /// Returns the local times that lie before those of an instant but resolve to later ones, because they are in the
    /// gap that just ended. The range is half-open.
    pub(crate) fn overtaken(&self, instant: i64) -> Option<(Wall, Wall)> {
        let mut overtaken = None;
        self.shifts(instant, |shift, before, after| {
            if after > before && instant < shift + (after - before) {
                overtaken = Some((instant + before + 1, shift + after));
            }
        });
        overtaken
    }

    fn show(&self, instant: i64) -> Wall {
        instant + self.offset(instant)
    }

    fn offset(&self, instant: i64) -> i64 {
        match (self.zone, Timestamp::from_second(instant)) {
            (Some(zone), Ok(instant)) => i64::from(zone.to_offset(instant).seconds()),
            _ => 0,
        }
    }

    /// Calls a function with each offset transition shortly before, or at, an instant: time, offset before, offset
    /// after.
    fn shifts(&self, instant: i64, mut call: impl FnMut(i64, i64, i64)) {
        let (Some(zone), Ok(end)) = (self.zone, Timestamp::from_second(instant + 1)) else { return };
        for transition in zone.preceding(end) {
            let shift = transition.timestamp().as_second();
            if shift + GREATEST_SHIFT < instant {
                break;
            }
            call(shift, self.offset(shift - 1), i64::from(transition.offset().seconds()));
        }
    }
}
