//! Decisions on bookings: approve, reject and cancel.

use obcms_domain::accounts::Action;
use obcms_domain::bookings::{BookingStatus, actions, uses};
use obcms_domain::choices::{self, BOOKING_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{BOOKING, booking};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::{bookings as store, records};
use serde_json::Value as Json;

use super::conflicts;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{Input, reload, require_live, require_version, require_write};

/// Verdict on a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The booking is approved.
    Approve,
    /// The booking is rejected, with a reason.
    Reject,
    /// The booking is cancelled.
    Cancel,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 3] = [Self::Approve, Self::Reject, Self::Cancel];

    /// Returns the name used by the API and the history.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
        }
    }

    /// Returns the verdict of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }

    const fn status(self) -> BookingStatus {
        match self {
            Self::Approve => BookingStatus::Approved,
            Self::Reject => BookingStatus::Rejected,
            Self::Cancel => BookingStatus::Cancelled,
        }
    }
}

/// Requested decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Verdict.
    pub verdict: Verdict,
    /// Reason.
    pub note: String,
}

impl Decision {
    /// Parses `{decision, note}`. Instead of `decision`, it accepts `action`, the resulting status, or a verdict as in
    /// `{approve: true}`, because programs send these too.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::DECIDE.parse(&with_decision(input)).map_err(AppError::Invalid)?;
        let note = actions::DECISION_NOTE.get(&input).to_owned();
        let wrong = |error| AppError::Invalid(vec![error]);
        let verdict = Verdict::parse(actions::DECISION.get(&input))
            .ok_or_else(|| wrong(actions::DECISION.error("choice", "Must be approve, reject or cancel.")))?;
        if verdict == Verdict::Reject && note.is_empty() {
            let message = "Enter a reason for the rejection.";
            return Err(wrong(actions::DECISION_NOTE.error("required", message)));
        }
        Ok(Self { verdict, note })
    }
}

/// The input with every spelling of a decision as the member `decision`; contradictory ones make it invalid.
fn with_decision(input: &Input) -> Input {
    let mut rest = Input::new();
    let mut named: Vec<Json> = Vec::new();
    for (name, value) in input {
        match (name.as_str(), Verdict::parse(name)) {
            ("decision" | "action" | "status", _) => {
                let verdict = value.as_str().and_then(|word| {
                    Verdict::ALL
                        .into_iter()
                        .find(|verdict| [verdict.as_str(), verdict.status().as_str()].contains(&word))
                });
                named.push(verdict.map_or_else(|| value.clone(), |verdict| verdict.as_str().into()));
            }
            (_, Some(verdict)) if value == &Json::Bool(true) => named.push(verdict.as_str().into()),
            (_, Some(_)) if value == &Json::Bool(false) => {}
            (_, Some(_)) => named.push(value.clone()),
            _ => drop(rest.insert(name.clone(), value.clone())),
        }
    }
    named.dedup();
    match named.as_slice() {
        [] => {}
        [decision] => drop(rest.insert(actions::DECISION.name().to_owned(), decision.clone())),
        several => drop(rest.insert(actions::DECISION.name().to_owned(), Json::Array(several.to_vec()))),
    }
    rest
}

/// Booking after a decision, with the change set for undo.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Booking.
    pub booking: Record,
    /// Change set to undo.
    pub change_set: Id,
}

impl App {
    /// Approves, rejects or cancels a booking. `expected` is the version that the actor saw.
    pub fn decide(
        &self,
        actor: &Actor,
        id: Id,
        decision: &Decision,
        expected: Option<i64>,
    ) -> Result<Decided, AppError> {
        self.write(actor, |work| decide(work, id, decision, expected))
    }
}

/// Approves, rejects or cancels a booking.
pub fn decide(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    decision: &Decision,
    expected: Option<i64>,
) -> Result<Decided, AppError> {
    let before = work.load(&BOOKING, id)?;
    require_write(work.actor)?;
    let decides = work.actor.may(Action::DecideBooking, BOOKING.area);
    // The person who booked may cancel.
    if !(decides && decision.verdict == Verdict::Cancel) {
        let action =
            if decision.verdict == Verdict::Cancel { Action::Transition } else { Action::DecideBooking };
        work.actor.require(work.tx, action, &before)?;
    }
    require_version(&before, expected)?;
    require_undecided(work, &before, decision.verdict)?;
    if decision.verdict == Verdict::Approve {
        check_again(work, &before)?;
    }
    let mut booking = before.clone();
    booking::STATUS.set(&mut booking, decision.verdict.status().as_str());
    booking::DECIDED_BY.set(&mut booking, work.actor.id);
    booking::DECIDED_AT.set(&mut booking, work.now);
    let note = decision.note.trim();
    booking::DECISION_NOTE.set(&mut booking, Some(note).filter(|note| !note.is_empty()));
    note.clone_into(&mut work.note);
    work.save(&before, &mut booking, decision.verdict.as_str())?;
    Ok(Decided { booking: reload(work, &booking)?, change_set: work.change_set })
}

/// Refuses a second decision, and a decision on a past booking.
fn require_undecided(
    work: &mut UnitOfWork<'_, '_>,
    booking: &Record,
    verdict: Verdict,
) -> Result<(), AppError> {
    require_live(booking)?;
    let status = BookingStatus::of(booking);
    let is_open = if verdict == Verdict::Cancel { status.blocks() } else { status == BookingStatus::Pending };
    if !is_open {
        let person = booking::DECIDED_BY.get(booking);
        let by = match person {
            Some(id) => records::references(work.tx, &[id])?.remove(&id).map(|person| person.title),
            None => None,
        };
        let status = choices::word(BOOKING_STATUSES, status.as_str()).within();
        let detail = match by {
            Some(name) => {
                message!("This booking was already {status} by {name}.", status, name = Word::text(name))
            }
            None => message!("This booking was already {status}.", status),
        };
        return Err(AppError::conflict(detail));
    }
    if uses(booking).iter().all(|one| one.span.end <= work.now) {
        return Err(AppError::conflict("This booking is in the past and cannot be decided any more."));
    }
    Ok(())
}

/// Checks a booking for conflicts again before approval, because an override may have taken its slots. Only approved
/// bookings conflict: of pending ones that overlap, the first one approved gets the time.
/// The buffers are those of the time of booking.
fn check_again(work: &mut UnitOfWork<'_, '_>, booking: &Record) -> Result<(), AppError> {
    let mut slot_request = conflicts::slot_request(work, None, booking, &uses(booking))?;
    if !slot_request.terms.is_available {
        let name = &slot_request.terms.name;
        return Err(AppError::conflict(message!(
            "{name} is not available for booking. Reject the booking.",
            name = Word::text(name)
        )));
    }
    slot_request.slots = store::of_bookings(work.tx, &[booking.id])?;
    let Some(bounding_span) = conflicts::bounding_span(&slot_request.slots) else {
        return Ok(());
    };
    let mut others = store::within(work.tx, &[slot_request.resource.id], bounding_span, Some(booking.id))?;
    let ids: Vec<Id> = others.iter().map(|other| other.booking).collect();
    let known = records::references(work.tx, &ids)?;
    others.retain(|other| {
        known.get(&other.booking).is_some_and(|booking| booking.state == BookingStatus::Approved.as_str())
    });
    conflicts::refuse(work, booking, &slot_request, &others)
}
