//! Descriptions of rules, word by word.

use super::*;

fn said_from(start: &str, rule: &str) -> String {
    let zone = TimeZone::get("Asia/Manila").expect("a zone");
    of_rule(&rule.parse().expect("a rule"), start.parse().ok(), &zone)
}

/// Describes the rule with a start on Monday 25 January 2027, nine o'clock.
fn said(rule: &str) -> String {
    said_from("2027-01-25T09:00:00", rule)
}

#[test]
fn common_rules_are_described() {
    for (rule, words) in [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=10", "Every 3 days, 10 times"),
        ("FREQ=WEEKLY", "Every week on Monday"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "Every week on Monday and Wednesday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every week from Monday to Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH,FR", "Every 2 weeks on Tuesday, Thursday and Friday"),
        ("FREQ=MONTHLY", "Every month on the 25th"),
        ("FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,15", "Every 3 months on the 1st and 15th"),
        ("FREQ=MONTHLY;BYDAY=MO", "Every month on every Monday"),
        ("FREQ=YEARLY", "Every year on 25 January"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "Every year on the last Sunday of March"),
        ("FREQ=YEARLY;BYMONTH=1,7", "Every year on the 25th of January and July"),
    ] {
        assert_eq!(said(rule), words, "{rule}");
    }
}

#[test]
fn rare_parts_are_described() {
    for (rule, words) in [
        ("FREQ=DAILY;BYMONTH=1;BYDAY=MO,FR", "Every day, only in January and only on Monday and Friday"),
        ("FREQ=DAILY;BYMONTHDAY=1,-1", "Every day, only on the 1st and last day of a month"),
        ("FREQ=WEEKLY;BYMONTH=6", "Every week on Monday, only in June"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "Every 2 weeks on Monday and Sunday, with weeks that begin on Sunday",
        ),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "Every month on the 13th when it is a Friday"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "Every month on Monday to Friday, of these only the last in each month",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=2;BYMONTH=3", "Every month on the 2nd, only in March"),
        (
            "FREQ=YEARLY;BYYEARDAY=1,100,-1",
            "Every year on the 1st day of the year, the 100th day of the year and the last day of the year",
        ),
        ("FREQ=YEARLY;BYWEEKNO=20", "Every year on Monday of week 20"),
        (
            "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TU;WKST=SU",
            "Every year on Tuesday of the last week of the year, with weeks that begin on Sunday",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "Every year on the 20th Monday of the year"),
        ("FREQ=YEARLY;BYDAY=TH", "Every year on every Thursday"),
        ("FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", "Every year on the 13th of January when it is a Friday"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3",
            "Every 4 years on the 2nd and 3rd of November when it is a Tuesday",
        ),
        ("FREQ=YEARLY;BYYEARDAY=100;BYMONTH=4", "Every year on the 100th day of the year, only in April"),
        ("FREQ=YEARLY;BYMONTHDAY=15,-1", "Every year on the 15th and last day of January"),
        ("FREQ=YEARLY;BYWEEKNO=5;BYMONTHDAY=1", "Every year on the 1st of every month, only in week 5"),
        ("FREQ=MONTHLY;BYYEARDAY=14", "Every month, only on the 14th day of the year"),
        ("FREQ=MONTHLY;BYWEEKNO=5", "Every month on every Monday, only in week 5"),
        ("FREQ=WEEKLY;BYMONTHDAY=20", "Every week, only on the 20th of a month"),
        ("FREQ=WEEKLY;BYWEEKNO=5", "Every week on Monday, only in week 5"),
        ("FREQ=DAILY;BYHOUR=9,14", "Every day at 9:00 AM and 2:00 PM"),
        ("FREQ=DAILY;BYMINUTE=30", "Every day at 9:30 AM"),
        (
            "FREQ=DAILY;BYHOUR=9,10,11,12;BYMINUTE=0,30",
            "Every day at the hours 9, 10, 11 and 12, minutes 0 and 30",
        ),
        ("FREQ=HOURLY;BYHOUR=9;BYMINUTE=0,30", "Every hour at minutes 0 and 30, only in hour 9"),
        (
            "FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10;BYSECOND=5",
            "Every 15 minutes at second 5, only in hours 9 and 10",
        ),
        ("FREQ=SECONDLY;INTERVAL=90;BYMINUTE=1", "Every 90 seconds, only in minute 1"),
        ("FREQ=DAILY;COUNT=1", "Every day, once"),
    ] {
        assert_eq!(said(rule), words, "{rule}");
    }
}

#[test]
fn end_is_described_by_its_day_where_that_is_correct() {
    for (rule, words) in [
        ("FREQ=DAILY;UNTIL=20271231", "Every day, until Fri 31 Dec 2027"),
        ("FREQ=DAILY;UNTIL=20271231T010000Z", "Every day, until Fri 31 Dec 2027"),
        ("FREQ=DAILY;UNTIL=20271231T155959Z", "Every day, until Fri 31 Dec 2027"),
        ("FREQ=DAILY;UNTIL=20271231T000000Z", "Every day, until Fri 31 Dec 2027 at 8:00 AM"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "Every day, until Fri 31 Dec 9999"),
    ] {
        assert_eq!(said(rule), words, "{rule}");
    }
}

#[test]
fn without_a_start_nothing_is_invented() {
    for (rule, words) in [
        ("FREQ=WEEKLY", "Every week"),
        ("FREQ=MONTHLY;COUNT=3", "Every month, 3 times"),
        ("FREQ=YEARLY", "Every year"),
        ("FREQ=YEARLY;BYMONTH=3", "Every year on the same day of March"),
        ("FREQ=YEARLY;BYMONTHDAY=3", "Every year on the 3rd of the same month"),
        ("FREQ=MONTHLY;BYWEEKNO=3", "Every month, only in week 3"),
    ] {
        assert_eq!(of_rule(&rule.parse().expect("a rule"), None, &TimeZone::UTC), words);
    }
}

#[test]
fn days_have_no_times() {
    assert_eq!(said_from("2027-01-31", "FREQ=MONTHLY;BYHOUR=9"), "Every month on the 31st");
    assert_eq!(said_from("2028-02-29", "FREQ=YEARLY"), "Every year on 29 February");
}
