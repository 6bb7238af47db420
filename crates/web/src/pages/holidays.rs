//! What the list of holidays has beside the list of every kind: computing a year, and the sightings of the moon.

use axum::Router;
use axum::extract::State as AxumState;
use axum::response::Response;
use axum::routing::post;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds::{HIJRI_ADJUSTMENT, HOLIDAY};
use obcms_domain::people::Action;

use super::errors::PageError;
use super::forms::{SafeForm, done};
use super::frame::{Page, Signed};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::state::{State, blocking};

/// The pages of this subject.
pub fn router() -> Router<State> {
    Router::new().route("/holidays/compute", post(compute))
}

/// Stands at the head of the list of holidays.
#[must_use]
pub fn list_actions(page: &Page, actor: &Actor) -> Markup {
    let may = !actor.read_only && actor.may(Action::Create, HOLIDAY.area);
    let next = page.today.year() + 1;
    html! {
        (button_link(HIJRI_ADJUSTMENT.plural, &format!("/{}", HIJRI_ADJUSTMENT.collection), "moon", ButtonKind::Plain))
        @if may {
            details.menu data-side="end" {
                summary.button { "Compute a year" }
                form.menu-panel.menu-form method="post" action="/holidays/compute" {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    label for="compute-year" { "Year" }
                    input.input #compute-year type="number" name="year" value=(next) min="1990" max="2076" required;
                    p.field-help { "Puts in what the law and the moon give for it. What was changed by hand stays." }
                    (submit_button("Compute", "", ButtonKind::Main))
                }
            }
        }
    }
}

async fn compute(
    AxumState(state): AxumState<State>,
    Signed { actor, .. }: Signed,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let text = form.get("year").trim();
    let year = text.parse().map_err(|_| AppError::field("year", "type", "Expected a year as in 2027."))?;
    let computed = blocking(|| state.app.compute_holidays(&actor, year))?;
    let message = match (computed.created, computed.updated) {
        (0, 0) => format!("The holidays of {year} were all there."),
        (created, 0) => format!("{created} holidays of {year} put in."),
        (created, updated) => format!("{created} holidays of {year} put in, {updated} moved."),
    };
    Ok(done(&format!("/holidays?date_from={year}-01-01&date_to={year}-12-31"), &message, None))
}
