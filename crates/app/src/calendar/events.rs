//! Anchor dates of events, from which the dates of their tasks are counted.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::registry::Record;

/// Returns the first and the last day of an event in its zone.
pub fn anchors(record: &Record, office: &TimeZone) -> (Option<Date>, Option<Date>) {
    let zone = TimeZone::get(record.text("timezone")).unwrap_or_else(|_| office.clone());
    let first = record.instant("start").map(|start| start.to_zoned(zone.clone()).date());
    // The end is exclusive: an event until midnight ends on the day before.
    let last = record.instant("end").map(|end| {
        let before_end = end.checked_sub(1.second()).unwrap_or(end);
        before_end.to_zoned(zone.clone()).date()
    });
    (first, last.or(first))
}
