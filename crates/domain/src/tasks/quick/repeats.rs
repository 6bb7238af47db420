//! Rules of a line: `every month`, `every 2 weeks`, `tuwing Lunes`, `7 days after completion`.

use jiff::civil::{Date, Weekday};

use super::Part;
use super::dates::{Unit, count, next_weekday, unit, weekday};

/// Days of the week with the names of RFC 5545.
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

const WORKING_WEEK: &str = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";

fn code(day: Weekday) -> &'static str {
    DAYS.iter().find(|(known, _)| *known == day).map_or("MO", |(_, code)| code)
}

/// Returns the first date from a rule that names days of the week or of the month; for other rules today.
pub fn first_date(rule: &str, today: Date) -> Option<Date> {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name));
    if let Some(days) = part("BYDAY=") {
        let days = days.split(',').filter_map(|code| DAYS.iter().find(|(_, known)| *known == code));
        return days.map(|(day, _)| next_weekday(today, *day)).min();
    }
    if let Some(day) = part("BYMONTHDAY=") {
        let day: i8 = day.parse().ok()?;
        let mut month = today.first_of_month();
        for _ in 0..3 {
            let date = if day < 0 { Some(month.last_of_month()) } else { month.with().day(day).build().ok() };
            if let Some(date) = date.filter(|date| *date >= today) {
                return Some(date);
            }
            month = month.last_of_month().tomorrow().ok()?;
        }
    }
    Some(today)
}

/// Reads a rule at the beginning of the words; returns its number of words.
pub fn read(words: &[&str]) -> Option<(Part, usize)> {
    let rule = |text: &str, length: usize| Some((Part::Rule(text.to_owned()), length));
    match words {
        ["daily" | "araw-araw", ..] => rule("FREQ=DAILY", 1),
        ["weekly" | "linggo-linggo" | "lingguhan", ..] => rule("FREQ=WEEKLY", 1),
        ["monthly" | "buwan-buwan" | "buwanan", ..] => rule("FREQ=MONTHLY", 1),
        ["quarterly", ..] => rule("FREQ=MONTHLY;INTERVAL=3", 1),
        ["yearly" | "annually" | "taon-taon" | "taunan", ..] => rule("FREQ=YEARLY", 1),
        ["every" | "each" | "tuwing" | "kada", rest @ ..] => {
            let (part, length) = every(rest)?;
            Some((part, length + 1))
        }
        [number, name, "after", "completion", ..] => after(number, name, 4),
        ["repeat", number, name, "after", "completion", ..] => after(number, name, 5),
        _ => None,
    }
}

/// Most days between completion and the next repetition.
const MOST_DAYS: i64 = 3650;

fn after(number: &str, name: &str, length: usize) -> Option<(Part, usize)> {
    let days = match unit(name)? {
        Unit::Day => 1,
        Unit::Week => 7,
        Unit::Month => 30,
        Unit::Year => 365,
    };
    let days = count(number)?.checked_mul(days).filter(|days| *days <= MOST_DAYS)?;
    Some((Part::AfterCompletion(days), length))
}

fn every(words: &[&str]) -> Option<(Part, usize)> {
    let rule = |text: String, length: usize| Some((Part::Rule(text), length));
    match words {
        ["weekday" | "workday", ..] => return rule(WORKING_WEEK.to_owned(), 1),
        ["working" | "work", "day", ..] => return rule(WORKING_WEEK.to_owned(), 2),
        ["quarter", ..] => return rule("FREQ=MONTHLY;INTERVAL=3".to_owned(), 1),
        ["end", "of", "month", ..] => return rule("FREQ=MONTHLY;BYMONTHDAY=-1".to_owned(), 3),
        ["end", "of", "the", "month", ..] => return rule("FREQ=MONTHLY;BYMONTHDAY=-1".to_owned(), 4),
        [number, name, "after", "completion", ..] => return after(number, name, 4),
        _ => {}
    }
    let frequency = |unit: Unit| match unit {
        Unit::Day => "DAILY",
        Unit::Week => "WEEKLY",
        Unit::Month => "MONTHLY",
        Unit::Year => "YEARLY",
    };
    if let [number, name, ..] = words
        && let (Some(number), Some(unit)) = (count(number), unit(name))
    {
        let interval = if number == 1 { String::new() } else { format!(";INTERVAL={number}") };
        return rule(format!("FREQ={}{interval}", frequency(unit)), 2);
    }
    // "linggo" is the week and Sunday: behind "tuwing" it is the day, as people say it.
    let days = weekdays(words);
    if !days.0.is_empty() {
        return rule(format!("FREQ=WEEKLY;BYDAY={}", days.0.join(",")), days.1);
    }
    let first = words.first()?;
    if let Some(unit) = unit(first) {
        return rule(format!("FREQ={}", frequency(unit)), 1);
    }
    let digits = first.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let ending = &first[digits.len()..];
    let day: u8 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    if ["st", "nd", "rd", "th"].contains(&ending) {
        return rule(format!("FREQ=MONTHLY;BYMONTHDAY={day}"), 1);
    }
    None
}

/// Reads a list of days of the week: `monday and friday`, `mon, wed`.
fn weekdays(words: &[&str]) -> (Vec<&'static str>, usize) {
    let mut codes: Vec<&'static str> = Vec::new();
    let mut length = 0;
    let mut position = 0;
    while let Some(word) = words.get(position) {
        let skips = usize::from(!codes.is_empty() && ["and", "at", "&"].contains(word));
        let Some(day) = words.get(position + skips).and_then(|word| weekday(word, true)) else { break };
        if !codes.contains(&code(day)) {
            codes.push(code(day));
        }
        position += skips + 1;
        length = position;
    }
    codes.sort_by_key(|code| DAYS.iter().position(|(_, known)| known == code));
    (codes, length)
}
