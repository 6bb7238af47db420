//! Picker of resources in the form of an event: free ones first, taken ones with what is in the way.

use maud::{Markup, html};
use obcms_app::bookings::{CANDIDATE_TYPES, Candidate, CandidateAvailability};
use obcms_app::records::reservation::MEMBER;
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::is_bounded;
use obcms_domain::choices::RESOURCE_TYPES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BOOKING, resource};

use super::planner::Plan;
use crate::components::badges::{Tone, badge};
use crate::components::words::{self, t};
use crate::core::state::State;
use crate::records::may_create;

/// Choices for the time of the plan.
pub(super) fn list(state: &State, actor: &Actor, plan: &Plan) -> Result<Markup, AppError> {
    let found = state.app.booking_candidates(actor, plan.event.as_ref(), plan.known, plan.guests)?;
    if found.is_empty() && plan.selected.is_empty() {
        return Ok(html! { p.muted { (t!("No resources to book.")) } });
    }
    let is_selected = |candidate: &Candidate| plan.selected.contains(&candidate.resource.id);
    let has_end = plan.event.as_ref().is_none_or(is_bounded);
    let may_book = may_create(actor, &BOOKING);
    let (chosen, others): (Vec<&Candidate>, Vec<&Candidate>) = found.iter().partition(|one| is_selected(one));
    let (free, taken): (Vec<&Candidate>, Vec<&Candidate>) = others.into_iter().partition(|one| one.is_free());
    let has_time = plan.span().is_some();
    let is_listed = |id: &Id| found.iter().any(|one| one.resource.id == *id);
    Ok(html! {
        // A booked resource that is not offered any more stays booked.
        @for id in plan.selected.iter().filter(|id| !is_listed(id)) { input type="hidden" name=(MEMBER) value=(id); }
        datalist #resource-names { @for one in &found { option value=(one.resource.title()) {} } }
        p.muted {
            @if !has_time { (t!("Enter the start to see what is free.")) }
            @else if !has_end { (t!("Set an end for the rule to book for every date.")) }
            @else if plan.guests > 1 { (t!("For {guests} people. Booked with the event, for every date.", guests = plan.guests)) }
            @else { (t!("Booked with the event, for every date.")) }
        }
        div.resource-choices tabindex="0" role="group" aria-label=(t!("Resources")) {
            @if !chosen.is_empty() { (group(t!("Selected"), &chosen, plan, may_book)) }
            @for name in CANDIDATE_TYPES {
                @let of_type: Vec<&Candidate> = free.iter().copied()
                    .filter(|one| resource::RESOURCE_TYPE.get(&one.resource) == name).collect();
                @if !of_type.is_empty() {
                    @let label = &words::choice(RESOURCE_TYPES, name);
                    @if has_time { (group(&t!("{kind}: free", kind = label), &of_type, plan, may_book)) }
                    @else { (group(label, &of_type, plan, may_book)) }
                }
            }
            @if !taken.is_empty() { (group(t!("Not free at this time"), &taken, plan, may_book)) }
        }
    })
}

fn group(label: &str, candidates: &[&Candidate], plan: &Plan, may_book: bool) -> Markup {
    html! {
        h2.resource-group { (label) }
        @for one in candidates { (choice(one, plan, may_book)) }
    }
}

fn choice(one: &Candidate, plan: &Plan, may_book: bool) -> Markup {
    let id: Id = one.resource.id;
    let is_selected = plan.selected.contains(&id);
    let is_open = is_selected || (one.is_free() && may_book);
    let seats = resource::SEATS.get(&one.resource);
    let location = resource::LOCATION.get(&one.resource);
    let needs_approval = resource::REQUIRES_APPROVAL.get(&one.resource);
    html! {
        label.resource-choice data-taken[!one.is_free()] {
            input type="checkbox" name=(MEMBER) value=(id) checked[is_selected] disabled[!is_open];
            span.resource-words {
                span.resource-name { (one.resource.title()) }
                span.muted {
                    @if let Some(seats) = seats { (t!("{seats} seats", seats)) }
                    @if seats.is_some() && !location.is_empty() { " · " }
                    (location)
                }
                @if let CandidateAvailability::Taken(reason) = &one.availability {
                    span.resource-reason { (words::message(reason)) }
                }
            }
            span.resource-badges {
                @if !one.fits { (badge(&t!("Too small for {guests}", guests = plan.guests), Tone::Warning)) }
                @if needs_approval { (badge(t!("Needs approval"), Tone::Quiet)) }
                @if plan.booked.contains(&id) { (badge(t!("Booked"), Tone::Good)) }
            }
        }
    }
}
