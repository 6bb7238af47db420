//! Progress of tasks, workload of people, burn-up of a PPA.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use obcms_app::tasks::reporting::{BurnPoint, ProgressReport, ProgressRequest, ProgressRow, share};
use obcms_app::tasks::workload::{PersonLoad, WeekLoad, Workload, WorkloadRequest};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, TASK};
use obcms_store::records::Directory;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations with figures about tasks.
#[must_use]
pub fn routes() -> Vec<Route> {
    let sees = Access::Policy(Action::View, TASK.area);
    vec![
        Route::new(
            "get",
            "/api/v1/tasks/progress",
            "Completion, punctuality and cycle time of tasks by group",
            sees,
            get(progress),
        )
        .tag("tasks")
        .query(&[
            ("start", "First due date; 90 days before the end by default"),
            ("end", "Last due date; today by default"),
            ("by", "person (default), team, domain, template, phase or priority"),
        ])
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "get",
            "/api/v1/tasks/workload",
            "Remaining hours by person and week, with capacity",
            sees,
            get(workload),
        )
        .tag("tasks")
        .query(&[
            ("start", "A day of the first week; this week by default"),
            ("end", "A day of the last week; eight weeks by default, 26 at most"),
            ("team", "Only members of this team"),
        ])
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "get",
            "/api/v1/ppas/{id}/burnup",
            "Scope and completed weight of the tasks of a PPA by week",
            Access::Policy(Action::View, PPA.area),
            get(burn_up),
        )
        .tag("ppas")
        .answers(200, json!({ "type": "object" })),
    ]
}

#[allow(clippy::cast_precision_loss)] // Figures are far below 2^53.
fn hundredths(value: i64) -> f64 {
    value as f64 / 100.0
}

/// Returns the median of the days from start to completion.
#[allow(clippy::cast_precision_loss)] // Days are far below 2^53.
pub(in crate::tasks) fn median(row: &ProgressRow) -> Option<f64> {
    row.median_twice.map(|twice| twice as f64 / 2.0)
}

async fn progress(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["start", "end", "by"])?;
    let get = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
    let report = blocking(|| {
        let request = ProgressRequest::parse(get, state.app.today())?;
        state.app.task_progress(&caller.actor, request)
    })?;
    let items: Vec<Json> = report
        .rows
        .iter()
        .map(|row| {
            let key = ProgressReport::key(row);
            figures(&report.request, row, Some(&key), report.label(row).as_deref())
        })
        .collect();
    let total = figures(&report.request, &report.total, None, None);
    let request = report.request;
    Ok(axum::Json(json!({
        "start": request.start, "end": request.end, "by": request.by_name(), "total": total, "items": items,
    }))
    .into_response())
}

fn figures(request: &ProgressRequest, row: &ProgressRow, key: Option<&str>, label: Option<&str>) -> Json {
    let count = |value: i64, more: &str| json!({ "count": value, "href": request.tasks(key, more) });
    json!({
        "key": key.filter(|key| !key.is_empty()), "label": label,
        "tasks": count(row.total, ""),
        "completed": count(row.completed, "status=completed"),
        "completion": share(row.completed, row.total),
        "on_time": count(row.on_time, "status=completed&on_time=true"),
        "late": count(row.late, "status=completed&on_time=false"),
        "on_time_rate": share(row.on_time, row.on_time + row.late),
        "overdue": count(row.overdue, "overdue=true"),
        "median_cycle_days": median(row),
    })
}

async fn workload(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["start", "end", "team"])?;
    let get = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
    let found = blocking(|| {
        let request = WorkloadRequest::parse(get, state.app.today())?;
        state.app.workload(&caller.actor, &request)
    })?;
    let body = WorkloadBody {
        start: found.request.start,
        end: found.request.end,
        team: found.request.team,
        weeks: &found.weeks,
        people: found.people.iter().map(|load| person(&found, load)).collect(),
    };
    Ok(axum::Json(body).into_response())
}

#[derive(Serialize)]
struct WorkloadBody<'a> {
    start: Date,
    end: Date,
    team: Option<Id>,
    weeks: &'a [Date],
    people: Vec<PersonBody<'a>>,
}

#[derive(Serialize)]
struct PersonBody<'a> {
    person: Named<'a>,
    hours: f64,
    uncounted_tasks: usize,
    weeks: Vec<WeekBody<'a>>,
}

#[derive(Serialize)]
struct WeekBody<'a> {
    week: Date,
    hours: f64,
    capacity: f64,
    is_over: bool,
    tasks: Vec<WorkBody<'a>>,
}

#[derive(Serialize)]
struct WorkBody<'a> {
    id: Id,
    title: Option<&'a str>,
    hours: f64,
}

/// Record with its title, if the caller sees it.
#[derive(Serialize)]
struct Named<'a> {
    id: Id,
    title: Option<&'a str>,
}

fn title(directory: &Directory, id: Id) -> Option<&str> {
    directory.get(&id).map(|found| found.title.as_str())
}

fn person<'a>(found: &'a Workload, load: &PersonLoad) -> PersonBody<'a> {
    let work = |(id, hours): &(Id, i64)| WorkBody {
        id: *id,
        title: title(&found.directory, *id),
        hours: hundredths(*hours),
    };
    let week = |(monday, week): (&Date, &WeekLoad)| WeekBody {
        week: *monday,
        hours: hundredths(week.hours),
        capacity: hundredths(week.capacity),
        is_over: week.is_over(),
        tasks: week.tasks.iter().map(work).collect(),
    };
    PersonBody {
        person: Named { id: load.person, title: title(&found.directory, load.person) },
        hours: hundredths(load.hours()),
        uncounted_tasks: load.uncounted,
        weeks: found.weeks.iter().zip(&load.weeks).map(week).collect(),
    }
}

async fn burn_up(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
) -> Result<Response, Problem> {
    let points = blocking(|| state.app.burn_up(&caller.actor, id.0))?;
    let point = |point: &BurnPoint| json!({ "date": point.day, "scope": hundredths(point.scope), "completed": hundredths(point.completed) });
    let points: Vec<Json> = points.iter().map(point).collect();
    Ok(axum::Json(json!({ "points": points })).into_response())
}
