//! Bookings that follow their event when it is moved.
//!
//! A booking with the times of its event takes over the new times. One with other times, such as a vehicle that leaves
//! an hour earlier, keeps its distance. The dates of a recurring booking follow the dates of the series.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use obcms_recur::Moment;
use serde_json::{Map, Value as Json, json};

use super::Span;
use crate::calendar::series::{
    self, Length, MAXIMUM_OVERRIDES, Series, Shift, anchor, place_at, set_list, set_overrides, zone_of,
};
use crate::registry::series::{EXDATES, OVERRIDES, RDATES, RRULE};
use crate::registry::shared::{ALL_DAY, END, START, TIMEZONE};
use crate::registry::{Record, TypedField, typed::List};

/// Fields of the time that event and booking share.
pub const TIMES: [&str; 7] =
    [ALL_DAY.name(), START.name(), END.name(), TIMEZONE.name(), RRULE.name(), RDATES.name(), EXDATES.name()];
/// Fields of the time of one occurrence.
const TIMES_OF_ONE: [&str; 4] = [ALL_DAY.name(), START.name(), END.name(), TIMEZONE.name()];

/// Most occurrences that are searched for the one at a time.
const MAXIMUM_AT_ONCE: usize = 50;

/// Returns true if the change moves the event, or one of its occurrences.
#[must_use]
pub fn is_moved(before: &Record, after: &Record) -> bool {
    TIMES.iter().any(|name| before.get(name) != after.get(name))
        || time_overrides(before) != time_overrides(after)
}

/// Returns the booking at the new times of its event; `None` if it stays.
#[must_use]
pub fn follow(before: &Record, after: &Record, booking: &Record) -> Option<Record> {
    if !is_moved(before, after) || has_times_of(booking, after) {
        return None;
    }
    let mut moved = booking.clone();
    if has_times_of(booking, before) {
        copy_times(after, &mut moved);
    } else {
        match (Series::of(before), Series::of(booking)) {
            (None, None) => shift_single((before, after), &mut moved)?,
            (Some(series), None) => shift_with_occurrence(&series, (before, after), &mut moved)?,
            (Some(_), Some(_)) => shift_series((before, after), booking, &mut moved)?,
            (None, Some(_)) => return None,
        }
    }
    (moved.values != booking.values).then_some(moved)
}

/// Returns the span of a record with times.
fn span(record: &Record) -> Option<Span> {
    Some(Span::new(START.get(record)?, END.get(record)?))
}

/// Sets the times of the record, and those of its occurrences, to those of the event.
pub fn copy_times(event: &Record, record: &mut Record) {
    for name in TIMES {
        record.set(name, event.get(name).clone());
    }
    let mut overrides = time_overrides(event);
    if let Some(series) = Series::of(record) {
        for (name, patch) in series.overrides {
            let others = patch.as_object().into_iter().flatten();
            let others: Map<String, Json> = others
                .filter(|(field, _)| !TIMES_OF_ONE.contains(&field.as_str()))
                .map(|(field, value)| (field.clone(), value.clone()))
                .collect();
            if let (false, Json::Object(known)) =
                (others.is_empty(), overrides.entry(name).or_insert_with(|| json!({})))
            {
                known.extend(others);
            }
        }
        set_overrides(record, overrides);
    } else {
        OVERRIDES.clear(record);
    }
}

/// Returns the overrides of a series, reduced to the times.
fn time_overrides(record: &Record) -> Map<String, Json> {
    let Some(series) = Series::of(record) else { return Map::new() };
    let times = |patch: &Json| -> Map<String, Json> {
        let fields = patch.as_object().into_iter().flatten();
        fields
            .filter(|(field, _)| TIMES_OF_ONE.contains(&field.as_str()))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect()
    };
    series
        .overrides
        .iter()
        .map(|(name, patch)| (name.clone(), times(patch)))
        .filter(|(_, patch)| !patch.is_empty())
        .map(|(name, patch)| (name, Json::Object(patch)))
        .collect()
}

/// Returns true if the booking has exactly the times of the event.
#[must_use]
pub fn has_times_of(booking: &Record, event: &Record) -> bool {
    TIMES.iter().all(|name| booking.get(name) == event.get(name))
        && time_overrides(booking) == time_overrides(event)
}

/// Moves a single booking by the distances of start and end of its event.
fn shift_single((before, after): (&Record, &Record), booking: &mut Record) -> Option<()> {
    let (old, new, booked) = (span(before)?, span(after)?, span(booking)?);
    if !booked.overlaps(&old) {
        return None;
    }
    let is_of_days = ALL_DAY.get(booking) || ALL_DAY.get(before) || ALL_DAY.get(after);
    if is_of_days {
        return shift_days((old, new), booking);
    }
    let start = new.start.duration_since(old.start);
    let mut end = new.end.duration_since(old.end);
    if start == SignedDuration::ZERO && booked.end >= new.end {
        end = SignedDuration::ZERO;
    }
    let shifted = Span::new(booked.start.checked_add(start).ok()?, booked.end.checked_add(end).ok()?);
    if shifted.is_empty() {
        return None;
    }
    START.set(booking, shifted.start);
    END.set(booking, shifted.end);
    Some(())
}

/// Moves a booking by whole days, at its own times.
fn shift_days((old, new): (Span, Span), booking: &mut Record) -> Option<()> {
    let zone = zone_of(booking);
    let day = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let days = day(old.start).until(day(new.start)).ok()?;
    for field in [START, END] {
        let local = field.get(booking)?.to_zoned(zone.clone());
        field.set(booking, local.checked_add(days).ok()?.timestamp());
    }
    Some(())
}

/// Moves a single booking with the occurrence at whose time it is.
fn shift_with_occurrence(
    series: &Series,
    (before, after): (&Record, &Record),
    booking: &mut Record,
) -> Option<()> {
    let name = occurrence_at(before, span(booking)?)?;
    let old = series.materialize(before, name).ok()??;
    let Some(moved) = Series::of(after) else {
        return shift_single((&old, after), booking);
    };
    let name = match moved.find(&name.to_string()).ok()? {
        Some(name) => name,
        None => {
            let place = Shift { from: series.set.start, to: moved.set.start };
            moved.find(&place.carry(name, true).to_string()).ok()??
        }
    };
    let new = moved.materialize(after, name).ok()??;
    shift_single((&old, &new), booking)
}

/// Returns the occurrence of the event that overlaps the span.
#[must_use]
pub fn occurrence_at(event: &Record, wanted: Span) -> Option<Moment> {
    let series = Series::of(event)?;
    let from = wanted.start.checked_sub(series.length.duration()).ok()?;
    let found = series.set.between(Some(from), Some(wanted.end), MAXIMUM_AT_ONCE).ok()?;
    let moved = series.overrides.keys().filter_map(|name| series.find(name).ok()?);
    found.into_iter().map(|occurrence| occurrence.id).chain(moved).find(|name| {
        let single = series.materialize(event, *name).ok().flatten();
        single.and_then(|single| span(&single)).is_some_and(|span| span.overlaps(&wanted))
    })
}

/// Returns the shift from the occurrences of the event to those of a recurring booking with the same rule; `None` if
/// the booking has a rule of its own.
#[must_use]
pub fn lead(event: &Record, booking: &Record) -> Option<Shift> {
    let overlaps = span(event)?.overlaps(&span(booking)?);
    let is_alike = ALL_DAY.get(event) == ALL_DAY.get(booking) && RRULE.get(event) == RRULE.get(booking);
    let shift = Shift { from: anchor(event)?.0, to: anchor(booking)?.0 };
    let same_day = shift.from.date() == shift.to.date();
    (overlaps && is_alike && same_day).then_some(shift)
}

/// Moves a recurring booking with the series of its event.
fn shift_series((before, after): (&Record, &Record), booking: &Record, moved: &mut Record) -> Option<()> {
    let shift = lead(before, booking)?;
    Series::of(after)?;
    // The event with its new times, before occurrences of their own change.
    let mut middle = before.clone();
    let is_shifted = [ALL_DAY.name(), START.name(), END.name(), TIMEZONE.name(), RRULE.name()]
        .iter()
        .any(|name| before.get(name) != after.get(name));
    if is_shifted {
        for name in TIMES_OF_ONE.into_iter().chain([RRULE.name()]) {
            middle.set(name, after.get(name).clone());
        }
        series::follow(before, &mut middle, &Map::new(), None);
        let ((old, old_length), (new, new_length)) = (anchor(before)?, anchor(after)?);
        for name in [ALL_DAY.name(), TIMEZONE.name(), RRULE.name()] {
            moved.set(name, after.get(name).clone());
        }
        let length = match (anchor(booking)?.1, old_length, new_length) {
            (Length::Time(own), Length::Time(old), Length::Time(new)) => Length::Time(own + (new - old)),
            (Length::Days(own), Length::Days(old), Length::Days(new)) => {
                Length::Days((own + new - old).max(1))
            }
            (_, _, new) => new,
        };
        let own = Shift { from: old, to: new };
        place_at(moved, own.carry(shift.to, true), length);
        series::follow(booking, moved, &Map::new(), None);
    }
    let shift = Shift { from: anchor(after)?.0, to: anchor(moved)?.0 };
    carry_dates(RDATES, (&middle, after), &shift, moved);
    carry_dates(EXDATES, (&middle, after), &shift, moved);
    carry_overrides((&middle, after), &shift, moved)
}

/// Adds and removes the dates of the booking that the event gained and lost.
fn carry_dates(
    field: TypedField<List>,
    (middle, after): (&Record, &Record),
    shift: &Shift,
    moved: &mut Record,
) {
    let texts =
        |record: &Record| -> Vec<String> { field.get(record).into_iter().map(ToOwned::to_owned).collect() };
    let carried = |text: &String| Moment::from_str(text).ok().map(|date| shift.carry(date, true).to_string());
    let (old, new) = (texts(middle), texts(after));
    let mut dates = texts(moved);
    let lost: Vec<String> = old.iter().filter(|date| !new.contains(date)).filter_map(carried).collect();
    dates.retain(|date| !lost.contains(date));
    dates.extend(new.iter().filter(|date| !old.contains(date)).filter_map(carried));
    set_list(moved, field, dates);
}

/// Moves the occurrences of the booking whose occurrence of the event was moved.
fn carry_overrides((middle, after): (&Record, &Record), shift: &Shift, moved: &mut Record) -> Option<()> {
    let (old, new) = (time_overrides(middle), time_overrides(after));
    let series = Series::of(moved)?;
    let of_event = Series::of(after)?;
    let mut overrides = series.overrides.clone();
    let names: Vec<&String> =
        old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    for name in names {
        let id = Moment::from_str(name).ok()?;
        let own = shift.carry(id, true);
        // An occurrence that the booking does not have is not moved.
        let Some(base) = series.base(moved, own).ok()? else { continue };
        let (Some(regular), Some(single)) =
            (of_event.base(after, id).ok()?, of_event.materialize(after, id).ok()?)
        else {
            continue;
        };
        let mut placed = base.clone();
        shift_single((&regular, &single), &mut placed);
        let mut patch =
            overrides.get(&own.to_string()).and_then(Json::as_object).cloned().unwrap_or_default();
        patch.retain(|field, _| !TIMES_OF_ONE.contains(&field.as_str()));
        if span(&placed) != span(&base) {
            for field in [START, END] {
                patch.insert(field.name().to_owned(), json!(field.get(&placed)?.to_string()));
            }
        }
        if patch.is_empty() {
            overrides.remove(&own.to_string());
        } else {
            overrides.insert(own.to_string(), Json::Object(patch));
        }
    }
    if overrides.len() <= MAXIMUM_OVERRIDES {
        set_overrides(moved, overrides);
    }
    Some(())
}
