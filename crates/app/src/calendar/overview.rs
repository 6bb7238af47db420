//! Overview of a window: the most important entries of each day, and counts of all.
//!
//! A month of an office has more than a thousand entries, of which a page can show a few a day. What matters to the
//! reader comes first: own entries, then events and deadlines, then the work and the bookings of others.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use obcms_domain::calendar::{is_called_off, unfloating};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BOOKING, EVENT, TASK};
use obcms_domain::registry::Module;
use serde::Serialize;

use super::density::RUNNING_DAYS;
use super::{CalendarQuery, Entry, Feed};
use crate::core::{Actor, App, AppError};

/// Maximum number of entries of a day.
pub const MAXIMUM_PER_DAY: usize = 500;
/// Number of entries of one kind on one day from which they are folded into a count.
const FOLDED_FROM: usize = 3;
/// Hours from which a booking takes most of a day.
const LONG_BOOKING_HOURS: i64 = 6;

/// Counts of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OverviewDay {
    /// Entries on the day. An ongoing one counts on its last day.
    pub count: usize,
    /// Entries by key of their module.
    pub modules: BTreeMap<&'static str, usize>,
    /// Lesser entries that are counted instead of listed, by kind of entry.
    pub folded: BTreeMap<&'static str, usize>,
}

/// Most important entries of each day of a window, with counts of all.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Entries in order of importance.
    pub feed: Feed,
    /// Counts by day; empty days are left out.
    pub days: BTreeMap<Date, OverviewDay>,
    /// Entries of the window by key of their module, whichever modules were asked for.
    pub modules: BTreeMap<&'static str, usize>,
    /// Number of ongoing entries.
    pub ongoing: usize,
    /// Names of the resources of the entries.
    pub resources: BTreeMap<Id, String>,
}

/// Entry within an overview.
struct Candidate {
    entry: Entry,
    rank: u8,
    /// True if it is counted instead of listed where there are several of its kind on its day.
    folds: bool,
    /// Days within the window, inclusive.
    days: (Date, Date),
}

impl App {
    /// Returns the revision and the overview of the window: at most `per_day` entries for each day, and those of the
    /// records in `include`. Days are those of the zone.
    pub fn calendar_overview(
        &self,
        actor: &Actor,
        query: &CalendarQuery,
        per_day: usize,
        include: &HashSet<Id>,
        zone: &TimeZone,
    ) -> Result<(i64, Overview), AppError> {
        let all = CalendarQuery { modules: Vec::new(), ..query.clone() };
        let (state, feed) = self.calendar(actor, &all)?;
        let mut overview = Overview::of(feed, actor, query, per_day, include, zone);
        let ids: Vec<Id> = overview.feed.entries.iter().flat_map(Entry::resources).copied().collect();
        if !ids.is_empty() {
            let directory = self.directory(actor, &ids)?;
            overview.resources = directory.into_iter().map(|(id, found)| (id, found.title)).collect();
        }
        Ok((state, overview))
    }
}

impl Overview {
    /// Returns a hash of entries and counts for the entity tag.
    pub fn digest(&self) -> Result<u64, AppError> {
        let counts = (&self.days, &self.modules, self.ongoing, &self.resources);
        let text = serde_json::to_vec(&counts).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.feed.digest()?.rotate_left(1) ^ super::digest(&text))
    }

    fn of(
        feed: Feed,
        actor: &Actor,
        query: &CalendarQuery,
        per_day: usize,
        include: &HashSet<Id>,
        zone: &TimeZone,
    ) -> Self {
        let mut overview = Self { feed: Feed { names: feed.names, entries: Vec::new() }, ..Self::default() };
        let last_instant = query.window.end - SignedDuration::from_nanos(1);
        let window =
            (query.window.start.to_zoned(zone.clone()).date(), last_instant.to_zoned(zone.clone()).date());
        let mut candidates = Vec::new();
        for entry in feed.entries {
            let module = entry.module();
            *overview.modules.entry(module.key()).or_default() += 1;
            if !query.modules.is_empty() && !query.modules.contains(&module) {
                continue;
            }
            let (first, last) = entry.days(zone);
            let is_ongoing = entry.is_ongoing();
            overview.ongoing += usize::from(is_ongoing);
            let first = if is_ongoing { last } else { first };
            if first > window.1 || last < window.0 {
                continue;
            }
            let days = (first.max(window.0), last.min(window.1));
            for day in each(days) {
                let counts = overview.days.entry(day).or_default();
                counts.count += 1;
                *counts.modules.entry(module.key()).or_default() += 1;
            }
            let rank = rank(&entry, actor, is_ongoing);
            let folds =
                days.0 == days.1 && folds(&entry, actor, rank) && !include.contains(&entry.row.record_id);
            candidates.push(Candidate { entry, rank, folds, days });
        }
        if asks_for_all(query) {
            overview.fold(&mut candidates, per_day);
        }
        // Entries come sorted by start; within a rank those with hours are before those of the day.
        candidates.sort_by_key(|candidate| (candidate.rank, candidate.entry.row.all_day));
        overview.choose(candidates, per_day, include);
        overview
    }

    /// Counts lesser entries of one kind on one day instead of listing them, if the day has more than can be listed.
    fn fold(&mut self, candidates: &mut Vec<Candidate>, per_day: usize) {
        let key = |candidate: &Candidate| (candidate.days.0, candidate.entry.row.entry_kind);
        let mut counts: BTreeMap<(Date, &'static str), usize> = BTreeMap::new();
        for candidate in candidates.iter().filter(|candidate| candidate.folds) {
            *counts.entry(key(candidate)).or_default() += 1;
        }
        counts.retain(|(day, _), count| {
            *count >= FOLDED_FROM && self.days.get(day).is_some_and(|day| day.count > per_day)
        });
        candidates.retain(|candidate| !candidate.folds || !counts.contains_key(&key(candidate)));
        for ((day, kind), count) in counts {
            self.days.entry(day).or_default().folded.insert(kind, count);
        }
    }

    /// Keeps the first entries of each day.
    fn choose(&mut self, candidates: Vec<Candidate>, per_day: usize, include: &HashSet<Id>) {
        let mut taken: BTreeMap<Date, usize> = BTreeMap::new();
        for Candidate { entry, days, .. } in candidates {
            let has_room = each(days).any(|day| taken.get(&day).is_none_or(|taken| *taken < per_day));
            if !(per_day > 0 && has_room || include.contains(&entry.row.record_id)) {
                continue;
            }
            for day in each(days) {
                *taken.entry(day).or_default() += 1;
            }
            self.feed.entries.push(entry);
        }
    }
}

/// Rank of lesser entries: work and bookings of others.
const LESSER: u8 = 4;
/// Added to the rank of closed entries.
const CLOSED: u8 = 10;

/// Returns the rank of an entry for a reader, the most important first.
fn rank(entry: &Entry, actor: &Actor, is_ongoing: bool) -> u8 {
    let row = &entry.row;
    if entry.module() == Module::Holidays {
        return 0;
    }
    let is_mine = actor.id.is_some_and(|id| row.people.contains(&id));
    let is_booking = std::ptr::eq(row.kind, &BOOKING);
    let hours = row.end.duration_since(row.start).as_hours();
    let rank = if is_booking && (row.all_day || hours >= LONG_BOOKING_HOURS) {
        if is_mine { 3 } else { 5 }
    } else if is_mine {
        1
    } else if is_booking {
        LESSER
    } else if std::ptr::eq(row.kind, &TASK) {
        if ["critical", "high"].contains(&&*row.priority) { 3 } else { LESSER }
    } else if is_ongoing {
        3
    } else {
        2
    };
    let is_closed = is_called_off(&row.status) || &*row.status == "completed";
    if is_closed { rank + CLOSED } else { rank }
}

/// Returns true for what others do or have due on a day, such as their tasks, bookings and dates of assessments. Events
/// and urgent tasks are listed one by one.
fn folds(entry: &Entry, actor: &Actor, rank: u8) -> bool {
    let row = &entry.row;
    let is_mine = actor.id.is_some_and(|id| row.people.contains(&id));
    let is_date = row.all_day && ![&EVENT, &TASK].iter().any(|kind| std::ptr::eq(row.kind, *kind));
    !is_mine && entry.module() != Module::Holidays && rank < CLOSED && (rank >= LESSER || is_date)
}

/// Returns true if the reader did not ask for certain entries, which are then not folded.
fn asks_for_all(query: &CalendarQuery) -> bool {
    !query.mine
        && query.modules.len() != 1
        && query.kinds.is_empty()
        && query.words.is_empty()
        && query.persons.is_empty()
        && query.statuses.is_empty()
        && query.priorities.is_empty()
        && query.related_to == super::RelatedTo::default()
}

fn each((first, last): (Date, Date)) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| day.checked_add(1.day()).ok())
        .take_while(move |day| *day <= last)
}

impl Entry {
    /// Returns true for all-day entries of more than a week. Views show them in a strip and on their last day.
    #[must_use]
    pub fn is_ongoing(&self) -> bool {
        let row = &self.row;
        let days = unfloating(row.start).until(unfloating(row.end)).map_or(0, |span| span.get_days());
        row.all_day && days > RUNNING_DAYS
    }
}
