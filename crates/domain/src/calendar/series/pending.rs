//! Open occurrences of a series of days, such as a repeating task.
//!
//! An occurrence is open until it is completed or cancelled. Completing one closes the missed ones before it, so that
//! one tick brings a daily task up to date that nobody ticked for a month. Which ones are closed follows from the
//! completed occurrences and the time of completion, not from today, so the first open occurrence can be stored in a
//! column.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use obcms_recur::{ExpandError, Moment};
use serde_json::{Map, Value as Json};

use super::state::series_state;
use super::{Length, Series, anchor};
use crate::calendar::floating;
use crate::kinds::task;
use crate::registry::Record;
use crate::registry::series::NEXT_DUE;
use crate::registry::shared::{ALL_DAY, TIMEZONE};

/// States in which an occurrence is closed.
pub const CLOSED_STATES: [&str; 3] = ["completed", "cancelled", "achieved"];

/// Open occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingOccurrence {
    /// Recurrence id.
    pub id: Moment,
    /// Due date.
    pub last: Date,
    /// True if the occurrence has its own state, such as in progress or on hold.
    pub has_state: bool,
}

impl Series {
    /// Returns the first open occurrence by due date; `None` for a timed series.
    pub fn first_open(&self, record: &Record) -> Result<Option<PendingOccurrence>, ExpandError> {
        let (since, mut found) = self.open_of_changed(record)?;
        if !matches!(self.length, Length::Days(_)) {
            return Ok(None);
        }
        let earliest = since.map(|since| floating(self.length.first_day(since)));
        // Beyond the overrides, an occurrence is as the rule gives it.
        for date in self.set.between(earliest, None, self.overrides.len() + 2)? {
            let last = self.length.last_day(date.id.date());
            if since.is_none_or(|since| last >= since) && !self.overrides.contains_key(&date.id.to_string()) {
                found.push(PendingOccurrence { id: date.id, last, has_state: false });
                break;
            }
        }
        Ok(found.into_iter().min_by_key(|open| (open.last, open.id.date())))
    }

    /// Returns the last open occurrence that was due before `day`, but not before `from`.
    pub fn last_open(
        &self,
        record: &Record,
        from: Date,
        day: Date,
    ) -> Result<Option<PendingOccurrence>, ExpandError> {
        let (since, mut found) = self.open_of_changed(record)?;
        let since = since.map_or(from, |since| since.max(from));
        let first = floating(self.length.first_day(since));
        for date in self.set.between(Some(first), Some(floating(day)), MOST_LOOKED_AT)? {
            if !self.overrides.contains_key(&date.id.to_string()) {
                let last = self.length.last_day(date.id.date());
                found.push(PendingOccurrence { id: date.id, last, has_state: false });
            }
        }
        found.retain(|open| open.last < day && open.last >= since);
        Ok(found.into_iter().max_by_key(|open| (open.last, open.id.date())))
    }

    /// Returns the first occurrence due before `day` that is begun and not completed.
    pub fn first_begun(&self, record: &Record, day: Date) -> Result<Option<PendingOccurrence>, ExpandError> {
        let (_, open) = self.open_of_changed(record)?;
        let begun = open.into_iter().filter(|open| open.has_state && open.last < day);
        Ok(begun.min_by_key(|open| (open.last, open.id.date())))
    }

    /// Returns the occurrence that was closed last, if any; a completed one has precedence.
    pub fn last_over(&self, record: &Record) -> Result<Option<Moment>, ExpandError> {
        let mut found: Option<(bool, Date, Moment)> = None;
        for name in self.overrides.keys() {
            let Ok(id) = name.parse::<Moment>() else { continue };
            let Some(single) = self.materialize(record, id)? else { continue };
            let Some((first, length)) = anchor(&single) else { continue };
            if CLOSED_STATES.contains(&single.state()) {
                let is_done = single.state() != "cancelled";
                let over = (is_done, length.last_day(first.date()), id);
                let key = |over: &(bool, Date, Moment)| (over.0, over.1, over.2.date());
                if found.as_ref().is_none_or(|known| key(known) < key(&over)) {
                    found = Some(over);
                }
            }
        }
        Ok(found.map(|(_, _, id)| id))
    }

    /// Returns the day from which occurrences are open, and the open overrides after it.
    fn open_of_changed(
        &self,
        record: &Record,
    ) -> Result<(Option<Date>, Vec<PendingOccurrence>), ExpandError> {
        let mut since: Option<Date> = None;
        let of_whole = series_state(record);
        let mut open = Vec::new();
        for (name, patch) in &self.overrides {
            let (Ok(id), Some(patch)) = (name.parse::<Moment>(), patch.as_object()) else {
                continue;
            };
            let state = patch.get(record.kind.state).and_then(Json::as_str).unwrap_or(&of_whole);
            if CLOSED_STATES.contains(&state) && completed_on(patch).is_none() {
                continue;
            }
            let Some(last) = self.last_of_changed(record, id, patch)? else {
                continue;
            };
            if CLOSED_STATES.contains(&state) {
                // Completed early, an occurrence closes nothing that is due until then.
                let answered = completed_on(patch).map_or(last, |day| last.min(day));
                since = since.max(Some(answered));
            } else {
                open.push(PendingOccurrence { id, last, has_state: state != of_whole });
            }
        }
        open.retain(|open| since.is_none_or(|since| open.last >= since));
        Ok((since, open))
    }

    /// Returns the last day of an occurrence with an override; `None` if it has a time or does not take place.
    fn last_of_changed(
        &self,
        record: &Record,
        id: Moment,
        patch: &Map<String, Json>,
    ) -> Result<Option<Date>, ExpandError> {
        let places = record.kind.dates.first().map_or([""; 2], |role| [role.start, role.end]);
        let is_moved =
            [ALL_DAY.name(), TIMEZONE.name()].iter().chain(&places).any(|name| patch.contains_key(*name));
        if let (Length::Days(_), Moment::Date(first), false) = (self.length, id, is_moved) {
            // Most overrides have a state alone, and the occurrence stays where the rule has it.
            return Ok(self.set.contains(id)?.then(|| self.length.last_day(first)));
        }
        let single = self.materialize(record, id)?;
        Ok(match single.as_ref().and_then(anchor) {
            Some((first, length @ Length::Days(_))) => Some(length.last_day(first.date())),
            _ => None,
        })
    }
}

/// Maximum number of occurrences examined for the last open one; an hourly task is not a real task.
const MOST_LOOKED_AT: usize = 1000;

/// Returns the day on which an occurrence was completed, by the clock of the office.
fn completed_on(patch: &Map<String, Json>) -> Option<Date> {
    let text = patch.get("completed_at")?.as_str()?;
    let instant: Timestamp = text.parse().ok()?;
    // A text with an offset names its local day; one in UTC names no place.
    let local = text.parse::<DateTime>().map(DateTime::date);
    Some(local.unwrap_or_else(|_| instant.to_zoned(TimeZone::UTC).date()))
}

/// Returns the day that decides whether a record is overdue: its due date, or that of the first open occurrence.
#[must_use]
pub fn next_due(record: &Record) -> Option<Date> {
    record.kind.position(NEXT_DUE.name())?;
    match Series::of(record).map(|series| series.first_open(record)) {
        Some(Ok(open)) => open.map(|open| open.last),
        None | Some(Err(_)) => task::DUE_DATE.get(record),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::calendar::series::set_overrides;
    use crate::core::id::Id;
    use crate::kinds::TASK;

    use crate::registry::series::RRULE;

    /// Series on every Monday from 4 January 2027, with overrides.
    fn weekly(overrides: Json) -> Record {
        let mut task = Record::new(&TASK, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None);
        task::STATUS.set(&mut task, "not_started");
        task::DUE_DATE.set(&mut task, date(2027, 1, 4));
        RRULE.set(&mut task, "FREQ=WEEKLY;BYDAY=MO;COUNT=6");
        if let Json::Object(overrides) = overrides {
            set_overrides(&mut task, overrides);
        }
        task
    }

    fn done(at: &str) -> Json {
        json!({ "status": "completed", "completed_at": format!("{at}T03:00:00Z") })
    }

    /// Override that is completed at seven in the morning in Manila.
    fn done_early(on: &str) -> Json {
        json!({ "status": "completed", "completed_at": format!("{on}T07:00:00+08:00") })
    }

    fn last_open(task: &Record, from: Date, day: Date) -> Option<Date> {
        Series::of(task).unwrap().last_open(task, from, day).unwrap().map(|open| open.last)
    }

    #[test]
    fn first_open_occurrence_is_due() {
        assert_eq!(next_due(&weekly(json!({}))), Some(date(2027, 1, 4)));
        let first = weekly(json!({ "2027-01-04": done("2027-01-04") }));
        assert_eq!(next_due(&first), Some(date(2027, 1, 11)));
        let two = json!({ "2027-01-04": done("2027-01-04"), "2027-01-11": { "status": "cancelled" } });
        assert_eq!(next_due(&weekly(two)), Some(date(2027, 1, 18)));
        let moved = json!({ "2027-01-04": done("2027-01-04"), "2027-01-11": { "due_date": "2027-01-20" } });
        assert_eq!(next_due(&weekly(moved)), Some(date(2027, 1, 18)));
        let mut once = weekly(json!({}));
        RRULE.clear(&mut once);
        assert_eq!(next_due(&once), Some(date(2027, 1, 4)));
    }

    #[test]
    fn completion_closes_only_missed_occurrences_before_it() {
        let late = weekly(json!({ "2027-01-18": done("2027-01-19") }));
        assert_eq!(next_due(&late), Some(date(2027, 1, 25)));
        assert_eq!(last_open(&late, date(2026, 1, 1), date(2027, 1, 22)), None);
        // Completed early: the occurrence of today stays open.
        let ahead = weekly(json!({ "2027-01-18": done("2027-01-11") }));
        assert_eq!(next_due(&ahead), Some(date(2027, 1, 11)));
        // A cancelled occurrence closes no others.
        let off = weekly(json!({ "2027-01-18": { "status": "cancelled" } }));
        assert_eq!(next_due(&off), Some(date(2027, 1, 4)));
    }

    #[test]
    fn completion_counts_on_the_local_day_of_the_office() {
        // Seven in Manila is eleven in the evening of the day before in UTC.
        let on_time = weekly(json!({ "2027-01-18": done_early("2027-01-18") }));
        assert_eq!(next_due(&on_time), Some(date(2027, 1, 25)));
        let ahead = weekly(json!({ "2027-01-18": done_early("2027-01-11") }));
        assert_eq!(next_due(&ahead), Some(date(2027, 1, 11)), "what is due on that day stays");
        let a_day_later = weekly(json!({ "2027-01-18": done_early("2027-01-12") }));
        assert_eq!(next_due(&a_day_later), Some(date(2027, 1, 25)));
    }

    #[test]
    fn last_missed_occurrence_counts() {
        let task = weekly(json!({ "2027-01-18": { "status": "cancelled" } }));
        assert_eq!(last_open(&task, date(2026, 1, 1), date(2027, 1, 22)), Some(date(2027, 1, 11)));
        assert_eq!(last_open(&task, date(2026, 1, 1), date(2027, 1, 4)), None);
        assert_eq!(last_open(&task, date(2027, 1, 12), date(2027, 1, 22)), None, "not looked back so far");
    }

    #[test]
    fn completed_series_is_not_due() {
        let days = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08"];
        let all: Map<String, Json> =
            days.into_iter().map(|day| (format!("2027-{day}"), done(&format!("2027-{day}")))).collect();
        assert_eq!(next_due(&weekly(Json::Object(all))), None);
    }
}
