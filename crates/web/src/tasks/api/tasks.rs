//! Operations on tasks: transition, move, board.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::tasks::board::{Column, Lane, group_name};
use obcms_app::tasks::transitions::{Move, Moved, Step};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK;
use obcms_domain::registry::output::Representation;
use obcms_domain::tasks::actions;
use serde::Serialize;
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records;

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let moves = Access::Policy(Action::Transition, TASK.area);
    let text = || json!({ "type": "string" });
    let board = Route::new(
        "get",
        "/api/v1/tasks/board",
        "Tasks in columns, each with its count and first cards",
        Access::Policy(Action::View, TASK.area),
        get(board),
    )
    .tag("tasks")
    .query(&[
        ("group", "status (unless given), priority, domain, assignee, phase or origin"),
        ("lanes", "Another grouping: the columns are in lanes, each with its first ten cards of a column"),
        ("column", "Only this column; with cursor its next cards"),
    ])
    .list_of(&TASK, &["sort"])
    .answers(
        200,
        json!({ "type": "object", "properties": {
            "group": text(),
            "more_columns": { "type": "integer" },
            "lanes": { "type": "array", "items": { "type": "object", "properties": {
                "key": text(), "label": text(), "count": { "type": "integer" },
                "columns": { "type": "array", "items": { "type": "object" } },
            } } },
            "columns": { "type": "array", "items": { "type": "object", "properties": {
                "key": text(), "label": text(), "count": { "type": "integer" },
                "cards": { "type": "array", "items": openapi::reference(&TASK) },
                "next_cursor": { "type": ["string", "null"] },
            } } },
        } }),
    );
    vec![
        Route::new(
            "post",
            "/api/v1/tasks/{id}/transition",
            "Change the status of a task, one occurrence or the whole series",
            moves,
            post(transition),
        )
        .tag("tasks")
        .action(&actions::TRANSITION)
        .answers(200, openapi::reference(&TASK)),
        Route::new(
            "post",
            "/api/v1/tasks/{id}/move",
            "Move a card of the board to a column and a place in it",
            moves,
            post(move_card),
        )
        .tag("tasks")
        .action(&actions::MOVE)
        .answers(200, openapi::reference(&TASK)),
        board,
    ]
}

async fn transition(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let step = Step::parse(&body.object)?;
    let moved = blocking(|| state.app.transition(&caller.actor, id.0, &step, expected))?;
    answer(&state, &moved)
}

async fn move_card(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let asked = Move::parse(&body.object)?;
    let moved = blocking(|| state.app.move_card(&caller.actor, id.0, &asked, expected))?;
    answer(&state, &moved)
}

/// Returns the task with the address of the undo.
fn answer(state: &State, moved: &Moved) -> ApiResult {
    let mut more = vec![("undo", json!(moved.undo()))];
    more.extend(moved.date.as_ref().map(|date| ("recurrence_id", json!(date))));
    records::record_response_with(state, StatusCode::OK, &moved.task, more)
}

async fn board(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    blocking(|| {
        let board = state.app.board(&caller.actor, &parameters.0)?;
        let mut lanes = Vec::with_capacity(board.lanes.len());
        for Lane { key, label, count, columns } in &board.lanes {
            lanes.push(LaneBody { key, label, count: *count, columns: columns_of(&state, columns)? });
        }
        let body = BoardBody {
            group: group_name(board.group),
            columns: columns_of(&state, &board.columns)?,
            lanes,
            more_columns: board.more_columns,
        };
        Ok(axum::Json(body).into_response())
    })
}

#[derive(Serialize)]
struct BoardBody<'a> {
    group: &'static str,
    columns: Vec<ColumnBody<'a>>,
    lanes: Vec<LaneBody<'a>>,
    more_columns: usize,
}

#[derive(Serialize)]
struct LaneBody<'a> {
    key: &'a str,
    label: &'a str,
    count: i64,
    columns: Vec<ColumnBody<'a>>,
}

#[derive(Serialize)]
struct ColumnBody<'a> {
    key: &'a str,
    label: &'a str,
    count: i64,
    cards: Vec<Representation<'a>>,
    next_cursor: Option<&'a str>,
}

fn columns_of<'a>(state: &State, columns: &'a [Column]) -> Result<Vec<ColumnBody<'a>>, AppError> {
    let column = |column: &'a Column| {
        Ok(ColumnBody {
            key: &column.key,
            label: &column.label,
            count: column.count,
            cards: state.app.represent(&column.cards)?,
            next_cursor: column.next_cursor.as_deref(),
        })
    };
    columns.iter().map(column).collect()
}
