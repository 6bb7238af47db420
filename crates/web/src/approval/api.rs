//! Operations on the approval of PPAs.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::approval::{ApprovalStep, BulkApproval, BulkOutcome, QueueItem, comment_json, queue_table};
use obcms_app::records::transfer::Format;
use obcms_domain::accounts::Action;
use obcms_domain::approval::actions;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::files::report_response;
use crate::records::api::records::record_response;

type ApiResult = Result<Response, Problem>;

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let view = Access::Policy(Action::View, PPA.area);
    vec![
        Route::new(
            "get",
            "/api/v1/ppas/{id}/approval",
            t!("Approval of the budget of a PPA: round, stages, decisions, locked fields and figures"),
            view,
            get(show),
        )
        .tag("approval")
        .answers(200, approval_schema()),
        Route::new(
            "post",
            "/api/v1/ppas/{id}/approval",
            t!("Submit, approve, return, reject, waive, withdraw, reopen or revise the budget of a PPA"),
            Access::Role,
            post(step),
        )
        .tag("approval")
        .action(&actions::APPROVAL)
        .answers(200, openapi::reference(&PPA)),
        Route::new(
            "get",
            "/api/v1/approvals",
            t!("Stages that wait for a decision, the most urgent first"),
            view,
            get(queue),
        )
        .tag("approval")
        .query(&[("mine", t!("true: only those that the caller may decide"))])
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "items": { "type": "array", "items": { "type": "object" } }, "total": { "type": "integer" },
            } }),
        ),
        export_route("/api/v1/approvals/export.csv", Format::Csv),
        export_route("/api/v1/approvals/export.xlsx", Format::Xlsx),
        Route::new(
            "post",
            "/api/v1/approvals",
            t!("Approve the pending stages of several PPAs with one comment; each is decided by itself"),
            Access::Role,
            post(approve_each),
        )
        .tag("approval")
        .action(&actions::APPROVE_EACH)
        .answers(200, outcomes_schema()),
        Route::new(
            "post",
            "/api/v1/ppas/{id}/approval/assignee",
            t!("Assign the pending stage of a PPA to one of those who may decide it"),
            Access::Role,
            post(assign),
        )
        .tag("approval")
        .action(&actions::ASSIGN)
        .answers(200, openapi::reference(&PPA)),
        Route::new(
            "post",
            "/api/v1/ppas/{id}/approval/comments",
            t!("Comment on the approval of a PPA; partners do not see it"),
            Access::Role,
            post(comment),
        )
        .tag("approval")
        .action(&actions::ADD_COMMENT)
        .answers(201, json!({ "type": "object" })),
    ]
}

fn outcomes_schema() -> Json {
    let outcome = json!({ "type": "object", "properties": {
        "ppa": { "type": "string", "format": "uuid" }, "title": { "type": "string" },
        "approved": { "type": "boolean" }, "detail": { "type": ["string", "null"] },
    } });
    json!({ "type": "object", "properties": { "items": { "type": "array", "items": outcome } } })
}

fn approval_schema() -> Json {
    let text = || json!({ "type": ["string", "null"] });
    let names = || json!({ "type": "array", "items": { "type": "string" } });
    let stage = json!({ "type": "object", "properties": {
        "stage": text(), "state": text(), "decider": text(), "assignee": text(), "due_date": text(),
        "entered_at": text(), "decided_by": text(), "decided_at": text(), "comment": text(), "missing": names(),
        "ceilings": { "type": "array", "items": { "type": "object" } },
    } });
    json!({ "type": "object", "properties": {
        "round": { "type": "integer" }, "is_revision": { "type": "boolean" }, "reason": text(), "state": text(),
        "round_state": text(), "submitted_at": text(), "submitted_by": text(),
        "stages": { "type": "array", "items": stage },
        "decisions": { "type": "array", "items": { "type": "object" } },
        "locked_fields": names(), "snapshot": { "type": "object" },
        "enacted": { "type": ["object", "null"] }, "changes": { "type": "object" },
        "excess_allotted_centavos": { "type": ["integer", "null"] }, "actions": names(),
        "on_behalf_of": text(), "assignable": names(),
        "rounds": { "type": "array", "items": { "type": "object" } },
        "comments": { "type": ["array", "null"], "items": { "type": "object" } },
    } })
}

async fn show(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let approval = blocking(|| state.app.approval(&caller.actor, id.0))?;
    Ok(axum::Json(approval.to_json()).into_response())
}

async fn step(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let step = ApprovalStep::parse(&body.object)?;
    let record = blocking(|| state.app.approval_step(&caller.actor, id.0, &step, expected))?;
    record_response(&state, StatusCode::OK, &record)
}

/// Parses the parameter `mine`.
fn is_mine(parameters: &Parameters) -> Result<bool, Problem> {
    parameters.only(&["mine"])?;
    match parameters.get("mine").unwrap_or_default() {
        "" | "false" => Ok(false),
        "true" => Ok(true),
        _ => Err(Parameters::wrong("mine", "Must be true or false.")),
    }
}

fn export_route(path: &'static str, format: Format) -> Route {
    let serve = move |AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters| async move {
        let mine = is_mine(&parameters)?;
        let bytes = blocking(|| {
            let items = state.app.approvals(&caller.actor, mine)?;
            let assignees: Vec<Id> = items.iter().filter_map(|item| item.assignee).collect();
            let people = state.app.directory(&caller.actor, &assignees)?;
            let shown = if mine { t!("Mine") } else { t!("All") };
            let filters = vec![(t!("Shown").to_owned(), shown.to_owned())];
            let table = queue_table(&items, &people, filters, state.app.zone());
            state.app.report_file(&caller.actor, table, format)
        })?;
        Ok::<_, Problem>(report_response(&state, bytes, "approvals", format))
    };
    Route::new(
        "get",
        path,
        t!("Queue of approvals as a file"),
        Access::Policy(Action::Export, PPA.area),
        get(serve),
    )
    .tag("approval")
    .query(&[("mine", t!("true: only those that the caller may decide"))])
}

async fn queue(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    let mine = is_mine(&parameters)?;
    let items = blocking(|| state.app.approvals(&caller.actor, mine))?;
    let items: Vec<Json> = items.iter().map(QueueItem::to_json).collect();
    Ok(axum::Json(json!({ "total": items.len(), "items": items })).into_response())
}

async fn approve_each(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let bulk = BulkApproval::parse(&body.object)?;
    let outcomes = blocking(|| state.app.approve_each(&caller.actor, &bulk))?;
    let items: Vec<Json> = outcomes.iter().map(BulkOutcome::to_json).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

async fn assign(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let record = blocking(|| state.app.assign_approval(&caller.actor, id.0, &body.object, expected))?;
    record_response(&state, StatusCode::OK, &record)
}

async fn comment(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let comment = blocking(|| state.app.comment_approval(&caller.actor, id.0, &body.object))?;
    Ok((StatusCode::CREATED, axum::Json(comment_json(&comment))).into_response())
}
