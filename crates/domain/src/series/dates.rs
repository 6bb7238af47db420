//! Reading the dates of a series, and refusing series that have none.

use obcms_recur::{Addition, ExpandError, Moment};
use serde_json::{Value as Json, json};

use super::{Series, anchor, has_days, recurs, zone_of};
use crate::registry::{FieldError, MAXIMUM_LIST, Record, Value, YEARS};

/// Puts the lists of dates into the record, each as a local date-time of its zone, or as a day.
pub fn parse_dates<'a>(
    record: &mut Record,
    given: impl Iterator<Item = (&'a String, &'a Json)>,
    errors: &mut Vec<FieldError>,
) {
    for (name, json) in given {
        let items = match json {
            Json::Null => {
                record.set(name, Value::Null);
                continue;
            }
            json => match list_of_texts(json) {
                Some(items) if items.len() <= MAXIMUM_LIST => items,
                Some(_) => {
                    let message = format!("Expected at most {MAXIMUM_LIST} dates.");
                    errors.push(FieldError::new(name, "too_long", message));
                    continue;
                }
                None => {
                    errors.push(FieldError::new(name, "type", "Expected a list of dates."));
                    continue;
                }
            },
        };
        let mut dates = Vec::new();
        for item in items {
            let read = item.ok_or_else(expected).and_then(|text| read(record, text, name == "rdates"));
            match read {
                Ok(date) if !dates.contains(&date) => dates.push(date),
                Ok(_) => {}
                Err(message) => {
                    errors.push(FieldError::new(name, "type", message));
                    break;
                }
            }
        }
        dates.sort_unstable();
        record.set(name, Value::Json(json!(dates)));
    }
}

/// The items of a list, or of a text with commas between as a line of RFC 5545 has them; an item that is no text is
/// nothing, and so is what is neither.
#[must_use]
pub fn list_of_texts(json: &Json) -> Option<Vec<Option<&str>>> {
    match json {
        Json::Array(items) => Some(items.iter().map(Json::as_str).collect()),
        Json::String(text) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(items.map(Some).collect())
        }
        _ => None,
    }
}

fn expected() -> String {
    "Expected a list of dates as in 2027-01-25, or 2027-01-25T09:00:00 where there are times.".to_owned()
}

/// One date as it is kept.
fn read(record: &Record, text: &str, may_be_period: bool) -> Result<String, String> {
    let text = text.trim();
    if let Some((start, end)) = text.split_once('/') {
        if !may_be_period || has_days(record) {
            return Err(expected());
        }
        let start = local(record, start)?;
        // An end may be a time or a length; a time is kept in the zone of the record.
        let end = local(record, end).unwrap_or_else(|_| end.to_owned());
        let period =
            Addition::read(&format!("{start}/{end}"), &zone_of(record)).map_err(|error| error.to_string())?;
        return match period.end {
            Some(end) => Ok(format!("{}/{end}", period.start)),
            None => Err(expected()),
        };
    }
    local(record, text)
}

fn local(record: &Record, text: &str) -> Result<String, String> {
    let moment = Moment::read(text, &zone_of(record)).map_err(|_| expected())?;
    let kept = match (has_days(record), moment) {
        (true, Moment::DateTime(local)) => Moment::Date(local.date()),
        // A day among times means the usual time on that day.
        (false, Moment::Date(day)) => match anchor(record) {
            Some((Moment::DateTime(start), _)) => Moment::DateTime(day.to_datetime(start.time())),
            _ => return Err(expected()),
        },
        (_, moment) => moment,
    };
    if !YEARS.contains(&kept.date().year()) {
        return Err(format!("Expected a year from {} to {}.", YEARS.start(), YEARS.end()));
    }
    Ok(kept.to_string())
}

/// Refuses a series without a first date, without any date, or with a rule that takes too much to work out.
pub fn check(record: &Record, errors: &mut Vec<FieldError>) {
    if !recurs(record.kind) || (record.text("rrule").is_empty() && record.get("rdates").is_empty()) {
        return;
    }
    let Some(series) = Series::of(record) else {
        let role = &record.kind.dates[0];
        let field = if role.end.is_empty() { role.start } else { role.end };
        errors.push(FieldError::new(field, "required", "What repeats needs a first date."));
        return;
    };
    let field = if series.set.rule.is_some() { "rrule" } else { "rdates" };
    let empty = || FieldError::new(field, "empty", "This yields no date at all.");
    match series.first() {
        Ok(Some(_)) => {}
        Ok(None) => errors.push(empty()),
        Err(error) => errors.push(refused(field, &error)),
    }
    if let (true, Err(error)) = (errors.is_empty(), series.set.last()) {
        errors.push(refused(field, &error));
    }
}

fn refused(field: &str, error: &ExpandError) -> FieldError {
    FieldError::new(field, "rule", error.to_string())
}
