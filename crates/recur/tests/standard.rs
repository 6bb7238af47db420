//! The examples of RFC 5545, section 3.8.5.3, with the dates that are listed there.

use jiff::tz::TimeZone;
use obcms_recur::Set;

fn set(start: &str, rule: &str) -> Set {
    Set {
        start: start.parse().expect("the start can be read"),
        zone: TimeZone::get("America/New_York").expect("the zone is known"),
        rule: Some(rule.parse().expect("the rule can be read")),
        additions: Vec::new(),
        exclusions: Vec::new(),
    }
}

/// `1997 9 2-11,12 9:00` …: year, month, days and, where they differ, times.
fn starts(set: &Set, limit: usize) -> Vec<String> {
    set.between(None, None, limit)
        .expect("the rule can be expanded")
        .iter()
        .map(|found| found.id.to_string())
        .collect()
}

#[test]
fn daily_for_ten_occurrences() {
    let found = starts(&set("1997-09-02T09:00:00", "FREQ=DAILY;COUNT=10"), 100);
    let expected: Vec<String> = (2..=11).map(|day| format!("1997-09-{day:02}T09:00:00")).collect();
    assert_eq!(found, expected);
}
