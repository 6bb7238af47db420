//! Scheduling: conflicts in the calendar, and suggestions of free times.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::ToSpan;
use jiff::civil::Date;
use obcms_app::AppError;
use obcms_app::calendar::conflicts::{Conflicts, Wanted as Clashing};
use obcms_app::calendar::suggestions::{MAXIMUM_PEOPLE, Suggestions, Wanted};
use obcms_app::calendar::{CalendarQuery, FILTERS, WINDOW};
use obcms_domain::calendar::scheduling::{Reason, Suggestion};
use obcms_domain::choices::{RESOURCE_TYPES, contains};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::message;
use obcms_domain::registry::{FieldError, parse_date};
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Duration of a suggestion in minutes: a quarter of an hour to twelve hours.
pub const MINUTES: std::ops::RangeInclusive<i64> = 15..=720;
/// Maximum length of the searched window in days.
pub const DAYS: i64 = 92;
/// Limits of suggestions: default and maximum.
const LIMITS: (usize, usize) = (5, 50);

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let object = || json!({ "type": "object" });
    vec![
        Route::new(
            "get",
            "/api/v1/calendar/conflicts",
            "Pairs of timed entries with the same person, venue or resource at the same time; filters apply to either entry",
            Access::Role,
            get(conflicts),
        )
        .query(&WINDOW)
        .query(&FILTERS)
        .answers(200, object())
        .tag("calendar"),
        Route::new(
            "get",
            "/api/v1/calendar/suggestions",
            "Times when all people and a suitable room are free, best first, with reasons",
            Access::Role,
            get(suggestions),
        )
        .query(&[
            ("people", "Ids of the required users, separated by commas; required"),
            ("minutes", "Duration; 60 by default"),
            ("start", "First day; today unless given"),
            ("end", "The day after the last; 14 days after the start unless given, at most 92"),
            ("resource_type", "room, or another type of resource; none unless given"),
            ("seats", "Required capacity; number of people by default"),
            ("limit", "How many suggestions, 1 to 50; 5 unless given"),
        ])
        .answers(200, object())
        .tag("calendar"),
    ]
}

async fn conflicts(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    let query = CalendarQuery::parse(&parameters.0, state.app.zone())?;
    let found = blocking(|| state.app.conflicts(&caller.actor, &query))?;
    Ok(axum::Json(conflicts_json(&state, &found)?).into_response())
}

fn conflicts_json(state: &State, found: &Conflicts) -> Result<Json, Problem> {
    let mut pairs = Vec::with_capacity(found.pairs.len());
    for pair in &found.pairs {
        let entries = pair.entries.iter().filter_map(|index| found.feed.entries.get(*index));
        let entries: Vec<Json> =
            entries.map(|entry| found.feed.value(entry)).collect::<Result<_, AppError>>()?;
        let mut item = json!({
            "reason": pair.reason.key(),
            "start": instant(state, pair.overlap.start),
            "end": instant(state, pair.overlap.end),
            "entries": entries,
        });
        item[pair.reason.key()] = match &pair.reason {
            Clashing::Person { id, name } | Clashing::Resource { id, name } => {
                json!({ "id": id, "name": name })
            }
            Clashing::Venue(venue) => json!(venue),
        };
        pairs.push(item);
    }
    Ok(json!({ "conflicts": pairs, "more": found.more, "generated_at": state.app.now() }))
}

fn instant(state: &State, instant: jiff::Timestamp) -> String {
    instant.display_with_offset(state.app.zone().to_offset(instant)).to_string()
}

async fn suggestions(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> ApiResult {
    parameters.only_known(&["people", "minutes", "start", "end", "resource_type", "seats", "limit"])?;
    let wanted = read(&parameters, state.app.today()).map_err(AppError::BadParameter)?;
    let found = blocking(|| state.app.suggestions(&caller.actor, &wanted))?;
    let items: Vec<Json> = found.times.iter().map(|time| suggestion_json(&state, &found, time)).collect();
    Ok(axum::Json(json!({ "suggestions": items })).into_response())
}

/// Parses a request from an address; every invalid parameter is named.
pub fn read(parameters: &Parameters, today: Date) -> Result<Wanted, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = Vec::new();
    let text = |name: &str| parameters.get(name).map(str::trim).filter(|text| !text.is_empty());
    let mut wrong = |name: &str, code: &'static str, message: Message| {
        errors.push(FieldError::new(name, code, message));
    };
    let mut people: Vec<Id> = Vec::new();
    let given =
        parameters.0.iter().filter(|(name, _)| name == "people").flat_map(|(_, value)| value.split(','));
    for item in given.map(str::trim).filter(|item| !item.is_empty()) {
        match item.parse() {
            Ok(id) if !people.contains(&id) => people.push(id),
            Ok(_) => {}
            Err(_) => wrong("people", "type", "Must be ids of users.".into()),
        }
    }
    if people.is_empty() {
        wrong("people", "required", "Enter at least one person.".into());
    } else if people.len() > MAXIMUM_PEOPLE {
        wrong("people", "too_long", message!("Must have at most {MAXIMUM_PEOPLE} people.", MAXIMUM_PEOPLE));
    }
    let mut number = |name: &str, usual: i64, least: i64, most: i64| match text(name).map(str::parse::<i64>) {
        None => usual,
        Some(Ok(number)) if (least..=most).contains(&number) => number,
        Some(_) => {
            wrong(name, "range", message!("Must be a whole number from {least} to {most}.", least, most));
            usual
        }
    };
    let minutes = number("minutes", 60, *MINUTES.start(), *MINUTES.end());
    let most =
        number("limit", i64::try_from(LIMITS.0).unwrap_or(5), 1, i64::try_from(LIMITS.1).unwrap_or(50));
    let seats = text("seats").is_some().then(|| number("seats", 1, 1, 100_000));
    let mut day = |name: &str, usual: Date| match text(name).map(parse_date) {
        None => usual,
        Some(Ok(day)) => day,
        Some(Err((code, message))) => {
            wrong(name, code, message);
            usual
        }
    };
    let first = day("start", today);
    let after = day("end", first.saturating_add(14.days()));
    if after <= first {
        wrong("end", "order", "End must be after start.".into());
    } else if i64::from(first.until(after).map_or(0, |span| span.get_days())) > DAYS {
        wrong("end", "range", message!("Must be at most {DAYS} days.", DAYS));
    }
    let resource_type = text("resource_type").map(ToOwned::to_owned);
    if resource_type.as_deref().is_some_and(|name| !contains(RESOURCE_TYPES, name)) {
        wrong("resource_type", "choice", "Unknown resource type.".into());
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let most = usize::try_from(most).unwrap_or(LIMITS.0);
    Ok(Wanted { people, days: (first, after), minutes, resource_type, seats, most })
}

fn suggestion_json(state: &State, found: &Suggestions, time: &Suggestion) -> Json {
    let person = |id: &Id| json!({ "id": id, "name": found.names.get(id) });
    let busy: Vec<Json> = time
        .reasons
        .iter()
        .filter_map(|reason| match reason {
            Reason::Busy(busy) => Some(busy),
            _ => None,
        })
        .flatten()
        .map(|(id, index)| {
            let row = found.busy.get(index);
            json!({ "person": person(id), "title": row.map(|row| &*row.title) })
        })
        .collect();
    json!({
        "start": instant(state, time.span.start),
        "end": instant(state, time.span.end),
        "score": time.score,
        "all_free": time.fits(),
        "busy": busy,
        "place": time.place.as_ref().map(person),
        "reasons": sentences(found, time),
    })
}

/// Returns the reasons of a suggestion as sentences.
#[must_use]
pub fn sentences(found: &Suggestions, time: &Suggestion) -> Vec<Message> {
    let name = |id: &Id| found.names.get(id).map_or(Word::label("somebody"), Word::text);
    let names = |ids: &[Id]| {
        let named = Word::list(Joining::Comma, ids.iter().take(3).map(name));
        match ids.len().saturating_sub(3) {
            0 => named,
            more => message!("{names} and {more} more", names = named, more).into(),
        }
    };
    let busy = |(person, index): &(Id, usize)| match found.busy.get(index) {
        Some(row) => {
            message!("{person} is at {event}", person = name(person), event = Word::text(&row.title))
        }
        None => message!("{person} is busy", person = name(person)),
    };
    time.reasons
        .iter()
        .map(|reason| match reason {
            Reason::AllFree => "Everyone is free".into(),
            Reason::Busy(all) => Word::list(Joining::Semicolon, all.iter().map(busy)).into(),
            Reason::WorkingHours => "Within everyone's working hours".into(),
            Reason::OutsideHours(people) => {
                message!("Outside the working hours of {people}", people = names(people))
            }
            Reason::Holiday(name) => message!("The office is closed: {name}", name = Word::text(name)),
            Reason::OverLunch => "Runs into the lunch break".into(),
            Reason::NoBreak(people) => {
                message!("No break before or after for {people}", people = names(people))
            }
            Reason::Place(place) => message!("{place} is free", place = name(place)),
            Reason::NoPlace => "No suitable room is free".into(),
        })
        .collect()
}
