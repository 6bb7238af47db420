//! Bookings of generated tasks: a resource, or the first free one of a type, relative to the due date.
//!
//! A resource that cannot be booked does not stop the generation: the task says so in its description.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_domain::bookings::Span;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::template_items::minutes;
use obcms_domain::kinds::{BOOKING, TASK, booking, task};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::bookings::within;
use obcms_store::records::references;
use obcms_store::tasks::templates as store;
use serde_json::{Map, Value as Json, json};

use crate::core::{AppError, UnitOfWork};
use crate::records::{create, reload};

/// Start of a booking without a time, in minutes after midnight.
const MORNING: i64 = 8 * 60;
/// End of a booking without a length.
const EVENING: i64 = 17 * 60;
/// Resources of a type that are tried for one task.
const TRIED: usize = 5;

/// Returns true if the item books a resource.
pub(super) fn is_wanted(item: &Json) -> bool {
    !text(item, "booking_resource").is_empty() || !text(item, "booking_resource_type").is_empty()
}

fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// Returns the period that an item books for a task due on that day.
pub(super) fn span_of(item: &Json, due: Date, zone: &TimeZone) -> Span {
    let day = due.saturating_add(item.get("booking_days").and_then(Json::as_i64).unwrap_or(0).days());
    let start = minutes(text(item, "booking_start")).unwrap_or(MORNING);
    // Bounded by the validation of the template's items.
    #[allow(clippy::cast_possible_truncation)]
    let length = item.get("booking_hours").and_then(Json::as_f64).map(|hours| (hours * 60.0).round() as i64);
    let length = length.unwrap_or(if start < EVENING { EVENING - start } else { 60 }).max(1);
    let at = |minutes: i64| {
        let midnight = day.at(0, 0, 0, 0).saturating_add(minutes.minutes());
        midnight.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |moment| moment.timestamp())
    };
    Span::new(at(start), at(start + length))
}

/// Books the resources of new tasks.
pub(super) fn book(work: &mut UnitOfWork<'_, '_>, wanted: &[(&Record, &Json)]) -> Result<(), AppError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let zone = work.app.zone().clone();
    let spans: Vec<Span> = wanted
        .iter()
        .map(|(task, item)| span_of(item, task::DUE_DATE.get(task).unwrap_or(work.today), &zone))
        .collect();
    let types: Vec<&str> = wanted.iter().map(|(_, item)| text(item, "booking_resource_type")).collect();
    let available = store::available_resources(work.tx, &types)?;
    let named: Vec<Id> =
        wanted.iter().filter_map(|(_, item)| text(item, "booking_resource").parse().ok()).collect();
    let known = references(work.tx, &named)?;
    let all: Vec<Id> = available.iter().map(|resource| resource.0).collect();
    let around =
        spans.iter().fold(spans[0], |sum, span| Span::new(sum.start.min(span.start), sum.end.max(span.end)));
    let taken = if all.is_empty() { Vec::new() } else { within(work.tx, &all, around, None)? };
    let mut taken: Vec<(Id, Span)> = taken.into_iter().map(|slot| (slot.resource, slot.taken)).collect();
    for ((task, item), span) in wanted.iter().zip(&spans) {
        let given: Option<Id> = text(item, "booking_resource").parse().ok();
        let is_free = |id: Id| !taken.iter().any(|(other, known)| *other == id && known.overlaps(span));
        let candidates: Vec<Id> = match given {
            Some(id) => {
                known.get(&id).filter(|found| !found.is_archived).map(|found| found.id).into_iter().collect()
            }
            None => available
                .iter()
                .filter(|(id, kind, _)| kind == text(item, "booking_resource_type") && is_free(*id))
                .map(|(id, ..)| *id)
                .take(TRIED)
                .collect(),
        };
        let mut refusal: Message = match given {
            Some(_) => "It is archived or does not exist.".into(),
            None => "None is free.".into(),
        };
        let mut is_booked = false;
        for resource in candidates {
            match book_one(work, task, resource, *span)? {
                Ok(()) => {
                    taken.push((resource, *span));
                    is_booked = true;
                    break;
                }
                Err(reason) => refusal = reason,
            }
        }
        if !is_booked {
            let name = given.and_then(|id| known.get(&id)).map(|found| found.title.clone());
            tell(work, task, item, name, *span, &refusal)?;
        }
    }
    Ok(())
}

/// Books a resource by the command that people use, as a part of the generation. Returns the refusal.
fn book_one(
    work: &mut UnitOfWork<'_, '_>,
    task: &Record,
    resource: Id,
    span: Span,
) -> Result<Result<(), Message>, AppError> {
    let mut input = Map::new();
    input.insert(booking::PURPOSE.name().to_owned(), json!(task.title()));
    input.insert(booking::RESOURCE.name().to_owned(), json!(resource));
    input.insert(booking::START.name().to_owned(), json!(span.start.to_string()));
    input.insert(booking::END.name().to_owned(), json!(span.end.to_string()));
    input.insert(booking::ORIGIN.name().to_owned(), json!({ "kind": TASK.name, "id": task.id }));
    match work.as_effect(|work| create(work, &BOOKING, &input)) {
        Ok(_) => Ok(Ok(())),
        // The other booking is not named: not everybody who sees the task may see it.
        Err(AppError::Conflict { .. }) => Ok(Err("It is already booked at that time.".into())),
        Err(AppError::Invalid(errors)) => {
            let first = errors.into_iter().next().map(|error| error.message);
            Ok(Err(first.unwrap_or_else(|| "It cannot be booked then.".into())))
        }
        Err(AppError::Forbidden { .. } | AppError::ForbiddenFields { .. } | AppError::NotFound(_)) => {
            Ok(Err("Whoever created the tasks may not book it.".into()))
        }
        Err(other) => Err(other),
    }
}

/// Adds to the description of the task that its resource is not booked, and why.
fn tell(
    work: &mut UnitOfWork<'_, '_>,
    task: &Record,
    item: &Json,
    name: Option<String>,
    span: Span,
    reason: &Message,
) -> Result<(), AppError> {
    let zone = work.app.zone();
    let (start, end) = (span.start.to_zoned(zone.clone()), span.end.to_zoned(zone.clone()));
    let from = start.strftime("%a %-d %b %Y, %H:%M").to_string();
    let until =
        end.strftime(if start.date() == end.date() { "%H:%M" } else { "%a %-d %b %Y, %H:%M" }).to_string();
    let what = name.unwrap_or_else(|| match text(item, "booking_resource_type") {
        "" => "resource".to_owned(),
        kind => kind.to_owned(),
    });
    let note = message!(
        "Not booked: {what}, {from} to {until}. {reason}",
        what = Word::text(what),
        from = Word::text(from),
        until = Word::text(until),
        reason = reason.clone()
    );
    let before = reload(work, task)?;
    let mut record = before.clone();
    let known = task::DESCRIPTION.get(&before);
    let text = if known.is_empty() { note.english() } else { format!("{known}\n\n{}", note.english()) };
    task::DESCRIPTION.set(&mut record, text);
    work.as_effect(|work| work.save(&before, &mut record, "update"))?;
    Ok(())
}
