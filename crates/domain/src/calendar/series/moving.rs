//! Moves of a whole series: the first date, and the ids of exceptions, additional dates and overrides.

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

/// Change of an occurrence: local start before and after.
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
    /// Returns the days between before and after.
    pub(super) fn days(&self) -> i64 {
        self.from.date().until(self.to.date()).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Returns the first day of the month of another occurrence after the move, when each occurrence moves within its
    /// month as this one does.
    pub(super) fn month_of(&self, other: Moment) -> Date {
        let month = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
        let months = month(self.to.date()) - month(self.from.date());
        other.date().first_of_month().saturating_add(months.months())
    }

    /// Returns true if the time of day changes.
    pub(super) fn time_differs(&self) -> bool {
        time_of(self.from) != time_of(self.to)
    }

    /// Moves another occurrence likewise: by the same number of days, to the time of this one.
    #[must_use]
    pub fn carry(&self, other: Moment, by_days: bool) -> Moment {
        let days = if by_days { self.days() } else { 0 };
        let day = other.date().saturating_add(days.days());
        match (self.to, self.from, other) {
            (Moment::Date(_), _, _) => Moment::Date(day),
            (Moment::DateTime(to), Moment::DateTime(from), Moment::DateTime(local)) => {
                // An occurrence with its own time of day keeps its distance from the others.
                let shift: SignedDuration = to.time().duration_since(from.time());
                let moved = day.to_datetime(local.time()).checked_add(shift);
                Moment::DateTime(moved.unwrap_or_else(|_| day.to_datetime(to.time())))
            }
            (Moment::DateTime(to), _, _) => Moment::DateTime(day.to_datetime(to.time())),
        }
    }
}

/// Occurrence whose change is applied to all.
#[derive(Clone, Debug)]
pub struct MovedOccurrence {
    /// Change of its start.
    pub place: Shift,
    /// Its recurrence id in the changed series; no other occurrence gets it.
    pub name: Moment,
    /// True if every occurrence moves by the same number of days.
    pub moves_all: bool,
}

/// Maps old to new recurrence ids of exceptions and overrides of a moved series.
///
/// An occurrence keeps its day, at the new time, if the series still has that day. Otherwise it moves by the days of
/// the moved occurrence, otherwise to the occurrence of the same month. In another zone (`same_zone` false) it moves
/// by the days first. When two ids collide, the occurrence that was moved itself wins, then the one matched by the
/// earlier rule, then exceptions over overrides. Ids without a match are dropped.
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

/// Keeps the last occurrence of the rule when the series begins at another time of day or in another zone.
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

/// Updates exceptions, additional dates and overrides after a change of dates, zone or rule. Lists in `given` are
/// taken as they are; `leader` is the occurrence whose change is applied to all, if any. Returns true if the
/// occurrences differ from those that were read, so that they must be validated again.
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
        // Not a series any more: no exceptions and no overrides.
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

/// Returns the override of an occurrence after the others moved: one with another length moves with them and keeps its
/// length, one with another start stays.
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
    if let Ok(Some(single)) = old.materialise(before, old_name)
        && let Some((_, length)) = anchor(&single)
    {
        let mut placed = after.clone();
        place_at(&mut placed, name, length);
        patch.insert(role.end.to_owned(), plain(end, placed.get(role.end)));
    }
    patch
}

/// Moves an additional date; a period keeps its length. The moved occurrence itself takes its new start, also when the
/// others move by another distance.
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

/// Sets a list of dates, sorted and without duplicates; empties the field for an empty list.
pub fn set_list(record: &mut Record, field: TypedField<List>, mut dates: Vec<String>) {
    dates.sort_unstable();
    dates.dedup();
    field.set(record, Some(dates).filter(|dates| !dates.is_empty()));
}

/// Sets the overrides; empties the field when there are none.
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
    fn other_occurrences_move_by_days_to_the_new_time() {
        let place = place("2027-01-04T09:00:00", "2027-01-05T14:30:00");
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-12T14:30:00"));
        assert_eq!(place.carry(moment("2027-01-11T09:00:00"), false), moment("2027-01-11T14:30:00"));
        // An additional date with its own time keeps its distance.
        assert_eq!(place.carry(moment("2027-01-13T16:00:00"), true), moment("2027-01-14T21:30:00"));
        let to_days = Shift { from: moment("2027-01-04T09:00:00"), to: moment("2027-01-04") };
        assert_eq!(to_days.carry(moment("2027-01-11T09:00:00"), true), moment("2027-01-11"));
    }
}
