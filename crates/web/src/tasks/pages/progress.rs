//! Progress of tasks by person, team, domain and more. Each figure opens its tasks.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::tasks::reporting::{
    GROUPS, ProgressGroup, ProgressReport, ProgressRequest, ProgressRow, share,
};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{PRIORITIES, TASK_DOMAINS, TASK_PHASES};
use obcms_domain::kinds::TASK;

use super::reporting_tabs;
use crate::components::badges::{grouped, share_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::forms::{Choice, Control, FormField, field};
use crate::components::frame::Width;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::tasks::api::reporting::median;

const PATH: &str = "/tasks/progress";

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get(PATH, Access::Policy(Action::View, TASK.area), page).purpose("see tasks")]
}

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["start", "end", "by"]);
    let get = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
    let report = blocking(|| {
        let request = ProgressRequest::parse(get, page.today)?;
        state.app.task_progress(&actor, request)
    })?;
    let title = t!("Task progress");
    let content = html! {
        (page_head(&PageHead { title: title.to_owned(), ..PageHead::default() }))
        (reporting_tabs(PATH))
        (filters(&report.request))
        div id="progress" data-live="task" {
            @if report.total.total == 0 {
                (empty_state(&EmptyState {
                    icon: "chart-pie".to_owned(),
                    title: t!("No tasks due in this period").to_owned(),
                    text: t!("Choose other dates.").to_owned(),
                    action: None,
                }))
            } @else {
                (summary(&report.request, &report.total))
                (groups(&report))
            }
        }
    };
    Ok(Html(
        page.below(words::label(TASK.plural), "/tasks")
            .width(Width::Full)
            .render(title, &content)
            .into_string(),
    ))
}

fn filters(request: &ProgressRequest) -> Markup {
    let date = |name: &str, label: &str, value: String| FormField::new(name, label, Control::Date { value });
    let options = GROUPS
        .into_iter()
        .map(|(name, _, label, _)| Choice {
            value: name.to_owned(),
            label: words::text(label).to_owned(),
            selected: name == request.by_name(),
        })
        .collect();
    let by = FormField::new("by", t!("Group by"), Control::Select { options });
    html! {
        form.report-filters method="get" action=(PATH) data-plain {
            (field(&date("start", t!("Due from"), request.start.to_string())))
            (field(&date("end", t!("Due to"), request.end.to_string())))
            (field(&by))
            (submit_button(t!("Apply"), "", ButtonKind::Plain))
        }
    }
}

fn percent(part: i64, of: i64) -> String {
    share(part, of).map_or_else(|| "–".to_owned(), share_text)
}

fn days(row: &ProgressRow) -> String {
    median(row).map_or_else(
        || "–".to_owned(),
        |days| if days == 1.0 { t!("1 day").to_owned() } else { t!("{days} days", days) },
    )
}

/// Number that opens its tasks; a plain zero.
fn count(value: i64, href: &str) -> Markup {
    let number = grouped(value.unsigned_abs());
    html! { @if value == 0 { (number) } @else { a href=(href) { (number) } } }
}

fn summary(request: &ProgressRequest, row: &ProgressRow) -> Markup {
    let link = |more: &str| request.tasks(None, more);
    html! {
        dl.figures {
            div { dt { (t!("Tasks due")) } dd { (count(row.total, &link(""))) } }
            div { dt { (t!("Completed")) } dd { (count(row.completed, &link("status=completed"))) " · " (percent(row.completed, row.total)) } }
            div { dt { (t!("On time")) } dd { (count(row.on_time, &link("status=completed&on_time=true"))) " · " (percent(row.on_time, row.on_time + row.late)) } }
            div { dt { (t!("Late")) } dd { (count(row.late, &link("status=completed&on_time=false"))) } }
            div { dt { (t!("Overdue")) } dd { (count(row.overdue, &link("overdue=true"))) } }
            div { dt { (t!("Median time to complete")) } dd { (days(row)) } }
        }
    }
}

fn groups(report: &ProgressReport) -> Markup {
    let request = &report.request;
    let label =
        GROUPS.into_iter().find(|(.., group)| *group == request.by).map_or("", |(_, _, label, _)| label);
    let table = html! {
        div.table-wrap data-wide tabindex="0" role="region" aria-label=(t!("Progress by group")) {
            table.table.progress-table {
                caption.visually-hidden { (t!("Progress by group")) }
                thead { tr {
                    th scope="col" { (words::text(label)) }
                    @for heading in [t!("Due"), t!("Completed"), t!("On time"), t!("Late"), t!("Overdue"), t!("Median time")] {
                        th scope="col" data-right { (heading) }
                    }
                } }
                tbody { @for row in &report.rows { (group_row(report, row)) } }
            }
        }
    };
    let note = html! { p.muted { (t!("A task with several assignees or teams counts for each of them.")) } };
    panel("groups", "task", words::text(label), &html! {}, &html! { (table) (note) })
}

fn group_row(report: &ProgressReport, row: &ProgressRow) -> Markup {
    let key = ProgressReport::key(row);
    let link = |more: &str| report.request.tasks(Some(&key), more);
    let name = match report.request.by {
        ProgressGroup::Domain if !key.is_empty() => Some(words::choice(TASK_DOMAINS, &key).to_owned()),
        ProgressGroup::Phase if !key.is_empty() => Some(words::choice(TASK_PHASES, &key).to_owned()),
        ProgressGroup::Priority if !key.is_empty() => Some(words::choice(PRIORITIES, &key).to_owned()),
        _ => report.label(row),
    };
    html! {
        tr {
            th scope="row" {
                @match name {
                    Some(name) => (name),
                    None if key.is_empty() => span.muted { (t!("None")) },
                    None => span.muted { (t!("Not visible to you")) },
                }
            }
            td data-right { (count(row.total, &link(""))) }
            td data-right { (count(row.completed, &link("status=completed"))) span.figure-share { (percent(row.completed, row.total)) } }
            td data-right { (count(row.on_time, &link("status=completed&on_time=true"))) span.figure-share { (percent(row.on_time, row.on_time + row.late)) } }
            td data-right { (count(row.late, &link("status=completed&on_time=false"))) }
            td data-right { (count(row.overdue, &link("overdue=true"))) }
            td data-right { (days(row)) }
        }
    }
}
