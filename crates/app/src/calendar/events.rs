//! Anchor dates of events, from which the dates of their tasks are counted.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::kinds::event;
use obcms_domain::registry::Record;

/// Returns the first and the last day of an event in its zone.
pub fn anchors(record: &Record, office: &TimeZone) -> (Option<Date>, Option<Date>) {
    let zone = TimeZone::get(event::TIMEZONE.get(record)).unwrap_or_else(|_| office.clone());
    let first = event::START.get(record).map(|start| start.to_zoned(zone.clone()).date());
    // The end is exclusive: an event until midnight ends on the day before.
    let last = event::END.get(record).map(|end| {
        let before_end = end.checked_sub(1.second()).unwrap_or(end);
        before_end.to_zoned(zone.clone()).date()
    });
    (first, last.or(first))
}
