//! The report of utilisation: booked of what could be had, by resource and period.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use maud::html;
use obcms_domain::choices::{self, RESOURCE_TYPES};
use obcms_domain::kinds::RESOURCE;

use super::views;
use crate::components::badges;
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::input::Parameters;
use crate::pages::errors::PageError;
use crate::pages::frame::Signed;
use crate::state::{State, blocking};

/// `GET /resources/utilisation?start=&end=&type=`: this month unless said otherwise.
pub async fn page(
    AxumState(state): AxumState<State>,
    Signed { page, actor }: Signed,
    parameters: Parameters,
) -> Result<Html<String>, PageError> {
    parameters.only(&["start", "end", "type"])?;
    let given = |name: &str| parameters.get(name).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let first = page.today.first_of_month();
    let start = given("start").unwrap_or_else(|| first.to_string());
    let end = given("end").unwrap_or_else(|| first.saturating_add(1.month()).to_string());
    let kind = given("type").unwrap_or_default();
    let asked = [("start".to_owned(), start.clone()), ("end".to_owned(), end.clone())];
    let rows = blocking(|| {
        let period = state.app.booking_window(&asked)?;
        state.app.utilisation(&actor, &kind, period)
    })?;
    let hours = |minutes: i64| format!("{}.{}", minutes / 60, minutes % 60 / 6);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("start", &start).append_pair("end", &end);
    if !kind.is_empty() {
        query.append_pair("type", &kind);
    }
    let file = format!("/api/v1/resources/utilisation.csv?{}", query.finish());
    let head = PageHead {
        title: "Utilisation".to_owned(),
        actions: html! { (button_link("Export as CSV", &file, "download", ButtonKind::Plain)) },
        ..PageHead::default()
    };
    let content = html! {
        (page_head(&head))
        (views("utilisation"))
        form.row.ways-out method="get" action="/resources/utilisation" {
            label for="from" { "From" }
            input.input #from type="date" name="start" value=(start);
            label for="until" { "until, exclusive" }
            input.input #until type="date" name="end" value=(end);
            label.visually-hidden for="type" { "Type" }
            select.input #type name="type" {
                option value="" { "All types" }
                @for choice in RESOURCE_TYPES {
                    option value=(choice.value) selected[choice.value == kind] { (choice.label) }
                }
            }
            (submit_button("Show", "", ButtonKind::Plain))
        }
        div.slots-scroll {
            table.plain-table {
                caption.visually-hidden { "Booked hours of the hours in which each resource could be had" }
                thead { tr {
                    th scope="col" { "Resource" } th scope="col" { "Type" }
                    th.right scope="col" { "Bookings" } th.right scope="col" { "Booked hours" }
                    th.right scope="col" { "Open hours" } th scope="col" { "Used" }
                } }
                tbody {
                    @for row in &rows { tr {
                        td { a href=(RESOURCE.url(row.resource.id)) { (row.resource.title()) } }
                        td { (choices::label(RESOURCE_TYPES, row.resource.text("resource_type"))) }
                        td.right { (row.bookings) }
                        td.right { (hours(row.booked_minutes)) }
                        td.right { (hours(row.open_minutes)) }
                        td {
                            @match row.percent() {
                                Some(percent) => (badges::progress(u8::try_from(percent.min(100)).unwrap_or(100))),
                                None => span.muted { "Closed" },
                            }
                        }
                    } }
                }
            }
        }
        @if rows.is_empty() { p.muted { "There are no resources of this type." } }
    };
    let page = page.clone().below(RESOURCE.plural, "/resources");
    Ok(Html(page.render("Utilisation", &content).into_string()))
}
