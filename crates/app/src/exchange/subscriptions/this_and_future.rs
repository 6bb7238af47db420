//! Changes of a foreign series for a date and all that follow (RECURRENCE-ID with RANGE=THISANDFUTURE, RFC 5545 3.2.13).
//!
//! From such a date to the next one the series goes on as a record of its own: as far from where the rule has its dates as
//! the changed one is, with its length and its words. Where the rule cannot be moved so, single dates are.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::series::{self, Length, MAXIMUM_OVERRIDES, MovedOccurrence, Series, Shift};
use obcms_domain::registry::{Record, Value, output};
use obcms_recur::Moment;
use serde_json::{Map, Value as Json};

use crate::calendar::series::{head, rest};

/// Such changes of one series that are followed.
pub const MAXIMUM_RANGES: usize = 50;

/// A change for a date and all that follow.
pub struct Range {
    /// The date as the series names it.
    pub date: Moment,
    /// None of them takes place.
    pub is_cancelled: bool,
    /// Where the date is put: start and end, and whether they are days.
    pub span: (Timestamp, Timestamp, bool),
    /// What people read from there on.
    pub texts: Vec<(&'static str, Value)>,
}

/// A series up to the first change and from each to the next, with the name of the date from which it is that.
/// `whole` has changed and left-out dates as the series itself names them. What could not be followed is told.
pub fn parts(
    whole: Record,
    mut ranges: Vec<Range>,
    zone: &TimeZone,
    tell: &mut dyn FnMut(&Range, String),
) -> Vec<(String, Record)> {
    ranges.sort_by_key(|range| range.date);
    let mut parts = Vec::new();
    let mut current = (String::new(), whole, None);
    for range in ranges {
        let Some(series) = Series::of(&current.1) else {
            break;
        };
        let mut tail = current.1.clone();
        match (head(&current.1, &series, range.date), rest(&mut tail, &series, range.date)) {
            (Ok(before), Ok(())) => {
                parts.push((current.0, before, current.2));
                current = (range.date.to_string(), tail, Some(range));
            }
            _ => tell(
                &range,
                format!("Its occurrences from {} on cannot be calculated and were not changed.", range.date),
            ),
        }
    }
    parts.push(current);
    let mut result = Vec::new();
    for (name, mut part, range) in parts {
        // What ends before it begins was changed from its first date on.
        if Series::of(&part).is_some_and(|series| series.is_empty().unwrap_or(false)) {
            continue;
        }
        if let Some(range) = &range {
            if range.is_cancelled {
                continue;
            }
            if let Some(remark) = change(&mut part, range, zone) {
                tell(range, remark);
            }
        }
        result.push((name, part));
    }
    result
}

/// Changes all dates of a part; answers what could not be done.
fn change(part: &mut Record, range: &Range, zone: &TimeZone) -> Option<String> {
    for (name, value) in &range.texts {
        part.set(name, value.clone());
    }
    let overrides = without_the_same(part, range);
    series::set_overrides(part, overrides);
    let old = Series::of(part)?;
    let (start, end, has_days) = range.span;
    let local = |instant: Timestamp| instant.to_zoned(zone.clone()).datetime();
    let to = if has_days { Moment::Date(local(start).date()) } else { Moment::DateTime(local(start)) };
    let place = Shift { from: range.date, to };
    let mut moved = part.clone();
    moved.set("all_day", has_days);
    let length = {
        moved.set("start", start);
        moved.set("end", end);
        series::anchor(&moved)?.1
    };
    let mut first = place.carry(old.set.start, true);
    let mut moves_all = true;
    match old.set.rule.as_ref().map(|rule| series::shift_rule(&old.set, rule, &place, zone)) {
        None => {}
        Some(Ok(rule)) => {
            (first, moves_all) = (rule.start, rule.moves_all);
            moved.set("rrule", rule.rule.to_string());
        }
        Some(Err(_)) => return one_by_one(part, &old, &place, length, range),
    }
    series::place_at(&mut moved, first, length);
    let leader = MovedOccurrence { name: place.carry(range.date, true), place, moves_all };
    series::follow(part, &mut moved, &Map::new(), Some(&leader));
    *part = moved;
    None
}

/// What differs on single dates, without what all dates of the part have now.
fn without_the_same(part: &Record, range: &Range) -> Map<String, Json> {
    let Value::Json(Json::Object(all)) = part.get("overrides") else {
        return Map::new();
    };
    let mut all = all.clone();
    for patch in all.values_mut().filter_map(Json::as_object_mut) {
        for (name, value) in &range.texts {
            let same = part.kind.field(name).map(|field| output::plain(field, value));
            if patch.get(*name) == same.as_ref() {
                patch.remove(*name);
            }
        }
    }
    all
}

/// Moves date by date, as many as there may be.
fn one_by_one(
    part: &mut Record,
    old: &Series,
    place: &Shift,
    length: Length,
    range: &Range,
) -> Option<String> {
    let mut overrides = old.overrides.clone();
    let dates = match old.set.between(None, None, MAXIMUM_OVERRIDES + 1) {
        Ok(dates) => dates,
        Err(error) => return Some(error.to_string()),
    };
    let mut is_whole = true;
    for date in &dates {
        let name = date.id.to_string();
        if overrides.contains_key(&name) {
            continue;
        }
        if overrides.len() >= MAXIMUM_OVERRIDES {
            is_whole = false;
            break;
        }
        let mut single = part.clone();
        single.set("all_day", range.span.2);
        series::place_at(&mut single, place.carry(date.id, true), length);
        let mut patch = Map::new();
        for field in ["all_day", "start", "end"].into_iter().filter_map(|name| part.kind.field(name)) {
            if field.name != "all_day" || single.get("all_day") != part.get("all_day") {
                patch.insert(field.name.to_owned(), output::plain(field, single.get(field.name)));
            }
        }
        overrides.insert(name, Json::Object(patch));
    }
    series::set_overrides(part, overrides);
    (!is_whole).then(|| {
        format!(
            "Its rule cannot be moved for all occurrences from {} on; only the first {MAXIMUM_OVERRIDES} were moved.",
            range.date
        )
    })
}
