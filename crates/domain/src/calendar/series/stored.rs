//! Stored form of a series in the table of calendar entries, sufficient to expand it in a window without its record.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use obcms_recur::{Addition, ExpandError, Last, Moment, Rule, Set};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::{SmolStr, ToSmolStr};

use super::{Length, Series};
use crate::calendar::{self, DatedEntry};
use crate::registry::Record;

/// Maximum number of occurrences of one series within one window; a rule by minutes would yield half a million a year.
pub const MAXIMUM_IN_WINDOW: usize = 10_000;
/// End of a series without end.
pub const FOREVER: Timestamp = Timestamp::constant(253_370_764_800, 0);

/// Stored series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredSeries {
    start: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rule: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    additions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exclusions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
    /// Overrides, whatever their time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
}

/// Override of an occurrence, as the calendar shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// Recurrence id.
    pub id: String,
    /// Start; midnight UTC for a day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// All-day flag.
    pub all_day: bool,
    /// Zone of a timed date.
    pub timezone: String,
    /// Title on the calendar.
    pub title: String,
    /// State.
    pub status: String,
    /// Priority or empty.
    pub priority: String,
    /// Venue or empty.
    pub location: String,
    /// Ids of the people, separated by blanks.
    pub people: String,
}

/// Occurrence of a stored series in a window.
#[derive(Clone, Debug)]
pub struct StoredOccurrence<'a> {
    /// Recurrence id.
    pub id: SmolStr,
    /// Start; midnight UTC for a day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// Override, if any.
    pub changed: Option<&'a Changed>,
}

impl StoredSeries {
    /// Returns the stored form of the series `record` with its first start and last end; `entry` builds the calendar
    /// entry of one occurrence.
    #[must_use]
    pub fn of(
        record: &Record,
        entry: impl Fn(&Record) -> Option<DatedEntry>,
    ) -> Option<(Self, Timestamp, Timestamp)> {
        let series = Series::of(record)?;
        let mut changed = Vec::new();
        for name in series.overrides.keys() {
            let Ok(id) = Moment::from_str(name) else {
                continue;
            };
            // An override whose occurrence was excluded later is not shown.
            let Ok(Some(single)) = series.materialise(record, id) else {
                continue;
            };
            if let Some(entry) = entry(&single) {
                changed.push(Changed {
                    id: name.clone(),
                    start: entry.start,
                    end: entry.end,
                    all_day: entry.all_day,
                    timezone: entry.timezone.clone(),
                    title: entry.title.clone(),
                    status: entry.status.clone(),
                    priority: entry.priority.clone(),
                    location: entry.location.clone(),
                    people: calendar::people_text(&entry.people),
                });
            }
        }
        let mut first = series.instant(series.set.start);
        for addition in &series.set.additions {
            first = first.min(series.instant(addition.start));
        }
        let mut last = match series.set.last() {
            Ok(Last::At(occurrence)) => series.end_of(occurrence.start, occurrence.end),
            Ok(Last::Empty) => first,
            Ok(Last::Endless) | Err(_) => FOREVER,
        };
        for date in &changed {
            first = first.min(date.start);
            last = last.max(date.end);
        }
        let (days, seconds) = match series.length {
            Length::Days(days) => (Some(days), None),
            Length::Time(length) => (None, Some(length.as_secs())),
        };
        let addition = |addition: &Addition| match addition.end {
            Some(end) => format!("{}/{end}", addition.start),
            None => addition.start.to_string(),
        };
        let stored = Self {
            start: series.set.start.to_string(),
            rule: series.set.rule.as_ref().map(ToString::to_string).unwrap_or_default(),
            additions: series.set.additions.iter().map(addition).collect(),
            exclusions: series.set.exclusions.iter().map(ToString::to_string).collect(),
            days,
            seconds,
            changed,
        };
        Some((stored, first, last.max(first)))
    }

    /// Returns the series without the other fields of its overrides.
    #[must_use]
    pub fn dates_alone(mut self) -> Self {
        for changed in &mut self.changed {
            for text in [
                &mut changed.title,
                &mut changed.status,
                &mut changed.priority,
                &mut changed.location,
                &mut changed.people,
            ] {
                text.clear();
            }
        }
        self
    }

    /// Parses the stored text; `None` when it is damaged.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Returns the stored text.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_value(self).unwrap_or(Json::Null).to_string()
    }

    /// Returns the recurrence set in the zone of the series; `None` when it is damaged.
    #[must_use]
    pub fn set(&self, zone: &TimeZone) -> Option<Set> {
        Some(Set {
            start: Moment::from_str(&self.start).ok()?,
            zone: zone.clone(),
            rule: if self.rule.is_empty() { None } else { Rule::from_str(&self.rule).ok() },
            additions: self.additions.iter().filter_map(|text| Addition::from_str(text).ok()).collect(),
            exclusions: self.exclusions.iter().filter_map(|text| Moment::from_str(text).ok()).collect(),
        })
    }

    /// Returns the length of an occurrence that is not a period; days are 24 hours, because they are stored in UTC.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds.unwrap_or(0) + self.days.unwrap_or(0) * 86_400)
    }
}

/// Stored series with parsed rule and dates: parsed once, expanded for many windows.
#[derive(Clone, Debug)]
pub struct ReadySeries {
    /// Stored form.
    pub stored: StoredSeries,
    set: Option<Set>,
    /// Length of the longest occurrence.
    longest: SignedDuration,
}

impl ReadySeries {
    /// Parses the stored text, with times in the zone; `None` when it is damaged.
    #[must_use]
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let stored = StoredSeries::parse(text)?;
        let set = stored.set(zone);
        // A period may be longer than the other occurrences.
        let periods = set.iter().flat_map(|set| &set.additions);
        let longest = periods.fold(stored.length(), |longest, period| match (period.start, period.end) {
            (Moment::DateTime(start), Some(Moment::DateTime(end))) => longest.max(end.duration_since(start)),
            _ => longest,
        });
        Some(Self { stored, set, longest })
    }

    /// Returns the occurrences that touch the window. `window` consists of instants, `days` of midnights UTC for
    /// all-day series.
    pub fn within(
        &self,
        window: (Timestamp, Timestamp),
        days: (Timestamp, Timestamp),
    ) -> Result<Vec<StoredOccurrence<'_>>, ExpandError> {
        let bounds = |all_day: bool| if all_day { days } else { window };
        let mut result: Vec<StoredOccurrence<'_>> = Vec::new();
        for changed in &self.stored.changed {
            let (from, to) = bounds(changed.all_day);
            if changed.start < to && changed.end > from {
                result.push(StoredOccurrence {
                    id: changed.id.as_str().into(),
                    start: changed.start,
                    end: changed.end,
                    changed: Some(changed),
                });
            }
        }
        let Some(set) = &self.set else {
            return Ok(result);
        };
        let length = self.stored.length();
        let (from, to) = bounds(self.stored.days.is_some());
        let earliest = from.checked_sub(self.longest).unwrap_or(Timestamp::MIN);
        for occurrence in set.between(Some(earliest), Some(to), MAXIMUM_IN_WINDOW)? {
            let end = match occurrence.end {
                Some(end) => end,
                None => occurrence.start.checked_add(length).unwrap_or(Timestamp::MAX),
            };
            let id = occurrence.id.to_smolstr();
            if end <= from || self.stored.changed.iter().any(|changed| *changed.id == *id) {
                continue;
            }
            result.push(StoredOccurrence { id, start: occurrence.start, end, changed: None });
        }
        Ok(result)
    }
}
