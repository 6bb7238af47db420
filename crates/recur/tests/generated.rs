//! Comparison of generated sets with python-dateutil and zoneinfo.
//!
//! The oracle is oracle.py beside this file. The seed is fixed, so that every run compares the same sets.

use std::io::Write;
use std::process::{Command, Stdio};

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use obcms_recur::{ExpandError, Last, Moment, Set};
use serde_json::{Value as Json, json};

const SETS: u64 = 1_500;
const SEED: u64 = 5545;

/// Pseudo-random generator (SplitMix64). It is our own, so that the sets do not change with the version of a library.
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number in `low..=high`.
    fn within(&mut self, low: i64, high: i64) -> i64 {
        low + (self.number() % (high - low + 1) as u64) as i64
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.number() % 100 < chance
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[(self.number() % list.len() as u64) as usize]
    }

    /// Returns numbers separated by commas; `signed` for a list that also counts from the end.
    fn list(&mut self, most: i64, low: i64, high: i64, signed: bool) -> String {
        let length = self.within(1, most);
        let numbers: Vec<String> = (0..length)
            .map(|_| {
                let number = self.within(low, high);
                let number = if signed && self.percent(35) { -number } else { number };
                number.to_string()
            })
            .collect();
        numbers.join(",")
    }
}

/// Zones with local times near their offset transitions.
const ZONES: [(&str, &[&str]); 16] = [
    ("UTC", &[]),
    ("America/New_York", &["2026-03-07T02:30:00", "2026-10-31T01:30:00", "2027-03-14T02:00:00"]),
    ("Europe/London", &["2026-03-28T01:15:00", "2026-10-25T01:30:00"]),
    ("Australia/Lord_Howe", &["2026-10-03T02:15:00", "2027-04-03T01:45:00"]),
    ("Asia/Manila", &["1978-03-21T00:30:00", "1990-05-20T00:30:00", "1990-07-28T23:30:00"]),
    ("America/Sao_Paulo", &["2017-10-14T00:30:00", "2018-02-17T23:30:00", "2018-11-03T00:00:00"]),
    ("Africa/Cairo", &["2024-04-25T00:15:00", "2024-10-31T23:30:00"]),
    ("Africa/Casablanca", &["2026-02-14T02:30:00", "2026-03-21T02:30:00"]),
    ("America/Havana", &["2026-03-07T00:30:00", "2026-10-31T00:30:00"]),
    ("Asia/Beirut", &["2026-03-28T00:30:00", "2026-10-24T23:30:00"]),
    ("Antarctica/Troll", &["2026-03-28T01:30:00", "2026-10-24T02:30:00"]),
    ("Pacific/Apia", &["2011-12-28T09:00:00", "2011-12-29T23:00:00"]),
    ("Asia/Kolkata", &[]),
    ("Pacific/Chatham", &["2026-09-26T02:45:00", "2026-04-04T02:45:00"]),
    ("America/St_Johns", &["2008-03-08T00:01:00", "2008-11-01T23:30:00"]),
    ("Europe/Dublin", &["2026-03-28T01:30:00", "2026-10-24T01:30:00"]),
];

const FREQUENCIES: [&str; 7] = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

struct Case {
    set: Set,
    zone: &'static str,
    rule: String,
    /// The oracle stops at January 1 of this year, or after so many instances.
    year: i16,
    most: usize,
    before: Moment,
}

fn start(chance: &mut Chance, times: &[&str]) -> civil::DateTime {
    if !times.is_empty() && chance.percent(50) {
        return chance.of(times).parse().expect("a date-time");
    }
    let year = chance.within(1971, 2060) as i16;
    let (month, day) = match chance.within(0, 9) {
        0 => (2, 29),
        1 => (1, 31),
        2 => (12, chance.within(25, 31) as i8),
        3 => (1, chance.within(1, 6) as i8),
        _ => (chance.within(1, 12) as i8, chance.within(1, 28) as i8),
    };
    let date = civil::Date::new(year, month, day).unwrap_or(civil::date(year, 2, 28));
    date.at(chance.within(0, 23) as i8, chance.of(&[0, 15, 30, 59]), chance.of(&[0, 0, 30]), 0)
}

fn interval(chance: &mut Chance) -> i64 {
    match chance.within(0, 19) {
        0..=9 => 1,
        10..=16 => chance.within(2, 5),
        17 => chance.within(6, 30),
        18 => chance.of(&[7, 12, 14, 24, 60, 90]),
        _ => chance.of(&[45, 100, 365, 1000, 3600, 86_399, 86_400, 99_999]),
    }
}

fn rule(chance: &mut Chance, frequency: usize, start: civil::DateTime) -> String {
    let name = FREQUENCIES[frequency];
    let (daily, weekly, monthly, yearly) = (3, 4, 5, 6);
    let mut parts = vec![format!("FREQ={name}")];
    let interval = interval(chance);
    if interval > 1 {
        parts.push(format!("INTERVAL={interval}"));
    }
    let mut by = Vec::new();
    if chance.percent(22) {
        by.push(format!("BYMONTH={}", chance.list(3, 1, 12, false)));
    }
    let has_weeks = chance.percent(if frequency == yearly { 18 } else { 2 });
    if has_weeks {
        let numbers = if chance.percent(50) {
            chance.list(2, 1, 53, true)
        } else {
            chance.of(&["1", "53", "-1", "52,1", "-53"]).to_owned()
        };
        by.push(format!("BYWEEKNO={numbers}"));
    }
    if chance.percent(if frequency == yearly || frequency < daily { 12 } else { 3 }) {
        let numbers = if chance.percent(50) {
            chance.list(4, 1, 366, true)
        } else {
            chance.of(&["1,100,200", "366", "-1", "-366,60", "59,60,-306"]).to_owned()
        };
        by.push(format!("BYYEARDAY={numbers}"));
    }
    if chance.percent(if frequency == weekly { 4 } else { 20 }) {
        by.push(format!("BYMONTHDAY={}", chance.list(4, 1, 31, true)));
    }
    if chance.percent(if frequency >= weekly { 45 } else { 20 }) {
        let with_number = frequency >= monthly && !has_weeks && chance.percent(60);
        // dateutil fails on numbers that no month has.
        let greatest =
            if frequency == yearly && !by.iter().any(|part| part.starts_with("BYMONTH=")) { 53 } else { 5 };
        let days: Vec<String> = (0..chance.within(1, 4))
            .map(|_| {
                let day = chance.of(&WEEKDAYS);
                if with_number && chance.percent(80) {
                    format!("{}{day}", chance.list(1, 1, greatest, true))
                } else {
                    day.to_owned()
                }
            })
            .collect();
        by.push(format!("BYDAY={}", days.join(",")));
    }
    if chance.percent(18) {
        by.push(format!("BYHOUR={}", chance.list(4, 0, 23, false)));
    }
    if chance.percent(14) {
        by.push(format!("BYMINUTE={}", chance.list(4, 0, 59, false)));
    }
    if chance.percent(10) {
        let top = if chance.percent(10) { 60 } else { 59 };
        by.push(format!("BYSECOND={}", chance.list(3, 0, top, false)));
    }
    // Many limits at once are mostly empty, which is worth a test only now and then.
    if chance.percent(92) {
        while by.len() > 2 {
            by.remove(chance.within(0, by.len() as i64 - 1) as usize);
        }
    }
    if !by.is_empty() && chance.percent(25) {
        let greatest = chance.of(&[1, 1, 2, 2, 4, 30, 366]);
        by.push(format!("BYSETPOS={}", chance.list(3, 1, greatest, true)));
    }
    if chance.percent(30) {
        by.push(format!("WKST={}", chance.of(&WEEKDAYS)));
    }
    match chance.within(0, 9) {
        0..=2 => parts.push(format!("COUNT={}", chance.of(&[1, 2, 3, 7, 10, 25, 100, 10_000]))),
        3..=5 => {
            let days = match frequency {
                0 => chance.within(0, 1),
                1 | 2 => chance.within(0, 9),
                3 | 4 => chance.within(0, 400),
                _ => chance.within(0, 9_000),
            };
            let end = start.checked_add(jiff::Span::new().days(days)).expect("no date so late");
            let form = chance.of(&["%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"]);
            parts.push(format!("UNTIL={}", end.strftime(form)));
        }
        _ => {}
    }
    parts.extend(by);
    parts.join(";")
}

fn case(chance: &mut Chance) -> Case {
    let (zone, times) = chance.of(&ZONES);
    let begin = start(chance, times);
    let frequency = chance.of(&[0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6]);
    let is_date = frequency >= 3 && chance.percent(20);
    let moment = |moment: civil::DateTime| {
        if is_date { Moment::Date(moment.date()) } else { Moment::DateTime(moment) }
    };
    let rule = rule(chance, frequency, begin);
    let mut set = Set {
        start: moment(begin),
        zone: TimeZone::get(zone).expect("the zone is known"),
        rule: Some(rule.parse().unwrap_or_else(|error| panic!("{rule}: {error}"))),
        additions: Vec::new(),
        exclusions: Vec::new(),
    };
    let later = |chance: &mut Chance| {
        let span = jiff::Span::new().days(chance.within(-30, 400)).seconds(chance.within(0, 86_399));
        begin.checked_add(span).expect("no date so late")
    };
    if chance.percent(25) {
        for _ in 0..chance.within(1, 4) {
            let start = moment(later(chance));
            let end = (!is_date && chance.percent(40)).then(|| {
                let length = jiff::Span::new().minutes(chance.within(1, 600));
                Moment::DateTime(start.date_time().checked_add(length).expect("no date so late"))
            });
            set.additions.push(obcms_recur::Addition { start, end });
        }
    }
    if chance.percent(30) {
        let own = set.between(None, None, 12).unwrap_or_default();
        for _ in 0..chance.within(1, 5) {
            let excluded = match own.get(chance.within(0, 14) as usize) {
                Some(occurrence) => occurrence.id,
                None => moment(later(chance)),
            };
            let whole_day = chance.percent(15);
            set.exclusions.push(if whole_day { Moment::Date(excluded.date()) } else { excluded });
        }
    }
    let years = chance.of(match frequency {
        0..=2 => &[2, 3],
        3 | 4 => &[3, 8],
        _ => &[5, 40, 120],
    });
    let most = if frequency <= 2 { 250 } else { 400 };
    Case { set, zone, rule, year: begin.year() + years, most, before: moment(later(chance)) }
}

fn question(case: &Case) -> Json {
    let texts = |list: &[Moment]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "start": case.set.start.to_string(),
        "zone": case.zone,
        "rule": case.rule,
        "additions": case.set.additions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "exclusions": texts(&case.set.exclusions),
        "year": case.year,
        "most": case.most,
        "before": case.before.to_string(),
    })
}

/// Returns the answers of dateutil. Fails without it, because a skipped comparison proves nothing.
fn ask(questions: &[Json]) -> Vec<Json> {
    let has_dateutil = |python: &str| {
        let check =
            Command::new(python).args(["-c", "import dateutil, zoneinfo"]).stderr(Stdio::null()).status();
        check.is_ok_and(|status| status.success())
    };
    let chosen = std::env::var("OBCMS_TEST_PYTHON").ok();
    let python = match &chosen {
        Some(chosen) => chosen.as_str(),
        None => ["/usr/bin/python3", "python3"]
            .into_iter()
            .find(|python| has_dateutil(python))
            .expect("Python with dateutil is missing: install the packages python3, python3-dateutil and tzdata, or set OBCMS_TEST_PYTHON"),
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{python} does not start: {error}"));
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let text = Json::from(questions).to_string();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("the oracle ends");
    writer.join().expect("no panic").expect("the oracle reads its input");
    assert!(output.status.success(), "{python} {script} failed");
    serde_json::from_slice(&output.stdout).expect("the oracle answers JSON")
}

/// Compares a set with the oracle and returns the first difference as an error.
fn compare(case: &Case, answer: &Json) -> Result<usize, String> {
    let horizon =
        Timestamp::from_second(answer["horizon"].as_i64().ok_or("no horizon")?).map_err(|e| e.to_string())?;
    let expected: Vec<(String, i64, Option<i64>)> = answer["occurrences"]
        .as_array()
        .ok_or("no occurrences")?
        .iter()
        .map(|item| {
            (item[0].as_str().unwrap_or_default().to_owned(), item[1].as_i64().unwrap_or(0), item[2].as_i64())
        })
        .collect();
    let found = |from: Option<Timestamp>, to: Option<Timestamp>, limit: usize| {
        let list = case.set.between(from, to, limit).map_err(|error| error.to_string())?;
        Ok::<_, String>(
            list.iter()
                .map(|found| {
                    (found.id.to_string(), found.start.as_second(), found.end.map(Timestamp::as_second))
                })
                .collect::<Vec<_>>(),
        )
    };
    let same = |what: &str, left: &[(String, i64, Option<i64>)], right: &[(String, i64, Option<i64>)]| {
        if left == right {
            return Ok(());
        }
        let at = left.iter().zip(right).take_while(|(left, right)| left == right).count();
        Err(format!(
            "{what}: {} found, {} expected, from {at} on found {:?}, expected {:?}",
            left.len(),
            right.len(),
            left.iter().skip(at).take(3).collect::<Vec<_>>(),
            right.iter().skip(at).take(3).collect::<Vec<_>>(),
        ))
    };
    same("all", &found(None, Some(horizon), 10_000)?, &expected)?;
    same("first", &found(None, Some(horizon), 3)?, &expected[..expected.len().min(3)])?;
    // A window in the far part that starts with an occurrence, and one that starts just after it.
    if let Some((_, from, _)) = expected.get(expected.len() * 3 / 4) {
        let late: Vec<_> = expected.iter().filter(|item| item.1 >= *from).cloned().collect();
        let from = Timestamp::from_second(*from).map_err(|e| e.to_string())?;
        same("late", &found(Some(from), Some(horizon), 10_000)?, &late)?;
        let after = from.checked_add(jiff::SignedDuration::from_nanos(1)).map_err(|e| e.to_string())?;
        let later: Vec<_> = late.iter().filter(|item| item.1 > from.as_second()).take(5).cloned().collect();
        same("later", &found(Some(after), Some(horizon), 5)?, &later)?;
    }
    for (id, ..) in expected.iter().step_by(expected.len() / 4 + 1) {
        let id: Moment = id.parse().map_err(|e| format!("{id}: {e}"))?;
        if case.set.contains(id) != Ok(true) {
            return Err(format!("{id} is not contained: {:?}", case.set.contains(id)));
        }
    }
    for excluded in &case.set.exclusions {
        if !excluded.is_date() && case.set.contains(*excluded) != Ok(false) {
            return Err(format!("{excluded} is contained although excluded"));
        }
    }
    if let Some(expected) = answer["used"].as_u64() {
        let used = case.set.count_before(case.before).map_err(|error| format!("count: {error}"))?;
        if used != expected {
            return Err(format!("{used} before {}, expected {expected}", case.before));
        }
    }
    compare_last(case, &expected, horizon)?;
    Ok(expected.len())
}

/// Compares the last occurrence within the range of the oracle.
fn compare_last(
    case: &Case,
    expected: &[(String, i64, Option<i64>)],
    horizon: Timestamp,
) -> Result<(), String> {
    let rule = case.set.rule.as_ref().ok_or("no rule")?;
    let last = match case.set.last() {
        // Steps of odd seconds meet a given minute once in many years; the ten thousandth time may exceed the budget.
        Err(ExpandError::TooMuchWork) if rule.interval() > 40_000 => return Ok(()),
        last => last.map_err(|error| format!("last: {error}"))?,
    };
    let agrees = match last {
        Last::At(last) if last.start < horizon => {
            Some(last.start.as_second()) == expected.last().map(|item| item.1)
        }
        Last::At(_) => true,
        Last::Empty => expected.is_empty(),
        Last::Endless => rule.is_endless(),
    };
    if agrees { Ok(()) } else { Err(format!("last is {last:?}, expected {:?}", expected.last())) }
}

#[test]
fn generated_sets_agree_with_dateutil() {
    let mut chance = Chance(SEED);
    let cases: Vec<Case> = (0..SETS).map(|_| case(&mut chance)).collect();
    let questions: Vec<Json> = cases.iter().map(question).collect();
    let answers = ask(&questions);
    assert_eq!(answers.len(), cases.len());
    let (mut occurrences, mut not_empty, mut mended, mut wrong) = (0, 0, 0, Vec::new());
    for ((case, question), answer) in cases.iter().zip(&questions).zip(&answers) {
        match compare(case, answer) {
            Ok(count) => {
                occurrences += count;
                not_empty += usize::from(count > 0);
                mended += usize::from(answer["mended"].as_array().is_some_and(|list| !list.is_empty()));
            }
            Err(problem) => wrong.push(format!("{question}\n  {problem} {}", answer["mended"])),
        }
    }
    println!("{occurrences} occurrences in {not_empty} sets; {mended} sets needed dateutil mended");
    let shown = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {SETS} sets differ:\n{shown}", wrong.len());
    assert!(not_empty > SETS as usize * 3 / 4, "only {not_empty} sets have occurrences");
    assert!(mended < SETS as usize / 6, "{mended} sets needed dateutil mended");
}
