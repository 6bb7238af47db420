//! Overrides with RANGE=THISANDFUTURE in external series (RFC 5545 3.2.13).
//!
//! From such an override to the next one, the series continues as a record of its own, with all occurrences shifted by
//! the same amount and with the new length and texts. Where the rule cannot be shifted,
//! single occurrences are overridden.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::series::{self, Length, MAXIMUM_OVERRIDES, MovedOccurrence, Series, Shift};
use obcms_domain::kinds::external_event;
use obcms_domain::registry::{Record, Value, output};
use obcms_recur::Moment;
use serde_json::{Map, Value as Json};

use crate::calendar::series::{head, rest};

/// Maximum number of such overrides that are applied to one series.
pub const MAXIMUM_RANGES: usize = 50;

/// Override of an occurrence and all later ones.
pub struct Range {
    /// Recurrence id of the occurrence.
    pub date: Moment,
    /// True if all these occurrences are cancelled.
    pub is_cancelled: bool,
    /// New start and end of the occurrence, and true if they are days.
    pub span: (Timestamp, Timestamp, bool),
    /// New texts.
    pub texts: Vec<(&'static str, Value)>,
}

/// Splits a series at the overrides; each part has the recurrence id at which it starts. The overrides and exceptions
/// of `whole` use the recurrence ids of the original series. `tell` receives what could not be applied.
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
        // The part before an override of the first occurrence is empty.
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

/// Applies the override to all occurrences of a part, and returns what could not be applied.
fn change(part: &mut Record, range: &Range, zone: &TimeZone) -> Option<String> {
    for (name, value) in &range.texts {
        part.set(name, value.clone());
    }
    let overrides = without_redundant(part, range);
    series::set_overrides(part, overrides);
    let old = Series::of(part)?;
    let (start, end, has_days) = range.span;
    let local = |instant: Timestamp| instant.to_zoned(zone.clone()).datetime();
    let to = if has_days { Moment::Date(local(start).date()) } else { Moment::DateTime(local(start)) };
    let place = Shift { from: range.date, to };
    let mut moved = part.clone();
    external_event::ALL_DAY.set(&mut moved, has_days);
    let length = {
        external_event::START.set(&mut moved, start);
        external_event::END.set(&mut moved, end);
        series::anchor(&moved)?.1
    };
    let mut first = place.carry(old.set.start, true);
    let mut moves_all = true;
    match old.set.rule.as_ref().map(|rule| series::shift_rule(&old.set, rule, &place, zone)) {
        None => {}
        Some(Ok(rule)) => {
            (first, moves_all) = (rule.start, rule.moves_all);
            external_event::RRULE.set(&mut moved, rule.rule.to_string());
        }
        Some(Err(_)) => return one_by_one(part, &old, &place, length, range),
    }
    series::place_at(&mut moved, first, length);
    let leader = MovedOccurrence { name: place.carry(range.date, true), place, moves_all };
    series::follow(part, &mut moved, &Map::new(), Some(&leader));
    *part = moved;
    None
}

/// Returns the overrides of single occurrences without values that the whole part now has.
fn without_redundant(part: &Record, range: &Range) -> Map<String, Json> {
    let Value::Json(Json::Object(all)) = external_event::OVERRIDES.value(part) else {
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

/// Moves occurrences one by one, up to the maximum number of overrides.
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
        external_event::ALL_DAY.set(&mut single, range.span.2);
        series::place_at(&mut single, place.carry(date.id, true), length);
        let mut patch = Map::new();
        for field in ["all_day", "start", "end"].into_iter().filter_map(|name| part.kind.field(name)) {
            if field.name != "all_day" || !external_event::ALL_DAY.is_same(&single, part) {
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
