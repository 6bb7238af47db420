//! Moving a calendar entry to other dates, or reassigning it. Both are updates of the record on the regular write path.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::Series;
use obcms_domain::calendar::{self, DatedEntry, actions, unfloating};
use obcms_domain::entries;
use obcms_domain::kinds::EVENT;
use obcms_domain::programme::milestones::numbers;
use obcms_domain::registry::action::ActionInput;
use obcms_domain::registry::series::RRULE;
use obcms_domain::registry::shared::{ALL_DAY, END, START, TIMEZONE};
use obcms_domain::registry::{DateRole, FieldType, Record, Value, moment, parse_date};
use obcms_store::calendar::{self as store, EntryRow};
use serde_json::{Value as Json, json};

use super::reassignment::{self, Reassignment};
use super::{EntryId, Feed};
use crate::calendar::series::{Scope, Target};
use crate::core::unit_of_work::Reservation;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::undo_address;
use crate::records::{self, Input};

/// Result of moving an entry.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Entry after the move.
    pub feed: Feed,
    /// Undo address; `None` if nothing changed.
    pub undo: Option<String>,
    /// Version of the record.
    pub version: i64,
}

impl App {
    /// Moves an entry. `expected` is the version of the record that the actor saw.
    pub fn move_entry(
        &self,
        actor: &Actor,
        entry: &str,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Moved, AppError> {
        self.write(actor, |work| move_entry(work, entry, input, expected))
    }
}

pub(super) fn missing() -> AppError {
    AppError::NotFound("entry")
}

fn move_entry(
    work: &mut UnitOfWork<'_, '_>,
    entry: &str,
    input: &Input,
    expected: Option<i64>,
) -> Result<Moved, AppError> {
    let id = EntryId::parse(entry).ok_or_else(missing)?;
    let (kind, role) = id.described().ok_or_else(missing)?;
    let before = work.load(kind, id.record)?;
    if let Some(recurrence) = id.recurrence {
        return move_date(work, &before, role, recurrence, input, expected);
    }
    if Series::of(&before).is_some() {
        return Err(AppError::conflict("This entry repeats. Say which occurrence to move."));
    }
    let current = entries::own(&before)
        .into_iter()
        .find(|entry| entry.entry_kind == id.entry_kind && entry.position == id.position)
        .ok_or_else(missing)?;
    records::require_write(work.actor)?;
    require_edit(work, &before, role)?;
    let input = actions::MOVE_ENTRY.parse(input).map_err(AppError::Invalid)?;
    let request = MoveRequest::read(&input);
    let patch = change(&before, role, &current, &request, work.app.zone())?;
    let reassignment = &request.reassignment;
    // A booking that moves with its event is reassigned in the same step.
    let replaced = reassignment.replaced(kind).filter(|_| request.is_moved());
    work.reservation = replaced.map(|(old, new)| Reservation::Replace { old, new });
    let after = records::update(work, kind, id.record, &patch, expected)
        .map_err(|error| reassignment.with_entry_parameters(with_entry_parameters(error, role), kind))?;
    let bookings = if replaced.is_some() && work.reservation.is_none() {
        Vec::new()
    } else {
        work.reservation = None;
        reassignment::bookings(work, &before, &after, reassignment)?
    };
    let mut rows = store::of_record(work.tx, after.id)?;
    if rows.is_empty() {
        // A booking shown as part of an event has no row of its own.
        let entries = entries::own(&after).into_iter();
        rows.extend(entries.map(|entry| EntryRow::of(&after, entry, "")));
    }
    rows.retain(|row| row.entry_kind == id.entry_kind && row.position == id.position);
    let feed = work.app.feed(work.tx, work.actor, rows)?;
    // Any record of the change set can undo it.
    let undone = if after.version == before.version { bookings.first() } else { Some(&after) };
    let undo = undone.map(|record| undo_address(record.kind, record.id, work.change_set));
    Ok(Moved { feed, undo, version: after.version })
}

/// Requires the right to edit the record; errors name the fields of the entry.
fn require_edit(work: &mut UnitOfWork<'_, '_>, record: &Record, role: &DateRole) -> Result<(), AppError> {
    let names = [role.start].into_iter();
    let asked = work.actor.require_names(work.tx, Action::Edit, record, names);
    asked.map_err(|error| with_entry_parameters(error, role))
}

/// Returns the field changes by which the copy of an entry is reassigned.
pub(super) fn reassigned_fields(
    record: &Record,
    role: &DateRole,
    request: &MoveRequest<'_>,
) -> Result<Input, AppError> {
    let fields = reassignment::fields(record, role, &request.reassignment)?;
    if request.reassignment.resource.is_some() && fields.is_empty() {
        return Err(AppError::field(
            actions::RESOURCE.name(),
            "kind",
            "A copy of this entry cannot have a resource.",
        ));
    }
    Ok(fields)
}

/// Returns the field changes of a move: other times, another assignee, or both.
fn change(
    record: &Record,
    role: &DateRole,
    current: &DatedEntry,
    request: &MoveRequest<'_>,
    office: &TimeZone,
) -> Result<Input, AppError> {
    let mut fields = reassignment::fields(record, role, &request.reassignment)?;
    let is_reassigned = request.reassignment != Reassignment::default();
    if request.is_moved() || !is_reassigned {
        if !current.movable {
            return Err(AppError::conflict("This date is calculated from other values and cannot be moved."));
        }
        fields.extend(patch(record, role, current, request, office)?);
    }
    if *record.kind == EVENT
        && let Some(resources) = request.resources
    {
        fields.insert(actions::RESOURCES.name().to_owned(), resources.clone());
    }
    Ok(fields)
}

/// Returns the record with the values of one occurrence, and the entry of that occurrence.
pub(super) fn single(record: &Record, recurrence: &str) -> Result<(Record, DatedEntry), AppError> {
    let series = Series::of(record).ok_or_else(missing)?;
    let refused = |error: obcms_recur::ExpandError| AppError::Internal(error.to_string());
    let date = series.find(recurrence).map_err(refused)?.ok_or_else(missing)?;
    let single = series.materialize(record, date).map_err(refused)?.ok_or_else(missing)?;
    let entry = entries::of_occurrence(&single).ok_or_else(missing)?;
    Ok((single, entry))
}

/// Moves one occurrence, this and following, or all.
fn move_date(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    role: &'static DateRole,
    recurrence: &str,
    input: &Input,
    expected: Option<i64>,
) -> Result<Moved, AppError> {
    let kind = record.kind;
    let (single, current) = single(record, recurrence)?;
    records::require_write(work.actor)?;
    require_edit(work, record, role)?;
    let input = actions::MOVE_ENTRY.parse(input).map_err(AppError::Invalid)?;
    let request = MoveRequest::read(&input);
    let patch = change(&single, role, &current, &request, work.app.zone())?;
    let reassignment = &request.reassignment;
    let reassigns_bookings = reassignment.resource.is_some() && reassignment::resource_field(kind).is_none();
    if reassigns_bookings && request.scope != Scope::All {
        return Err(AppError::conflict(
            "A booking of a series applies to all occurrences. Change the resource for all \
             occurrences, or change the booking on its page.",
        ));
    }
    let target = Target { kind, id: record.id, recurrence_id: recurrence, scope: request.scope, expected };
    let after = crate::calendar::series::change(work, &target, &patch)
        .map_err(|error| reassignment.with_entry_parameters(with_entry_parameters(error, role), kind))?;
    let times = [START.name(), END.name(), ALL_DAY.name(), TIMEZONE.name(), RRULE.name()];
    if reassigns_bookings && times.iter().any(|name| record.get(name) != after.series.get(name)) {
        return Err(AppError::conflict(
            "You cannot move an occurrence to another time and another resource at once. Nothing was changed.",
        ));
    }
    let bookings = if reassigns_bookings {
        reassignment::bookings(work, record, &after.series, reassignment)?
    } else {
        Vec::new()
    };
    let of_booking = bookings.first().map(|first| undo_address(first.kind, first.id, work.change_set));
    let undo = after.undo().or(of_booking);
    let single = after.single.as_ref().ok_or_else(missing)?;
    let entry = entries::of_occurrence(single).ok_or_else(missing)?;
    let row = EntryRow::of(&after.series, entry, &after.recurrence_id);
    let feed = work.app.feed(work.tx, work.actor, vec![row])?;
    Ok(Moved { feed, undo, version: after.series.version })
}

/// Renames field errors of the record to the parameters of the request.
pub(super) fn with_entry_parameters(error: AppError, role: &DateRole) -> AppError {
    error.rename_fields(|field| {
        if field == role.start {
            Some(actions::START.name())
        } else if field == role.end {
            Some(actions::END.name())
        } else {
            None
        }
    })
}

/// Requested changes. An absent value leaves the field unchanged.
#[derive(Default)]
pub(super) struct MoveRequest<'a> {
    start: Option<&'a str>,
    end: Option<&'a str>,
    all_day: Option<bool>,
    /// Scope of the change of an occurrence.
    scope: Scope,
    /// Reassignment of the entry.
    reassignment: Reassignment,
    /// Resources that are booked for the event.
    resources: Option<&'a Json>,
}

impl<'a> MoveRequest<'a> {
    /// Returns true if the request changes the time.
    fn is_moved(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.all_day.is_some()
    }

    /// Reads a parsed body of [`actions::MOVE_ENTRY`] or [`actions::COPY_ENTRY`].
    pub(super) fn read(input: &'a ActionInput) -> Self {
        Self {
            start: actions::START.given(input),
            end: actions::END.given(input),
            all_day: actions::ALL_DAY.get(input),
            scope: Scope::parse(actions::SCOPE.get(input)).unwrap_or_default(),
            reassignment: Reassignment {
                person: actions::PERSON.get(input),
                resource: actions::RESOURCE.get(input),
                instead_of: actions::INSTEAD_OF.get(input),
            },
            resources: actions::RESOURCES.get(input),
        }
    }
}

/// Returns the field changes that move the entry to the requested time.
pub(super) fn patch(
    record: &Record,
    role: &DateRole,
    current: &DatedEntry,
    request: &MoveRequest<'_>,
    office: &TimeZone,
) -> Result<Input, AppError> {
    match record.kind.field(role.start).map(|field| field.data) {
        Some(FieldType::Moment) => moments(record, role, current, request),
        Some(FieldType::Structure(_)) => {
            let (first, _) = days(role, current, request, office)?;
            milestone(record, role, current.position, first)
        }
        _ => {
            let (first, last) = days(role, current, request, office)?;
            Ok(span(record, role, first, last))
        }
    }
}

/// Parses a day. An instant means its day if the request is for an all-day entry.
fn day(field: &str, text: &str, request: &MoveRequest<'_>, zone: &TimeZone) -> Result<Date, AppError> {
    let read = if request.all_day == Some(true) {
        moment(text, true, zone).map(|midnight| midnight.to_zoned(zone.clone()).date())
    } else {
        parse_date(text)
    };
    read.map_err(|(code, message)| AppError::field(field, code, message))
}

fn out_of_range() -> AppError {
    AppError::field(actions::START.name(), "range", "This date is out of range.")
}

fn ends_too_early() -> AppError {
    AppError::field(actions::END.name(), "order", "End must be after start; the end is exclusive.")
}

/// Returns the first and the last day, both inclusive, of an entry that is always all-day.
fn days(
    role: &DateRole,
    current: &DatedEntry,
    request: &MoveRequest<'_>,
    office: &TimeZone,
) -> Result<(Date, Date), AppError> {
    if request.all_day == Some(false) {
        return Err(AppError::field(
            actions::ALL_DAY.name(),
            "choice",
            "This entry is all-day and has no times.",
        ));
    }
    let (first, after) = whole_days(current, request, office)?;
    let last = after.checked_sub(1.day()).map_err(|_| out_of_range())?;
    if role.end.is_empty() && last != first {
        return Err(AppError::field(
            actions::END.name(),
            "range",
            "This entry lasts one day. End must be the day after start.",
        ));
    }
    Ok((first, last))
}

/// Returns the first day and the day after the last, from the request or the current entry.
fn whole_days(
    current: &DatedEntry,
    request: &MoveRequest<'_>,
    zone: &TimeZone,
) -> Result<(Date, Date), AppError> {
    let (old_first, old_after) = (unfloating(current.start), unfloating(current.end));
    let first =
        request.start.map_or(Ok(old_first), |text| day(actions::START.name(), text, request, zone))?;
    let after = match request.end {
        Some(text) => day(actions::END.name(), text, request, zone)?,
        None => old_first
            .until(old_after)
            .and_then(|length| first.checked_add(length))
            .map_err(|_| out_of_range())?,
    };
    if after <= first { Err(ends_too_early()) } else { Ok((first, after)) }
}

/// Returns the date fields of a span. An empty date stays empty while the entry lasts one
/// day: a task with only a due date gets no start.
fn span(record: &Record, role: &DateRole, first: Date, last: Date) -> Input {
    let mut patch = Input::new();
    let has_start = record.date(role.start).is_some();
    let has_end = !role.end.is_empty() && record.date(role.end).is_some();
    if has_start || !has_end || first != last {
        patch.insert(role.start.to_owned(), json!(first.to_string()));
    }
    if has_end || (!role.end.is_empty() && first != last) {
        patch.insert(role.end.to_owned(), json!(last.to_string()));
    }
    patch
}

fn milestone(record: &Record, role: &DateRole, position: i64, day: Date) -> Result<Input, AppError> {
    let Value::Json(list) = record.get(role.start) else {
        return Err(missing());
    };
    let mut list = list.clone();
    let item = numbers(record)
        .into_iter()
        .position(|number| number == position)
        .and_then(|place| list.get_mut(place))
        .and_then(Json::as_object_mut)
        .ok_or_else(missing)?;
    item.insert("date".to_owned(), json!(day.to_string()));
    Ok(Input::from_iter([(role.start.to_owned(), list)]))
}

/// Returns the time fields of a record with times, or with days if `all_day`.
fn moments(
    record: &Record,
    role: &DateRole,
    current: &DatedEntry,
    request: &MoveRequest<'_>,
) -> Result<Input, AppError> {
    let zone = TimeZone::get(TIMEZONE.get(record)).unwrap_or(TimeZone::UTC);
    let all_day = request.all_day.unwrap_or(current.all_day);
    let (start, end) = if all_day {
        let as_days = if current.all_day {
            current.clone()
        } else {
            // A timed entry that becomes all-day covers every day it touched.
            let first = current.start.to_zoned(zone.clone()).date();
            let end = current.end.to_zoned(zone.clone());
            let part_of_a_day = if end.time() == Time::midnight() { 0 } else { 1 };
            let after = end.date().checked_add(part_of_a_day.days()).map_err(|_| out_of_range())?;
            DatedEntry { start: calendar::floating(first), end: calendar::floating(after), ..current.clone() }
        };
        let (first, after) = whole_days(&as_days, request, &zone)?;
        (first.to_string(), after.to_string())
    } else {
        let (start, end) = times(record, role, current, request, &zone)?;
        (start.to_string(), end.to_string())
    };
    Ok(Input::from_iter([
        ALL_DAY.input(all_day),
        (role.start.to_owned(), json!(start)),
        (role.end.to_owned(), json!(end)),
    ]))
}

fn times(
    record: &Record,
    role: &DateRole,
    current: &DatedEntry,
    request: &MoveRequest<'_>,
    zone: &TimeZone,
) -> Result<(Timestamp, Timestamp), AppError> {
    let read = |field: &str, text: &str| {
        moment(text, false, zone).map_err(|(code, message)| AppError::field(field, code, message))
    };
    let old_start = record.instant(role.start).unwrap_or(current.start);
    let start = request.start.map_or(Ok(old_start), |text| read(actions::START.name(), text))?;
    let end = match request.end {
        Some(text) => read(actions::END.name(), text)?,
        None => {
            let length = match (current.all_day, record.instant(role.end)) {
                (false, Some(end)) => end.duration_since(old_start),
                _ => SignedDuration::from_hours(1),
            };
            start.checked_add(length).map_err(|_| out_of_range())?
        }
    };
    if end <= start { Err(ends_too_early()) } else { Ok((start, end)) }
}
