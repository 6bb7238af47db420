//! Today: open tasks, events, decisions, overdue tasks.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::tasks::board::may_move;
use obcms_app::tasks::today::{Appointment, Due, Queue, Today, TodayTask};
use obcms_app::{Actor, calendar};
use obcms_domain::kinds::{EVENT, TASK, ppa, task};
use serde_json::Map;

use super::{editable, parts, quick};
use crate::components::badges::{date_text, grouped};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, detail, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::frame::DECISIONS;
use crate::components::icons::icon;
use crate::components::quick_add::quick_add;
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;

/// Kinds whose changes refresh what is late.
const LATE: &str = "task ppa";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/", Access::Role, show)]
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
) -> Result<Html<String>, PageError> {
    let today = blocking(|| state.app.today_of(&actor))?;
    let may_add = may_create(&actor, &TASK);
    let content = html! {
        (page_head(&PageHead {
            title: t!("Today").to_owned(),
            subtitle: page.today.strftime("%A, %-d %B %Y").to_string(),
            actions: html! { @if may_add { (button_link(t!("New task"), "/tasks/new", "plus", ButtonKind::Main)) } },
            ..PageHead::default()
        }))
        (detail(&tasks(&page, &actor, &today, may_add), &beside(&page, &today)))
        (editable::choices(page.today))
    };
    Ok(Html(page.render(t!("Today"), &content).into_string()))
}

fn tasks(page: &Page, actor: &Actor, today: &Today, may_add: bool) -> Markup {
    let shown = i64::try_from(today.tasks.len()).unwrap_or(0);
    html! {
        @if may_add { (quick_add(&quick::bar(page, "quick-add", Map::new(), "/"))) }
        div.stack #my-tasks data-live="task" {
            @if today.tasks.is_empty() {
                (empty_state(&EmptyState {
                    icon: "square-check".to_owned(),
                    title: t!("Nothing to do").to_owned(),
                    text: t!("Tasks assigned to you are listed here by due date.").to_owned(),
                    action: may_add.then(|| (t!("New task").to_owned(), "/tasks/new".to_owned())),
                }))
            }
            @for part in Due::ALL {
                @let of_part: Vec<&TodayTask> = today
                    .tasks
                    .iter()
                    .filter(|duty| Due::of(task::DUE_DATE.get(&duty.task), page.today, today.week_end) == part)
                    .collect();
                @if !of_part.is_empty() {
                    section.panel data-late[part == Due::Late] {
                        header.panel-head { h2 { (part.label()) " " span.count { (of_part.len()) } } }
                        ul.task-list { @for duty in of_part { (row(page, actor, today, duty)) } }
                    }
                }
            }
            @if today.total > shown {
                p { a href="/tasks?mine=true&open=true" { (t_html!("All {count} of my tasks", count = grouped(today.total.unsigned_abs()))) } }
            }
        }
    }
}

fn row(page: &Page, actor: &Actor, today: &Today, duty: &TodayTask) -> Markup {
    let task = &duty.task;
    let origin = parts::origin(task, &today.directory);
    let date = duty.recurrence_id.as_str();
    let id = if date.is_empty() { task.id.to_string() } else { format!("{}-{date}", task.id) };
    let action = if date.is_empty() { "transition" } else { "occurrences" };
    html! {
        li.task-row id={ "task-" (id) } data-id=(task.id) data-version=(task.version) {
            @if may_move(actor, task) {
                form.post-button data-in-place method="post" action={ "/tasks/" (task.id) "/" (action) } {
                    @if !date.is_empty() {
                        input type="hidden" name="occurrence" value=(date);
                        input type="hidden" name="action" value="status";
                    }
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="status" value="completed";
                    input type="hidden" name="back" value="/";
                    button.done-button type="submit" title=(t!("Complete")) aria-label={ (t_html!("Complete {title}", title = task.title())) } {
                        (icon("circle"))
                    }
                }
            }
            div.task-words {
                a.task-title href=(calendar::address(&TASK, task.id, date)) { (task.title()) }
                @if !date.is_empty() { span.repeats title=(t!("Part of a series")) { (icon("repeat")) span.visually-hidden { (t!("Part of a series")) } } }
                @if let Some((title, address, module)) = origin {
                    (parts::origin_link(&title, &address, module))
                }
            }
            (editable::title(actor, task))
            span.task-marks {
                @if date.is_empty() { (parts::editable_marks(actor, task, page.today)) } @else { (parts::marks(task, page.today)) }
            }
        }
    }
}

fn beside(page: &Page, today: &Today) -> Markup {
    html! {
        (panel("decisions", DECISIONS, t!("Needs your action"), &html! {}, &html! {
            @if today.decisions.is_empty() {
                p.muted { (t!("Nothing needs your action.")) }
            }
            @for pile in &today.decisions { (pile_list(pile, None)) }
        }))
        (panel("my-events", "event", t!("Events this week"), &html! {}, &events(page, &today.events)))
        @if !today.late.is_empty() {
            (panel("late", LATE, t!("Late"), &html! {}, &html! {
                @for pile in &today.late { (pile_list(pile, Some(page.today))) }
            }))
        }
    }
}

/// First tasks of a queue under its heading, which links to all of them.
fn pile_list(pile: &Queue, today: Option<Date>) -> Markup {
    html! {
        h3.pile-head { a href=(pile.href) { (pile.label) } " " span.count { (grouped(pile.total.unsigned_abs())) } }
        ul.pile {
            @for record in &pile.records {
                li {
                    a href=(record.kind.url(record.id)) { (record.title()) }
                    @if let Some(today) = today {
                        @let day = task::DUE_DATE.get(record).or_else(|| ppa::TARGET_END_DATE.get(record));
                        @if let Some(day) = day { span.faint.nowrap { (date_text(day, today)) } }
                    }
                }
            }
        }
    }
}

fn events(page: &Page, events: &[Appointment]) -> Markup {
    let zone = page.zone();
    let mut days: Vec<(Date, Vec<&Appointment>)> = Vec::new();
    for event in events {
        match days.last_mut().filter(|(day, _)| *day == event.day) {
            Some((_, of_day)) => of_day.push(event),
            None => days.push((event.day, vec![event])),
        }
    }
    html! {
        @if days.is_empty() {
            p.muted { (t!("You have no events until the end of the week.")) }
            p { a href="/calendar" { (t!("Open the calendar")) } }
        }
        @for (day, of_day) in days {
            h3.pile-head { time datetime=(day) { (date_text(day, page.today)) } }
            ul.pile {
                @for event in of_day {
                    li {
                        span.event-time {
                            @match event.start {
                                Some(start) => (start.to_zoned(zone.clone()).strftime("%-I:%M %p")),
                                None => (t!("All day")),
                            }
                        }
                        span.grow {
                            a href=(calendar::address(&EVENT, event.event, &event.recurrence_id)) { (event.title) }
                            @if !event.location.is_empty() { " " span.faint { (event.location) } }
                        }
                    }
                }
            }
        }
    }
}
