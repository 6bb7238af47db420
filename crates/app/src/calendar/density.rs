//! Number of entries per day, for the year view and the heat map.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::calendar::unfloating;
use serde::Serialize;

use super::{CalendarQuery, Entry};
use crate::core::{Actor, App, AppError};

/// Length in days above which an entry counts only on its first and its last day. An entry that lasts for months says
/// nothing about how full a day is.
pub const RUNNING_DAYS: i32 = 7;

/// Number of entries on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Density {
    /// Entries on the day.
    pub count: usize,
    /// Entries by key of their module.
    pub modules: BTreeMap<&'static str, usize>,
}

impl App {
    /// Counts entries per day within the window of the query, in the given zone. Empty days are left out.
    pub fn calendar_days(
        &self,
        actor: &Actor,
        query: &CalendarQuery,
        zone: &TimeZone,
    ) -> Result<BTreeMap<Date, Density>, AppError> {
        let (_, feed) = self.calendar(actor, query)?;
        let window = (unfloating(query.window.first_day), unfloating(query.window.after_last_day));
        Ok(density(&feed.entries, window, zone))
    }
}

/// Counts the entries per day within a half-open window.
#[must_use]
pub fn density(entries: &[Entry], window: (Date, Date), zone: &TimeZone) -> BTreeMap<Date, Density> {
    let mut days: BTreeMap<Date, Density> = BTreeMap::new();
    for entry in entries {
        let (first, last) = entry.days(zone);
        let mut add = |day: Date| {
            if day >= window.0 && day < window.1 {
                let density = days.entry(day).or_default();
                density.count += 1;
                *density.modules.entry(entry.module().key()).or_default() += 1;
            }
        };
        let length = first.until(last).map_or(0, |span| span.get_days());
        if length >= RUNNING_DAYS {
            add(first);
            add(last);
            continue;
        }
        let mut day = first;
        while day <= last {
            add(day);
            match day.checked_add(1.day()) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
    }
    days
}

impl Entry {
    /// Returns the first and the last day of the entry in the given zone.
    #[must_use]
    pub fn days(&self, zone: &TimeZone) -> (Date, Date) {
        if self.row.all_day {
            let first = unfloating(self.row.start);
            return (first, unfloating(self.row.end).saturating_sub(1.day()).max(first));
        }
        let first = self.row.start.to_zoned(zone.clone()).date();
        let end = self.row.end.to_zoned(zone.clone());
        let until_midnight = end.time() == jiff::civil::Time::midnight() && end.date() > first;
        let last = if until_midnight { end.date().saturating_sub(1.day()) } else { end.date() };
        (first, last.max(first))
    }
}
