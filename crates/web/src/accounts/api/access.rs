//! How people come in: their credentials, ending them, and the links and passwords that open an account.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::accounts::{Credentials, EndAccess, Ended};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::core::id::Id;
use obcms_domain::registry::Record;
use serde_json::{Map, Value as Json, json};

use super::me::{session_json, token_json};
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::limits::ANONYMOUS_BODY;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// The operations of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let object = || json!({ "type": "object" });
    let manage = Access::Policy(Action::Manage, Area::Accounts);
    let ended = || {
        json!({ "type": ["boolean", "array"], "items": { "type": "string" },
            "description": "true for all, or ids" })
    };
    let routes = [
        Route::new(
            "post",
            "/api/v1/me/password",
            "Change my password and end my other sessions. Not with a token",
            Access::Account,
            post(change_password),
        )
        .body(json!({ "type": "object", "required": ["current", "new"], "properties": {
                "current": { "type": "string" }, "new": { "type": "string" },
                "end_tokens": ended(), "end_feeds": ended(), "end_shares": ended(),
            } }))
        .body_limit(ANONYMOUS_BODY)
        .answers(200, object()),
        Route::new(
            "get",
            "/api/v1/users/{id}/access",
            "Active sessions, tokens, feeds and shares of a user",
            manage,
            get(show),
        )
        .answers(200, object()),
        Route::new(
            "post",
            "/api/v1/users/{id}/end-access",
            "End sessions, tokens, feeds and shares of a user; returns those that remain",
            manage,
            post(end),
        )
        .body(json!({ "type": "object", "properties": {
            "sessions": ended(), "tokens": ended(), "feeds": ended(), "shares": ended() } }))
        .answers(200, object()),
        Route::new(
            "post",
            "/api/v1/users/{id}/setup-link",
            "Create a one-time link to set the password; sessions end, and remaining tokens, feeds and shares are listed. Not with a token",
            manage,
            post(setup_link),
        )
        .body(json!({ "type": "object", "properties": {
            "end_tokens": ended(), "end_feeds": ended(), "end_shares": ended() } }))
        .answers(201, object()),
    ];
    routes.into_iter().map(|route| route.tag("me")).collect()
}

/// Tokens, feeds and shares, as the API lists them beside each other.
pub(super) fn programs(left: &Credentials) -> Json {
    let feed = |feed: &Record| {
        json!({ "id": feed.id, "name": feed.title(), "expires": feed.instant("expires"),
            "last_read_at": feed.instant("last_read_at"), "made_with": made_with(feed) })
    };
    let share = |share: &Record| {
        json!({ "id": share.id, "name": share.title(), "expires": share.instant("expires"),
            "last_viewed_at": share.instant("last_viewed_at"), "made_with": made_with(share) })
    };
    json!({
        "tokens": left.tokens.iter().map(token_json).collect::<Vec<_>>(),
        "feeds": left.feeds.iter().map(feed).collect::<Vec<_>>(),
        "shares": left.shares.iter().map(share).collect::<Vec<_>>(),
    })
}

/// The token that made the address of a feed or share.
fn made_with(record: &Record) -> Option<&str> {
    Some(record.text("made_with")).filter(|token| !token.is_empty())
}

fn left(state: &State, left: &Credentials) -> Json {
    let mut listed = programs(left);
    listed["sessions"] = left.sessions.iter().map(|session| session_json(state, session, false)).collect();
    listed
}

/// Refuses members that mean nothing.
fn only(object: &Map<String, Json>, names: &[&str]) -> Result<(), AppError> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(AppError::field(name.as_str(), "unknown_field", "Unknown field.")),
        None => Ok(()),
    }
}

/// Which credentials a member names: all, none or those of some ids.
fn chosen(object: &Map<String, Json>, name: &str) -> Result<Ended, AppError> {
    let wrong = || AppError::field(name, "type", "Must be true, false or a list of ids.");
    match object.get(name) {
        None | Some(Json::Null | Json::Bool(false)) => Ok(Ended::None),
        Some(Json::Bool(true)) => Ok(Ended::All),
        Some(Json::Array(items)) => {
            let ids = items.iter().map(|item| item.as_str().and_then(|text| text.parse::<Id>().ok()));
            ids.collect::<Option<Vec<Id>>>().map(Ended::These).ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

fn text<'a>(object: &'a Map<String, Json>, name: &str) -> Result<&'a str, AppError> {
    object.get(name).and_then(Json::as_str).ok_or_else(|| AppError::field(name, "required", "Must be text."))
}

async fn show(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let found = blocking(|| {
        state.app.get(&caller.actor, &obcms_domain::kinds::USER, id.0)?;
        state.app.credentials_of(&caller.actor, id.0)
    })?;
    Ok(axum::Json(left(&state, &found)).into_response())
}

async fn end(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    only(&body.object, &["sessions", "tokens", "feeds", "shares"])?;
    let end = EndAccess {
        sessions: chosen(&body.object, "sessions")?,
        tokens: chosen(&body.object, "tokens")?,
        feeds: chosen(&body.object, "feeds")?,
        shares: chosen(&body.object, "shares")?,
    };
    let found = blocking(|| state.app.end_access(&caller.actor, id.0, &end))?;
    Ok(axum::Json(left(&state, &found)).into_response())
}

/// Credentials that end with a password, by the members `end_tokens`, `end_feeds` and `end_shares`.
fn with_password(object: &Map<String, Json>) -> Result<EndAccess, AppError> {
    Ok(EndAccess {
        sessions: Ended::None,
        tokens: chosen(object, "end_tokens")?,
        feeds: chosen(object, "end_feeds")?,
        shares: chosen(object, "end_shares")?,
    })
}

async fn setup_link(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Result<Body, Problem>,
) -> ApiResult {
    let object = match body {
        Ok(body) => body.object,
        // The body may be left out.
        Err(problem) if problem.status == StatusCode::UNSUPPORTED_MEDIA_TYPE => Map::new(),
        Err(problem) => return Err(problem),
    };
    only(&object, &["end_tokens", "end_feeds", "end_shares"])?;
    let end = with_password(&object)?;
    let (secret, found) = blocking(|| {
        let secret = state.app.create_setup_link(&caller.actor, Some(id.0))?;
        Ok::<_, AppError>((secret, state.app.end_access(&caller.actor, id.0, &end)?))
    })?;
    let mut answer = left(&state, &found);
    answer["url"] = json!(format!("{}/setup/{secret}", caller.base));
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

async fn change_password(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    only(&body.object, &["current", "new", "end_tokens", "end_feeds", "end_shares"])?;
    let end = with_password(&body.object)?;
    let (current, new) = (text(&body.object, "current")?, text(&body.object, "new")?);
    let own = caller.session.as_ref().map(|session| session.id);
    let permit = state.hashing.turn_of(&caller.actor).await?;
    let changed = blocking(|| state.app.change_password(&caller.actor, current, new, own));
    drop(permit);
    changed?;
    let user = caller.actor.id.ok_or(AppError::Unauthorized)?;
    let found = blocking(|| state.app.end_access(&caller.actor, user, &end))?;
    Ok(axum::Json(left(&state, &found)).into_response())
}
