//! Recurrence rules as other programs write them, mended where their meaning is clear.
//!
//! Each change is told. What cannot be mended stays as it is written, and whoever expands the rule says why it cannot.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_recur::{Last, Rule, Set, Until};

use super::Moment;

/// Returns the rule in the form of RFC 5545 section 3.3.10, and what was changed.
///
/// A rule of vCalendar 1.0 (`W1 MO TU 20261231T000000Z`) becomes one of RFC 5545.
///
/// Of `COUNT` and `UNTIL`, which a rule must not have together, the one that ends it first is kept; that needs the start.
pub fn read(written: &str, start: Option<&Moment>) -> (String, Vec<String>) {
    let mut changes = Vec::new();
    let mut rule = written.trim().to_owned();
    if let Some(modern) = super::vcalendar::rule(&rule) {
        changes.push(format!("Its rule \u{201c}{rule}\u{201d} is one of vCalendar 1.0; it was read as \u{201c}{modern}\u{201d}."));
        return (modern, changes);
    }
    let unescaped = rule.replace("\\;", ";").replace("\\,", ",");
    let upper = unescaped.to_ascii_uppercase();
    let bare = upper.strip_prefix("RRULE:").unwrap_or(&upper);
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut changed = unescaped != rule || bare.len() != upper.len();
    for part in bare.split(';') {
        // Some programs end a rule with a semicolon, as they end its parts.
        if part.trim().is_empty() {
            continue;
        }
        let Some((name, value)) = part.split_once('=') else {
            changed = true;
            continue;
        };
        let plain: String = value.chars().filter(|letter| !letter.is_whitespace()).collect();
        let name = name.trim().to_owned();
        let mended = value_of(&name, &plain);
        changed |= mended.as_deref() != Some(value) || parts.iter().any(|(known, _)| *known == name);
        if let Some(value) = mended.filter(|_| parts.iter().all(|(known, _)| *known != name)) {
            parts.push((name, value));
        }
    }
    changed |= choose_end(&mut parts, start);
    if changed {
        let mended = text_of(&parts, "");
        changes.push(format!(
            "Its rule \u{201c}{rule}\u{201d} is not quite one; it was read as \u{201c}{mended}\u{201d}."
        ));
        rule = mended;
    } else {
        rule = bare.trim_end_matches(';').to_owned();
    }
    (rule, changes)
}

/// Returns the value of a part in its proper form; `None` for a part without a meaning.
fn value_of(name: &str, value: &str) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    match name {
        "COUNT" | "INTERVAL" => {
            let number: i64 = value.parse().ok()?;
            (number > 0).then(|| number.to_string())
        }
        "WKST" => Some(short_day(value)),
        "BYDAY" => {
            let days: Vec<String> = value.split(',').filter(|day| !day.is_empty()).map(short_day).collect();
            (!days.is_empty()).then(|| days.join(","))
        }
        "UNTIL" => {
            // Dates with hyphens and colons, and an offset in place of UTC.
            let plain: String = value.chars().filter(|letter| !"-:".contains(*letter)).collect();
            Some(plain)
        }
        _ if name.starts_with("BY") => {
            let kept: Vec<&str> = value.split(',').filter(|item| !item.is_empty()).collect();
            (!kept.is_empty()).then(|| kept.join(","))
        }
        "FREQ" | "RSCALE" | "SKIP" => Some(value.to_owned()),
        // Parts that no standard knows.
        _ => None,
    }
}

/// Returns the two letters of a weekday, with the number before it: `MONDAY`, `1MONDAY`.
fn short_day(text: &str) -> String {
    const NAMES: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let letters = text.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
    let number = text[..text.len() - letters.len()].trim_start_matches('+');
    let is_long = |name: &&&str| letters.len() > 2 && name.starts_with(letters);
    let day = NAMES.iter().find(is_long).and_then(|name| name.get(..2)).unwrap_or(letters);
    format!("{number}{day}")
}

/// Returns the text of a rule, without one of its parts.
fn text_of(parts: &[(String, String)], without: &str) -> String {
    let kept = parts.iter().filter(|(name, _)| name != without);
    kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";")
}

/// Keeps the end that comes first of `COUNT` and `UNTIL`. Returns true if one was dropped.
fn choose_end(parts: &mut Vec<(String, String)>, start: Option<&Moment>) -> bool {
    let has = |name: &str| parts.iter().any(|(known, _)| known == name);
    if !has("COUNT") || !has("UNTIL") {
        return false;
    }
    let last = |without: &str| {
        let rule: Rule = text_of(parts, without).parse().ok()?;
        let set = match start? {
            Moment::Day(day) => Set::of_rule(obcms_recur::Moment::Date(*day), TimeZone::UTC, Some(rule)),
            Moment::Time(time) => {
                let local = obcms_recur::Moment::DateTime(time.datetime());
                Set::of_rule(local, time.time_zone().clone(), Some(rule))
            }
        };
        match set.last().ok()? {
            Last::At(occurrence) => Some(occurrence.start),
            _ => None,
        }
    };
    let is_count_first = match (last("UNTIL"), last("COUNT")) {
        (Some(by_count), Some(by_until)) => by_count <= by_until,
        (by_count, _) => by_count.is_some(),
    };
    parts.retain(|(name, _)| name != if is_count_first { "UNTIL" } else { "COUNT" });
    true
}

/// Years for which an endless rule is compared.
const YEARS: i64 = 40;

/// Returns the instant up to which the zone of a rule matters: its end, a day more, or some decades.
pub fn end(rule: &str, start: Timestamp) -> Timestamp {
    let far = start.checked_add(jiff::SignedDuration::from_hours(YEARS * 366 * 24)).unwrap_or(Timestamp::MAX);
    let until = rule.parse::<Rule>().ok().and_then(|rule| rule.until());
    let until = until.and_then(|until| match until {
        Until::Date(day) => Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()),
        Until::Local(local) => Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp()),
        Until::Utc(instant) => Some(instant),
    });
    until.map_or(far, |until| until.clamp(start, far))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn rules_are_mended_and_told() {
        let start = Moment::Day(date(2026, 7, 6));
        for (written, expected) in [
            ("FREQ=DAILY;BYDAY=MO, TU, WE, TH, FR;WKST=SU", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;WKST=SU"),
            (
                "FREQ=WEEKLY;UNTIL=20260930;COUNT=-1;INTERVAL=4;BYDAY=MO",
                "FREQ=WEEKLY;UNTIL=20260930;INTERVAL=4;BYDAY=MO",
            ),
            ("FREQ=WEEKLY;WKST=MONDAY", "FREQ=WEEKLY;WKST=MO"),
            ("FREQ=WEEKLY\\;COUNT=3\\;BYDAY=MO\\,TU", "FREQ=WEEKLY;COUNT=3;BYDAY=MO,TU"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20260731", "FREQ=DAILY;COUNT=3"),
            ("FREQ=DAILY;COUNT=100;UNTIL=20260731", "FREQ=DAILY;UNTIL=20260731"),
            ("FREQ=MONTHLY;BYDAY=+1MONDAY;X-NOTE=1", "FREQ=MONTHLY;BYDAY=1MO"),
            ("RRULE:FREQ=DAILY", "FREQ=DAILY"),
            ("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY"),
            ("FREQ=DAILY;UNTIL=2026-12-31", "FREQ=DAILY;UNTIL=20261231"),
            ("W1 MO #3", "FREQ=WEEKLY;BYDAY=MO;COUNT=3"),
        ] {
            let (mended, changes) = read(written, Some(&start));
            assert_eq!((mended.as_str(), changes.len()), (expected, 1), "{written}");
            assert!(mended.parse::<Rule>().is_ok(), "{mended}");
        }
    }

    #[test]
    fn proper_rules_stay_as_they_are() {
        for rule in
            ["FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=WEEKLY;BYDAY=1XX", "FREQ=MONTHLY;BYMONTHDAY=+1,-1"]
        {
            assert_eq!(read(rule, None), (rule.to_owned(), Vec::new()));
        }
        assert_eq!(read("FREQ=DAILY;COUNT=3;", None), ("FREQ=DAILY;COUNT=3".to_owned(), Vec::new()));
    }
}
