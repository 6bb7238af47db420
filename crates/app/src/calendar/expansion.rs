//! Series become their dates, within the window that is asked for and never beyond it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::people_of;
use obcms_domain::calendar::series::{Changed, ReadySeries};
use obcms_store::calendar::{EntryRow, EntryText, Window};

use super::Zones;

/// Puts the dates of each series in the place of the series. A series that cannot be worked out, which the write
/// path refuses, is left out of the feed rather than the feed out of the page.
pub fn expand(rows: Vec<EntryRow>, window: &Window, office: &TimeZone) -> Vec<EntryRow> {
    if rows.iter().all(|row| row.series.is_none()) {
        return rows;
    }
    let mut zones = Zones::new(office);
    let mut expanded = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        if row.series.is_none() {
            expanded.push(row);
        } else if let Some(series) = ready(&row, &zones.of_entry(&row)) {
            dates(&row, &series, window, |date, _| expanded.push(date));
        }
    }
    expanded
}

/// The series of a row whose times are those of the zone, read.
pub(super) fn ready(row: &EntryRow, zone: &TimeZone) -> Option<ReadySeries> {
    ReadySeries::parse(row.series.as_ref()?, zone)
}

/// Tells the dates of a series that touch the window, and of each whether more differs than when it is.
pub(super) fn dates(
    row: &EntryRow,
    series: &ReadySeries,
    window: &Window,
    mut tell: impl FnMut(EntryRow, bool),
) {
    let found = series.within((window.start, window.end), (window.first_day, window.after_last_day));
    let Ok(found) = found else {
        tracing::warn!(record = %row.record_id, "a series takes too long to expand and is not shown");
        return;
    };
    // Each of them is like this one.
    let date = EntryRow { series: None, ..row.clone() };
    for occurrence in found {
        let date = EntryRow {
            start: occurrence.start,
            end: occurrence.end,
            recurrence_id: occurrence.id,
            ..date.clone()
        };
        match occurrence.changed {
            Some(changed) => tell(of_changed(date, changed), true),
            None => tell(date, false),
        }
    }
}

/// A row as it is on a changed date.
pub(super) fn of_changed(row: EntryRow, changed: &Changed) -> EntryRow {
    let text = EntryText {
        title: changed.title.as_str().into(),
        status: changed.status.as_str().into(),
        priority: changed.priority.as_str().into(),
        location: changed.location.as_str().into(),
        people: people_of(&changed.people).collect(),
        timezone: changed.timezone.as_str().into(),
    };
    EntryRow { all_day: changed.all_day, text: Arc::new(text), ..row }
}

/// The next date of a series from `now` on, or its last one: what stands for it where there is place for one date.
pub fn next(row: EntryRow, now: Timestamp, office: &TimeZone) -> Option<EntryRow> {
    if row.series.is_none() {
        return Some(row);
    }
    let far =
        |days: i64| now.checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX);
    // Most series come within weeks; the rare ones cost a second look, those that are over a third.
    for (start, end) in [(now, far(60)), (now, far(3700)), (row.start, now)] {
        let window = Window { start, end, first_day: start, after_last_day: end };
        let mut found = expand(vec![row.clone()], &window, office);
        found.sort_by_key(|entry| entry.start);
        let found = if end == now { found.pop() } else { found.into_iter().next() };
        if found.is_some() {
            return found;
        }
    }
    None
}
