//! Recurrence rule: its parts, parser and text form.

mod parse;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{self, Weekday};

use crate::error::RuleError;

/// Frequency: unit of the period of a rule, before `INTERVAL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// `SECONDLY`
    Secondly,
    /// `MINUTELY`
    Minutely,
    /// `HOURLY`
    Hourly,
    /// `DAILY`
    Daily,
    /// `WEEKLY`
    Weekly,
    /// `MONTHLY`
    Monthly,
    /// `YEARLY`
    Yearly,
}

impl Frequency {
    pub(crate) const ALL: [(Frequency, &'static str); 7] = [
        (Frequency::Secondly, "SECONDLY"),
        (Frequency::Minutely, "MINUTELY"),
        (Frequency::Hourly, "HOURLY"),
        (Frequency::Daily, "DAILY"),
        (Frequency::Weekly, "WEEKLY"),
        (Frequency::Monthly, "MONTHLY"),
        (Frequency::Yearly, "YEARLY"),
    ];

    /// Returns the keyword of RFC 5545.
    pub fn name(self) -> &'static str {
        Frequency::ALL[self as usize].1
    }
}

/// End of a rule, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// Date. For a start with a time of day it includes the whole day.
    Date(civil::Date),
    /// Local date-time in the zone of the set.
    Local(civil::DateTime),
    /// Instant, as RFC 5545 requires it for starts in a time zone. [`Timestamp::MAX`] is 9999-12-31T23:59:59Z.
    Utc(Timestamp),
}

impl fmt::Display for Until {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moment, zone) = match self {
            Until::Date(date) => return write!(out, "{}", date.strftime("%Y%m%d")),
            Until::Local(moment) => (*moment, ""),
            Until::Utc(instant) if *instant == Timestamp::MAX => {
                (civil::date(9999, 12, 31).at(23, 59, 59, 0), "Z")
            }
            Until::Utc(instant) => (jiff::tz::Offset::UTC.to_datetime(*instant), "Z"),
        };
        write!(out, "{}{zone}", moment.strftime("%Y%m%dT%H%M%S"))
    }
}

/// Entry of `BYDAY`: a weekday, or its n-th one in the month or year; negative numbers count from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayOfWeek {
    /// Ordinal, -53 to 53 without 0; `None` for every such weekday.
    pub ordinal: Option<i8>,
    /// Weekday.
    pub weekday: Weekday,
}

impl fmt::Display for DayOfWeek {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ordinal) = self.ordinal {
            write!(out, "{ordinal}")?;
        }
        out.write_str(weekday_name(self.weekday))
    }
}

/// Weekdays by their names in RFC 5545.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// Returns the name of a weekday in rules: `MO`.
#[must_use]
pub fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.to_monday_zero_offset() as usize].0
}

/// Returns the weekday with a name.
#[must_use]
pub fn weekday_named(name: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(known, _)| *known == name).map(|(_, weekday)| *weekday)
}

/// Recurrence rule (`RRULE`, RFC 5545, 3.3.10).
///
/// Parsed with [`str::parse`]. `Display` writes the canonical form: the same rule always gives the same text, with
/// parts in a fixed order, sorted lists and no default values.
///
/// ```
/// let rule: obcms_recur::Rule = "RRULE:freq=monthly;byday=fr,-1mo,fr;interval=1".parse().unwrap();
/// assert_eq!(rule.to_string(), "FREQ=MONTHLY;BYDAY=-1MO,FR");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    count: Option<u32>,
    until: Option<Until>,
    by_month: Vec<i16>,
    by_week: Vec<i16>,
    by_year_day: Vec<i16>,
    by_month_day: Vec<i16>,
    by_day: Vec<DayOfWeek>,
    by_hour: Vec<i16>,
    by_minute: Vec<i16>,
    by_second: Vec<i16>,
    by_position: Vec<i16>,
    week_start: Weekday,
}

impl Rule {
    /// Returns a rule of a frequency without other parts.
    pub fn new(frequency: Frequency) -> Rule {
        Rule {
            frequency,
            interval: 1,
            count: None,
            until: None,
            by_month: Vec::new(),
            by_week: Vec::new(),
            by_year_day: Vec::new(),
            by_month_day: Vec::new(),
            by_day: Vec::new(),
            by_hour: Vec::new(),
            by_minute: Vec::new(),
            by_second: Vec::new(),
            by_position: Vec::new(),
            week_start: Weekday::Monday,
        }
    }

    /// `FREQ`
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// `INTERVAL`, 1 to 999,999,999
    pub fn interval(&self) -> u32 {
        self.interval
    }

    /// `COUNT`, 1 to 999,999,999
    pub fn count(&self) -> Option<u32> {
        self.count
    }

    /// `UNTIL`
    pub fn until(&self) -> Option<Until> {
        self.until
    }

    /// Returns true if the rule has neither `COUNT` nor `UNTIL`.
    pub fn is_endless(&self) -> bool {
        self.count.is_none() && self.until.is_none()
    }

    /// `BYMONTH`, 1 to 12
    pub fn by_month(&self) -> &[i16] {
        &self.by_month
    }

    /// `BYWEEKNO`, -53 to 53 without 0
    pub fn by_week(&self) -> &[i16] {
        &self.by_week
    }

    /// `BYYEARDAY`, -366 to 366 without 0
    pub fn by_year_day(&self) -> &[i16] {
        &self.by_year_day
    }

    /// `BYMONTHDAY`, -31 to 31 without 0
    pub fn by_month_day(&self) -> &[i16] {
        &self.by_month_day
    }

    /// `BYDAY`
    pub fn by_day(&self) -> &[DayOfWeek] {
        &self.by_day
    }

    /// `BYHOUR`, 0 to 23
    pub fn by_hour(&self) -> &[i16] {
        &self.by_hour
    }

    /// `BYMINUTE`, 0 to 59
    pub fn by_minute(&self) -> &[i16] {
        &self.by_minute
    }

    /// `BYSECOND`, 0 to 60; 60 is a leap second and treated as 59
    pub fn by_second(&self) -> &[i16] {
        &self.by_second
    }

    /// `BYSETPOS`, -366 to 366 without 0
    pub fn by_position(&self) -> &[i16] {
        &self.by_position
    }

    /// `WKST`
    pub fn week_start(&self) -> Weekday {
        self.week_start
    }

    /// Returns the rule with this end in place of its `UNTIL` or `COUNT`.
    #[must_use]
    pub fn with_until(mut self, until: Until) -> Rule {
        self.count = None;
        self.until = Some(until);
        self
    }

    /// Returns the rule with this `COUNT` in place of its `UNTIL` or `COUNT`; `count` is clamped to 1 to 999,999,999.
    #[must_use]
    pub fn with_count(mut self, count: u32) -> Rule {
        self.until = None;
        self.count = Some(count.clamp(1, parse::GREATEST_NUMBER));
        self
    }

    /// Returns the rule without an end.
    #[must_use]
    pub fn without_end(mut self) -> Rule {
        self.until = None;
        self.count = None;
        self
    }

    /// Checks strict conformance with RFC 5545, 3.3.10, so that any other program accepts the rule.
    ///
    /// The parser is more lenient in one point. It accepts `BYWEEKNO` outside `YEARLY`, `BYYEARDAY` in `DAILY`,
    /// `WEEKLY` and `MONTHLY`, and `BYMONTHDAY` in `WEEKLY` as limits, although the RFC does not allow them.
    pub fn check_conformance(&self) -> Result<(), RuleError> {
        let name = self.frequency.name();
        let refused = |part: &str| Err(RuleError::new(part, format!("must not be used with FREQ={name}")));
        if !self.by_week.is_empty() && self.frequency != Frequency::Yearly {
            return refused("BYWEEKNO");
        }
        if !self.by_year_day.is_empty()
            && matches!(self.frequency, Frequency::Daily | Frequency::Weekly | Frequency::Monthly)
        {
            return refused("BYYEARDAY");
        }
        if !self.by_month_day.is_empty() && self.frequency == Frequency::Weekly {
            return refused("BYMONTHDAY");
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FREQ={}", self.frequency.name())?;
        if self.interval != 1 {
            write!(out, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(out, ";COUNT={count}")?;
        }
        if let Some(until) = self.until {
            write!(out, ";UNTIL={until}")?;
        }
        write_list(out, "BYMONTH", &self.by_month)?;
        write_list(out, "BYWEEKNO", &self.by_week)?;
        write_list(out, "BYYEARDAY", &self.by_year_day)?;
        write_list(out, "BYMONTHDAY", &self.by_month_day)?;
        write_list(out, "BYDAY", &self.by_day)?;
        write_list(out, "BYHOUR", &self.by_hour)?;
        write_list(out, "BYMINUTE", &self.by_minute)?;
        write_list(out, "BYSECOND", &self.by_second)?;
        write_list(out, "BYSETPOS", &self.by_position)?;
        if self.week_start != Weekday::Monday {
            write!(out, ";WKST={}", weekday_name(self.week_start))?;
        }
        Ok(())
    }
}

fn write_list(out: &mut fmt::Formatter<'_>, name: &str, values: &[impl fmt::Display]) -> fmt::Result {
    for (position, value) in values.iter().enumerate() {
        if position == 0 {
            write!(out, ";{name}={value}")?;
        } else {
            write!(out, ",{value}")?;
        }
    }
    Ok(())
}
