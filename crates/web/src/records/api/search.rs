//! Search over all kinds.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_app::records::search::{Hit, LIMIT, MAXIMUM_LIMIT};
use obcms_domain::core::message::Word;
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::registry::Kind;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::pages::value::state_words;

/// Operation of the search.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/search",
            "Search across all kinds, ranked, of what the caller may see",
            Access::Role,
            get(search),
        )
        .tag("search")
        .query(&[
            ("q", "Words or their beginnings; all must occur"),
            ("kinds", "Only these kinds, separated by commas"),
            ("limit", "Maximum number, 1 to 100"),
        ])
        .answers(200, json!({ "type": "object" })),
    ]
}

async fn search(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["q", "kinds", "limit"])?;
    let only = kinds_of(&parameters)?;
    let limit = parameters.number("limit", LIMIT, 1..=MAXIMUM_LIMIT)?;
    let text = parameters.get("q").unwrap_or_default();
    let hits = blocking(|| state.app.search(&caller.actor, text, &only, limit))?;
    let items: Vec<Json> = hits.iter().map(item).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

/// Returns the kinds that a search is limited to.
pub fn kinds_of(parameters: &Parameters) -> Result<Vec<&'static Kind>, Problem> {
    parameters
        .get("kinds")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            kinds::by_name(name).ok_or_else(|| {
                Parameters::wrong("kinds", message!("Unknown kind: {name}.", name = Word::text(name)))
            })
        })
        .collect()
}

fn item(hit: &Hit) -> Json {
    json!({
        "kind": hit.kind.name, "id": hit.id, "title": hit.title, "subtitle": subtitle(hit),
        "url": hit.kind.url(hit.id), "module": hit.kind.module.key(), "state": hit.state,
        "date": hit.date,
    })
}

/// Returns kind, state and date as text, which tell records of one title apart.
#[must_use]
pub fn subtitle(hit: &Hit) -> String {
    let mut parts = vec![hit.kind.label.to_owned()];
    if !hit.state.is_empty() {
        parts.push(state_words(hit.kind, &hit.state).to_string());
    }
    parts.extend(hit.date.map(|date| date.strftime("%-d %b %Y").to_string()));
    parts.join(" · ")
}
