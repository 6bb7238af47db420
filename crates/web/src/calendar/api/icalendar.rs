//! iCalendar: `GET /calendar.ics`, and responses of feeds at secret addresses.

use std::time::Instant;

use axum::body::Body;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_app::calendar::icalendar::{About, SerializedCalendar};
use obcms_app::calendar::{CalendarQuery, FILTERS};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{FEED, feed};
use obcms_domain::registry::Module;

use super::calendar::{etag, is_known};
use crate::core::address::base_address;
use crate::core::caller::Caller;
use crate::core::feeds::{ChunkSource, Content, FeedKey, Rendered};
use crate::core::guard::{RECHECK, broken_off};
use crate::core::input::{Parameters, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response_to;

/// Format of times in headers.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Operation of the download.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/calendar.ics",
            "The calendar as iCalendar (RFC 5545), series unexpanded",
            Access::Role,
            get(download),
        )
        .query(&[
            ("start", "First day or instant; without a window, from a year ago to two years ahead"),
            ("end", "First day or instant after the window, at most 400 days after the start"),
        ])
        .query(&FILTERS)
        .tag("calendar"),
        Route::new(
            "post",
            "/api/v1/feeds/{id}/renew",
            "Create a new address for a feed; the old one stops working",
            Access::Policy(Action::Edit, FEED.area),
            post(renew),
        )
        .answers(200, openapi::reference(&FEED))
        .tag("feeds"),
    ]
}

async fn renew(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let expected = expected_version(&headers)?;
    let record = blocking(|| state.app.renew_feed(&caller.actor, id.0, expected))?;
    record_response_to(&state, &caller, StatusCode::OK, &record)
}

/// Serves a feed to a reader with its secret.
pub fn of_feed(state: &State, headers: &HeaderMap, secret: &str) -> Result<Response, Problem> {
    let response = blocking(|| {
        let (feed, owner) = state.app.feed_by_secret(secret)?;
        let query = state.app.feed_query(&feed);
        let about = About {
            name: feed::NAME.get(&feed).to_owned(),
            module: only(&query.modules),
            address: Some(base_address(state, headers)).filter(|base| !base.is_empty()),
        };
        let asked = vec![("feed".to_owned(), format!("{} {}", feed.id, feed.version))];
        let response = answer(state, &owner, headers, &query, &about, asked)?;
        let response = while_feed_lives(state, secret, response);
        let now = state.app.now();
        if let Some(count) = state.feed_reads.note(feed.id, now)
            && !state.app.note_feed_reads(feed.id, now, count)
        {
            state.feed_reads.give_back(feed.id, count);
        }
        Ok::<_, AppError>(response)
    });
    Ok(response?)
}

/// Breaks off a long response when the feed is revoked or its owner loses access.
fn while_feed_lives(state: &State, secret: &str, response: Response) -> Response {
    let (app, secret, mut checked) = (state.app.clone(), secret.to_owned(), Instant::now());
    broken_off(response, move || {
        if checked.elapsed() < RECHECK {
            return Ok(());
        }
        checked = Instant::now();
        blocking(|| app.feed_by_secret(&secret)).map(drop).map_err(|_| "revoked".to_owned())
    })
}

async fn download(
    AxumState(state): AxumState<State>,
    caller: Caller,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let query = CalendarQuery::parse_for_programs(&parameters.0, &state.app)?;
    let about = About {
        name: name_of(&query.modules),
        module: only(&query.modules),
        address: Some(caller.base).filter(|base| !base.is_empty()),
    };
    let mut response = blocking(|| answer(&state, &caller.actor, &headers, &query, &about, parameters.0))?;
    let answered = response.headers_mut();
    answered.insert(header::VARY, HeaderValue::from_static("cookie, authorization"));
    let name = HeaderValue::from_static("attachment; filename=\"calendar.ics\"");
    answered.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Returns the module when there is only one.
#[must_use]
pub fn only(modules: &[Module]) -> Option<Module> {
    match modules {
        [one] => Some(*one),
        _ => None,
    }
}

fn name_of(modules: &[Module]) -> String {
    let labels: Vec<&str> = modules.iter().map(|module| module.label()).collect();
    if labels.is_empty() { "OBCMS calendar".to_owned() } else { format!("OBCMS: {}", labels.join(", ")) }
}

/// Returns the calendar of a query for the actor, or 304. A rendered feed is reused while the revision is the same.
pub fn answer(
    state: &State,
    actor: &Actor,
    headers: &HeaderMap,
    query: &CalendarQuery,
    about: &About,
    mut asked: Vec<(String, String)>,
) -> Result<Response, AppError> {
    asked.extend([
        ("format".to_owned(), "ics".to_owned()),
        ("name".to_owned(), about.name.clone()),
        ("address".to_owned(), about.address.clone().unwrap_or_default()),
        ("window".to_owned(), query.window.start.to_string()),
    ]);
    let key = FeedKey { actor: actor.into(), asked };
    let Rendered { content, etag, .. } = match state.feeds.find(&key, state.app.state()?, state.app.now())? {
        Some(rendered) => rendered,
        None => {
            let (number, written) = state.app.icalendar(actor, query, about)?;
            let etag = etag(written.digest);
            let rendered = Rendered { state: number, content: Content::of(written)?, etag, until: None };
            state.feeds.keep(key, rendered.clone());
            rendered
        }
    };
    let changed = state.app.icalendar_changed_at()?;
    let mut response = if has_it(headers, &etag, changed) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(content));
        let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    };
    let answered = response.headers_mut();
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let changed = changed.to_zoned(TimeZone::UTC).strftime(HTTP_DATE).to_string();
    for (name, value) in [(header::ETAG, etag), (header::LAST_MODIFIED, changed)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answered.insert(name, value);
        }
    }
    Ok(response)
}

impl ChunkSource for SerializedCalendar {
    fn count(&self) -> usize {
        self.count()
    }

    fn write(&self, position: usize, out: &mut Vec<u8>) -> Result<(), AppError> {
        self.write(position, out);
        Ok(())
    }
}

/// Returns true if the client has the present version. An ETag has precedence over a time (RFC 9110, 13.2.2).
fn has_it(headers: &HeaderMap, etag: &str, changed: Timestamp) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return is_known(headers, etag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    // Only the exact time that was sent counts: after a clock was set back, later changes have earlier times.
    since.is_some_and(|since| changed.as_second() == since.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn time_counts_only_without_an_etag() {
        let changed: Timestamp = "2027-01-25T09:00:00.5Z".parse().unwrap();
        let since = |text: &str| has_it(&asking(header::IF_MODIFIED_SINCE, text), "W/\"1\"", changed);
        assert!(since("Mon, 25 Jan 2027 09:00:00 GMT"));
        assert!(!since("Mon, 25 Jan 2027 08:59:59 GMT"));
        assert!(!since("yesterday"));
        let mut both = asking(header::IF_MODIFIED_SINCE, "Mon, 25 Jan 2027 09:00:00 GMT");
        both.insert(header::IF_NONE_MATCH, HeaderValue::from_static("W/\"2\""));
        assert!(!has_it(&both, "W/\"1\"", changed));
        assert!(has_it(&asking(header::IF_NONE_MATCH, "\"2\", \"1\""), "W/\"1\"", changed));
        assert!(!has_it(&HeaderMap::new(), "W/\"1\"", changed));
    }

    #[test]
    fn a_calendar_is_named_by_its_modules() {
        assert_eq!(name_of(&[]), "OBCMS calendar");
        assert_eq!(name_of(&[Module::Tasks, Module::Policy]), "OBCMS: Tasks, Policy");
    }
}
