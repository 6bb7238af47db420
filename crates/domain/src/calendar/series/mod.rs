//! Series: a record with several occurrences.
//!
//! The record holds the rule, additional dates, exceptions and overrides. So a series has one version and one history,
//! and undo works as for any record. An occurrence is identified by its original local start, the RECURRENCE-ID of RFC
//! 5545.

mod dates;
pub mod describe;
mod moving;
mod pending;
mod shift_rule;
pub mod state;
mod stored;

pub use dates::{
    MAXIMUM_A_DAY, MAXIMUM_A_YEAR, check, list_of_texts, parse_dates, too_dense, too_dense_from,
};
pub use moving::{MovedOccurrence, Shift, follow, keep_end, set_list, set_overrides};
pub use pending::{CLOSED_STATES, PendingOccurrence, next_due};
pub use shift_rule::{Refusal, ShiftedRule, shift_rule, with_until};
pub use stored::{Changed, FOREVER, ParsedSeries, StoredOccurrence, StoredSeries};

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_recur::{Addition, ExpandError, Last, Moment, Rule, Set};
use serde_json::{Map, Value as Json};

use crate::calendar::{floating, unfloating};
use crate::registry::series::{EXDATES, OVERRIDES, RDATES, RRULE};
use crate::registry::shared::{ALL_DAY, TIMEZONE};
use crate::registry::{DateRole, FieldType, Kind, Record, Value, stored_value};

/// Overrides of one series, at most.
pub const MAXIMUM_OVERRIDES: usize = 1000;
/// Fields that exist only on the series as a whole.
pub const FIELDS: [&str; 4] = ["rrule", "rdates", "exdates", "overrides"];

/// Length of every occurrence of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Whole days.
    Days(i64),
    /// Exact duration.
    Time(SignedDuration),
}

impl Length {
    /// Returns the end for a start, exclusive; days begin at midnight UTC.
    #[must_use]
    pub fn end_of(self, start: Timestamp) -> Timestamp {
        match self {
            Self::Days(days) => floating(unfloating(start).saturating_add(days.days())),
            Self::Time(length) => start.checked_add(length).unwrap_or(Timestamp::MAX),
        }
    }

    /// Returns the last day for a first day.
    #[must_use]
    pub fn last_day(self, first: Date) -> Date {
        first.saturating_add(self.further_days().days())
    }

    /// Returns the first day for a last day.
    #[must_use]
    pub fn first_day(self, last: Date) -> Date {
        last.saturating_sub(self.further_days().days())
    }

    /// Returns the number of days after the first; a time remains on its day.
    fn further_days(self) -> i64 {
        match self {
            Self::Days(days) => days - 1,
            Self::Time(_) => 0,
        }
    }

    /// Returns the duration, with a day as 24 hours.
    #[must_use]
    pub fn duration(self) -> SignedDuration {
        match self {
            Self::Days(days) => SignedDuration::from_hours(days.saturating_mul(24)),
            Self::Time(length) => length,
        }
    }
}

/// Recurrence of a record.
#[derive(Clone, Debug)]
pub struct Series {
    /// Recurrence set: rule, additional dates and exceptions.
    pub set: Set,
    /// Length of each occurrence.
    pub length: Length,
    /// Role of the date that recurs.
    pub role: &'static DateRole,
    /// Overrides by recurrence id.
    pub overrides: Map<String, Json>,
}

/// Occurrence of a series without its override.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Recurrence id: the original local start.
    pub id: Moment,
    /// Start; midnight UTC for a day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
}

/// Returns true if records of the kind can be series.
#[must_use]
pub fn recurs(kind: &Kind) -> bool {
    FIELDS.iter().all(|name| kind.position(name).is_some()) && !kind.dates.is_empty()
}

/// Returns true for a record with a rule or additional dates.
#[must_use]
pub fn is_series(record: &Record) -> bool {
    recurs(record.kind) && !(RRULE.get(record).is_empty() && RDATES.is_empty(record))
}

/// Returns the zone of a record; UTC for days, which have none.
#[must_use]
pub fn zone_of(record: &Record) -> TimeZone {
    match record.kind.position(TIMEZONE.name()) {
        Some(_) => TimeZone::get(TIMEZONE.get(record)).unwrap_or(TimeZone::UTC),
        None => TimeZone::UTC,
    }
}

/// Returns true if the dates of the record are days.
#[must_use]
pub fn has_days(record: &Record) -> bool {
    !record.kind.is_timed() || ALL_DAY.get(record)
}

/// Returns the first start of the record and its length; `None` without a date.
#[must_use]
pub fn anchor(record: &Record) -> Option<(Moment, Length)> {
    let role = record.kind.dates.first()?;
    let is_timed = matches!(record.kind.field(role.start)?.data, FieldType::Moment);
    if !is_timed {
        let last = if role.end.is_empty() { None } else { record.date(role.end) };
        let first = record.date(role.start).or(last)?;
        let last = last.unwrap_or(first).max(first);
        return Some((Moment::Date(first), Length::Days(days_between(first, last) + 1)));
    }
    let zone = zone_of(record);
    let local = |instant: Timestamp| instant.to_zoned(zone.clone()).datetime();
    let (start, end) = (record.instant(role.start)?, record.instant(role.end)?);
    if ALL_DAY.get(record) {
        let (first, after) = (local(start).date(), local(end).date());
        return Some((Moment::Date(first), Length::Days(days_between(first, after).max(1))));
    }
    Some((Moment::DateTime(local(start)), Length::Time(end.duration_since(start))))
}

fn days_between(first: Date, last: Date) -> i64 {
    first.until(last).map_or(0, |span| i64::from(span.get_days()))
}

impl Series {
    /// Returns the series of a record; `None` when it does not recur.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        if !is_series(record) {
            return None;
        }
        let (start, length) = anchor(record)?;
        let additions =
            RDATES.get(record).into_iter().filter_map(|text| Addition::from_str(text).ok()).collect();
        let exclusions =
            EXDATES.get(record).into_iter().filter_map(|text| Moment::from_str(text).ok()).collect();
        let overrides = match OVERRIDES.value(record) {
            Value::Json(Json::Object(object)) => object.clone(),
            _ => Map::new(),
        };
        let rule = Rule::from_str(RRULE.get(record)).ok();
        Some(Self {
            set: Set { start, zone: zone_of(record), rule, additions, exclusions },
            length,
            role: &record.kind.dates[0],
            overrides,
        })
    }

    /// Returns the recurrence id for a text if the series has that occurrence; its instant is accepted as well.
    pub fn find(&self, text: &str) -> Result<Option<Moment>, ExpandError> {
        let Ok(id) = Moment::read(text, &self.set.zone) else {
            return Ok(None);
        };
        Ok(self.set.contains(id)?.then_some(id))
    }

    /// Returns the end of an occurrence with this start.
    #[must_use]
    pub fn end_of(&self, start: Timestamp, period_end: Option<Timestamp>) -> Timestamp {
        period_end.unwrap_or_else(|| self.length.end_of(start))
    }

    /// Returns start and end of an occurrence by the rule alone.
    pub fn date(&self, id: Moment) -> Result<Option<Instance>, ExpandError> {
        if !self.set.contains(id)? {
            return Ok(None);
        }
        let start = self.instant(id);
        let period_end = self.set.between(Some(start), start.checked_add(1.second()).ok(), 8)?;
        let period_end =
            period_end.into_iter().find(|occurrence| occurrence.id == id).and_then(|found| found.end);
        Ok(Some(Instance { id, start, end: self.end_of(start, period_end) }))
    }

    /// Returns the instant of a local start.
    #[must_use]
    pub fn instant(&self, id: Moment) -> Timestamp {
        id.instant(&self.set.zone)
    }

    /// Returns the first occurrence, if there is any.
    pub fn first(&self) -> Result<Option<Moment>, ExpandError> {
        Ok(self.set.between(None, None, 1)?.first().map(|occurrence| occurrence.id))
    }

    /// Returns true if no occurrence is left.
    pub fn is_empty(&self) -> Result<bool, ExpandError> {
        Ok(matches!(self.set.last()?, Last::Empty))
    }

    /// Returns the record on one occurrence, with its override; `None` when the series has no such occurrence.
    pub fn materialize(&self, record: &Record, id: Moment) -> Result<Option<Record>, ExpandError> {
        let Some(mut single) = self.base(record, id)? else {
            return Ok(None);
        };
        if let Some(Json::Object(patch)) = self.overrides.get(&id.to_string()) {
            apply(&mut single, patch);
        }
        Ok(Some(single))
    }

    /// Returns the record on one occurrence without its override.
    pub fn base(&self, record: &Record, id: Moment) -> Result<Option<Record>, ExpandError> {
        let Some(date) = self.date(id)? else {
            return Ok(None);
        };
        let mut single = record.clone();
        state::load_series_state(&mut single);
        for name in FIELDS {
            single.set(name, Value::Null);
        }
        place(&mut single, &self.set.zone, date.start, date.end);
        Ok(Some(single))
    }
}

/// Sets start and end of the record; both are midnights UTC for days.
fn place(record: &mut Record, zone: &TimeZone, start: Timestamp, end: Timestamp) {
    let role = &record.kind.dates[0];
    if !record.kind.is_timed() {
        let (first, last) = (unfloating(start), unfloating(end).saturating_sub(1.day()));
        if record.date(role.start).is_some() || role.end.is_empty() {
            record.set(role.start, first);
        }
        if !role.end.is_empty() && record.date(role.end).is_some() {
            record.set(role.end, last);
        }
        return;
    }
    let instant = |instant: Timestamp| {
        if ALL_DAY.get(record) {
            unfloating(instant).to_zoned(zone.clone()).map_or(instant, |midnight| midnight.timestamp())
        } else {
            instant
        }
    };
    let (start, end) = (instant(start), instant(end));
    record.set(role.start, start);
    record.set(role.end, end);
}

/// Sets the record to a local start with this length.
pub fn place_at(record: &mut Record, start: Moment, length: Length) {
    let zone = zone_of(record);
    let start = start.instant(&zone);
    place(record, &zone, start, length.end_of(start));
}

/// Sets the start of a series to its first occurrence. Occurrences are local times, so a start in the second pass of a
/// repeated hour is read as the first; the length stays the same.
pub fn align_start(record: &mut Record) {
    if !recurs(record.kind) || !record.kind.is_timed() || Series::of(record).is_none() {
        return;
    }
    if let Some((start @ Moment::DateTime(_), length)) = anchor(record) {
        place_at(record, start, length);
    }
}

/// Sets the start of a series to the first occurrence of its rule and keeps the length; the occurrences stay the same.
/// Without a rule the start is an occurrence itself.
pub fn align_start_to_rule(record: &mut Record) {
    let Some(series) = Series::of(record).filter(|series| series.set.rule.is_some()) else {
        return;
    };
    if let Ok(Some(first)) = first_of_rule(&series.set)
        && first != series.set.start
    {
        place_at(record, first, series.length);
    }
}

/// Returns the first occurrence of the rule of a set, excluded or not.
pub fn first_of_rule(set: &Set) -> Result<Option<Moment>, ExpandError> {
    Ok(set.rule_alone().between(None, None, 1)?.first().map(|occurrence| occurrence.id))
}

/// Returns true if rule or start of a series changed.
#[must_use]
pub fn starts_differently(before: &Record, after: &Record) -> bool {
    let start = |record: &Record| Series::of(record).map(|series| (series.set.start, series.set.zone));
    recurs(after.kind) && (RRULE.get(before) != RRULE.get(after) || start(before) != start(after))
}

/// Applies an override to a record.
pub fn apply(record: &mut Record, patch: &Map<String, Json>) {
    for (name, json) in patch {
        let Some(position) = record.kind.position(name) else {
            continue;
        };
        // A value that is no longer valid, such as a removed choice, falls back to that of the series.
        if let Ok(value) = stored_value(&record.kind.fields[position], json) {
            record.values[position] = value;
        }
    }
}
