//! Expansion of series into occurrences, only within the requested window.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::people_of;
use obcms_domain::calendar::series::{Changed, ParsedSeries};
use obcms_store::calendar::{EntryRow, EntryText, Window};

use super::Zones;

/// Replaces each series by its occurrences in the window. A series that cannot be expanded is left out, so that it does
/// not break the whole page. The write path refuses such series.
pub fn expand(rows: Vec<EntryRow>, window: &Window, office: &TimeZone) -> Vec<EntryRow> {
    if rows.iter().all(|row| row.series.is_none()) {
        return rows;
    }
    let mut zones = Zones::new(office);
    let mut expanded = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        if row.series.is_none() {
            expanded.push(row);
        } else if let Some(series) = parse_series(&row, &zones.of_entry(&row)) {
            dates(&row, &series, window, |date, _| expanded.push(date));
        }
    }
    expanded
}

/// Parses the series of a row; `zone` is the zone of its times.
pub(super) fn parse_series(row: &EntryRow, zone: &TimeZone) -> Option<ParsedSeries> {
    ParsedSeries::parse(row.series.as_ref()?, zone)
}

/// Calls back for each occurrence that touches the window, with true if more than its time differs from the series.
pub(super) fn dates(
    row: &EntryRow,
    series: &ParsedSeries,
    window: &Window,
    mut tell: impl FnMut(EntryRow, bool),
) {
    let found = series.within((window.start, window.end), (window.first_day, window.after_last_day));
    let Ok(found) = found else {
        tracing::warn!(record = %row.record_id, "a series takes too long to expand and is not shown");
        return;
    };
    // Base of all occurrences.
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

/// Applies an override to the row of a series.
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

/// Returns the first occurrence from `now` on, or the last one. It represents the series
/// where there is space for one date.
pub fn next(row: EntryRow, now: Timestamp, office: &TimeZone) -> Option<EntryRow> {
    if row.series.is_none() {
        return Some(row);
    }
    let far =
        |days: i64| now.checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX);
    // Most series have an occurrence within weeks. Rare ones need a second pass, ended ones a third.
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
