//! Time finder: times at which all attendees and a suitable room are free, best first.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::calendar::suggestions::{Suggestions, Wanted};
use obcms_domain::calendar::scheduling::Suggestion;
use obcms_domain::choices::RESOURCE_TYPES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::EVENT;
use obcms_domain::registry::FieldError;

use crate::calendar::api::scheduling::{read, sentences};
use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, Parameters};
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::records::pages::written::error_of;

const NAMES: [&str; 7] = ["people", "minutes", "start", "end", "resource_type", "seats", "limit"];
/// Offered durations, in minutes.
const LENGTHS: [i64; 8] = [30, 45, 60, 90, 120, 180, 240, 480];

/// `GET /calendar/find-time`.
pub async fn show(
    SignedIn { page, actor }: SignedIn,
    AxumState(state): AxumState<State>,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.matching(|name| NAMES.contains(&name));
    let is_asked = parameters.get("people").is_some();
    let (found, errors) = match read(&parameters, page.today) {
        Ok(wanted) => (
            Some(blocking(|| state.app.suggestions(&actor, &wanted).map(|found| (wanted, found)))),
            Vec::new(),
        ),
        // An empty form is not an error.
        Err(errors) if is_asked => (None, errors),
        Err(_) => (None, Vec::new()),
    };
    let (found, errors) = match found {
        Some(Ok(found)) => (Some(found), errors),
        Some(Err(AppError::Invalid(errors))) => (None, errors),
        Some(Err(error)) => return Err(error.into()),
        None => (None, errors),
    };
    let chosen: Vec<Id> = people_of(&parameters, actor.id);
    let names = blocking(|| state.app.directory(&actor, &chosen))?;
    let selected = chosen
        .iter()
        .filter_map(|id| names.get(id).map(|person| (id.to_string(), person.title.clone())))
        .collect();
    let fields = form_fields(&parameters, selected, &page, &errors);
    let wrong = (!errors.is_empty()).then_some(t!("Correct these fields to find times"));
    let content = html! {
        (page_head(&PageHead {
            title: t!("Find a time").to_owned(),
            subtitle: t!("Times when all required people and a room are free").to_owned(),
            actions: button_link(t!("Calendar"), "/calendar", "calendar", ButtonKind::Plain),
            ..PageHead::default()
        }))
        div.find-time {
            form.find-time-form method="get" action="/calendar/find-time" {
                (error_summary(wrong, &fields.iter().collect::<Vec<_>>()))
                @for entry in &fields { (field(entry)) }
                (submit_button(t!("Find times"), "search", ButtonKind::Main))
            }
            section.find-time-results id="results" aria-label=(t!("Suggested times")) {
                @match &found {
                    Some((wanted, found)) if !found.times.is_empty() => {
                        ol.suggestions {
                            @for time in &found.times {
                                (suggestion(&state, &page, wanted, found, time, may_create(&actor, &EVENT)))
                            }
                        }
                    }
                    Some(_) => {
                        (empty_state(&EmptyState {
                            icon: "calendar-off".to_owned(),
                            title: t!("No free time in this period").to_owned(),
                            text: t!("Try a longer period or a shorter duration.").to_owned(),
                            action: None,
                        }))
                    }
                    None => {
                        p.muted { (t!("Enter the required people, the duration and the period. The best times are listed first, each with reasons.")) }
                    }
                }
            }
        }
    };
    Ok(Html(page.render(t!("Find a time"), &content).into_string()))
}

/// Returns the people in the address; the actor when there are none.
fn people_of(parameters: &Parameters, actor: Option<Id>) -> Vec<Id> {
    if parameters.get("people").is_none() {
        return actor.into_iter().collect();
    }
    let mut people: Vec<Id> = Vec::new();
    for (_, value) in parameters.0.iter().filter(|(name, _)| name == "people") {
        people.extend(value.split(',').filter_map(|item| item.trim().parse::<Id>().ok()));
    }
    people.dedup();
    people
}

fn length_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => t!("{minutes} minutes", minutes),
        (1, 0) => t!("1 hour").to_owned(),
        (hours, 0) => t!("{hours} hours", hours),
        (hours, minutes) => t!("{hours} h {minutes} min", hours, minutes),
    }
}

fn form_fields(
    parameters: &Parameters,
    selected: Vec<(String, String)>,
    page: &Page,
    errors: &[FieldError],
) -> Vec<FormField> {
    let text = |name: &str| parameters.get(name).unwrap_or_default().trim().to_owned();
    let or = |name: &str, usual: String| Some(text(name)).filter(|text| !text.is_empty()).unwrap_or(usual);
    let minutes = or("minutes", "60".to_owned());
    let mut lengths: Vec<(String, String)> =
        LENGTHS.iter().map(|length| (length.to_string(), length_words(*length))).collect();
    if !lengths.iter().any(|(value, _)| *value == minutes) {
        lengths.push((minutes.clone(), t!("{minutes} minutes", minutes)));
    }
    let choices = |options: Vec<(String, String)>, chosen: &str| Control::Select {
        options: options
            .into_iter()
            .map(|(value, label)| Choice { selected: value == chosen, value, label })
            .collect(),
    };
    let types = RESOURCE_TYPES
        .iter()
        .map(|choice| (choice.value.to_owned(), words::label(choice.label).to_owned()))
        .collect();
    let after = page.today.saturating_add(14.days());
    let named = |name: &str, label: &str, help: &str, required: bool, control: Control| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        error: error_of(errors, name),
        required,
        control,
        ..FormField::default()
    };
    vec![
        named(
            "people",
            t!("Required people"),
            "",
            true,
            Control::References { collection: "users".to_owned(), selected },
        ),
        named("minutes", t!("Duration"), "", true, choices(lengths, &minutes)),
        named("start", t!("From"), "", true, Control::Date { value: or("start", page.today.to_string()) }),
        named(
            "end",
            t!("Before"),
            t!("The day after the last day."),
            true,
            Control::Date { value: or("end", after.to_string()) },
        ),
        named("resource_type", t!("Resource type"), "", false, choices(types, &text("resource_type"))),
        named(
            "seats",
            t!("Number of people"),
            t!("Leave empty for the number of people above."),
            false,
            Control::Number { value: text("seats"), minimum: Some(1), maximum: Some(100_000), step: "1" },
        ),
    ]
}

fn suggestion(
    state: &State,
    page: &Page,
    wanted: &Wanted,
    found: &Suggestions,
    time: &Suggestion,
    may_plan: bool,
) -> Markup {
    let zone = state.app.zone();
    let (start, end) = (time.span.start.to_zoned(zone.clone()), time.span.end.to_zoned(zone.clone()));
    let reasons = sentences(found, time);
    let place = time.place.and_then(|place| found.names.get(&place));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("start", &start.strftime("%Y-%m-%dT%H:%M").to_string());
    query.append_pair("end", &end.strftime("%Y-%m-%dT%H:%M").to_string());
    for person in &wanted.people {
        query.append_pair("participants", &person.to_string());
    }
    if let Some(place) = place {
        query.append_pair("venue", place);
    }
    // The room is booked with the event.
    if let Some(resource) = time.place {
        query.append_pair("resources", &resource.to_string());
    }
    let address = format!("/events/new?{}", query.finish());
    let day = if start.date().year() == page.today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    html! {
        li.suggestion {
            div.suggestion-time {
                strong { (start.strftime(day).to_string()) }
                span { (start.strftime("%-I:%M %p").to_string()) " – " (end.strftime("%-I:%M %p").to_string()) }
            }
            div.suggestion-why {
                @if time.fits() { (badge(t!("All free"), Tone::Good)) } @else { (badge(t!("Not all free"), Tone::Warning)) }
                @if let Some(place) = place { " " (badge(place, Tone::Neutral)) }
                ul.plain-list.muted { @for reason in &reasons { li { (words::message(reason)) } } }
            }
            @if may_plan { (button_link(t!("Plan event"), &address, "plus", ButtonKind::Plain)) }
        }
    }
}
