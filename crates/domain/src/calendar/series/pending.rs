//! What of a series of days, as of a task that repeats, is still to be done.
//!
//! A date is open until it is completed or cancelled. Whoever completes one lets go the missed ones before it, so that
//! a daily task which nobody ticked for a month is in order again with one tick. What is let go follows from the dates
//! that were completed and when, not from today: the first open date can be kept in a column.

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

/// States in which a date needs nothing more.
pub const CLOSED_STATES: [&str; 3] = ["completed", "cancelled", "achieved"];

/// A date that is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingOccurrence {
    /// Its original start.
    pub id: Moment,
    /// The day until which it is to be done.
    pub last: Date,
    /// Somebody has begun it or put it on hold, which the series as a whole is not.
    pub has_state: bool,
}

impl Series {
    /// The first date that is to be done, by when it is due. A series of times has none.
    pub fn first_open(&self, record: &Record) -> Result<Option<PendingOccurrence>, ExpandError> {
        let (since, mut found) = self.open_of_changed(record)?;
        if !matches!(self.length, Length::Days(_)) {
            return Ok(None);
        }
        let earliest = since.map(|since| floating(self.length.first_day(since)));
        // Beyond as many dates as are changed, one is as the rule has it.
        for date in self.set.between(earliest, None, self.overrides.len() + 2)? {
            let last = self.length.last_day(date.id.date());
            if since.is_none_or(|since| last >= since) && !self.overrides.contains_key(&date.id.to_string()) {
                found.push(PendingOccurrence { id: date.id, last, has_state: false });
                break;
            }
        }
        Ok(found.into_iter().min_by_key(|open| (open.last, open.id.date())))
    }

    /// The last date to be done of those that were due before `day`, not looking back further than `from`.
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

    /// Of the dates that were due before `day` the first that somebody has begun and not done.
    pub fn first_begun(&self, record: &Record, day: Date) -> Result<Option<PendingOccurrence>, ExpandError> {
        let (_, open) = self.open_of_changed(record)?;
        let begun = open.into_iter().filter(|open| open.has_state && open.last < day);
        Ok(begun.min_by_key(|open| (open.last, open.id.date())))
    }

    /// The date that was done or called off last, when it is one; a completed one comes first.
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

    /// From which day on dates are to be done, and the changed ones among them that are open.
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
            let Some(single) = self.materialize(record, id)? else {
                continue;
            };
            let last = match anchor(&single) {
                Some((first, length @ Length::Days(_))) => length.last_day(first.date()),
                _ => continue,
            };
            if CLOSED_STATES.contains(&state) {
                // Done ahead of time, a date lets nothing go that is due until then.
                let answered = completed_on(patch).map_or(last, |day| last.min(day));
                since = since.max(Some(answered));
            } else {
                open.push(PendingOccurrence { id, last, has_state: state != of_whole });
            }
        }
        open.retain(|open| since.is_none_or(|since| open.last >= since));
        Ok((since, open))
    }
}

/// Dates looked at for the last open one; a task of every hour is no task.
const MOST_LOOKED_AT: usize = 1000;

/// The day on which a date was completed, on the clock by which it was noted: that of the office.
fn completed_on(patch: &Map<String, Json>) -> Option<Date> {
    let text = patch.get("completed_at")?.as_str()?;
    let instant: Timestamp = text.parse().ok()?;
    // A text with an offset names the day there; one in UTC names no place.
    let local = text.parse::<DateTime>().map(DateTime::date);
    Some(local.unwrap_or_else(|_| instant.to_zoned(TimeZone::UTC).date()))
}

/// The day by which a record is late or not: its due date, or that of the first open date of a series.
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

    /// Every Monday from 4 January 2027, with what differs.
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

    /// The same, noted by the clock of Manila at seven in the morning.
    fn done_early(on: &str) -> Json {
        json!({ "status": "completed", "completed_at": format!("{on}T07:00:00+08:00") })
    }

    fn last_open(task: &Record, from: Date, day: Date) -> Option<Date> {
        Series::of(task).unwrap().last_open(task, from, day).unwrap().map(|open| open.last)
    }

    #[test]
    fn the_first_date_that_is_not_done_is_due() {
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
    fn what_is_done_lets_go_what_was_missed_before_it_and_nothing_else() {
        let late = weekly(json!({ "2027-01-18": done("2027-01-19") }));
        assert_eq!(next_due(&late), Some(date(2027, 1, 25)));
        assert_eq!(last_open(&late, date(2026, 1, 1), date(2027, 1, 22)), None);
        // Done ahead of time: that of today stays.
        let ahead = weekly(json!({ "2027-01-18": done("2027-01-11") }));
        assert_eq!(next_due(&ahead), Some(date(2027, 1, 11)));
        // A date that was called off lets nothing go.
        let off = weekly(json!({ "2027-01-18": { "status": "cancelled" } }));
        assert_eq!(next_due(&off), Some(date(2027, 1, 4)));
    }

    #[test]
    fn a_date_counts_as_done_on_the_day_of_the_office() {
        // At seven in Manila it is eleven in the evening of the day before in UTC.
        let on_time = weekly(json!({ "2027-01-18": done_early("2027-01-18") }));
        assert_eq!(next_due(&on_time), Some(date(2027, 1, 25)));
        let ahead = weekly(json!({ "2027-01-18": done_early("2027-01-11") }));
        assert_eq!(next_due(&ahead), Some(date(2027, 1, 11)), "what is due on that day stays");
        let a_day_later = weekly(json!({ "2027-01-18": done_early("2027-01-12") }));
        assert_eq!(next_due(&a_day_later), Some(date(2027, 1, 25)));
    }

    #[test]
    fn of_what_was_missed_the_last_one_counts() {
        let task = weekly(json!({ "2027-01-18": { "status": "cancelled" } }));
        assert_eq!(last_open(&task, date(2026, 1, 1), date(2027, 1, 22)), Some(date(2027, 1, 11)));
        assert_eq!(last_open(&task, date(2026, 1, 1), date(2027, 1, 4)), None);
        assert_eq!(last_open(&task, date(2027, 1, 12), date(2027, 1, 22)), None, "not looked back so far");
    }

    #[test]
    fn a_series_with_all_dates_done_is_not_due() {
        let days = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08"];
        let all: Map<String, Json> =
            days.into_iter().map(|day| (format!("2027-{day}"), done(&format!("2027-{day}")))).collect();
        assert_eq!(next_due(&weekly(Json::Object(all))), None);
    }
}
