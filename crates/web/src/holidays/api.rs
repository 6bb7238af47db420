//! Holidays of a year, and days of the calendar with Hijri dates and holidays.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use obcms_app::calendar::MAXIMUM_DAYS;
use obcms_app::holidays::{Computed, Day};
use obcms_domain::accounts::Action;
use obcms_domain::holidays::actions;
use obcms_domain::kinds::HOLIDAY;
use obcms_domain::message;
use obcms_domain::registry::parse_date;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations.
///
/// `GET /api/v1/calendar/dates?start=2027-03-01&end=2027-04-01` (end exclusive, at most 400 days) returns `{"days":
/// [{"date", "weekday", "is_weekend", "is_off", "hijri": {"year", "month", "day", "text", "text_short"}, "holidays":
/// [{"id", "name", "holiday_type", "is_estimated", "is_day_off", "url"}]}]}`: one object for every day, in order.
/// `is_off` is true when the office is closed, by weekend or holiday. Pages call `App::days` for the same.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/calendar/dates",
            "Days of a window with Hijri dates and holidays",
            Access::Role,
            get(days),
        )
        .query(&[
            ("start", "First day (YYYY-MM-DD); required"),
            ("end", "Day after the last one; required, at most 400 days after the start"),
        ])
        .answers(200, days_schema())
        .tag("calendar"),
        Route::new(
            "post",
            "/api/v1/holidays/compute",
            "Calculate the holidays of a year by their rules; manual changes stay",
            Access::Policy(Action::Create, HOLIDAY.area),
            post(compute),
        )
        .action(&actions::COMPUTE)
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "year": { "type": "integer" }, "created": { "type": "integer" },
                "updated": { "type": "integer" }, "kept": { "type": "integer" },
            } }),
        )
        .tag(HOLIDAY.collection),
    ]
}

fn days_schema() -> Json {
    let (text, flag, number) =
        (json!({ "type": "string" }), json!({ "type": "boolean" }), json!({ "type": "integer" }));
    let holiday = json!({ "type": "object", "properties": {
        "id": text, "name": text, "holiday_type": text, "is_estimated": flag, "is_day_off": flag, "url": text,
    } });
    let hijri = json!({ "type": "object", "properties": {
        "year": number, "month": number, "day": number, "text": text, "text_short": text,
    } });
    let day = json!({ "type": "object", "properties": {
        "date": { "type": "string", "format": "date" }, "weekday": text, "is_weekend": flag, "is_off": flag,
        "hijri": hijri, "holidays": { "type": "array", "items": holiday },
    } });
    json!({ "type": "object", "properties": { "days": { "type": "array", "items": day } } })
}

fn day(parameters: &Parameters, name: &str) -> Result<Date, Problem> {
    let text = parameters.get(name).ok_or_else(|| Parameters::wrong(name, "This parameter is required."))?;
    parse_date(text.trim()).map_err(|(_, message)| Parameters::wrong(name, message))
}

async fn days(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    parameters.only(&["start", "end"])?;
    let (start, end) = (day(&parameters, "start")?, day(&parameters, "end")?);
    if end <= start {
        return Err(Parameters::wrong("end", "End must be after start."));
    }
    let length = start.until(end).map_or(i64::MAX, |span| i64::from(span.get_days()));
    if length > MAXIMUM_DAYS {
        return Err(Parameters::wrong(
            "end",
            message!("The window must be at most {MAXIMUM_DAYS} days.", MAXIMUM_DAYS),
        ));
    }
    let days = blocking(|| state.app.days(&caller.actor, start, end))?;
    let days: Vec<Json> = days.iter().map(Day::to_json).collect();
    Ok(axum::Json(json!({ "days": days })).into_response())
}

async fn compute(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let input = body.action(&actions::COMPUTE)?;
    let year = actions::YEAR.get(&input).unwrap_or_default();
    // Years beyond the type are out of range like any other.
    let Computed { created, updated, unchanged } =
        blocking(|| state.app.compute_holidays(&caller.actor, i16::try_from(year).unwrap_or(i16::MAX)))?;
    let answer = json!({ "year": year, "created": created, "updated": updated, "kept": unchanged });
    Ok(axum::Json(answer).into_response())
}
