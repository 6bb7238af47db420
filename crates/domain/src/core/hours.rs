//! Opening hours and blackout dates of a resource.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value as Json;

use super::dates::{moment, parse_date};
use super::span::Span;
use crate::core::message::{Message, Word};
use crate::message;

/// Days of the week, as keys of opening hours.
pub const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Maximum number of periods on one day.
const STRETCHES: usize = 6;
/// Maximum number of blackouts of one resource.
const BLACKOUTS: usize = 200;

/// Parses a time of day; `None` for the end of the day.
fn time(text: &str) -> Result<Option<Time>, Message> {
    if text == "24:00" {
        return Ok(None);
    }
    let parsed = (text.len() == 5).then(|| text.parse::<Time>().ok()).flatten();
    parsed.map(Some).ok_or_else(|| "Times must look like 08:00; the end of the day is 24:00.".into())
}

/// Period of a day: start and end; no end means midnight.
pub(crate) type HourRange = (Time, Option<Time>);

fn stretches(day: &'static str, json: &Json) -> Result<Vec<HourRange>, Message> {
    let items = json.as_array().filter(|items| items.len() <= STRETCHES).ok_or_else(|| {
        message!(
            "The hours of {day} must be a list of at most {STRETCHES} periods with from and to.",
            day = Word::label(day),
            STRETCHES
        )
    })?;
    let mut result: Vec<HourRange> = Vec::new();
    for item in items {
        let object = item
            .as_object()
            .filter(|object| object.len() == 2)
            .ok_or_else(|| message!("Each period of {day} needs from and to.", day = Word::label(day)))?;
        let text = |name: &str| object.get(name).and_then(Json::as_str).unwrap_or_default();
        let from = time(text("from"))?.ok_or_else(|| {
            message!("The opening time of {day} must be before 24:00.", day = Word::label(day))
        })?;
        let to = time(text("to"))?;
        if to.is_some_and(|to| to <= from) {
            return Err(message!(
                "The closing time of {day} must be after the opening time.",
                day = Word::label(day)
            ));
        }
        let is_later = result.last().is_none_or(|(_, last)| last.is_some_and(|last| last <= from));
        if !is_later {
            return Err(message!(
                "The periods of {day} must be in order and not overlap.",
                day = Word::label(day)
            ));
        }
        result.push((from, to));
    }
    Ok(result)
}

/// Checks opening hours, `{"monday": [{"from": "08:00", "to": "17:00"}], …}`. A missing day is closed, an empty object
/// is always open.
pub fn check_opening_hours(json: &Json) -> Result<(), Message> {
    read_opening_hours(json).map(|_| ())
}

/// Parses the hours of each day; `None` when always open.
pub(crate) fn read_opening_hours(json: &Json) -> Result<Option<[Vec<HourRange>; 7]>, Message> {
    let object = json.as_object().ok_or("Must be an object with lists by day, monday to sunday.")?;
    if let Some(unknown) = object.keys().find(|key| !WEEKDAYS.contains(&key.as_str())) {
        return Err(message!(
            "Unknown day: {unknown}. Must be monday to sunday.",
            unknown = Word::text(unknown)
        ));
    }
    let mut week: [Vec<HourRange>; 7] = Default::default();
    for (place, day) in WEEKDAYS.into_iter().enumerate() {
        if let Some(list) = object.get(day).filter(|list| !list.is_null()) {
            week[place] = stretches(day, list)?;
        }
    }
    Ok(week.iter().any(|day| !day.is_empty()).then_some(week))
}

/// Returns the opening periods within a window; always open when there are none.
#[must_use]
pub fn open_spans(hours: &Json, window: Span, zone: &TimeZone) -> Vec<Span> {
    let Ok(Some(week)) = read_opening_hours(hours) else {
        return vec![window];
    };
    let last = window.end.to_zoned(zone.clone()).date();
    let mut day = window.start.to_zoned(zone.clone()).date();
    let mut result = Vec::new();
    while day <= last {
        let spans = spans_of(&week, day, zone).into_iter().map(|span| span.within(&window));
        result.extend(spans.filter(|span| !span.is_empty()));
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    result
}

/// Returns the periods of a day as spans of the zone.
pub(crate) fn spans_of(week: &[Vec<HourRange>; 7], day: Date, zone: &TimeZone) -> Vec<Span> {
    let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    week[place]
        .iter()
        .filter_map(|(from, to)| {
            let start = instant(day.to_datetime(*from), zone)?;
            let end = match to {
                Some(to) => instant(day.to_datetime(*to), zone)?,
                None => midnight(day.saturating_add(1.day()), zone)?,
            };
            Some(Span::new(start, end)).filter(|span| !span.is_empty())
        })
        .collect()
}

/// Returns true if the resource opens on that day at all.
pub(crate) fn opens_on(week: &[Vec<HourRange>; 7], day: Weekday) -> bool {
    let place = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
    !week[place].is_empty()
}

fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Returns the first instant of the day in the zone.
pub(crate) fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|start| start.timestamp())
}

/// Parses blackouts, each with its reason.
pub(crate) fn read_blackouts(json: &Json, zone: &TimeZone) -> Result<Vec<(Span, String)>, Message> {
    let items = json.as_array().filter(|items| items.len() <= BLACKOUTS).ok_or_else(|| {
        message!("Must be a list of at most {BLACKOUTS} blackouts with start, end and reason.", BLACKOUTS)
    })?;
    let mut result = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let wrong = |what: Message| message!("Blackout date {number}: {what}", number, what);
        let object = item.as_object().ok_or_else(|| wrong("must have start, end and reason.".into()))?;
        if let Some(unknown) = object.keys().find(|key| !["start", "end", "reason"].contains(&key.as_str())) {
            return Err(wrong(message!("unknown member {unknown}.", unknown = Word::text(unknown))));
        }
        let reason = match object.get("reason") {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(reason)) if reason.chars().count() <= 255 => reason.clone(),
            Some(_) => return Err(wrong("the reason must be text of at most 255 characters.".into())),
        };
        let start =
            object.get("start").and_then(Json::as_str).ok_or_else(|| wrong("enter a start.".into()))?;
        let in_days = start.len() == 10;
        let read = |text: &str| moment(text, in_days, zone).map_err(|(_, message)| wrong(message));
        let first = read(start)?;
        let end = match object.get("end") {
            None | Some(Json::Null) if in_days => {
                let day = parse_date(start).map_err(|(_, message)| wrong(message))?;
                midnight(day.saturating_add(1.day()), zone)
                    .ok_or_else(|| wrong("this date is out of range.".into()))?
            }
            Some(Json::String(text)) if (text.len() == 10) == in_days => read(text)?,
            _ => {
                return Err(wrong(
                    "enter an end of the same form as the start: two dates or two times.".into(),
                ));
            }
        };
        if end <= first {
            return Err(wrong("end must be after start; the end is exclusive.".into()));
        }
        result.push((Span::new(first, end), reason));
    }
    Ok(result)
}

/// Checks blackouts, `[{"start": "2026-12-24", "end": "2026-12-26", "reason": "…"}]`: days or times, end exclusive. A
/// day without an end is that day.
pub fn check_blackouts(json: &Json) -> Result<(), Message> {
    read_blackouts(json, &TimeZone::UTC).map(|_| ())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn opening_hours_are_lists_by_day() {
        let fine = json!({
            "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "24:00" }], "friday": [],
        });
        assert_eq!(check_opening_hours(&fine), Ok(()));
        assert_eq!(check_opening_hours(&json!({})), Ok(()));
        for wrong in [
            json!([]),
            json!({ "someday": [] }),
            json!({ "monday": [{ "from": "08:00" }] }),
            json!({ "monday": [{ "from": "8:00", "to": "12:00" }] }),
            json!({ "monday": [{ "from": "12:00", "to": "12:00" }] }),
            json!({ "monday": [{ "from": "24:00", "to": "24:00" }] }),
            json!({ "monday": [{ "from": "09:00", "to": "12:00" }, { "from": "11:00", "to": "13:00" }] }),
        ] {
            assert!(check_opening_hours(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn blackouts_are_days_or_times() {
        let fine = json!([
            { "start": "2026-12-25" },
            { "start": "2026-12-30", "end": "2027-01-02", "reason": "Inventory" },
            { "start": "2026-12-05T13:00", "end": "2026-12-05T15:00" },
        ]);
        let manila = TimeZone::get("Asia/Manila").unwrap();
        let read = read_blackouts(&fine, &manila).unwrap();
        assert_eq!(read[0].0.start.to_string(), "2026-12-24T16:00:00Z");
        assert_eq!(read[0].0.minutes(), 24 * 60);
        assert_eq!(read[1].0.minutes(), 3 * 24 * 60);
        assert_eq!(read[2].0.minutes(), 120);
        for wrong in [
            json!({}),
            json!([{ "reason": "?" }]),
            json!([{ "start": "2026-12-25", "end": "2026-12-25" }]),
            json!([{ "start": "2026-12-25", "end": "2026-12-25T10:00" }]),
            json!([{ "start": "2026-12-25T10:00" }]),
            json!([{ "start": "2026-12-25", "shoe": 4 }]),
        ] {
            assert!(check_blackouts(&wrong).is_err(), "{wrong}");
        }
    }
}
