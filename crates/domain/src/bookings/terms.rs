//! Terms of a resource: who can book it, when and for how long.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Span, Use};
use crate::core::dates::weekday_label;
use crate::core::hours::{self, HourRange};
use crate::core::message::{Joining, Message, Word};
use crate::kinds::{booking, resource};
use crate::message;
use crate::registry::{FieldError, Record, Value};

/// Tolerance for starts in the past: filling in a form takes a while.
const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// Period in which a resource is not available, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Period.
    pub span: Span,
    /// `closed` or `blackout`.
    pub kind: &'static str,
    /// The reason of a blackout, or empty.
    pub reason: String,
}

/// Terms of a resource.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Name of the resource.
    pub name: String,
    /// Units that can be reserved at the same time.
    pub capacity: i64,
    /// True if bookings need approval.
    pub requires_approval: bool,
    /// True if the resource can be booked.
    pub is_available: bool,
    /// Buffer before each booking.
    pub before: SignedDuration,
    /// Buffer after each booking.
    pub after: SignedDuration,
    /// Horizon in days.
    pub horizon_days: i64,
    /// Longest booking in hours.
    pub maximum_hours: Option<i64>,
    hours: Option<[Vec<HourRange>; 7]>,
    blackouts: Vec<(Span, String)>,
    zone: TimeZone,
}

impl Terms {
    /// Reads the terms of a resource; its opening hours are local times of the zone.
    #[must_use]
    pub fn of(resource: &Record, zone: &TimeZone) -> Self {
        let minutes = |name| SignedDuration::from_mins(resource.integer(name).unwrap_or(0));
        let hours = match resource::OPENING_HOURS.value(resource) {
            Value::Json(json) => hours::read_opening_hours(json).ok().flatten(),
            _ => None,
        };
        let blackouts = match resource::BLACKOUTS.value(resource) {
            Value::Json(json) => hours::read_blackouts(json, zone).unwrap_or_default(),
            _ => Vec::new(),
        };
        Self {
            name: resource.title().to_owned(),
            capacity: resource::CAPACITY.get(resource).unwrap_or(1).max(1),
            requires_approval: resource::REQUIRES_APPROVAL.get(resource),
            is_available: resource::IS_AVAILABLE.get(resource) && !resource.is_archived(),
            before: minutes("buffer_before_minutes"),
            after: minutes("buffer_after_minutes"),
            horizon_days: resource::HORIZON_DAYS.get(resource).unwrap_or(DEFAULT_HORIZON),
            maximum_hours: resource::MAXIMUM_HOURS.get(resource),
            hours,
            blackouts,
            zone: zone.clone(),
        }
    }

    /// Returns true if the resource has opening hours.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        self.hours.is_some()
    }

    /// Returns the zone of the opening hours.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the span with the buffers of the resource.
    #[must_use]
    pub fn with_buffers(&self, span: Span) -> Span {
        Span {
            start: span.start.checked_sub(self.before).unwrap_or(span.start),
            end: span.end.checked_add(self.after).unwrap_or(span.end),
        }
    }

    /// Returns the periods of a window in which the resource is not available, by start. With `whole_days`, only days
    /// on which it never opens count as closed.
    #[must_use]
    pub fn closed(&self, window: Span, whole_days: bool) -> Vec<Closed> {
        let mut result: Vec<Closed> = Vec::new();
        for (span, reason) in &self.blackouts {
            let span = span.within(&window);
            if !span.is_empty() {
                result.push(Closed { span, kind: "blackout", reason: reason.clone() });
            }
        }
        if let Some(week) = &self.hours {
            let mut from = window.start;
            let mut push = |start: Timestamp, end: Timestamp| {
                let span = Span::new(start, end).within(&window);
                if !span.is_empty() {
                    result.push(Closed { span, kind: "closed", reason: String::new() });
                }
            };
            let mut day = window.start.to_zoned(self.zone.clone()).date();
            let last = window.end.to_zoned(self.zone.clone()).date();
            while day <= last {
                let open = if whole_days && hours::opens_on(week, day.weekday()) {
                    let next = day.saturating_add(1.day());
                    hours::midnight(day, &self.zone)
                        .zip(hours::midnight(next, &self.zone))
                        .map(|(start, end)| Span::new(start, end))
                        .into_iter()
                        .collect()
                } else if whole_days {
                    Vec::new()
                } else {
                    hours::spans_of(week, day, &self.zone)
                };
                for span in open {
                    push(from, span.start);
                    from = from.max(span.end);
                }
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
            push(from, window.end);
        }
        result.sort_by_key(|closed| closed.span);
        result
    }

    /// Returns the first instant after the horizon.
    #[must_use]
    pub fn horizon(&self, now: Timestamp) -> Timestamp {
        let last = now.to_zoned(self.zone.clone()).date().saturating_add(self.horizon_days.days());
        hours::midnight(last.saturating_add(1.day()), &self.zone).unwrap_or(Timestamp::MAX)
    }

    /// Returns the violated terms of one use. `known` are uses that existed before, which are not checked again. With
    /// an override only the terms that cannot be overridden are checked.
    #[must_use]
    pub fn check(
        &self,
        wanted: &Use,
        all_day: bool,
        known: &[Use],
        overrides: bool,
        now: Timestamp,
    ) -> Option<FieldError> {
        let span = wanted.span;
        if known.iter().any(|known| known.span == span) {
            return None;
        }
        let begun = known.iter().any(|known| known.span.start == span.start);
        let today = now.to_zoned(self.zone.clone()).date();
        let is_past = if begun {
            span.end <= now
        } else if all_day {
            span.start.to_zoned(self.zone.clone()).date() < today
        } else {
            span.start < now.checked_sub(GRACE).unwrap_or(now)
        };
        if is_past {
            let field = if begun { booking::END.name() } else { booking::START.name() };
            let day = format_instant(span.start, &self.zone);
            return Some(FieldError::new(
                field,
                "past",
                message!("{day} is in the past. Choose a later time.", day = Word::text(day)),
            ));
        }
        if overrides {
            return None;
        }
        if let Some(hours) = self.maximum_hours
            && span.minutes() > hours * 60
        {
            let message = message!(
                "{name} can be booked for at most {hours} hours at a time.",
                name = Word::text(&self.name),
                hours
            );
            return Some(FieldError::new(booking::END.name(), "too_long", message));
        }
        if span.end > self.horizon(now) {
            let message = message!(
                "{name} can be booked at most {days} days ahead. {start} is too late.",
                name = Word::text(&self.name),
                days = self.horizon_days,
                start = Word::text(format_instant(span.start, &self.zone))
            );
            return Some(FieldError::new(booking::START.name(), "horizon", message));
        }
        let closed = self.closed(span, all_day);
        if let Some(blackout) = closed.iter().find(|closed| closed.kind == "blackout") {
            let name = Word::text(&self.name);
            let start = Word::text(format_instant(blackout.span.start, &self.zone));
            let end = Word::text(format_instant(blackout.span.end, &self.zone));
            let message = if blackout.reason.is_empty() {
                message!("{name} is not available from {start} to {end}.", name, start, end)
            } else {
                let reason = Word::text(&blackout.reason);
                message!(
                    "{name} is not available from {start} to {end} ({reason}).",
                    name,
                    start,
                    end,
                    reason
                )
            };
            return Some(FieldError::new(booking::START.name(), "blackout", message));
        }
        let closed = closed.first()?;
        let message = message!(
            "{name} is closed at {start}. {hours}",
            name = Word::text(&self.name),
            start = Word::text(format_instant(closed.span.start, &self.zone)),
            hours = self.hours_told(span.start)
        );
        let starts_closed = closed.span.start <= span.start;
        let field = if starts_closed { booking::START.name() } else { booking::END.name() };
        Some(FieldError::new(field, "closed", message))
    }

    /// Describes the opening hours of the day of an instant.
    fn hours_told(&self, instant: Timestamp) -> Message {
        let day = instant.to_zoned(self.zone.clone()).date();
        let Some(week) = &self.hours else {
            return Message::new("");
        };
        let day_name = Word::label(weekday_label(day.weekday()));
        let open: Vec<Message> = hours::spans_of(week, day, &self.zone)
            .iter()
            .map(|span| {
                let local = |instant: Timestamp| {
                    instant.to_zoned(self.zone.clone()).strftime("%-I:%M %p").to_string()
                };
                message!(
                    "{start} to {end}",
                    start = Word::text(local(span.start)),
                    end = Word::text(local(span.end))
                )
            })
            .collect();
        if open.is_empty() {
            message!("Closed on {day}.", day = day_name)
        } else {
            message!("Open on {day} from {hours}.", day = day_name, hours = Word::list(Joining::And, open))
        }
    }
}

/// Default horizon in days: six months.
const DEFAULT_HORIZON: i64 = 183;

/// Formats a time for a sentence: `Mon 14 Dec 2026, 9:00 AM`.
#[must_use]
pub fn format_instant(instant: Timestamp, zone: &TimeZone) -> String {
    instant.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %-I:%M %p").to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::id::Id;
    use crate::kinds;

    fn terms(change: impl FnOnce(&mut Record)) -> Terms {
        let mut resource =
            Record::new(&kinds::RESOURCE, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None);
        resource::NAME.set(&mut resource, "Room A");
        resource::IS_AVAILABLE.set(&mut resource, true);
        change(&mut resource);
        Terms::of(&resource, &TimeZone::get("Asia/Manila").unwrap())
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}+08:00").parse().unwrap()
    }

    fn wanted(start: &str, end: &str) -> Use {
        Use { recurrence_id: String::new(), span: Span::new(at(start), at(end)) }
    }

    fn code(terms: &Terms, wanted: &Use, now: &str) -> Option<&'static str> {
        terms.check(wanted, false, &[], false, at(now)).map(|error| error.code)
    }

    const NOW: &str = "2026-11-23T10:00:00";

    #[test]
    fn past_far_future_and_too_long_uses_are_refused() {
        let terms = terms(|resource| resource::MAXIMUM_HOURS.set(resource, 4_i64));
        assert_eq!(code(&terms, &wanted("2026-11-23T11:00:00", "2026-11-23T12:00:00"), NOW), None);
        assert_eq!(code(&terms, &wanted("2026-11-23T09:50:00", "2026-11-23T12:00:00"), NOW), None);
        assert_eq!(code(&terms, &wanted("2026-11-23T09:00:00", "2026-11-23T12:00:00"), NOW), Some("past"));
        assert_eq!(
            code(&terms, &wanted("2026-11-24T09:00:00", "2026-11-24T13:01:00"), NOW),
            Some("too_long")
        );
        assert_eq!(code(&terms, &wanted("2027-05-25T09:00:00", "2027-05-25T10:00:00"), NOW), None);
        assert_eq!(code(&terms, &wanted("2027-05-26T09:00:00", "2027-05-26T10:00:00"), NOW), Some("horizon"));
        let far = wanted("2027-05-26T09:00:00", "2027-05-26T20:00:00");
        assert_eq!(terms.check(&far, false, &[], true, at(NOW)), None, "an override passes");
    }

    #[test]
    fn started_use_can_be_extended_but_not_ended_in_the_past() {
        let terms = terms(|_| {});
        let known = [wanted("2026-11-23T08:00:00", "2026-11-23T11:00:00")];
        let check = |end: &str| {
            terms
                .check(&wanted("2026-11-23T08:00:00", end), false, &known, false, at(NOW))
                .map(|error| error.field)
        };
        assert_eq!(check("2026-11-23T12:00:00"), None);
        assert_eq!(check("2026-11-23T09:00:00"), Some("end".to_owned()));
    }

    #[test]
    fn use_must_be_within_hours_and_outside_blackouts() {
        let terms = terms(|resource| {
            let hours =
                json!({ "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }] });
            resource::OPENING_HOURS.set(resource, hours);
            let blackouts = json!([{ "start": "2026-12-07", "reason": "Inventory" }]);
            resource::BLACKOUTS.set(resource, blackouts);
        });
        assert_eq!(code(&terms, &wanted("2026-11-30T08:00:00", "2026-11-30T12:00:00"), NOW), None);
        assert_eq!(code(&terms, &wanted("2026-11-30T13:00:00", "2026-11-30T17:00:00"), NOW), None);
        for (start, end) in [("07:59", "09:00"), ("11:00", "12:01"), ("11:00", "14:00"), ("17:00", "18:00")] {
            let wanted = wanted(&format!("2026-11-30T{start}:00"), &format!("2026-11-30T{end}:00"));
            assert_eq!(code(&terms, &wanted, NOW), Some("closed"), "{start} to {end}");
        }
        assert_eq!(code(&terms, &wanted("2026-12-01T09:00:00", "2026-12-01T10:00:00"), NOW), Some("closed"));
        let error = terms
            .check(&wanted("2026-12-07T09:00:00", "2026-12-07T10:00:00"), false, &[], false, at(NOW))
            .unwrap();
        assert_eq!(error.code, "blackout");
        assert!(error.message.english().contains("Inventory"), "{error:?}");
        // A whole day is allowed when the resource opens on that day at all.
        let monday = wanted("2026-11-30T00:00:00", "2026-12-01T00:00:00");
        assert_eq!(terms.check(&monday, true, &[], false, at(NOW)), None);
        let two = wanted("2026-11-30T00:00:00", "2026-12-02T00:00:00");
        assert_eq!(terms.check(&two, true, &[], false, at(NOW)).map(|error| error.code), Some("closed"));
    }

    #[test]
    fn whole_day_of_today_can_be_booked() {
        let terms = terms(|_| {});
        let day = |first: &str, last: &str| wanted(&format!("{first}T00:00:00"), &format!("{last}T00:00:00"));
        assert_eq!(terms.check(&day("2026-11-23", "2026-11-24"), true, &[], false, at(NOW)), None);
        assert!(terms.check(&day("2026-11-22", "2026-11-23"), true, &[], false, at(NOW)).is_some());
    }
}
