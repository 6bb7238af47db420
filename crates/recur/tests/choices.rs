//! Tests of the choices and differences that README.md lists.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_recur::{Addition, ExpandError, Last, Limits, Moment, Rule, Set, Until};

fn set(start: &str, zone: &str, rule: &str) -> Set {
    Set {
        start: moment(start),
        zone: TimeZone::get(zone).expect("the zone is known"),
        rule: (!rule.is_empty()).then(|| self::rule(rule)),
        additions: Vec::new(),
        exclusions: Vec::new(),
    }
}

fn rule(text: &str) -> Rule {
    text.parse().expect("the rule can be read")
}

fn moment(text: &str) -> Moment {
    text.parse().expect("the moment can be read")
}

fn names(set: &Set) -> Vec<String> {
    let found = set.between(None, None, 20).expect("the set can be expanded");
    found.iter().map(|found| found.id.to_string()).collect()
}

#[test]
fn moment_resolves_to_the_start_of_its_occurrence() {
    let zone = TimeZone::get("America/New_York").expect("the zone is known");
    for (text, instant) in [
        ("2027-01-25T09:00:00", "2027-01-25T14:00:00Z"),
        // In a gap, ambiguous, and out of range.
        ("2027-03-14T02:30:00", "2027-03-14T07:30:00Z"),
        ("2027-11-07T01:30:00", "2027-11-07T05:30:00Z"),
        ("2027-01-25", "2027-01-25T00:00:00Z"),
    ] {
        let start = moment(text);
        assert_eq!(start.instant(&zone).to_string(), instant);
        let found = Set::of_rule(start, zone.clone(), None).between(None, None, 1);
        assert_eq!(found.expect("the set can be expanded")[0].start, start.instant(&zone));
    }
}

/// Returns ids with the local times that the zone shows.
fn shown(set: &Set) -> Vec<(String, String)> {
    let found = set.between(None, None, 20).expect("the set can be expanded");
    let show = |instant: Timestamp| instant.to_zoned(set.zone.clone()).strftime("%H:%M%:z").to_string();
    found.iter().map(|found| (found.id.to_string(), show(found.start))).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, time)| ((*name).to_owned(), (*time).to_owned())).collect()
}

const MANILA: &str = "Asia/Manila";
const NEW_YORK: &str = "America/New_York";

#[test]
fn start_outside_the_rule_is_no_occurrence() {
    // The 25th is a Monday.
    let set = set("2027-01-25", MANILA, "FREQ=WEEKLY;BYDAY=WE;COUNT=2");
    assert_eq!(names(&set), ["2027-01-27", "2027-02-03"]);
    assert_eq!(set.contains(moment("2027-01-25")), Ok(false));
    assert_eq!(set.count_before(moment("2027-02-03")), Ok(1));
}

#[test]
fn start_is_an_occurrence_without_a_rule() {
    let mut set = set("2027-01-25", MANILA, "");
    assert_eq!(names(&set), ["2027-01-25"]);
    set.additions.push(moment("2027-01-20").into());
    assert_eq!(names(&set), ["2027-01-20", "2027-01-25"]);
    set.exclusions.push(moment("2027-01-25"));
    assert!(matches!(set.last(), Ok(Last::At(last)) if last.id == moment("2027-01-20")));
    set.exclusions.push(moment("2027-01-20"));
    assert_eq!(set.last(), Ok(Last::Empty));
}

#[test]
fn time_in_a_gap_uses_the_offset_before_the_gap() {
    let mut set = set("2027-03-13T02:30:00", NEW_YORK, "FREQ=DAILY;COUNT=3");
    let expected = pairs(&[
        ("2027-03-13T02:30:00", "02:30-05:00"),
        ("2027-03-14T02:30:00", "03:30-04:00"),
        ("2027-03-15T02:30:00", "02:30-04:00"),
    ]);
    assert_eq!(shown(&set), expected);
    assert_eq!(set.contains(moment("2027-03-14T02:30:00")), Ok(true));
    // The other local time of the same instant excludes it, too.
    set.exclusions.push(moment("2027-03-14T03:30:00"));
    assert_eq!(names(&set), ["2027-03-13T02:30:00", "2027-03-15T02:30:00"]);
}

#[test]
fn ambiguous_time_means_the_first_occurrence() {
    let set = set("2027-11-06T01:30:00", NEW_YORK, "FREQ=DAILY;COUNT=2");
    let expected = pairs(&[("2027-11-06T01:30:00", "01:30-04:00"), ("2027-11-07T01:30:00", "01:30-04:00")]);
    assert_eq!(shown(&set), expected);
}

#[test]
fn hourly_rule_counts_in_local_time() {
    // 02:00 and 03:00 coincide: one occurrence, identified by the local time outside the gap. COUNT counts both.
    let spring = set("2027-03-14T01:00:00", NEW_YORK, "FREQ=HOURLY;COUNT=4");
    let expected = pairs(&[
        ("2027-03-14T01:00:00", "01:00-05:00"),
        ("2027-03-14T03:00:00", "03:00-04:00"),
        ("2027-03-14T04:00:00", "04:00-04:00"),
    ]);
    assert_eq!(shown(&spring), expected);
    assert_eq!(spring.contains(moment("2027-03-14T02:00:00")), Ok(false));
    assert_eq!(spring.count_before(moment("2027-03-14T05:00:00")), Ok(4));
    let autumn = set("2027-11-07T00:00:00", NEW_YORK, "FREQ=HOURLY;COUNT=3");
    let expected = pairs(&[
        ("2027-11-07T00:00:00", "00:00-04:00"),
        ("2027-11-07T01:00:00", "01:00-04:00"),
        ("2027-11-07T02:00:00", "02:00-05:00"),
    ]);
    assert_eq!(shown(&autumn), expected);
}

#[test]
fn times_in_a_gap_are_sorted_by_instant() {
    let set = set("2027-03-14T01:45:00", NEW_YORK, "FREQ=MINUTELY;INTERVAL=25;COUNT=6");
    let expected = pairs(&[
        ("2027-03-14T01:45:00", "01:45-05:00"),
        ("2027-03-14T03:00:00", "03:00-04:00"),
        ("2027-03-14T02:10:00", "03:10-04:00"),
        ("2027-03-14T03:25:00", "03:25-04:00"),
        ("2027-03-14T02:35:00", "03:35-04:00"),
        ("2027-03-14T03:50:00", "03:50-04:00"),
    ]);
    assert_eq!(shown(&set), expected);
    // A limit cuts the same order, and a window from the middle continues it.
    let first = set.between(None, None, 3).expect("the set can be expanded");
    assert_eq!(first[2].id, moment("2027-03-14T02:10:00"));
    let rest = set.between(Some(first[2].start), None, 20).expect("the set can be expanded");
    assert_eq!(rest.len(), 4);
    assert!(matches!(set.last(), Ok(Last::At(last)) if last.id == moment("2027-03-14T03:50:00")));
}

#[test]
fn zone_may_skip_a_whole_day() {
    // Samoa crossed the date line and had no 30 December 2011.
    let set = set("2011-12-28T09:00:00", "Pacific/Apia", "FREQ=DAILY;COUNT=4");
    let names: Vec<String> = names(&set);
    assert_eq!(names, ["2011-12-28T09:00:00", "2011-12-29T09:00:00", "2011-12-31T09:00:00"]);
}

#[test]
fn until_date_includes_the_whole_day() {
    let until =
        |until: &str| names(&set("2027-01-25T09:00:00", MANILA, &format!("FREQ=DAILY;UNTIL={until}")));
    assert_eq!(until("20270126"), ["2027-01-25T09:00:00", "2027-01-26T09:00:00"]);
    assert_eq!(until("20270126T090000"), ["2027-01-25T09:00:00", "2027-01-26T09:00:00"]);
    assert_eq!(until("20270126T085959"), ["2027-01-25T09:00:00"]);
    assert_eq!(until("20270126T010000Z"), ["2027-01-25T09:00:00", "2027-01-26T09:00:00"]);
    assert_eq!(until("20270126T005959Z"), ["2027-01-25T09:00:00"]);
    assert_eq!(until("20270101"), Vec::<String>::new());
}

#[test]
fn until_instant_of_dates_is_converted_to_the_zone() {
    let until = |zone: &str| names(&set("2027-01-25", zone, "FREQ=DAILY;UNTIL=20270125T160000Z"));
    assert_eq!(until(MANILA), ["2027-01-25", "2027-01-26"]);
    assert_eq!(until(NEW_YORK), ["2027-01-25"]);
}

#[test]
fn lists_may_mix_dates_and_times() {
    let mut timed = set("2027-01-25T09:00:00", MANILA, "FREQ=DAILY;COUNT=3");
    timed.exclusions.push(moment("2027-01-26"));
    timed.additions.push(moment("2027-02-01").into());
    assert_eq!(names(&timed), ["2027-01-25T09:00:00", "2027-01-27T09:00:00", "2027-02-01T00:00:00"]);
    let mut dates = set("2027-01-25", MANILA, "FREQ=DAILY;COUNT=3");
    dates.exclusions.push(moment("2027-01-26T23:00:00"));
    dates.additions.push(moment("2027-02-01T09:00:00").into());
    assert_eq!(names(&dates), ["2027-01-25", "2027-01-27", "2027-02-01"]);
}

#[test]
fn date_start_ignores_times_and_refuses_short_frequencies() {
    let dates = set("2027-01-25", MANILA, "FREQ=DAILY;COUNT=2;BYHOUR=9,10;BYMINUTE=1;BYSECOND=2");
    assert_eq!(names(&dates), ["2027-01-25", "2027-01-26"]);
    let hourly = set("2027-01-25", MANILA, "FREQ=HOURLY");
    assert_eq!(hourly.between(None, None, 1), Err(ExpandError::NeedsTime));
    assert_eq!(hourly.last(), Err(ExpandError::NeedsTime));
}

#[test]
fn leap_second_is_the_second_before_it() {
    let set = set("2027-01-25T09:00:00", MANILA, "FREQ=DAILY;COUNT=3;BYSECOND=0,59,60");
    assert_eq!(names(&set), ["2027-01-25T09:00:00", "2027-01-25T09:00:59", "2027-01-26T09:00:00"]);
}

#[test]
fn parts_outside_the_rfc_table_limit() {
    for (text, part) in [
        ("FREQ=DAILY;BYWEEKNO=5", "BYWEEKNO"),
        ("FREQ=MONTHLY;BYYEARDAY=36", "BYYEARDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=5", "BYMONTHDAY"),
    ] {
        let error = rule(text).check_conformance().expect_err("the table says N/A");
        assert_eq!(error.part(), part);
    }
    assert_eq!(rule("FREQ=YEARLY;BYWEEKNO=5;BYYEARDAY=36;BYMONTHDAY=5").check_conformance(), Ok(()));
    assert_eq!(
        names(&set("2027-01-25", MANILA, "FREQ=DAILY;COUNT=2;BYWEEKNO=5")),
        ["2027-02-01", "2027-02-02"]
    );
    assert_eq!(
        names(&set("2027-01-25", MANILA, "FREQ=WEEKLY;COUNT=2;BYMONTHDAY=1,22;BYDAY=MO")),
        ["2027-02-01", "2027-02-22"]
    );
}

#[test]
fn weeks_follow_iso_8601() {
    for week in 1..=53 {
        let text = format!("FREQ=YEARLY;BYWEEKNO={week};BYDAY=MO,TU,WE,TH,FR,SA,SU");
        let from_end = format!("FREQ=YEARLY;BYWEEKNO={};BYDAY=MO,TU,WE,TH,FR,SA,SU", week - 54);
        let (by_number, by_end) = (set("1990-01-01", MANILA, &text), set("1990-01-01", MANILA, &from_end));
        let days = |set: &Set| -> Vec<Date> {
            let found = set.between(None, Some(instant("2060-01-01T00:00:00Z")), 10_000);
            found.expect("the set can be expanded").iter().map(|found| found.id.date()).collect()
        };
        let all = || {
            let first: Date = "1990-01-01".parse().expect("a date");
            first.series(1.day()).take_while(|day| day.year() < 2060)
        };
        let expected: Vec<Date> = all().filter(|day| day.iso_week_date().week() == week).collect();
        assert_eq!(days(&by_number), expected, "{text}");
        let weeks = |day: &Date| {
            let year = day.iso_week_date().year();
            if ISOWeekDate::new(year, 53, Weekday::Monday).is_ok() { 53 } else { 52 }
        };
        let expected: Vec<Date> =
            all().filter(|day| day.iso_week_date().week() - weeks(day) - 1 == week - 54).collect();
        assert_eq!(days(&by_end), expected, "{from_end}");
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn positions_count_from_the_start_of_the_week() {
    // A Wednesday: the first of Monday and Wednesday in its week has passed.
    let set = set("2027-01-27", MANILA, "FREQ=WEEKLY;COUNT=2;BYDAY=MO,WE;BYSETPOS=1");
    assert_eq!(names(&set), ["2027-02-01", "2027-02-08"]);
}

#[test]
fn weekdays_with_and_without_ordinal_are_combined() {
    let set = set("2027-02-01", MANILA, "FREQ=MONTHLY;COUNT=5;BYDAY=MO,2TU");
    assert_eq!(names(&set), ["2027-02-01", "2027-02-08", "2027-02-09", "2027-02-15", "2027-02-22"]);
}

#[test]
fn impossible_rule_is_empty() {
    for text in [
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=3",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
        "FREQ=MINUTELY;INTERVAL=30;BYMINUTE=15",
        "FREQ=SECONDLY;INTERVAL=8;BYMINUTE=1;BYSECOND=0",
    ] {
        let set = set("2027-01-25T08:00:00", MANILA, text);
        assert_eq!(set.last(), Ok(Last::Empty), "{text}");
        assert_eq!(set.between(None, None, 5), Ok(Vec::new()), "{text}");
    }
}

#[test]
fn distant_window_costs_no_more_than_a_near_one() {
    let few = Limits { steps: 260, occurrences: 100 };
    for text in [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
        "FREQ=WEEKLY;COUNT=99999",
        "FREQ=DAILY;INTERVAL=3;COUNT=99999;BYDAY=MO,TU",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=5;BYDAY=2MO",
        "FREQ=HOURLY;INTERVAL=7",
        "FREQ=MINUTELY;INTERVAL=1000",
        "FREQ=SECONDLY;INTERVAL=50000;UNTIL=99990101",
    ] {
        let set = set("2027-01-25T08:00:00", NEW_YORK, text);
        for (from, to) in [
            ("2027-05-01T00:00:00Z", "2027-06-01T00:00:00Z"),
            ("3901-05-01T00:00:00Z", "3901-06-01T00:00:00Z"),
        ] {
            let found = set.between_within(Some(instant(from)), Some(instant(to)), 3, &few);
            assert!(found.is_ok_and(|found| !found.is_empty()), "{text} from {from}");
        }
    }
}

#[test]
fn counts_of_five_digits_are_exact() {
    let daily = set("2027-01-25", MANILA, "FREQ=DAILY;COUNT=99999");
    let last: Date =
        "2027-01-25".parse::<Date>().and_then(|day| day.checked_add(99_998.days())).expect("a date");
    assert!(matches!(daily.last(), Ok(Last::At(found)) if found.id == Moment::Date(last)));
    assert_eq!(daily.contains(Moment::Date(last)), Ok(true));
    assert_eq!(last.tomorrow().map(|day| daily.contains(Moment::Date(day))).ok(), Some(Ok(false)));
    assert_eq!(daily.count_before(Moment::Date(last)), Ok(99_998));
    let seconds = set("2027-01-25T00:00:00", MANILA, "FREQ=SECONDLY;COUNT=86401;BYHOUR=0,1,2");
    assert!(matches!(seconds.last(), Ok(Last::At(found)) if found.id == moment("2027-02-02T00:00:00")));
}

#[test]
fn start_supplies_what_a_rule_needs() {
    for (start, text, expected) in [
        ("2026-05-14", "FREQ=YEARLY;BYWEEKNO=20", ["2026-05-14", "2027-05-20", "2028-05-18"]),
        ("2026-12-31", "FREQ=YEARLY;BYWEEKNO=-1", ["2026-12-31", "2027-12-30", "2028-12-28"]),
        ("2026-01-01", "FREQ=YEARLY;BYMONTH=1;BYWEEKNO=1", ["2026-01-01", "2027-01-07", "2028-01-06"]),
        ("2026-05-14", "FREQ=MONTHLY;BYWEEKNO=20", ["2026-05-14", "2027-05-20", "2028-05-18"]),
        ("2026-05-14", "FREQ=WEEKLY;BYWEEKNO=20", ["2026-05-14", "2027-05-20", "2028-05-18"]),
        ("2026-05-14", "FREQ=DAILY;BYWEEKNO=20", ["2026-05-14", "2026-05-15", "2026-05-16"]),
        ("2026-05-14", "FREQ=YEARLY;BYMONTHDAY=15", ["2026-05-15", "2027-05-15", "2028-05-15"]),
        ("2026-05-14", "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", ["2033-05-13", "2039-05-13", "2044-05-13"]),
        ("2026-05-14", "FREQ=YEARLY;BYYEARDAY=1;BYMONTHDAY=1", ["2027-01-01", "2028-01-01", "2029-01-01"]),
        // Days that need nothing of the start.
        ("2026-01-01", "FREQ=YEARLY;BYWEEKNO=20;BYMONTHDAY=14", ["2026-05-14", "2029-05-14", "2030-05-14"]),
        ("2026-01-01", "FREQ=MONTHLY;BYYEARDAY=14", ["2026-01-14", "2027-01-14", "2028-01-14"]),
        ("2026-01-01", "FREQ=WEEKLY;BYMONTHDAY=20", ["2026-01-20", "2026-02-20", "2026-03-20"]),
    ] {
        let found = set(start, MANILA, text).between(None, None, 3).expect("the set can be expanded");
        let found: Vec<String> = found.iter().map(|found| found.id.to_string()).collect();
        assert_eq!(found, expected, "{text} from {start}");
    }
}

/// A year of weeks is counted by the year to which the weeks belong, as ical.net counts it.
#[test]
fn interval_of_weeks_counts_years_of_weeks() {
    let dates =
        names(&set("2024-12-31", MANILA, "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU;INTERVAL=3;UNTIL=20320101"));
    assert_eq!(dates, ["2024-12-31", "2028-01-03", "2028-01-04", "2030-12-30", "2030-12-31"]);
    let first = names(&set("2024-12-30", MANILA, "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,FR;BYSETPOS=1;COUNT=3"));
    assert_eq!(first, ["2024-12-30", "2025-12-29", "2027-01-04"]);
    // libical counts from 2027, the year of the start.
    for (interval, expected) in [(5, "2071-12-31"), (6, "2032-12-30")] {
        let text = format!("FREQ=YEARLY;BYWEEKNO=53;INTERVAL={interval};BYDAY=TH;COUNT=1");
        assert_eq!(names(&set("2027-01-03", MANILA, &text)), [expected]);
    }
}

#[test]
fn legal_rules_are_never_refused() {
    for (text, written) in [
        ("FREQ=WEEKLY;UNTIL=99991231T235959Z", "FREQ=WEEKLY;UNTIL=99991231T235959Z"),
        ("FREQ=WEEKLY;UNTIL=99991231T235959", "FREQ=WEEKLY;UNTIL=99991231T235959"),
        ("FREQ=WEEKLY;UNTIL=99991231", "FREQ=WEEKLY;UNTIL=99991231"),
        ("FREQ=WEEKLY;COUNT=100000", "FREQ=WEEKLY;COUNT=100000"),
        ("FREQ=YEARLY;INTERVAL=10000000;COUNT=2", "FREQ=YEARLY;INTERVAL=10000000;COUNT=2"),
        ("FREQ=WEEKLY;INTERVAL=999999999", "FREQ=WEEKLY;INTERVAL=999999999"),
        ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "FREQ=YEARLY"),
        ("FREQ=WEEKLY;INTERVAL=1;COUNT=2;BYDAY=MO;", "FREQ=WEEKLY;COUNT=2;BYDAY=MO"),
        ("FREQ=DAILY;BYDAY=MO, TU, WE;BYMONTH=1, 2", "FREQ=DAILY;BYMONTH=1,2;BYDAY=MO,TU,WE"),
    ] {
        let read = rule(text);
        assert_eq!(read.to_string(), written, "{text}");
        assert_eq!(rule(&read.to_string()), read, "{text}");
        let set = set("2026-07-01T08:00:00", MANILA, text);
        assert!(set.between(None, None, 2).is_ok_and(|found| !found.is_empty()), "{text}");
        assert!(set.last().is_ok(), "{text}");
        for year in [1604, 2026, 9000, 9998] {
            let from = instant(&format!("{year}-07-01T00:00:00Z"));
            let found = set.between(Some(from), None, 2);
            assert!(found.is_ok(), "{text} in {year}: {found:?}");
        }
    }
}

#[test]
fn great_counts_are_found_within_the_budget() {
    for text in [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=100000",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=100000",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=100000",
        "FREQ=WEEKLY;INTERVAL=2;BYMONTH=1,2;BYDAY=MO,TU,WE;COUNT=100000",
        "FREQ=DAILY;INTERVAL=2;BYMONTH=1,2,3,4,5,6;COUNT=100000",
        "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=1,2,3;COUNT=999999999",
        "FREQ=HOURLY;INTERVAL=4;COUNT=999999999",
        "FREQ=YEARLY;BYWEEKNO=1,2,3;INTERVAL=2;COUNT=100000",
    ] {
        let set = set("2026-07-01T08:00:00", MANILA, text);
        let (from, to) = (instant("2400-01-01T00:00:00Z"), instant("2404-01-01T00:00:00Z"));
        assert!(set.last().is_ok(), "{text}: {:?}", set.last());
        let sooner = text.replace("999999999", "100000");
        let found = self::set("2026-07-01T08:00:00", MANILA, &sooner).last();
        assert!(found.is_ok(), "{sooner}: {found:?}");
        assert!(set.between(Some(from), Some(to), 5).is_ok_and(|found| !found.is_empty()), "{text}");
    }
}

#[test]
fn starts_of_any_year_cost_no_more_than_near_ones() {
    for start in ["0001-12-15", "1604-12-15", "9000-12-15"] {
        for (text, steps) in [
            ("FREQ=YEARLY", 260),
            ("FREQ=YEARLY;BYMONTH=12;BYDAY=2TU", 260),
            // The instances of one cycle of the calendar are counted.
            ("FREQ=YEARLY;COUNT=99999", 8_000),
        ] {
            let few = Limits { steps, occurrences: 100 };
            let set = set(start, MANILA, text);
            let window = (instant("9026-01-01T00:00:00Z"), instant("9027-01-01T00:00:00Z"));
            let found = set.between_within(Some(window.0), Some(window.1), 3, &few);
            assert_eq!(found.map(|found| found.len()), Ok(1), "{text} from {start}");
        }
    }
}

#[test]
fn periods_keep_their_end() {
    let mut set = set("2027-03-13T09:00:00", NEW_YORK, "FREQ=DAILY;COUNT=1");
    let read =
        |text: &str| Addition::read(text, &TimeZone::get(NEW_YORK).expect("a zone")).expect("an addition");
    // Two hours with an offset transition.
    set.additions.push(read("2027-03-14T01:30:00/PT2H"));
    set.additions.push(read("20270315T090000/20270315T100000"));
    set.additions.push(read("2027-03-13T14:00:00Z/PT30M"));
    let found = set.between(None, None, 10).expect("the set can be expanded");
    let minutes: Vec<Option<i64>> =
        found.iter().map(|found| found.end.map(|end| end.duration_since(found.start).as_mins())).collect();
    assert_eq!(minutes, [Some(30), Some(120), Some(60)]);
    assert_eq!(read("2027-03-14T01:30:00/PT2H").to_string(), "2027-03-14T01:30:00/2027-03-14T04:30:00");
    for wrong in
        ["2027-03-14/PT2H", "2027-03-14T01:30:00/2027-03-14T01:30:00", "2027-03-14T01:30:00/P", "/", "x/y"]
    {
        assert!(wrong.parse::<Addition>().is_err(), "{wrong}");
    }
}

#[test]
fn rule_text_is_canonical() {
    let same =
        "RRULE:byday=fr,-1MO,+2tu;FREQ=monthly;wkst=MO;interval=01;bysetpos=2,1;until=20271231T000000z";
    let written = "FREQ=MONTHLY;UNTIL=20271231T000000Z;BYDAY=-1MO,2TU,FR;BYSETPOS=1,2";
    assert_eq!(rule(same).to_string(), written);
    assert_eq!(rule(same), rule(written));
    let cut = rule(written).with_count(4);
    assert_eq!(cut.to_string(), "FREQ=MONTHLY;COUNT=4;BYDAY=-1MO,2TU,FR;BYSETPOS=1,2");
    let day = "2027-06-30".parse().expect("a date");
    assert_eq!(
        cut.with_until(Until::Date(day)).to_string(),
        "FREQ=MONTHLY;UNTIL=20270630;BYDAY=-1MO,2TU,FR;BYSETPOS=1,2"
    );
    assert!(rule(written).without_end().is_endless());
}

#[test]
fn parse_error_names_the_invalid_part() {
    for (text, part) in [
        ("", "RRULE"),
        ("FREQ", "RRULE"),
        ("FREQ=DAILY;;", "RRULE"),
        ("BYDAY=MO", "FREQ"),
        ("FREQ=DAYLY", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;COUNT=1000000000", "COUNT"),
        ("RSCALE=HEBREW;FREQ=YEARLY", "RSCALE"),
        ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", "SKIP"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "COUNT"),
        ("FREQ=DAILY;UNTIL=2027", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270229", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270101Z", "UNTIL"),
        ("FREQ=DAILY;BYSECOND=61", "BYSECOND"),
        ("FREQ=DAILY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=DAILY;BYMONTHDAY=1,,2", "BYMONTHDAY"),
        ("FREQ=DAILY;BYMONTH=-1", "BYMONTH"),
        ("FREQ=DAILY;BYYEARDAY=367", "BYYEARDAY"),
        ("FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO"),
        ("FREQ=WEEKLY;BYDAY=2MO", "BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=2MO", "BYDAY"),
        ("FREQ=YEARLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=YEARLY;BYDAY=", "BYDAY"),
        ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=DAILY;WKST=M", "WKST"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER"),
        ("FREQ=DAILY;BYDAY=MO;BYDAY=TU", "BYDAY"),
    ] {
        let error = text.parse::<Rule>().expect_err(text);
        assert_eq!(error.part(), part, "{text}: {error}");
    }
}

#[test]
fn days_of_uneven_steps_are_counted_as_they_are_walked() {
    for text in [
        "FREQ=HOURLY;INTERVAL=5;BYMONTH=1",
        "FREQ=HOURLY;INTERVAL=7;BYMONTH=2,3;BYDAY=MO,TU",
        "FREQ=HOURLY;INTERVAL=5;BYMONTH=1;BYHOUR=8,9,10",
        "FREQ=HOURLY;INTERVAL=9;BYMONTHDAY=13;BYMINUTE=0,30;BYSETPOS=1",
        "FREQ=HOURLY;INTERVAL=31;BYMONTH=5",
        "FREQ=MINUTELY;INTERVAL=7;BYMONTHDAY=1",
        "FREQ=MINUTELY;INTERVAL=1441;BYMONTH=6;BYSECOND=0,20",
        "FREQ=SECONDLY;INTERVAL=3607;BYYEARDAY=60",
    ] {
        let walked = set("2027-01-25T09:40:10", MANILA, text).between(None, None, 2_000).unwrap();
        for count in [1_u32, 2, 3, 5, 17, 100, 417, 1_000, 1_999, 2_000] {
            let counted = set("2027-01-25T09:40:10", MANILA, &format!("{text};COUNT={count}"));
            assert_eq!(counted.last(), Ok(Last::At(walked[count as usize - 1])), "{text};COUNT={count}");
            let before = counted.count_before(walked[count as usize - 1].id);
            assert_eq!(before, Ok(u64::from(count) - 1), "{text};COUNT={count}");
        }
    }
}

#[test]
fn hundred_thousand_uneven_hours_have_an_end() {
    for text in [
        "FREQ=HOURLY;INTERVAL=5;BYMONTH=1;COUNT=100000",
        "FREQ=HOURLY;INTERVAL=23;BYMONTH=1;COUNT=99999",
        "FREQ=HOURLY;INTERVAL=5;BYMONTH=1,2;BYDAY=MO;COUNT=99999",
    ] {
        let set = set("2027-02-01T09:00:00", MANILA, text);
        let Ok(Last::At(last)) = set.last() else { panic!("{text} has no end") };
        let year = SignedDuration::from_hours(366 * 24);
        let of_last_year = set.between(Some(last.start - year), None, 1_000).unwrap();
        assert_eq!(of_last_year.last(), Some(&last), "{text}");
    }
}
