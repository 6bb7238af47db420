//! Bookings for a record.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::BOOKING;
use obcms_domain::registry::Record;
use obcms_store::{bookings, records};

use crate::core::{Actor, App, AppError};

impl App {
    /// Returns the bookings for the record that the actor may see, the earliest first.
    pub fn bookings_of(&self, actor: &Actor, origin: &Record) -> Result<Vec<Record>, AppError> {
        self.read(|tx| {
            let Ok(scope) = actor.scope(&BOOKING) else { return Ok(Vec::new()) };
            let mut ids: Vec<Id> = bookings::of_origins(tx, &[origin.id])?;
            if let Some(scope) = scope {
                ids = records::in_scope(tx, &BOOKING, &ids, &scope)?;
            }
            let mut found = records::load_many(tx, &BOOKING, &ids)?;
            found.retain(|booking| !booking.is_archived());
            found.sort_by_key(|booking| (booking.instant("start"), booking.id));
            Ok(found)
        })
    }
}
