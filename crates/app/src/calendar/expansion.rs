//! Series become their dates, within the window that is asked for and never beyond it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::series::{Changed, StoredSeries};
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
        } else {
            dates(row, window, &mut zones, &mut expanded);
        }
    }
    expanded
}

fn dates(mut row: EntryRow, window: &Window, zones: &mut Zones<'_>, expanded: &mut Vec<EntryRow>) {
    let text = std::mem::take(&mut row.series);
    let Some(series) = StoredSeries::parse(&text) else {
        return;
    };
    let zone = if row.all_day { TimeZone::UTC } else { zones.of(&row.timezone) };
    let found = series.within(&zone, (window.start, window.end), (window.first_day, window.after_last_day));
    let Ok(found) = found else {
        tracing::warn!(record = %row.record_id, "a series takes too long to work out and is not shown");
        return;
    };
    for occurrence in found {
        let mut single = EntryRow {
            start: occurrence.start,
            end: occurrence.end,
            recurrence_id: occurrence.id,
            ..row.clone()
        };
        if let Some(changed) = occurrence.changed {
            single = of_changed(single, changed);
        }
        expanded.push(single);
    }
}

/// A row as it is on a changed date.
pub(super) fn of_changed(mut row: EntryRow, changed: &Changed) -> EntryRow {
    row.all_day = changed.all_day;
    row.timezone.clone_from(&changed.timezone);
    row.title.clone_from(&changed.title);
    row.status.clone_from(&changed.status);
    row.priority.clone_from(&changed.priority);
    row.location.clone_from(&changed.location);
    row.people.clone_from(&changed.people);
    row
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
