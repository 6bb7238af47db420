//! Figures of the portfolio.

use axum::extract::State as AxumState;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_app::programme::portfolio::{Filter, portfolio_table};
use obcms_app::records::transfer::Format;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::choices::{self, SECTORS};
use obcms_domain::core::id::Id;
use serde_json::json;

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::files::report_response;

/// Value of `fiscal_year` for all years.
pub const ALL_YEARS: &str = "all";

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
            ("fiscal_year", "Only PPAs of this fiscal year; all, as without it, for every year"),
            ("sector", "Only this sector"),
            ("region", "Only this region, by its PSGC code"),
            ("cursor", "Cursor of the next PPAs"),
        ])
        .answers(200, json!({ "type": "object" })),
        export_route("/api/v1/portfolio/export.csv", Format::Csv),
        export_route("/api/v1/portfolio/export.xlsx", Format::Xlsx),
    ]
}

fn export_route(path: &'static str, format: Format) -> Route {
    let serve = move |AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters| async move {
        parameters.only(&["fiscal_year", "sector", "region"])?;
        let filter = filter(&parameters)?;
        let bytes = blocking(|| {
            let figures = state.app.portfolio(&caller.actor, &filter)?;
            let regions = state.app.portfolio_regions()?;
            let table = portfolio_table(&figures, &regions, in_words(&filter, &regions));
            state.app.report_file(&caller.actor, table, format)
        })?;
        Ok::<_, Problem>(report_response(&state, bytes, "portfolio", format))
    };
    let access = Access::Policy(Action::Export, Area::Programme);
    Route::new("get", path, "PPAs of the portfolio as a file", access, get(serve)).tag("portfolio").query(&[
        ("fiscal_year", "Only PPAs of this fiscal year; all, as without it, for every year"),
        ("sector", "Only this sector"),
        ("region", "Only this region, by its PSGC code"),
    ])
}

/// Returns the labels and values of a filter.
fn in_words(filter: &Filter, regions: &[(Id, String)]) -> Vec<(String, String)> {
    let region = filter.region.map(|id| {
        regions
            .iter()
            .find(|(region, _)| *region == id)
            .map_or_else(|| id.to_string(), |(_, name)| name.clone())
    });
    let parts = [
        (t!("Fiscal year"), filter.fiscal_year.map(|year| year.to_string())),
        (t!("Sector"), filter.sector.as_deref().map(|sector| choices::label(SECTORS, sector).to_owned())),
        (t!("Region"), region),
    ];
    parts.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
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
        .filter(|text| *text != ALL_YEARS)
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
