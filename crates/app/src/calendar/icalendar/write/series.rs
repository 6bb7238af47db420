//! Recurrence properties of a series and its overrides in VEVENT.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use obcms_domain::calendar::series::{Changed, StoredSeries};
use obcms_recur::{Moment, Rule, Set, Until};

/// Series with start and rule as RFC 5545 defines them.
pub(super) struct Series {
    set: Set,
    length: SignedDuration,
    /// First start.
    pub first: Moment,
    /// RRULE value.
    pub rule: Option<String>,
    /// Additional dates (RDATE).
    pub additions: Vec<Moment>,
    /// Exceptions (EXDATE).
    pub exclusions: Vec<Moment>,
    /// Overrides.
    pub changed: Vec<Changed>,
    /// Additional dates with a length of their own.
    pub periods: Vec<(Moment, Timestamp)>,
}

impl Series {
    /// Parses a stored series; `zone` is the zone of its times.
    pub fn read(text: &str, zone: &TimeZone) -> Option<Self> {
        let stored = StoredSeries::parse(text)?;
        let set = stored.set(zone)?;
        let rule = set.rule.clone().map(|rule| with_end(rule, &set));
        let changed = stored.changed.clone();
        let is_changed = |id: Moment| {
            changed.iter().any(|changed| Moment::from_str(&changed.id).is_ok_and(|other| other == id))
        };
        let is_left_out = |id: Moment| set.exclusions.contains(&id);
        let periods = set
            .additions
            .iter()
            .filter(|addition| !is_changed(addition.start) && !is_left_out(addition.start))
            .filter_map(|addition| Some((addition.start, addition.end?.instant(&set.zone))))
            .collect();
        // Some programs ignore the start of a series without a rule. Repeated as RDATE, it counts once everywhere.
        let start = if set.rule.is_none() { Some(set.start) } else { None };
        Some(Self {
            first: first(&set),
            rule: rule.map(|rule| rule.to_string()),
            additions: start.into_iter().chain(set.additions.iter().map(|addition| addition.start)).collect(),
            exclusions: set.exclusions.iter().map(|moment| with_type_of(set.start, *moment)).collect(),
            changed,
            periods,
            length: stored.length(),
            set,
        })
    }

    /// Returns the instant of a local start; midnight UTC for a day.
    pub fn instant(&self, moment: Moment) -> Timestamp {
        moment.instant(&self.set.zone)
    }

    /// Returns the end of an occurrence with this start.
    pub fn end_of(&self, start: Timestamp) -> Timestamp {
        start.checked_add(self.length).unwrap_or(Timestamp::MAX)
    }
}

/// Returns the start to export. In obcms the start is an occurrence only if the rule yields it; by RFC 5545 it always
/// is. The first date of the rule therefore becomes DTSTART, and the rule yields the same dates from there.
fn first(set: &Set) -> Moment {
    let found =
        set.rule_alone().between(None, None, 1).ok().and_then(|found| found.first().map(|first| first.id));
    found.unwrap_or(set.start)
}

/// Converts UNTIL to the value type that RFC 5545 3.3.10 requires: a date for all-day series, UTC for timed ones.
fn with_end(rule: Rule, set: &Set) -> Rule {
    let Some(until) = rule.until() else {
        return rule;
    };
    let end = if set.start.is_date() {
        Until::Date(match until {
            Until::Date(day) => day,
            Until::Local(local) => local.date(),
            Until::Utc(instant) => set.zone.to_datetime(instant).date(),
        })
    } else {
        Until::Utc(match until {
            // A day as UNTIL of a timed series includes the whole day.
            Until::Date(day) => Moment::DateTime(day.at(23, 59, 59, 0)).instant(&set.zone),
            Until::Local(local) => Moment::DateTime(local).instant(&set.zone),
            Until::Utc(instant) => instant,
        })
    };
    rule.with_until(end)
}

fn with_type_of(start: Moment, moment: Moment) -> Moment {
    match (start, moment) {
        (Moment::DateTime(start), Moment::Date(day)) => Moment::DateTime(day.to_datetime(start.time())),
        (Moment::Date(_), Moment::DateTime(local)) => Moment::Date(local.date()),
        (_, moment) => moment,
    }
}
