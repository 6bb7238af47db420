//! Bookings of events in the calendar of resources.
//!
//! A booking of an event is shown as part of the event. When the event is moved, its booking keeps its time. A query by
//! resource therefore assigns a resource to an event only at the time that is booked for it. Every other booking for
//! the event is an entry of its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use obcms_domain::calendar::is_called_off;
use obcms_domain::calendar::series::StoredSeries;
use obcms_domain::core::id::Id;
use obcms_domain::entries;
use obcms_domain::kinds::{BOOKING, EVENT, booking};
use obcms_store::calendar::EntryRow;
use obcms_store::{Tx, bookings, records};

use super::cache::{self, CachedEntry};
use super::{CalendarQuery, Entry, Feed, ResolvedRow, Zones, expansion, merged};
use crate::core::{Actor, App, AppError};

/// Time span, event and resource of one booking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Use {
    event: Id,
    resource: Id,
    all_day: bool,
    start: Timestamp,
    end: Timestamp,
    /// Rule and dates of a series that is shown whole, or empty.
    series: String,
}

impl Use {
    fn of(entry: &Entry, event: Id, resource: Id) -> Self {
        let row = &entry.row;
        Self {
            event,
            resource,
            all_day: row.all_day,
            start: row.start,
            end: row.end,
            series: row
                .series
                .as_deref()
                .and_then(StoredSeries::parse)
                .map_or_else(String::new, |series| series.dates_alone().to_text()),
        }
    }
}

/// Bookings of events that are added to a feed of resources.
#[derive(Debug, Default)]
pub(super) struct EventBookings {
    /// Event of each booking.
    origins: HashMap<Id, Id>,
}

impl EventBookings {
    /// Adds the bookings of events to a feed of resources. Each event keeps only the
    /// resources that are booked for it at its own time.
    pub(super) fn add_to_feed(
        app: &App,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
        feed: &mut Feed,
        is_whole: bool,
    ) -> Result<Self, AppError> {
        if !query.related_to.is_of_resources() {
            return Ok(Self::default());
        }
        let window = &query.window;
        let span = (window.start.min(window.first_day), window.end.max(window.after_last_day));
        let ids = bookings::of_events(tx, &query.related_to.resources, span)?;
        let mut origins = HashMap::new();
        let mut rows = Vec::new();
        for booking in records::load_many(tx, &BOOKING, &ids)? {
            let Some(event) = booking::ORIGIN.get(&booking).map(|origin| origin.id) else { continue };
            origins.insert(booking.id, event);
            for entry in entries::own(&booking) {
                let series = entry.series.as_ref().map(|series| series.to_text().into());
                rows.push(EntryRow { series, ..EntryRow::of(&booking, entry, "") });
            }
        }
        let rows = cache::of_rows(tx, rows, app.zone())?;
        let names = cache::names_of(tx, &rows)?;
        let mut zones = Zones::new(app.zone());
        let mut entries = Vec::new();
        for cached in rows {
            match cached.series.as_ref().filter(|_| !is_whole) {
                None if window.touches(&cached.row) => entries.push(Entry::whole(cached)),
                None => {}
                Some(series) => expansion::dates(&cached.row, series, window, |row, is_changed| {
                    let changed = is_changed.then(|| zones.of_entry(&row));
                    let row = ResolvedRow { cached: Arc::clone(&cached), date: Some(Box::new(row)) };
                    entries.push(Entry { row, editable: false, changed });
                }),
            }
        }
        let booked = Self { origins };
        let uses: HashSet<Use> = entries.iter().flat_map(|entry| booked.uses_of(entry)).collect();
        for entry in &mut feed.entries {
            entry.keep_resources(|entry, resource| {
                uses.contains(&Use::of(entry, entry.row.record_id, resource))
            });
        }
        entries.retain(|entry| {
            (query.modules.is_empty() || query.modules.contains(&BOOKING.module))
                && query.wants(&entry.row, actor)
        });
        if !entries.is_empty() {
            Arc::make_mut(&mut feed.names).extend(names.iter().map(|(id, name)| (*id, name.clone())));
            feed.entries = merged(std::mem::take(&mut feed.entries), entries);
        }
        Ok(booked)
    }

    /// Removes the bookings whose event is shown at the same time.
    pub(super) fn remove_shown_by_events(&self, entries: &mut Vec<Entry>) {
        if self.origins.is_empty() {
            return;
        }
        let events = entries.iter().filter(|entry| entry.row.kind == &EVENT);
        let shown: HashSet<Use> = events
            .flat_map(|entry| {
                let event = entry.row.record_id;
                entry.resources().iter().map(move |resource| Use::of(entry, event, *resource))
            })
            .collect();
        entries.retain(|entry| self.uses_of(entry).is_none_or(|used| !shown.contains(&used)));
    }

    fn uses_of(&self, entry: &Entry) -> Option<Use> {
        let event = *self.origins.get(&entry.row.record_id)?;
        Some(Use::of(entry, event, *entry.resources().first()?))
    }
}

impl Entry {
    /// Reduces the resources of an event to those booked at its time. An event that does not take place has none.
    fn keep_resources(&mut self, is_booked: impl Fn(&Self, Id) -> bool) {
        if self.row.kind != &EVENT || self.resources().is_empty() {
            return;
        }
        let takes_place =
            !is_called_off(&self.row.status) && !["postponed", "rescheduled"].contains(&&*self.row.status);
        let remaining: Vec<Id> =
            self.resources().iter().copied().filter(|id| takes_place && is_booked(self, *id)).collect();
        if remaining.len() == self.resources().len() {
            return;
        }
        let cached = &self.row.cached;
        self.row.cached = Arc::new(CachedEntry {
            row: cached.row.clone(),
            zone: cached.zone.clone(),
            resources: remaining.into(),
            series: cached.series.clone(),
            serialized: OnceLock::new(),
            component: OnceLock::new(),
        });
    }
}
