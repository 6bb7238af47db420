//! Parser of recurrence rules.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::Offset;

use super::{DayOfWeek, Frequency, Rule, Until, weekday_named};
use crate::error::RuleError;
use crate::moment::{self, Moment};

/// Upper bound of `COUNT` and `INTERVAL`, beyond the hours that the calendar has.
pub(super) const GREATEST_NUMBER: u32 = 999_999_999;
/// Upper bound of the text in bytes. A rule with every possible value fits.
const LONGEST_TEXT: usize = 16_384;

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Rule, RuleError> {
        if text.len() > LONGEST_TEXT {
            return Err(RuleError::new("RRULE", "the rule is too long"));
        }
        let text = text.trim().to_ascii_uppercase();
        let parts = text.strip_prefix("RRULE:").unwrap_or(&text);
        if parts.is_empty() {
            return Err(RuleError::new("RRULE", "the rule is empty"));
        }
        let mut rule = Rule::new(Frequency::Daily);
        let mut seen: Vec<&str> = Vec::new();
        // Google Calendar is known to write a semicolon after the last part.
        for part in parts.strip_suffix(';').unwrap_or(parts).split(';') {
            let Some((name, value)) = part.split_once('=').map(|(name, value)| (name.trim(), value.trim()))
            else {
                return Err(RuleError::new(
                    "RRULE",
                    format!("“{}” is not of the form NAME=VALUE", shorten(part)),
                ));
            };
            if seen.contains(&name) {
                return Err(RuleError::new(name, "is given twice"));
            }
            rule.read_part(name, value)?;
            seen.push(name);
        }
        if !seen.contains(&"FREQ") {
            return Err(RuleError::new("FREQ", "is missing"));
        }
        rule.check()?;
        Ok(rule)
    }
}

impl Rule {
    fn read_part(&mut self, name: &str, value: &str) -> Result<(), RuleError> {
        match name {
            "FREQ" => {
                self.frequency = Frequency::ALL
                    .into_iter()
                    .find(|(_, known)| *known == value)
                    .map(|(frequency, _)| frequency)
                    .ok_or_else(|| {
                        let known = Frequency::ALL.map(|(_, known)| known).join(", ");
                        RuleError::new(name, format!("“{}” is not one of {known}", shorten(value)))
                    })?;
            }
            "INTERVAL" => self.interval = read_number(name, value)?,
            "COUNT" => self.count = Some(read_number(name, value)?),
            "UNTIL" => self.until = Some(read_until(value)?),
            "BYMONTH" => self.by_month = read_list(name, value, 1, 12)?,
            "BYWEEKNO" => self.by_week = read_list(name, value, -53, 53)?,
            "BYYEARDAY" => self.by_year_day = read_list(name, value, -366, 366)?,
            "BYMONTHDAY" => self.by_month_day = read_list(name, value, -31, 31)?,
            "BYDAY" => self.by_day = read_days(value)?,
            "BYHOUR" => self.by_hour = read_list(name, value, 0, 23)?,
            "BYMINUTE" => self.by_minute = read_list(name, value, 0, 59)?,
            "BYSECOND" => self.by_second = read_list(name, value, 0, 60)?,
            "BYSETPOS" => self.by_position = read_list(name, value, -366, 366)?,
            "WKST" => self.week_start = read_weekday(name, value)?,
            // RFC 7529. The calendar and the treatment of dates that do not exist are those of RFC 5545.
            "RSCALE" => check_only(name, value, "GREGORIAN")?,
            "SKIP" => check_only(name, value, "OMIT")?,
            _ => return Err(RuleError::new(shorten(name), "is not a part of a recurrence rule")),
        }
        Ok(())
    }

    /// Checks constraints between parts.
    fn check(&self) -> Result<(), RuleError> {
        if self.count.is_some() && self.until.is_some() {
            return Err(RuleError::new("COUNT", "must not be used together with UNTIL"));
        }
        let has_ordinal = self.by_day.iter().any(|day| day.ordinal.is_some());
        if has_ordinal && !matches!(self.frequency, Frequency::Monthly | Frequency::Yearly) {
            return Err(RuleError::new("BYDAY", "a number before a day needs FREQ=MONTHLY or FREQ=YEARLY"));
        }
        if has_ordinal && !self.by_week.is_empty() {
            return Err(RuleError::new(
                "BYDAY",
                "a number before a day must not be used together with BYWEEKNO",
            ));
        }
        let others = [
            &self.by_month,
            &self.by_week,
            &self.by_year_day,
            &self.by_month_day,
            &self.by_hour,
            &self.by_minute,
            &self.by_second,
        ];
        if !self.by_position.is_empty() && self.by_day.is_empty() && others.iter().all(|list| list.is_empty())
        {
            return Err(RuleError::new("BYSETPOS", "needs another part whose name starts with BY"));
        }
        Ok(())
    }
}

/// Returns user input shortened for a message.
fn shorten(text: &str) -> &str {
    match text.char_indices().nth(30) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

fn read_number(name: &str, value: &str) -> Result<u32, RuleError> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { value.parse().unwrap_or(u32::MAX) } else { 0 };
    if digits && (1..=GREATEST_NUMBER).contains(&number) {
        Ok(number)
    } else {
        Err(RuleError::new(name, format!("“{}” is not a number from 1 to {GREATEST_NUMBER}", shorten(value))))
    }
}

/// Checks a part of which only one value is supported.
fn check_only(name: &str, value: &str, supported: &str) -> Result<(), RuleError> {
    if value == supported {
        return Ok(());
    }
    Err(RuleError::new(name, format!("“{}” is not supported; only {supported} is", shorten(value))))
}

/// Parses a list of numbers, sorted and without duplicates. 0 is valid only if it is the lower bound.
fn read_list(name: &str, value: &str, least: i16, greatest: i16) -> Result<Vec<i16>, RuleError> {
    let mut list = Vec::new();
    for text in value.split(',').map(str::trim) {
        let number = read_signed(text, least < 0)
            .filter(|number| (least..=greatest).contains(number) && (*number != 0 || least == 0));
        let Some(number) = number else {
            let without = if least < 0 { ", 0 left out" } else { "" };
            let problem = format!("“{}” is not a number from {least} to {greatest}{without}", shorten(text));
            return Err(RuleError::new(name, problem));
        };
        list.push(number);
    }
    list.sort_unstable();
    list.dedup();
    Ok(list)
}

fn read_signed(text: &str, may_have_sign: bool) -> Option<i16> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') if may_have_sign => (true, &text[1..]),
        Some(b'+') if may_have_sign => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i16 = digits.parse().ok()?;
    Some(if negative { -number } else { number })
}

fn read_days(value: &str) -> Result<Vec<DayOfWeek>, RuleError> {
    let mut days = Vec::new();
    for text in value.split(',').map(str::trim) {
        // Split before the name of the weekday. Text that is not ASCII has no such name and is refused.
        let cut = text.len().saturating_sub(2);
        let (number, name) = text.split_at_checked(cut).unwrap_or((text, ""));
        let weekday = read_weekday("BYDAY", name).map_err(|_| {
            RuleError::new("BYDAY", format!("“{}” is not a day such as MO or -1FR", shorten(text)))
        })?;
        let ordinal = if number.is_empty() {
            None
        } else {
            let ordinal = read_signed(number, true)
                .filter(|ordinal| (1..=53).contains(&ordinal.abs()))
                .and_then(|ordinal| i8::try_from(ordinal).ok())
                .ok_or_else(|| {
                    let problem =
                        format!("the number of “{}” is not from -53 to 53, 0 left out", shorten(text));
                    RuleError::new("BYDAY", problem)
                })?;
            Some(ordinal)
        };
        days.push(DayOfWeek { ordinal, weekday });
    }
    days.sort_unstable_by_key(|day| (day.weekday.to_monday_zero_offset(), day.ordinal));
    days.dedup();
    Ok(days)
}

fn read_weekday(name: &str, value: &str) -> Result<Weekday, RuleError> {
    weekday_named(value).ok_or_else(|| {
        let problem = format!("“{}” is not one of MO, TU, WE, TH, FR, SA, SU", shorten(value));
        RuleError::new(name, problem)
    })
}

fn read_until(value: &str) -> Result<Until, RuleError> {
    let (text, is_utc) = match value.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (value, false),
    };
    match (moment::read_basic(text), is_utc) {
        (Some(Moment::Date(date)), false) => Ok(Until::Date(date)),
        (Some(Moment::DateTime(moment)), false) => Ok(Until::Local(moment)),
        // The last hours of the year 9999 are beyond every timestamp and mean the same as the last one.
        (Some(Moment::DateTime(moment)), true) => {
            Ok(Until::Utc(Offset::UTC.to_timestamp(moment).unwrap_or(Timestamp::MAX)))
        }
        _ => {
            let problem = format!(
                "“{}” is neither a date (20271231) nor a date with a time (20271231T090000, or with Z for UTC)",
                shorten(value)
            );
            Err(RuleError::new("UNTIL", problem))
        }
    }
}
