//! Brief of an event for paper: time, place, people, agenda, rooms and vehicles, preparation.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_domain::calendar::series::describe;
use obcms_domain::kinds::{EVENT, booking, event, task};
use obcms_domain::registry::Record;

use super::lead::{facts, own_zone, standing, when};
use crate::components::icons::icon;
use crate::components::words::{self, t};
use crate::components::{badges, detail};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::state::{State, blocking};
use crate::records::pages::Values;
use crate::records::pages::detail::directory_of;

/// `GET /events/{id}/brief`; `occurrence` names one date of a series.
pub async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["occurrence"]);
    let markup = blocking(|| {
        let record = match parameters.get("occurrence").filter(|date| !date.is_empty()) {
            Some(date) => state
                .app
                .occurrence(&actor, &EVENT, id.0, date)?
                .single
                .ok_or(AppError::NotFound("occurrence"))?,
            None => state.app.get(&actor, &EVENT, id.0)?,
        };
        let bookings = standing(&state, &actor, &record)?;
        let tasks = state.app.tasks_of(&actor, &record)?;
        let mut directory = directory_of(&state, &actor, &record)?;
        for task in &tasks {
            directory.extend(directory_of(&state, &actor, task)?);
        }
        let zone = page.zone();
        let values = page.values(&directory, &zone);
        let content = sheet(&page, &record, &bookings, &tasks, &values);
        let page = page
            .clone()
            .below(words::label(EVENT.plural), "/events")
            .below(record.title(), &EVENT.url(record.id));
        Ok::<_, AppError>(page.render(&t!("Brief: {title}", title = record.title()), &content))
    })?;
    Ok(Html(markup.into_string()))
}

fn sheet(page: &Page, event: &Record, bookings: &[Record], tasks: &[Record], values: &Values<'_>) -> Markup {
    let zone = own_zone(event, &page.zone());
    let texts = [event::AGENDA, event::DESCRIPTION];
    html! {
        article.brief {
            div.brief-actions {
                button.button data-kind="main" type="button" data-print { (icon("printer")) (t!("Print")) }
                a.button href=(EVENT.url(event.id)) { (t!("Back to the event")) }
            }
            h1 { (event.title()) }
            p.event-when { (when(event, &zone)) }
            @if let Some(said) = describe::of_record(event) { p.muted { (said) } }
            (detail::properties(&facts(event, values, bookings)))
            @for text in texts {
                @if let Some(field) = event.kind.field(text.name()).filter(|_| !text.is_empty(event)) {
                    section { h2 { (words::label(field.label)) } div.prose { (values.draw(event, field)) } }
                }
            }
            @if !bookings.is_empty() {
                section {
                    h2 { (t!("Rooms, vehicles, equipment")) }
                    table.brief-table {
                        thead { tr { th { (t!("Resource")) } th { (t!("Time")) } th { (t!("Status")) } } }
                        tbody {
                            @for booking in bookings { tr {
                                td { (booking::RESOURCE_NAME.get(booking)) }
                                td { (when(booking, &zone)) }
                                td { (badges::words(booking::STATUS.get(booking))) }
                            } }
                        }
                    }
                }
            }
            @if !tasks.is_empty() {
                section {
                    h2 { (t!("Preparation and follow-up")) }
                    table.brief-table {
                        thead { tr { th { (t!("Task")) } th { (t!("Due")) } th { (t!("Assignees")) } th { (t!("Status")) } } }
                        tbody { @for task in tasks { (task_row(task, values)) } }
                    }
                }
            }
        }
    }
}

fn task_row(task: &Record, values: &Values<'_>) -> Markup {
    let assignees = task.kind.field(task::ASSIGNEES.name());
    html! {
        tr {
            td { (task.title()) }
            td { @if let Some(due) = task::DUE_DATE.get(task) { (due.strftime("%a %-d %b %Y").to_string()) } }
            td { @if let Some(field) = assignees { (values.draw(task, field)) } }
            td { (badges::words(task.state())) }
        }
    }
}
