//! Availability of resources, by a sweep over reserved time.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Span, Terms};

/// Period in which units of a resource are reserved, buffers included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Period.
    pub span: Span,
    /// Number of reserved units.
    pub units: i64,
}

/// Returns the largest number of units that are reserved at the same time within the span.
#[must_use]
pub fn peak_usage(taken: &[Taken], span: Span) -> i64 {
    steps(taken, span).into_iter().map(|(_, units)| units).max().unwrap_or(0)
}

/// Returns the number of reserved units from each instant at which it changes.
fn steps(taken: &[Taken], span: Span) -> Vec<(Timestamp, i64)> {
    let mut edges: Vec<(Timestamp, i64)> = Vec::new();
    for taken in taken {
        let within = taken.span.within(&span);
        if !within.is_empty() {
            edges.push((within.start, taken.units));
            edges.push((within.end, -taken.units));
        }
    }
    edges.sort_unstable();
    let mut level = 0;
    let mut steps: Vec<(Timestamp, i64)> = Vec::new();
    for (at, change) in edges {
        level += change;
        match steps.last_mut() {
            Some(last) if last.0 == at => last.1 = level,
            _ => steps.push((at, level)),
        }
    }
    steps
}

/// Returns the periods of the window in which more than `limit` units are reserved, by start.
#[must_use]
pub fn spans_over_limit(taken: &[Taken], window: Span, limit: i64) -> Vec<Span> {
    let mut result: Vec<Span> = Vec::new();
    let mut from: Option<Timestamp> = None;
    for (at, units) in steps(taken, window) {
        match (from, units > limit) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                result.push(Span::new(start, at));
                from = None;
            }
            _ => {}
        }
    }
    result
}

/// Returns the window without the spans, by start.
#[must_use]
pub fn without(window: Span, mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut result = Vec::new();
    let mut from = window.start;
    for span in spans {
        let gap = Span::new(from, span.start.min(window.end));
        if !gap.is_empty() {
            result.push(gap);
        }
        from = from.max(span.end);
    }
    let rest = Span::new(from, window.end);
    if !rest.is_empty() {
        result.push(rest);
    }
    result
}

/// Returns the periods of the window in which at least `units` of the resource are available.
#[must_use]
pub fn open(terms: &Terms, taken: &[Taken], window: Span, units: i64) -> Vec<Span> {
    let mut shut: Vec<Span> = terms.closed(window, false).into_iter().map(|closed| closed.span).collect();
    shut.extend(spans_over_limit(taken, window, terms.capacity - units));
    without(window, shut)
}

/// Number of free times before the requested one that are offered.
const BEFORE: usize = 2;
/// Number of free times after it.
const AFTER: usize = 3;
/// Largest distance from the requested time, in days.
pub const DAYS: i64 = 14;
/// Hours of the day between which times are offered for a resource without opening hours.
const USUAL_HOURS: (i8, i8) = (7, 19);
/// Step of offered start times, in seconds.
const QUARTER: i64 = 15 * 60;

/// Returns the free times of the same length that are nearest to the requested one, by start. `taken` covers `DAYS`
/// days to both sides.
#[must_use]
pub fn nearest(
    terms: &Terms,
    taken: &[Taken],
    wanted: Span,
    units: i64,
    all_day: bool,
    now: Timestamp,
) -> Vec<Span> {
    let zone = terms.zone();
    let length = wanted.end.duration_since(wanted.start);
    let margin = SignedDuration::from_hours(DAYS * 24);
    let window = Span::new(
        wanted.start.checked_sub(margin).unwrap_or(wanted.start).max(now),
        wanted.end.checked_add(margin).unwrap_or(wanted.end).min(terms.horizon(now)),
    );
    if terms.maximum_hours.is_some_and(|hours| wanted.minutes() > hours * 60) {
        return Vec::new();
    }
    // Excluded starts: those from which the use would overlap with a reservation.
    let mut out: Vec<Span> = Vec::new();
    let mut rule_out = |span: Span, before: SignedDuration, after: SignedDuration| {
        let start = span.start.checked_sub(length).and_then(|at| at.checked_sub(after)).unwrap_or(span.start);
        out.push(Span::new(start, span.end.checked_add(before).unwrap_or(span.end)));
    };
    for closed in terms.closed(window, all_day) {
        rule_out(closed.span, SignedDuration::ZERO, SignedDuration::ZERO);
    }
    if !all_day && !terms.has_hours() {
        for span in outside_usual_hours(window, wanted, zone) {
            rule_out(span, SignedDuration::ZERO, SignedDuration::ZERO);
        }
    }
    let around = terms.with_buffers(window);
    for span in spans_over_limit(taken, around, terms.capacity - units) {
        rule_out(span, terms.before, terms.after);
    }
    let last = window.end.checked_sub(length).unwrap_or(window.start);
    // An interval of starts includes its end: adjacent spans do not overlap.
    let stretches = possible(window.start, last, out);
    let mut found: Vec<Timestamp> = Vec::new();
    let local = wanted.start.to_zoned(zone.clone());
    for shift in -DAYS..=DAYS {
        let Ok(start) = local.checked_add(shift.days()) else { continue };
        let start = start.timestamp();
        if stretches.iter().any(|(first, last)| *first <= start && start <= *last) {
            found.push(start);
        }
    }
    if !all_day {
        for (first, last) in &stretches {
            // The edge that is nearer to the requested start, on a quarter of an hour.
            let edge = if *last < wanted.start { floor(*last) } else { ceiling(*first) };
            if *first <= edge && edge <= *last {
                found.push(edge);
            }
        }
    }
    found.retain(|start| *start != wanted.start);
    found.sort_unstable();
    found.dedup();
    let split = found.partition_point(|start| *start < wanted.start);
    let before = &found[split.saturating_sub(BEFORE)..split];
    let after = &found[split..found.len().min(split + AFTER)];
    let length_of = |start: &Timestamp| match all_day {
        // Whole days remain whole days, also where one of them has 23 hours.
        true => {
            let days = local.date().until(wanted.end.to_zoned(zone.clone()).date()).unwrap_or_default();
            start.to_zoned(zone.clone()).checked_add(days).map_or(*start, |end| end.timestamp())
        }
        false => start.checked_add(length).unwrap_or(*start),
    };
    before.iter().chain(after).map(|start| Span::new(*start, length_of(start))).collect()
}

/// Returns the nights and weekends of a window, which are not offered for a resource without opening hours. A request
/// for such a time shows that they are usual for it: then there are none.
fn outside_usual_hours(window: Span, wanted: Span, zone: &TimeZone) -> Vec<Span> {
    let usual = |day: Date| {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let at = |hour| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).map(|local| local.timestamp());
        let (from, until) = (at(USUAL_HOURS.0).ok()?, at(USUAL_HOURS.1).ok()?);
        (!is_weekend).then(|| Span::new(from, until))
    };
    let day_of = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let asked = usual(day_of(wanted.start));
    if asked.is_none_or(|asked| wanted.start < asked.start || wanted.end > asked.end) {
        return Vec::new();
    }
    let last = day_of(window.end);
    let days = day_of(window.start).series(1.day()).take_while(|day| *day <= last);
    without(window, days.filter_map(usual).collect())
}

/// Returns the intervals of possible starts, both ends included.
fn possible(first: Timestamp, last: Timestamp, mut out: Vec<Span>) -> Vec<(Timestamp, Timestamp)> {
    out.sort_unstable();
    let mut result = Vec::new();
    let mut from = first;
    for span in out {
        if span.start >= from && from <= last {
            result.push((from, span.start.min(last)));
        }
        from = from.max(span.end);
    }
    if from <= last {
        result.push((from, last));
    }
    result
}

fn floor(instant: Timestamp) -> Timestamp {
    let second = instant.as_second();
    Timestamp::from_second(second - second.rem_euclid(QUARTER)).unwrap_or(instant)
}

fn ceiling(instant: Timestamp) -> Timestamp {
    let floor = floor(instant);
    if floor == instant {
        instant
    } else {
        floor.checked_add(SignedDuration::from_secs(QUARTER)).unwrap_or(instant)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::id::Id;
    use crate::kinds::{self, resource};
    use crate::registry::Record;

    fn at(text: &str) -> Timestamp {
        format!("{text}:00+08:00").parse().unwrap()
    }

    fn span(start: &str, end: &str) -> Span {
        Span::new(at(start), at(end))
    }

    fn taken(start: &str, end: &str, units: i64) -> Taken {
        Taken { span: span(start, end), units }
    }

    fn terms(change: impl FnOnce(&mut Record)) -> Terms {
        let mut resource =
            Record::new(&kinds::RESOURCE, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None);
        resource::IS_AVAILABLE.set(&mut resource, true);
        change(&mut resource);
        Terms::of(&resource, &TimeZone::get("Asia/Manila").unwrap())
    }

    #[test]
    fn peak_counts_simultaneous_units() {
        let all = [
            taken("2026-12-01T09:00", "2026-12-01T11:00", 1),
            taken("2026-12-01T11:00", "2026-12-01T12:00", 2),
            taken("2026-12-01T10:00", "2026-12-01T11:30", 1),
        ];
        assert_eq!(peak_usage(&all, span("2026-12-01T09:00", "2026-12-01T10:00")), 1);
        assert_eq!(peak_usage(&all, span("2026-12-01T09:00", "2026-12-01T11:00")), 2);
        assert_eq!(peak_usage(&all, span("2026-12-01T09:00", "2026-12-01T12:00")), 3);
        assert_eq!(peak_usage(&all, span("2026-12-01T12:00", "2026-12-01T13:00")), 0);
        assert_eq!(
            spans_over_limit(&all, span("2026-12-01T08:00", "2026-12-01T18:00"), 1),
            [span("2026-12-01T10:00", "2026-12-01T12:00")]
        );
    }

    #[test]
    fn spans_are_subtracted_from_a_window() {
        let window = span("2026-12-01T08:00", "2026-12-01T17:00");
        let out =
            vec![span("2026-12-01T12:00", "2026-12-01T13:00"), span("2026-12-01T07:00", "2026-12-01T09:00")];
        assert_eq!(
            without(window, out),
            [span("2026-12-01T09:00", "2026-12-01T12:00"), span("2026-12-01T13:00", "2026-12-01T17:00")]
        );
        assert_eq!(without(window, vec![span("2026-12-01T01:00", "2026-12-02T01:00")]), []);
    }

    #[test]
    fn nearest_free_times_respect_hours_and_buffers() {
        let terms = terms(|resource| {
            let day = json!([{ "from": "08:00", "to": "17:00" }]);
            resource::OPENING_HOURS.set(resource, json!({ "tuesday": day, "wednesday": day }));
            resource::BUFFER_AFTER_MINUTES.set(resource, 30_i64);
        });
        // Tuesday 1 December from ten to noon, and half an hour to clean.
        let busy = [taken("2026-12-01T10:00", "2026-12-01T12:30", 1)];
        let wanted = span("2026-12-01T10:00", "2026-12-01T12:00");
        let found = nearest(&terms, &busy, wanted, 1, false, at("2026-11-30T09:00"));
        // Before ten there is no room for two hours and the cleaning.
        assert_eq!(found[0], span("2026-12-01T12:30", "2026-12-01T14:30"));
        assert_eq!(found[1], span("2026-12-02T08:00", "2026-12-02T10:00"));
        assert_eq!(found[2], span("2026-12-02T10:00", "2026-12-02T12:00"));
        assert_eq!(found.len(), 3);
        // Earlier ones are offered too, but none in the past.
        let later = nearest(
            &terms,
            &busy,
            span("2026-12-01T12:00", "2026-12-01T13:30"),
            1,
            false,
            at("2026-11-30T09:00"),
        );
        assert_eq!(later[0], span("2026-12-01T08:00", "2026-12-01T09:30"));
        assert_eq!(later[1], span("2026-12-01T12:30", "2026-12-01T14:00"));
    }

    #[test]
    fn whole_days_are_offered_as_whole_days() {
        let terms = terms(|_| {});
        let busy = [taken("2026-12-01T00:00", "2026-12-03T00:00", 1)];
        let wanted = span("2026-12-02T00:00", "2026-12-03T00:00");
        let found = nearest(&terms, &busy, wanted, 1, true, at("2026-11-30T09:00"));
        assert_eq!(found[0], span("2026-12-03T00:00", "2026-12-04T00:00"));
        assert!(found.iter().all(|span| span.minutes() == 24 * 60));
    }

    #[test]
    fn free_times_lie_in_the_day_unless_the_night_is_requested() {
        let terms = terms(|_| {});
        // Friday to Monday; the resource is taken all Friday.
        let busy = [taken("2026-12-04T08:00", "2026-12-04T18:00", 1)];
        let wanted = span("2026-12-04T09:00", "2026-12-04T11:00");
        for found in nearest(&terms, &busy, wanted, 1, false, at("2026-12-01T09:00")) {
            let (start, end) =
                (found.start.to_zoned(terms.zone().clone()), found.end.to_zoned(terms.zone().clone()));
            assert!(start.hour() >= 7 && end.hour() <= 19 && start.date() == end.date(), "{found:?}");
            assert!(!matches!(start.weekday(), Weekday::Saturday | Weekday::Sunday), "{found:?}");
        }
        let night = [taken("2026-12-04T22:00", "2026-12-04T23:00", 1)];
        let wanted = span("2026-12-04T22:00", "2026-12-04T23:00");
        let found = nearest(&terms, &night, wanted, 1, false, at("2026-12-01T09:00"));
        assert!(found.contains(&span("2026-12-04T23:00", "2026-12-05T00:00")), "{found:?}");
    }

    #[test]
    fn one_of_several_units_can_be_free() {
        let terms = terms(|resource| resource::CAPACITY.set(resource, 3_i64));
        let busy = [taken("2026-12-01T09:00", "2026-12-01T12:00", 2)];
        let window = span("2026-12-01T08:00", "2026-12-01T13:00");
        assert_eq!(open(&terms, &busy, window, 1), [window]);
        assert_eq!(
            open(&terms, &busy, window, 2),
            [span("2026-12-01T08:00", "2026-12-01T09:00"), span("2026-12-01T12:00", "2026-12-01T13:00")]
        );
    }
}
