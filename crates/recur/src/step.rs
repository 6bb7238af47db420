//! Which periods a rule allows: every `INTERVAL`-th, counted from the one of the start.

use crate::calendar::{
    self, DAYS_OF_CYCLE, Day, SECONDS_OF_DAY, Wall, month_of, month_start, year_of, year_start,
};
use crate::rule::{Frequency, Rule};
use crate::times::common_divisor;

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Year,
    Month,
    /// With any one first day of a week.
    Week(Day),
    Day,
    /// An hour, a minute or a second, as so many seconds.
    Time(i64),
}

/// The allowed periods.
pub(crate) struct Step {
    pub(crate) unit: Unit,
    /// The number of the period of the start: its year, its month since year 0, …
    first: i64,
    pub(crate) interval: i64,
}

impl Step {
    pub(crate) fn new(rule: &Rule, start: Wall) -> Step {
        let day = start.div_euclid(SECONDS_OF_DAY);
        let week_start = i64::from(calendar::weekday_number(rule.week_start()));
        let (unit, first) = match rule.frequency() {
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

    /// The first allowed period at or after the one of this number.
    pub(crate) fn align(&self, number: i64) -> i64 {
        number + (self.first - number).rem_euclid(self.interval)
    }

    /// The first day at or after this one of which at least a part lies in an allowed period.
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

    /// The days from and to, without the latter, of the period of a day; for periods shorter than a day, the day.
    pub(crate) fn period(&self, day: Day) -> (Day, Day) {
        match self.unit {
            Unit::Time(_) => (day, day + 1),
            _ => {
                let number = self.number(day);
                (self.start(number), self.start(number + 1))
            }
        }
    }

    /// After so many days the allowed periods fall on the same days of the calendar again.
    pub(crate) fn cycle(&self) -> i64 {
        let units = match self.unit {
            Unit::Year => 400,
            Unit::Month => 4800,
            Unit::Week(_) => DAYS_OF_CYCLE / 7,
            Unit::Day => DAYS_OF_CYCLE,
            Unit::Time(unit) => DAYS_OF_CYCLE * (SECONDS_OF_DAY / unit),
        };
        self.interval / common_divisor(units, self.interval) * DAYS_OF_CYCLE
    }

    /// The number of the period of a day, or of its first period.
    fn number(&self, day: Day) -> i64 {
        match self.unit {
            Unit::Year => year_of(day),
            Unit::Month => month_of(day),
            Unit::Week(first) => (day - first).div_euclid(7),
            Unit::Day => day,
            Unit::Time(unit) => day * (SECONDS_OF_DAY / unit),
        }
    }

    fn start(&self, number: i64) -> Day {
        match self.unit {
            Unit::Year => year_start(number),
            Unit::Month => month_start(number),
            Unit::Week(first) => first + number * 7,
            Unit::Day => number,
            Unit::Time(unit) => number.div_euclid(SECONDS_OF_DAY / unit),
        }
    }
}
