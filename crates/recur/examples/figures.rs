//! Benchmark of expansions: `cargo run --release -p obcms-recur --example figures`.
//!
//! Each line is one query: minimum and mean time of some hundred runs, the result, and the rule.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use obcms_recur::Set;

/// Common rules, queried for the occurrences of one month.
const USUAL: [&str; 9] = [
    "FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;COUNT=520;BYDAY=MO",
    "FREQ=WEEKLY;UNTIL=20991231T000000Z",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=1;BYDAY=4MO",
    "FREQ=HOURLY;INTERVAL=6",
];

/// Rules designed to be expensive, queried for the first thousand occurrences.
const HOSTILE: [&str; 24] = [
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYDAY=SU;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59;BYSECOND=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59;BYSETPOS=-1",
    "FREQ=YEARLY;BYYEARDAY=366;BYDAY=MO;BYMONTH=3",
    "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYSETPOS=2",
    "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
    "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
    "FREQ=WEEKLY;BYMONTH=1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=5;BYMONTHDAY=1,2,3",
    "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
    "FREQ=DAILY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU",
    "FREQ=DAILY;INTERVAL=773;BYMONTH=1;BYMONTHDAY=1",
    "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
    "FREQ=HOURLY;INTERVAL=99999;BYHOUR=3;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=MINUTELY;INTERVAL=1439;BYHOUR=3;BYMINUTE=7",
    "FREQ=MINUTELY;BYMONTHDAY=29;BYMONTH=2;BYDAY=MO;BYHOUR=1;BYMINUTE=1;BYSECOND=1",
    "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=7;BYSECOND=9",
    "FREQ=SECONDLY;INTERVAL=99991;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0;BYMINUTE=0;BYSECOND=0",
    "FREQ=SECONDLY;INTERVAL=3600;BYMINUTE=7",
    "FREQ=SECONDLY;INTERVAL=7;BYMINUTE=7;BYSECOND=1,31;BYHOUR=3",
    "FREQ=SECONDLY;COUNT=99999;BYSECOND=1,31",
];

fn set(rule: &str) -> Set {
    Set {
        start: "2017-01-23T09:00:00".parse().expect("a moment"),
        zone: TimeZone::get("America/New_York").expect("a zone"),
        rule: Some(rule.parse().expect("a rule")),
        additions: Vec::new(),
        exclusions: Vec::new(),
    }
}

fn time(label: &str, rule: &str, runs: u32, question: impl Fn() -> String) {
    let answer = question();
    let (mut least, mut total) = (Duration::MAX, Duration::ZERO);
    for _ in 0..runs {
        let start = Instant::now();
        black_box(question());
        let spent = start.elapsed();
        (least, total) = (least.min(spent), total + spent);
    }
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let rule: String = rule.chars().take(90).collect();
    println!("{label:8} {:10.2} {:10.2} µs  {answer:30} {rule}", micros(least), micros(total / runs));
}

fn main() {
    let month = |year: i16| {
        let instant = |month: i8| {
            civil::date(year, month, 1)
                .to_zoned(TimeZone::UTC)
                .map(|first| first.timestamp())
                .expect("a date")
        };
        (instant(5), instant(6))
    };
    let between =
        |set: &Set, from: Option<Timestamp>, to: Option<Timestamp>| match set.between(from, to, 1000) {
            Ok(found) => found.len().to_string(),
            Err(error) => error.to_string().chars().take(28).collect(),
        };
    for rule in USUAL {
        let set = set(rule);
        for year in [2017, 2027, 2500] {
            let (from, to) = month(year);
            time(&year.to_string(), rule, 2000, || between(&set, Some(from), Some(to)));
        }
    }
    for rule in HOSTILE {
        let set = set(rule);
        time("first", rule, 20, || between(&set, None, None));
        let (from, to) = month(9000);
        time("far", rule, 20, || between(&set, Some(from), Some(to)));
        time("last", rule, 20, || match set.last() {
            Ok(last) => format!("{last:?}").chars().take(28).collect(),
            Err(error) => error.to_string().chars().take(28).collect(),
        });
        let late = "9000-01-01T00:00:00".parse().expect("a moment");
        time("count", rule, 20, || match set.count_before(late) {
            Ok(count) => count.to_string(),
            Err(error) => error.to_string().chars().take(28).collect(),
        });
    }
    let text = HOSTILE[1];
    time("parse", text, 2000, || {
        text.parse::<obcms_recur::Rule>().map_or(0, |rule| rule.by_second().len()).to_string()
    });
}
