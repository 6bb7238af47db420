//! Calendar page. A script draws the views; without it the window is a list.

mod asked;
mod filtering;
pub mod find_time;
mod panels;
mod plain;
mod presets;
mod print;

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Weekday;
use maud::html;
use obcms_app::calendar::{Feed, Rows};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds::{self, date_roles as roles};
use obcms_domain::registry::{DateRole, Field, FieldType, Initial, Kind, Module};
use serde_json::{Value as Json, json};

use self::asked::{Asked, NO_MODULE};
use crate::calendar::components::{Calendar, CalendarCreate, CalendarModule, calendar, quick_filters};
use crate::components::frame::Width;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::tasks::pages::editable::choices;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/calendar/find-time", Access::Role, find_time::show),
        PageRoute::get("/calendar", Access::Role, show),
        PageRoute::get("/calendar/panels", Access::Role, panels::show),
        PageRoute::get("/calendar/print", Access::Role, print::show),
    ]
}

/// Returns the first day of the week of the person.
fn week_start(actor: &Actor) -> Weekday {
    if actor.week_start == "sunday" { Weekday::Sunday } else { Weekday::Monday }
}

async fn show(
    SignedIn { page, actor }: SignedIn,
    AxumState(state): AxumState<State>,
    parameters: PageParameters,
) -> Result<Response, PageError> {
    let parameters = parameters.matching(|name| Asked::knows(name) || name == "plain");
    let mut asked = Asked::read(&parameters);
    if Asked::adds(&parameters) {
        return Ok(Redirect::to(&asked.address("/calendar", asked.date)).into_response());
    }
    let views = blocking(|| presets::of(&state, &actor))?;
    if parameters.0.is_empty() {
        let left = presets::usual(&actor, &views).or_else(|| presets::left(page.settings()));
        if let Some(query) = left.or_else(|| presets::preferred(&actor)) {
            return Ok(Redirect::to(&format!("/calendar?{query}")).into_response());
        }
        asked.mine = true;
    }
    let zone = page.zone();
    let today = state.app.now().to_zoned(zone.clone()).date();
    let (first, after_last) = asked.window(today, week_start(&actor));
    // The script requests the feed itself; the list is for readers without script.
    let plain = parameters.get("plain") == Some("true");
    let (feed, titles, rows) = blocking(|| {
        let feed = if !plain || asked.modules == NO_MODULE {
            Feed::default()
        } else {
            state.app.calendar(&actor, &asked.query(first, after_last, &zone))?.1
        };
        let named = filtering::named(&asked);
        // A timeline opens with its rows.
        let rows = match Rows::parse(&asked.view) {
            Some(rows) => {
                let found = state.app.timeline_rows(&actor, rows, &asked.query(first, after_last, &zone))?;
                json!({ asked.view.clone(): found })
            }
            None => Json::Null,
        };
        Ok::<_, AppError>((feed, state.app.directory(&actor, &named)?, rows))
    })?;
    let mut view = Calendar {
        view: asked.view.clone(),
        date: asked.date.map(|date| date.to_string()).unwrap_or_default(),
        today: today.to_string(),
        week_start: u8::from(week_start(&actor) == Weekday::Monday),
        timezone: zone.iana_name().unwrap_or("Asia/Manila").to_owned(),
        weeks: asked.weeks,
        next: asked.next.clone(),
        span: asked.span.clone(),
        modules: modules(&actor, &asked),
        search: asked.search.clone(),
        mine: asked.mine,
        feed_parameters: asked.set().map(|(name, values)| (name.to_owned(), values.join(","))).collect(),
        creates: creates(&actor),
        spans: roles().filter(|(_, role)| !role.end.is_empty()).map(entry_kind).collect(),
        timed: roles().filter(|(kind, role)| is_timed(kind, role)).map(entry_kind).collect(),
        whole: roles().filter(|(_, role)| role.label.is_empty()).map(entry_kind).collect(),
        given: roles().filter(|(kind, role)| is_given(kind, role)).map(entry_kind).collect(),
        kinds: roles()
            .map(|(kind, role)| (role.entry_kind.to_owned(), kinds::entry_label(kind, role)))
            .collect(),
        rows,
        panels: true,
        without_hijri: !actor.calendar.show_hijri,
        fallback: if plain {
            plain::list(&feed, &asked, first, after_last, &zone)
        } else {
            plain::way(&asked)
        },
        ..Calendar::default()
    };
    let beside = html! { (quick_filters(&view)) (presets::menu(&actor, &views)) };
    view.filters = filtering::row(&actor, &asked, &titles, &beside);
    let today = page.today;
    let page = page.width(Width::Full).with_assets(&["calendar.js", "calendar.css"]);
    Ok(Html(page.render(t!("Calendar"), &html! { (calendar(&view)) (choices(today)) }).into_string())
        .into_response())
}

fn entry_kind((_, role): (&'static Kind, &'static DateRole)) -> String {
    role.entry_kind.to_owned()
}

fn is_timed(kind: &Kind, role: &DateRole) -> bool {
    kind.field(role.start).is_some_and(|field| matches!(field.data, FieldType::Moment))
}

/// Returns true if the entry is the record itself and names its people.
fn is_given(kind: &Kind, role: &DateRole) -> bool {
    role.label.is_empty() && kind.inputs().any(|field| kind.people.contains(&field.name))
}

/// Returns the modules with dated kinds that the person may see.
fn modules(actor: &Actor, asked: &Asked) -> Vec<CalendarModule> {
    Module::CALENDAR
        .into_iter()
        .filter(|module| roles().any(|(kind, _)| kind.module == *module && actor.visibility(kind).is_some()))
        .map(|module| CalendarModule {
            key: module.key().to_owned(),
            label: words::label(module.label()).to_owned(),
            shown: asked.shows(module),
        })
        .collect()
}

/// Returns the records that the person may create on a day, and the form fields of the day.
fn creates(actor: &Actor) -> Vec<CalendarCreate> {
    let is_date = |kind: &Kind, role: &DateRole| {
        kind.field(role.start).is_some_and(|field| !matches!(field.data, FieldType::Structure(_)))
    };
    kinds::REGISTRY
        .into_iter()
        .filter(|kind| may_create(actor, kind))
        .filter_map(|kind| {
            let role = kind.dates.iter().find(|role| is_date(kind, role))?;
            let timed = is_timed(kind, role);
            let is_open = kind.field(role.start).is_some_and(|field| !field.required);
            let is_given = |field: &Field| {
                [kind.title, role.start, role.end].contains(&field.name)
                    || !field.required
                    || !matches!(field.initial, Initial::Empty)
            };
            let named = |fits: &dyn Fn(&Field) -> bool| {
                kind.inputs().find(|field| fits(field)).map_or("", |field| field.name).to_owned()
            };
            Some(CalendarCreate {
                label: words::label(kind.label).to_owned(),
                href: format!("/{}/new", kind.collection),
                collection: kind.collection.to_owned(),
                people: named(&|field| {
                    kind.people.contains(&field.name) && matches!(field.data, FieldType::References(_))
                }),
                resource: named(&|field| matches!(field.data, FieldType::Reference("resource"))),
                title: kind.title.to_owned(),
                books: kind
                    .inputs()
                    .all(|field| is_given(field) || matches!(field.data, FieldType::Reference("resource"))),
                quick: kind.inputs().all(is_given) && kind.inputs().any(|field| field.name == kind.title),
                start: role.start.to_owned(),
                end: role.end.to_owned(),
                timed,
                due: !timed && is_open && !role.end.is_empty(),
            })
        })
        .collect()
}
