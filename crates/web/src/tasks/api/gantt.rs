//! Operation with tasks on a time axis.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use obcms_app::tasks::gantt::Link;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK;
use obcms_domain::registry::output::Representation;
use serde::Serialize;
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let id = || json!({ "type": "string", "format": "uuid" });
    let day = || json!({ "type": "string", "format": "date" });
    vec![
        Route::new(
            "get",
            "/api/v1/tasks/gantt",
            "Tasks by their first day with dates, baseline and dependencies, at most 500",
            Access::Policy(Action::View, TASK.area),
            get(gantt),
        )
        .tag("tasks")
        .list_of(&TASK, &["sort", "limit", "cursor"])
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "start": day(), "end": day(), "today": day(), "total": { "type": "integer" },
                "holidays": { "type": "array", "items": day() },
                "tasks": { "type": "array", "items": openapi::reference(&TASK) },
                "links": { "type": "array", "items": { "type": "object", "properties": {
                    "from": id(), "to": id(), "lag_days": { "type": "integer" },
                } } },
            } }),
        ),
    ]
}

#[derive(Serialize)]
struct ChartBody<'a> {
    start: Date,
    end: Date,
    today: Date,
    total: i64,
    holidays: &'a [Date],
    links: &'a [Link],
    tasks: Vec<Representation<'a>>,
}

async fn gantt(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    blocking(|| {
        let chart = state.app.gantt(&caller.actor, &parameters.0)?;
        let body = ChartBody {
            start: chart.span.0,
            end: chart.span.1,
            today: state.app.today(),
            total: chart.total,
            holidays: &chart.holidays,
            links: &chart.links,
            tasks: state.app.represent(&chart.tasks)?,
        };
        Ok(axum::Json(body).into_response())
    })
}
