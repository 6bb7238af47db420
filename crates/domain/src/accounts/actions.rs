//! Bodies of the actions on accounts.

use serde_json::{Value as Json, json};

use crate::choices::TOKEN_SCOPES;
use crate::core::id::Id;
use crate::core::message::Message;
use crate::message;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Structure, Text};

fn check_selection(json: &Json) -> Result<(), Message> {
    let is_id = |item: &Json| item.as_str().is_some_and(|text| text.parse::<Id>().is_ok());
    match json {
        Json::Bool(_) => Ok(()),
        Json::Array(items) if items.iter().all(is_id) => Ok(()),
        _ => Err("Must be true, false or a list of ids.".into()),
    }
}

fn selection_schema() -> Json {
    json!({ "type": ["boolean", "array"], "items": { "type": "string" } })
}

const fn selection(name: &'static str, label: &'static str) -> Member<Structure> {
    Member::raw(name, label, check_selection, selection_schema).help("true for all, or ids")
}

/// Sessions that end.
pub const SESSIONS: Member<Structure> = selection("sessions", "Sessions");
/// Tokens that end.
pub const TOKENS: Member<Structure> = selection("tokens", "Tokens");
/// Feeds that end.
pub const FEEDS: Member<Structure> = selection("feeds", "Feeds");
/// Shares that end.
pub const SHARES: Member<Structure> = selection("shares", "Shares");

/// `POST /users/ID/end-access`.
pub const END_ACCESS: ActionBody =
    ActionBody::new(&[SESSIONS.field(), TOKENS.field(), FEEDS.field(), SHARES.field()]);

/// Tokens that end with the old password.
pub const END_TOKENS: Member<Structure> = selection("end_tokens", "End tokens");
/// Feeds that end with the old password.
pub const END_FEEDS: Member<Structure> = selection("end_feeds", "End feeds");
/// Shares that end with the old password.
pub const END_SHARES: Member<Structure> = selection("end_shares", "End shares");
/// Present password.
pub const CURRENT_PASSWORD: Member<Structure> =
    Member::raw("current", "Current password", check_text, text_schema).required();
/// New password.
pub const NEW_PASSWORD: Member<Structure> =
    Member::raw("new", "New password", check_text, text_schema).required();

// A password keeps its blanks and has its own limits.
fn check_text(json: &Json) -> Result<(), Message> {
    if json.is_string() { Ok(()) } else { Err("Must be text.".into()) }
}

fn text_schema() -> Json {
    json!({ "type": "string" })
}

/// `POST /users/ID/setup-link`.
pub const SETUP_LINK: ActionBody =
    ActionBody::new(&[END_TOKENS.field(), END_FEEDS.field(), END_SHARES.field()]);
/// `POST /me/password`.
pub const CHANGE_PASSWORD: ActionBody = ActionBody::new(&[
    CURRENT_PASSWORD.field(),
    NEW_PASSWORD.field(),
    END_TOKENS.field(),
    END_FEEDS.field(),
    END_SHARES.field(),
]);

/// Name of a token.
pub const TOKEN_NAME: Member<Text> = Member::text("name", "Name", TOKEN_NAME_LENGTH).required();
/// Rights of a token.
pub const TOKEN_SCOPE: Member<Text> = Member::choice("scope", "Scope", TOKEN_SCOPES);
/// Days until a token expires.
pub const EXPIRES_DAYS: Member<Structure> =
    Member::raw("expires_days", "Expires in days", check_days, days_schema)
        .help("Days until it expires; `never` or null for no expiry");
/// Instant at which a token expires.
pub const EXPIRES: Member<Structure> = Member::raw("expires", "Expires", check_instant, instant_schema)
    .help("Instant at which it expires; `never` or null for no expiry");
/// Older name of [`EXPIRES_DAYS`].
pub const DAYS: Member<Structure> =
    Member::raw("days", "Days", check_days, days_schema).help("Older name of `expires_days`");

/// Days that a token lives at most.
pub const TOKEN_DAYS: i64 = 3650;
/// Characters of the name of a token at most.
pub const TOKEN_NAME_LENGTH: usize = 100;
/// Word for a token without an end.
pub const NEVER: &str = "never";

fn check_days(json: &Json) -> Result<(), Message> {
    let is_allowed = json.as_i64().is_some_and(|days| (1..=TOKEN_DAYS).contains(&days));
    if is_allowed || json == NEVER {
        Ok(())
    } else {
        Err(message!("Must be a whole number of days from 1 to {TOKEN_DAYS}, or never.", TOKEN_DAYS))
    }
}

fn check_instant(json: &Json) -> Result<(), Message> {
    let is_instant = json.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok());
    if is_instant || json == NEVER {
        Ok(())
    } else {
        Err("Must be an instant such as 2027-01-31T17:00:00+08:00, or never.".into())
    }
}

fn days_schema() -> Json {
    json!({ "type": ["integer", "string", "null"] })
}

fn instant_schema() -> Json {
    json!({ "type": ["string", "null"] })
}

/// `POST /me/tokens`.
pub const CREATE_TOKEN: ActionBody = ActionBody::new(&[
    TOKEN_NAME.field(),
    TOKEN_SCOPE.field(),
    EXPIRES_DAYS.field(),
    EXPIRES.field(),
    DAYS.field(),
]);
