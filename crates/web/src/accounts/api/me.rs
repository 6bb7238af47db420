//! Account of the caller, and administration of accounts.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use obcms_app::AppError;
use obcms_app::accounts::{EndAccess, Ended, TokenEnd};
use obcms_domain::accounts::{Action, Area, actions};
use obcms_domain::kinds::USER;
use obcms_domain::registry::action::ActionInput;
use obcms_store::accounts::{Session, Token};
use serde_json::{Value as Json, json};

use super::access::programs;
use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let object = || json!({ "type": "object" });
    let manage = Access::Policy(Action::Manage, Area::Accounts);
    let routes = [
        Route::new("get", "/api/v1/me", "My account", Access::Account, get(show)).answers(200, object()),
        Route::new("patch", "/api/v1/me", "Change my profile", Access::Account, patch(save))
            .body(object())
            .answers(200, object()),
        Route::new("get", "/api/v1/me/sessions", "My sessions", Access::Account, get(sessions))
            .answers(200, object()),
        Route::new(
            "delete",
            "/api/v1/me/sessions",
            "End my other sessions",
            Access::Account,
            delete(revoke_other_sessions),
        )
        .answers(204, Json::Null),
        Route::new(
            "delete",
            "/api/v1/me/sessions/{id}",
            "End one of my sessions",
            Access::Account,
            delete(revoke_session),
        )
        .answers(204, Json::Null),
        Route::new("get", "/api/v1/me/tokens", "My tokens", Access::Account, get(tokens))
            .answers(200, object()),
        Route::new(
            "post",
            "/api/v1/me/tokens",
            "Create a token; its secret is returned once. Expires after 90 days unless given otherwise",
            Access::Role,
            post(create_token),
        )
        .action(&actions::CREATE_TOKEN)
        .answers(201, object()),
        Route::new(
            "get",
            "/api/v1/me/tokens/{id}/made",
            "Tokens, feeds and shares created with one of my tokens",
            Access::Account,
            get(made_with_token),
        )
        .answers(200, object()),
        Route::new(
            "delete",
            "/api/v1/me/tokens/{id}",
            "Revoke one of my tokens and the tokens created with it",
            Access::Account,
            delete(revoke_token),
        )
        .query(&[
            ("end_feeds", "`true`, or ids joined by commas: feeds created with it to revoke too"),
            ("end_shares", "`true`, or ids joined by commas: shares created with it to revoke too"),
        ])
        .answers(204, Json::Null),
        Route::new("post", "/api/v1/users/{id}/disable", "Disable an account", manage, post(disable))
            .answers(200, object()),
        Route::new("post", "/api/v1/users/{id}/enable", "Enable an account", manage, post(enable))
            .answers(200, object()),
    ];
    routes.into_iter().map(|route| route.tag("me")).collect()
}

async fn show(AxumState(state): AxumState<State>, caller: Caller) -> ApiResult {
    let id = caller.actor.id.ok_or(AppError::Unauthorized)?;
    let user = blocking(|| state.app.read(|tx| Ok(obcms_store::records::load(tx, &USER, id)?)))?;
    record_response(&state, StatusCode::OK, &user.ok_or(AppError::Unauthorized)?)
}

async fn save(
    AxumState(state): AxumState<State>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let user = blocking(|| state.app.update_profile(&caller.actor, &body.object, expected))?;
    record_response(&state, StatusCode::OK, &user)
}

pub(super) fn session_json(state: &State, session: &Session, own: bool) -> Json {
    json!({
        "id": session.id, "created_at": session.created_at, "last_seen_at": session.last_seen_at,
        "expires_at": state.app.session_end(session), "address": session.address, "agent": session.agent, "current": own,
    })
}

async fn sessions(AxumState(state): AxumState<State>, caller: Caller) -> ApiResult {
    let own = caller.session.as_ref().map(|session| session.id);
    let sessions = blocking(|| state.app.sessions(&caller.actor))?;
    let items: Vec<Json> =
        sessions.iter().map(|session| session_json(&state, session, own == Some(session.id))).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

async fn revoke_other_sessions(AxumState(state): AxumState<State>, caller: Caller) -> ApiResult {
    blocking(|| state.app.revoke_other_sessions(&caller.actor))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn revoke_session(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    blocking(|| state.app.revoke_session(&caller.actor, id.0))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) fn token_json(token: &Token) -> Json {
    json!({
        "id": token.id, "name": token.name, "scope": token.scope, "created_at": token.created_at,
        "expires_at": token.expires_at, "last_used_at": token.last_used_at, "revoked_at": token.revoked_at,
        "made_with": token.parent_id,
    })
}

async fn tokens(AxumState(state): AxumState<State>, caller: Caller) -> ApiResult {
    let tokens = blocking(|| state.app.tokens(&caller.actor))?;
    let items: Vec<Json> = tokens.iter().map(token_json).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

/// Returns the expiry of a token, and the member that gives it.
fn token_end(input: &ActionInput) -> Result<(&'static str, TokenEnd), AppError> {
    let members = [&actions::EXPIRES_DAYS, &actions::EXPIRES, &actions::DAYS];
    let mut given = members.into_iter().filter(|member| member.is_given(input));
    let Some(member) = given.next() else {
        return Ok((actions::EXPIRES_DAYS.name(), TokenEnd::Usual));
    };
    if given.next().is_some() {
        let error = member.error("ambiguous", "Send only one of the expiry members.");
        return Err(AppError::Invalid(vec![error]));
    }
    let end = match member.get(input) {
        Some(Json::Number(days)) => days.as_i64().map_or(TokenEnd::Never, TokenEnd::Days),
        Some(Json::String(text)) => text.parse().map_or(TokenEnd::Never, TokenEnd::At),
        _ => TokenEnd::Never,
    };
    Ok((member.name(), end))
}

/// Names the expiry of the token in an error by the member that the caller used.
fn about_field(error: AppError, name: &str) -> AppError {
    match error {
        AppError::Invalid(mut errors) => {
            errors
                .iter_mut()
                .filter(|error| error.field == "days")
                .for_each(|error| error.field = name.to_owned());
            AppError::Invalid(errors)
        }
        other => other,
    }
}

async fn create_token(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let input = body.action(&actions::CREATE_TOKEN)?;
    let scope = actions::TOKEN_SCOPE.given(&input).unwrap_or("write");
    let (field, end) = token_end(&input)?;
    let (secret, token) =
        blocking(|| state.app.create_token(&caller.actor, actions::TOKEN_NAME.get(&input), scope, end))
            .map_err(|error| about_field(error, field))?;
    let mut object = token_json(&token);
    object["token"] = json!(secret);
    let mut response = (StatusCode::CREATED, axum::Json(object)).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("/api/v1/me/tokens/{}", token.id)) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

async fn made_with_token(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let made = blocking(|| state.app.made_with_token(&caller.actor, id.0))?;
    Ok(axum::Json(programs(&made)).into_response())
}

/// Returns the addresses of a token that end with it, from a parameter.
fn ended(parameters: &Parameters, name: &'static str) -> Result<Ended, Problem> {
    match parameters.get(name).unwrap_or_default() {
        "" | "false" => Ok(Ended::None),
        "true" => Ok(Ended::All),
        ids => ids
            .split(',')
            .map(|id| id.trim().parse())
            .collect::<Result<_, _>>()
            .map(Ended::These)
            .map_err(|_| Parameters::wrong(name, "Must be true, false or ids joined by commas.")),
    }
}

async fn revoke_token(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> ApiResult {
    parameters.only(&["end_feeds", "end_shares"])?;
    let end = EndAccess {
        feeds: ended(&parameters, "end_feeds")?,
        shares: ended(&parameters, "end_shares")?,
        ..EndAccess::default()
    };
    blocking(|| state.app.revoke_token(&caller.actor, id.0, &end))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn disable(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let user = blocking(|| state.app.set_disabled(&caller.actor, id.0, true))?;
    record_response(&state, StatusCode::OK, &user)
}

async fn enable(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let user = blocking(|| state.app.set_disabled(&caller.actor, id.0, false))?;
    record_response(&state, StatusCode::OK, &user)
}
