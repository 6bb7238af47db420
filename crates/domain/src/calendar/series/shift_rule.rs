//! Shift of a recurrence rule when one occurrence is moved and all follow.

use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use obcms_recur::{Frequency, Last, Moment, Rule, Set, Until, weekday_name, weekday_named};

use super::moving::Shift;
use crate::core::message::Message;

/// Reason why a rule cannot be shifted, for people.
pub type Refusal = Message;

/// Shifted rule.
#[derive(Clone, Debug)]
pub struct ShiftedRule {
    /// The rule.
    pub rule: Rule,
    /// New start of the series.
    pub start: Moment,
    /// True if every occurrence moves by the same number of days, not only those of one weekday or each within its
    /// month.
    pub moves_all: bool,
}

/// Occurrences that move along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Along {
    /// All, by the same number of days.
    All,
    /// Those on the same weekday or day of the month, of several that the rule names.
    Same,
    /// All, each within its month: the second Tuesday becomes the second Wednesday.
    InMonth,
}

/// Number of first occurrences that are examined: they contain every weekday and day of the month that a rule names.
const LOOKED_AT: usize = 70;
/// Days before the last occurrence that contain the last of each of these weekdays and days.
const LAST_DAYS: i64 = 800;

fn too_special() -> Refusal {
    "The rule sets the days of this series. Change the rule to move all occurrences to other days.".into()
}

/// Shifts the rule of `set` so that the occurrence `place.from` becomes `place.to`: weekdays and days of the month
/// that named the old date name the new one. `zone` is the zone of the series after the move.
pub fn shift_rule(set: &Set, rule: &Rule, place: &Shift, zone: &TimeZone) -> Result<ShiftedRule, Refusal> {
    let (moved, along) = moved_days(rule, place, set.zone != *zone)?;
    let until = until_in(rule, &set.zone);
    if along == Along::All {
        // The end moves as all occurrences do.
        let rule = until.map_or(moved.clone(), |until| with_until(&moved, carried_until(until, place), zone));
        return Ok(ShiftedRule { rule, start: place.carry(set.start, true), moves_all: true });
    }
    let from = earliest(rule, set.start, place);
    let begun = Set::of_rule(from, zone.clone(), Some(moved.clone().without_end()));
    let new = |old: Moment| {
        let kept = place.carry(old, false);
        match along {
            _ if begun.contains(kept).unwrap_or(false) => Some(kept),
            Along::InMonth => in_month(&begun, place.month_of(old)),
            _ => Some(place.carry(old, true)),
        }
    };
    let endless = Set::of_rule(set.start, set.zone.clone(), Some(rule.clone().without_end()));
    let first = endless.between(None, None, LOOKED_AT)?;
    let start = first.iter().filter_map(|date| new(date.id)).min().ok_or_else(too_special)?;
    let Some(until) = until else {
        return Ok(ShiftedRule { rule: moved, start, moves_all: false });
    };
    let ending = Set::of_rule(set.start, set.zone.clone(), Some(rule.clone()));
    let last = match ending.last()? {
        Last::At(last) => {
            let since = last.start.checked_sub(SignedDuration::from_hours(24 * LAST_DAYS)).ok();
            let last = ending.between(since, None, LOOKED_AT * 10)?;
            last.iter().filter_map(|date| new(date.id)).max()
        }
        _ => None,
    };
    let begun = Set::of_rule(start, zone.clone(), Some(moved.clone().without_end()));
    let until = new_until(&begun, until, last.unwrap_or(start), place);
    Ok(ShiftedRule { rule: with_until(&moved, until, zone), start, moves_all: false })
}

/// Returns an instant before all moved occurrences from which the rule counts its weeks or months as before.
fn earliest(rule: &Rule, start: Moment, place: &Shift) -> Moment {
    let kept = place.carry(start, false);
    if rule.interval() == 1 {
        return kept.min(place.carry(start, true));
    }
    let day = match rule.frequency() {
        Frequency::Monthly | Frequency::Yearly => place.month_of(start),
        _ => week_of(start.date(), rule),
    };
    match kept {
        Moment::Date(_) => Moment::Date(day),
        Moment::DateTime(local) => Moment::DateTime(day.to_datetime(local.time())),
    }
}

/// Returns the end of a shifted rule whose last occurrence is `last`: the given day, unless that drops or adds
/// occurrences.
fn new_until(begun: &Set, until: Moment, last: Moment, place: &Shift) -> Moment {
    let said = carried_until(until, &at_same_day(place));
    let has_more = || {
        let after = last.instant(&begun.zone).checked_add(1.second()).ok();
        let more = begun.between(after, None, 1);
        more.is_ok_and(|more| more.first().is_some_and(|next| is_within(next.id, said)))
    };
    match until {
        _ if is_within(last, said) && !has_more() => said,
        Moment::Date(_) => Moment::Date(last.date()),
        Moment::DateTime(_) => last,
    }
}

/// Returns true if an occurrence is not after the end of its rule; a day as end includes all of it.
fn is_within(date: Moment, until: Moment) -> bool {
    match until {
        Moment::Date(day) => date.date() <= day,
        Moment::DateTime(local) => date.date_time() <= local,
    }
}

/// Returns the occurrence within the month that begins with a day, if there is one.
pub(super) fn in_month(set: &Set, first: Date) -> Option<Moment> {
    let from = match set.start {
        Moment::Date(_) => Moment::Date(first),
        Moment::DateTime(local) => Moment::DateTime(first.to_datetime(local.time())),
    };
    let month = Set { start: from, ..set.rule_alone() };
    let found = month.between(None, None, 1).ok()?.first()?.id;
    ((found.date().year(), found.date().month()) == (first.year(), first.month())).then_some(found)
}

/// Moves the end of a rule as an occurrence; the end of a day stays the end of a day.
fn carried_until(until: Moment, place: &Shift) -> Moment {
    let last_minute = Time::constant(23, 59, 0, 0);
    match (until, place.to) {
        (Moment::Date(day), _) => Moment::Date(day.saturating_add(place.days().days())),
        (Moment::DateTime(local), Moment::DateTime(_)) if local.time() >= last_minute => {
            Moment::DateTime(local.saturating_add(place.days().days()))
        }
        _ => place.carry(until, true),
    }
}

/// Returns the end of a rule for a new time of day or zone on the same days: the last occurrence is neither dropped
/// nor followed by another one.
#[must_use]
pub fn until_at_new_time(set: &Set, place: &Shift, zone: &TimeZone) -> Option<Rule> {
    let rule = set.rule.as_ref()?;
    let until = match until_in(rule, &set.zone)? {
        Moment::Date(_) => return None,
        Moment::DateTime(local) => local,
    };
    let moved = carried_until(Moment::DateTime(until), &at_same_day(place));
    Some(with_until(rule, moved, zone))
}

/// Returns the same change of the time of day without a change of the day.
fn at_same_day(place: &Shift) -> Shift {
    let day = place.from.date();
    let to = match place.to {
        Moment::Date(_) => Moment::Date(day),
        Moment::DateTime(local) => Moment::DateTime(day.to_datetime(local.time())),
    };
    Shift { from: place.from, to }
}

/// Returns the end of the rule as a local time of the zone.
fn until_in(rule: &Rule, zone: &TimeZone) -> Option<Moment> {
    Some(match rule.until()? {
        Until::Date(day) => Moment::Date(day),
        Until::Local(local) => Moment::DateTime(local),
        Until::Utc(instant) => Moment::at(instant, zone),
    })
}

/// Returns the rule with this last local time, which a rule with times writes in UTC (RFC 5545, 3.3.10).
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

/// Returns the rule with its days shifted, and the occurrences that move along.
fn moved_days(rule: &Rule, place: &Shift, changes_zone: bool) -> Result<(Rule, Along), Refusal> {
    let (old, new) = (place.from.date(), place.to.date());
    if place.time_differs()
        && !(rule.by_hour().is_empty() && rule.by_minute().is_empty() && rule.by_second().is_empty())
    {
        return Err("The rule sets the times of this series. Change the rule to move them.".into());
    }
    if old == new {
        return Ok((rule.clone(), Along::All));
    }
    if !(rule.by_position().is_empty() && rule.by_year_day().is_empty() && rule.by_week().is_empty()) {
        return Err(too_special());
    }
    let mut parts = Parts::of(rule);
    let mut along = Along::All;
    let other_month = (old.year(), old.month()) != (new.year(), new.month());
    match (parts.get("BYDAY"), parts.get("BYMONTHDAY")) {
        (Some(_), Some(_)) => return Err(too_special()),
        (Some(list), None) => {
            let has_ordinal = rule.by_day().iter().any(|day| day.ordinal.is_some());
            let in_month = parts.is("FREQ", "MONTHLY") || parts.get("BYMONTH").is_some();
            let several = list.contains(',');
            if in_month && other_month && (several || !has_ordinal || changes_zone) {
                return Err(too_special());
            }
            if changes_zone && has_ordinal {
                return Err(too_special());
            }
            if several && !changes_zone && rule.interval() > 1 && week_of(old, rule) != week_of(new, rule) {
                return Err(too_special());
            }
            let list = if changes_zone {
                later_weekdays(&list, place.days())
            } else {
                other_weekdays(&list, old, new, in_month)?
            };
            parts.set("BYDAY", &list);
            along = match (has_ordinal, several && !changes_zone) {
                (true, _) => Along::InMonth,
                (false, true) => Along::Same,
                (false, false) => Along::All,
            };
        }
        (None, Some(list)) => {
            let several = list.contains(',');
            if (several && changes_zone) || (other_month && parts.get("BYMONTH").is_none()) {
                return Err(too_special());
            }
            parts.set("BYMONTHDAY", &other_days(&list, old, new)?);
            along = if several { Along::Same } else { Along::All };
        }
        (None, None) => {}
    }
    if let Some(months) = parts.get("BYMONTH").filter(|_| other_month) {
        if months != old.month().to_string() {
            return Err(too_special());
        }
        parts.set("BYMONTH", &new.month().to_string());
    }
    Ok((parts.rule()?, along))
}

/// Returns the first day of the week of a day, by the WKST of the rule.
fn week_of(day: Date, rule: &Rule) -> Date {
    let since = day.weekday().since(rule.week_start());
    day.saturating_sub(i64::from(since).days())
}

/// Parts of a rule.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn of(rule: &Rule) -> Self {
        let text = rule.to_string();
        let parts = text.split(';').filter_map(|part| part.split_once('='));
        Self(parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).as_deref() == Some(value)
    }

    fn set(&mut self, name: &str, value: &str) {
        if let Some((_, old)) = self.0.iter_mut().find(|(key, _)| key == name) {
            value.clone_into(old);
        }
    }

    fn rule(&self) -> Result<Rule, Refusal> {
        let text: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(Rule::from_str(&text.join(";"))?)
    }
}

/// Shifts all weekdays of a list by a number of days, for another zone.
fn later_weekdays(list: &str, days: i64) -> String {
    let later: Vec<&str> = list
        .split(',')
        .filter_map(weekday_named)
        .map(|weekday| weekday_name(weekday.wrapping_add(days)))
        .collect();
    later.join(",")
}

fn other_weekdays(list: &str, old: Date, new: Date, in_month: bool) -> Result<String, Refusal> {
    let mut result: Vec<String> = Vec::new();
    let mut replaced = false;
    for item in list.split(',') {
        let (ordinal, weekday) = item.split_at(item.len().saturating_sub(2));
        let item = if weekday != weekday_name(old.weekday()) {
            item.to_owned()
        } else if ordinal.is_empty() {
            replaced = true;
            weekday_name(new.weekday()).to_owned()
        } else {
            let ordinal: i64 = ordinal.parse().map_err(|_| too_special())?;
            if !in_month {
                return Err(too_special());
            }
            if ordinal_in_month(old, ordinal < 0) == ordinal {
                replaced = true;
                format!("{}{}", ordinal_in_month(new, ordinal < 0), weekday_name(new.weekday()))
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

/// Returns the position of a day among its weekdays of the month: 1 to 5, or -1 to -5 from the end.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_str(text).unwrap()
    }

    fn moved_from(rule: &str, start: &str, from: &str, to: &str) -> Result<ShiftedRule, Message> {
        let zone = TimeZone::get("Asia/Manila").unwrap();
        let rule = Rule::from_str(rule).unwrap();
        let set = Set::of_rule(moment(start), zone.clone(), Some(rule.clone()));
        shift_rule(&set, &rule, &Shift { from: moment(from), to: moment(to) }, &zone)
    }

    fn moved(rule: &str, from: &str, to: &str) -> Result<String, Message> {
        moved_from(rule, from, from, to).map(|moved| moved.rule.to_string())
    }

    #[test]
    fn last_day_of_the_rule_stays_in_every_zone() {
        let rule = Rule::from_str("FREQ=WEEKLY;UNTIL=20270130;BYDAY=TU,TH").unwrap();
        let place = Shift { from: moment("2027-01-05"), to: moment("2027-01-06") };
        for zone in ["Asia/Manila", "America/Denver", "Pacific/Kiritimati", "Pacific/Niue", "UTC"] {
            let zone = TimeZone::get(zone).unwrap();
            let set = Set::of_rule(moment("2027-01-05"), zone.clone(), Some(rule.clone()));
            let moved = shift_rule(&set, &rule, &place, &zone).unwrap();
            // The last Thursday is the 28th; the next Wednesday would be in February.
            assert_eq!(moved.rule.to_string(), "FREQ=WEEKLY;UNTIL=20270130;BYDAY=WE,TH", "{zone:?}");
        }
    }

    #[test]
    fn weekdays_and_month_days_move_with_the_occurrence() {
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
            assert_eq!(moved(rule, from, to).unwrap(), expected, "{rule}");
        }
    }

    #[test]
    fn unsupported_rules_are_refused() {
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
        // A move into the week before would move the other days, too.
        assert!(moved("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", monday, "2027-01-03T09:00:00").is_err());
        assert!(moved("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", monday, "2027-01-08T09:00:00").is_ok());
    }

    #[test]
    fn end_moves_without_losing_or_adding_occurrences() {
        let end = |rule: &str, to: &str| {
            let moved = moved(rule, "2027-01-04T09:00:00", to).unwrap();
            moved.split(';').find_map(|part| part.strip_prefix("UNTIL=")).unwrap().to_owned()
        };
        // Until nine o'clock of Manila on 25 January, which is one in the morning of UTC.
        let weekly = "FREQ=WEEKLY;UNTIL=20270125T010000Z;BYDAY=MO";
        assert_eq!(end(weekly, "2027-01-05T15:00:00"), "20270126T070000Z");
        let daily = "FREQ=DAILY;UNTIL=20270125T010000Z";
        assert_eq!(end(daily, "2027-01-03T08:00:00"), "20270124T000000Z");
        // The end of a day stays one, and a day stays a day.
        assert_eq!(end("FREQ=DAILY;UNTIL=20270125T155959Z", "2027-01-05T20:00:00"), "20270126T155959Z");
        assert_eq!(end("FREQ=DAILY;UNTIL=20270125", "2027-01-05T20:00:00"), "20270126");
        // Only the Mondays move: the last Wednesday stays.
        let two = "FREQ=WEEKLY;UNTIL=20270127T010000Z;BYDAY=MO,WE";
        assert_eq!(end(two, "2027-01-02T09:00:00"), "20270127T010000Z");
        // In September 2027 the second Tuesday comes after the second Wednesday, which is the 8th.
        let nth = moved(
            "FREQ=MONTHLY;UNTIL=20270908T010000Z;BYDAY=2WE",
            "2027-01-13T09:00:00",
            "2027-01-12T09:00:00",
        );
        assert_eq!(nth.unwrap(), "FREQ=MONTHLY;UNTIL=20270914T010000Z;BYDAY=2TU");
    }

    #[test]
    fn series_begins_at_its_first_moved_occurrence() {
        let start = |rule: &str, start: &str, from: &str, to: &str| {
            let moved = moved_from(rule, start, from, to).unwrap();
            moved.start.date().to_string()
        };
        let two = "FREQ=WEEKLY;BYDAY=MO,WE";
        let monday = "2027-01-11T09:00:00";
        // The Wednesday of the first week is before its Friday.
        assert_eq!(start(two, "2027-01-04T09:00:00", monday, "2027-01-15T09:00:00"), "2027-01-06");
        assert_eq!(start(two, "2027-01-04T09:00:00", monday, "2027-01-12T09:00:00"), "2027-01-05");
        assert_eq!(start(two, "2027-01-06T09:00:00", monday, "2027-01-12T09:00:00"), "2027-01-06");
        // Days of the month do not change because they are on the same weekday.
        let days = "FREQ=MONTHLY;BYMONTHDAY=1,15";
        assert_eq!(start(days, "2027-02-01", "2027-02-15", "2027-02-16"), "2027-02-01");
        // In September the second Wednesday is before the second Tuesday.
        let nth = "FREQ=MONTHLY;BYDAY=2TU";
        assert_eq!(start(nth, "2027-09-14", "2027-10-12", "2027-10-13"), "2027-09-08");
    }

    #[test]
    fn change_of_zone_shifts_every_weekday() {
        let (manila, denver) =
            (TimeZone::get("Asia/Manila").unwrap(), TimeZone::get("America/Denver").unwrap());
        let rule = Rule::from_str("FREQ=WEEKLY;UNTIL=20270127T010000Z;BYDAY=MO,WE").unwrap();
        let set = Set::of_rule(moment("2027-01-04T09:00:00"), manila, Some(rule.clone()));
        let place = Shift { from: moment("2027-01-06T09:00:00"), to: moment("2027-01-05T18:00:00") };
        let moved = shift_rule(&set, &rule, &place, &denver).unwrap();
        assert_eq!(moved.rule.to_string(), "FREQ=WEEKLY;UNTIL=20270127T010000Z;BYDAY=TU,SU");
        assert_eq!(moved.start, moment("2027-01-03T18:00:00"));
        assert!(moved.moves_all);
    }
}
