//! Report of utilization: booked share of the available hours, by resource and period.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::bookings::Utilization;
use obcms_domain::choices::RESOURCE_TYPES;
use obcms_domain::kinds::{RESOURCE, resource};
use obcms_domain::registry::parse_date;

use super::views;
use crate::components::badges::{self, grouped};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, Parameters};
use crate::core::state::{State, blocking};

/// `GET /resources/utilisation?start=&last=&type=`: the present month by default.
pub async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["start", "last", "type"]);
    let given = |name: &str| parameters.get(name).filter(|text| !text.is_empty());
    let day = |name: &str| {
        let read = |text| parse_date(text).map_err(|(_, message)| Parameters::wrong(name, message));
        given(name).map(read).transpose()
    };
    let month = page.today.first_of_month();
    let start = day("start")?.unwrap_or(month);
    let last = day("last")?.unwrap_or_else(|| start.max(month).last_of_month());
    // The last day is inclusive on the screen.
    let end = last.saturating_add(1.day()).to_string();
    let kind = given("type").unwrap_or_default().to_owned();
    let address = |first: Date, last: Date| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("start", &first.to_string()).append_pair("last", &last.to_string());
        if !kind.is_empty() {
            query.append_pair("type", &kind);
        }
        format!("/resources/utilisation?{}", query.finish())
    };
    let before = month.saturating_sub(1.month());
    let year = page.today.first_of_year();
    let periods = [
        (t!("This month"), month, month.last_of_month()),
        (t!("Last month"), before, before.last_of_month()),
        (t!("This year"), year, year.last_of_year()),
    ];
    let start = start.to_string();
    let asked = [("start".to_owned(), start.clone()), ("end".to_owned(), end.clone())];
    let rows = blocking(|| {
        let period = state.app.booking_window(&asked)?;
        state.app.utilization(&actor, &kind, period)
    })?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("start", &start).append_pair("end", &end);
    if !kind.is_empty() {
        query.append_pair("type", &kind);
    }
    let query = query.finish();
    let file = |ending: &str| format!("/api/v1/resources/utilisation.{ending}?{query}");
    let head = PageHead {
        title: t!("Utilization").to_owned(),
        actions: html! {
            (button_link(t!("Export as CSV"), &file("csv"), "download", ButtonKind::Quiet))
            (button_link(t!("Export as XLSX"), &file("xlsx"), "download", ButtonKind::Plain))
        },
        ..PageHead::default()
    };
    let content = html! {
        (page_head(&head))
        (views(&actor, "utilisation"))
        form.period method="get" action="/resources/utilisation" data-plain {
            label { (t!("From")) input.input type="date" name="start" value=(start) required; }
            label { (t!("Last day")) input.input type="date" name="last" value=(last) required; }
            label { (t!("Type"))
                select.input name="type" {
                    option value="" { (t!("All types")) }
                    @for choice in RESOURCE_TYPES {
                        option value=(choice.value) selected[choice.value == kind] { (words::label(choice.label)) }
                    }
                }
            }
            (submit_button(t!("Show"), "", ButtonKind::Plain))
            @for (label, first, last) in periods {
                a.button data-kind="quiet" href=(address(first, last)) { (label) }
            }
        }
        (table(&rows))
        @if rows.is_empty() { p.muted { (t!("No resources of this type.")) } }
    };
    let page = page.clone().below(words::label(RESOURCE.plural), "/resources");
    Ok(Html(page.render(t!("Utilization"), &content).into_string()))
}

/// Table of the resources with their hours.
fn table(rows: &[Utilization]) -> Markup {
    let hours = |minutes: i64| {
        format!("{}.{}", grouped(u64::try_from(minutes / 60).unwrap_or_default()), minutes % 60 / 6)
    };
    html! {
        div.slots-scroll {
            table.plain-table {
                caption.visually-hidden { (t!("Booked hours as a share of available hours, by resource")) }
                thead { tr {
                    th scope="col" { (t!("Resource")) } th scope="col" { (t!("Type")) }
                    th.right scope="col" { (t!("Bookings")) } th.right scope="col" { (t!("Booked hours")) }
                    th.right scope="col" { (t!("Open hours")) } th scope="col" { (t!("Used")) }
                } }
                tbody {
                    @for row in rows { tr {
                        td { a href=(RESOURCE.url(row.resource.id)) { (row.resource.title()) } }
                        td { (words::choice(RESOURCE_TYPES, resource::RESOURCE_TYPE.get(&row.resource))) }
                        td.right { (row.bookings) }
                        td.right { (hours(row.booked_minutes)) }
                        td.right { (hours(row.open_minutes)) }
                        td {
                            @match row.percent() {
                                Some(percent) => (badges::progress(u8::try_from(percent.min(100)).unwrap_or(100))),
                                None => span.muted { (t!("Closed")) },
                            }
                        }
                    } }
                }
            }
        }
    }
}
