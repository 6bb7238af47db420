//! Rules of the tests of other libraries with their dates; README.md lists the differences that remain.

use jiff::tz::TimeZone;
use obcms_recur::{Moment, Set};

#[test]
fn rules_yield_what_other_libraries_yield() {
    let mut wrong = Vec::new();
    let lines = include_str!("reference.txt").lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        let mut words = line.split(' ');
        let rule = words.next().expect("a rule");
        let mut moments: Vec<&str> = words.collect();
        let is_complete = moments.last() == Some(&".");
        if is_complete {
            moments.pop();
        }
        let moments: Vec<Moment> = moments.iter().map(|text| text.parse().expect("a moment")).collect();
        let (start, expected) = moments.split_first().expect("a start");
        let rule = rule.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        let set = Set::of_rule(*start, TimeZone::UTC, Some(rule));
        let limit = expected.len() + usize::from(is_complete);
        let found = set.between(None, None, limit).unwrap_or_else(|error| panic!("{line}: {error}"));
        let found: Vec<Moment> = found.iter().map(|occurrence| occurrence.id).collect();
        if found != expected {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{line}\n  found {}", found.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
