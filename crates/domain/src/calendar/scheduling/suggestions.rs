//! Suggested times at which all attendees and a place are free, best first, each with its reasons.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::core::id::Id;
use crate::core::span::Span;

/// Step of the tested starts, in minutes.
const STEP_MINUTES: i64 = 30;
/// Maximum number of suggestions on one day, so that there is a choice of days.
const OF_ONE_DAY: usize = 3;
/// Shortest gap between two entries that counts as a break, in minutes.
const BREAK_MINUTES: i64 = 15;
/// Maximum number of tested starts: half a year of half hours.
const TRIED: usize = 10_000;

/// Busy period of an attendee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy {
    /// Period.
    pub span: Span,
    /// Index of the entry in the list of the caller.
    pub index: usize,
}

/// Attendee who is needed.
#[derive(Clone, Debug)]
pub struct Attendee {
    /// Person.
    pub person: Id,
    /// Busy periods, by start.
    pub busy: Vec<Busy>,
    /// Working hours within the window.
    pub working: Vec<Span>,
}

/// Possible place.
#[derive(Clone, Debug)]
pub struct Place {
    /// Resource.
    pub resource: Id,
    /// Number of seats, if known.
    pub seats: Option<i64>,
    /// Periods of the window in which it is available.
    pub free: Vec<Span>,
}

/// Requested time.
#[derive(Clone, Debug)]
pub struct Request {
    /// Window of the search.
    pub window: Span,
    /// Duration in minutes.
    pub minutes: i64,
    /// Zone of the local times by which suggestions are rated.
    pub zone: TimeZone,
    /// True if a place is needed.
    pub needs_place: bool,
    /// Number of seats that are needed.
    pub seats: i64,
    /// Maximum number of suggestions.
    pub most: usize,
    /// Holidays on which the office is closed, with their names.
    pub closed: BTreeMap<Date, String>,
}

/// Reason for the rating of a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// All attendees are free.
    AllFree,
    /// These attendees have another entry.
    Busy(Vec<(Id, usize)>),
    /// The time is within the working hours of all attendees.
    WorkingHours,
    /// The time is outside of the working hours of these attendees.
    OutsideHours(Vec<Id>),
    /// The office is closed for this holiday.
    Holiday(String),
    /// The time overlaps with the lunch break.
    OverLunch,
    /// These attendees have another entry right before or after.
    NoBreak(Vec<Id>),
    /// A suitable place is free.
    Place(Id),
    /// No suitable place is free.
    NoPlace,
}

/// Suggested time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Period.
    pub span: Span,
    /// Rating; 100 is perfect.
    pub score: i64,
    /// Reasons for the rating.
    pub reasons: Vec<Reason>,
    /// Smallest suitable place that is free.
    pub place: Option<Id>,
}

impl Suggestion {
    /// Returns true if all attendees, and a place when one is needed, are free.
    #[must_use]
    pub fn fits(&self) -> bool {
        !self.reasons.iter().any(|reason| matches!(reason, Reason::Busy(_) | Reason::NoPlace))
    }

    /// Returns true if it fits and is within the working hours of all attendees.
    fn is_good(&self) -> bool {
        self.fits() && self.reasons.contains(&Reason::WorkingHours)
    }
}

/// Returns the best times, those that fit first. Times outside of working hours are suggested only when there are no
/// others.
#[must_use]
pub fn suggest(request: &Request, attendees: &[Attendee], places: &[Place]) -> Vec<Suggestion> {
    let length = SignedDuration::from_mins(request.minutes);
    let mut candidates: Vec<Suggestion> = starts(request)
        .filter_map(|start| {
            let span = Span::new(start, start.checked_add(length).ok()?);
            (span.end <= request.window.end).then(|| judge(request, span, attendees, places))
        })
        .collect();
    let is_outside = |candidate: &Suggestion| {
        candidate.reasons.iter().any(|reason| matches!(reason, Reason::OutsideHours(_)))
    };
    if candidates.iter().any(|candidate| !is_outside(candidate)) {
        candidates.retain(|candidate| !is_outside(candidate));
    }
    candidates.sort_by(|one, other| {
        (other.is_good(), other.score, one.span.start).cmp(&(one.is_good(), one.score, other.span.start))
    });
    let mut chosen: Vec<Suggestion> = Vec::new();
    for candidate in candidates {
        let day = candidate.span.start.to_zoned(request.zone.clone()).date();
        let same_day = chosen
            .iter()
            .filter(|known| known.span.start.to_zoned(request.zone.clone()).date() == day)
            .count();
        // Overlapping suggestions offer no choice.
        let overlaps = chosen.iter().any(|known| known.span.overlaps(&candidate.span));
        if same_day < OF_ONE_DAY && !overlaps {
            chosen.push(candidate);
        }
        if chosen.len() == request.most {
            break;
        }
    }
    chosen
}

/// Returns the tested starts: half hours of the local clock.
fn starts(request: &Request) -> impl Iterator<Item = Timestamp> {
    let zone = request.zone.clone();
    let first = request.window.start.to_zoned(zone.clone()).datetime();
    let minute = i64::from(first.minute());
    let is_round = minute % STEP_MINUTES == 0 && first.second() == 0 && first.subsec_nanosecond() == 0;
    let ahead = if is_round { 0 } else { STEP_MINUTES - minute % STEP_MINUTES };
    let floor = first.date().at(first.hour(), first.minute(), 0, 0);
    let mut next: Option<DateTime> = floor.checked_add(ahead.minutes()).ok();
    let end = request.window.end;
    std::iter::from_fn(move || {
        let local = next?;
        next = local.checked_add(STEP_MINUTES.minutes()).ok();
        let instant = zone.to_ambiguous_timestamp(local).compatible().ok()?;
        (instant < end).then_some(instant)
    })
    .take(TRIED)
}

fn judge(request: &Request, span: Span, attendees: &[Attendee], places: &[Place]) -> Suggestion {
    let mut reasons = Vec::new();
    let mut score = 100;
    let busy: Vec<(Id, usize)> = attendees
        .iter()
        .filter_map(|attendee| {
            let other = attendee.busy.iter().find(|busy| busy.span.overlaps(&span))?;
            Some((attendee.person, other.index))
        })
        .collect();
    if busy.is_empty() {
        reasons.push(Reason::AllFree);
    } else {
        score -= 30 * count(busy.len());
        reasons.push(Reason::Busy(busy));
    }
    let within = |spans: &[Span]| spans.iter().any(|open| open.start <= span.start && open.end >= span.end);
    let outside: Vec<Id> = attendees
        .iter()
        .filter(|attendee| !within(&attendee.working))
        .map(|attendee| attendee.person)
        .collect();
    if !outside.is_empty() {
        score -= 60 + 10 * count(outside.len());
        reasons.push(Reason::OutsideHours(outside));
    }
    if let Some(name) = request.closed.get(&span.start.to_zoned(request.zone.clone()).date()) {
        // On a holiday nobody works, whatever their hours on that weekday.
        score -= 60;
        reasons.push(Reason::Holiday(name.clone()));
    } else if !reasons.iter().any(|reason| matches!(reason, Reason::OutsideHours(_))) {
        reasons.push(Reason::WorkingHours);
    }
    let place = places
        .iter()
        .filter(|place| place.seats.is_none_or(|seats| seats >= request.seats) && within(&place.free))
        .min_by_key(|place| (place.seats.is_none(), place.seats.unwrap_or(0), place.resource))
        .map(|place| place.resource);
    if request.needs_place {
        match place {
            Some(place) => reasons.push(Reason::Place(place)),
            None => {
                score -= 30;
                reasons.push(Reason::NoPlace);
            }
        }
    }
    let local = span.start.to_zoned(request.zone.clone());
    let local_end = span.end.to_zoned(request.zone.clone());
    let noon = local.date().to_datetime(Time::constant(12, 0, 0, 0));
    let one = local.date().to_datetime(Time::constant(13, 0, 0, 0));
    // A whole day contains its lunch break.
    if request.minutes <= 4 * 60 && local.datetime() < one && local_end.datetime() > noon {
        score -= 12;
        reasons.push(Reason::OverLunch);
    }
    let margin = SignedDuration::from_mins(BREAK_MINUTES);
    let around = Span::new(
        span.start.checked_sub(margin).unwrap_or(span.start),
        span.end.checked_add(margin).unwrap_or(span.end),
    );
    let hurried: Vec<Id> = attendees
        .iter()
        .filter(|attendee| {
            attendee.busy.iter().any(|busy| busy.span.overlaps(&around) && !busy.span.overlaps(&span))
        })
        .map(|attendee| attendee.person)
        .collect();
    if !hurried.is_empty() {
        score -= 3 * count(hurried.len()).min(5);
        reasons.push(Reason::NoBreak(hurried));
    }
    if local.minute() != 0 {
        score -= 2;
    }
    // Sooner is slightly better; nine o'clock is better than seven or five.
    let days = span.start.duration_since(request.window.start).as_hours() / 24;
    score -= days.clamp(0, 30);
    let from_nine = (i64::from(local.hour()) - 9).abs();
    score -= from_nine.min(8) / 2;
    Suggestion { span, score, reasons, place: if request.needs_place { place } else { None } }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}+08:00").parse().unwrap()
    }

    fn span(start: &str, end: &str) -> Span {
        Span::new(at(&format!("2027-01-{start}")), at(&format!("2027-01-{end}")))
    }

    fn id(number: u8) -> Id {
        Id::from_parts(u64::from(number), &[number; 10])
    }

    fn request() -> Request {
        Request {
            window: span("04T00:00:00", "06T00:00:00"),
            minutes: 60,
            zone: TimeZone::get("Asia/Manila").unwrap(),
            needs_place: false,
            seats: 2,
            most: 5,
            closed: BTreeMap::new(),
        }
    }

    fn person(number: u8, busy: &[Span]) -> Attendee {
        Attendee {
            person: id(number),
            busy: busy.iter().enumerate().map(|(index, span)| Busy { span: *span, index }).collect(),
            working: vec![span("04T08:00:00", "04T17:00:00"), span("05T08:00:00", "05T17:00:00")],
        }
    }

    #[test]
    fn first_suggestion_suits_all_attendees() {
        let busy = [span("04T08:00:00", "04T11:00:00")];
        let other = [span("04T13:00:00", "04T17:00:00"), span("05T09:00:00", "05T10:00:00")];
        let found = suggest(&request(), &[person(1, &busy), person(2, &other)], &[]);
        assert!(found.len() >= 3);
        for suggestion in &found {
            assert!(suggestion.fits(), "{suggestion:?}");
            for taken in busy.iter().chain(&other) {
                assert!(!taken.overlaps(&suggestion.span), "{suggestion:?}");
            }
        }
        assert_eq!(found[0].reasons[..2], [Reason::AllFree, Reason::WorkingHours]);
        let scores: Vec<i64> = found.iter().map(|suggestion| suggestion.score).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other), "{scores:?}");
    }

    #[test]
    fn holiday_is_suggested_last_with_its_name() {
        let first = jiff::civil::date(2027, 1, 4);
        let closed = BTreeMap::from([(first, "Rest day".to_owned())]);
        let request = Request { closed, most: 50, ..request() };
        let found = suggest(&request, &[person(1, &[])], &[]);
        let on_holiday =
            |suggestion: &Suggestion| suggestion.reasons.contains(&Reason::Holiday("Rest day".to_owned()));
        let day = |suggestion: &Suggestion| suggestion.span.start.to_zoned(request.zone.clone()).date();
        assert!(found.iter().any(on_holiday));
        assert!(found.iter().all(|suggestion| on_holiday(suggestion) == (day(suggestion) == first)));
        assert_ne!(day(&found[0]), first);
        assert!(
            found
                .iter()
                .filter(|one| on_holiday(one))
                .all(|one| !one.reasons.contains(&Reason::WorkingHours))
        );
    }

    #[test]
    fn busy_attendees_are_named_when_nothing_fits() {
        let busy = [span("04T00:00:00", "06T00:00:00")];
        let found = suggest(&request(), &[person(1, &busy), person(2, &[])], &[]);
        assert!(!found.is_empty());
        assert!(!found[0].fits());
        assert_eq!(found[0].reasons[0], Reason::Busy(vec![(id(1), 0)]));
    }

    #[test]
    fn nights_are_not_suggested_when_all_are_busy_by_day() {
        let busy = [span("04T08:00:00", "04T17:00:00"), span("05T08:00:00", "05T17:00:00")];
        let people = [1, 2, 3, 4].map(|number| person(number, &busy));
        let found = suggest(&request(), &people, &[]);
        assert!(!found.is_empty());
        let hour = |one: &Suggestion| one.span.start.to_zoned(request().zone).hour();
        assert!(found.iter().all(|one| (8..17).contains(&hour(one))), "{found:?}");
    }

    #[test]
    fn smallest_suitable_place_is_chosen() {
        let all = vec![span("04T00:00:00", "06T00:00:00")];
        let place = |number, seats, free: &[Span]| Place { resource: id(number), seats, free: free.to_vec() };
        let places = [
            place(10, Some(40), &all),
            place(11, Some(8), &all),
            place(12, Some(4), &all),
            place(13, Some(6), &[]),
        ];
        let request = Request { needs_place: true, seats: 5, ..request() };
        let found = suggest(&request, &[person(1, &[])], &places);
        assert_eq!(found[0].place, Some(id(11)));
        let none = suggest(&request, &[person(1, &[])], &places[2..]);
        assert!(
            none.iter().all(|suggestion| suggestion.reasons.contains(&Reason::NoPlace) && !suggestion.fits())
        );
    }

    #[test]
    fn lunch_and_missing_breaks_lower_the_score() {
        let day = Request { window: span("04T11:30:00", "04T12:30:00"), ..request() };
        let found = suggest(&day, &[person(1, &[span("04T10:00:00", "04T11:30:00")])], &[]);
        assert!(found.iter().any(|suggestion| suggestion.reasons.contains(&Reason::OverLunch)));
        assert!(found.iter().any(|suggestion| suggestion.reasons.contains(&Reason::NoBreak(vec![id(1)]))));
    }
}
