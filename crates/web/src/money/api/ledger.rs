//! Operations on the ledger of PPAs.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::money::{totals_json, years_json};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{PPA, TRANCHE};
use obcms_domain::money::actions;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

type ApiResult = Result<Response, Problem>;

/// Operations on the ledger.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/ppas/{id}/money",
            t!("Sums and rates of the ledger of a PPA"),
            Access::Policy(Action::View, PPA.area),
            get(money),
        )
        .tag("money")
        .answers(200, money_schema()),
        Route::new(
            "post",
            "/api/v1/tranches/{id}/reverse",
            t!("Reverse a ledger entry by an entry of the opposite amount"),
            Access::Policy(Action::Create, TRANCHE.area),
            post(reverse),
        )
        .tag(TRANCHE.collection)
        .action(&actions::REVERSE)
        .answers(201, openapi::reference(&TRANCHE)),
    ]
}

fn money_schema() -> Json {
    let amount = || json!({ "type": "integer", "description": t!("Philippine pesos in centavos") });
    let rate = |meaning: &str| json!({ "type": ["number", "null"], "description": meaning });
    let year = json!({ "type": "object", "properties": {
        "fiscal_year": { "type": "integer" }, "allotted_centavos": amount(), "obligated_centavos": amount(),
        "disbursed_centavos": amount(),
    } });
    json!({ "type": "object", "properties": {
        "years": { "type": "array", "items": year, "description": t!("Sums of the entries dated in each year") },
        "enacted_centavos": amount(), "allotted_centavos": amount(), "obligated_centavos": amount(),
        "disbursed_centavos": amount(), "balance_centavos": amount(), "variance_centavos": amount(),
        "obligation_rate": rate(t!("Obligated / allotted; null when nothing is allotted")),
        "disbursement_rate": rate(t!("Disbursed / obligated; null when nothing is obligated")),
        "utilization": rate(t!("Disbursed / enacted budget; null when nothing is enacted")),
    } })
}

async fn money(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let (totals, years) = blocking(|| state.app.money(&caller.actor, id.0))?;
    let mut json = totals_json(&totals);
    json["years"] = years_json(&years);
    Ok(axum::Json(json).into_response())
}

async fn reverse(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let reversal = blocking(|| state.app.reverse_entry(&caller.actor, id.0, &body.object))?;
    record_response(&state, StatusCode::CREATED, &reversal)
}
