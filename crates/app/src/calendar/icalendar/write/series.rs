//! What of a series stands in its VEVENT, and in those of its changed dates.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use obcms_domain::calendar::series::{Changed, StoredSeries};
use obcms_recur::{Moment, Rule, Set, Until};

/// A series with its start and rule as other programs understand them.
pub(super) struct Series {
    set: Set,
    length: SignedDuration,
    /// First start.
    pub first: Moment,
    /// The rule, in the words of RFC 5545.
    pub rule: Option<String>,
    /// Further dates.
    pub additions: Vec<Moment>,
    /// Left-out dates.
    pub exclusions: Vec<Moment>,
    /// Dates that differ.
    pub changed: Vec<Changed>,
    /// Further dates that last until another moment than the others would.
    pub periods: Vec<(Moment, Timestamp)>,
}

impl Series {
    /// Reads a series as the calendar keeps it; `zone` is that of its times.
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
        // Without a rule some programs take the start for no date of its own; said twice, it counts once everywhere.
        let start = if set.rule.is_none() { Some(set.start) } else { None };
        Some(Self {
            first: first(&set),
            rule: rule.map(|rule| rule.to_string()),
            additions: start.into_iter().chain(set.additions.iter().map(|addition| addition.start)).collect(),
            exclusions: set.exclusions.iter().map(|moment| of_the_sort_of(set.start, *moment)).collect(),
            changed,
            periods,
            length: stored.length(),
            set,
        })
    }

    /// The instant of a local start; midnight UTC of a day.
    pub fn instant(&self, moment: Moment) -> Timestamp {
        moment.instant(&self.set.zone)
    }

    /// The end of a date that starts then.
    pub fn end_of(&self, start: Timestamp) -> Timestamp {
        start.checked_add(self.length).unwrap_or(Timestamp::MAX)
    }
}

/// Where the rule begins. For us the start is one of the dates only if the rule has it; for other programs it always
/// is. So they are told the first date that the rule has, from which it goes on the same.
fn first(set: &Set) -> Moment {
    let found =
        set.rule_alone().between(None, None, 1).ok().and_then(|found| found.first().map(|first| first.id));
    found.unwrap_or(set.start)
}

/// The rule with its end of the sort that RFC 5545 3.3.10 wants: a date for days, UTC for times.
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
            // A day as the end of times means all of it.
            Until::Date(day) => Moment::DateTime(day.at(23, 59, 59, 0)).instant(&set.zone),
            Until::Local(local) => Moment::DateTime(local).instant(&set.zone),
            Until::Utc(instant) => instant,
        })
    };
    rule.with_until(end)
}

fn of_the_sort_of(start: Moment, moment: Moment) -> Moment {
    match (start, moment) {
        (Moment::DateTime(start), Moment::Date(day)) => Moment::DateTime(day.to_datetime(start.time())),
        (Moment::Date(_), Moment::DateTime(local)) => Moment::Date(local.date()),
        (_, moment) => moment,
    }
}
