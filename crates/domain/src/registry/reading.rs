//! Parser of one value by the description of its field: from JSON, and from a form or a file, which become JSON in
//! [`form_to_json`].

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_recur::Rule;
use serde_json::{Value as Json, json};

use super::field::{Field, FieldType};
use super::value::{Link, Value};
use crate::choices::Choice;
use crate::core::dates::{YEARS, date_error, parse_date, year_error};
use crate::core::id::Id;
use crate::core::message::{Joining, Message, Word};
use crate::core::money::{self, MoneyError};
use crate::message;

/// Maximum length of a list of references, tags or choices.
pub const MAXIMUM_LIST: usize = 500;
/// Maximum amount of money: a thousand billion pesos.
const MAXIMUM_CENTAVOS: i64 = 100_000_000_000_000;

/// Refuses characters that no database stores, and text that is too long.
pub fn check_text(text: &str, maximum: usize, one_line: bool) -> Result<(), (&'static str, Message)> {
    let length = text.chars().count();
    if length > maximum {
        return Err((
            "too_long",
            message!("Must have at most {maximum} characters (now {length}).", maximum, length),
        ));
    }
    if text.contains('\0') {
        return Err(("character", "The character NUL is not allowed.".into()));
    }
    if one_line && text.contains(['\n', '\r']) {
        return Err(("character", "Must be one line.".into()));
    }
    Ok(())
}

/// Parses one value by the type of its field; the error is a code and a message.
pub fn parse_field(field: &Field, json: &Json) -> Result<Value, (&'static str, Message)> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    match field.data {
        FieldType::Text(maximum) => text(json, maximum, true),
        FieldType::Multiline(maximum) => text(json, maximum, false),
        FieldType::Email => email(json),
        FieldType::Url => url(json),
        FieldType::TimeZone => match json.as_str() {
            Some(name) if TimeZone::get(name).is_ok() => Ok(Value::from(name)),
            _ => Err(wrong_type("Must be an IANA time zone like Asia/Manila.")),
        },
        FieldType::Integer(least, most) => integer(json, least, most),
        FieldType::Money => amount(json, field.signed),
        FieldType::Decimal(least, most) => decimal(json, least, most),
        FieldType::Boolean => match json.as_bool() {
            Some(value) => Ok(Value::Boolean(value)),
            None => Err(wrong_type("Must be true or false.")),
        },
        FieldType::Date => match json.as_str() {
            Some(text) => parse_date(text).map(Value::Date),
            None => Err(date_error()),
        },
        FieldType::Instant => instant(json),
        // Moments are parsed with the fields that they depend on.
        FieldType::Moment => Err(wrong_type("Must be a date or a date and time.")),
        FieldType::Moments => Ok(Value::Json(json!(unique(strings(json)?)))),
        FieldType::Recurrence => recurrence(json),
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
            _ => Err(wrong_type("Must be the id of another record.")),
        },
        FieldType::References(_) => references(json),
        FieldType::Link(kinds) => link(json, kinds).map(Value::Link),
        FieldType::Links(kinds) => links(json, kinds),
        FieldType::Tags => tags(json),
        FieldType::Structure(check) => match check(json) {
            Ok(()) if json.to_string().contains("\\u0000") => {
                Err(("character", "The character NUL is not allowed.".into()))
            }
            Ok(()) => Ok(Value::Json(json.clone())),
            Err(message) => Err(("structure", message)),
        },
    }
}

fn wrong_type(message: &'static str) -> (&'static str, Message) {
    ("type", message.into())
}

fn email(json: &Json) -> Result<Value, (&'static str, Message)> {
    match text(json, 254, true)? {
        Value::Text(address) if address.is_empty() => Ok(Value::Null),
        Value::Text(address) if is_email(&address) => Ok(Value::Text(address)),
        _ => Err(wrong_type("Must be an e-mail address like name@example.org.")),
    }
}

fn url(json: &Json) -> Result<Value, (&'static str, Message)> {
    match text(json, 2000, true)? {
        Value::Text(address) if address.is_empty() => Ok(Value::Null),
        Value::Text(address) if address.starts_with("https://") || address.starts_with("http://") => {
            Ok(Value::Text(address))
        }
        _ => Err(wrong_type("Must be an address that starts with https:// or http://.")),
    }
}

fn integer(json: &Json, least: i64, most: i64) -> Result<Value, (&'static str, Message)> {
    match json.as_i64() {
        Some(number) if (least..=most).contains(&number) => Ok(Value::Integer(number)),
        Some(_) => Err(("range", message!("Must be a whole number from {least} to {most}.", least, most))),
        None => Err(wrong_type("Must be a whole number.")),
    }
}

fn amount(json: &Json, signed: bool) -> Result<Value, (&'static str, Message)> {
    match json.as_i64() {
        Some(number) if number < 0 && !signed => Err(("range", "Must not be below zero.".into())),
        Some(number) if (-MAXIMUM_CENTAVOS..=MAXIMUM_CENTAVOS).contains(&number) => {
            Ok(Value::Integer(number))
        }
        Some(_) => Err(("range", "This amount is out of range.".into())),
        // Text comes from people; programs send numbers.
        None if json.is_string() => match json.as_str().map(money::parse) {
            Some(Err(error)) if error != MoneyError::NotAnAmount => Err(("type", error.message())),
            _ => Err(wrong_type("Must be an amount in pesos like 1,250,000 or 1.25M.")),
        },
        None => Err(wrong_type("Must be an amount in centavos as a whole number.")),
    }
}

fn instant(json: &Json) -> Result<Value, (&'static str, Message)> {
    match json.as_str().map(str::parse::<Timestamp>) {
        Some(Ok(instant)) if YEARS.contains(&instant.to_zoned(TimeZone::UTC).year()) => {
            Ok(Value::Instant(instant))
        }
        Some(Ok(_)) => Err(year_error()),
        _ => Err(("type", wrong_instant())),
    }
}

fn wrong_instant() -> Message {
    "Must be an instant like 2027-01-25T09:00:00+08:00.".into()
}

fn recurrence(json: &Json) -> Result<Value, (&'static str, Message)> {
    match json.as_str().map(str::trim) {
        Some("") => Ok(Value::Null),
        Some(text) => match text.parse::<Rule>() {
            Ok(rule) => Ok(Value::from(rule.to_string())),
            Err(error) => Err(("rule", error.into())),
        },
        None => Err(wrong_type("Must be a rule like FREQ=WEEKLY;BYDAY=MO.")),
    }
}

fn references(json: &Json) -> Result<Value, (&'static str, Message)> {
    let mut ids = Vec::new();
    for item in strings(json)? {
        let id = item.parse().map_err(|_| ("type", "Must be a list of ids.".into()))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(Value::Ids(ids))
}

fn links(json: &Json, kinds: &[&str]) -> Result<Value, (&'static str, Message)> {
    let mut links = Vec::new();
    for item in list(json)? {
        let link = link(item, kinds)?;
        if !links.contains(&link) {
            links.push(link);
        }
    }
    Ok(Value::Links(links))
}

fn tags(json: &Json) -> Result<Value, (&'static str, Message)> {
    let items = strings(json)?;
    for item in &items {
        check_text(item, 80, true)?;
    }
    Ok(Value::Json(json!(unique(items))))
}

/// Parses a value from the change log or an override: the inverse of [`super::output::plain`].
pub fn stored_value(field: &Field, json: &Json) -> Result<Value, Message> {
    if let (FieldType::Moment, Json::String(text)) = (field.data, json) {
        return text.parse::<Timestamp>().map(Value::Instant).map_err(|_| wrong_instant());
    }
    // Amounts of earlier releases may be below zero.
    parse_field(&field.signed(), json).map_err(|(_, message)| message)
}

fn text(json: &Json, maximum: usize, one_line: bool) -> Result<Value, (&'static str, Message)> {
    let Some(text) = json.as_str() else {
        return Err(("type", "Must be text.".into()));
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

fn decimal(json: &Json, least: i64, most: i64) -> Result<Value, (&'static str, Message)> {
    let Some(number) = json.as_f64() else {
        return Err(("type", "Must be a number.".into()));
    };
    #[allow(clippy::cast_precision_loss)]
    let within = number >= least as f64 && number <= most as f64;
    if !within {
        return Err(("range", message!("Must be a number from {least} to {most}.", least, most)));
    }
    // Within the bounds that were just checked, rounding to hundredths cannot overflow.
    #[allow(clippy::cast_possible_truncation)]
    let hundredths = (number * 100.0).round() as i64;
    Ok(Value::Integer(hundredths))
}

fn list(json: &Json) -> Result<&Vec<Json>, (&'static str, Message)> {
    let items = json.as_array().ok_or_else(|| ("type", "Must be a list.".into()))?;
    if items.len() > MAXIMUM_LIST {
        return Err(("too_long", message!("Must have at most {MAXIMUM_LIST} items.", MAXIMUM_LIST)));
    }
    Ok(items)
}

fn strings(json: &Json) -> Result<Vec<&str>, (&'static str, Message)> {
    list(json)?
        .iter()
        .map(|item| item.as_str().ok_or_else(|| ("type", "Must be a list of texts.".into())))
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

fn link(json: &Json, kinds: &[&str]) -> Result<Link, (&'static str, Message)> {
    let expected = || ("type", "Must be an object with kind and id.".into());
    let object = json.as_object().filter(|object| object.len() == 2).ok_or_else(expected)?;
    let kind = object.get("kind").and_then(Json::as_str).ok_or_else(expected)?;
    let id = object.get("id").and_then(Json::as_str).ok_or_else(expected)?;
    if !kinds.contains(&kind) {
        return Err((
            "choice",
            message!("Must be one of these kinds: {kinds}.", kinds = Word::texts(Joining::Comma, kinds)),
        ));
    }
    let id = id.parse().map_err(|_| ("type", "Must be the id of a record.".into()))?;
    Ok(Link { kind: kind.to_owned(), id })
}

fn expected_choice(choices: &[Choice]) -> Message {
    let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
    message!("Must be one of: {values}.", values = Word::texts(Joining::Comma, values))
}

/// Converts the value of a form or a file to JSON for the input of a record. Numbers, money and lists are accepted as
/// people type them; text that cannot be parsed stays text and is refused by the parser of the field.
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
        // Browsers send line ends as CR LF.
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

/// Parses `kind:id`, the value of pickers of several kinds.
fn form_link(text: &str) -> Json {
    match text.split_once(':') {
        Some((kind, id)) => json!({ "kind": kind, "id": id }),
        None if text.is_empty() => Json::Null,
        None => json!(text),
    }
}
