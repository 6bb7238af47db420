//! Actions of the page of a task: transition, progress and description.

use axum::extract::State as AxumState;
use axum::response::Response;
use obcms_app::AppError;
use obcms_app::calendar::series::Scope;
use obcms_app::tasks::transitions::Step;
use obcms_domain::choices::TASK_STATUSES;
use obcms_domain::kinds::TASK;
use obcms_domain::tasks::{TaskStatus, actions};

use super::changes;
use super::detail::{self, Blocked};
use super::parts::back;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::SignedIn;
use crate::core::input::PathId;
use crate::core::state::{State, blocking};
use crate::records::pages::dates::name_text;

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

/// `POST /tasks/{id}/change`: one part of the task, edited on its page.
pub async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let before = blocking(|| state.app.get(&actor, &TASK, id.0))?;
    let (input, what) = match changes::of_form(&form, &before) {
        Ok(changes) => changes,
        Err(errors) => return detail::wrong(&state, &page, &actor, id.0, &form, &errors),
    };
    // Lists are changed as they were read: another change in between is not overwritten.
    let expected = input.keys().any(|name| changes::LISTS.contains(&name.as_str())).then_some(before.version);
    match blocking(|| state.app.update(&actor, &TASK, id.0, &input, expected)) {
        Ok(task) => {
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
