//! Utilization of resources: booked hours divided by bookable hours.

use std::collections::HashSet;

use jiff::SignedDuration;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{Span, Terms, without};
use obcms_domain::choices::{self, RESOURCE_TYPES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BOOKING, RESOURCE, resource};
use obcms_domain::registry::{Record, Total};
use obcms_store::bookings::{self as store, Slot};
use serde_json::{Value as Json, json};

use crate::core::{Actor, App, AppError};
use crate::records::lists;
use crate::records::transfer::{Cell, ReportTable, guarded, plain_csv};

/// Utilization of one resource in a period.
#[derive(Clone, Debug)]
pub struct Utilization {
    /// Resource.
    pub resource: Record,
    /// Number of active bookings.
    pub bookings: usize,
    /// Booked minutes within the bookable hours, multiplied by units.
    pub booked_minutes: i64,
    /// Bookable minutes, multiplied by capacity.
    pub open_minutes: i64,
}

impl Utilization {
    /// Returns the booked share in percent; `None` if there are no bookable minutes.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        (self.open_minutes > 0)
            .then(|| (self.booked_minutes * 100 + self.open_minutes / 2) / self.open_minutes)
    }

    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "resource": self.resource.id,
            "name": self.resource.title(),
            "resource_type": resource::RESOURCE_TYPE.get(&self.resource),
            "bookings": self.bookings,
            "booked_minutes": self.booked_minutes,
            "open_minutes": self.open_minutes,
            "percent": self.percent(),
        })
    }
}

/// Returns true if the actor sees all bookings, which the report is calculated from.
#[must_use]
pub fn sees_utilization(actor: &Actor) -> bool {
    actor.may(Action::View, BOOKING.area)
}

impl App {
    /// Returns the resources that the actor may see, by name. Limited to one type if given, without archived ones.
    pub fn resources(&self, actor: &Actor, resource_type: &str) -> Result<Vec<Record>, AppError> {
        let mut parameters = vec![("limit".to_owned(), lists::MAXIMUM_LIMIT.to_string())];
        if !resource_type.is_empty() {
            parameters.push(("resource_type".to_owned(), resource_type.to_owned()));
        }
        Ok(self.list(actor, &RESOURCE, &parameters)?.records)
    }

    /// Returns the utilization of the resources in a period. The actor must see all bookings.
    pub fn utilization(
        &self,
        actor: &Actor,
        resource_type: &str,
        period: Span,
    ) -> Result<Vec<Utilization>, AppError> {
        if !sees_utilization(actor) {
            return Err(AppError::forbidden(Action::View, BOOKING.area, "see the utilisation of resources"));
        }
        let resources = self.resources(actor, resource_type)?;
        let ids: Vec<Id> = resources.iter().map(|resource| resource.id).collect();
        let slots = self.read(|tx| Ok(store::within(tx, &ids, period, None)?))?;
        Ok(resources
            .into_iter()
            .map(|resource| {
                let terms = Terms::of(&resource, self.zone());
                let closed = terms.closed(period, false).into_iter().map(|closed| closed.span).collect();
                let open = without(period, closed);
                let total = |spans: &[Span]| -> SignedDuration {
                    spans.iter().map(|span| span.end.duration_since(span.start)).sum()
                };
                let mut booked = 0;
                let mut bookings: HashSet<Id> = HashSet::new();
                // A booking whose buffer alone touches the period does not count.
                let counts = |slot: &&Slot| slot.resource == resource.id && slot.booked.overlaps(&period);
                for slot in slots.iter().filter(counts) {
                    let parts: Vec<Span> = open
                        .iter()
                        .map(|open| open.within(&slot.booked))
                        .filter(|part| !part.is_empty())
                        .collect();
                    booked += total(&parts).as_mins() * slot.units;
                    bookings.insert(slot.booking);
                }
                Utilization {
                    bookings: bookings.len(),
                    booked_minutes: booked,
                    open_minutes: total(&open).as_mins() * terms.capacity,
                    resource,
                }
            })
            .collect())
    }
}

/// Returns the report as a table for people, with hours.
#[must_use]
pub fn utilization_table(rows: &[Utilization], filters: Vec<(String, String)>) -> ReportTable {
    let hours = |minutes: i64| Cell::Hundredths((minutes * 100 + 30) / 60);
    let count = |number: usize| Cell::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let label =
        |record: &Record| choices::label(RESOURCE_TYPES, resource::RESOURCE_TYPE.get(record)).to_owned();
    ReportTable {
        title: "Utilization",
        filters,
        columns: vec![
            ("Resource", Total::Never),
            ("Type", Total::Never),
            ("Bookings", Total::Sum),
            ("Booked hours", Total::Sum),
            ("Available hours", Total::Sum),
            ("Used (%)", Total::Never),
        ],
        rows: rows
            .iter()
            .map(|row| {
                vec![
                    Cell::Text(row.resource.title().to_owned()),
                    Cell::Text(label(&row.resource)),
                    count(row.bookings),
                    hours(row.booked_minutes),
                    hours(row.open_minutes),
                    row.percent().map_or(Cell::Empty, Cell::Number),
                ]
            })
            .collect(),
    }
}

/// Returns the report as CSV for programs.
pub fn utilization_file(rows: &[Utilization]) -> Result<Vec<u8>, AppError> {
    let cells = rows.iter().map(|row| {
        [
            guarded(row.resource.title()),
            resource::RESOURCE_TYPE.get(&row.resource).to_owned(),
            row.bookings.to_string(),
            row.booked_minutes.to_string(),
            row.open_minutes.to_string(),
            row.percent().map(|percent| percent.to_string()).unwrap_or_default(),
        ]
    });
    plain_csv(["name", "resource_type", "bookings", "booked_minutes", "open_minutes", "percent"], cells)
}
