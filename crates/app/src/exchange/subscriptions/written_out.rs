//! Series of external calendars that a record cannot hold as they are: their dates are written one by one.
//!
//! A record has one rule in a zone with an IANA name. A second rule, a rule of exclusions, and a series in a zone that
//! only its calendar defines become dates.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::tz::TimeZone;
use obcms_icalendar::read::{Added, Event, Moment, is_defined};
use obcms_recur::{Allowance, Rule};

use super::to_records::{Remark, set_of};

/// Maximum number of dates that are written for one rule.
const DATES: usize = 1_000;
/// Maximum number of dates that are written for all rules of a calendar.
const WRITTEN_DATES: usize = 200_000;
/// Steps of expansion that the costly rules of a calendar have together.
const COMMON_STEPS: u64 = 10_000_000;
/// Steps of expansion that each rule has of its own. A usual one takes half of them at most.
pub(super) const OWN_STEPS: u64 = 8_000;

/// Dates and steps of expansion that the series of one calendar share, however many it has.
#[derive(Debug)]
pub(super) struct Room {
    dates: usize,
    steps: u64,
}

impl Default for Room {
    fn default() -> Room {
        Room { dates: WRITTEN_DATES, steps: COMMON_STEPS }
    }
}

impl Room {
    /// Runs questions about one series, which has steps of its own before it takes common ones: a costly series takes
    /// nothing from a usual one.
    pub fn share<T>(&mut self, run: impl FnOnce(&Allowance) -> T) -> T {
        let steps = Allowance::new(OWN_STEPS + self.steps);
        let answer = run(&steps);
        self.steps = self.steps.min(steps.left());
        answer
    }
}

/// Returns the event with at most one rule, in a zone with an IANA name.
pub(super) fn written_out<'a>(
    event: &'a Event,
    remarks: &mut Vec<Remark>,
    room: &mut Room,
) -> Cow<'a, Event> {
    let zone = match &event.start {
        Moment::Time(time) => time.time_zone().clone(),
        Moment::Day(_) => TimeZone::UTC,
    };
    let in_own_zone = is_defined(&zone);
    if !in_own_zone && event.further_rules.is_empty() && event.exclusion_rules.is_empty() {
        return Cow::Borrowed(event);
    }
    let mut event = event.clone();
    let mut rules = std::mem::take(&mut event.further_rules);
    if in_own_zone && (event.rrule.is_some() || !event.rdates.is_empty()) {
        rules.extend(event.rrule.take());
        // The start is an occurrence, whatever the rule says (RFC 5545 section 3.8.5.3).
        event.rdates.push(Added { start: event.start.clone(), end: None });
        let reason = "Its time zone is defined in the file, and no known one keeps its time; its dates were written in UTC";
        remarks.push(Remark::new(&event, format!("{reason}.")));
    } else if !rules.is_empty() {
        let reason = format!(
            "It has {} rules; the dates of all but the first were written one by one.",
            rules.len() + 1
        );
        remarks.push(Remark::new(&event, reason));
    }
    for rule in rules {
        let dates = dates(&event, &rule, &zone, (remarks, room));
        event.rdates.extend(dates.into_iter().map(|start| Added { start, end: None }));
    }
    for rule in std::mem::take(&mut event.exclusion_rules) {
        let reason =
            format!("It excludes dates by the rule \u{201c}{rule}\u{201d}; they were written one by one.");
        remarks.push(Remark::new(&event, reason));
        let dates = dates(&event, &rule, &zone, (remarks, room));
        event.exdates.extend(dates);
    }
    if in_own_zone {
        let moments = [&mut event.start, &mut event.end].into_iter();
        let added =
            event.rdates.iter_mut().flat_map(|date| std::iter::once(&mut date.start).chain(&mut date.end));
        for moment in moments.chain(added).chain(&mut event.exdates) {
            if let Moment::Time(time) = moment {
                *time = time.with_time_zone(TimeZone::UTC);
            }
        }
    }
    Cow::Owned(event)
}

/// Returns the dates of a rule, and remarks where they end before the rule does.
fn dates(
    event: &Event,
    rule: &str,
    zone: &TimeZone,
    (remarks, room): (&mut Vec<Remark>, &mut Room),
) -> Vec<Moment> {
    let most = DATES.min(room.dates);
    let mut tell = |reason: String| remarks.push(Remark::new(event, reason));
    let parsed = match Rule::from_str(rule) {
        Ok(parsed) => parsed,
        Err(error) => {
            tell(format!("Its rule \u{201c}{rule}\u{201d} was not used, because it is invalid: {error}."));
            return Vec::new();
        }
    };
    let found = match room
        .share(|steps| set_of(event, Some(parsed), zone).between_from(steps, None, None, most + 1))
    {
        Ok(found) => found,
        Err(error) => {
            tell(format!("Its rule \u{201c}{rule}\u{201d} was not used: {error}."));
            return Vec::new();
        }
    };
    let moments: Vec<Moment> = found
        .iter()
        .take(most)
        .map(|date| match date.id {
            obcms_recur::Moment::Date(day) => Moment::Day(day),
            obcms_recur::Moment::DateTime(_) => Moment::Time(date.start.to_zoned(zone.clone())),
        })
        .collect();
    room.dates -= moments.len();
    match moments.last() {
        Some(last) if found.len() > most => {
            tell(format!("The dates of its rule \u{201c}{rule}\u{201d} were written up to {}.", last.date()));
        }
        None if !found.is_empty() => {
            tell(format!(
                "Its rule \u{201c}{rule}\u{201d} was not used: the calendar has too many such dates."
            ));
        }
        _ => {}
    }
    moments
}
