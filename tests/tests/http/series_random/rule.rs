//! Naive model of rules: every date is found by iterating day by day.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;

/// Last day of the model.
const LAST_DAY: Date = date(2029, 6, 30);

/// Days of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Every {
    /// No rule: the start and additional dates only.
    Once,
    Days(i64),
    /// Interval in weeks, and weekdays from Monday (0).
    Weeks(i64, BTreeSet<i64>),
    MonthDay(i64, i8),
    /// Nth weekday of a month: first to fourth, or the last one (-1).
    Nth(i64, i64, i64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum End {
    Never,
    Count(usize),
    Until(DateTime),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub every: Every,
    pub end: End,
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

pub fn weekday(day: Date) -> i64 {
    i64::from(day.weekday().to_monday_zero_offset())
}

fn name(weekday: i64) -> &'static str {
    DAYS[usize::try_from(weekday.rem_euclid(7)).unwrap()]
}

pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days())
}

pub fn months_between(from: Date, to: Date) -> i64 {
    let month = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
    month(to) - month(from)
}

/// Returns the ordinal of a day's weekday in its month.
pub fn nth(day: Date, from_end: bool) -> i64 {
    if from_end {
        -(i64::from(day.days_in_month() - day.day()) / 7 + 1)
    } else {
        i64::from(day.day() - 1) / 7 + 1
    }
}

impl Rule {
    /// Returns the rule in the format of RFC 5545; rules of days end with a day.
    pub fn text(&self, zone: &TimeZone, has_days: bool) -> String {
        let mut text = match &self.every {
            Every::Once => return String::new(),
            Every::Days(interval) => format!("FREQ=DAILY;INTERVAL={interval}"),
            Every::Weeks(interval, days) => {
                let days: Vec<&str> = days.iter().map(|day| name(*day)).collect();
                format!("FREQ=WEEKLY;INTERVAL={interval};BYDAY={}", days.join(","))
            }
            Every::MonthDay(interval, day) => format!("FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={day}"),
            Every::Nth(interval, nth, day) => {
                format!("FREQ=MONTHLY;INTERVAL={interval};BYDAY={nth}{}", name(*day))
            }
        };
        match self.end {
            End::Never => {}
            End::Count(count) => text.push_str(&format!(";COUNT={count}")),
            End::Until(until) if has_days => {
                text.push_str(&format!(";UNTIL={}", until.strftime("%Y%m%d")));
            }
            End::Until(until) => {
                let instant = until.to_zoned(zone.clone()).unwrap().timestamp();
                text.push_str(&format!(";UNTIL={}", instant.strftime("%Y%m%dT%H%M%SZ")));
            }
        }
        text
    }

    fn is_on(&self, first: Date, day: Date) -> bool {
        let monday = |day: Date| day.saturating_sub(weekday(day).days());
        match &self.every {
            Every::Once => day == first,
            Every::Days(interval) => days_between(first, day) % interval == 0,
            Every::Weeks(interval, days) => {
                days.contains(&weekday(day)) && days_between(monday(first), monday(day)) / 7 % interval == 0
            }
            Every::MonthDay(interval, number) => {
                day.day() == *number && months_between(first, day) % interval == 0
            }
            Every::Nth(interval, number, on) => {
                weekday(day) == *on
                    && nth(day, *number < 0) == *number
                    && months_between(first, day) % interval == 0
            }
        }
    }

    /// Returns all dates from the first one on, which need not match the rule.
    pub fn dates(&self, first: DateTime) -> Vec<DateTime> {
        let mut dates = Vec::new();
        let mut day = first.date();
        while day <= LAST_DAY {
            let at = day.to_datetime(first.time());
            let is_over = match self.end {
                End::Never => false,
                End::Count(count) => dates.len() >= count,
                End::Until(until) => at > until,
            };
            if is_over {
                break;
            }
            if self.is_on(first.date(), day) {
                dates.push(at);
            }
            day = day.tomorrow().unwrap();
        }
        dates
    }

    pub fn endless(&self) -> Rule {
        Rule { every: self.every.clone(), end: End::Never }
    }
}
