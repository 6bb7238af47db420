//! Figures for monitoring and evaluation, each with the address of its rows.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_app::programme::analytics::{Analytics, Breakdown, funding_rate};
use obcms_app::programme::portfolio::{Group, Portfolio};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::money::{Part, Totals};
use serde_json::{Value as Json, json};

use super::portfolio::filter;
use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations of the analytics.
#[must_use]
pub fn routes() -> Vec<Route> {
    let route = |name: &str, summary: &'static str, figures: fn(&Analytics) -> Json| {
        let serve = move |AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters| async move {
            answer(&state, &caller, &parameters, figures)
        };
        let path = format!("/api/v1/analytics/{name}");
        described(Route::new("get", path, summary, Access::Policy(Action::View, Area::Programme), get(serve)))
    };
    vec![
        route("scorecard", t!("Main figures of the programme"), scorecard),
        route("sectors", t!("Money and reach by sector"), |figures| breakdowns(&figures.sectors)),
        route("sources", t!("Money and reach by funding source"), |figures| breakdowns(&figures.sources)),
        route("regions", t!("Money and reach by region"), |figures| breakdowns(&figures.regions)),
        route("funding-flow", t!("Money from enactment to payment"), funding_flow),
        route("needs-to-results", t!("Needs from identification to completion"), needs_to_results),
        route("time-in-stage", t!("Days that projects spend in their stages"), time_in_stage),
        route("forecast", t!("Budgets of the coming years"), forecast),
        groups_route("goals", t!("Strategic goals with their PPAs"), State::goals),
        groups_route("policies", t!("Policies with the PPAs that carry them out"), State::policies),
        groups_route("bodies", t!("Lead organizations with their PPAs"), State::bodies),
        described(Route::new(
            "get",
            "/api/v1/analytics/trend",
            t!("Obligated and disbursed by quarter"),
            Access::Policy(Action::View, Area::Programme),
            get(trend),
        )),
    ]
}

/// Adds what all operations of the analytics have.
fn described(route: Route) -> Route {
    route
        .tag("analytics")
        .query(&[
            ("fiscal_year", "Only PPAs of this fiscal year; all, as without it, for every year"),
            ("sector", "Only this sector"),
            ("region", "Only this region, by its PSGC code"),
        ])
        .answers(200, json!({ "type": "object" }))
}

type Groups = fn(&State, &Actor, &Portfolio) -> Result<Vec<Group>, AppError>;

impl State {
    fn goals(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        self.app.goals_of(actor, portfolio)
    }

    fn policies(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        self.app.policies_of(actor, portfolio)
    }

    fn bodies(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        self.app.bodies_of(actor, portfolio)
    }
}

fn groups_route(name: &str, summary: &'static str, groups: Groups) -> Route {
    let serve = move |AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters| async move {
        parameters.only(&["fiscal_year", "sector", "region"])?;
        let filter = filter(&parameters)?;
        let found = blocking(|| {
            let portfolio = state.app.portfolio(&caller.actor, &filter)?;
            groups(&state, &caller.actor, &portfolio)
        })?;
        let item = |group: &Group| {
            json!({
                "key": group.key, "label": group.label, "ppas": group.count, "budget_centavos": group.budget,
                "average_progress": group.progress, "href": group.href,
            })
        };
        let items: Vec<Json> = found.iter().map(item).collect();
        Ok::<_, Problem>(axum::Json(json!({ "items": items })))
    };
    let path = format!("/api/v1/analytics/{name}");
    described(Route::new("get", path, summary, Access::Policy(Action::View, Area::Programme), get(serve)))
}

async fn trend(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["fiscal_year", "sector", "region"])?;
    let filter = filter(&parameters)?;
    let found = blocking(|| state.app.trend(&caller.actor, &filter))?;
    let sum =
        |amount: i64, quarter, part| json!({ "centavos": amount, "href": filter.entries_of(quarter, part) });
    let items: Vec<Json> = found
        .iter()
        .map(|one| {
            json!({
                "quarter": one.quarter.to_string(),
                "obligated": sum(one.sums.obligated, one.quarter, Part::Obligation),
                "disbursed": sum(one.sums.disbursed, one.quarter, Part::Disbursement),
            })
        })
        .collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

fn answer(
    state: &State,
    caller: &Caller,
    parameters: &Parameters,
    figures: fn(&Analytics) -> Json,
) -> Result<Response, Problem> {
    parameters.only(&["fiscal_year", "sector", "region"])?;
    let filter = filter(parameters)?;
    let found = blocking(|| state.app.analytics(&caller.actor, &filter))?;
    Ok(axum::Json(figures(&found)).into_response())
}

/// Figure of the scorecard.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name in the API.
    pub key: &'static str,
    /// Label.
    pub label: &'static str,
    /// Value; nothing without a denominator, or for who may not see it.
    pub value: Option<f64>,
    /// Unit: `count`, `centavos`, `fraction` or `percent`.
    pub unit: &'static str,
    /// Address of its rows; empty for means and rates.
    pub href: String,
}

/// Returns the figures of the scorecard in their order.
#[allow(clippy::cast_precision_loss)] // Counts and centavos are far below 2^53.
#[must_use]
pub fn figures(analytics: &Analytics) -> Vec<Figure> {
    let portfolio = &analytics.portfolio;
    let (totals, filter) = (&portfolio.totals, &portfolio.filter);
    let money = analytics.money.as_ref();
    let figure =
        |key, label, value: Option<f64>, unit, href: String| Figure { key, label, value, unit, href };
    let rate = |key, label, value| figure(key, label, value, "fraction", String::new());
    vec![
        figure("ppas", t!("PPAs"), Some(portfolio.lines.len() as f64), "count", filter.ppas(&[])),
        figure(
            "budget_centavos",
            t!("Budget"),
            Some(totals.budget as f64),
            "centavos",
            filter.counted_ppas(),
        ),
        figure(
            "enacted_centavos",
            t!("Enacted"),
            Some(totals.enacted as f64),
            "centavos",
            filter.enacted_ppas(),
        ),
        rate("obligation_rate", t!("Obligation rate"), money.and_then(Totals::obligation_rate)),
        rate("disbursement_rate", t!("Disbursement rate"), money.and_then(Totals::disbursement_rate)),
        rate("utilization", t!("Utilization"), money.and_then(Totals::utilization)),
        figure("average_progress", t!("Average progress"), totals.average_progress, "percent", String::new()),
        figure("late", t!("Late PPAs"), Some(totals.late as f64), "count", filter.late_ppas()),
        rate("needs_funding_rate", t!("Needs with a PPA"), funding_rate(&portfolio.needs)),
        figure(
            "indicators",
            t!("Indicators"),
            Some(analytics.indicators as f64),
            "count",
            filter.of_ppas("/indicators", &[]),
        ),
        figure(
            "waiting_measurements",
            t!("Measurements to approve"),
            Some(analytics.waiting_measurements as f64),
            "count",
            filter.of_ppas("/measurements", &[("status", "reported")]),
        ),
    ]
}

fn scorecard(analytics: &Analytics) -> Json {
    let figures: Vec<Json> = figures(analytics)
        .into_iter()
        .map(|figure| {
            json!({
                "key": figure.key, "label": figure.label, "value": figure.value, "unit": figure.unit,
                "href": Some(figure.href).filter(|href| !href.is_empty()),
            })
        })
        .collect();
    json!({ "figures": figures })
}

fn breakdowns(groups: &[Breakdown]) -> Json {
    let item = |one: &Breakdown| {
        let money = one.money.as_ref();
        json!({
            "key": one.group.key, "label": one.group.label, "count": one.group.count, "href": one.group.href,
            "budget_centavos": one.group.budget, "progress": one.group.progress, "obc_slots": one.obc_slots,
            "enacted_centavos": money.map(|sums| sums.enacted),
            "allotted_centavos": money.map(|sums| sums.allotted),
            "obligated_centavos": money.map(|sums| sums.obligated),
            "disbursed_centavos": money.map(|sums| sums.disbursed),
            "utilization": money.and_then(Totals::utilization),
            "cost_per_beneficiary_centavos": one.cost_per_beneficiary,
        })
    };
    json!({ "items": groups.iter().map(item).collect::<Vec<Json>>() })
}

/// Steps of the funding flow: name, label, amount in centavos, and address of its rows.
#[must_use]
pub fn flow(analytics: &Analytics) -> Vec<(&'static str, &'static str, i64, String)> {
    let filter = &analytics.portfolio.filter;
    let Some(sums) = &analytics.money else { return Vec::new() };
    vec![
        ("enacted", t!("Enacted"), sums.enacted, filter.enacted_ppas()),
        ("allotted", t!("Allotted"), sums.allotted, filter.entries(Part::Allocation)),
        ("obligated", t!("Obligated"), sums.obligated, filter.entries(Part::Obligation)),
        ("disbursed", t!("Disbursed"), sums.disbursed, filter.entries(Part::Disbursement)),
    ]
}

fn funding_flow(analytics: &Analytics) -> Json {
    let steps: Vec<Json> = flow(analytics)
        .into_iter()
        .map(|(key, label, centavos, href)| json!({ "key": key, "label": label, "centavos": centavos, "href": href }))
        .collect();
    let money = analytics.money.as_ref();
    json!({
        "steps": steps,
        "obligation_rate": money.and_then(Totals::obligation_rate),
        "disbursement_rate": money.and_then(Totals::disbursement_rate),
        "utilization": money.and_then(Totals::utilization),
    })
}

/// Steps from needs to results: name, label, number, and address of its rows.
#[must_use]
pub fn chain(analytics: &Analytics) -> Vec<(&'static str, &'static str, i64, String)> {
    let (needs, filter) = (&analytics.portfolio.needs, &analytics.portfolio.filter);
    vec![
        ("identified", t!("Identified"), needs.total, filter.needs(&[])),
        ("validated", t!("Validated"), needs.validated, filter.needs(&[("validated_at_from", "2000-01-01")])),
        ("funded", t!("With a PPA"), needs.funded, filter.needs(&[("funded", "true")])),
        ("completed", t!("Completed"), needs.completed, filter.needs(&[("status", "completed")])),
    ]
}

fn needs_to_results(analytics: &Analytics) -> Json {
    let steps: Vec<Json> = chain(analytics)
        .into_iter()
        .map(|(key, label, count, href)| json!({ "key": key, "label": label, "count": count, "href": href }))
        .collect();
    json!({ "steps": steps, "funding_rate": funding_rate(&analytics.portfolio.needs) })
}

fn time_in_stage(analytics: &Analytics) -> Json {
    let filter = &analytics.portfolio.filter;
    let stages: Vec<Json> = analytics
        .stages
        .iter()
        .map(|one| {
            json!({
                "stage": one.stage.value, "label": one.stage.label, "projects": one.projects,
                "href": filter.projects(&[("current_stage", one.stage.value)]), "intervals": one.intervals,
                "average_days": one.average_days, "longest_days": one.longest_days,
            })
        })
        .collect();
    json!({ "stages": stages })
}

/// Method of the forecast in a sentence.
#[must_use]
pub fn method(analytics: &Analytics) -> String {
    let forecast = &analytics.forecast;
    match forecast.growth {
        None => t!("No forecast: it needs the budgets of three years in a row.").to_owned(),
        Some(growth) => t!(
            "Mean growth of {percent}% a year over the last {steps} steps from year to year, compounded.",
            percent = format!("{:.1}", growth * 100.0),
            steps = forecast.steps
        ),
    }
}

fn forecast(analytics: &Analytics) -> Json {
    let filter = &analytics.portfolio.filter;
    let years: Vec<Json> = analytics
        .forecast
        .years
        .iter()
        .map(|one| {
            let year = one.year.to_string();
            let href = filter.ppas(&[("fiscal_year", year.as_str()), ("counted", "true")]);
            json!({
                "fiscal_year": one.year, "budget_centavos": one.budget, "is_forecast": one.is_forecast,
                "href": (!one.is_forecast).then_some(href),
            })
        })
        .collect();
    json!({
        "years": years, "growth": analytics.forecast.growth, "steps": analytics.forecast.steps,
        "method": method(analytics),
    })
}
