//! Workload: people as rows, weeks as columns. Each cell opens its tasks.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::tasks::workload::{PersonLoad, WeekLoad, Workload, WorkloadRequest};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;

use super::reporting_tabs;
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::forms::{Control, FormField, field};
use crate::components::frame::Width;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

const PATH: &str = "/tasks/workload";

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get(PATH, Access::Policy(Action::View, TASK.area), page).purpose("see tasks")]
}

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["start", "end", "team", "person", "week"]);
    let get = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
    let (found, team) = blocking(|| {
        let request = WorkloadRequest::parse(get, page.today)?;
        let found = state.app.workload(&actor, &request)?;
        let team = match request.team {
            Some(id) => state.app.directory(&actor, &[id])?.remove(&id).map(|team| team.title),
            None => None,
        };
        Ok::<_, AppError>((found, team))
    })?;
    let opened: Option<(Id, Date)> = get("person").parse().ok().zip(get("week").parse().ok());
    let title = t!("Workload");
    let content = html! {
        (page_head(&PageHead { title: title.to_owned(), ..PageHead::default() }))
        (reporting_tabs(PATH))
        (filters(&found.request, team))
        div id="workload" data-live="task user delegation holiday" {
            @if found.people.is_empty() {
                (empty_state(&EmptyState {
                    icon: "users".to_owned(),
                    title: t!("No open tasks with assignees").to_owned(),
                    text: t!("Assign tasks and estimate their hours to see who has room.").to_owned(),
                    action: None,
                }))
            } @else {
                (grid(&found, opened, page.today))
                @if let Some((person, week)) = opened { (cell_tasks(&found, person, week)) }
                p.muted {
                    (t!("Remaining hours of open tasks, spread over the working days until they are due. Capacity is 8 hours a working day without holidays and absences."))
                }
            }
        }
    };
    let page = page.below(words::label(TASK.plural), "/tasks").width(Width::Full);
    Ok(Html(page.render(title, &content).into_string()))
}

fn filters(request: &WorkloadRequest, team: Option<String>) -> Markup {
    let date = |name: &str, label: &str, value: String| FormField::new(name, label, Control::Date { value });
    let team = FormField {
        name: "team".to_owned(),
        label: t!("Team").to_owned(),
        control: Control::Reference {
            collection: "teams".to_owned(),
            selected: request.team.map(|id| (id.to_string(), team.unwrap_or_else(|| id.to_string()))),
        },
        ..FormField::default()
    };
    html! {
        form.report-filters method="get" action=(PATH) data-plain {
            (field(&date("start", t!("From"), request.start.to_string())))
            (field(&date("end", t!("To"), request.end.to_string())))
            (field(&team))
            (submit_button(t!("Apply"), "", ButtonKind::Plain))
        }
    }
}

/// Formats hundredths of hours: "12", "7.5".
fn hours(hundredths: i64) -> String {
    #[allow(clippy::cast_precision_loss)] // Hours are far below 2^53.
    let hours = hundredths as f64 / 100.0;
    let text = format!("{hours:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

fn name(found: &Workload, id: Id) -> String {
    found.directory.get(&id).map_or_else(|| t!("Not visible to you").to_owned(), |found| found.title.clone())
}

/// Returns the address of this page with one cell opened.
fn address(found: &Workload, person: Id, week: Date) -> String {
    let request = &found.request;
    let team = request.team.map(|team| format!("&team={team}")).unwrap_or_default();
    format!("{PATH}?start={}&end={}{team}&person={person}&week={week}#cell", request.start, request.end)
}

fn grid(found: &Workload, opened: Option<(Id, Date)>, today: Date) -> Markup {
    html! {
        div.table-wrap data-wide tabindex="0" role="region" aria-label=(t!("Hours by person and week")) {
            table.table.workload {
                caption.visually-hidden { (t!("Hours by person and week")) }
                thead { tr {
                    th scope="col" { (t!("Person")) }
                    @for week in &found.weeks {
                        @let is_now = (0..7).any(|day: i64| week.saturating_add(day.days()) == today);
                        th scope="col" data-right aria-current=[is_now.then_some("date")] {
                            (week.strftime("%-d %b").to_string())
                        }
                    }
                } }
                tbody { @for load in &found.people { (person_row(found, load, opened)) } }
            }
        }
    }
}

fn person_row(found: &Workload, load: &PersonLoad, opened: Option<(Id, Date)>) -> Markup {
    html! {
        tr {
            th scope="row" {
                (name(found, load.person))
                @if load.uncounted == 1 { span.muted.block { (t!("1 task without hours or date")) } }
                @if load.uncounted > 1 { span.muted.block { (t!("{count} tasks without hours or date", count = load.uncounted)) } }
            }
            @for (week, cell) in found.weeks.iter().zip(&load.weeks) {
                (week_cell(found, load.person, *week, cell, opened == Some((load.person, *week))))
            }
        }
    }
}

fn week_cell(found: &Workload, person: Id, week: Date, cell: &WeekLoad, is_open: bool) -> Markup {
    let text = t!("{hours} of {capacity} h", hours = hours(cell.hours), capacity = hours(cell.capacity));
    html! {
        td.workload-cell data-right data-over[cell.is_over()] data-open[is_open] {
            @if cell.tasks.is_empty() {
                span.faint { (text) }
            } @else {
                a href=(address(found, person, week)) aria-label={
                    (t_html!("{name}, week of {week}: {text}", name = name(found, person), week = week.strftime("%-d %b").to_string(), text = text))
                } { (text) }
                @if cell.is_over() { span.workload-over { (t!("Over by {hours} h", hours = hours(cell.hours - cell.capacity))) } }
            }
        }
    }
}

/// Tasks of the opened cell with their hours in the week.
fn cell_tasks(found: &Workload, person: Id, week: Date) -> Markup {
    let place = found.weeks.iter().position(|known| *known == week);
    let load = found.people.iter().find(|load| load.person == person);
    let (Some(place), Some(load)) = (place, load) else { return html! {} };
    let cell = &load.weeks[place];
    let title = t!(
        "{name}, week of {week}",
        name = name(found, person),
        week = week.strftime("%-d %B %Y").to_string()
    );
    let content = html! {
        ul.list {
            @for (task, part) in &cell.tasks {
                li {
                    a href=(TASK.url(*task)) { (name(found, *task)) }
                    div.list-more { span.nowrap { (t!("{hours} h", hours = hours(*part))) } }
                }
            }
        }
    };
    html! { div id="cell" { (panel("cell-tasks", "task", &title, &html! {}, &content)) } }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_have_one_decimal_at_most() {
        assert_eq!([hours(0), hours(800), hours(750), hours(1233)], ["0", "8", "7.5", "12.3"]);
    }
}
