//! Saved views of the calendar: named filters and view, owned by one person.

use maud::{Markup, html};
use obcms_app::accounts::user_settings::{CALENDAR, UserSettings};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds::{SAVED_VIEW, saved_view};
use obcms_domain::registry::Record;

use super::asked::FILTERS;
use crate::components::icons::icon;
use crate::components::words::{t, t_html};
use crate::core::state::State;
use crate::records::may_create;
use crate::records::pages::views;

/// Parameters of the view that are remembered beside the filters. A date is none: the calendar opens at today.
const REMEMBERED: [&str; 6] = ["view", "weeks", "next", "span", "modules", "mine"];

/// Returns the saved views of the person for this page, in order, then those that others share.
pub fn of(state: &State, actor: &Actor) -> Result<Vec<Record>, AppError> {
    views::of(state, actor, "calendar")
}

/// Returns the default view of the page.
pub fn usual(actor: &Actor, views: &[Record]) -> Option<String> {
    let view = views.iter().find(|view| views::is_own(actor, view) && saved_view::IS_DEFAULT.get(view))?;
    let query = as_query(saved_view::QUERY.get(view));
    (!query.is_empty()).then_some(query)
}

/// Returns the view as the person left it.
pub fn left(settings: &UserSettings) -> Option<String> {
    let values = settings.get(CALENDAR)?;
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for (name, value) in values.iter().filter_map(|value| value.split_once('=')) {
        if !REMEMBERED.contains(&name) && !FILTERS.iter().any(|(filter, _)| *filter == name) {
            continue;
        }
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => pairs.push((name, value.to_owned())),
        }
    }
    Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
        .filter(|query| !query.is_empty())
}

/// Returns the initial view by the preferences of the person, who sees what concerns them; `None` without preferences.
pub fn preferred(actor: &Actor) -> Option<String> {
    let defaults = &actor.calendar;
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !["", "month"].contains(&defaults.view.as_str()) {
        query.append_pair("view", &defaults.view);
    }
    if !defaults.modules.is_empty() {
        query.append_pair("modules", &defaults.modules.join(","));
    }
    let query = query.finish();
    (!query.is_empty()).then(|| format!("{query}&mine=true"))
}

/// Only a query may follow the question mark.
fn as_query(text: &str) -> String {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(text.trim_start_matches('?').as_bytes()).into_owned().collect();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// Menu with the saved views and the form that saves the present one.
pub fn menu(actor: &Actor, views: &[Record]) -> Markup {
    if !may_create(actor, &SAVED_VIEW) {
        return html! {};
    }
    html! {
        details.menu.calendar-presets data-presets {
            summary.button { (icon("bookmark")) (t!("Views")) }
            div #calendar-presets .menu-panel data-live="saved_view" {
                @if !views.is_empty() { p.menu-label { (t!("Saved views")) } }
                @for view in views { (preset(actor, view)) }
                @if !views.is_empty() { div.menu-line {} }
                form.preset-new data-preset-new data-plain {
                    label for="preset-name" { (t!("Save current view as")) }
                    div {
                        input #preset-name .input type="text" name="name" maxlength="80" required
                            autocomplete="off" placeholder=(t!("My week"));
                        button.button data-kind="main" type="submit" { (t!("Save")) }
                    }
                }
            }
        }
    }
}

fn preset(actor: &Actor, view: &Record) -> Markup {
    let name = view.title();
    let is_default = saved_view::IS_DEFAULT.get(view);
    let is_own = views::is_own(actor, view);
    html! {
        div.preset id={ "preset-" (view.id) } data-preset=(view.id) data-name=(name) {
            a.menu-item href={ "/calendar?" (as_query(saved_view::QUERY.get(view))) } {
                span.grow { (name) }
                @if is_default && is_own { small.faint { (t!("default")) } }
                @if !is_own { small.faint { (t!("of the office")) } }
            }
            @if is_own {
            button.button data-kind="quiet" data-only="icon" type="button" data-preset-default=(!is_default)
                aria-pressed=(if is_default { "true" } else { "false" })
                title=(if is_default { t!("Remove as default") } else { t!("Make default") })
                aria-label={ (t_html!("Make {name} the default view", name)) } { (icon("star")) }
            button.button data-kind="quiet" data-only="icon" type="button" data-preset-rename title=(t!("Rename"))
                aria-label={ (t_html!("Rename {name}", name)) } { (icon("pencil")) }
            button.button data-kind="quiet" data-only="icon" type="button" data-preset-delete title=(t!("Delete"))
                aria-label={ (t_html!("Delete {name}", name)) } { (icon("trash-2")) }
            }
        }
    }
}
