//! Gantt chart of a PPA, a project or any selection of tasks.

use std::collections::HashMap;

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::tasks::board::may_write;
use obcms_app::tasks::gantt as app;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_store::records::Directory;

use super::parts::{self, Address, Facts};
use crate::components::badges::{Tone, date_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::filters::filters;
use crate::components::frame::Width;
use crate::components::gantt::{Gantt, GanttRow, gantt};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/tasks/gantt", Access::Policy(Action::View, TASK.area), show).purpose("see tasks")]
}

/// Scales with the width of a day in pixels.
const SCALES: [(&str, &str, i64); 3] = [("day", "Days", 26), ("week", "Weeks", 9), ("month", "Months", 3)];
/// Parameter with the scale.
const SCALE: &str = "scale";

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let known = |name: &str| name == SCALE || state.app.is_known_parameter(&TASK, name);
    let address = Address::new("/tasks/gantt", &parameters.matching(known).0);
    let mut query = address.pairs.clone();
    query.retain(|(name, _)| ![SCALE, "limit", "cursor", "sort"].contains(&name.as_str()));
    let (chart, titles) = blocking(|| {
        let chart = state.app.gantt(&actor, &query)?;
        Ok::<_, AppError>((chart, state.app.directory(&actor, &parts::filter_ids(&address))?))
    })?;
    let scale = address.get(SCALE);
    let content = html! {
        (page_head(&PageHead {
            title: t!("Gantt").to_owned(),
            actions: baseline_forms(&page, &actor, &chart, &address),
            ..PageHead::default()
        }))
        (filters(&parts::filters(&address, &titles), &scales(&address, scale)))
        (too_many(&chart))
        @if chart.tasks.is_empty() {
            (empty_state(&EmptyState {
                icon: "chart-gantt".to_owned(),
                title: t!("No tasks").to_owned(),
                text: t!("No tasks match. Remove a filter above to see more.").to_owned(),
                action: None,
            }))
        } @else {
            (gantt(&view(&actor, &chart, scale, page.today)))
            p.muted.screen-only { (t!("Drag a bar or its ends, or use the arrow keys on it. Shift with an arrow key changes the due date.")) }
        }
    };
    let page = page.width(Width::Full).below(t!("Tasks"), "/tasks").with_assets(&["gantt.js"]);
    Ok(Html(page.render(t!("Gantt"), &content).into_string()))
}

fn scales(address: &Address, present: &str) -> Markup {
    let entries: Vec<Tab> = SCALES
        .iter()
        .enumerate()
        .map(|(place, (name, label, _))| Tab {
            label: words::text(label).to_owned(),
            href: address.with(&[], &[(SCALE, name)]),
            count: None,
            current: *name == present || (place == 1 && !SCALES.iter().any(|(known, ..)| *known == present)),
        })
        .collect();
    tabs(t!("Scale"), &entries)
}

fn too_many(chart: &app::Gantt) -> Markup {
    let shown = i64::try_from(chart.tasks.len()).unwrap_or(0);
    html! {
        @if chart.total > shown {
            (notice(Tone::Neutral, &html! {
                (t_html!("The first {shown} of {total} tasks are shown. Filter to see the others.", shown, total = chart.total))
            }))
        }
    }
}

/// Buttons that take the shown dates as baseline, or remove it.
fn baseline_forms(page: &Page, actor: &Actor, chart: &app::Gantt, address: &Address) -> Markup {
    let writable: Vec<&Record> =
        chart.tasks.iter().filter(|task| may_write(actor, task, task::DUE_DATE.name())).collect();
    let has_baseline = writable.iter().any(|task| task::BASELINE_DUE.get(task).is_some());
    let form = |action: &str, label: &str, kind| {
        html! {
            form method="post" action={ "/tasks/bulk/" (action) } {
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name="back" value=(address.with(&[], &[]));
                @for task in &writable { input type="hidden" name="ids" value=(task.id); }
                (submit_button(label, "", kind))
            }
        }
    };
    html! {
        @if !writable.is_empty() {
            @if has_baseline { (form("clear-baseline", t!("Remove baseline"), ButtonKind::Quiet)) }
            (form("baseline", if has_baseline { t!("Renew baseline") } else { t!("Set baseline") }, ButtonKind::Plain))
        }
    }
}

fn view(actor: &Actor, chart: &app::Gantt, scale: &str, today: Date) -> Gantt {
    let places: HashMap<Id, usize> =
        chart.tasks.iter().enumerate().map(|(place, task)| (task.id, place)).collect();
    let places_of = |link: &app::Link| Some((*places.get(&link.from)?, *places.get(&link.to)?));
    let day_width = SCALES.iter().find(|(name, ..)| *name == scale).map_or(SCALES[1].2, |(.., width)| *width);
    Gantt {
        span: Some(chart.span),
        day_width,
        today,
        holidays: chart.holidays.clone(),
        rows: chart.tasks.iter().map(|task| row(actor, task, &chart.directory, today)).collect(),
        links: chart.links.iter().filter_map(places_of).collect(),
    }
}

fn row(actor: &Actor, task: &Record, directory: &Directory, today: Date) -> GanttRow {
    let facts = Facts::of(task, today);
    let status = words::choice(obcms_domain::choices::TASK_STATUSES, task::STATUS.get(task));
    let days = app::days(task);
    let spoken = match days {
        Some((first, last)) if first < last => {
            t!(
                "{first} to {last}, {status}",
                first = date_text(first, today),
                last = date_text(last, today),
                status
            )
        }
        Some((day, _)) => t!("{day}, {status}", day = date_text(day, today), status),
        None => String::new(),
    };
    let baseline = task::BASELINE_DUE.get(task).map(|due| {
        let first = task::BASELINE_START.get(task).unwrap_or(due);
        (first.min(due), due)
    });
    GanttRow {
        id: task.id.to_string(),
        version: task.version,
        title: task.title().to_owned(),
        href: TASK.url(task.id),
        note: parts::people(task, directory).join(", "),
        start: task::START_DATE.get(task),
        due: task::DUE_DATE.get(task),
        baseline,
        progress: task::PROGRESS.get(task).and_then(|part| u8::try_from(part).ok()).unwrap_or(0),
        state: match task::STATUS.get(task) {
            "completed" => "done",
            "cancelled" | "on_hold" => "held",
            _ if facts.overdue => "late",
            _ => "open",
        },
        spoken,
        is_movable: !task.is_archived()
            && parts::is_open(task)
            && may_write(actor, task, task::DUE_DATE.name()),
    }
}
