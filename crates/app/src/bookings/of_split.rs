//! Bookings of an event whose series is split: those of later occurrences belong to the second part.

use obcms_domain::bookings::following::{follow, lead, occurrence_at};
use obcms_domain::bookings::uses;
use obcms_domain::calendar::series::Series;
use obcms_domain::kinds::{BOOKING, EVENT, booking};
use obcms_domain::registry::{Link, Record};

use super::of_event::{Changes, held, release};
use crate::calendar::series::rest;
use crate::core::rules::Split;
use crate::core::unit_of_work::Reservation;
use crate::core::{AppError, UnitOfWork};
use crate::records::reservation::MOVED;

/// Returns the bookings of an event whose series is about to be split.
pub fn before_split(work: &mut UnitOfWork<'_, '_>, event: &Record) -> Result<Vec<Record>, AppError> {
    if *event.kind == EVENT { held(work, event.id) } else { Ok(Vec::new()) }
}

/// Splits the bookings with the series of their event: those of later occurrences belong to the second part.
pub fn split(work: &mut UnitOfWork<'_, '_>, parts: &Split<'_>) -> Result<(), AppError> {
    let reservation = work.reservation.take();
    let requested = match &reservation {
        Some(Reservation::All { resources, .. }) => Some(resources.as_slice()),
        _ => None,
    };
    work.as_own(|work| {
        let mut changes = Changes::default();
        let mut continued = Vec::new();
        for old in &parts.bookings {
            let Some(resource) = booking::RESOURCE.get(old) else { continue };
            let is_wanted = requested.is_none_or(|requested| requested.contains(&resource));
            let Some(new) = second_part(work, parts, old)? else { continue };
            let is_single = new.id == old.id;
            if !is_wanted {
                if is_single {
                    release(work, old)?;
                }
                continue;
            }
            continued.push(new.clone());
            changes.attempt(work, (Some(old.id), resource), |work| {
                let mut new = new;
                if is_single {
                    work.before_series(Some(old), &mut new)?;
                    return work.save(old, &mut new, MOVED).map(|_| ());
                }
                let known = uses(old);
                if !uses(&new).iter().all(|one| known.iter().any(|known| known.span == one.span)) {
                    work.before_series(None, &mut new)?;
                }
                work.insert(std::slice::from_ref(&new))
            })?;
        }
        if let Some(requested) = requested {
            changes.add(work, parts.new, &continued, requested, None)?;
        }
        changes.finish(&continued, requested).map(|_| ())
    })
}

/// Returns the booking of the second part: a continuation of a series, or the single booking of a later occurrence.
fn second_part(
    work: &UnitOfWork<'_, '_>,
    parts: &Split<'_>,
    old: &Record,
) -> Result<Option<Record>, AppError> {
    let origin = Link { kind: EVENT.name.to_owned(), id: parts.new.id };
    let (Some(event), Some(before)) = (Series::of(parts.before), Series::of(parts.tail)) else {
        return Ok(None);
    };
    let Some(series) = Series::of(old) else {
        let name = uses(old).first().and_then(|one| occurrence_at(parts.before, one.span));
        let is_later = name.is_some_and(|name| event.instant(name) >= before.instant(parts.date));
        let mut new = follow(parts.tail, parts.new, old).unwrap_or_else(|| old.clone());
        booking::ORIGIN.set(&mut new, origin);
        return Ok(is_later.then_some(new));
    };
    let Some(shift) = lead(parts.before, old) else { return Ok(None) };
    let date = shift.carry(parts.date, true);
    let mut part = work.new_record(&BOOKING);
    part.values.clone_from(&old.values);
    part.created_by = old.created_by.or(work.actor.id);
    booking::CONTINUES.set(&mut part, old.id);
    rest(&mut part, &series, date)?;
    if uses(&part).is_empty() {
        return Ok(None);
    }
    let mut new = follow(parts.tail, parts.new, &part).unwrap_or(part);
    booking::ORIGIN.set(&mut new, origin);
    Ok(Some(new))
}
