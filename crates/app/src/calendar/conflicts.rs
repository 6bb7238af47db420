//! Conflicts within a window: people, venues and resources with overlapping entries.

use std::collections::HashMap;

use obcms_domain::bookings::Span;
use obcms_domain::calendar::scheduling::{Claim, Subject, clashes};
use obcms_domain::calendar::series::Series;
use obcms_domain::core::id::Id;
use obcms_domain::entries;
use obcms_domain::kinds::{BOOKING, RESOURCE};
use obcms_domain::records::search;
use obcms_store::bookings::Slot;
use obcms_store::calendar::EntryRow;
use obcms_store::{Database, Tx, bookings, records};

use super::{CalendarQuery, Entry, Feed, cache, occupies_people};
use crate::core::{Actor, App, AppError};

/// Maximum number of pairs in one response.
pub const MAXIMUM: usize = 500;
/// Two entries that exclude each other.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Indexes of the entries in the feed.
    pub entries: [usize; 2],
    /// Shared person, venue or resource.
    pub reason: Wanted,
    /// Overlap of the two entries.
    pub overlap: Span,
}

/// Person, venue or resource that two entries need at once.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Person.
    Person {
        /// Id of the person.
        id: Id,
        /// Name of the person.
        name: String,
    },
    /// Venue, as entered.
    Venue(String),
    /// Resource that is booked more often than its capacity allows.
    Resource {
        /// Id of the resource.
        id: Id,
        /// Name of the resource.
        name: String,
    },
}

impl Wanted {
    /// Returns the name used by the API.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Person { .. } => "person",
            Self::Venue(_) => "venue",
            Self::Resource { .. } => "resource",
        }
    }

    /// Returns the name shown to people.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::Resource { name, .. } | Self::Venue(name) => name,
        }
    }
}

/// Conflicts of a window with their entries.
#[derive(Clone, Debug)]
pub struct Conflicts {
    /// Timed entries of the window.
    pub feed: Feed,
    /// Pairs, sorted by the start of the overlap.
    pub pairs: Vec<Conflict>,
    /// True if there are more pairs than these.
    pub more: bool,
}

impl App {
    /// Returns the conflicts within the window of the query. The actor must be allowed to see both sides.
    pub fn conflicts(&self, actor: &Actor, query: &CalendarQuery) -> Result<Conflicts, AppError> {
        self.read(|tx| {
            let window = Span::new(query.window.start, query.window.end);
            let state = Database::state_of(tx)?;
            let timed = |row: &EntryRow| !row.all_day && occupies_people(row);
            let (entries, names) = self.dated_entries(tx, state, &query.window, &[], &timed)?;
            let mut feed = Feed { entries, names };
            let over = bookings::booked_over(tx, window)?;
            let rows = bookings_missing(tx, &over, &feed.entries)?;
            feed.add(cache::of_rows(tx, rows, self.zone())?, tx)?;
            self.apply_rights(tx, actor, &mut feed.entries)?;
            let mut pairs = people_and_venues(&feed);
            pairs.extend(resources(tx, &feed, &over)?);
            // One matching side is enough for a pair to pass the filters.
            pairs.retain(|pair| {
                pair.entries.iter().any(|index| query.wants(&feed.entries[*index].row, actor))
            });
            pairs.sort_by_key(|pair| (pair.overlap.start, pair.entries));
            let more = pairs.len() > MAXIMUM;
            pairs.truncate(MAXIMUM);
            Ok(Conflicts { feed, pairs, more })
        })
    }
}

/// Loads entries of conflicting bookings that are missing from the feed, such as bookings of events.
fn bookings_missing(
    tx: &mut Tx<'_>,
    over: &[(Slot, Slot)],
    entries: &[Entry],
) -> Result<Vec<EntryRow>, AppError> {
    let mut wanted: Vec<(Id, &str)> = over
        .iter()
        .flat_map(|(one, other)| {
            [(one.booking, one.recurrence_id.as_str()), (other.booking, other.recurrence_id.as_str())]
        })
        .filter(|(booking, date)| {
            let is_it = |entry: &Entry| entry.row.record_id == *booking && &*entry.row.recurrence_id == *date;
            !entries.iter().any(is_it)
        })
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut ids: Vec<Id> = wanted.iter().map(|(booking, _)| *booking).collect();
    ids.dedup();
    let records = records::load_many(tx, &BOOKING, &ids)?;
    let mut rows = Vec::new();
    for (booking, date) in wanted {
        let Some(record) = records.iter().find(|record| record.id == booking) else {
            continue;
        };
        let single = match Series::of(record) {
            Some(series) => match date.parse().map(|date| series.materialize(record, date)) {
                Ok(Ok(Some(single))) => single,
                _ => continue,
            },
            None => record.clone(),
        };
        if let Some(entry) = entries::of_occurrence(&single) {
            rows.push(EntryRow::of(record, entry, date));
        }
    }
    Ok(rows)
}

fn people_and_venues(feed: &Feed) -> Vec<Conflict> {
    let mut venues: HashMap<String, String> = HashMap::new();
    let claims: Vec<Claim> = feed
        .entries
        .iter()
        .enumerate()
        // The person who books a room for others is not occupied by the booking.
        .filter(|(_, entry)| entry.row.kind != &BOOKING)
        .map(|(index, entry)| {
            let mut subjects: Vec<Subject> = entry.row.people.iter().copied().map(Subject::Person).collect();
            subjects.sort();
            subjects.dedup();
            let venue = search::words(&entry.row.location).join(" ");
            if !venue.is_empty() {
                venues.entry(venue.clone()).or_insert_with(|| entry.row.location.to_string());
                subjects.push(Subject::Venue(venue));
            }
            Claim { index, span: Span::new(entry.row.start, entry.row.end), subjects }
        })
        .collect();
    clashes(&claims, MAXIMUM + 1)
        .into_iter()
        .filter_map(|clash| {
            let reason = match clash.subject {
                Subject::Person(id) => Wanted::Person { id, name: feed.names.get(&id)?.clone() },
                Subject::Venue(venue) => Wanted::Venue(venues.get(&venue)?.clone()),
            };
            Some(Conflict { entries: [clash.first, clash.second], reason, overlap: clash.overlap })
        })
        .collect()
}

fn resources(tx: &mut Tx<'_>, feed: &Feed, over: &[(Slot, Slot)]) -> Result<Vec<Conflict>, AppError> {
    let ids: Vec<Id> = over.iter().map(|(slot, _)| slot.resource).collect();
    let names = records::references(tx, &ids)?;
    let place = |slot: &Slot| {
        let is_it = |entry: &Entry| {
            entry.row.record_id == slot.booking && *entry.row.recurrence_id == *slot.recurrence_id
        };
        feed.entries.iter().position(is_it)
    };
    Ok(over
        .iter()
        .filter_map(|(one, other)| {
            let resource = names.get(&one.resource).filter(|found| found.kind == RESOURCE.name)?;
            let mut entries = [place(one)?, place(other)?];
            entries.sort_unstable();
            Some(Conflict {
                entries,
                reason: Wanted::Resource { id: one.resource, name: resource.title.clone() },
                overlap: one.taken.within(&other.taken),
            })
        })
        .collect())
}
