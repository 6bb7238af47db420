//! Calendar entries of records, by subject.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value as Json;

use crate::bookings::BookingStatus;
use crate::calendar::series::StoredSeries;
use crate::calendar::series::state::series_record;
use crate::calendar::{DatedEntry, floating};
use crate::core::dates::parse_time;
use crate::kinds::{budget_cycle_stage, task};
use crate::programme::milestones::numbers;
use crate::registry::shared::{ALL_DAY, ORIGIN, TIMEZONE};
use crate::registry::{DateRole, FieldType, Record, parse_date};
use crate::tasks::is_open;

/// Fields with the time of a day.
const TIMES: [&str; 2] = [budget_cycle_stage::HEARING_TIME.name(), task::DUE_TIME.name()];

/// Returns all calendar entries of the record; none when it is archived.
#[must_use]
pub fn of(record: &Record) -> Vec<DatedEntry> {
    if is_shown_within_its_event(record) { Vec::new() } else { own(record) }
}

/// Returns all calendar entries of the record, also those that are shown within an event.
#[must_use]
pub fn own(record: &Record) -> Vec<DatedEntry> {
    if record.is_archived() || is_given_up(record) {
        return Vec::new();
    }
    if let Some(entry) = of_series(record) {
        return vec![entry];
    }
    record.kind.dates.iter().flat_map(|role| of_role(record, role)).collect()
}

/// Returns one entry for all occurrences of a series; kinds that recur have a single role.
fn of_series(record: &Record) -> Option<DatedEntry> {
    let role = record.kind.dates.first()?;
    let (series, start, end) = StoredSeries::of(record, |single| of_role(single, role).into_iter().next())?;
    let entry = of_role(&series_record(record), role).into_iter().next()?;
    Some(DatedEntry { start, end, series: Some(series), ..entry })
}

/// Returns the entry of one occurrence, from the record on that occurrence.
#[must_use]
pub fn of_occurrence(single: &Record) -> Option<DatedEntry> {
    of_role(single, single.kind.dates.first()?).into_iter().next()
}

/// Returns true if a task or booking belongs to an event: it is shown within the event.
fn is_shown_within_its_event(record: &Record) -> bool {
    ["task", "booking"].contains(&record.kind.name)
        && ORIGIN.get(record).is_some_and(|origin| origin.kind == "event")
}

/// Returns true for a rejected or cancelled booking, which frees its time.
fn is_given_up(record: &Record) -> bool {
    record.kind.name == "booking" && !BookingStatus::of(record).blocks()
}

fn of_role(record: &Record, role: &DateRole) -> Vec<DatedEntry> {
    match record.kind.field(role.start).map(|field| field.data) {
        Some(FieldType::Structure(_)) => milestones(record, role),
        Some(FieldType::Moment) => timed(record, role).into_iter().collect(),
        _ => days(record, role).into_iter().collect(),
    }
}

fn base(record: &Record, role: &DateRole, start: Timestamp, end: Timestamp) -> DatedEntry {
    let optional = |name: &str| {
        if record.kind.position(name).is_some() { record.text(name).to_owned() } else { String::new() }
    };
    let title = if role.label.is_empty() {
        record.title().to_owned()
    } else {
        format!("{}: {}", role.label, record.title())
    };
    // Hearings and tasks are on the calendar as days, with their time before the title.
    let time = TIMES.iter().find_map(|name| parse_time(&optional(name)));
    let title = match time {
        Some(time) => format!("{} {title}", time.strftime("%-I:%M %p")),
        None => title,
    };
    let place =
        ["venue", "location", "resource_name"].into_iter().map(optional).find(|place| !place.is_empty());
    DatedEntry {
        entry_kind: role.entry_kind,
        position: 0,
        title,
        status: record.state().to_owned(),
        priority: optional("priority"),
        location: place.unwrap_or_default(),
        people: record.people(),
        all_day: true,
        timezone: String::new(),
        start,
        end,
        movable: role.movable,
        series: None,
    }
}

fn days(record: &Record, role: &DateRole) -> Option<DatedEntry> {
    let mut first = record.date(role.start);
    let last = if role.end.is_empty() { first } else { record.date(role.end).or(first) };
    if record.kind.name == "task" && !is_open(record) {
        // A finished task is shown on its due date; its whole period would only fill the month.
        first = last;
    }
    let first = first.or(last)?;
    let last = last.unwrap_or(first).max(first);
    Some(base(record, role, floating(first), floating(last.saturating_add(1.day()))))
}

fn timed(record: &Record, role: &DateRole) -> Option<DatedEntry> {
    let start = record.instant(role.start)?;
    let end = record.instant(role.end)?;
    let timezone = TIMEZONE.get(record).to_owned();
    if ALL_DAY.get(record) {
        let zone = TimeZone::get(&timezone).unwrap_or(TimeZone::UTC);
        let day = |instant: Timestamp| floating(instant.to_zoned(zone.clone()).date());
        return Some(base(record, role, day(start), day(end)));
    }
    Some(DatedEntry { all_day: false, timezone, ..base(record, role, start, end) })
}

fn milestones(record: &Record, role: &DateRole) -> Vec<DatedEntry> {
    let crate::registry::Value::Json(Json::Array(items)) = record.get(role.start) else {
        return Vec::new();
    };
    let mut result = Vec::new();
    for (position, item) in numbers(record).into_iter().zip(items) {
        let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
        let Ok(day) = parse_date(text("date")) else {
            continue;
        };
        let plain = base(record, role, floating(day), floating(day.saturating_add(1.day())));
        result.push(DatedEntry {
            position,
            title: format!("{}: {}", text("title"), record.title()),
            status: text("status").to_owned(),
            ..plain
        });
    }
    result
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use serde_json::json;

    use super::*;
    use crate::calendar::unfloating;
    use crate::core::id::Id;
    use crate::kinds::{self, booking, event, ppa, task};
    use crate::registry::{Link, Module};

    fn record(kind: &str) -> Record {
        let kind = kinds::by_name(kind).unwrap();
        Record::new(kind, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None)
    }

    #[test]
    fn a_task_spans_from_start_to_the_end_of_its_due_day() {
        let mut task = record("task");
        task::TITLE.set(&mut task, "Count wells");
        task::DUE_DATE.set(&mut task, date(2027, 1, 10));
        let single = of(&task);
        assert_eq!(single.len(), 1);
        assert_eq!(unfloating(single[0].start), date(2027, 1, 10));
        assert_eq!(unfloating(single[0].end), date(2027, 1, 11));
        task::START_DATE.set(&mut task, date(2027, 1, 8));
        assert_eq!(unfloating(of(&task)[0].start), date(2027, 1, 8));
        task::STATUS.set(&mut task, "completed");
        assert_eq!(unfloating(of(&task)[0].start), date(2027, 1, 10));
        assert_eq!(unfloating(of(&task)[0].end), date(2027, 1, 11));
    }

    #[test]
    fn task_of_an_event_has_no_entry_of_its_own() {
        let mut task = record("task");
        task::TITLE.set(&mut task, "Send invitations");
        task::DUE_DATE.set(&mut task, date(2027, 1, 10));
        ORIGIN.set(&mut task, Link { kind: "event".into(), id: Id::from_parts(2, &[2; 10]) });
        assert!(of(&task).is_empty());
    }

    #[test]
    fn booking_has_an_entry_unless_it_is_cancelled_or_shown_within_its_event() {
        let mut booking = record("booking");
        booking::PURPOSE.set(&mut booking, "Field visit");
        booking::RESOURCE_NAME.set(&mut booking, "Van 1");
        TIMEZONE.set(&mut booking, "Asia/Manila");
        booking::STATUS.set(&mut booking, "pending");
        booking::START.set(&mut booking, Timestamp::UNIX_EPOCH);
        booking::END.set(&mut booking, Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1));
        let entry = of(&booking).remove(0);
        assert_eq!((entry.title.as_str(), entry.location.as_str()), ("Field visit", "Van 1"));
        let mut within = booking.clone();
        ORIGIN.set(&mut within, Link { kind: "event".into(), id: Id::from_parts(2, &[2; 10]) });
        assert!(of(&within).is_empty());
        ORIGIN.set(&mut within, Link { kind: "task".into(), id: Id::from_parts(2, &[2; 10]) });
        assert_eq!(of(&within).len(), 1);
        for status in ["rejected", "cancelled"] {
            booking::STATUS.set(&mut booking, status);
            assert!(of(&booking).is_empty(), "{status}");
        }
    }

    #[test]
    fn milestones_of_a_ppa_are_entries_of_their_own() {
        let mut ppa = record("ppa");
        ppa::TITLE.set(&mut ppa, "Wells");
        ppa::START_DATE.set(&mut ppa, date(2027, 1, 1));
        ppa::TARGET_END_DATE.set(&mut ppa, date(2027, 12, 1));
        ppa::MILESTONES.set(
            &mut ppa,
            json!([
                {"date": "2027-03-01", "title": "Drilled", "status": "completed"},
                {"date": "2027-06-01", "title": "Pumps in"}
            ]),
        );
        let kinds: Vec<(&str, i64)> =
            of(&ppa).iter().map(|entry| (entry.entry_kind, entry.position)).collect();
        assert_eq!(
            kinds,
            [("ppa_start", 0), ("ppa_target_end", 0), ("ppa_milestone", 0), ("ppa_milestone", 1)]
        );
    }

    #[test]
    fn all_day_event_keeps_its_days_in_every_zone() {
        let mut event = record("event");
        let zone = TimeZone::get("Asia/Manila").unwrap();
        let midnight = |day: Date| day.to_zoned(zone.clone()).unwrap().timestamp();
        event::TITLE.set(&mut event, "Eid");
        ALL_DAY.set(&mut event, true);
        TIMEZONE.set(&mut event, "Asia/Manila");
        event::START.set(&mut event, midnight(date(2027, 3, 10)));
        event::END.set(&mut event, midnight(date(2027, 3, 12)));
        let entry = &of(&event)[0];
        assert!(entry.all_day);
        assert_eq!((unfloating(entry.start), unfloating(entry.end)), (date(2027, 3, 10), date(2027, 3, 12)));
    }

    #[test]
    fn every_dated_kind_has_a_module_with_key_label_and_color() {
        let mut seen = std::collections::HashSet::new();
        for module in Module::CALENDAR {
            assert!(seen.insert(module.key()), "{} twice", module.key());
            assert_eq!(Module::parse(module.key()), Some(module));
            assert!(!module.label().is_empty());
            let digits = module.color().strip_prefix('#').unwrap();
            assert!(digits.len() == 6 && u32::from_str_radix(digits, 16).is_ok(), "{}", module.key());
            assert!(seen.insert(module.color()), "{} has the colour of another module", module.key());
        }
        for kind in kinds::REGISTRY.into_iter().filter(|kind| !kind.dates.is_empty()) {
            assert!(Module::CALENDAR.contains(&kind.module), "{kind:?} is in no filter of the calendar");
        }
    }

    /// Checks the names of entry kinds: a missing or renamed one breaks the API.
    #[test]
    fn names_of_entry_kinds_are_stable() {
        let names: Vec<&str> =
            kinds::REGISTRY.iter().flat_map(|kind| kind.dates).map(|role| role.entry_kind).collect();
        for expected in [
            "event",
            "task",
            "ppa_start",
            "ppa_target_end",
            "ppa_milestone",
            "project_target",
            "assessment",
            "assessment_planning",
            "assessment_data_collection",
            "assessment_analysis",
            "assessment_report",
            "policy_submission",
            "policy_review",
            "policy_start",
            "policy_deadline",
            "policy_milestone",
            "service_application_start",
            "service_application_deadline",
            "service",
            "booking",
        ] {
            assert!(names.contains(&expected), "{expected} is not on the calendar");
        }
    }

    #[test]
    fn archived_record_has_no_entries() {
        let mut task = record("task");
        task::DUE_DATE.set(&mut task, date(2027, 1, 10));
        task.archived_at = Some(Timestamp::UNIX_EPOCH);
        assert!(of(&task).is_empty());
    }
}
