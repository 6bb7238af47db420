//! Days and times of a line, in English and Filipino.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use crate::core::dates::{YEARS, parse_date, written_date};

/// Months in English and Filipino, by number.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "enero", "ene"],
    &["february", "feb", "pebrero", "peb"],
    &["march", "mar", "marso"],
    &["april", "apr", "abril", "abr"],
    &["may", "mayo"],
    &["june", "jun", "hunyo", "hun"],
    &["july", "jul", "hulyo", "hul"],
    &["august", "aug", "agosto", "ago"],
    &["september", "sept", "sep", "setyembre", "set"],
    &["october", "oct", "oktubre", "okt"],
    &["november", "nov", "nobyembre", "nob"],
    &["december", "dec", "disyembre", "dis"],
];

/// Days of the week from Monday: whole names, and short ones that are also usual words.
const WEEKDAYS: [(Weekday, &[&str], &[&str]); 7] = [
    (Weekday::Monday, &["monday", "lunes"], &["mon"]),
    (Weekday::Tuesday, &["tuesday", "martes"], &["tue", "tues"]),
    (Weekday::Wednesday, &["wednesday", "miyerkules", "miyerkoles"], &["wed"]),
    (Weekday::Thursday, &["thursday", "huwebes"], &["thu", "thur", "thurs"]),
    (Weekday::Friday, &["friday", "biyernes"], &["fri"]),
    (Weekday::Saturday, &["saturday", "sabado"], &["sat"]),
    (Weekday::Sunday, &["sunday", "linggo"], &["sun"]),
];

/// Returns the day of the week of a whole or short name.
pub fn weekday(word: &str, allows_short: bool) -> Option<Weekday> {
    let word = word.trim_end_matches('.');
    WEEKDAYS
        .iter()
        .find(|(_, whole, short)| whole.contains(&word) || (allows_short && short.contains(&word)))
        .map(|(weekday, ..)| *weekday)
}

/// Returns the next such day after today.
pub fn next_weekday(today: Date, weekday: Weekday) -> Date {
    let days = i64::from(today.weekday().until(weekday));
    today.saturating_add((if days == 0 { 7 } else { days }).days())
}

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let position = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(position + 1).ok()
}

/// Reads the number of a day: `15`, `15th`.
fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let ending = &word[digits.len()..];
    let number: i8 = digits.strip_prefix("ika-").unwrap_or(digits).parse().ok()?;
    (["", "st", "nd", "rd", "th"].contains(&ending) && (1..=31).contains(&number)).then_some(number)
}

fn year_number(word: Option<&&str>) -> Option<i16> {
    let word = word?;
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| YEARS.contains(year))
}

/// Returns that day of this year, or of the next one when it is past.
fn coming(today: Date, month: i8, day: i8) -> Option<Date> {
    // The 29th of February exists only every fourth year.
    (0..=8).find_map(|years| Date::new(today.year() + years, month, day).ok().filter(|date| *date >= today))
}

/// Reads a count of days, weeks, months or years.
pub fn count(word: &str) -> Option<i64> {
    let number = match word {
        "a" | "an" | "one" | "isang" | "isa" => 1,
        "two" | "dalawang" | "other" => 2,
        "three" | "tatlong" => 3,
        "four" | "apat" => 4,
        "five" | "limang" => 5,
        "six" | "anim" => 6,
        "seven" | "pitong" => 7,
        _ => word.parse().ok()?,
    };
    (1..=3650).contains(&number).then_some(number)
}

/// Unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Day.
    Day,
    /// Week.
    Week,
    /// Month.
    Month,
    /// Year.
    Year,
}

/// Returns the unit with this name, in one or more.
pub fn unit(word: &str) -> Option<Unit> {
    match word {
        "day" | "days" | "araw" => Some(Unit::Day),
        "week" | "weeks" | "linggo" => Some(Unit::Week),
        "month" | "months" | "buwan" => Some(Unit::Month),
        "year" | "years" | "taon" => Some(Unit::Year),
        _ => None,
    }
}

fn later(today: Date, count: i64, unit: Unit) -> Option<Date> {
    let span = jiff::Span::new();
    let span = match unit {
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    };
    today.checked_add(span.ok()?).ok().filter(|date| YEARS.contains(&date.year()))
}

/// Reads a day at the beginning of the words. Short names and dates without a year are usual words and fractions
/// elsewhere: they count after a preposition, or as the last of the line.
pub fn day(
    words: &[&str],
    today: Date,
    is_marked: bool,
    is_last: impl Fn(usize) -> bool,
) -> Option<(Date, usize)> {
    let first = *words.first()?;
    relative(words, today)
        .or_else(|| {
            let is_clear = is_marked || is_last(1);
            weekday(first, is_clear).map(|weekday| (next_weekday(today, weekday), 1))
        })
        .or_else(|| named_month(words, today))
        .or_else(|| {
            if first.contains('-') || first.matches('/').count() == 2 {
                let date = parse_date(first).ok().or_else(|| written_date(first))?;
                return Some((date, 1));
            }
            let (month, day) = first.split_once('/')?;
            let date = coming(today, month.parse().ok()?, day.parse().ok()?)?;
            (is_marked || is_last(1)).then_some((date, 1))
        })
}

/// Reads days that count from today.
fn relative(words: &[&str], today: Date) -> Option<(Date, usize)> {
    let next_week = || next_weekday(today, Weekday::Monday);
    let days = |days: i64, length: usize| Some((today.saturating_add(days.days()), length));
    match words {
        ["today" | "tod" | "ngayon" | "ngayong", "araw", ..] => days(0, 2),
        ["today" | "tod" | "ngayon" | "tonight" | "mamaya", ..] => days(0, 1),
        ["tomorrow" | "tmr" | "tmrw" | "bukas", ..] => days(1, 1),
        ["makalawa", ..] => days(2, 1),
        ["day", "after", "tomorrow", ..] => days(2, 3),
        ["end", "of", "month", ..] => Some((today.last_of_month(), 3)),
        ["end", "of", "the", "month", ..] => Some((today.last_of_month(), 4)),
        ["next", "week", ..] => Some((next_week(), 2)),
        ["susunod", "na", "linggo", ..] => Some((next_week(), 3)),
        ["next", "month", ..] => Some((later(today, 1, Unit::Month)?.first_of_month(), 2)),
        ["susunod", "na", "buwan", ..] => Some((later(today, 1, Unit::Month)?.first_of_month(), 3)),
        ["next", day, ..] => Some((next_weekday(today, weekday(day, true)?), 2)),
        ["susunod", "na", day, ..] => Some((next_weekday(today, weekday(day, true)?), 3)),
        ["in" | "pagkatapos", number, name, ..] => Some((later(today, count(number)?, unit(name)?)?, 3)),
        _ => None,
    }
}

/// Reads a day with the name of its month: `15 Dec`, `Dec 15, 2026`, `ika-15 ng Disyembre`.
fn named_month(words: &[&str], today: Date) -> Option<(Date, usize)> {
    let of = |second: usize, number: i8, month: i8| {
        let year = year_number(words.get(second));
        let date = match year {
            Some(year) => Date::new(year, month, number).ok()?,
            None => coming(today, month, number)?,
        };
        Some((date, second + usize::from(year.is_some())))
    };
    match words {
        [number, "ng" | "of", name, ..] => of(3, day_number(number)?, month(name)?),
        [first, second, ..] => match (day_number(first), month(second)) {
            (Some(number), Some(name)) => of(2, number, name),
            _ => of(2, day_number(second)?, month(first)?),
        },
        _ => None,
    }
}

/// Reads a time at the beginning of the words: `3pm`, `3:30 pm`, `15:00`, `noon`, `alas-3 ng hapon`. A bare hour counts
/// only after a preposition with am or pm behind it.
pub fn time(words: &[&str], is_marked: bool) -> Option<(Time, usize)> {
    let first = *words.first()?;
    match first {
        "noon" | "tanghali" if is_marked => return Some((Time::constant(12, 0, 0, 0), 1)),
        _ => {}
    }
    if let Some(hour) = first.strip_prefix("alas-").or_else(|| first.strip_prefix("alas")) {
        let (hour, length) = match hour {
            "" => (*words.get(1)?, 2),
            hour => (hour, 1),
        };
        let (hour, minute) = clock(hour)?;
        let part = words.get(length + 1).filter(|_| words.get(length) == Some(&"ng"));
        let afternoon = match part {
            Some(&("umaga" | "madaling-araw")) => Some(false),
            Some(&("hapon" | "gabi" | "tanghali")) => Some(true),
            _ => None,
        };
        let length = if afternoon.is_some() { length + 2 } else { length };
        // Work is by day: an hour before seven without a word is one of the afternoon.
        return Some((at(hour, minute, afternoon.unwrap_or(hour < 7 || hour == 12))?, length));
    }
    for (ending, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        if let Some(digits) = first.strip_suffix(ending).filter(|digits| !digits.is_empty()) {
            let (hour, minute) = clock(digits)?;
            return Some((at(hour, minute, afternoon)?, 1));
        }
        if words.get(1) == Some(&ending) {
            let (hour, minute) = clock(first)?;
            return Some((at(hour, minute, afternoon)?, 2));
        }
    }
    let (hour, minute) = first.split_once(':').filter(|_| first.len() <= 5).and_then(|_| clock(first))?;
    Some((Time::new(hour, minute, 0, 0).ok()?, 1))
}

/// Reads `3` or `3:30`.
fn clock(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let is_number = |part: &str, longest: usize| {
        !part.is_empty() && part.len() <= longest && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (is_number(hour, 2) && is_number(minute, 2) && minute.len() == 2)
        .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))
        .flatten()
}

fn at(hour: i8, minute: i8, is_afternoon: bool) -> Option<Time> {
    if !(1..=12).contains(&hour) {
        return None;
    }
    Time::new(hour % 12 + if is_afternoon { 12 } else { 0 }, minute, 0, 0).ok()
}
