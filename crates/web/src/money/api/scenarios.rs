//! Operations on budget scenarios.

use axum::extract::State as AxumState;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use obcms_app::money::scenarios::MOST_COMPARED;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::SCENARIO;
use obcms_domain::money::actions;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations on scenarios.
pub(super) fn routes() -> Vec<Route> {
    let views = Access::Policy(Action::View, SCENARIO.area);
    let edits = Access::Policy(Action::Edit, SCENARIO.area);
    let tag = SCENARIO.collection;
    vec![
        Route::new(
            "get",
            "/api/v1/scenarios/{id}/allocations",
            t!("Candidates of a scenario with their amounts, and the use of the ceilings"),
            views,
            get(board),
        )
        .tag(tag)
        .answers(200, board_schema()),
        Route::new(
            "patch",
            "/api/v1/scenarios/{id}/allocations",
            t!("Set the amounts of PPAs by hand"),
            edits,
            patch(allocate),
        )
        .tag(tag)
        .action(&actions::ALLOCATE)
        .answers(200, board_schema()),
        Route::new(
            "post",
            "/api/v1/scenarios/{id}/distribute",
            t!("Distribute the envelope over all candidates by a rule"),
            edits,
            post(distribute),
        )
        .tag(tag)
        .action(&actions::DISTRIBUTE)
        .answers(200, board_schema()),
        Route::new(
            "post",
            "/api/v1/scenarios/{id}/adopt",
            t!("Adopt a scenario: draft its ceilings and the budgets of its PPAs in draft"),
            Access::Policy(Action::Transition, SCENARIO.area),
            post(adopt),
        )
        .tag(tag)
        .action(&actions::ADOPT)
        .answers(200, adopted_schema()),
        Route::new(
            "get",
            "/api/v1/scenarios/compare",
            t!("Compare scenarios side by side"),
            views,
            get(compare),
        )
        .tag(tag)
        .query(&[(
            "ids",
            t!("Two to four ids of scenarios, separated by commas; differences are from the first"),
        )])
        .answers(200, comparison_schema()),
    ]
}

fn amount() -> Json {
    json!({ "type": "integer", "description": t!("Philippine pesos in centavos") })
}

fn text() -> Json {
    json!({ "type": ["string", "null"] })
}

fn board_schema() -> Json {
    let candidate = json!({ "type": "object", "properties": {
        "ppa": text(), "title": text(), "ask_centavos": amount(), "score": { "type": "integer" }, "sector": text(),
        "funding_source": text(), "region": text(), "region_name": text(), "approval_stage": text(),
        "is_locked": { "type": "boolean" }, "amount_centavos": amount(),
    } });
    let other = json!({ "type": "object", "properties": {
        "ppa": text(), "title": text(), "amount_centavos": amount(),
    } });
    let ceiling = json!({ "type": "object", "properties": {
        "id": text(), "title": text(), "sector": text(), "funding_source": text(), "amount_centavos": amount(),
        "committed_centavos": amount(), "allocated_centavos": amount(), "remaining_centavos": amount(),
        "enforcement": text(), "is_exceeded": { "type": "boolean" },
    } });
    let shortfall = json!({ "type": "object", "properties": {
        "label": text(), "minimum_centavos": amount(), "allocated_centavos": amount(),
        "asked_centavos": amount(),
    } });
    json!({ "type": "object", "properties": {
        "scenario": text(), "version": { "type": "integer" }, "fiscal_year": { "type": "integer" },
        "envelope_centavos": amount(), "allocated_centavos": amount(), "remaining_centavos": amount(),
        "excess_centavos": amount(),
        "candidates": { "type": "array", "items": candidate },
        "others": { "type": "array", "items": other, "description": t!("PPAs that are no candidates any more") },
        "ceilings": { "type": "array", "items": ceiling },
        "minimum_shares": { "type": "array", "items": { "type": "object" } },
        "shortfalls": {
            "type": "array", "items": shortfall, "description": t!("Minimum shares that are not reached"),
        },
    } })
}

fn adopted_schema() -> Json {
    let ceilings = || {
        json!({ "type": "array", "items": { "type": "object", "properties": {
        "title": text(), "amount_centavos": amount(), "existing_centavos": { "type": ["integer", "null"] },
    } } })
    };
    let ppas = || {
        json!({ "type": "array", "items": { "type": "object", "properties": {
        "ppa": text(), "title": text(), "from_centavos": amount(), "to_centavos": amount(), "reason": text(),
    } } })
    };
    json!({ "type": "object", "properties": {
        "id": text(), "version": { "type": "integer" }, "status": text(),
        "ceilings": { "type": "object", "properties": {
            "created": ceilings(), "updated": ceilings(), "kept": ceilings(),
        } },
        "ppas": { "type": "object", "properties": { "changed": ppas(), "left": ppas() } },
    } })
}

fn comparison_schema() -> Json {
    let amounts = || json!({ "type": "array", "items": { "type": "integer" } });
    let scenario = json!({ "type": "object", "properties": {
        "id": text(), "name": text(), "fiscal_year": { "type": "integer" }, "envelope_centavos": amount(),
        "allocated_centavos": amount(),
    } });
    let row = json!({ "type": "object", "properties": {
        "ppa": text(), "title": text(), "sector": text(), "region_name": text(), "amounts_centavos": amounts(),
        "differences_centavos": amounts(),
    } });
    let sums = || {
        json!({ "type": "array", "items": { "type": "object", "properties": {
        "key": text(), "amounts_centavos": amounts(),
    } } })
    };
    json!({ "type": "object", "properties": {
        "scenarios": { "type": "array", "items": scenario }, "ppas": { "type": "array", "items": row },
        "sectors": sums(), "regions": sums(),
    } })
}

async fn board(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let board = blocking(|| state.app.scenario_board(&caller.actor, id.0))?;
    Ok(axum::Json(board.to_json()).into_response())
}

async fn allocate(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let board = blocking(|| state.app.allocate(&caller.actor, id.0, &body.object, expected))?;
    Ok(axum::Json(board.to_json()).into_response())
}

async fn distribute(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let board = blocking(|| state.app.distribute_scenario(&caller.actor, id.0, &body.object, expected))?;
    Ok(axum::Json(board.to_json()).into_response())
}

async fn adopt(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let adopted = blocking(|| state.app.adopt_scenario(&caller.actor, id.0, &body.object, expected))?;
    Ok(axum::Json(adopted.to_json()).into_response())
}

async fn compare(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    parameters.only(&["ids"])?;
    let wrong = || Parameters::wrong("ids", "Must be two to four ids of scenarios, separated by commas.");
    let given = parameters.get("ids").unwrap_or_default();
    let ids: Vec<Id> =
        given.split(',').map(|text| text.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    if !(2..=MOST_COMPARED).contains(&ids.len()) {
        return Err(wrong());
    }
    let comparison = blocking(|| state.app.compare_scenarios(&caller.actor, &ids))?;
    Ok(axum::Json(comparison.to_json()).into_response())
}
