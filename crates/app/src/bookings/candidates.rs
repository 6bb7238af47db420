//! Resources that an event can book: free ones first, taken ones with the bookings in the way.

use obcms_domain::bookings::{Span, Terms, Use, uses};
use obcms_domain::calendar::series::align_start_to_rule;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds::{BOOKING, EVENT, RESOURCE, booking, resource};
use obcms_domain::records::input::{self, Context};
use obcms_domain::registry::shared::TITLE;
use obcms_domain::registry::{FieldError, Record};
use obcms_store::bookings::{self as store, Slot};
use obcms_store::records::{self, Filter, Query};
use obcms_store::{SqlValue, Tx};

use super::conflict_response::VisibleBookings;
use super::conflicts::{bounding_span, conflicting_slots, slots};
use crate::core::{Actor, App, AppError};
use crate::records::Input;

/// Types of resources in the order in which an event needs them.
pub const CANDIDATE_TYPES: [&str; 4] = ["room", "vehicle", "equipment", "facilitator"];
/// Maximum number of resources that are offered.
const MAXIMUM_CANDIDATES: i64 = 200;
/// Maximum number of bookings that are named for a resource.
const MAXIMUM_NAMED: usize = 2;

/// Availability of a resource at the times of an event.
#[derive(Clone, Debug)]
pub enum Availability {
    /// Free at all times, or the event has no time yet.
    Free,
    /// Not free, with the reason.
    Taken(Message),
}

/// Resource that an event can book.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Resource.
    pub resource: Record,
    /// Availability.
    pub availability: Availability,
    /// True if it has enough seats, or their number is unknown.
    pub fits: bool,
}

impl Candidate {
    /// Returns true if it is free at all times.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self.availability, Availability::Free)
    }
}

impl App {
    /// Reads the times of an event that is not saved.
    pub fn draft_event(&self, actor: &Actor, times: &Input) -> Result<Record, Vec<FieldError>> {
        let mut event = Record::new(&EVENT, self.new_id(), self.now(), actor.id);
        let mut input = times.clone();
        input.extend([TITLE.input("-")]);
        let context = Context {
            actor: actor.id,
            today: self.today(),
            office_timezone: &self.options().office_timezone,
        };
        input::parse(&mut event, &input, true, &context)?;
        align_start_to_rule(&mut event);
        Ok(event)
    }

    /// Returns the ids of the resources that are booked for an event, at any time or within a span.
    pub fn booked_resources(&self, event: Id, at: Option<Span>) -> Result<Vec<Id>, AppError> {
        self.read(|tx| {
            let ids = store::of_origins(tx, &[event])?;
            let mut resources = Vec::new();
            for slot in store::of_bookings(tx, &ids)? {
                let is_at = at.is_none_or(|span| slot.booked.overlaps(&span));
                if is_at && slot.booked.end > self.now() && !resources.contains(&slot.resource) {
                    resources.push(slot.resource);
                }
            }
            Ok(resources)
        })
    }

    /// Returns the resources that an event could book: free ones first, those with enough seats before others. `known`
    /// is the saved event, whose bookings are not in the way.
    pub fn booking_candidates(
        &self,
        actor: &Actor,
        event: Option<&Record>,
        known: Option<Id>,
        guests: i64,
    ) -> Result<Vec<Candidate>, AppError> {
        self.read(|tx| {
            let Ok(scope) = actor.scope(&RESOURCE) else { return Ok(Vec::new()) };
            let is_available =
                Filter::OneOf(resource::IS_AVAILABLE.name().to_owned(), vec![SqlValue::from(true)]);
            let query = Query::first(&RESOURCE, vec![is_available], scope.as_ref(), MAXIMUM_CANDIDATES);
            let resources = records::list(tx, &query)?.records;
            let wanted = event.map(uses).unwrap_or_default();
            let mut found = self.judge(tx, actor, resources, (event, &wanted), known)?;
            let order = |one: &Record| {
                let of_type = resource::RESOURCE_TYPE.get(one);
                CANDIDATE_TYPES.iter().position(|name| *name == of_type)
            };
            for candidate in &mut found {
                candidate.fits = resource::SEATS.get(&candidate.resource).is_none_or(|seats| seats >= guests);
            }
            found.sort_by_cached_key(|one| {
                let seats = resource::SEATS.get(&one.resource).unwrap_or(i64::MAX);
                let title = one.resource.title().to_lowercase();
                (!one.is_free(), order(&one.resource), !one.fits, seats, title)
            });
            Ok(found)
        })
    }

    fn judge(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        resources: Vec<Record>,
        (event, wanted): (Option<&Record>, &[Use]),
        known: Option<Id>,
    ) -> Result<Vec<Candidate>, AppError> {
        let mut draft = Record::new(&BOOKING, self.new_id(), self.now(), actor.id);
        booking::UNITS.set(&mut draft, 1_i64);
        let all_day = event.is_some_and(|event| booking::ALL_DAY.get(event));
        let terms: Vec<Terms> = resources.iter().map(|one| Terms::of(one, self.zone())).collect();
        let requested: Vec<Vec<Slot>> = resources
            .iter()
            .zip(&terms)
            .map(|(resource, terms)| slots(&draft, resource.id, terms, wanted))
            .collect();
        let all: Vec<Slot> = requested.iter().flatten().cloned().collect();
        let ids: Vec<Id> = resources.iter().map(|resource| resource.id).collect();
        let mut taken = match bounding_span(&all) {
            Some(span) if !ids.is_empty() => store::within(tx, &ids, span, None)?,
            _ => Vec::new(),
        };
        let own = match known {
            Some(event) => store::of_origins(tx, &[event])?,
            None => Vec::new(),
        };
        taken.retain(|slot| !own.contains(&slot.booking));
        let mut in_the_way: Vec<Vec<Slot>> = Vec::with_capacity(resources.len());
        for (terms, requested) in terms.iter().zip(&requested) {
            let others: Vec<Slot> = match requested.first() {
                Some(first) => taken.iter().filter(|slot| slot.resource == first.resource).cloned().collect(),
                None => Vec::new(),
            };
            let mut found: Vec<Slot> = Vec::new();
            for slot in requested {
                for other in conflicting_slots(terms, slot, &others) {
                    if !found.contains(other) {
                        found.push(other.clone());
                    }
                }
            }
            in_the_way.push(found);
        }
        let pointers: Vec<&Slot> = in_the_way.iter().flatten().collect();
        let bookings = VisibleBookings::of(tx, actor, &pointers)?;
        let candidates =
            resources.into_iter().zip(terms).zip(in_the_way).map(|((resource, terms), found)| {
                let problem = wanted.iter().find_map(|one| terms.check(one, all_day, &[], false, self.now()));
                let availability = if let Some(problem) = problem {
                    Availability::Taken(problem.message)
                } else if found.is_empty() {
                    Availability::Free
                } else {
                    Availability::Taken(sentence(&bookings, &found, self))
                };
                Candidate { resource, availability, fits: true }
            });
        Ok(candidates.collect())
    }
}

/// Names the first bookings in the way, and counts the others.
fn sentence(bookings: &VisibleBookings, found: &[Slot], app: &App) -> Message {
    let named = found.iter().take(MAXIMUM_NAMED).map(|slot| bookings.sentence(slot, app.zone()));
    let more = found.len().saturating_sub(MAXIMUM_NAMED);
    let more = (more > 0).then(|| obcms_domain::message!("and {more} more", more));
    Word::list(Joining::Semicolon, named.chain(more)).into()
}
