//! Allowed periods of a rule: every `INTERVAL`-th, counted from the period of the start.

use crate::calendar::{
    self, DAYS_OF_CYCLE, Day, SECONDS_OF_DAY, Wall, month_of, month_start, week_year_of, week_year_start,
    year_of, year_start,
};
use crate::rule::{Frequency, Rule};
use crate::times::common_divisor;

/// Unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Year,
    /// Year of whole weeks, with the weekday on which weeks begin: the year of rules with `BYWEEKNO`.
    WeekYear(u8),
    Month,
    /// Week, with the first day of any week.
    Week(Day),
    Day,
    /// Hour, minute or second, in seconds.
    Time(i64),
}

/// Allowed periods.
pub(crate) struct Step {
    pub(crate) unit: Unit,
    /// Number of the period of the start: its year, its month since year 0, …
    first: i64,
    pub(crate) interval: i64,
}

impl Step {
    pub(crate) fn new(rule: &Rule, start: Wall) -> Step {
        let day = start.div_euclid(SECONDS_OF_DAY);
        let week_start = i64::from(calendar::weekday_number(rule.week_start()));
        let (unit, first) = match rule.frequency() {
            Frequency::Yearly if !rule.by_week().is_empty() => {
                let week_start = calendar::weekday_number(rule.week_start());
                (Unit::WeekYear(week_start), week_year_of(day, week_start))
            }
            Frequency::Yearly => (Unit::Year, year_of(day)),
            Frequency::Monthly => (Unit::Month, month_of(day)),
            Frequency::Weekly => {
                (Unit::Week(day - (i64::from(calendar::weekday_of(day)) - week_start).rem_euclid(7)), 0)
            }
            Frequency::Daily => (Unit::Day, day),
            Frequency::Hourly => (Unit::Time(3600), start.div_euclid(3600)),
            Frequency::Minutely => (Unit::Time(60), start.div_euclid(60)),
            Frequency::Secondly => (Unit::Time(1), start),
        };
        Step { unit, first, interval: i64::from(rule.interval()) }
    }

    /// Returns the first allowed period at or after a period number.
    pub(crate) fn align(&self, number: i64) -> i64 {
        number + (self.first - number).rem_euclid(self.interval)
    }

    /// Returns the first day at or after a day that overlaps an allowed period.
    pub(crate) fn next_day(&self, day: Day) -> Day {
        if self.interval == 1 {
            return day;
        }
        let number = self.number(day);
        let allowed = self.align(number);
        match self.unit {
            Unit::Time(unit) => allowed.div_euclid(SECONDS_OF_DAY / unit),
            _ if allowed == number => day,
            _ => self.start(allowed),
        }
    }

    /// Returns the half-open range of days of the period of a day; the day itself for shorter periods.
    pub(crate) fn period(&self, day: Day) -> (Day, Day) {
        match self.unit {
            Unit::Time(_) => (day, day + 1),
            _ => {
                let number = self.number(day);
                (self.start(number), self.start(number + 1))
            }
        }
    }

    /// Returns the number of days after which the allowed periods fall on the same calendar days.
    pub(crate) fn cycle(&self) -> i64 {
        let units = match self.unit {
            Unit::Year | Unit::WeekYear(_) => 400,
            Unit::Month => 4800,
            Unit::Week(_) => DAYS_OF_CYCLE / 7,
            Unit::Day => DAYS_OF_CYCLE,
            Unit::Time(unit) => DAYS_OF_CYCLE * (SECONDS_OF_DAY / unit),
        };
        self.interval / common_divisor(units, self.interval) * DAYS_OF_CYCLE
    }

    /// Returns the number of the period of a day, or of the first period of the day.
    fn number(&self, day: Day) -> i64 {
        match self.unit {
            Unit::Year => year_of(day),
            Unit::WeekYear(week_start) => week_year_of(day, week_start),
            Unit::Month => month_of(day),
            Unit::Week(first) => (day - first).div_euclid(7),
            Unit::Day => day,
            Unit::Time(unit) => day * (SECONDS_OF_DAY / unit),
        }
    }

    fn start(&self, number: i64) -> Day {
        match self.unit {
            Unit::Year => year_start(number),
            Unit::WeekYear(week_start) => week_year_start(number, week_start),
            Unit::Month => month_start(number),
            Unit::Week(first) => first + number * 7,
            Unit::Day => number,
            Unit::Time(unit) => number.div_euclid(SECONDS_OF_DAY / unit),
        }
    }
}
