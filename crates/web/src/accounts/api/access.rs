//! Access to accounts: credentials, their revocation, set-up links and passwords.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::accounts::{Credentials, EndAccess, Ended};
use obcms_domain::accounts::{Action, Area, actions};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{feed, share};
use obcms_domain::registry::Record;
use obcms_domain::registry::action::{ActionInput, Member};
use obcms_domain::registry::shared::MADE_WITH;
use obcms_domain::registry::typed::Structure;
use serde_json::{Map, Value as Json, json};

use super::me::{session_json, token_json};
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::limits::ANONYMOUS_BODY;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let object = || json!({ "type": "object" });
    let manage = Access::Policy(Action::Manage, Area::Accounts);
    let routes = [
        Route::new(
            "post",
            "/api/v1/me/password",
            "Change my password and end my other sessions. Not with a token",
            Access::Account,
            post(change_password),
        )
        .action(&actions::CHANGE_PASSWORD)
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
        .action(&actions::END_ACCESS)
        .answers(200, object()),
        Route::new(
            "post",
            "/api/v1/users/{id}/setup-link",
            "Create a one-time link to set the password; sessions end, and remaining tokens, feeds and shares are listed. Not with a token",
            manage,
            post(setup_link),
        )
        .action(&actions::SETUP_LINK)
        .answers(201, object()),
    ];
    routes.into_iter().map(|route| route.tag("me")).collect()
}

/// Returns tokens, feeds and shares as in the API.
pub(super) fn programs(left: &Credentials) -> Json {
    let feed = |feed: &Record| {
        json!({ "id": feed.id, "name": feed.title(), "expires": feed::EXPIRES.get(feed),
            "last_read_at": feed::LAST_READ_AT.get(feed), "made_with": made_with(feed) })
    };
    let share = |share: &Record| {
        json!({ "id": share.id, "name": share.title(), "expires": share::EXPIRES.get(share),
            "last_viewed_at": share::LAST_VIEWED_AT.get(share), "made_with": made_with(share) })
    };
    json!({
        "tokens": left.tokens.iter().map(token_json).collect::<Vec<_>>(),
        "feeds": left.feeds.iter().map(feed).collect::<Vec<_>>(),
        "shares": left.shares.iter().map(share).collect::<Vec<_>>(),
    })
}

/// Returns the token that created the address of a feed or share.
fn made_with(record: &Record) -> Option<&str> {
    Some(MADE_WITH.get(record)).filter(|token| !token.is_empty())
}

fn left(state: &State, left: &Credentials) -> Json {
    let mut listed = programs(left);
    listed["sessions"] = left.sessions.iter().map(|session| session_json(state, session, false)).collect();
    listed
}

/// Returns the credentials that a member selects: all, none or those of some ids.
fn selected(member: &Member<Structure>, input: &ActionInput) -> Ended {
    match member.get(input) {
        Some(Json::Bool(true)) => Ended::All,
        Some(Json::Array(items)) => {
            Ended::These(items.iter().filter_map(|item| item.as_str()?.parse::<Id>().ok()).collect())
        }
        _ => Ended::None,
    }
}

/// Returns a password as it is given, with its blanks.
fn password<'a>(member: &Member<Structure>, input: &'a ActionInput) -> &'a str {
    member.get(input).and_then(Json::as_str).unwrap_or_default()
}

async fn show(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let found = blocking(|| {
        state.app.get(&caller.actor, &obcms_domain::kinds::USER, id.0)?;
        state.app.credentials_of(&caller.actor, id.0)
    })?;
    Ok(axum::Json(left(&state, &found)).into_response())
}

async fn end(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let input = body.action(&actions::END_ACCESS)?;
    let end = EndAccess {
        sessions: selected(&actions::SESSIONS, &input),
        tokens: selected(&actions::TOKENS, &input),
        feeds: selected(&actions::FEEDS, &input),
        shares: selected(&actions::SHARES, &input),
    };
    let found = blocking(|| state.app.end_access(&caller.actor, id.0, &end))?;
    Ok(axum::Json(left(&state, &found)).into_response())
}

/// Credentials that end with a password.
fn with_password(input: &ActionInput) -> EndAccess {
    EndAccess {
        sessions: Ended::None,
        tokens: selected(&actions::END_TOKENS, input),
        feeds: selected(&actions::END_FEEDS, input),
        shares: selected(&actions::END_SHARES, input),
    }
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
    let input = actions::SETUP_LINK.parse(&object).map_err(AppError::Invalid)?;
    let end = with_password(&input);
    let (secret, found) = blocking(|| {
        let secret = state.app.create_setup_link(&caller.actor, Some(id.0))?;
        Ok::<_, AppError>((secret, state.app.end_access(&caller.actor, id.0, &end)?))
    })?;
    let mut answer = left(&state, &found);
    answer["url"] = json!(format!("{}/setup/{secret}", caller.base));
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

async fn change_password(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let input = body.action(&actions::CHANGE_PASSWORD)?;
    let end = with_password(&input);
    let current = password(&actions::CURRENT_PASSWORD, &input);
    let new = password(&actions::NEW_PASSWORD, &input);
    let own = caller.session.as_ref().map(|session| session.id);
    let permit = state.hashing.turn_of(&caller.actor).await?;
    let changed = blocking(|| state.app.change_password(&caller.actor, current, new, own));
    drop(permit);
    changed?;
    let user = caller.actor.id.ok_or(AppError::Unauthorized)?;
    let found = blocking(|| state.app.end_access(&caller.actor, user, &end))?;
    Ok(axum::Json(left(&state, &found)).into_response())
}
