//! The part of the profile about the calendar: how it opens, when one works, when to be reminded and when not.

use axum::Router;
use axum::extract::State as AxumState;
use axum::response::Response;
use axum::routing::post;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::WEEKDAYS;
use obcms_domain::kinds::USER;
use obcms_domain::registry::{self, FieldError, Record, Value};
use serde_json::{Map, Value as Json, json};

use super::errors::PageError;
use super::forms::{SafeForm, done};
use super::frame::Page;
use super::me;
use super::registry::form_fields;
use super::registry::written::{error_of, written};
use crate::components::badges::words;
use crate::components::forms::{Control, Form as FormView, FormField, form};
use crate::input::Form;
use crate::state::{State, blocking};

/// The pages of this subject.
pub fn router() -> Router<State> {
    Router::new().route("/me/calendar", post(save))
}

/// Fields that the description of a user draws by itself.
const PLAIN: [&str; 4] = ["default_view", "default_modules", "show_hijri", "reminder_channels"];

/// The form of this part; `typed` and `errors` are those of a refused one.
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
            label: field.map_or(name, |field| field.label).to_owned(),
            help: field.map_or("", |field| field.help).to_owned(),
            error: error_of(errors, name),
            required: false,
            control,
        }
    };
    fields.push(own("reminders", Control::Text { value: texts.get("reminders").to_owned() }));
    fields.push(own("working_hours", Control::Structure { content: week(&texts) }));
    fields.push(own("quiet_hours", Control::Structure { content: quiet(&texts) }));
    Ok(form(&FormView {
        action: "/me/calendar".to_owned(),
        csrf_token: csrf.to_owned(),
        fields,
        submit: "Save".to_owned(),
        ..FormView::default()
    }))
}

/// The texts of the inputs, from the record.
fn texts(user: &Record) -> Form {
    let mut form = written(user);
    form.0.retain(|(name, _)| !["reminders", "working_hours", "quiet_hours"].contains(&name.as_str()));
    let json = |name: &str| match user.get(name) {
        Value::Json(json) => json.clone(),
        _ => Json::Null,
    };
    let minutes: Vec<String> =
        json("reminders").as_array().into_iter().flatten().map(Json::to_string).collect();
    form.0.push(("reminders".to_owned(), minutes.join(", ")));
    let mut put = |name: String, at: &Json, end: &str| {
        let text = at.get(end).and_then(Json::as_str).unwrap_or_default();
        form.0.push((format!("{name}.{end}"), text.to_owned()));
    };
    let hours = json("working_hours");
    for day in WEEKDAYS {
        // A day may have several stretches by the API; the form has room for the first.
        let stretch = hours.get(day).and_then(|day| day.get(0)).cloned().unwrap_or_default();
        put(format!("hours.{day}"), &stretch, "from");
        put(format!("hours.{day}"), &stretch, "to");
    }
    let quiet = json("quiet_hours");
    put("quiet".to_owned(), &quiet, "from");
    put("quiet".to_owned(), &quiet, "to");
    form
}

fn time(texts: &Form, name: &str, label: &str) -> Markup {
    html! { input.input type="time" name=(name) value=(texts.get(name)) aria-label=(label); }
}

fn week(texts: &Form) -> Markup {
    html! {
        div.week-hours {
            @for day in WEEKDAYS {
                span { (words(day)) }
                (time(texts, &format!("hours.{day}.from"), &format!("{}, from", words(day))))
                span.faint { "to" }
                (time(texts, &format!("hours.{day}.to"), &format!("{}, to", words(day))))
            }
        }
    }
}

fn quiet(texts: &Form) -> Markup {
    html! {
        div.week-hours {
            span { "Every day" }
            (time(texts, "quiet.from", "Quiet from"))
            span.faint { "to" }
            (time(texts, "quiet.to", "Quiet to"))
        }
    }
}

/// Reads the form as a change of the profile.
fn read(form: &Form) -> Map<String, Json> {
    let mut input = Map::new();
    for field in PLAIN.iter().filter_map(|name| USER.field(name)) {
        input.insert(field.name.to_owned(), registry::form_to_json(field, &form.all(field.name)));
    }
    let minutes: Vec<Json> = form
        .get("reminders")
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<i64>().map_or_else(|_| json!(part), |minutes| json!(minutes)))
        .collect();
    input.insert("reminders".to_owned(), json!(minutes));
    let stretch = |name: &str| {
        let (from, to) = (form.get(&format!("{name}.from")).trim(), form.get(&format!("{name}.to")).trim());
        (!from.is_empty() || !to.is_empty()).then(|| json!({ "from": from, "to": to }))
    };
    let hours: Map<String, Json> = WEEKDAYS
        .iter()
        .filter_map(|day| Some(((*day).to_owned(), json!([stretch(&format!("hours.{day}"))?]))))
        .collect();
    let hours = if hours.is_empty() { Json::Null } else { Json::Object(hours) };
    input.insert("working_hours".to_owned(), hours);
    input.insert("quiet_hours".to_owned(), stretch("quiet").unwrap_or(Json::Null));
    input
}

async fn save(
    AxumState(state): AxumState<State>,
    page: Page,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let actor = page.actor()?.clone();
    match blocking(|| state.app.update_profile(&actor, &read(&form))) {
        Ok(_) => Ok(done("/me#calendar", "Saved.", None)),
        Err(error) => me::refused(&state, page, form, error),
    }
}
