//! Decision on a measurement: the panel on its page and the form.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::records::undo::undo_address;
use obcms_app::results::{MeasurementDecision, is_reporter};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::MEASUREMENT_STATUSES;
use obcms_domain::kinds::{MEASUREMENT, measurement};
use obcms_domain::registry::Record;
use obcms_domain::results::actions;

use crate::components::badges::Tone;
use crate::components::detail::panel as box_of;
use crate::components::feedback::notice;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done, refused};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Forms with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::post(
            "/measurements/{id}/decision",
            Access::Policy(Action::DecideMeasurement, MEASUREMENT.area),
            decide,
        )
        .purpose("decide on measurements"),
    ]
}

/// Panel above a measurement, for those who decide.
pub fn decision_panel(_: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let decides = !actor.read_only && actor.may(Action::DecideMeasurement, MEASUREMENT.area);
    if record.is_archived() || !decides {
        return Ok(html! {});
    }
    let is_open = measurement::STATUS.get(record) == "reported";
    if is_open && is_reporter(actor, record) {
        let text = t!("You reported this measurement. Somebody else decides on it.");
        return Ok(box_of("decision", "measurement", t!("Decide"), &html! {}, &html! { p.muted { (text) } }));
    }
    let content = html! {
        form.stack data-gap="small" method="post" data-in-place action={ (MEASUREMENT.url(record.id)) "/decision" } {
            input type="hidden" name="csrf_token" value=(page.csrf());
            div {
                label for="decision-note" { (t!("Note")) }
                input.input #decision-note name="note" maxlength="2000" required;
                p.field-help {
                    @if is_open { (t!("Required to return. The person who reported can read it.")) }
                    @else { (t!("Required. The figures can be changed again after that.")) }
                }
            }
            div.row {
                @if is_open {
                    button.button data-kind="main" type="submit" name="decision" value="approve" formnovalidate { (t!("Approve")) }
                    button.button type="submit" name="decision" value="return" { (t!("Return")) }
                } @else {
                    button.button type="submit" name="decision" value="reopen" { (t!("Reopen")) }
                }
            }
        }
    };
    let title = if is_open { t!("Decide") } else { t!("Reopen") };
    Ok(box_of("decision", "measurement", title, &html! {}, &content))
}

/// Note above the form of a measurement whose figures are locked.
pub fn lock_note(record: &Record) -> Markup {
    html! {
        @if measurement::STATUS.get(record) == "approved" {
            (notice(Tone::Neutral, &html! { (t!("The figures are approved and locked. A coordinator can reopen the measurement on its page.")) }))
        }
    }
}

/// `POST /measurements/{id}/decision`.
async fn decide(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = MEASUREMENT.url(id.0);
    let answer = MeasurementDecision::parse(&form.action(&actions::DECIDE))
        .and_then(|decision| blocking(|| state.app.decide_measurement(&actor, id.0, &decision, None)));
    match answer {
        Ok((record, change_set)) => {
            let word = words::choice(MEASUREMENT_STATUSES, measurement::STATUS.get(&record)).to_lowercase();
            let undo = undo_address(&MEASUREMENT, id.0, change_set);
            Ok(done(&back, &format!("{}: {word}", record.title()), Some(&undo)))
        }
        Err(error) => refused(&back, error),
    }
}
