//! Figures of the portfolio.

use axum::extract::State as AxumState;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_app::programme::portfolio::Filter;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::choices::{self, SECTORS};
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operation of the portfolio.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/portfolio",
            "Current figures of PPAs, needs, projects and tasks",
            Access::Policy(Action::View, Area::Programme),
            get(portfolio),
        )
        .tag("portfolio")
        .query(&[
            ("fiscal_year", "Only PPAs of this fiscal year"),
            ("sector", "Only this sector"),
            ("region", "Only this region, by its PSGC code"),
            ("cursor", "Cursor of the next PPAs"),
        ])
        .answers(200, json!({ "type": "object" })),
    ]
}

async fn portfolio(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["fiscal_year", "sector", "region", "cursor"])?;
    let filter = filter(&parameters)?;
    let first = match given(&parameters, "cursor") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Parameters::wrong("cursor", "Must be the next_cursor of an earlier answer."))?,
    };
    let figures = blocking(|| state.app.portfolio(&caller.actor, &filter))?;
    let body = figures.json(first).to_vec();
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

fn given<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.get(name).filter(|text| !text.is_empty())
}

/// Parses the filter of an address; empty values select nothing.
pub fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    let fiscal_year = given(parameters, "fiscal_year")
        .map(|text| {
            text.parse()
                .ok()
                .filter(|year| (2000..=2100).contains(year))
                .ok_or_else(|| Parameters::wrong("fiscal_year", "Must be a year from 2000 to 2100."))
        })
        .transpose()?;
    let sector = given(parameters, "sector");
    if sector.is_some_and(|sector| !choices::contains(SECTORS, sector)) {
        return Err(Parameters::wrong("sector", "Unknown sector."));
    }
    let region = given(parameters, "region")
        .map(|text| text.parse().map_err(|_| Parameters::wrong("region", "Must be the code of a region.")))
        .transpose()?;
    Ok(Filter { fiscal_year, sector: sector.map(ToOwned::to_owned), region })
}
