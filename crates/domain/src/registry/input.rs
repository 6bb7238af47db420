//! Input read by the description of its kind.
//!
//! Everything that comes from outside, from JSON, a form or a file, passes through [`parse`] (forms and files
//! first become JSON in [`form_to_json`]); each wrong field gets its own sentence.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_recur::Rule;
use serde_json::{Map, Value as Json, json};

use super::FieldError;
use super::field::{Field, FieldType, Initial, Source};
use super::kind::Kind;
use super::record::Record;
use super::value::{Link, Value};
use crate::choices::Choice;
use crate::id::Id;
use crate::projects::money;
use crate::series;

/// Longest list of references, tags or choices in one field.
pub const MAXIMUM_LIST: usize = 500;
/// First and last year that a date may have.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;
/// Largest amount of money: a thousand billion pesos.
const MAXIMUM_CENTAVOS: i64 = 100_000_000_000_000;

/// What reading an input needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Who writes.
    pub actor: Option<Id>,
    /// The office's date.
    pub today: Date,
    /// The office's time zone.
    pub office_timezone: &'a str,
}

/// Puts the members of `input` into the record, or says what is wrong with each. `creating` fills in what is
/// not given.
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
    // What moments depend on must be known before them, and they before the dates of a series.
    let ordered = input.iter().filter(|(name, _)| !is_moment(kind, name) && !is_moments(kind, name));
    let moments = input.iter().filter(|(name, _)| is_moment(kind, name));
    let dates = input.iter().filter(|(name, _)| is_moments(kind, name));
    let was = (!creating && series::recurs(kind)).then(|| record.clone());
    let was_all_day = record.flag("all_day");
    let was_zone = if was_all_day { TimeZone::get(record.text("timezone")).ok() } else { None };
    for (name, json) in ordered {
        match kind.position(name).map(|position| (position, &kind.fields[position])) {
            Some((position, field)) if field.is_given() => match parse_given(field, json, context) {
                Ok(Value::Null) if !matches!(field.initial, Initial::Empty) && field.required => {
                    errors.push(FieldError::new(name, "required", format!("{} is required.", field.label)));
                }
                Ok(value) => record.values[position] = value,
                Err((code, message)) => errors.push(FieldError::new(name, code, message)),
            },
            Some((_, field)) if field.source == Source::Derived => errors.push(FieldError::new(
                name,
                "read_only",
                format!("{} is computed; it cannot be written.", field.label),
            )),
            _ if is_common(name) => {
                errors.push(FieldError::new(name, "read_only", "This member is kept by the program."));
            }
            _ => errors.push(FieldError::new(
                name,
                "unknown_field",
                format!("There is no such field on {}.", kind.plural.to_lowercase()),
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
        series::settle(record);
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

/// Reads one value; points in time as people write them are read in the zone of the office.
fn parse_given(field: &Field, json: &Json, context: &Context<'_>) -> Result<Value, (&'static str, String)> {
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

/// A local date-time of the office, or the end of a day there.
fn office_instant(text: &str, context: &Context<'_>) -> Option<Timestamp> {
    let local = match text.len() {
        10 => parse_date(text).ok()?.saturating_add(1.day()).to_datetime(jiff::civil::Time::midnight()),
        16.. => text.parse::<DateTime>().ok()?,
        _ => return None,
    };
    let zone = TimeZone::get(context.office_timezone).ok()?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Names the required fields that are empty.
pub fn check_required(record: &Record, errors: &mut Vec<FieldError>) {
    for (position, field) in record.kind.fields.iter().enumerate() {
        let named = errors.iter().any(|error| error.field == field.name);
        if field.required && !named && record.values[position].is_empty() {
            errors.push(FieldError::new(field.name, "required", format!("{} is required.", field.label)));
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

/// Puts the initial values in.
fn fill(record: &mut Record, context: &Context<'_>) {
    for (position, field) in record.kind.fields.iter().enumerate() {
        if !matches!(record.values[position], Value::Null) {
            continue;
        }
        record.values[position] = match field.initial {
            Initial::Empty => continue,
            Initial::Text(text) => Value::from(text),
            Initial::Integer(number) => Value::Integer(number),
            Initial::Boolean(value) => Value::Boolean(value),
            Initial::Today => Value::Date(context.today),
            Initial::OfficeTimeZone => Value::from(context.office_timezone),
            Initial::Actor => match (field.data, context.actor) {
                (FieldType::References(_), Some(actor)) => Value::Ids(vec![actor]),
                (_, Some(actor)) => Value::Id(actor),
                (_, None) => continue,
            },
        };
    }
}

fn parse_moments<'a>(
    record: &mut Record,
    given: impl Iterator<Item = (&'a String, &'a Json)>,
    was_all_day: bool,
    creating: bool,
    errors: &mut Vec<FieldError>,
) {
    let all_day = record.flag("all_day");
    let Ok(zone) = TimeZone::get(record.text("timezone")) else {
        return;
    };
    let was = (record.instant("start"), record.instant("end"));
    let mut named = Vec::new();
    for (name, json) in given {
        named.push(name.as_str());
        match json {
            Json::Null => record.set(name, Value::Null),
            Json::String(text) => match moment(text, all_day, &zone) {
                Ok(instant) => record.set(name, instant),
                Err((code, message)) => errors.push(FieldError::new(name, code, message)),
            },
            _ => errors.push(FieldError::new(name, "type", "Expected text with a date or a date and time.")),
        }
    }
    if !errors.is_empty() {
        return;
    }
    if !creating && all_day && !was_all_day {
        // A timed thing that becomes all-day covers the days that it touched.
        for name in ["start", "end"] {
            if let (Some(instant), false) = (record.instant(name), named.contains(&name)) {
                let local = instant.to_zoned(zone.clone());
                let mut day = local.date();
                if name == "end" && local.time() != jiff::civil::Time::midnight() {
                    day = day.saturating_add(1.day());
                }
                if let Ok(start) = day.to_zoned(zone.clone()) {
                    record.set(name, start.timestamp());
                }
            }
        }
    }
    if !creating && named.contains(&"start") && !named.contains(&"end") && all_day == was_all_day {
        keep_length(record, was, all_day, &zone);
    }
    if let Some(start) = record.instant("start") {
        if record.instant("end").is_none() {
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
            record.set("end", end);
        }
        if record.instant("end").is_some_and(|end| end <= start) {
            errors.push(FieldError::new("end", "order", "The end must be after the start."));
        }
    }
}

/// Days stay the same days when the zone becomes another one.
fn keep_days(record: &mut Record, was: &TimeZone) {
    let Ok(zone) = TimeZone::get(record.text("timezone")) else {
        return;
    };
    for name in ["start", "end"] {
        let day = record.instant(name).map(|instant| instant.to_zoned(was.clone()).date());
        if let Some(start) = day.and_then(|day| day.to_zoned(zone.clone()).ok()) {
            record.set(name, start.timestamp());
        }
    }
}

/// When only the start is given anew, the end moves with it: days by days, time by time.
fn keep_length(
    record: &mut Record,
    was: (Option<Timestamp>, Option<Timestamp>),
    all_day: bool,
    zone: &TimeZone,
) {
    let ((Some(old_start), Some(old_end)), Some(start)) = (was, record.instant("start")) else {
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
    // At the end of time the old end stays, and is refused for lying before the start.
    if let Ok(end) = end {
        record.set("end", end);
    }
}

/// Reads a start or an end: an instant with offset, a local date-time in the zone, or a day when `all_day`.
pub fn moment(text: &str, all_day: bool, zone: &TimeZone) -> Result<Timestamp, (&'static str, String)> {
    if all_day {
        let day = match text.len() {
            10 => parse_date(text)?,
            _ => local_day(text, zone)?,
        };
        return day
            .to_zoned(zone.clone())
            .map(|start| start.timestamp())
            .map_err(|_| ("range", "This day is out of range.".to_owned()));
    }
    let expected = || {
        ("type", "Expected a date and time as in 2027-01-25T09:00:00+08:00 or 2027-01-25T09:00.".to_owned())
    };
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let local: DateTime = text.parse().map_err(|_| expected())?;
            if text.len() < 16 {
                return Err(expected());
            }
            // RFC 5545 3.3.5: a time in a gap is read with the offset before it, a repeated one is the first.
            zone.to_ambiguous_timestamp(local).compatible().map_err(|_| expected())?
        }
    };
    let year = instant.to_zoned(zone.clone()).year();
    if YEARS.contains(&year) { Ok(instant) } else { Err(year_error()) }
}

fn local_day(text: &str, zone: &TimeZone) -> Result<Date, (&'static str, String)> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.to_zoned(zone.clone()).date());
    }
    let local: DateTime = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&local.year()) { Ok(local.date()) } else { Err(year_error()) }
}

fn date_error() -> (&'static str, String) {
    ("type", "Expected an existing day as YYYY-MM-DD.".to_owned())
}

fn year_error() -> (&'static str, String) {
    ("range", format!("Expected a year from {} to {}.", YEARS.start(), YEARS.end()))
}

/// Reads a day written `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<Date, (&'static str, String)> {
    if text.len() != 10 {
        return Err(date_error());
    }
    let date: Date = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(year_error()) }
}

/// Refuses what no database keeps and what is too long.
pub fn check_text(text: &str, maximum: usize, one_line: bool) -> Result<(), (&'static str, String)> {
    let length = text.chars().count();
    if length > maximum {
        return Err(("too_long", format!("Expected at most {maximum} characters; these are {length}.")));
    }
    if text.contains('\0') {
        return Err(("character", "The character NUL cannot be stored.".to_owned()));
    }
    if one_line && text.contains(['\n', '\r']) {
        return Err(("character", "Expected one line.".to_owned()));
    }
    Ok(())
}

/// Reads one value by the type of its field; the error is a code and a sentence.
pub fn parse_field(field: &Field, json: &Json) -> Result<Value, (&'static str, String)> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    let kind_of = |expected: &str| Err(("type", format!("Expected {expected}.")));
    match field.data {
        FieldType::Text(maximum) => text(json, maximum, true),
        FieldType::Multiline(maximum) => text(json, maximum, false),
        FieldType::Email => match text(json, 254, true)? {
            Value::Text(address) if address.is_empty() => Ok(Value::Null),
            Value::Text(address) if is_email(&address) => Ok(Value::Text(address)),
            _ => kind_of("an e-mail address as in name@example.org"),
        },
        FieldType::Url => match text(json, 2000, true)? {
            Value::Text(address) if address.is_empty() => Ok(Value::Null),
            Value::Text(address) if address.starts_with("https://") || address.starts_with("http://") => {
                Ok(Value::Text(address))
            }
            _ => kind_of("an address that starts with https:// or http://"),
        },
        FieldType::TimeZone => match json.as_str() {
            Some(name) if TimeZone::get(name).is_ok() => Ok(Value::from(name)),
            _ => kind_of("the name of an IANA time zone as in Asia/Manila"),
        },
        FieldType::Integer(least, most) => match json.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(Value::Integer(number)),
            Some(_) => Err(("range", format!("Expected a whole number from {least} to {most}."))),
            None => kind_of("a whole number"),
        },
        FieldType::Money => match json.as_i64() {
            Some(number) if (-MAXIMUM_CENTAVOS..=MAXIMUM_CENTAVOS).contains(&number) => {
                Ok(Value::Integer(number))
            }
            Some(_) => Err(("range", "This amount is out of range.".to_owned())),
            // Text comes from people; programs send numbers.
            None if json.is_string() => {
                kind_of("an amount of pesos as in 1,250,000 or 1.25M (programs: whole centavos)")
            }
            None => kind_of("an amount in centavos as a whole number"),
        },
        FieldType::Decimal(least, most) => decimal(json, least, most),
        FieldType::Boolean => match json.as_bool() {
            Some(value) => Ok(Value::Boolean(value)),
            None => kind_of("true or false"),
        },
        FieldType::Date => match json.as_str() {
            Some(text) => parse_date(text).map(Value::Date),
            None => Err(date_error()),
        },
        FieldType::Instant => match json.as_str().map(str::parse::<Timestamp>) {
            Some(Ok(instant)) if YEARS.contains(&instant.to_zoned(TimeZone::UTC).year()) => {
                Ok(Value::Instant(instant))
            }
            Some(Ok(_)) => Err(year_error()),
            _ => kind_of("an instant as in 2027-01-25T09:00:00+08:00"),
        },
        // Moments are read beside the fields that they depend on.
        FieldType::Moment => kind_of("a date or a date and time"),
        FieldType::Moments => Ok(Value::Json(json!(unique(strings(json)?)))),
        FieldType::Recurrence => match json.as_str().map(str::trim) {
            Some("") => Ok(Value::Null),
            Some(text) => match text.parse::<Rule>() {
                Ok(rule) => Ok(Value::from(rule.to_string())),
                Err(error) => Err(("rule", error.to_string())),
            },
            None => kind_of("a rule as in FREQ=WEEKLY;BYDAY=MO"),
        },
        FieldType::Choice(choices) => match json.as_str() {
            Some("") => Ok(Value::Null),
            Some(text) if crate::choices::contains(choices, text) => Ok(Value::from(text)),
            _ => Err(("choice", expected_choice(choices))),
        },
        FieldType::Choices(choices) => {
            let items = strings(json)?;
            if items.iter().any(|item| !crate::choices::contains(choices, item)) {
                return Err(("choice", expected_choice(choices)));
            }
            Ok(Value::Json(json!(unique(items))))
        }
        FieldType::Reference(_) => match json.as_str().map(str::parse::<Id>) {
            Some(Ok(id)) => Ok(Value::Id(id)),
            _ => kind_of("the id of another record"),
        },
        FieldType::References(_) => {
            let mut ids = Vec::new();
            for item in strings(json)? {
                let id = item.parse().map_err(|_| ("type", "Expected a list of ids.".to_owned()))?;
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            Ok(Value::Ids(ids))
        }
        FieldType::Link(kinds) => link(json, kinds).map(Value::Link),
        FieldType::Links(kinds) => {
            let items = list(json)?;
            let mut links = Vec::new();
            for item in items {
                let link = link(item, kinds)?;
                if !links.contains(&link) {
                    links.push(link);
                }
            }
            Ok(Value::Links(links))
        }
        FieldType::Tags => {
            let items = strings(json)?;
            for item in &items {
                check_text(item, 80, true)?;
            }
            Ok(Value::Json(json!(unique(items))))
        }
        FieldType::Structure(check) => match check(json) {
            Ok(()) if json.to_string().contains("\\u0000") => {
                Err(("character", "The character NUL cannot be stored.".to_owned()))
            }
            Ok(()) => Ok(Value::Json(json.clone())),
            Err(message) => Err(("structure", message)),
        },
    }
}

/// Reads a value back from the log or from a changed date: the inverse of [`super::output::plain`].
pub fn stored_value(field: &Field, json: &Json) -> Result<Value, String> {
    if let (FieldType::Moment, Json::String(text)) = (field.data, json) {
        return text.parse::<Timestamp>().map(Value::Instant).map_err(|error| error.to_string());
    }
    parse_field(field, json).map_err(|(_, message)| message)
}

fn text(json: &Json, maximum: usize, one_line: bool) -> Result<Value, (&'static str, String)> {
    let Some(text) = json.as_str() else {
        return Err(("type", "Expected text.".to_owned()));
    };
    check_text(text, maximum, one_line)?;
    Ok(Value::from(text))
}

fn is_email(address: &str) -> bool {
    let Some((local, host)) = address.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !address.contains(|character: char| character.is_whitespace() || character.is_control())
}

fn decimal(json: &Json, least: i64, most: i64) -> Result<Value, (&'static str, String)> {
    let Some(number) = json.as_f64() else {
        return Err(("type", "Expected a number.".to_owned()));
    };
    #[allow(clippy::cast_precision_loss)]
    let within = number >= least as f64 && number <= most as f64;
    if !within {
        return Err(("range", format!("Expected a number from {least} to {most}.")));
    }
    // Within the bounds just checked, rounding to hundredths cannot overflow.
    #[allow(clippy::cast_possible_truncation)]
    let hundredths = (number * 100.0).round() as i64;
    Ok(Value::Integer(hundredths))
}

fn list(json: &Json) -> Result<&Vec<Json>, (&'static str, String)> {
    let items = json.as_array().ok_or_else(|| ("type", "Expected a list.".to_owned()))?;
    if items.len() > MAXIMUM_LIST {
        return Err(("too_long", format!("Expected at most {MAXIMUM_LIST} items.")));
    }
    Ok(items)
}

fn strings(json: &Json) -> Result<Vec<&str>, (&'static str, String)> {
    list(json)?
        .iter()
        .map(|item| item.as_str().ok_or_else(|| ("type", "Expected a list of texts.".to_owned())))
        .collect()
}

fn unique(items: Vec<&str>) -> Vec<&str> {
    let mut seen = Vec::new();
    for item in items {
        if !item.trim().is_empty() && !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

fn link(json: &Json, kinds: &[&str]) -> Result<Link, (&'static str, String)> {
    let expected = || ("type", "Expected an object with kind and id.".to_owned());
    let object = json.as_object().filter(|object| object.len() == 2).ok_or_else(expected)?;
    let kind = object.get("kind").and_then(Json::as_str).ok_or_else(expected)?;
    let id = object.get("id").and_then(Json::as_str).ok_or_else(expected)?;
    if !kinds.contains(&kind) {
        return Err(("choice", format!("Expected one of these kinds: {}.", kinds.join(", "))));
    }
    let id = id.parse().map_err(|_| ("type", "Expected the id of a record.".to_owned()))?;
    Ok(Link { kind: kind.to_owned(), id })
}

fn expected_choice(choices: &[Choice]) -> String {
    let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
    format!("Expected one of: {}.", values.join(", "))
}

/// What a form or a file gives for one field, as JSON for [`parse`]. Numbers, money and lists come as people
/// type them; what cannot be read stays text and is refused there, beside its field.
#[must_use]
pub fn form_to_json(field: &Field, given: &[String]) -> Json {
    let first = given.first().map_or("", String::as_str);
    let trimmed = first.trim();
    let as_text = || json!(first);
    match field.data {
        FieldType::References(_) | FieldType::Choices(_) | FieldType::Tags | FieldType::Moments => {
            json!(split(given))
        }
        FieldType::Link(_) => form_link(trimmed),
        FieldType::Links(_) => Json::Array(
            split(given).iter().map(|item| form_link(item)).filter(|item| !item.is_null()).collect(),
        ),
        FieldType::Boolean => json!(matches!(trimmed, "true" | "on" | "1" | "yes")),
        _ if trimmed.is_empty() => Json::Null,
        FieldType::Integer(..) => {
            trimmed.replace([',', ' '], "").parse::<i64>().map_or_else(|_| as_text(), |number| json!(number))
        }
        FieldType::Decimal(..) => {
            trimmed.replace([',', ' '], "").parse::<f64>().map_or_else(|_| as_text(), |number| json!(number))
        }
        FieldType::Money => money::parse(trimmed).map_or_else(|_| as_text(), |amount| json!(amount)),
        FieldType::Structure(_) => serde_json::from_str(first).unwrap_or_else(|_| as_text()),
        FieldType::Date
        | FieldType::Recurrence
        | FieldType::Moment
        | FieldType::Instant
        | FieldType::Reference(_)
        | FieldType::Choice(_)
        | FieldType::Email
        | FieldType::Url
        | FieldType::TimeZone => json!(trimmed),
        FieldType::Text(_) => as_text(),
        // Browsers send line ends as CR LF whatever was typed.
        FieldType::Multiline(_) => json!(first.replace("\r\n", "\n")),
    }
}

fn split(given: &[String]) -> Vec<String> {
    given
        .iter()
        .flat_map(|item| item.split([',', '\n']))
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// `kind:id`, as pickers of several kinds write it.
fn form_link(text: &str) -> Json {
    match text.split_once(':') {
        Some((kind, id)) => json!({ "kind": kind, "id": id }),
        None if text.is_empty() => Json::Null,
        None => json!(text),
    }
}
