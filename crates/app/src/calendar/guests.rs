//! Free and busy times of the guests of an event on one day.

use std::collections::HashSet;

use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::Span;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::USER;
use obcms_store::records;

use super::suggestions::MAXIMUM_PEOPLE;
use crate::core::{Actor, App, AppError};

/// Busy time of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusyTime {
    /// Period.
    pub span: Span,
    /// Title of the entry; `None` if the actor may not see it.
    pub title: Option<String>,
}

/// Guest with busy times and working hours of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestTimes {
    /// Person.
    pub person: Id,
    /// Name.
    pub name: String,
    /// Busy times, by start.
    pub busy: Vec<BusyTime>,
    /// Working hours.
    pub working: Vec<Span>,
}

impl App {
    /// Returns the times of people within a span of days, without those of the event itself. Empty for an actor who may
    /// not see the times of others.
    pub fn guest_times(
        &self,
        actor: &Actor,
        people: &[Id],
        (first, after): (Date, Date),
        event: Option<Id>,
    ) -> Result<Vec<GuestTimes>, AppError> {
        let is_alone = people.iter().all(|person| actor.id == Some(*person));
        if people.is_empty() || (!is_alone && !actor.may(Action::View, USER.area)) {
            return Ok(Vec::new());
        }
        let people = &people[..people.len().min(MAXIMUM_PEOPLE)];
        self.read(|tx| {
            let found = records::load_many(tx, &USER, people)?;
            let window = self.days_span((first, after));
            let mut rows = self.busy_rows(tx, people, window)?;
            rows.retain(|row| Some(row.record_id) != event);
            let feed = self.feed(tx, actor, rows.clone())?;
            let visible: HashSet<(Id, &str)> =
                feed.entries.iter().map(|entry| (entry.row.record_id, &*entry.row.recurrence_id)).collect();
            Ok(people
                .iter()
                .filter_map(|id| found.iter().find(|person| person.id == *id))
                .map(|person| {
                    let attendee = self.attendee(person, &rows, window);
                    let busy = attendee.busy.iter().filter_map(|busy| {
                        let row = rows.get(busy.index)?;
                        let is_visible = visible.contains(&(row.record_id, &*row.recurrence_id));
                        let title = is_visible.then(|| row.title.to_string());
                        Some(BusyTime { span: busy.span, title })
                    });
                    GuestTimes {
                        person: person.id,
                        name: person.title().to_owned(),
                        busy: busy.collect(),
                        working: attendee.working,
                    }
                })
                .collect())
        })
    }
}
