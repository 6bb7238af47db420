//! Moving a whole series: its first date, and the names of its left-out, further and changed dates.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ToSpan};
use obcms_recur::Moment;
use serde_json::{Map, Value as Json};

use super::shift_rule::{in_month, until_at_new_time};
use super::{Series, anchor, place_at, recurs, zone_of};
use crate::registry::output::plain;
use crate::registry::series::{EXDATES, OVERRIDES, RDATES, RRULE};
use crate::registry::typed::List;
use crate::registry::{Record, TypedField};

/// What a date of a series was and what it becomes: local start and zone.
#[derive(Clone, Debug)]
pub struct Shift {
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

impl Shift {
    /// Days between before and after.
    pub(super) fn days(&self) -> i64 {
        self.from.date().until(self.to.date()).map_or(0, |span| i64::from(span.get_days()))
    }

    /// The first day of the month in which another date is then, when each moves within its month as this one does.
    pub(super) fn month_of(&self, other: Moment) -> Date {
        let month = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
        let months = month(self.to.date()) - month(self.from.date());
        other.date().first_of_month().saturating_add(months.months())
    }

    /// Whether the time of day becomes another one.
    pub(super) fn time_differs(&self) -> bool {
        time_of(self.from) != time_of(self.to)
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

/// The date whose change led to that of all dates.
#[derive(Clone, Debug)]
pub struct MovedOccurrence {
    /// What it was and what it is.
    pub place: Shift,
    /// Its name in the changed series; no other date gets it.
    pub name: Moment,
    /// Whether every date moves by as many days as this one.
    pub moves_all: bool,
}

/// Old and new names of left-out and changed dates of a series that was moved.
///
/// A date keeps its day, at the new time, where the series still has that day; else it goes as many days as the date
/// that was moved, else to the date within the same month. In another zone (`same_zone` false) it goes as many days
/// first. Where two meet, what was moved by itself comes first, then what took the earlier of these ways, and of these
/// what is left out before what is changed. What finds no place is dropped.
fn new_names(
    series: &Series,
    (left_out, changed): (&[Moment], &[Moment]),
    place: &Shift,
    leader: Option<&MovedOccurrence>,
    same_zone: bool,
) -> (BTreeMap<Moment, Moment>, BTreeMap<Moment, Moment>) {
    let mut of_rule = series.set.clone();
    of_rule.exclusions.clear();
    let is_date = |name: Moment| of_rule.contains(name).unwrap_or(false);
    let mut taken: BTreeSet<Moment> = leader.iter().map(|leader| leader.name).collect();
    let mut names = (BTreeMap::new(), BTreeMap::new());
    let kept = |name: Moment| Some(place.carry(name, false));
    let along = |name: Moment| Some(place.carry(name, true));
    let in_its_month = |name: Moment| match &of_rule.rule {
        Some(rule) if leader.is_some() && rule.by_day().iter().any(|day| day.ordinal.is_some()) => {
            in_month(&of_rule, place.month_of(name))
        }
        _ => None,
    };
    let mut ways: [&dyn Fn(Moment) -> Option<Moment>; 3] = [&kept, &along, &in_its_month];
    if !same_zone {
        ways.swap(0, 1);
    }
    for way in ways {
        for (list, found) in [(left_out, &mut names.0), (changed, &mut names.1)] {
            for name in list {
                if found.contains_key(name) {
                    continue;
                }
                if let Some(new) = way(*name).filter(|new| is_date(*new) && !taken.contains(new)) {
                    taken.insert(new);
                    found.insert(*name, new);
                }
            }
        }
    }
    names
}

/// When a series begins at another time of day or is in another zone, its rule ends with the same date as before.
pub fn keep_end(before: &Record, after: &mut Record) {
    if RRULE.get(before) != RRULE.get(after) {
        return;
    }
    if let (Some(old), Some((start, _))) = (Series::of(before), anchor(after)) {
        let place = Shift { from: old.set.start, to: start };
        let zone = zone_of(after);
        if (place.time_differs() || old.set.zone != zone)
            && let Some(rule) = until_at_new_time(&old.set, &place, &zone)
        {
            RRULE.set(after, rule.to_string());
        }
    }
}

/// After dates, zone or rule of a series were changed: keeps left-out, further and changed dates right. Lists that were
/// given anew (`given`) are as they were given; `leader` is the date whose change this is of all, when it is. Answers
/// whether the series has other dates by that than it was read with, so that they are to be checked anew.
pub fn follow(
    before: &Record,
    after: &mut Record,
    given: &Map<String, Json>,
    leader: Option<&MovedOccurrence>,
) -> bool {
    if !recurs(after.kind) {
        return false;
    }
    let Some(old) = Series::of(before) else {
        return false;
    };
    if Series::of(after).is_none() {
        // It happens once now: nothing is left out, nothing differs.
        OVERRIDES.clear(after);
        if !given.contains_key("exdates") {
            EXDATES.clear(after);
        }
        return false;
    }
    let Some((start, _)) = anchor(after) else {
        return false;
    };
    let first = Shift { from: old.set.start, to: start };
    let zone = zone_of(after);
    let moved = first.from != first.to || old.set.zone != zone;
    let same_rule = RRULE.get(before) == RRULE.get(after);
    if !moved && same_rule && RDATES.is_same(before, after) {
        return false;
    }
    let read_with = (RDATES.value(after).clone(), EXDATES.value(after).clone());
    let place = leader.map_or(&first, |leader| &leader.place);
    let by_days = leader.is_none_or(|leader| leader.moves_all);
    if moved && !given.contains_key("rdates") {
        let dates: Vec<String> =
            RDATES.get(before).into_iter().filter_map(|text| carried(text, place, by_days, leader)).collect();
        set_list(after, RDATES, dates);
    }
    let Some(series) = Series::of(after) else {
        return true;
    };
    let read = |text: &str| Moment::from_str(text).ok();
    let left_out: Vec<Moment> = if given.contains_key("exdates") {
        Vec::new()
    } else {
        EXDATES.get(before).into_iter().filter_map(read).collect()
    };
    let changed: Vec<Moment> = old.overrides.keys().filter_map(|name| read(name)).collect();
    let (left_out, changed) = new_names(&series, (&left_out, &changed), place, leader, old.set.zone == zone);
    if !given.contains_key("exdates") {
        set_list(after, EXDATES, left_out.into_values().map(|name| name.to_string()).collect());
    }
    let overrides: Map<String, Json> = changed
        .into_iter()
        .filter_map(|(old_name, name)| {
            let patch = old.overrides.get(&old_name.to_string())?.as_object()?.clone();
            let patch = at_new_place(before, after, &old, (old_name, name), patch);
            Some((name.to_string(), Json::Object(patch)))
        })
        .collect();
    set_overrides(after, overrides);
    read_with != (RDATES.value(after).clone(), EXDATES.value(after).clone())
}

/// What differs on a date, after the others were moved: one that lasts longer or shorter goes with them and keeps its
/// length, one that begins elsewhere stays.
fn at_new_place(
    before: &Record,
    after: &Record,
    old: &Series,
    (old_name, name): (Moment, Moment),
    mut patch: Map<String, Json>,
) -> Map<String, Json> {
    let role = old.role;
    let Some(end) = after.kind.field(role.end).filter(|_| patch.contains_key(role.end)) else {
        return patch;
    };
    if patch.contains_key(role.start) || after.get(role.start).is_empty() {
        return patch;
    }
    if let Ok(Some(single)) = old.materialize(before, old_name)
        && let Some((_, length)) = anchor(&single)
    {
        let mut placed = after.clone();
        place_at(&mut placed, name, length);
        patch.insert(role.end.to_owned(), plain(end, placed.get(role.end)));
    }
    patch
}

/// A further date moved along; a period keeps its length by moving both ends. The date that was moved itself goes where it
/// was put, also when not all go as far.
fn carried(text: &str, place: &Shift, by_days: bool, leader: Option<&MovedOccurrence>) -> Option<String> {
    let read = |text: &str| Moment::from_str(text).ok();
    let (start, end) = match text.split_once('/') {
        Some((start, end)) => (read(start)?, Some(read(end)?)),
        None => (read(text)?, None),
    };
    let by_days = by_days || leader.is_some_and(|leader| leader.name == place.carry(start, true));
    let carry = |moment: Moment| place.carry(moment, by_days);
    Some(match end {
        Some(end) => format!("{}/{}", carry(start), carry(end)),
        None => carry(start).to_string(),
    })
}

/// Puts a list of dates into a field, in order and each once; nothing when it is empty.
pub fn set_list(record: &mut Record, field: TypedField<List>, mut dates: Vec<String>) {
    dates.sort_unstable();
    dates.dedup();
    field.set(record, Some(dates).filter(|dates| !dates.is_empty()));
}

/// Puts what differs on single dates into the record; nothing when nothing does.
pub fn set_overrides(record: &mut Record, overrides: Map<String, Json>) {
    OVERRIDES.set(record, (!overrides.is_empty()).then_some(Json::Object(overrides)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_str(text).unwrap()
    }

    fn place(from: &str, to: &str) -> Shift {
        Shift { from: moment(from), to: moment(to) }
    }

    #[test]
    fn others_are_carried_along_by_days_and_to_the_new_time() {
        let place = place("2027-01-04T09:00:00", "2027-01-05T14:30:00");
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-12T14:30:00"));
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), false), moment("2027-01-11T14:30:00"));
        // A further date at its own time keeps its distance.
        assert_eq!(place.carry(moment("2027-01-13T16:00:00"), true), moment("2027-01-14T21:30:00"));
        let to_days = Shift { from: moment("2027-01-04T09:00:00"), to: moment("2027-01-04") };
        assert_eq!(to_days.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-11"));
    }
}
