//! Plain-language description of recurrence rules: complete, and without anything that the rule does not contain.

use std::fmt::Display;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use obcms_recur::{DayOfWeek, Frequency, Moment, Rule, Until};

use super::Series;
use crate::core::dates::weekday_label;
use crate::registry::Record;
use crate::registry::series::RDATES;

/// Maximum number of times of day that are listed one by one; more are described by hours and minutes.
const LISTED_TIMES: usize = 6;

/// Describes the recurrence of a record; `None` without recurrence.
#[must_use]
pub fn of_record(record: &Record) -> Option<String> {
    let series = Series::of(record)?;
    let start = series.set.start;
    Some(match &series.set.rule {
        Some(rule) => of_rule(rule, Some(start), &series.set.zone),
        None => match RDATES.get(record).len() {
            1 => "On one more date".to_owned(),
            count => format!("On {count} more dates"),
        },
    })
}

/// Describes a rule. Parts that the rule omits, such as the weekday of "every week", come from the start; without a
/// start the description omits them as well.
#[must_use]
pub fn of_rule(rule: &Rule, start: Option<Moment>, zone: &TimeZone) -> String {
    let mut parts = Parts { rule, start, limits: Vec::new() };
    let mut text = parts.every();
    let days = match rule.frequency() {
        Frequency::Yearly => parts.yearly(),
        Frequency::Monthly => parts.monthly(),
        Frequency::Weekly => parts.weekly(),
        _ => {
            parts.limit_months();
            parts.limit_weeks();
            parts.limit_year_days();
            parts.limit_month_days();
            parts.limit_weekdays();
            String::new()
        }
    };
    if !days.is_empty() {
        text.push(' ');
        text.push_str(&days);
    }
    if !start.is_some_and(Moment::is_date) {
        let times = parts.times();
        if !times.is_empty() {
            text.push(' ');
            text.push_str(&times);
        }
    }
    if !parts.limits.is_empty() {
        text.push_str(", only ");
        text.push_str(&joined(&parts.limits, "and only"));
    }
    if !rule.by_position().is_empty() {
        let which: Vec<String> = rule.by_position().iter().copied().map(ordinal).collect();
        text.push_str(&format!(", of these only the {} in each {}", joined(&which, "and"), unit(rule)));
    }
    if rule.week_start() != Weekday::Monday && parts.weeks_matter() {
        text.push_str(&format!(", with weeks that begin on {}", weekday_label(rule.week_start())));
    }
    if let Some(count) = rule.count() {
        text.push_str(if count == 1 { ", once" } else { ", " });
        if count > 1 {
            text.push_str(&format!("{count} times"));
        }
    }
    if let Some(until) = rule.until() {
        text.push_str(&format!(", until {}", end(until, start, zone)));
    }
    text
}

fn unit(rule: &Rule) -> &'static str {
    match rule.frequency() {
        Frequency::Yearly => "year",
        Frequency::Monthly => "month",
        Frequency::Weekly => "week",
        Frequency::Daily => "day",
        Frequency::Hourly => "hour",
        Frequency::Minutely => "minute",
        Frequency::Secondly => "second",
    }
}

/// Describes the last day, with its time where the day alone would be wrong.
fn end(until: Until, start: Option<Moment>, zone: &TimeZone) -> String {
    let local = match until {
        Until::Date(day) => return day.strftime("%a %-d %b %Y").to_string(),
        Until::Local(local) => local,
        // The last timestamp stands for the end of the year 9999, which a zone would shift.
        Until::Utc(instant) if instant == Timestamp::MAX => Date::MAX.at(23, 59, 59, 0),
        Until::Utc(instant) => instant.to_zoned(zone.clone()).datetime(),
    };
    let day = local.date().strftime("%a %-d %b %Y").to_string();
    // A rule that ends at the end of a day, or with its last occurrence, is described by the day.
    let is_whole_day = match start {
        None | Some(Moment::Date(_)) => true,
        Some(Moment::DateTime(start)) => {
            local.time() == start.time() || (local.time().hour(), local.time().minute()) == (23, 59)
        }
    };
    if is_whole_day { day } else { format!("{day} at {}", local.strftime("%-I:%M %p")) }
}

struct Parts<'a> {
    rule: &'a Rule,
    start: Option<Moment>,
    /// Limits of the rule, each as the phrase after "only".
    limits: Vec<String>,
}

impl Parts<'_> {
    fn every(&self) -> String {
        match self.rule.interval() {
            1 => format!("Every {}", unit(self.rule)),
            interval => format!("Every {interval} {}s", unit(self.rule)),
        }
    }

    /// Returns true if the start of the week changes the result.
    fn weeks_matter(&self) -> bool {
        let rule = self.rule;
        !rule.by_week().is_empty()
            || (rule.frequency() == Frequency::Weekly
                && (rule.interval() > 1 || !rule.by_position().is_empty()))
    }

    fn weekly(&mut self) -> String {
        self.limit_months();
        self.limit_weeks();
        self.limit_year_days();
        self.limit_month_days();
        let days = self.rule.by_day();
        if days.is_empty() {
            // A day of the month or of the year needs no weekday of the start.
            if !self.rule.by_month_day().is_empty() || !self.rule.by_year_day().is_empty() {
                return String::new();
            }
            return self.own_weekday().map_or_else(String::new, |weekday| format!("on {weekday}"));
        }
        let days = weekdays(days);
        if days.contains(" to ") { format!("from {days}") } else { format!("on {days}") }
    }

    fn monthly(&mut self) -> String {
        self.limit_months();
        self.limit_weeks();
        self.limit_year_days();
        let (days, dates) = (self.rule.by_day(), self.rule.by_month_day());
        match (days.is_empty(), dates.is_empty()) {
            // A day of the year needs nothing of the start, a week its weekday.
            (true, true) if !self.rule.by_year_day().is_empty() => String::new(),
            (true, true) if !self.rule.by_week().is_empty() => {
                self.own_weekday().map_or_else(String::new, |weekday| format!("on every {weekday}"))
            }
            (true, true) => {
                self.start.map_or_else(String::new, |_| format!("on the {}", self.own_month_day()))
            }
            (true, false) => format!("on the {}", month_days(dates)),
            (false, true) => format!("on {}", nth_days(days)),
            (false, false) => {
                format!("on the {} when it is {}", month_days(dates), one_of(&nth_list(days)))
            }
        }
    }

    /// Describes a yearly rule. The first part that is present (days of the year, days of the month, weeks, weekdays,
    /// months) selects the days; the other parts limit them. Days of the month without a month are in that of the start,
    /// weeks without a day have its weekday.
    fn yearly(&mut self) -> String {
        let rule = self.rule;
        let named = months(rule.by_month());
        let in_months = |otherwise: &str| {
            if named.is_empty() { otherwise.to_owned() } else { format!(" of {named}") }
        };
        if !rule.by_year_day().is_empty() {
            self.limit_months();
            self.limit_weeks();
            self.limit_month_days();
            self.limit_weekdays();
            return format!("on {}", year_days(rule.by_year_day()));
        }
        if !rule.by_month_day().is_empty() {
            self.limit_weeks();
            let days = match rule.by_day() {
                [] => String::new(),
                days => format!(" when it is {}{}", one_of(&nth_list(days)), self.of_the_year()),
            };
            let otherwise = match self.start {
                _ if !rule.by_week().is_empty() => " of every month".to_owned(),
                Some(start) => format!(" of {}", months(&[i16::from(start.date().month())])),
                None => " of the same month".to_owned(),
            };
            return format!("on the {}{}{days}", month_days(rule.by_month_day()), in_months(&otherwise));
        }
        if !rule.by_week().is_empty() {
            self.limit_months();
            let days = match rule.by_day() {
                [] => self.own_weekday().unwrap_or("one day").to_owned(),
                days => weekdays(days),
            };
            return format!("on {days} of {}", weeks(rule.by_week()));
        }
        if !rule.by_day().is_empty() {
            return format!("on {}{}", nth_days(rule.by_day()), in_months(self.of_the_year()));
        }
        if !named.is_empty() {
            return format!("on the {} of {named}", self.own_month_day());
        }
        self.start.map_or_else(String::new, |start| format!("on {}", start.date().strftime("%-d %B")))
    }

    fn own_weekday(&self) -> Option<&'static str> {
        self.start.map(|start| weekday_label(start.date().weekday()))
    }

    /// Returns " of the year" if numbers before weekdays count in the year.
    fn of_the_year(&self) -> &'static str {
        let has_ordinal = self.rule.by_day().iter().any(|day| day.ordinal.is_some());
        let is_in_year = self.rule.frequency() == Frequency::Yearly && self.rule.by_month().is_empty();
        if has_ordinal && is_in_year { " of the year" } else { "" }
    }

    fn own_month_day(&self) -> String {
        self.start.map_or_else(|| "same day".to_owned(), |start| nth(i16::from(start.date().day())))
    }

    fn limit_months(&mut self) {
        if !self.rule.by_month().is_empty() {
            self.limits.push(format!("in {}", months(self.rule.by_month())));
        }
    }

    fn limit_weeks(&mut self) {
        if !self.rule.by_week().is_empty() {
            self.limits.push(format!("in {}", weeks(self.rule.by_week())));
        }
    }

    fn limit_year_days(&mut self) {
        if !self.rule.by_year_day().is_empty() {
            self.limits.push(format!("on {}", year_days(self.rule.by_year_day())));
        }
    }

    fn limit_month_days(&mut self) {
        if !self.rule.by_month_day().is_empty() {
            self.limits.push(format!("on the {} of a month", month_days(self.rule.by_month_day())));
        }
    }

    fn limit_weekdays(&mut self) {
        if !self.rule.by_day().is_empty() {
            self.limits.push(format!("on {}{}", nth_days(self.rule.by_day()), self.of_the_year()));
        }
    }

    /// Describes times of day other than that of the start.
    fn times(&mut self) -> String {
        let rule = self.rule;
        let (hours, minutes, seconds) = (rule.by_hour(), rule.by_minute(), rule.by_second());
        if hours.is_empty() && minutes.is_empty() && seconds.is_empty() {
            return String::new();
        }
        let frequency = rule.frequency();
        if frequency >= Frequency::Daily {
            return self.times_of_day(hours, minutes, seconds);
        }
        let said = |values: &[i16], one: &str| match values {
            [value] => format!("{one} {value}"),
            values => format!("{one}s {}", joined(values, "and")),
        };
        let mut own = String::new();
        if !hours.is_empty() {
            self.limits.push(format!("in {}", said(hours, "hour")));
        }
        if !minutes.is_empty() {
            if frequency == Frequency::Hourly {
                own = format!("at {}", said(minutes, "minute"));
            } else {
                self.limits.push(format!("in {}", said(minutes, "minute")));
            }
        }
        if !seconds.is_empty() {
            if frequency == Frequency::Secondly {
                self.limits.push(format!("at {}", said(seconds, "second")));
            } else {
                let and = if own.is_empty() { "at" } else { " and" };
                own = format!("{own}{and} {}", said(seconds, "second"));
            }
        }
        own
    }

    fn times_of_day(&self, hours: &[i16], minutes: &[i16], seconds: &[i16]) -> String {
        let Some(start) = self.start.map(|start| start.date_time().time()) else {
            let said = [(hours, "hours"), (minutes, "minutes"), (seconds, "seconds")]
                .into_iter()
                .filter(|(values, _)| !values.is_empty())
                .map(|(values, name)| format!("{name} {}", joined(values, "and")));
            return format!("at {}", said.collect::<Vec<_>>().join(", "));
        };
        let or_own =
            |values: &[i16], own: i8| if values.is_empty() { vec![i16::from(own)] } else { values.to_vec() };
        let hours = or_own(hours, start.hour());
        let minutes = or_own(minutes, start.minute());
        let seconds = or_own(seconds, start.second());
        if hours.len() * minutes.len() * seconds.len() <= LISTED_TIMES {
            let mut times = Vec::new();
            for hour in &hours {
                for minute in &minutes {
                    for second in &seconds {
                        times.push(clock(*hour, *minute, *second));
                    }
                }
            }
            return format!("at {}", joined(&times, "and"));
        }
        let mut text = format!("at the hours {}", joined(&hours, "and"));
        if minutes != [0] {
            text.push_str(&format!(", minutes {}", joined(&minutes, "and")));
        }
        if seconds != [0] {
            text.push_str(&format!(", seconds {}", joined(&seconds, "and")));
        }
        text
    }
}

fn clock(hour: i16, minute: i16, second: i16) -> String {
    let part = |number: i16| i8::try_from(number).unwrap_or(0);
    // A leap second counts as the second before it.
    let time = Time::new(part(hour), part(minute), part(second).min(59), 0).unwrap_or_default();
    let pattern = if second == 0 { "%-I:%M %p" } else { "%-I:%M:%S %p" };
    time.strftime(pattern).to_string()
}

/// Names weekdays; five in a row are described by the first and the last.
fn weekdays(days: &[DayOfWeek]) -> String {
    let mut offsets: Vec<i8> = days.iter().map(|day| day.weekday.to_monday_zero_offset()).collect();
    offsets.sort_unstable();
    offsets.dedup();
    if offsets.len() == 7 {
        return "every day".to_owned();
    }
    let in_a_row = offsets.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let names: Vec<&str> = offsets
        .iter()
        .filter_map(|offset| Weekday::from_monday_zero_offset(*offset).ok())
        .map(weekday_label)
        .collect();
    match names.as_slice() {
        [first, .., last] if in_a_row && names.len() > 3 => format!("{first} to {last}"),
        _ => joined(&names, "and"),
    }
}

fn nth_list(days: &[DayOfWeek]) -> Vec<String> {
    days.iter()
        .map(|day| match day.ordinal {
            Some(ordinal_number) => {
                format!("the {} {}", ordinal(i16::from(ordinal_number)), weekday_label(day.weekday))
            }
            None => format!("a {}", weekday_label(day.weekday)),
        })
        .collect()
}

/// "the second Tuesday and the last Friday", "every Monday".
fn nth_days(days: &[DayOfWeek]) -> String {
    let (some, every): (Vec<DayOfWeek>, Vec<DayOfWeek>) =
        days.iter().copied().partition(|day| day.ordinal.is_some());
    let mut parts = nth_list(&some);
    if !every.is_empty() {
        let days = weekdays(&every);
        parts.push(if days.starts_with("every") || every.len() > 1 { days } else { format!("every {days}") });
    }
    joined(&parts, "and")
}

fn one_of(parts: &[String]) -> String {
    joined(parts, "or")
}

fn months(months: &[i16]) -> String {
    let names: Vec<&str> = months
        .iter()
        .filter_map(|month| {
            let place = usize::try_from(month - 1).ok()?;
            MONTHS.get(place).copied()
        })
        .collect();
    joined(&names, "and")
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "25th and last day"; days counted from the end come last.
fn month_days(days: &[i16]) -> String {
    let (back, forth): (Vec<i16>, Vec<i16>) = days.iter().copied().partition(|day| *day < 0);
    let mut parts: Vec<String> = forth.into_iter().map(nth).collect();
    parts.extend(back.into_iter().map(|day| format!("{} day", ordinal(day))));
    joined(&parts, "and")
}

fn year_days(days: &[i16]) -> String {
    let (back, forth): (Vec<i16>, Vec<i16>) = days.iter().copied().partition(|day| *day < 0);
    let mut parts: Vec<String> =
        forth.into_iter().map(|day| format!("the {} day of the year", nth(day))).collect();
    parts.extend(back.into_iter().map(|day| format!("the {} day of the year", ordinal(day))));
    joined(&parts, "and")
}

fn weeks(weeks: &[i16]) -> String {
    let (back, forth): (Vec<i16>, Vec<i16>) = weeks.iter().copied().partition(|week| *week < 0);
    let mut parts: Vec<String> = forth.into_iter().map(|week| format!("week {week}")).collect();
    parts.extend(back.into_iter().map(|week| format!("the {} week of the year", ordinal(week))));
    joined(&parts, "and")
}

/// "first", "12th", "last", "third to last".
fn ordinal(number: i16) -> String {
    let count = usize::from(number.unsigned_abs());
    let name = match ["", "first", "second", "third", "fourth", "fifth"].get(count) {
        Some(name) => (*name).to_owned(),
        None => nth(i16::try_from(count).unwrap_or(i16::MAX)),
    };
    match number {
        -1 => "last".to_owned(),
        number if number < 0 => format!("{name} to last"),
        _ => name,
    }
}

/// "1st", "22nd", "113th".
fn nth(number: i16) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn joined<T: Display>(parts: &[T], last: &str) -> String {
    let texts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    match texts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod tests;
