//! Filters that need more than the row of an entry: teams, organizations, resources, places.

use std::collections::HashSet;

use obcms_domain::core::id::Id;
use obcms_store::Tx;
use obcms_store::calendar as store;

use super::Entry;
use crate::core::AppError;

/// Filter by related records. An entry must match one item of each list that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelatedTo {
    /// Teams that the record names or that have one of its people as a member.
    pub teams: Vec<Id>,
    /// Organizations of the record or of its origin.
    pub organizations: Vec<Id>,
    /// Resources booked by the record, or for it at its time.
    pub resources: Vec<Id>,
    /// True if any resource matches, booked by the record or for it at its time.
    pub any_resource: bool,
    /// Places that contain the record, its community or its origin.
    pub places: Vec<Id>,
}

impl RelatedTo {
    /// Returns true if the query is by resource. It then returns only entries with bookings.
    pub(super) fn is_of_resources(&self) -> bool {
        self.any_resource || !self.resources.is_empty()
    }

    /// Keeps the matching entries.
    pub(super) fn retain_related(&self, tx: &mut Tx<'_>, entries: &mut Vec<Entry>) -> Result<(), AppError> {
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
