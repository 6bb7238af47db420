//! Quick add without script, and its bars on other pages.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use obcms_app::AppError;
use obcms_app::tasks::quick::Line;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK;
use obcms_domain::tasks::actions;
use serde_json::{Map, Value as Json, json};

use super::parts::back;
use crate::components::detail::{PageHead, page_head};
use crate::components::quick_add::{QuickAdd, quick_add};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::Form;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::written::error_of;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/tasks/quick", Access::Policy(Action::Create, TASK.area), show)
            .purpose("create tasks"),
        PageRoute::post("/tasks/quick", Access::Role, add),
    ]
}

/// Returns the bar of a page; what its filters ask for is given to the new task.
#[must_use]
pub fn bar(page: &Page, id: &str, defaults: Map<String, Json>, address: &str) -> QuickAdd {
    QuickAdd {
        id: id.to_owned(),
        label: t!("Add a task").to_owned(),
        defaults: if defaults.is_empty() { Json::Null } else { Json::Object(defaults) },
        back: address.to_owned(),
        csrf_token: page.csrf().to_owned(),
        ..QuickAdd::default()
    }
}

async fn show(SignedIn { page, .. }: SignedIn) -> Result<Html<String>, PageError> {
    let bar = bar(&page, "quick-add", Map::new(), "/tasks/quick");
    Ok(Html(draw(page, &bar)))
}

fn draw(page: Page, bar: &QuickAdd) -> String {
    let content = html! {
        (page_head(&PageHead { title: t!("Add a task").to_owned(), ..PageHead::default() }))
        (quick_add(bar))
        p.muted { (t!("A line says everything: @person, !high, #ppa:words, #label, days, times and “every month”. Put words in quotes to leave them as they are.")) }
    };
    page.below(t!("Tasks"), "/tasks").render(t!("Add a task"), &content).into_string()
}

/// `POST /tasks/quick`: `text`, `defaults` and `place`; leads to `back`.
async fn add(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let address = back(form.get("back"), "/tasks");
    let defaults = serde_json::from_str::<Map<String, Json>>(form.get("defaults")).unwrap_or_default();
    match blocking(|| {
        let line = Line::parse(&given(&form, &defaults))?;
        let task = state.app.create_quick_task(&actor, &line)?;
        Ok::<_, AppError>((task.title().to_owned(), state.app.undo_of_last(&actor, &TASK, task.id)?))
    }) {
        Ok((title, undo)) => Ok(done(&address, &t!("Task added: {title}", title), undo.as_deref())),
        // The line comes back with the reason.
        Err(AppError::Invalid(errors)) => {
            let error = error_of(&errors, actions::LINE.name()).unwrap_or_else(|| words::messages(&errors));
            let bar = QuickAdd {
                text: form.get("text").to_owned(),
                error: Some(error),
                ..bar(&page, "quick-add", defaults, &address)
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(draw(page, &bar))).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn given(form: &Form, defaults: &Map<String, Json>) -> Map<String, Json> {
    let mut given = Map::new();
    given.insert(actions::LINE.name().to_owned(), json!(form.get("text")));
    given.insert(actions::DEFAULTS.name().to_owned(), Json::Object(defaults.clone()));
    if form.has(actions::PLACE.name()) {
        given.insert(actions::PLACE.name().to_owned(), json!(form.get(actions::PLACE.name())));
    }
    given
}
