//! Filters in an address: `FIELD=VALUE[,VALUE…]`, `FIELD=none`, `FIELD_from=`, `FIELD_to=`.
//!
//! Several values of one field are alternatives, separated by commas or by repeating the field. Several fields must
//! all match. A day given for a field with times means the whole day. A filter without a value is ignored.
//!
//! `FIELD.FILTER=VALUE` filters by the record that a field names: `need.community.region=0900000000`. Where a field
//! links to records of several kinds, the kind comes first: `origin.ppa.fiscal_year=2026`; `origin.kind=ppa` asks for
//! the kind alone. Only live records count, and only those that the person may see.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_domain::choices::contains;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{self, USER};
use obcms_domain::message;
use obcms_domain::registry::{self, Field, FieldError, FieldType, Kind};
use obcms_store::SqlValue;
use obcms_store::records::{Filter, Hop};

use super::with_plus;

/// Maximum number of values of one parameter: more than a person picks, few enough for the database.
const MAXIMUM_VALUES: usize = 500;

/// Condition of a parameter on a record.
enum Asks {
    /// The value is one of these.
    Value(&'static Field),
    /// The value is at least, or at most, this.
    Bound(&'static Field, Side),
    /// The record was created by one of these.
    Maker,
    /// The record that the field names, of the kind, fulfils this.
    Through(&'static Field, &'static Kind, Box<Asks>),
    /// The link leads to a record of one of these kinds.
    Linked(&'static Field),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// Returns true if the parameter filters a list of the kind.
pub(super) fn is_filter(kind: &'static Kind, name: &str) -> bool {
    asks(kind, name).is_some()
}

/// Parses the filters of a list; wrong and unknown ones are added to the errors.
pub(super) fn parse<'a>(
    kind: &'static Kind,
    parameters: impl Iterator<Item = &'a (String, String)>,
    zone: &TimeZone,
    errors: &mut Vec<FieldError>,
) -> Vec<Filter> {
    let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, value) in parameters {
        match grouped.iter_mut().find(|(known, _)| *known == name.as_str()) {
            Some((_, values)) => values.push(value),
            None => grouped.push((name, vec![value])),
        }
    }
    let mut filters = Vec::new();
    for (name, mut values) in grouped {
        let Some(asks) = asks(kind, name) else {
            errors.push(FieldError::new(name, "unknown_parameter", "Unknown parameter."));
            continue;
        };
        values.retain(|value| !value.is_empty());
        if values.is_empty() {
            continue;
        }
        if matches!(asks, Asks::Bound(..)) && values.len() > 1 {
            errors.push(given_twice(name));
            continue;
        }
        if values.iter().map(|value| value.split(',').count()).sum::<usize>() > MAXIMUM_VALUES {
            let message = message!("Must have at most {MAXIMUM_VALUES} values.", MAXIMUM_VALUES);
            errors.push(FieldError::new(name, "too_many", message));
            continue;
        }
        match values.into_iter().map(|value| filter(&asks, value, zone)).collect::<Result<Vec<_>, _>>() {
            Ok(read) => filters.push(any(read)),
            Err(message) => errors.push(FieldError::new(name, "type", message)),
        }
    }
    filters
}

/// Returns errors for single-value parameters that are given more than once; one without a value does not count.
#[must_use]
pub fn repeated(parameters: &[(String, String)], once: &[&str]) -> Vec<FieldError> {
    let given =
        |name: &str| parameters.iter().filter(|(key, value)| key == name && !value.is_empty()).count();
    once.iter().filter(|name| given(name) > 1).map(|name| given_twice(name)).collect()
}

fn given_twice(name: &str) -> FieldError {
    FieldError::new(name, "repeated", "This parameter can be given only once.")
}

fn any(mut filters: Vec<Filter>) -> Filter {
    if filters.len() == 1 { filters.remove(0) } else { Filter::Any(filters) }
}

fn asks(kind: &'static Kind, name: &str) -> Option<Asks> {
    let visible = |name: &str| kind.field(name).filter(|field| field.is_comparable());
    if let Some((first, rest)) = name.split_once('.') {
        return through(visible(first)?, rest);
    }
    if let Some(field) = visible(name) {
        return Some(Asks::Value(field));
    }
    let (field, side) = match (name.strip_suffix("_from"), name.strip_suffix("_to")) {
        (Some(name), _) => (visible(name)?, Side::From),
        (_, Some(name)) => (visible(name)?, Side::To),
        _ => return (name == "created_by").then_some(Asks::Maker),
    };
    let has_order = matches!(
        field.data,
        FieldType::Date
            | FieldType::Moment
            | FieldType::Instant
            | FieldType::Integer(..)
            | FieldType::Money
            | FieldType::Decimal(..)
    );
    has_order.then_some(Asks::Bound(field, side))
}

/// Returns the condition `rest` on the record that a field names. Accounts have none: their fields are personal.
fn through(field: &'static Field, rest: &str) -> Option<Asks> {
    let (kind, rest) = match field.data {
        FieldType::Reference(target) | FieldType::References(target) => (target, rest),
        FieldType::Link(_) if rest == "kind" => return Some(Asks::Linked(field)),
        FieldType::Link(targets) => {
            let (kind, rest) = rest.split_once('.')?;
            (*targets.iter().find(|target| **target == kind)?, rest)
        }
        _ => return None,
    };
    let kind = kinds::by_name(kind).filter(|kind| **kind != USER)?;
    Some(Asks::Through(field, kind, Box::new(asks(kind, rest)?)))
}

/// Returns the step from a record to the one that a field names.
fn hop(field: &Field) -> Hop {
    let name = field.name.to_owned();
    match field.data {
        FieldType::Reference(_) => Hop::Column(name),
        FieldType::Link(_) => Hop::Link(name),
        _ => Hop::Edges(name),
    }
}

fn linked(field: &'static Field, value: &str) -> Result<Filter, Message> {
    let kind = |name: &str| field.target_kinds().contains(&name).then(|| kinds::by_name(name)).flatten();
    let of_kind = |name: &&str| match kind(name) {
        Some(kind) => Ok(Filter::Through(hop(field), kind, Vec::new(), None)),
        None => Err(message!("{name} is not an allowed value.", name = Word::text(*name))),
    };
    parts(value).iter().map(of_kind).collect::<Result<Vec<_>, _>>().map(any)
}

fn filter(asks: &Asks, value: &str, zone: &TimeZone) -> Result<Filter, Message> {
    match asks {
        Asks::Value(field) => equal(field, value, zone),
        Asks::Bound(field, side) => bound(field, value, *side, zone),
        Asks::Linked(field) => linked(field, value),
        Asks::Through(field, kind, inner) => {
            Ok(Filter::Through(hop(field), kind, vec![filter(inner, value, zone)?], None))
        }
        Asks::Maker => {
            let ids = ids(&parts(value))?.into_iter().map(SqlValue::Id).collect();
            Ok(Filter::OneOf("created_by".to_owned(), ids))
        }
    }
}

fn parts(value: &str) -> Vec<&str> {
    value.split(',').filter(|part| !part.is_empty()).collect()
}

/// Parses `kind:id` as pickers write it, or the id alone.
fn ids(parts: &[&str]) -> Result<Vec<Id>, Message> {
    let ids = parts.iter().map(|part| part.rsplit(':').next().unwrap_or(part).parse::<Id>());
    ids.collect::<Result<_, _>>().map_err(|_| "Must be a UUID, or the ten digits of a place.".into())
}

fn equal(field: &'static Field, value: &str, zone: &TimeZone) -> Result<Filter, Message> {
    let name = field.name.to_owned();
    // A text or a rule may contain commas; it is one value.
    let is_whole = matches!(
        field.data,
        FieldType::Text(_)
            | FieldType::Multiline(_)
            | FieldType::Url
            | FieldType::Email
            | FieldType::Recurrence
    );
    if is_whole {
        return match value {
            "none" => Ok(Filter::Empty(name)),
            _ => Ok(Filter::OneOf(name, vec![cell(field, value, zone)?])),
        };
    }
    let mut wanted = parts(value);
    let mut filters = Vec::new();
    if wanted.contains(&"none") {
        filters.push(match field.data {
            FieldType::References(_) | FieldType::Links(_) => Filter::PointsNowhere(name.clone()),
            FieldType::Link(_) => Filter::Empty(format!("{name}_id")),
            FieldType::Structure(_) => return Err("You cannot filter by this field.".into()),
            _ => Filter::Empty(name.clone()),
        });
        // Some fields have "none" as a choice of its own, which also matches.
        let is_choice = match field.data {
            FieldType::Choice(choices) | FieldType::Choices(choices) => contains(choices, "none"),
            _ => false,
        };
        wanted.retain(|part| is_choice || *part != "none");
        if wanted.is_empty() {
            return Ok(any(filters));
        }
    }
    filters.push(match field.data {
        FieldType::References(_) | FieldType::Links(_) => Filter::PointsAt(name, ids(&wanted)?),
        FieldType::Reference(_) => Filter::OneOf(name, ids(&wanted)?.into_iter().map(SqlValue::Id).collect()),
        FieldType::Link(_) => {
            Filter::OneOf(format!("{name}_id"), ids(&wanted)?.into_iter().map(SqlValue::Id).collect())
        }
        FieldType::Tags | FieldType::Moments => {
            Filter::Holds(name, wanted.iter().map(|part| (*part).to_owned()).collect())
        }
        FieldType::Choices(choices) => {
            if let Some(part) = wanted.iter().find(|part| !contains(choices, part)) {
                return Err(message!("{part} is not an allowed value.", part = Word::text(part)));
            }
            Filter::Holds(name, wanted.iter().map(|part| (*part).to_owned()).collect())
        }
        FieldType::Structure(_) => return Err("You cannot filter by this field.".into()),
        FieldType::Moment | FieldType::Instant => {
            let days = wanted.iter().map(|part| instant_or_day(field, part, zone));
            any(days.collect::<Result<Vec<_>, _>>()?)
        }
        _ => {
            let cells = wanted.iter().map(|part| cell(field, part, zone)).collect::<Result<Vec<_>, _>>()?;
            Filter::OneOf(name, cells)
        }
    });
    Ok(any(filters))
}

/// Filter by an instant, or by a whole day.
fn instant_or_day(field: &'static Field, text: &str, zone: &TimeZone) -> Result<Filter, Message> {
    let name = field.name.to_owned();
    if text.len() != 10 {
        return Ok(Filter::OneOf(name, vec![cell(field, text, zone)?]));
    }
    let day = registry::parse_date(text).map_err(|(_, message)| message)?;
    let (from, below) = (midnight(day, zone)?, midnight(day.saturating_add(1.day()), zone)?);
    Ok(Filter::Within(name, SqlValue::Instant(from), SqlValue::Instant(below)))
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Timestamp, Message> {
    let midnight = day.to_zoned(zone.clone()).map_err(|_| Message::new("This date is out of range."))?;
    Ok(midnight.timestamp())
}

/// Filter by a bound. Both bounds are inclusive: a day includes all of it.
fn bound(field: &'static Field, value: &str, side: Side, zone: &TimeZone) -> Result<Filter, Message> {
    let is_lower = side == Side::From;
    let cell = match field.data {
        FieldType::Moment | FieldType::Instant if value.len() != 10 => match cell(field, value, zone)? {
            // Instants are stored in microseconds.
            SqlValue::Instant(instant) if !is_lower => {
                SqlValue::Instant(instant.checked_add(1.microsecond()).unwrap_or(instant))
            }
            cell => cell,
        },
        FieldType::Date | FieldType::Moment | FieldType::Instant => {
            let day = registry::parse_date(value).map_err(|(_, message)| message)?;
            let first = if is_lower { day } else { day.saturating_add(1.day()) };
            if matches!(field.data, FieldType::Date) {
                SqlValue::Date(first)
            } else {
                SqlValue::Instant(midnight(first, zone)?)
            }
        }
        _ => match cell(field, value, zone)? {
            SqlValue::Integer(number) if is_lower => SqlValue::Integer(number),
            SqlValue::Integer(number) => SqlValue::Integer(number.saturating_add(1)),
            _ => return Err("Must be a number.".into()),
        },
    };
    let name = field.name.to_owned();
    Ok(if is_lower { Filter::From(name, cell) } else { Filter::Below(name, cell) })
}

/// Converts a value of an address to that of the column.
fn cell(field: &'static Field, text: &str, zone: &TimeZone) -> Result<SqlValue, Message> {
    if let FieldType::Moment = field.data {
        return registry::moment(&with_plus(text), false, zone)
            .map(SqlValue::Instant)
            .map_err(|(_, message)| message);
    }
    let json = match field.data {
        // Addresses use the units of the API: centavos, not pesos as people type them.
        FieldType::Money => text.parse::<i64>().map_or_else(|_| text.into(), Into::into),
        FieldType::Boolean => match text {
            "true" => true.into(),
            "false" => false.into(),
            _ => text.into(),
        },
        FieldType::Instant => with_plus(text).into(),
        _ => registry::form_to_json(field, &[text.to_owned()]),
    };
    match registry::parse_field(field, &json) {
        Ok(registry::Value::Boolean(value)) => Ok(SqlValue::Boolean(value)),
        Ok(registry::Value::Integer(value)) => Ok(SqlValue::Integer(value)),
        Ok(registry::Value::Text(value)) => Ok(SqlValue::Text(value)),
        Ok(registry::Value::Date(value)) => Ok(SqlValue::Date(value)),
        Ok(registry::Value::Instant(value)) => Ok(SqlValue::Instant(value)),
        Ok(_) => Err("This value cannot be searched for.".into()),
        Err((_, message)) => Err(message),
    }
}
