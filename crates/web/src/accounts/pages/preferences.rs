//! Calendar preferences of the profile: initial view and working hours.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::WEEKDAYS;
use obcms_domain::kinds::{USER, user};
use obcms_domain::registry::{self, FieldError, Record, Value};
use serde_json::{Map, Value as Json, json};

use super::me;
use crate::components::badges::words;
use crate::components::forms::{Control, Form as FormView, FormField, form};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::Page;
use crate::core::input::Form;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::form_fields;
use crate::records::pages::written::{STALE, error_of, since, written};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::post("/me/calendar", Access::Account, save)]
}

/// Fields with the generic controls.
const PLAIN: [&str; 3] = ["default_view", "default_modules", "show_hijri"];

/// Form of the preferences; `typed` and `errors` are those of a refused one.
pub fn part(
    state: &State,
    actor: &Actor,
    user: &Record,
    csrf: &str,
    typed: Option<&Form>,
    errors: &[FieldError],
) -> Result<Markup, AppError> {
    let texts = typed.cloned().unwrap_or_else(|| texts(user));
    let (plain, folded) = form_fields(state, actor, &USER, &texts, &[], errors)?;
    let mut fields: Vec<FormField> =
        plain.into_iter().chain(folded).filter(|field| PLAIN.contains(&field.name.as_str())).collect();
    let own = |name: &str, control: Control| {
        let field = USER.field(name);
        FormField {
            name: name.to_owned(),
            label: field.map_or(name, |field| words::label(field.label)).to_owned(),
            help: field.map_or("", |field| field.help).to_owned(),
            error: error_of(errors, name),
            required: false,
            control,
            ..FormField::default()
        }
    };
    fields.push(own("working_hours", Control::Structure { content: week(&texts) }));
    Ok(form(&FormView {
        action: "/me/calendar".to_owned(),
        csrf_token: csrf.to_owned(),
        hidden: vec![("version".to_owned(), user.version.to_string())],
        fields,
        submit: t!("Save").to_owned(),
        ..FormView::default()
    }))
}

/// Returns the texts of the inputs of a record.
fn texts(user: &Record) -> Form {
    let mut form = written(user);
    form.0.retain(|(name, _)| name != "working_hours");
    let mut put = |name: &str, stretch: &Json| {
        for end in ["from", "to"] {
            let text = stretch.get(end).and_then(Json::as_str).unwrap_or_default();
            // Time inputs have no end of the day, only the midnight after it.
            let text = if text == "24:00" { "00:00" } else { text };
            form.0.push((format!("{name}.{end}"), text.to_owned()));
        }
    };
    let hours = match user::WORKING_HOURS.value(user) {
        Value::Json(json) => json.clone(),
        _ => Json::Null,
    };
    for day in WEEKDAYS {
        let stretches = hours.get(day).and_then(Json::as_array).into_iter().flatten();
        stretches.for_each(|stretch| put(&format!("hours.{day}"), stretch));
    }
    form
}

/// Returns the values of the inputs from and to with that name, in pairs.
fn pairs(texts: &Form, name: &str) -> Vec<(String, String)> {
    let (from, to) = (texts.all(&format!("{name}.from")), texts.all(&format!("{name}.to")));
    let at = |list: &[String], place: usize| {
        list.get(place).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    (0..from.len().max(to.len())).map(|place| (at(&from, place), at(&to, place))).collect()
}

fn is_empty((from, to): &(String, String)) -> bool {
    from.is_empty() && to.is_empty()
}

fn stretch(name: &str, label: &str, (from, to): &(String, String), rest: &Markup) -> Markup {
    html! {
        div.week-stretch data-stretch {
            input.input type="time" name={ (name) ".from" } value=(from) aria-label={ (t_html!("{label}, from", label)) }
                data-stretch-name="from";
            span.faint { (t!("to")) }
            input.input type="time" name={ (name) ".to" } value=(to) aria-label={ (t_html!("{label}, to", label)) }
                data-stretch-name="to";
            (rest)
        }
    }
}

/// Periods of each day. A script adds and removes rows; without it a day has its present rows, or one.
fn week(texts: &Form) -> Markup {
    let button = |label: &str, name: &str| {
        html! {
            button.button type="button" hidden data-kind="quiet" data-only="icon" title=(label)
                aria-label=(label) data-stretch-name=(name) data-stretch-remove { (icon("x")) }
        }
    };
    html! {
        div.week-hours data-week-hours {
            @for (place, day) in WEEKDAYS.into_iter().enumerate() {
                @let label = words(day);
                @let name = format!("hours.{day}");
                @let given = Some(pairs(texts, &name)).filter(|given| !given.is_empty());
                @let given = given.unwrap_or_else(|| vec![Default::default()]);
                div.week-day role="group" aria-label=(label) data-week-day=(label) {
                    span { (label) }
                    div.week-stretches {
                        @for pair in &given { (stretch(&name, &label, pair, &button(t!("Remove these hours"), "remove"))) }
                    }
                    button.button type="button" hidden data-kind="quiet" data-only="icon" data-stretch-add
                        title={ (t_html!("More hours on {label}", label)) } aria-label={ (t_html!("More hours on {label}", label)) } { (icon("plus")) }
                    @if place == 0 {
                        button.button type="button" hidden data-kind="quiet" data-stretch-copy { (t!("Same until Friday")) }
                    }
                }
            }
        }
    }
}

/// Parses the form as a change of the profile.
fn read(form: &Form) -> Map<String, Json> {
    let mut input = Map::new();
    for field in PLAIN.iter().filter_map(|name| USER.field(name)) {
        input.insert(field.name.to_owned(), registry::form_to_json(field, &form.all(field.name)));
    }
    let mut hours = Map::new();
    for day in WEEKDAYS {
        let mut given = pairs(form, &format!("hours.{day}"));
        given.retain(|pair| !is_empty(pair));
        given.sort();
        let stretches: Vec<Json> = given
            .into_iter()
            .map(|(from, to)| {
                let to = if to == "00:00" { "24:00".to_owned() } else { to };
                json!({ "from": from, "to": to })
            })
            .collect();
        if !stretches.is_empty() {
            hours.insert(day.to_owned(), Json::Array(stretches));
        }
    }
    input.insert("working_hours".to_owned(), if hours.is_empty() { Json::Null } else { Json::Object(hours) });
    input
}

async fn save(
    AxumState(state): AxumState<State>,
    page: Page,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let actor = page.actor()?.clone();
    let user = blocking(|| me::own_record(&state, &actor))?;
    let seen = form.get("version").parse().unwrap_or(user.version);
    let (base, _) = blocking(|| since(&state.app, &Actor::program(), &user, seen))?;
    let (before, now) = (read(&texts(&base)), read(&texts(&user)));
    let mut input = read(&form);
    input.retain(|name, value| before.get(name) != Some(value));
    let contested: Vec<FieldError> = input
        .iter()
        .filter(|(name, value)| now.get(*name) != before.get(*name) && now.get(*name) != Some(value))
        .map(|(name, _)| FieldError::new(name.clone(), "stale", words::text(STALE)))
        .collect();
    if !contested.is_empty() {
        return me::refused(&state, page, form, AppError::Invalid(contested));
    }
    match blocking(|| state.app.update_profile(&actor, &input, Some(user.version))) {
        Ok(_) => Ok(done("/me#calendar", t!("Saved."), None)),
        Err(error) => me::refused(&state, page, form, error),
    }
}
