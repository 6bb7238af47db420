//! Filters that need more than an entry's own row: teams, organizations, resources, places.

use std::collections::HashSet;

use obcms_domain::id::Id;
use obcms_store::calendar as store;
use obcms_store::{Tx, bookings};

use super::Entry;
use crate::error::AppError;

/// What entries must stand in some relation to; entries must fit each list that is not empty, by any of its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concerning {
    /// The record names the team, or one of its people is on it.
    pub teams: Vec<Id>,
    /// The record names the organization, or belongs to one that does.
    pub organizations: Vec<Id>,
    /// The record uses the resource, or a booking for it does.
    pub resources: Vec<Id>,
    /// The record uses any resource, or a booking for it does.
    pub any_resource: bool,
    /// The record, its community or what it belongs to lies in the place.
    pub places: Vec<Id>,
}

impl Concerning {
    /// Keeps the entries that fit.
    pub(super) fn narrow(&self, tx: &mut Tx<'_>, entries: &mut Vec<Entry>) -> Result<(), AppError> {
        if !self.teams.is_empty() {
            let named = store::around(tx, &self.teams, 1)?;
            let members: HashSet<Id> = store::members(tx, &self.teams)?.into_iter().collect();
            entries.retain(|entry| {
                named.contains(&entry.row.record_id)
                    || entry.row.people.iter().any(|person| members.contains(person))
            });
        }
        if self.any_resource {
            entries.retain(|entry| !entry.resources().is_empty());
        }
        // A task belongs to an event, the event to a community, the community to a place.
        for (wanted, steps) in [(&self.organizations, 2), (&self.resources, 1), (&self.places, 3)] {
            if !wanted.is_empty() {
                let mut concerned = store::around(tx, wanted, steps)?;
                if std::ptr::eq(wanted, &self.resources) {
                    // A booking of an event is shown within the event.
                    concerned.extend(bookings::origins_of(tx, wanted)?);
                }
                entries.retain(|entry| concerned.contains(&entry.row.record_id));
            }
        }
        Ok(())
    }
}
