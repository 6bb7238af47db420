//! Calendar export as iCalendar, limited to what the actor may see.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_store::calendar::event_metadata::{self, EventMetadata};
use obcms_store::records::changes;

use super::write::{self, About, SerializedCalendar};
use crate::calendar::{CalendarQuery, Entry};
use crate::core::{Actor, App, AppError};

/// Months before the current month in the default window.
const MONTHS_BACK: i32 = 12;
/// Months after the current month in the default window.
const MONTHS_AHEAD: i32 = 24;

impl App {
    /// Returns the default window for calendar programs. It consists of whole months, so it stays the same all month.
    #[must_use]
    pub fn icalendar_window(&self) -> (Date, Date) {
        let month = self.today().first_of_month();
        (month.saturating_sub(MONTHS_BACK.months()), month.saturating_add((MONTHS_AHEAD + 1).months()))
    }

    /// Returns the time of the last change of the export: a change of the data, or the
    /// start of a month, which moves the window.
    pub fn icalendar_changed_at(&self) -> Result<Timestamp, AppError> {
        let month = self.today().first_of_month().to_zoned(self.zone().clone());
        let begun = month.map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
        let last = self.read(|tx| Ok(changes::last_at(tx)?))?;
        Ok(last.map_or(begun, |last| last.max(begun)))
    }

    /// Returns the entries of the query as iCalendar, with the revision of the data.
    pub fn icalendar(
        &self,
        actor: &Actor,
        query: &CalendarQuery,
        about: &About,
    ) -> Result<(i64, SerializedCalendar), AppError> {
        self.read(|tx| {
            let (state, feed) = self.calendar_of_records(tx, actor, query)?;
            let known = write::known(&feed, about);
            let unknown = feed.entries.iter().zip(&known).filter(|(_, known)| known.is_none());
            let metadata = metadata(tx, unknown.map(|(entry, _)| entry))?;
            Ok((state, write::write(&feed, known, &metadata, about, self.zone(), query.window.end)))
        })
    }
}

/// Loads the metadata of the records of entries, with one query for each kind.
fn metadata<'a>(
    tx: &mut obcms_store::Tx<'_>,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<HashMap<Id, EventMetadata>, AppError> {
    let mut of_kinds: HashMap<&'static str, HashSet<Id>> = HashMap::new();
    for entry in entries {
        of_kinds.entry(entry.row.kind.name).or_default().insert(entry.row.record_id);
    }
    let mut result = HashMap::new();
    for kind in kinds::REGISTRY {
        if let Some(ids) = of_kinds.remove(kind.name) {
            let ids: Vec<Id> = ids.into_iter().collect();
            result.extend(event_metadata::load(tx, kind, &ids)?);
        }
    }
    Ok(result)
}
