//! Decisions on bookings: the queue, the decision, and moving a booking after its event.

use axum::extract::State as AxumState;
use axum::response::{Html, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::bookings::Decision;
use obcms_app::records::lists::Listing;
use obcms_app::records::undo::undo_address;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{BookingStatus, Span, actions, is_ahead, uses};
use obcms_domain::choices::BOOKING_STATUSES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BOOKING, EVENT, booking, event};
use obcms_domain::registry::{Record, Value};
use obcms_store::records;

use serde_json::Map;

use super::{span_text, views};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done, refused};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::return_path::local_path;
use crate::core::state::{State, blocking};
use crate::core::subject::RowAction;

/// `GET /bookings/waiting`: bookings that wait for a decision, by start.
pub async fn waiting(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
) -> Result<Html<String>, PageError> {
    let asked = [("status", "pending"), ("sort", "start"), ("limit", "500")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut listing = blocking(|| state.app.list(&actor, &BOOKING, &asked.to_vec()))?;
    // Past bookings need no decision any more.
    let now = state.app.now();
    listing.records.retain(|booking| is_ahead(booking, now));
    let decides = !actor.read_only && actor.may(Action::DecideBooking, BOOKING.area);
    let head = PageHead {
        title: t!("Waiting for approval").to_owned(),
        badges: html! { span.count { (listing.records.len()) } },
        ..PageHead::default()
    };
    let content = html! {
        (page_head(&head))
        (views(&actor, "waiting"))
        div #bookings-waiting data-live="booking" {
            @if listing.records.is_empty() {
                (empty_state(&EmptyState {
                    icon: "circle-check".to_owned(),
                    title: t!("Nothing to approve").to_owned(),
                    text: t!("Bookings waiting for approval are listed here.").to_owned(),
                    action: None,
                }))
            } @else {
                ul.list.waiting { @for booking in &listing.records { (row(&page, &listing, booking, decides)) } }
            }
        }
    };
    let page = page.clone().below(words::label(BOOKING.plural), "/bookings");
    Ok(Html(page.render(t!("Waiting for approval"), &content).into_string()))
}

fn row(page: &Page, listing: &Listing, booking: &Record, decides: bool) -> Markup {
    let zone = page.zone();
    let values = page.values(&listing.directory, &zone);
    let span = uses(booking).first().map(|one| one.span);
    let count = uses(booking).len();
    html! {
        li {
            div.grow {
                a href=(BOOKING.url(booking.id)) { strong { (booking.title()) } }
                div.muted {
                    (crate::records::pages::value(&values, booking, "resource")) " · "
                    @if let Some(span) = span { (span_text(span, booking::ALL_DAY.get(booking), &zone)) }
                    @if count > 1 { " " (t_html!("and {count} more occurrences", count = count - 1)) }
                    " · " (crate::records::pages::value(&values, booking, "booked_by"))
                }
            }
            @if decides {
                form.row method="post" data-in-place action={ (BOOKING.url(booking.id)) "/decision" } {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="back" value="/bookings/waiting";
                    input.input name="note" maxlength="2000" placeholder=(t!("Note (required to reject)"))
                        aria-label={ (t_html!("Note on {title}", title = booking.title())) } required;
                    button.button data-kind="main" type="submit" name="decision" value="approve" formnovalidate { (t!("Approve")) }
                    button.button type="submit" name="decision" value="reject" { (t!("Reject")) }
                }
            }
        }
    }
}

/// Returns the list from which a decision was made: a list of bookings with its filters.
fn back(given: &str, id: Id) -> String {
    let given = local_path(given, "");
    let is_list = given == "/bookings" || given == "/bookings/waiting" || given.starts_with("/bookings?");
    if is_list { given.to_owned() } else { BOOKING.url(id) }
}

/// Returns the action on the rows of a list of bookings for deciders; `back` is the address of the list.
pub fn row_action(page: &Page, actor: &Actor, now: Timestamp, back: String) -> Option<RowAction> {
    let decides = !actor.read_only && actor.may(Action::DecideBooking, BOOKING.area);
    let decider = Decider { now, csrf_token: page.csrf().to_owned(), back, zone: page.zone() };
    decides.then(|| Box::new(move |booking: &Record| decider.button(booking)) as RowAction)
}

/// Decision buttons in a list of bookings.
#[derive(Debug)]
struct Decider {
    now: Timestamp,
    csrf_token: String,
    back: String,
    zone: TimeZone,
}

impl Decider {
    /// Button beside the status of a pending booking.
    fn button(&self, booking: &Record) -> Markup {
        let waits = BookingStatus::of(booking) == BookingStatus::Pending && !booking.is_archived();
        if !waits || !is_ahead(booking, self.now) {
            return html! {};
        }
        let when =
            uses(booking).first().map(|one| span_text(one.span, booking::ALL_DAY.get(booking), &self.zone));
        let id = format!("decide-{}", booking.id);
        html! {
            " " button.button.decide type="button" popovertarget=(id) aria-label={ (t_html!("Decide on {title}", title = booking.title())) } { (t!("Decide")) }
            div.decide-card id=(id) popover role="dialog" aria-label={ (t_html!("Decide on {title}", title = booking.title())) } {
                form.stack data-gap="small" method="post" data-in-place action={ (BOOKING.url(booking.id)) "/decision" } {
                    input type="hidden" name="csrf_token" value=(self.csrf_token);
                    input type="hidden" name="back" value=(self.back);
                    h2 { (booking.title()) }
                    p.muted { (booking::RESOURCE_NAME.get(booking)) @if let Some(when) = when { " · " (when) } }
                    div {
                        label for={ (id) "-note" } { (t!("Note")) }
                        input.input id={ (id) "-note" } name="note" maxlength="2000" autocomplete="off" autofocus required;
                        p.field-help { (t!("Required to reject. The person who booked can read it.")) }
                    }
                    div.row {
                        button.button data-kind="main" type="submit" name="decision" value="approve" formnovalidate { (t!("Approve")) }
                        button.button type="submit" name="decision" value="reject" { (t!("Reject")) }
                    }
                }
            }
        }
    }
}

/// `POST /bookings/{id}/decision`: `decision`, `note`; redirects to `back` or the booking.
pub async fn decide(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = back(form.get("back"), id.0);
    let answer = Decision::parse(&form.action(&actions::DECIDE))
        .and_then(|decision| blocking(|| state.app.decide(&actor, id.0, &decision, None)));
    match answer {
        Ok(decided) => {
            let word = words::choice(BOOKING_STATUSES, booking::STATUS.get(&decided.booking)).to_lowercase();
            let undo = undo_address(&BOOKING, id.0, decided.change_set);
            Ok(done(&back, &format!("{}: {word}", decided.booking.title()), Some(&undo)))
        }
        Err(error) => refused(&back, error),
    }
}

/// `POST /bookings/{id}/follow`: moves the booking to the time of its event.
pub async fn follow(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let (booking, event) = blocking(|| {
        let booking = state.app.get(&actor, &BOOKING, id.0)?;
        let origin = booking::ORIGIN.get(&booking).filter(|origin| origin.kind == "event");
        let event = origin.map(|origin| origin.id).ok_or(AppError::NotFound("event"))?;
        let event = state.app.read(|tx| Ok(records::load(tx, &EVENT, event)?))?;
        Ok::<_, AppError>((booking, event.ok_or(AppError::NotFound("event"))?))
    })?;
    let shown = event.to_json();
    let mut input = Map::new();
    for name in ["all_day", "timezone", "start", "end"] {
        input.insert(name.to_owned(), shown.get(name).cloned().unwrap_or_default());
    }
    let address = EVENT.url(event.id);
    match blocking(|| state.app.update(&actor, &BOOKING, id.0, &input, Some(booking.version))) {
        Ok(moved) => {
            let undo = blocking(|| state.app.undo_of_last(&actor, &BOOKING, moved.id))?;
            let message = t!(
                "{resource_name} moved with the event",
                resource_name = booking::RESOURCE_NAME.get(&moved)
            );
            Ok(done(&address, &message, undo.as_deref()))
        }
        Err(error) => refused(&address, error),
    }
}

/// Returns true if the booking covers its event.
pub(super) fn covers(booking: &Record, event: &Record) -> bool {
    if event::RRULE.value(event) != &Value::Null || booking::RRULE.value(booking) != &Value::Null {
        return true;
    }
    let span = |record: &Record| Some(Span::new(booking::START.get(record)?, booking::END.get(record)?));
    match (span(booking), span(event)) {
        (Some(booked), Some(held)) => booked.start <= held.start && held.end <= booked.end,
        _ => true,
    }
}
