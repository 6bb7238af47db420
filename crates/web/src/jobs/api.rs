//! Jobs, for administrators: states, and running one by hand.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::handler;
use obcms_app::jobs::{Filter, Job};
use obcms_app::records::lists::{LIMIT, MAXIMUM_LIMIT};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::jobs::State as JobState;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations on jobs.
#[must_use]
pub fn routes() -> Vec<Route> {
    let access = Access::Policy(Action::Manage, Area::Settings);
    let job = || json!({ "type": "object" });
    vec![
        Route::new("get", "/api/v1/jobs", "Jobs: running, failed and next", access, get(list))
            .tag("jobs")
            .query(&[
                ("state", "queued, running, done or failed"),
                ("kind", "Only jobs of this kind, as in clean_up"),
                ("limit", "Maximum number, 1 to 500; 50 unless given"),
                ("cursor", "next_cursor of the previous page"),
            ])
            .answers(
                200,
                json!({
                    "type": "object", "required": ["items", "next_cursor", "total"],
                    "properties": {
                        "items": { "type": "array", "items": job() },
                        "next_cursor": { "type": ["string", "null"] },
                        "total": { "type": "integer" },
                    },
                }),
            ),
        Route::new("get", "/api/v1/jobs/{id}", "One job", access, get(one)).tag("jobs").answers(200, job()),
        Route::new(
            "post",
            "/api/v1/jobs/{id}/run",
            "Run a job now and reset its attempts; 409 while it runs",
            access,
            post(run),
        )
        .tag("jobs")
        .answers(200, job()),
    ]
}

/// Returns a job as in the API.
fn present(job: &Job) -> Json {
    let handler = handler(&job.kind);
    json!({
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "description": handler.map(|handler| handler.description),
        "state": job.state.as_str(),
        "schedule": (!job.cron.is_empty()).then_some(&job.cron),
        "run_at": job.run_at,
        "attempts": job.attempts,
        "maximum_attempts": (job.maximum_attempts > 0).then_some(job.maximum_attempts),
        "claimed_by": (job.state == JobState::Running).then_some(&job.claimed_by),
        "claimed_until": job.claimed_until,
        "created_at": job.created_at,
        "last_started_at": job.last_started_at,
        "last_finished_at": job.last_finished_at,
        "last_duration_milliseconds": job.last_duration,
        "last_result": (!job.last_result.is_empty()).then_some(&job.last_result),
        "last_error": (!job.last_error.is_empty()).then_some(&job.last_error),
    })
}

async fn list(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["state", "kind", "limit", "cursor"])?;
    let given = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
    let wanted = match given("state") {
        None => None,
        Some(text) => Some(
            JobState::parse(text)
                .ok_or_else(|| Parameters::wrong("state", "Must be queued, running, done or failed."))?,
        ),
    };
    let limit = parameters.number("limit", LIMIT, 1..=MAXIMUM_LIMIT)?;
    let offset = parameters.number("cursor", 0, 0..=10_000_000)?;
    let filter = Filter { state: wanted, kind: given("kind").map(ToOwned::to_owned) };
    let (jobs, total) = blocking(|| state.app.jobs(&caller.actor, &filter, limit, offset))?;
    let next = offset + limit;
    Ok(axum::Json(json!({
        "items": jobs.iter().map(present).collect::<Vec<_>>(),
        "next_cursor": (next < total).then(|| next.to_string()),
        "total": total,
    }))
    .into_response())
}

async fn one(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> Result<Response, Problem> {
    let job = blocking(|| state.app.job(&caller.actor, id.0))?;
    Ok(axum::Json(present(&job)).into_response())
}

async fn run(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> Result<Response, Problem> {
    let job = blocking(|| state.app.run_job(&caller.actor, id.0))?;
    Ok(axum::Json(present(&job)).into_response())
}
