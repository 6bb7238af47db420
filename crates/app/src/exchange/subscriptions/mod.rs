//! Subscriptions to external calendars, fetched from their address by a job or imported from a file.
//!
//! The events are records of their own kind, so that calendar, search and links know them by their description. An
//! event is identified by calendar and UID, and by its recurrence id if it is an occurrence without its series.

mod address;
mod client;
mod fetching;
mod remarks;
mod sync;
mod this_and_future;
mod to_records;
mod written_out;

use std::io::{Read, Seek};

use jiff::{Timestamp, ToSpan};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{EXTERNAL_CALENDAR, EXTERNAL_EVENT, external_calendar};
use obcms_domain::registry::Record;
use obcms_icalendar::read::{File, ReadError};
use obcms_store::exchange::subscriptions as store;
use obcms_store::records;

use crate::calendar::{CalendarQuery, Entry};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{Input, create, require_live, require_write};

pub use address::web_address;
pub use client::{FetchError, FetchRequest, FetchResponse, Guard, Limits, fetch};
pub use fetching::HANDLER;
pub use remarks::{remarks, remarks_file};
pub use sync::Report;
pub use to_records::Remark;

/// Maximum number of events of one calendar. Later ones are skipped.
pub const MAXIMUM_EVENTS: usize = 50_000;
/// Maximum number of remarks that are listed one by one.
const MAXIMUM_LISTED: usize = 500;
/// Weeks shown on the page of a subscription.
const WEEKS_AHEAD: i64 = 8;
/// Maximum size of a file in bytes.
pub const MAXIMUM_BYTES: usize = 20 * 1024 * 1024;

/// Limits of the reader for a file of at most some bytes.
fn read_limits(bytes: usize) -> obcms_icalendar::Limits {
    obcms_icalendar::Limits { bytes, lines: 2_000_000, events: MAXIMUM_EVENTS, ..Default::default() }
}

impl From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        Self::field("file", "calendar", Word::text(error))
    }
}

/// Completes and checks a subscription before it is saved. A name that resolves to a
/// private address is only refused when it is fetched.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let allow_private_addresses = work.app.options().allow_private_addresses;
    let address = external_calendar::ADDRESS.get(record).trim().to_owned();
    let is_new = before.is_none_or(|before| {
        external_calendar::ADDRESS.get(before) != external_calendar::ADDRESS.get(record)
    });
    if !address.is_empty() {
        let wrong = |message: Message| AppError::field(external_calendar::ADDRESS.name(), "address", message);
        let web = web_address(&address).map_err(wrong)?;
        // A private address from a time when it was allowed does not prevent other changes.
        if is_new
            && !allow_private_addresses
            && let Some(what) = address::visibly_closed(&web)
        {
            return Err(wrong(client::not_open(what)));
        }
    }
    if is_new {
        external_calendar::LAST_ERROR.clear(record);
        external_calendar::LAST_STATUS.set(record, if address.is_empty() { "file" } else { "waiting" });
    }
    if before.is_none() {
        external_calendar::EVENT_COUNT.set(record, 0_i64);
    }
    Ok(())
}

/// Schedules the fetch of a new subscription.
pub fn created(work: &mut UnitOfWork<'_, '_>, calendar: &Record) -> Result<(), AppError> {
    fetching::reschedule(work, None, calendar)
}

/// Updates the job after a change of the address, and archives and restores the events with their calendar.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, calendar: &Record) -> Result<(), AppError> {
    fetching::reschedule(work, Some(before), calendar)?;
    if before.archived_at == calendar.archived_at {
        return Ok(());
    }
    let ids = store::event_ids(work.tx, calendar.id, before.archived_at)?;
    for chunk in ids.chunks(2000) {
        let events = records::load_many(work.tx, &EXTERNAL_EVENT, chunk)?;
        match calendar.archived_at {
            Some(_) => work.archive_many(&events)?,
            None => work.restore_many(&events)?,
        }
    }
    Ok(())
}

impl App {
    /// Schedules a fetch as soon as possible.
    pub fn fetch_calendar(&self, actor: &Actor, id: Id) -> Result<Record, AppError> {
        require_write(actor)?;
        self.write(actor, |work| {
            let calendar = work.load(&EXTERNAL_CALENDAR, id)?;
            work.actor.require(work.tx, Action::Edit, &calendar)?;
            require_live(&calendar)?;
            if external_calendar::ADDRESS.get(&calendar).is_empty() {
                return Err(AppError::conflict(
                    "This external calendar has no address. Import a file or add an address.",
                ));
            }
            fetching::schedule_now(work, &calendar)?;
            Ok(calendar)
        })
    }

    /// Returns the time of the next fetch, if one is scheduled.
    pub fn next_fetch(&self, id: Id) -> Result<Option<Timestamp>, AppError> {
        self.read(|tx| fetching::next_fetch(tx, id))
    }

    /// Imports a file into a subscription without an address. Unless `keep`, the file is
    /// the whole calendar: other events are archived.
    ///
    /// A large file is imported in several transactions, so that other writes can run in between. Until the last one,
    /// the status of the calendar is `reading`. After an interruption, importing the same file again completes it,
    /// because events are matched by UID.
    pub fn import_calendar(
        &self,
        actor: &Actor,
        id: Id,
        source: impl Read + Seek,
        keep: bool,
    ) -> Result<Report, AppError> {
        require_write(actor)?;
        let file = self.open_file(source)?;
        self.write(actor, |work| {
            let calendar = work.load(&EXTERNAL_CALENDAR, id)?;
            work.actor.require(work.tx, Action::Import, &calendar)?;
            require_live(&calendar)?;
            if !external_calendar::ADDRESS.get(&calendar).is_empty() {
                return Err(AppError::conflict(
                    "This external calendar is fetched from its address. Create another one for the file.",
                ));
            }
            begin(work, &calendar)
        })?;
        self.sync_events(actor, id, file, keep)
    }

    /// Creates a subscription from a file. Without a name, it gets the name in the file.
    pub fn calendar_from_file(
        &self,
        actor: &Actor,
        name: Option<&str>,
        source: impl Read + Seek,
    ) -> Result<(Record, Report), AppError> {
        require_write(actor)?;
        if !actor.may(Action::Import, EXTERNAL_CALENDAR.area) {
            return Err(AppError::forbidden(
                Action::Import,
                EXTERNAL_CALENDAR.area,
                "import external calendars from files",
            ));
        }
        let file = self.open_file(source)?;
        let own: String = file.name().trim().chars().take(200).collect();
        let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(&own);
        let name = if name.is_empty() { "Imported calendar" } else { name };
        let input = Input::from_iter([external_calendar::NAME.input(name)]);
        let calendar = self.write(actor, |work| {
            let calendar = create(work, &EXTERNAL_CALENDAR, &input)?;
            begin(work, &calendar)?;
            Ok(calendar)
        })?;
        let report = self.sync_events(actor, calendar.id, file, false)?;
        Ok((self.get(actor, &EXTERNAL_CALENDAR, calendar.id)?, report))
    }

    fn open_file<R: Read + Seek>(&self, source: R) -> Result<File<'_, R>, AppError> {
        Ok(File::open(source, self.zone(), read_limits(MAXIMUM_BYTES))?)
    }

    fn sync_events(
        &self,
        actor: &Actor,
        id: Id,
        file: File<'_, impl Read + Seek>,
        keep: bool,
    ) -> Result<Report, AppError> {
        // The missing part of a truncated file may contain the other events.
        let keep = keep || file.is_cut_off();
        let report = sync::sync(self, actor, id, file, keep)?;
        self.write(actor, |work| {
            let Some(before) = work.find(&EXTERNAL_CALENDAR, id)? else {
                return Ok(());
            };
            let mut calendar = before.clone();
            external_calendar::LAST_FETCHED_AT.set(&mut calendar, work.now);
            external_calendar::LAST_STATUS.set(&mut calendar, "file");
            remarks::keep(&mut calendar, &report.skipped);
            external_calendar::EVENT_COUNT.set(&mut calendar, store::count(work.tx, id)?);
            work.note_computed(&before, &calendar, &["last_fetched_at"])
        })?;
        Ok(report)
    }
}

/// Sets the status of a started import, until [`App::sync_events`] has saved its last event.
fn begin(work: &mut UnitOfWork<'_, '_>, calendar: &Record) -> Result<(), AppError> {
    let mut begun = calendar.clone();
    external_calendar::LAST_STATUS.set(&mut begun, "reading");
    work.note_computed(calendar, &begun, &[])
}

impl App {
    /// Returns the first entries of a subscription within the next weeks, with series expanded.
    pub fn next_of_calendar(&self, actor: &Actor, id: Id, limit: usize) -> Result<Vec<Entry>, AppError> {
        let today = self.today();
        let mut query = CalendarQuery::days(today, today.saturating_add(WEEKS_AHEAD.weeks()), self.zone());
        query.modules = vec![EXTERNAL_EVENT.module];
        let (_, feed) = self.calendar(actor, &query)?;
        let ids: Vec<Id> = feed.entries.iter().map(|entry| entry.row.record_id).collect();
        let of_calendar = self.read(|tx| Ok(records::pointing_at(tx, &ids, "calendar", &[id])?))?;
        let mut entries = feed.entries;
        entries.retain(|entry| of_calendar.contains(&entry.row.record_id));
        entries.truncate(limit);
        Ok(entries)
    }
}
