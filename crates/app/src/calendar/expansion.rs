//! Series become their dates, within the window that is asked for and never beyond it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::people_of;
use obcms_domain::series::{Changed, ReadySeries};
use obcms_store::calendar::{EntryRow, Window};

use super::Zones;

/// Puts the dates of each series in the place of the series. A series that cannot be worked out, which the write
/// path refuses, is left out of the feed rather than the feed out of the page.
pub fn expand(rows: Vec<EntryRow>, window: &Window, office: &TimeZone) -> Vec<EntryRow> {
    if rows.iter().all(|row| row.series.is_empty()) {
        return rows;
    }
    let mut zones = Zones { known: Vec::new(), office };
    let mut expanded = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        if row.series.is_empty() {
            expanded.push(row);
        } else if let Some(series) = ready(&row, &mut zones) {
            dates(&row, &series, window, |date, _| expanded.push(date));
        }
    }
    expanded
}

/// The series of a row, read.
pub(super) fn ready(row: &EntryRow, zones: &mut Zones<'_>) -> Option<ReadySeries> {
    let zone = if row.all_day { TimeZone::UTC } else { zones.of(&row.timezone) };
    if row.series.is_empty() { None } else { ReadySeries::parse(&row.series, &zone) }
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
        tracing::warn!(record = %row.record_id, "a series takes too long to work out and is not shown");
        return;
    };
    let common = EntryRow { series: Default::default(), ..row.clone() };
    for occurrence in found {
        let single = EntryRow {
            start: occurrence.start,
            end: occurrence.end,
            recurrence_id: occurrence.id,
            ..common.clone()
        };
        match occurrence.changed {
            Some(changed) => tell(of_changed(single, changed), true),
            None => tell(single, false),
        }
    }
}

/// A row as it is on a changed date.
pub(super) fn of_changed(row: EntryRow, changed: &Changed) -> EntryRow {
    EntryRow {
        all_day: changed.all_day,
        timezone: changed.timezone.as_str().into(),
        title: changed.title.as_str().into(),
        status: changed.status.as_str().into(),
        priority: changed.priority.as_str().into(),
        location: changed.location.as_str().into(),
        people: people_of(&changed.people).collect(),
        ..row
    }
}

/// The next date of a series from `now` on, or its last one: what stands for it where there is place for one date.
pub fn next(row: EntryRow, now: Timestamp, office: &TimeZone) -> Option<EntryRow> {
    if row.series.is_empty() {
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
