//! Parser and validation of the dates of a series.

use jiff::SignedDuration;
use obcms_recur::{Addition, Allowance, ExpandError, Moment, Occurrence, Set};
use serde_json::{Value as Json, json};

use super::{Series, anchor, has_days, recurs, zone_of};
use crate::core::dates::{YEARS, year_error};
use crate::core::message::Message;
use crate::message;
use crate::registry::series::{RDATES, RRULE};
use crate::registry::{FieldError, MAXIMUM_LIST, Record, Value};

/// Sets the lists of dates, each as a local date-time of its zone, or as a day.
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
                    let message = message!("Must have at most {MAXIMUM_LIST} dates.", MAXIMUM_LIST);
                    errors.push(FieldError::new(name, "too_long", message));
                    continue;
                }
                None => {
                    errors.push(FieldError::new(name, "type", "Must be a list of dates."));
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

/// Returns the items of a list, or of a comma-separated text as in RFC 5545. An item that is not a text is `None`; the
/// result is `None` for other JSON.
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

fn expected() -> Message {
    "Must be a list of dates like 2027-01-25 or, with times, 2027-01-25T09:00:00.".into()
}

/// Returns the stored form of one date.
fn read(record: &Record, text: &str, may_be_period: bool) -> Result<String, Message> {
    let text = text.trim();
    if let Some((start, end)) = text.split_once('/') {
        if !may_be_period || has_days(record) {
            return Err(expected());
        }
        let start = local(record, start)?;
        // An end is a time or a duration; a time is stored in the zone of the record.
        let end = local(record, end).unwrap_or_else(|_| end.to_owned());
        let period = Addition::read(&format!("{start}/{end}"), &zone_of(record))?;
        return match period.end {
            Some(end) => Ok(format!("{}/{end}", period.start)),
            None => Err(expected()),
        };
    }
    local(record, text)
}

fn local(record: &Record, text: &str) -> Result<String, Message> {
    let moment = Moment::read(text, &zone_of(record)).map_err(|_| expected())?;
    let kept = match (has_days(record), moment) {
        (true, Moment::DateTime(local)) => Moment::Date(local.date()),
        // A day in a timed series means the usual time on that day.
        (false, Moment::Date(day)) => match anchor(record) {
            Some((Moment::DateTime(start), _)) => Moment::DateTime(day.to_datetime(start.time())),
            _ => return Err(expected()),
        },
        (_, moment) => moment,
    };
    if !YEARS.contains(&kept.date().year()) {
        return Err(year_error().1);
    }
    Ok(kept.to_string())
}

/// Refuses a series without a first date, without any date, or with a rule that is too expensive to expand.
pub fn check(record: &Record, errors: &mut Vec<FieldError>) {
    if !recurs(record.kind) || (RRULE.get(record).is_empty() && RDATES.is_empty(record)) {
        return;
    }
    let Some(series) = Series::of(record) else {
        let role = &record.kind.dates[0];
        let field = if role.end.is_empty() { role.start } else { role.end };
        errors.push(FieldError::new(field, "required", "Enter a start: a series needs a first occurrence."));
        return;
    };
    let field = if series.set.rule.is_some() { "rrule" } else { "rdates" };
    let empty = || FieldError::new(field, "empty", "This rule has no occurrences.");
    match series.first() {
        Ok(Some(_)) => {}
        Ok(None) => errors.push(empty()),
        Err(error) => errors.push(refused(field, error)),
    }
    if let (true, Err(error)) = (errors.is_empty(), series.set.last()) {
        errors.push(refused(field, error));
    }
    if let (true, Some(message)) = (errors.is_empty(), too_dense(&series.set)) {
        errors.push(FieldError::new(RRULE.name(), "too_many", message));
    }
}

/// Maximum number of occurrences of a rule on one day. More is a plan of a day, and every window of the calendar,
/// export and list would have to hold them.
pub const MAXIMUM_A_DAY: usize = 24;
/// Maximum number of occurrences of a rule within a year: twelve on every day, which is one every two hours.
pub const MAXIMUM_A_YEAR: usize = 4400;
/// Longest year.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Returns the reason why a rule yields too many occurrences; `None` when it does not. Rules repeat, so the first two
/// years with occurrences are representative.
#[must_use]
pub fn too_dense(set: &Set) -> Option<Message> {
    too_dense_from(&Allowance::new(u64::MAX), set)
}

/// Returns the same as [`too_dense`], from an allowance; `None` when it is spent.
#[must_use]
pub fn too_dense_from(allowance: &Allowance, set: &Set) -> Option<Message> {
    let of_rule = set.rule_alone();
    let first = of_rule.between_from(allowance, None, None, 1).ok()?.first()?.start;
    let until = first.checked_add(YEAR).and_then(|next| next.checked_add(YEAR)).ok();
    let dates = of_rule.between_from(allowance, None, until, 2 * MAXIMUM_A_YEAR + 1).ok()?;
    let is_within = |count: usize, near: &dyn Fn(&Occurrence, &Occurrence) -> bool| {
        dates.windows(count + 1).all(|some| match (some.first(), some.last()) {
            (Some(first), Some(last)) => !near(first, last),
            _ => true,
        })
    };
    if !is_within(MAXIMUM_A_DAY, &|first, last| first.id.date() == last.id.date()) {
        return Some(message!(
            "A series can have at most {MAXIMUM_A_DAY} occurrences a day. Choose a longer interval, or set the times of the day.",
            MAXIMUM_A_DAY
        ));
    }
    if !is_within(MAXIMUM_A_YEAR, &|first, last| last.start.duration_since(first.start) < YEAR) {
        return Some(message!(
            "A series can have at most {MAXIMUM_A_YEAR} occurrences a year. Choose a longer interval, or set the times of the day.",
            MAXIMUM_A_YEAR
        ));
    }
    None
}

fn refused(field: &str, error: ExpandError) -> FieldError {
    FieldError::new(field, "rule", error)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn reason(rule: &str) -> Option<Message> {
        let set = Set {
            start: "2027-01-04T09:00:00".parse().unwrap(),
            zone: TimeZone::get("Asia/Manila").unwrap(),
            rule: Some(rule.parse().unwrap()),
            additions: Vec::new(),
            exclusions: Vec::new(),
        };
        too_dense(&set)
    }

    #[test]
    fn minutely_rule_is_too_dense() {
        for rule in [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;INTERVAL=30",
            "FREQ=MINUTELY;COUNT=25",
            "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12",
            // Sparse at first.
            "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=29",
        ] {
            assert!(
                reason(rule).is_some_and(|reason| reason.english().contains("at most 24 occurrences a day")),
                "{rule}"
            );
        }
        for rule in ["FREQ=HOURLY", "FREQ=HOURLY;BYDAY=MO,TU,WE,TH", "FREQ=HOURLY;COUNT=4401"] {
            assert!(
                reason(rule)
                    .is_some_and(|reason| reason.english().contains("at most 4400 occurrences a year")),
                "{rule}"
            );
        }
    }

    #[test]
    fn usual_rules_are_not_too_dense() {
        for rule in [
            "FREQ=DAILY",
            "FREQ=HOURLY;COUNT=24",
            "FREQ=HOURLY;INTERVAL=4",
            "FREQ=HOURLY;INTERVAL=2",
            "FREQ=HOURLY;BYMONTH=10,11,12",
            "FREQ=HOURLY;COUNT=4400",
            "FREQ=DAILY;COUNT=100000",
            "FREQ=WEEKLY;UNTIL=99991231T235959Z",
            "FREQ=HOURLY;BYMONTH=6",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8,10,12,14,16,18",
            "FREQ=MINUTELY;INTERVAL=15;COUNT=20",
            "FREQ=YEARLY;INTERVAL=99",
        ] {
            assert_eq!(reason(rule), None, "{rule}");
        }
    }
}
