//! Filters that need more than an entry's own row: teams, organizations, resources, places.

use std::collections::HashSet;

use obcms_domain::core::id::Id;
use obcms_store::Tx;
use obcms_store::calendar as store;

use super::Entry;
use crate::core::AppError;

/// What entries must stand in some relation to; entries must fit each list that is not empty, by any of its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelatedTo {
    /// The record names the team, or one of its people is on it.
    pub teams: Vec<Id>,
    /// The record names the organization, or belongs to one that does.
    pub organizations: Vec<Id>,
    /// The resource is booked by the record, or for it at its time.
    pub resources: Vec<Id>,
    /// Any resource is booked by the record, or for it at its time.
    pub any_resource: bool,
    /// The record, its community or what it belongs to lies in the place.
    pub places: Vec<Id>,
}

impl RelatedTo {
    /// Returns true if the calendar is asked for by resource: then it shows what is booked and nothing else.
    pub(super) fn is_of_resources(&self) -> bool {
        self.any_resource || !self.resources.is_empty()
    }

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
        if !self.resources.is_empty() {
            entries.retain(|entry| entry.resources().iter().any(|id| self.resources.contains(id)));
        }
        // A task belongs to an event, the event to a community, the community to a place.
        for (wanted, steps) in [(&self.organizations, 2), (&self.places, 3)] {
            if !wanted.is_empty() {
                let concerned = store::around(tx, wanted, steps)?;
                entries.retain(|entry| concerned.contains(&entry.row.record_id));
            }
        }
        Ok(())
    }
}
