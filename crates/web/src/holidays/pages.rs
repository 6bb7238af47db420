//! Additions to the list of holidays: calculation of a year, and moon sightings.

use axum::extract::State as AxumState;
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{HIJRI_ADJUSTMENT, HOLIDAY, hijri_adjustment};
use obcms_domain::registry::{Kind, parse_date};

use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::Form;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::post("/holidays/compute", Access::Policy(Action::Create, HOLIDAY.area), compute)
            .purpose("calculate holidays"),
    ]
}

/// Actions in the head of the list of holidays.
#[must_use]
pub fn list_actions(page: &Page, actor: &Actor) -> Markup {
    let may = !actor.read_only && actor.may(Action::Create, HOLIDAY.area);
    let next = page.today.year() + 1;
    html! {
        (button_link(words::label(HIJRI_ADJUSTMENT.plural), &format!("/{}", HIJRI_ADJUSTMENT.collection), "moon", ButtonKind::Plain))
        @if may {
            details.menu data-side="end" {
                summary.button { (t!("Calculate a year")) }
                form.menu-panel.menu-form method="post" data-in-place action="/holidays/compute" {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    label for="compute-year" { (t!("Year")) }
                    input.input #compute-year type="number" name="year" value=(next) min="1990" max="2076" required;
                    p.field-help { (t!("Calculate official and Islamic holidays. Manual changes stay.")) }
                    (submit_button(t!("Calculate"), "", ButtonKind::Main))
                }
            }
        }
    }
}

/// Returns the address of the holidays of this year, the redirect of a list without parameters.
#[must_use]
pub fn list_start(today: Date) -> String {
    year_address(today.year())
}

/// Tabs of the years around the one that the list shows.
#[must_use]
pub fn list_tabs(page: &Page, _: &Actor, _: &Kind, query: &Form) -> Markup {
    years(page.today.year(), query.get("date_from"), query.get("date_to"))
}

/// Filters that the tabs show.
#[must_use]
pub fn list_tab_filters(_: &Page, _: &Actor, _: &Kind, query: &Form) -> &'static [&'static str] {
    let year = whole_year(query.get("date_from"), query.get("date_to"));
    if year.is_some() { &["date_from", "date_to"] } else { &[] }
}

/// Returns the address of the holidays of one year.
fn year_address(year: i16) -> String {
    format!("/{}?date_from={year}-01-01&date_to={year}-12-31", HOLIDAY.collection)
}

/// Returns the year if the two days bound one.
fn whole_year(from: &str, to: &str) -> Option<i16> {
    let year = parse_date(from).ok()?.year();
    (from == format!("{year}-01-01") && to == format!("{year}-12-31")).then_some(year)
}

/// Years around the one of the list, and all of them.
fn years(this_year: i16, from: &str, to: &str) -> Markup {
    let shown = whole_year(from, to);
    let middle = shown.unwrap_or(this_year);
    let mut around: Vec<Tab> = (middle - 1..=middle + 1)
        .map(|year| Tab {
            label: year.to_string(),
            href: year_address(year),
            current: shown == Some(year),
            count: None,
        })
        .collect();
    around.push(Tab {
        label: t!("All years").to_owned(),
        href: format!("/{}?sort={}", HOLIDAY.collection, HOLIDAY.default_sort),
        current: from.is_empty() && to.is_empty(),
        count: None,
    });
    tabs(t!("Years"), &around)
}

async fn compute(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let text = form.get("year").trim();
    let year = text
        .parse()
        .map_err(|_| AppError::field(hijri_adjustment::YEAR.name(), "type", "Must be a year like 2027."))?;
    let computed = blocking(|| state.app.compute_holidays(&actor, year))?;
    let message = match (computed.created, computed.updated) {
        (0, 0) => t!("All holidays of {year} already exist.", year),
        (created, 0) => t!("{created} holidays of {year} added.", created, year),
        (created, updated) => {
            t!("{created} holidays of {year} added, {updated} moved.", created, year, updated)
        }
    };
    Ok(done(&year_address(year), &message, None))
}
