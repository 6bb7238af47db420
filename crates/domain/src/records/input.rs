//! Parser of input by the description of its kind.
//!
//! All input, from JSON, a form or a file, passes through [`parse`] (forms and files first become JSON in
//! [`form_to_json`](crate::registry::form_to_json)); each wrong field gets its own message.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value as Json, json};

use crate::calendar::series;
use crate::core::dates::{moment, parse_date};
use crate::core::id::Id;
use crate::core::message::{Message, Word};
use crate::message;
use crate::registry::shared::{ALL_DAY, END, START, TIMEZONE};
use crate::registry::{Field, FieldError, FieldType, Initial, Kind, Record, Source, Value, parse_field};

/// Context of an input.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Actor who writes.
    pub actor: Option<Id>,
    /// Date of the office.
    pub today: Date,
    /// Time zone of the office.
    pub office_timezone: &'a str,
}

/// Sets the members of `input`, or returns an error for each wrong one. `creating` fills in initial values.
pub fn parse(
    record: &mut Record,
    input: &Map<String, Json>,
    creating: bool,
    context: &Context<'_>,
) -> Result<(), Vec<FieldError>> {
    let kind = record.kind;
    let mut errors = Vec::new();
    if creating {
        fill(record, context);
    }
    // Fields that moments depend on are read before them, and moments before the dates of a series.
    let ordered = input.iter().filter(|(name, _)| !is_moment(kind, name) && !is_moments(kind, name));
    let moments = input.iter().filter(|(name, _)| is_moment(kind, name));
    let dates = input.iter().filter(|(name, _)| is_moments(kind, name));
    let was = (!creating && series::recurs(kind)).then(|| record.clone());
    let was_all_day = ALL_DAY.get(record);
    let was_zone = if was_all_day { TimeZone::get(TIMEZONE.get(record)).ok() } else { None };
    for (name, json) in ordered {
        match kind.position(name).map(|position| (position, &kind.fields[position])) {
            Some((position, field)) if field.is_given() => match parse_given(field, json, context) {
                Ok(Value::Null) if !matches!(field.initial, Initial::Empty) && field.required => {
                    errors.push(FieldError::required(name, field.label));
                }
                Ok(value) => record.values[position] = value,
                Err((code, message)) => errors.push(FieldError::new(name, code, message)),
            },
            Some((_, field)) if field.source == Source::Derived => errors.push(FieldError::new(
                name,
                "read_only",
                message!("{label} is calculated and cannot be changed.", label = Word::label(field.label)),
            )),
            _ if is_common(name) => {
                errors.push(FieldError::new(name, "read_only", "This member is set by the system."));
            }
            _ => errors.push(FieldError::new(
                name,
                "unknown_field",
                message!("{kinds} have no such field.", kinds = Word::label(kind.plural)),
            )),
        }
    }
    if kind.is_timed() {
        if let Some(zone) = was_zone.filter(|_| !creating) {
            keep_days(record, &zone);
        }
        parse_moments(record, moments, was_all_day, creating, &mut errors);
    }
    series::parse_dates(record, dates, &mut errors);
    check_required(record, &mut errors);
    if errors.is_empty() {
        series::align_start(record);
    }
    if let Some(was) = was.filter(|_| errors.is_empty()) {
        series::keep_end(&was, record);
    }
    if errors.is_empty() {
        series::check(record, &mut errors);
    }
    if errors.is_empty() {
        (kind.rules)(record, &mut errors);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Parses one value; local times are read in the zone of the office.
fn parse_given(field: &Field, json: &Json, context: &Context<'_>) -> Result<Value, (&'static str, Message)> {
    let local = match (field.data, json.as_str()) {
        (FieldType::Instant, Some(text)) if text.parse::<Timestamp>().is_err() => {
            office_instant(text, context)
        }
        _ => None,
    };
    match local {
        Some(instant) => parse_field(field, &json!(instant)),
        None => parse_field(field, json),
    }
}

/// Parses a local date-time of the office, or a day as its end.
fn office_instant(text: &str, context: &Context<'_>) -> Option<Timestamp> {
    let local = match text.len() {
        10 => parse_date(text).ok()?.saturating_add(1.day()).to_datetime(jiff::civil::Time::midnight()),
        16.. => text.parse::<DateTime>().ok()?,
        _ => return None,
    };
    let zone = TimeZone::get(context.office_timezone).ok()?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Adds an error for each required field that is empty.
pub fn check_required(record: &Record, errors: &mut Vec<FieldError>) {
    for (position, field) in record.kind.fields.iter().enumerate() {
        let named = errors.iter().any(|error| error.field == field.name);
        if field.required && !named && record.values[position].is_empty() {
            errors.push(FieldError::required(field.name, field.label));
        }
    }
}

fn is_moment(kind: &Kind, name: &str) -> bool {
    kind.field(name).is_some_and(|field| matches!(field.data, FieldType::Moment))
}

fn is_moments(kind: &Kind, name: &str) -> bool {
    kind.field(name).is_some_and(|field| matches!(field.data, FieldType::Moments))
}

fn is_common(name: &str) -> bool {
    ["id", "kind", "version", "created_at", "created_by", "updated_at", "archived_at", "url", "display_title"]
        .contains(&name)
}

/// Sets the initial values.
fn fill(record: &mut Record, context: &Context<'_>) {
    for (position, field) in record.kind.fields.iter().enumerate() {
        if !matches!(record.values[position], Value::Null) {
            continue;
        }
        record.values[position] = initial_value(field, context);
    }
}

/// Returns the initial value of a field at creation.
#[must_use]
pub fn initial_value(field: &Field, context: &Context<'_>) -> Value {
    match field.initial {
        Initial::Empty => Value::Null,
        Initial::Text(text) => Value::from(text),
        Initial::Integer(number) => Value::Integer(number),
        Initial::Boolean(value) => Value::Boolean(value),
        Initial::Today => Value::Date(context.today),
        Initial::OfficeTimeZone => Value::from(context.office_timezone),
        Initial::Actor => match (field.data, context.actor) {
            (FieldType::References(_), Some(actor)) => Value::Ids(vec![actor]),
            (_, Some(actor)) => Value::Id(actor),
            (_, None) => Value::Null,
        },
    }
}

fn parse_moments<'a>(
    record: &mut Record,
    given: impl Iterator<Item = (&'a String, &'a Json)>,
    was_all_day: bool,
    creating: bool,
    errors: &mut Vec<FieldError>,
) {
    let all_day = ALL_DAY.get(record);
    let Ok(zone) = TimeZone::get(TIMEZONE.get(record)) else {
        return;
    };
    let was = (START.get(record), END.get(record));
    let mut named = Vec::new();
    for (name, json) in given {
        named.push(name.as_str());
        match json {
            Json::Null => record.set(name, Value::Null),
            Json::String(text) => match moment(text, all_day, &zone) {
                Ok(instant) => record.set(name, instant),
                Err((code, message)) => errors.push(FieldError::new(name, code, message)),
            },
            _ => errors.push(FieldError::new(name, "type", "Must be text with a date or a date and time.")),
        }
    }
    if !errors.is_empty() {
        return;
    }
    if !creating && all_day && !was_all_day {
        // A timed record that becomes all-day covers the days that it touched.
        for field in [START, END] {
            if let (Some(instant), false) = (field.get(record), named.contains(&field.name())) {
                let local = instant.to_zoned(zone.clone());
                let mut day = local.date();
                if field.name() == END.name() && local.time() != jiff::civil::Time::midnight() {
                    day = day.saturating_add(1.day());
                }
                if let Ok(start) = day.to_zoned(zone.clone()) {
                    field.set(record, start.timestamp());
                }
            }
        }
    }
    if !creating && named.contains(&START.name()) && !named.contains(&END.name()) && all_day == was_all_day {
        keep_length(record, was, all_day, &zone);
    }
    if let Some(start) = START.get(record) {
        if END.get(record).is_none() {
            let end = if all_day {
                start
                    .to_zoned(zone.clone())
                    .date()
                    .saturating_add(1.day())
                    .to_zoned(zone)
                    .ok()
                    .map(|end| end.timestamp())
            } else {
                start.checked_add(1.hour()).ok()
            };
            END.set(record, end);
        }
        if END.get(record).is_some_and(|end| end <= start) {
            errors.push(FieldError::new(END.name(), "order", "End must be after start."));
        }
    }
}

/// Keeps the days when the zone changes.
fn keep_days(record: &mut Record, was: &TimeZone) {
    let Ok(zone) = TimeZone::get(TIMEZONE.get(record)) else {
        return;
    };
    for field in [START, END] {
        let day = field.get(record).map(|instant| instant.to_zoned(was.clone()).date());
        if let Some(start) = day.and_then(|day| day.to_zoned(zone.clone()).ok()) {
            field.set(record, start.timestamp());
        }
    }
}

/// Moves the end when only the start is changed: by days or by time.
fn keep_length(
    record: &mut Record,
    was: (Option<Timestamp>, Option<Timestamp>),
    all_day: bool,
    zone: &TimeZone,
) {
    let ((Some(old_start), Some(old_end)), Some(start)) = (was, START.get(record)) else {
        return;
    };
    let day = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let end = if all_day {
        day(old_start)
            .until(day(old_end))
            .and_then(|length| day(start).checked_add(length))
            .and_then(|last| last.to_zoned(zone.clone()))
            .map(|last| last.timestamp())
    } else {
        start.checked_add(old_end.duration_since(old_start))
    };
    // At the end of time the old end stays, and is refused because it is before the start.
    if let Ok(end) = end {
        END.set(record, end);
    }
}
