//! Agreement of words and dates: what the description of a rule says is true of its dates, and of no other day.
//!
//! The words are read by a small interpreter that knows nothing of rules. Rules and starts are random with a fixed seed.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use obcms_recur::{Moment, Set};

use super::{MONTHS, of_rule};

const RULES: u32 = 600;
/// Days that are compared from the start on.
const DAYS: i32 = 1_500;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[test]
fn words_and_dates_agree() {
    let mut chance = Chance(14);
    let (mut wrong, mut with_dates) = (Vec::new(), 0);
    for _ in 0..RULES {
        let start = chance.start();
        let rule = chance.rule();
        let set = Set::of_rule(Moment::Date(start), TimeZone::UTC, Some(rule.parse().expect(&rule)));
        let words = of_rule(set.rule.as_ref().expect("a rule"), Some(set.start), &set.zone);
        let end = start.checked_add(DAYS.days()).expect("a date");
        let until = Moment::Date(end).instant(&set.zone);
        let found = set.between(None, Some(until), 10_000).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let dates: Vec<Date> = found.iter().map(|occurrence| occurrence.id.date()).collect();
        let said = Words::read(&words).dates(start, end);
        with_dates += u32::from(!dates.is_empty());
        if dates != said {
            let strange = dates.iter().find(|date| !said.contains(date));
            let missing = said.iter().find(|date| !dates.contains(date));
            wrong.push(format!("{rule} from {start}: {words}; not said {strange:?}, no date {missing:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rules\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(with_dates > RULES / 2, "most rules should have dates: {with_dates}");
}

#[test]
fn words_and_times_agree() {
    let mut chance = Chance(15);
    let mut wrong = Vec::new();
    for _ in 0..200 {
        let start = chance.start().at(chance.below(24), chance.below(60), chance.below(60), 0);
        let rule = chance.rule_of_times();
        let set = Set::of_rule(Moment::DateTime(start), TimeZone::UTC, Some(rule.parse().expect(&rule)));
        let words = of_rule(set.rule.as_ref().expect("a rule"), Some(set.start), &set.zone);
        let midnight = start.date().tomorrow().expect("a date").at(0, 0, 0, 0);
        let next = midnight.date().tomorrow().expect("a date").at(0, 0, 0, 0);
        let instant = |moment: DateTime| Some(Moment::DateTime(moment).instant(&set.zone));
        let found = set.between(instant(midnight), instant(next), 100_000);
        let Ok(found) = found else { continue };
        let times: Vec<i64> = found
            .iter()
            .map(|occurrence| {
                occurrence.start.as_second() - instant(midnight).expect("an instant").as_second()
            })
            .collect();
        let said = times_said(&words, start);
        if times != said {
            let strange = times.iter().find(|time| !said.contains(time));
            wrong.push(format!(
                "{rule} from {start}: {words}; {} and {} times, {strange:?}",
                times.len(),
                said.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} rules\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// Returns the seconds of the day after the start of which a description is true.
fn times_said(words: &str, start: DateTime) -> Vec<i64> {
    let tokens: Vec<&str> = words.split([' ', ',']).filter(|token| !token.is_empty()).collect();
    let clocks: Vec<i64> = (1..tokens.len())
        .filter(|place| matches!(tokens[*place], "AM" | "PM"))
        .map(|place| {
            let parts: Vec<i64> =
                tokens[place - 1].split(':').map(|part| part.parse().expect(words)).collect();
            let hour = parts[0] % 12 + if tokens[place] == "PM" { 12 } else { 0 };
            (hour * 60 + parts[1]) * 60 + parts.get(2).copied().unwrap_or(0)
        })
        .collect();
    if !clocks.is_empty() {
        return clocks;
    }
    let (interval, unit) = match tokens[1].parse::<i64>() {
        Ok(interval) => (interval, tokens[2].trim_end_matches('s')),
        Err(_) => (1, tokens[1]),
    };
    let length = match unit {
        "day" => 86_400,
        "hour" => 3_600,
        "minute" => 60,
        _ => 1,
    };
    let named = |name: &str| -> Option<Vec<i64>> {
        let place = (0..tokens.len() - 1).find(|place| {
            tokens[*place].trim_end_matches('s') == name && tokens[*place + 1].parse::<i64>().is_ok()
        })?;
        let list =
            tokens[place + 1..].iter().take_while(|token| **token == "and" || token.parse::<i64>().is_ok());
        Some(list.filter_map(|token| token.parse().ok()).collect())
    };
    let of_day = named("hour").is_some() && unit == "day";
    // What is shorter than the period and not named is that of the start; hours with "minutes" left out are full.
    let or_own = |name: &str, size: i64, own: i8| match named(name) {
        Some(list) => Some(list),
        None if of_day => Some(vec![0]),
        None if length > size => Some(vec![i64::from(own)]),
        None => None,
    };
    let hours = or_own("hour", 3_600, start.hour());
    let minutes = or_own("minute", 60, start.minute());
    let seconds = or_own("second", 1, start.second());
    let own = i64::from(start.hour()) * 3_600 + i64::from(start.minute()) * 60 + i64::from(start.second());
    let is_in =
        |list: &Option<Vec<i64>>, number: i64| list.as_ref().is_none_or(|list| list.contains(&number));
    (0..86_400_i64)
        .filter(|time| {
            let periods = (time + 86_400).div_euclid(length) - own.div_euclid(length);
            periods % interval == 0
                && is_in(&hours, time / 3_600)
                && is_in(&minutes, time / 60 % 60)
                && is_in(&seconds, time % 60)
        })
        .collect()
}

/// Description taken apart.
struct Words {
    interval: i64,
    unit: String,
    /// Phrases that are all true of a date: "on Monday", "in January".
    phrases: Vec<String>,
    positions: Vec<i64>,
    week_start: i64,
    /// True if years are those of whole weeks.
    has_weeks: bool,
}

impl Words {
    fn read(text: &str) -> Words {
        let (text, week_start) = match text.split_once(", with weeks that begin on ") {
            Some((text, weekday)) => (text, weekday_number(weekday)),
            None => (text, 0),
        };
        let (text, positions) = match text.split_once(", of these only the ") {
            Some((text, places)) => {
                let (places, _) = places.rsplit_once(" in each ").expect("a period");
                (text, items(places).into_iter().map(ordinal).collect())
            }
            None => (text, Vec::new()),
        };
        let (text, limits) = text.split_once(", only ").unwrap_or((text, ""));
        let text = text.strip_prefix("Every ").expect("a frequency");
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let (interval, unit, days) = match first.parse() {
            Ok(interval) => {
                let (unit, days) = rest.split_once(' ').unwrap_or((rest, ""));
                (interval, unit.trim_end_matches('s'), days)
            }
            Err(_) => (1, first, rest),
        };
        let mut phrases: Vec<String> = Vec::new();
        if !days.is_empty() {
            phrases.push(days.to_owned());
        }
        for (place, part) in limits.replace(" and only ", ", ").split(", ").enumerate() {
            let is_new = part.starts_with("in ") || part.starts_with("on ");
            match phrases.last_mut() {
                Some(last) if !is_new && place > 0 => last.push_str(&format!(", {part}")),
                _ if part.is_empty() => {}
                _ => phrases.push(part.to_owned()),
            }
        }
        let has_weeks = unit == "year" && (text.contains(" week ") || limits.contains("week "));
        Words { interval, unit: unit.to_owned(), phrases, positions, week_start, has_weeks }
    }

    /// Returns the days in `start..end` of which the words are true.
    fn dates(&self, start: Date, end: Date) -> Vec<Date> {
        let own_period = self.period(start);
        let (mut dates, mut group, mut of_group) = (Vec::new(), Vec::new(), i64::MIN);
        // The period of the start begins before it, and the last one ends after the end.
        let first = start.checked_sub(400.days()).expect("a date");
        let last = end.checked_add(400.days()).expect("a date");
        for day in first.series(1.day()).take_while(|day| *day < last) {
            let period = self.period(day);
            if period != of_group {
                dates.append(&mut self.picked(&std::mem::take(&mut group)));
                of_group = period;
            }
            let is_in_step = (period - own_period).rem_euclid(self.interval) == 0;
            if is_in_step && self.phrases.iter().all(|phrase| self.is_true(phrase, day)) {
                group.push(day);
            }
        }
        dates.retain(|day| (start..end).contains(day));
        dates
    }

    fn picked(&self, group: &[Date]) -> Vec<Date> {
        let length = group.len() as i64;
        let is_picked = |place: i64| {
            self.positions.is_empty()
                || self.positions.iter().any(|position| {
                    if *position > 0 { *position == place + 1 } else { *position == place - length }
                })
        };
        (0..length).zip(group).filter(|(place, _)| is_picked(*place)).map(|(_, day)| *day).collect()
    }

    fn period(&self, day: Date) -> i64 {
        match self.unit.as_str() {
            "year" if self.has_weeks => self.week_of(day).0,
            "year" => i64::from(day.year()),
            "month" => i64::from(day.year()) * 12 + i64::from(day.month()),
            "week" => (day_number(day) + 3 - self.week_start).div_euclid(7),
            "day" => day_number(day),
            unit => panic!("{unit} is no period"),
        }
    }

    /// Returns the year of the week of a day, the number of the week, and its negative number from the end.
    fn week_of(&self, day: Date) -> (i64, i64, i64) {
        // The fourth day of a week is in the year of the week.
        let into_week = (weekday_of(day) - self.week_start).rem_euclid(7);
        let fourth = day.checked_add((3 - into_week).days()).expect("a date");
        let number = i64::from((fourth.day_of_year() - 1) / 7) + 1;
        let left = i64::from((fourth.days_in_year() - fourth.day_of_year()) / 7);
        (i64::from(fourth.year()), number, -left - 1)
    }

    fn is_true(&self, phrase: &str, day: Date) -> bool {
        if let Some(phrase) = phrase.strip_prefix("in ") {
            return if phrase.contains("week ") {
                self.is_in_weeks(phrase, day)
            } else {
                is_in_months(phrase, day)
            };
        }
        let phrase = phrase.strip_prefix("on ").or(phrase.strip_prefix("from ")).expect(phrase);
        if phrase.ends_with(" day of the year") {
            return items(phrase).iter().any(|item| {
                let name = item.strip_prefix("the ").and_then(|item| item.strip_suffix(" day of the year"));
                let (of_year, length) = (i64::from(day.day_of_year()), i64::from(day.days_in_year()));
                counted(ordinal(name.expect(item)), of_year, length)
            });
        }
        if let Some((dates, weekdays)) = phrase.split_once(" when it is ") {
            return is_month_day(dates, day) && is_nth(weekdays, day);
        }
        if phrase.contains(" week of ") || phrase.contains("week ") {
            let (weekdays, weeks) = phrase.split_once(" of ").expect(phrase);
            return is_weekday(weekdays, day) && self.is_in_weeks(weeks, day);
        }
        if phrase.starts_with(|first: char| first.is_ascii_digit()) {
            let (date, month) = phrase.split_once(' ').expect(phrase);
            return date.parse() == Ok(day.day()) && is_in_months(month, day);
        }
        let names_weekday =
            WEEKDAYS.iter().any(|name| phrase.contains(name)) || phrase.starts_with("every day");
        if names_weekday { is_nth(phrase, day) } else { is_month_day(phrase, day) }
    }

    fn is_in_weeks(&self, phrase: &str, day: Date) -> bool {
        let (_, number, from_end) = self.week_of(day);
        items(phrase).into_iter().any(|item| match item.strip_prefix("week ") {
            Some(week) => week.parse() == Ok(number),
            None => {
                let name = item.strip_prefix("the ").and_then(|item| item.strip_suffix(" week of the year"));
                ordinal(name.expect(item)) == from_end
            }
        })
    }
}

fn items(phrase: &str) -> Vec<&str> {
    phrase.split(", ").flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" or ")).collect()
}

/// Returns true if a number, which may count from the end, is that of a place in a period.
fn counted(number: i64, place: i64, length: i64) -> bool {
    number == place || number == place - length - 1
}

fn is_in_months(phrase: &str, day: Date) -> bool {
    items(phrase).contains(&MONTHS[day.month() as usize - 1])
}

/// "the 1st and last day", "the 15th of May", "the 20th of a month".
fn is_month_day(phrase: &str, day: Date) -> bool {
    let (days, months) = phrase.split_once(" of ").unwrap_or((phrase, "every month"));
    let is_month = matches!(months, "every month" | "a month") || is_in_months(months, day);
    let days = days.strip_prefix("the ").expect(phrase);
    is_month
        && items(days).into_iter().any(|item| {
            let number = ordinal(item.strip_suffix(" day").unwrap_or(item));
            counted(number, i64::from(day.day()), i64::from(day.days_in_month()))
        })
}

/// "the second Tuesday and every Friday of March", "the 20th Monday of the year", "a Friday", "Monday to Friday".
fn is_nth(phrase: &str, day: Date) -> bool {
    let (days, scope) = phrase.split_once(" of ").unwrap_or((phrase, ""));
    let in_year = scope == "the year";
    if !in_year && !scope.is_empty() && !is_in_months(scope, day) {
        return false;
    }
    let (place, length) = if in_year {
        (i64::from(day.day_of_year()), i64::from(day.days_in_year()))
    } else {
        (i64::from(day.day()), i64::from(day.days_in_month()))
    };
    items(days).into_iter().any(|item| {
        let Some((number, weekday)) = item.strip_prefix("the ").and_then(|item| item.rsplit_once(' ')) else {
            let item = item.strip_prefix("a ").unwrap_or(item);
            return is_weekday(item, day);
        };
        let number = ordinal(number);
        let is_number =
            if number > 0 { (place - 1) / 7 + 1 == number } else { (length - place) / 7 + 1 == -number };
        is_number && is_weekday(weekday, day)
    })
}

/// "Monday", "every Monday", "Monday to Friday", "every day".
fn is_weekday(phrase: &str, day: Date) -> bool {
    items(phrase).into_iter().any(|item| {
        let item = item.strip_prefix("every ").unwrap_or(item);
        match item.split_once(" to ") {
            _ if item == "day" => true,
            Some((first, last)) => (weekday_number(first)..=weekday_number(last)).contains(&weekday_of(day)),
            None => weekday_number(item) == weekday_of(day),
        }
    })
}

/// "first", "12th", "last", "third to last".
fn ordinal(name: &str) -> i64 {
    if name == "last" {
        return -1;
    }
    let (name, sign) = name.strip_suffix(" to last").map_or((name, 1), |name| (name, -1));
    let names = ["first", "second", "third", "fourth", "fifth"];
    let number = match names.iter().position(|known| *known == name) {
        Some(place) => place as i64 + 1,
        None => name.trim_end_matches(char::is_alphabetic).parse().expect(name),
    };
    sign * number
}

fn weekday_number(name: &str) -> i64 {
    WEEKDAYS.iter().position(|known| *known == name).expect(name) as i64
}

fn weekday_of(day: Date) -> i64 {
    i64::from(day.weekday().since(Weekday::Monday))
}

fn day_number(day: Date) -> i64 {
    i64::from((day - Date::new(1970, 1, 1).expect("a date")).get_days())
}

/// Pseudo-random generator (SplitMix64) of rules and starts.
struct Chance(u64);

impl Chance {
    fn number(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.number(100) < chance
    }

    fn start(&mut self) -> Date {
        let first = Date::new(1990, 1, 1).expect("a date");
        let days = i32::try_from(self.number(18_000)).expect("a small number");
        first.checked_add(days.days()).expect("a date")
    }

    /// Returns numbers from 1 on, separated by commas; `signed` for lists that also count from the end.
    fn list(&mut self, most: u64, greatest: u64, signed: bool) -> String {
        let length = 1 + self.number(most);
        let numbers = (0..length).map(|_| {
            let sign = if signed && self.percent(30) { "-" } else { "" };
            format!("{sign}{}", 1 + self.number(greatest))
        });
        numbers.collect::<Vec<_>>().join(",")
    }

    fn below(&mut self, limit: u64) -> i8 {
        i8::try_from(self.number(limit)).expect("a small number")
    }

    /// Returns a rule of times of the day.
    fn rule_of_times(&mut self) -> String {
        let frequency = ["DAILY", "HOURLY", "MINUTELY", "SECONDLY"][self.number(4) as usize];
        let mut rule = format!("FREQ={frequency}");
        if frequency != "DAILY" && self.percent(40) {
            rule.push_str(&format!(";INTERVAL={}", 2 + self.number(90)));
        }
        for (name, greatest) in [("BYHOUR", 23), ("BYMINUTE", 59), ("BYSECOND", 59)] {
            if self.percent(50) {
                rule.push_str(&format!(";{name}={}", self.list(4, greatest, false)));
            }
        }
        rule
    }

    /// Returns a rule of days with any parts that the parser accepts, conforming or not.
    fn rule(&mut self) -> String {
        let frequency = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "YEARLY"][self.number(5) as usize];
        let mut rule = format!("FREQ={frequency}");
        if self.percent(30) {
            rule.push_str(&format!(";INTERVAL={}", [2, 2, 3, 4, 7, 14][self.number(6) as usize]));
        }
        let mut parts = Vec::new();
        let has_weeks = self.percent(25);
        if has_weeks {
            parts.push(format!("BYWEEKNO={}", self.list(3, 53, true)));
        }
        if self.percent(25) {
            parts.push(format!("BYMONTH={}", self.list(4, 12, false)));
        }
        if self.percent(15) {
            parts.push(format!("BYYEARDAY={}", self.list(5, 366, true)));
        }
        if self.percent(25) {
            parts.push(format!("BYMONTHDAY={}", self.list(5, 31, true)));
        }
        if self.percent(35) {
            let may_have_number = matches!(frequency, "MONTHLY" | "YEARLY") && !has_weeks;
            let greatest = if rule.contains("YEARLY") && self.percent(40) { 53 } else { 5 };
            let length = 1 + self.number(5);
            let days = (0..length).map(|_| {
                let number = if may_have_number && self.percent(50) {
                    self.list(1, greatest, true)
                } else {
                    String::new()
                };
                format!("{number}{}", ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][self.number(7) as usize])
            });
            let days = days.collect::<Vec<_>>().join(",");
            parts.push(format!("BYDAY={days}"));
        }
        // Many limits at once have no dates.
        while parts.len() > 2 && self.percent(75) {
            parts.remove(self.number(parts.len() as u64) as usize);
        }
        if !parts.is_empty() && frequency != "DAILY" && self.percent(15) {
            parts.push(format!("BYSETPOS={}", self.list(2, 3, true)));
        }
        if self.percent(25) {
            parts.push(format!("WKST={}", ["SU", "TU", "FR", "SA"][self.number(4) as usize]));
        }
        for part in parts {
            rule.push_str(&format!(";{part}"));
        }
        rule
    }
}
