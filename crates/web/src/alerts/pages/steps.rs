//! Forms of steps on alerts.

use axum::extract::State as AxumState;
use axum::response::Response;
use jiff::ToSpan;
use obcms_app::alerts::{AlertStep, TaskOfAlert};
use obcms_domain::accounts::Action;
use obcms_domain::alerts::actions;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ALERT, TASK};

use super::list::ACTIVE;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done, refused};
use crate::core::frame::SignedIn;
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::return_path::local_path;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Forms with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    let access = || Access::Policy(Action::Transition, ALERT.area);
    vec![
        PageRoute::post("/alerts/{id}/acknowledge", access(), |state, person, id, form| {
            step("acknowledge", state, person, id, form)
        })
        .purpose("acknowledge alerts"),
        PageRoute::post("/alerts/{id}/snooze", access(), |state, person, id, form| {
            step("snooze", state, person, id, form)
        })
        .purpose("snooze alerts"),
        PageRoute::post("/alerts/{id}/reopen", access(), |state, person, id, form| {
            step("reopen", state, person, id, form)
        })
        .purpose("reopen alerts"),
        PageRoute::post("/alerts/{id}/task", access(), make_task).purpose("make tasks of alerts"),
        PageRoute::post("/alerts/acknowledge", access(), |state, person, query, form| {
            many("acknowledge", state, person, query, form)
        })
        .purpose("acknowledge alerts"),
        PageRoute::post("/alerts/snooze", access(), |state, person, query, form| {
            many("snooze", state, person, query, form)
        })
        .purpose("snooze alerts"),
    ]
}

/// Address to which a form returns: that of the list, or of the alert.
fn back_to(form: &Form, id: Id) -> String {
    local_path(form.get("back"), &ALERT.url(id)).to_owned()
}

async fn step(
    name: &'static str,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = back_to(&form, id.0);
    let body = if name == "snooze" { &actions::SNOOZE } else { &actions::REMARK };
    let answer = AlertStep::parse(name, &form.action(body))
        .and_then(|step| blocking(|| state.app.step_alert(&actor, id.0, &step, None)));
    match answer {
        Ok(record) => {
            let undo = format!("/api/v1{}/reopen", ALERT.url(id.0));
            let (text, undo) = match name {
                "acknowledge" => (t!("Acknowledged: {title}", title = record.title()), Some(&*undo)),
                "snooze" => (t!("Snoozed: {title}", title = record.title()), Some(&*undo)),
                _ => (t!("Active again: {title}", title = record.title()), None),
            };
            Ok(done(&back, &text, undo))
        }
        Err(error) => refused(&back, error),
    }
}

async fn many(
    name: &'static str,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let parameters = parameters.matching(|name| state.app.is_known_parameter(&ALERT, name));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters.0).finish();
    let back = if query.is_empty() { ACTIVE.to_owned() } else { format!("/alerts?{query}") };
    let ids: Vec<Id> = form.all("ids").iter().filter_map(|id| id.parse().ok()).take(actions::MOST).collect();
    if ids.is_empty() {
        return Ok(done(&back, t!("Nothing was selected"), None));
    }
    let step = match name {
        "snooze" => AlertStep::Snooze { until: page.today.saturating_add(7.days()), note: String::new() },
        _ => AlertStep::Acknowledge { note: String::new() },
    };
    let result = blocking(|| state.app.step_alerts(&actor, &ids, &step))?;
    let text = match result.refused.first() {
        None => t!("Changed: {count}", count = result.changed.len()),
        Some((_, reason)) => t!(
            "Changed: {count}, not changed: {others}. {reason}",
            count = result.changed.len(),
            others = result.refused.len(),
            reason = words::message(reason)
        ),
    };
    Ok(done(&back, &text, None))
}

async fn make_task(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = ALERT.url(id.0);
    let answer = TaskOfAlert::parse(&form.action(&actions::TASK))
        .and_then(|given| blocking(|| state.app.task_of_alert(&actor, id.0, &given)));
    match answer {
        Ok(task) => Ok(done(&TASK.url(task.id), t!("Task created"), None)),
        Err(error) => refused(&back, error),
    }
}
