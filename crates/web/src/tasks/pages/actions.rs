//! Actions of task pages: transition, inline edit, bulk change.

use axum::extract::Path;
use axum::extract::State as AxumState;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use obcms_app::calendar::series::Scope;
use obcms_app::records::undo::undo_address;
use obcms_app::tasks::transitions::{Step, join};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::TASK_STATUSES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;
use obcms_domain::message;
use obcms_domain::tasks::{TaskStatus, actions};
use serde_json::{Map, json};

use super::detail::{self, Blocked};
use super::parts::{Address, back};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, PathId};
use crate::core::state::{State, blocking};
use crate::records::pages::dates::name_text;

/// Maximum number of tasks of one bulk action.
const MAXIMUM: usize = 500;

/// `POST /tasks/{id}/transition`: `status`; of one occurrence its `recurrence_id`, of all `scope=all`, and where
/// needed `force_reason`; redirects to `back`.
pub async fn transition(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let step = Step::parse(&form.action(&actions::TRANSITION))?;
    match blocking(|| state.app.transition(&actor, id.0, &step, None)) {
        Ok(moved) => {
            let word = words::choice(TASK_STATUSES, step.status.as_str());
            let what = moved.date.as_deref().map_or_else(|| moved.task.title().to_owned(), name_text);
            let message = format!("{word}: {what}");
            let address = back(form.get("back"), &TASK.url(id.0));
            Ok(done(&address, &message, moved.undo().as_deref()))
        }
        // Blocked: the page of the task names the prerequisites and asks for the reason.
        Err(AppError::Conflict { detail, .. }) => detail::refused(
            &state,
            &page,
            &actor,
            id.0,
            Blocked { detail, status: step.status, date: step.recurrence_id, scope: step.scope },
        ),
        Err(other) => Err(other.into()),
    }
}

/// `POST /tasks/{id}/change`: progress or description, edited on the page of the task.
pub async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = Map::new();
    if form.has("progress") {
        let typed = form.get("progress").trim().trim_end_matches('%').trim();
        let value = typed.parse::<i64>().map_or_else(|_| json!(typed), |number| json!(number));
        input.insert("progress".to_owned(), value);
    }
    if form.has("description") {
        input.insert("description".to_owned(), json!(form.get("description").replace("\r\n", "\n")));
    }
    match blocking(|| state.app.update(&actor, &TASK, id.0, &input, None)) {
        Ok(task) => {
            let what = if form.has("progress") { t!("Progress") } else { t!("Description") };
            let undo = blocking(|| state.app.undo_of_last(&actor, &TASK, task.id))?;
            Ok(done(&TASK.url(id.0), &t!("{what} saved", what), undo.as_deref()))
        }
        Err(AppError::Conflict { detail, .. }) => {
            let status =
                if form.get("progress") == "100" { TaskStatus::Completed } else { TaskStatus::InProgress };
            detail::refused(
                &state,
                &page,
                &actor,
                id.0,
                Blocked { detail, status, date: None, scope: Scope::This },
            )
        }
        Err(AppError::Invalid(errors)) => detail::wrong(&state, &page, &actor, id.0, &form, &errors),
        Err(other) => Err(other.into()),
    }
}

/// `POST /tasks/bulk/ACTION?FILTERS`: all of `ids` or none, undone together.
pub async fn bulk(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    action: Result<Path<String>, PathRejection>,
    parameters: PageParameters,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let ids: Result<Vec<Id>, _> = form.all("ids").iter().map(|id| id.parse::<Id>()).collect();
    let ids = ids.map_err(|_| AppError::BadRequest("One of the tasks does not exist.".into()))?;
    let address =
        Address::new("/tasks", &parameters.matching(|name| state.app.is_known_parameter(&TASK, name)).0)
            .with(&[], &[]);
    if ids.is_empty() {
        return Ok(done(&address, t!("Select at least one task"), None));
    }
    if ids.len() > MAXIMUM {
        let refusal = message!("At most {MAXIMUM} tasks can be changed at once.", MAXIMUM);
        return Err(AppError::BadRequest(refusal).into());
    }
    let action = action.map(|Path(name)| name).unwrap_or_default();
    let (word, changed) = blocking(|| perform(&state, &actor, &action, &ids))?;
    let count = if ids.len() == 1 { t!("1 task").to_owned() } else { t!("{count} tasks", count = ids.len()) };
    let undo = changed.map(|(task, set)| undo_address(&TASK, task, set));
    Ok(done(&address, &format!("{count} {word}"), undo.as_deref()))
}

type Changed = Option<(Id, Id)>;

fn perform(
    state: &State,
    actor: &Actor,
    action: &str,
    ids: &[Id],
) -> Result<(&'static str, Changed), AppError> {
    match action {
        "complete" => {
            let step = Step {
                status: TaskStatus::Completed,
                note: String::new(),
                force_reason: String::new(),
                recurrence_id: None,
                scope: Scope::This,
            };
            Ok(("completed", state.app.transition_together(actor, ids, &step)?))
        }
        "assign" => {
            let changed = state.app.update_together(actor, ids, |task| join(actor, task))?;
            Ok((t!("assigned to me"), changed))
        }
        "archive" => Ok(("archived", state.app.archive_together(actor, ids)?)),
        _ => Err(AppError::NotFound("action")),
    }
}
