//! Examples of RFC 5545, 3.8.5.3, with the dates listed there.

use jiff::civil;
use jiff::tz::TimeZone;
use obcms_recur::{Last, Moment, Occurrence, Set};

fn set(start: &str, rule: &str) -> Set {
    Set {
        start: start.parse().expect("the start can be read"),
        zone: TimeZone::get("America/New_York").expect("the zone is known"),
        rule: Some(rule.parse().expect("the rule can be read")),
        additions: Vec::new(),
        exclusions: Vec::new(),
    }
}

/// Parses `1997 9: 2 3 5-7 10: 1` as days.
fn days(text: &str) -> Vec<civil::Date> {
    let (mut year, mut month, mut list) = (0, 0, Vec::new());
    for word in text.split_whitespace() {
        if let Some(number) = word.strip_suffix(':') {
            month = number.parse().expect("a month");
        } else if word.len() == 4 && !word.contains('-') {
            year = word.parse().expect("a year");
        } else {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let (first, last): (i8, i8) = (first.parse().expect("a day"), last.parse().expect("a day"));
            list.extend((first..=last).map(|day| civil::date(year, month, day)));
        }
    }
    list
}

fn expand(set: &Set, limit: usize) -> Vec<Occurrence> {
    set.between(None, None, limit).expect("the rule can be expanded")
}

fn names(set: &Set) -> Vec<String> {
    expand(set, 100).iter().map(|found| found.id.to_string()).collect()
}

/// Asserts the dates of an example: each day at nine in New York, and no more unless it is endless.
fn check(set: &Set, listed: &str, for_ever: bool) {
    let expected = days(listed);
    let found = expand(set, expected.len() + usize::from(!for_ever));
    let found_days: Vec<civil::Date> = found.iter().map(|found| found.id.date()).collect();
    assert_eq!(found_days, expected);
    let nine = civil::time(9, 0, 0, 0);
    for occurrence in &found {
        let zoned = occurrence.start.to_zoned(set.zone.clone()).datetime();
        assert_eq!((zoned.time(), Moment::DateTime(zoned)), (nine, occurrence.id));
    }
    let last = set.last().expect("the last can be found");
    if for_ever {
        assert_eq!(last, Last::Endless);
    } else {
        assert_eq!(last, Last::At(found[found.len() - 1]));
    }
}

#[test]
fn daily_ten_times() {
    let set = set("1997-09-02T09:00:00", "FREQ=DAILY;COUNT=10");
    check(&set, "1997 9: 2-11", false);
}

#[test]
fn daily_until_the_day_before_christmas() {
    let set = set("1997-09-02T09:00:00", "FREQ=DAILY;UNTIL=19971224T000000Z");
    check(&set, "1997 9: 2-30 10: 1-31 11: 1-30 12: 1-23", false);
}

#[test]
fn every_other_day_endless() {
    let set = set("1997-09-02T09:00:00", "FREQ=DAILY;INTERVAL=2");
    check(
        &set,
        "1997 9: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 10: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 11: 1 3 5 7 9",
        true,
    );
}

#[test]
fn every_ten_days_five_times() {
    let set = set("1997-09-02T09:00:00", "FREQ=DAILY;INTERVAL=10;COUNT=5");
    check(&set, "1997 9: 2 12 22 10: 2 12", false);
}

#[test]
fn every_day_in_january_for_three_years() {
    let example =
        set("1998-01-01T09:00:00", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA");
    check(&example, "1998 1: 1-31 1999 1: 1-31 2000 1: 1-31", false);
    let example = set("1998-01-01T09:00:00", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1");
    check(&example, "1998 1: 1-31 1999 1: 1-31 2000 1: 1-31", false);
}

#[test]
fn weekly_for_ten_occurrences() {
    let set = set("1997-09-02T09:00:00", "FREQ=WEEKLY;COUNT=10");
    check(&set, "1997 9: 2 9 16 23 30 10: 7 14 21 28 11: 4", false);
}

#[test]
fn weekly_until_the_day_before_christmas() {
    let set = set("1997-09-02T09:00:00", "FREQ=WEEKLY;UNTIL=19971224T000000Z");
    check(&set, "1997 9: 2 9 16 23 30 10: 7 14 21 28 11: 4 11 18 25 12: 2 9 16 23", false);
}

#[test]
fn every_other_week_endless() {
    let set = set("1997-09-02T09:00:00", "FREQ=WEEKLY;INTERVAL=2;WKST=SU");
    check(&set, "1997 9: 2 16 30 10: 14 28 11: 11 25 12: 9 23 1998 1: 6 20 2: 3 17", true);
}

#[test]
fn weekly_on_tuesday_and_thursday_for_five_weeks() {
    let example = set("1997-09-02T09:00:00", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH");
    check(&example, "1997 9: 2 4 9 11 16 18 23 25 30 10: 2", false);
    let example = set("1997-09-02T09:00:00", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH");
    check(&example, "1997 9: 2 4 9 11 16 18 23 25 30 10: 2", false);
}

#[test]
fn every_other_week_on_three_days() {
    let set =
        set("1997-09-01T09:00:00", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR");
    check(
        &set,
        "1997 9: 1 3 5 15 17 19 29 10: 1 3 13 15 17 27 29 31 11: 10 12 14 24 26 28 12: 8 10 12 22",
        false,
    );
}

#[test]
fn every_other_week_on_two_days_eight_times() {
    let set = set("1997-09-02T09:00:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH");
    check(&set, "1997 9: 2 4 16 18 30 10: 2 14 16", false);
}

#[test]
fn the_first_friday_ten_times() {
    let set = set("1997-09-05T09:00:00", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR");
    check(&set, "1997 9: 5 10: 3 11: 7 12: 5 1998 1: 2 2: 6 3: 6 4: 3 5: 1 6: 5", false);
}

#[test]
fn the_first_friday_until_christmas() {
    let set = set("1997-09-05T09:00:00", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR");
    check(&set, "1997 9: 5 10: 3 11: 7 12: 5", false);
}

#[test]
fn first_and_last_sunday_of_every_other_month() {
    let set = set("1997-09-07T09:00:00", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU");
    check(&set, "1997 9: 7 28 11: 2 30 1998 1: 4 25 3: 1 29 5: 3 31", false);
}

#[test]
fn the_last_monday_but_one() {
    let set = set("1997-09-22T09:00:00", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO");
    check(&set, "1997 9: 22 10: 20 11: 17 12: 22 1998 1: 19 2: 16", false);
}

#[test]
fn the_third_day_from_the_end() {
    let set = set("1997-09-28T09:00:00", "FREQ=MONTHLY;BYMONTHDAY=-3");
    check(&set, "1997 9: 28 10: 29 11: 28 12: 29 1998 1: 29 2: 26", true);
}

#[test]
fn the_second_and_the_fifteenth() {
    let set = set("1997-09-02T09:00:00", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15");
    check(&set, "1997 9: 2 15 10: 2 15 11: 2 15 12: 2 15 1998 1: 2 15", false);
}

#[test]
fn the_first_and_the_last_day() {
    let set = set("1997-09-30T09:00:00", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1");
    check(&set, "1997 9: 30 10: 1 31 11: 1 30 12: 1 31 1998 1: 1 31 2: 1", false);
}

#[test]
fn six_days_of_every_eighteenth_month() {
    let set = set("1997-09-10T09:00:00", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15");
    check(&set, "1997 9: 10-15 1999 3: 10-13", false);
}

#[test]
fn every_tuesday_of_every_other_month() {
    let set = set("1997-09-02T09:00:00", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU");
    check(&set, "1997 9: 2 9 16 23 30 11: 4 11 18 25 1998 1: 6 13 20 27 3: 3 10 17 24 31", true);
}

#[test]
fn yearly_in_june_and_july() {
    let set = set("1997-06-10T09:00:00", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7");
    check(
        &set,
        "1997 6: 10 7: 10 1998 6: 10 7: 10 1999 6: 10 7: 10 2000 6: 10 7: 10 2001 6: 10 7: 10",
        false,
    );
}

#[test]
fn every_other_year_in_three_months() {
    let set = set("1997-03-10T09:00:00", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3");
    check(&set, "1997 3: 10 1999 1: 10 2: 10 3: 10 2001 1: 10 2: 10 3: 10 2003 1: 10 2: 10 3: 10", false);
}

#[test]
fn three_days_of_every_third_year() {
    let set = set("1997-01-01T09:00:00", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200");
    check(&set, "1997 1: 1 4: 10 7: 19 2000 1: 1 4: 9 7: 18 2003 1: 1 4: 10 7: 19 2006 1: 1", false);
}

#[test]
fn the_twentieth_monday() {
    let set = set("1997-05-19T09:00:00", "FREQ=YEARLY;BYDAY=20MO");
    check(&set, "1997 5: 19 1998 5: 18 1999 5: 17", true);
}

#[test]
fn monday_of_week_twenty() {
    let set = set("1997-05-12T09:00:00", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO");
    check(&set, "1997 5: 12 1998 5: 11 1999 5: 17", true);
}

#[test]
fn every_thursday_in_march() {
    let set = set("1997-03-13T09:00:00", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH");
    check(&set, "1997 3: 13 20 27 1998 3: 5 12 19 26 1999 3: 4 11 18 25", true);
}

#[test]
fn every_thursday_of_summer() {
    let set = set("1997-06-05T09:00:00", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8");
    check(
        &set,
        "1997 6: 5 12 19 26 7: 3 10 17 24 31 8: 7 14 21 28 1998 6: 4 11 18 25 7: 2 9 16 23 30 8: 6 13 20 27 1999 6: 3 10 17 24 7: 1 8 15 22 29 8: 5 12 19 26",
        true,
    );
}

#[test]
fn every_friday_the_thirteenth() {
    let mut set = set("1997-09-02T09:00:00", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13");
    set.exclusions.push("1997-09-02T09:00:00".parse().expect("a moment"));
    let listed = "1998 2: 13 3: 13 11: 13 1999 8: 13 2000 10: 13";
    check(&set, listed, true);
}

#[test]
fn the_saturday_after_the_first_sunday() {
    let set = set("1997-09-13T09:00:00", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13");
    check(&set, "1997 9: 13 10: 11 11: 8 12: 13 1998 1: 10 2: 7 3: 7 4: 11 5: 9 6: 13", true);
}

#[test]
fn election_day() {
    let set =
        set("1996-11-05T09:00:00", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8");
    check(&set, "1996 11: 5 2000 11: 7 2004 11: 2", true);
}

#[test]
fn the_third_of_three_weekdays() {
    let set = set("1997-09-04T09:00:00", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3");
    check(&set, "1997 9: 4 10: 7 11: 6", false);
}

#[test]
fn the_last_weekday_but_one() {
    let set = set("1997-09-29T09:00:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2");
    check(&set, "1997 9: 29 10: 30 11: 27 12: 30 1998 1: 29 2: 26 3: 30", true);
}

#[test]
fn the_week_starts_on_monday() {
    let set = set("1997-08-05T09:00:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO");
    check(&set, "1997 8: 5 10 19 24", false);
}

#[test]
fn the_week_starts_on_sunday() {
    let set = set("1997-08-05T09:00:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU");
    check(&set, "1997 8: 5 17 19 31", false);
}

#[test]
fn days_that_do_not_exist_are_left_out() {
    let set = set("2007-01-15T09:00:00", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5");
    check(&set, "2007 1: 15 30 2: 15 3: 15 30", false);
}

/// The RFC lists three, up to 17:00 in New York. Its `UNTIL=19970902T170000Z` is 13:00 there, a known error.
#[test]
fn every_three_hours_until_five() {
    let listed = ["1997-09-02T09:00:00", "1997-09-02T12:00:00", "1997-09-02T15:00:00"];
    assert_eq!(names(&set(listed[0], "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z")), listed);
    assert_eq!(names(&set(listed[0], "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z")), listed[..2]);
}

#[test]
fn every_fifteen_minutes_six_times() {
    let found = names(&set("1997-09-02T09:00:00", "FREQ=MINUTELY;INTERVAL=15;COUNT=6"));
    let times = ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"];
    assert_eq!(found, times.map(|time| format!("1997-09-02T{time}:00")));
}

#[test]
fn every_hour_and_a_half_four_times() {
    let found = names(&set("1997-09-02T09:00:00", "FREQ=MINUTELY;INTERVAL=90;COUNT=4"));
    let times = ["09:00", "10:30", "12:00", "13:30"];
    assert_eq!(found, times.map(|time| format!("1997-09-02T{time}:00")));
}

#[test]
fn every_twenty_minutes_of_office_hours() {
    let expected: Vec<String> = (2..=4)
        .flat_map(|day| (9..=16).map(move |hour| (day, hour)))
        .flat_map(|(day, hour)| {
            [0, 20, 40].map(|minute| format!("1997-09-{day:02}T{hour:02}:{minute:02}:00"))
        })
        .collect();
    for rule in [
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
    ] {
        assert_eq!(names(&set("1997-09-02T09:00:00", rule))[..expected.len()], expected, "{rule}");
    }
}
