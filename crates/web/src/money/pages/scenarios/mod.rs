//! Pages of budget scenarios: candidates with their amounts, distribution, adoption and comparison.

mod adopt;
mod board;
mod compare;
mod limits;

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::money::scenarios::DRAFT;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, SCENARIO, scenario};
use obcms_domain::registry::Record;

use crate::components::badges::Tone;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::feedback::notice;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, Parameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::refused::Refused;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::{detail as generic, history_panel};

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    let edits = Access::Policy(Action::Edit, SCENARIO.area);
    vec![
        PageRoute::get("/scenarios/compare", Access::Policy(Action::View, SCENARIO.area), compare::show)
            .purpose("see scenarios"),
        PageRoute::get("/scenarios/{id}", Access::Role, show),
        PageRoute::post("/scenarios/{id}/allocations", edits, board::allocate).purpose("change scenarios"),
        PageRoute::post("/scenarios/{id}/distribute", edits, board::distribute).purpose("change scenarios"),
        PageRoute::post(
            "/scenarios/{id}/adopt",
            Access::Policy(Action::Transition, SCENARIO.area),
            adopt::adopt,
        )
        .purpose("adopt scenarios"),
    ]
}

/// Actions in the head of the list.
pub fn list_actions(_: &Page, _: &Actor) -> Markup {
    button_link(t!("Compare"), "/scenarios/compare", "columns-3", ButtonKind::Plain)
}

/// Part of the page of a scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Overview,
    Adopt,
    History,
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let Parameters(given) = parameters.known(&["tab", "ceilings", "enforcement", "update_ceilings"]);
    let form = Form(given);
    let part = match form.get("tab") {
        "history" => Part::History,
        "adopt" => Part::Adopt,
        _ => Part::Overview,
    };
    let refused =
        Refused { form: if part == Part::Adopt { form } else { Form::default() }, ..Refused::default() };
    Ok(Html(blocking(|| draw(&state, &page, &actor, id.0, part, &refused))?))
}

/// Returns true if the actor may change the scenario now.
fn may_change(state: &State, actor: &Actor, record: &Record) -> Result<bool, AppError> {
    let is_open = !record.is_archived() && !actor.read_only && scenario::STATUS.get(record) == DRAFT;
    Ok(is_open && state.app.read(|tx| actor.may_on(tx, Action::Edit, record))?)
}

fn draw(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    part: Part,
    refused: &Refused,
) -> Result<String, AppError> {
    let record = state.app.get(actor, &SCENARIO, id)?;
    let may_change = may_change(state, actor, &record)?;
    let may_adopt = may_change && actor.may(Action::Enact, PPA.area);
    let part = if part == Part::Adopt && !may_adopt { Part::Overview } else { part };
    let body = match part {
        Part::History => history_panel(state, page, actor, &SCENARIO, id)?,
        Part::Adopt => adopt::panel(state, page, actor, &record, refused)?,
        Part::Overview => board::overview(state, page, actor, &record, may_change, refused)?,
    };
    let address = SCENARIO.url(id);
    let tab = |label: &str, query: &str, of: Part| Tab {
        label: label.to_owned(),
        href: format!("{address}{query}"),
        count: None,
        current: part == of,
    };
    let mut parts = vec![tab(t!("Overview"), "", Part::Overview)];
    if may_adopt {
        parts.push(tab(t!("Adopt"), "?tab=adopt", Part::Adopt));
    }
    parts.push(tab(t!("History"), "?tab=history", Part::History));
    let content = html! {
        (generic::head(state, page, actor, &record)?)
        @if record.is_archived() {
            (notice(Tone::Warning, &html! { (t!("Archived: not in lists. Restore it to change its allocations.")) }))
        }
        (tabs(t!("Parts of this page"), &parts))
        (body)
    };
    Ok(page
        .clone()
        .below(words::label(SCENARIO.plural), "/scenarios")
        .render(record.title(), &content)
        .into_string())
}

/// The page again with what was typed and why it was refused.
fn refuse(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    part: Part,
    form: Form,
    error: AppError,
) -> Result<Response, PageError> {
    let (status, refused) = Refused::read(form, error)?;
    let html = blocking(|| draw(state, page, actor, id, part, &refused))?;
    Ok((status, Html(html)).into_response())
}
