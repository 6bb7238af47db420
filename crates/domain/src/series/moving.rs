//! Moving a whole series: its rule, its first date, and the names of its left-out and changed dates.

use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use obcms_recur::{Moment, Rule, Until};
use serde_json::{Map, Value as Json, json};

use super::{Series, anchor, recurs, texts};
use crate::registry::{Record, Value};

/// What a date of a series was and what it becomes: local start and zone.
#[derive(Clone, Debug)]
pub struct Place {
    /// Local start before.
    pub from: Moment,
    /// Local start after.
    pub to: Moment,
}

fn time_of(moment: Moment) -> Option<Time> {
    match moment {
        Moment::Date(_) => None,
        Moment::DateTime(local) => Some(local.time()),
    }
}

impl Place {
    /// Days between before and after.
    fn days(&self) -> i64 {
        self.from.date().until(self.to.date()).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Another date of the series moved likewise: by so many days, to the time of this one.
    #[must_use]
    pub fn carry(&self, other: Moment, by_days: bool) -> Moment {
        let days = if by_days { self.days() } else { 0 };
        let day = other.date().saturating_add(days.days());
        match (self.to, self.from, other) {
            (Moment::Date(_), _, _) => Moment::Date(day),
            (Moment::DateTime(to), Moment::DateTime(from), Moment::DateTime(local)) => {
                // A date with a time of its own keeps its distance from the others.
                let shift: SignedDuration = to.time().duration_since(from.time());
                let moved = day.to_datetime(local.time()).checked_add(shift);
                Moment::DateTime(moved.unwrap_or_else(|_| day.to_datetime(to.time())))
            }
            (Moment::DateTime(to), _, _) => Moment::DateTime(day.to_datetime(to.time())),
        }
    }
}

/// Why a rule cannot be moved along.
pub type Refusal = String;

fn too_special() -> Refusal {
    "This rule says by itself on which days it falls; change the rule to move all dates to other days."
        .to_owned()
}

/// The rule moved so that the date `place.from` becomes `place.to`: names of weekdays and days of the month that
/// meant the old date now mean the new one. Answers with it whether the first date moves along by days.
pub fn moved_rule(rule: &Rule, place: &Place, zone: &TimeZone) -> Result<(Rule, bool), Refusal> {
    let text = rule.to_string();
    let mut parts: Vec<(String, String)> = text
        .split(';')
        .filter_map(|part| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let get = |parts: &[(String, String)], name: &str| {
        parts.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let (old, new) = (place.from.date(), place.to.date());
    let same_time = time_of(place.from) == time_of(place.to);
    let clock = ["BYHOUR", "BYMINUTE", "BYSECOND"];
    if !same_time && clock.iter().any(|name| get(&parts, name).is_some()) {
        return Err(
            "This rule says by itself at which times it falls; change the rule to move them.".to_owned()
        );
    }
    let frequency = get(&parts, "FREQ").unwrap_or_default();
    let mut by_days = true;
    if old != new {
        if ["BYSETPOS", "BYYEARDAY", "BYWEEKNO"].iter().any(|name| get(&parts, name).is_some()) {
            return Err(too_special());
        }
        let (weekdays, days) = (get(&parts, "BYDAY"), get(&parts, "BYMONTHDAY"));
        match (weekdays, days) {
            (Some(_), Some(_)) => return Err(too_special()),
            (Some(list), None) => {
                let in_month = frequency == "MONTHLY" || get(&parts, "BYMONTH").is_some();
                set(&mut parts, "BYDAY", &other_weekdays(&list, old, new, in_month)?);
                by_days = !list.contains(',');
            }
            (None, Some(list)) => {
                set(&mut parts, "BYMONTHDAY", &other_days(&list, old, new)?);
                by_days = !list.contains(',');
                if old.month() != new.month() && get(&parts, "BYMONTH").is_none() {
                    return Err(too_special());
                }
            }
            (None, None) => {}
        }
        if let Some(months) = get(&parts, "BYMONTH").filter(|_| old.month() != new.month()) {
            if months != old.month().to_string() {
                return Err(too_special());
            }
            set(&mut parts, "BYMONTH", &new.month().to_string());
        }
    }
    let text: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let moved = Rule::from_str(&text.join(";")).map_err(|error| error.to_string())?;
    Ok((moved_until(moved, place, zone), by_days))
}

/// The last day of a rule moves along when it would cut off the moved last date.
fn moved_until(rule: Rule, place: &Place, zone: &TimeZone) -> Rule {
    let Some(until) = until_in(&rule, zone) else {
        return rule;
    };
    let moved = place.carry(until, true);
    let is_later = match (until, moved) {
        (Moment::Date(old), Moment::Date(new)) => new > old,
        (Moment::DateTime(old), Moment::DateTime(new)) => new > old,
        // Days become times, or times days: the last day stays the last day.
        _ => true,
    };
    if !is_later {
        return rule;
    }
    with_until(&rule, moved, zone)
}

/// The end of the rule as a local moment of the zone.
fn until_in(rule: &Rule, zone: &TimeZone) -> Option<Moment> {
    Some(match rule.until()? {
        Until::Date(day) => Moment::Date(day),
        Until::Local(local) => Moment::DateTime(local),
        Until::Utc(instant) => Moment::at(instant, zone),
    })
}

/// The rule with this last local moment, which a rule with times writes in UTC (RFC 5545 3.3.10).
#[must_use]
pub fn with_until(rule: &Rule, until: Moment, zone: &TimeZone) -> Rule {
    let until = match until {
        Moment::Date(day) => Until::Date(day),
        Moment::DateTime(local) => match zone.to_ambiguous_timestamp(local).compatible() {
            Ok(instant) => Until::Utc(instant),
            Err(_) => Until::Local(local),
        },
    };
    rule.clone().with_until(until)
}

fn set(parts: &mut [(String, String)], name: &str, value: &str) {
    if let Some((_, old)) = parts.iter_mut().find(|(key, _)| key == name) {
        value.clone_into(old);
    }
}

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

fn code(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(known, _)| *known == weekday).map_or("MO", |(_, code)| code)
}

fn other_weekdays(list: &str, old: Date, new: Date, in_month: bool) -> Result<String, Refusal> {
    let mut result: Vec<String> = Vec::new();
    let mut replaced = false;
    for item in list.split(',') {
        let (ordinal, weekday) = item.split_at(item.len().saturating_sub(2));
        let item = if weekday != code(old.weekday()) {
            item.to_owned()
        } else if ordinal.is_empty() {
            replaced = true;
            code(new.weekday()).to_owned()
        } else {
            let ordinal: i64 = ordinal.parse().map_err(|_| too_special())?;
            if !in_month {
                return Err(too_special());
            }
            if ordinal_in_month(old, ordinal < 0) == ordinal {
                replaced = true;
                format!("{}{}", ordinal_in_month(new, ordinal < 0), code(new.weekday()))
            } else {
                item.to_owned()
            }
        };
        if !result.contains(&item) {
            result.push(item);
        }
    }
    if replaced { Ok(result.join(",")) } else { Err(too_special()) }
}

/// Which of its weekdays in the month a day is: 1 to 5, or -1 to -5 from the end.
fn ordinal_in_month(day: Date, from_end: bool) -> i64 {
    if from_end {
        -(i64::from(day.days_in_month() - day.day()) / 7 + 1)
    } else {
        i64::from(day.day() - 1) / 7 + 1
    }
}

fn other_days(list: &str, old: Date, new: Date) -> Result<String, Refusal> {
    let from_end = |day: Date| i64::from(day.day()) - i64::from(day.days_in_month()) - 1;
    let mut replaced = false;
    let mut result: Vec<String> = Vec::new();
    for item in list.split(',') {
        let number: i64 = item.parse().map_err(|_| too_special())?;
        let number = if number == i64::from(old.day()) {
            replaced = true;
            i64::from(new.day())
        } else if number == from_end(old) {
            replaced = true;
            from_end(new)
        } else {
            number
        };
        if !result.contains(&number.to_string()) {
            result.push(number.to_string());
        }
    }
    if replaced { Ok(result.join(",")) } else { Err(too_special()) }
}

/// Left-out, further and changed dates under their names in the moved series: by the new time on the same day when
/// the series has a date there, else as many days later as the first date; what fits neither is dropped.
#[must_use]
pub fn shifted(series: &Series, name: Moment, place: &Place) -> Option<Moment> {
    [false, true]
        .into_iter()
        .map(|by_days| place.carry(name, by_days))
        .find(|moved| contains_rule(series, *moved))
}

/// Whether the rule or a further date has this one, left out or not.
fn contains_rule(series: &Series, id: Moment) -> bool {
    let mut set = series.set.clone();
    set.exclusions.clear();
    set.contains(id).unwrap_or(false)
}

/// After dates, zone or rule of a series were changed: keeps left-out, further and changed dates right. Lists that
/// were given anew (`given`) are as they were given.
pub fn follow(before: &Record, after: &mut Record, given: &Map<String, Json>) {
    if !recurs(after.kind) {
        return;
    }
    let Some(old) = Series::of(before) else {
        return;
    };
    if Series::of(after).is_none() {
        // It happens once now: nothing is left out, nothing differs.
        after.set("overrides", Value::Null);
        if !given.contains_key("exdates") {
            after.set("exdates", Value::Null);
        }
        return;
    }
    let Some((start, _)) = anchor(after) else {
        return;
    };
    let place = Place { from: old.set.start, to: start };
    let moved = place.from != place.to;
    let same_dates =
        !moved && before.text("rrule") == after.text("rrule") && before.get("rdates") == after.get("rdates");
    if same_dates {
        return;
    }
    if moved && !given.contains_key("rdates") {
        let dates: Vec<String> =
            texts(before.get("rdates")).into_iter().filter_map(|text| carried(text, &place)).collect();
        set_list(after, "rdates", dates);
    }
    let Some(series) = Series::of(after) else {
        return;
    };
    if !given.contains_key("exdates") {
        let dates: Vec<String> = texts(before.get("exdates"))
            .into_iter()
            .filter_map(|text| Moment::from_str(text).ok())
            .filter_map(|name| shifted(&series, name, &place))
            .map(|name| name.to_string())
            .collect();
        set_list(after, "exdates", dates);
    }
    let overrides: Map<String, Json> = old
        .overrides
        .iter()
        .filter_map(|(name, patch)| {
            let name = shifted(&series, Moment::from_str(name).ok()?, &place)?;
            Some((name.to_string(), patch.clone()))
        })
        .collect();
    set_overrides(after, overrides);
}

/// A further date moved along; a period keeps its length by moving both ends.
fn carried(text: &str, place: &Place) -> Option<String> {
    let carry = |text: &str| Moment::from_str(text).ok().map(|moment| place.carry(moment, true).to_string());
    match text.split_once('/') {
        Some((start, end)) => Some(format!("{}/{}", carry(start)?, carry(end)?)),
        None => carry(text),
    }
}

/// Puts a list of dates into a field, in order and each once; nothing when it is empty.
pub fn set_list(record: &mut Record, field: &str, mut dates: Vec<String>) {
    dates.sort_unstable();
    dates.dedup();
    record.set(field, if dates.is_empty() { Value::Null } else { Value::Json(json!(dates)) });
}

/// Puts what differs on single dates into the record; nothing when nothing does.
pub fn set_overrides(record: &mut Record, overrides: Map<String, Json>) {
    let value = if overrides.is_empty() { Value::Null } else { Value::Json(Json::Object(overrides)) };
    record.set("overrides", value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_str(text).unwrap()
    }

    fn place(from: &str, to: &str) -> Place {
        Place { from: moment(from), to: moment(to) }
    }

    fn moved(rule: &str, from: &str, to: &str) -> Result<(String, bool), String> {
        let zone = TimeZone::get("Asia/Manila").unwrap();
        let rule = Rule::from_str(rule).unwrap();
        moved_rule(&rule, &place(from, to), &zone).map(|(rule, days)| (rule.to_string(), days))
    }

    #[test]
    fn names_of_days_move_with_the_date_that_they_name() {
        let monday = "2027-01-04T09:00:00";
        let tuesday = "2027-01-05T09:00:00";
        for (rule, from, to, expected) in [
            ("FREQ=WEEKLY;BYDAY=MO", monday, tuesday, "FREQ=WEEKLY;BYDAY=TU"),
            ("FREQ=WEEKLY", monday, tuesday, "FREQ=WEEKLY"),
            ("FREQ=WEEKLY;BYDAY=MO,WE", monday, tuesday, "FREQ=WEEKLY;BYDAY=TU,WE"),
            ("FREQ=MONTHLY;BYDAY=1MO", monday, "2027-01-13T09:00:00", "FREQ=MONTHLY;BYDAY=2WE"),
            (
                "FREQ=MONTHLY;BYDAY=-1MO",
                "2027-01-25T09:00:00",
                "2027-01-29T09:00:00",
                "FREQ=MONTHLY;BYDAY=-1FR",
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=4", monday, tuesday, "FREQ=MONTHLY;BYMONTHDAY=5"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31", "2027-01-30", "FREQ=MONTHLY;BYMONTHDAY=-2"),
            (
                "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=4",
                monday,
                "2027-02-04T09:00:00",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=4",
            ),
        ] {
            assert_eq!(moved(rule, from, to).unwrap().0, expected, "{rule}");
        }
    }

    #[test]
    fn what_a_rule_says_in_its_own_way_is_not_guessed() {
        let monday = "2027-01-04T09:00:00";
        for rule in [
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
            "FREQ=YEARLY;BYYEARDAY=4",
            "FREQ=YEARLY;BYWEEKNO=1",
            "FREQ=WEEKLY;BYDAY=FR",
            "FREQ=YEARLY;BYDAY=1MO",
        ] {
            assert!(moved(rule, monday, "2027-01-05T09:00:00").is_err(), "{rule}");
        }
        assert!(moved("FREQ=DAILY;BYHOUR=9,15", monday, "2027-01-04T10:00:00").is_err());
        assert!(moved("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", monday, "2027-01-04T10:00:00").is_ok());
    }

    #[test]
    fn the_last_date_is_not_cut_off_by_moving_it_later() {
        // Until nine o'clock of Manila on 25 January, which is one in the morning of UTC.
        let rule = "FREQ=WEEKLY;UNTIL=20270125T010000Z;BYDAY=MO";
        let (moved, _) = moved(rule, "2027-01-04T09:00:00", "2027-01-05T15:00:00").unwrap();
        assert_eq!(moved, "FREQ=WEEKLY;UNTIL=20270126T070000Z;BYDAY=TU");
    }

    #[test]
    fn others_are_carried_along_by_days_and_to_the_new_time() {
        let place = place("2027-01-04T09:00:00", "2027-01-05T14:30:00");
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-12T14:30:00"));
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), false), moment("2027-01-11T14:30:00"));
        // A further date at its own time keeps its distance.
        assert_eq!(place.carry(moment("2027-01-13T16:00:00"), true), moment("2027-01-14T21:30:00"));
        let to_days = Place { from: moment("2027-01-04T09:00:00"), to: moment("2027-01-04") };
        assert_eq!(to_days.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-11"));
    }
}
