//! Page of a project: its nine stages with their durations, requirements of the next one, and its tasks.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::programme::projects::Step;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::PROJECT_STAGES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, PROJECT, project};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::{FieldError, Kind, Record};
use serde_json::Value as Json;

use super::trace;
use crate::attachments::pages as files;
use crate::components::badges::Tone;
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{detail, panel, properties};
use crate::components::feedback::notice;
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::tabs::record_tabs;
use crate::components::words::{self, capitalized, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::written::error_of;
use crate::records::pages::{Values, detail as generic, history_panel};
use crate::tasks::pages::of_record;

/// Kinds whose changes refresh the stages.
const LIVE: &str = "project need ppa";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/projects/{id}", Access::Role, show),
        PageRoute::post("/projects/{id}/stage", Access::Role, change_stage),
    ]
}

/// Refused step: typed values and the error.
#[derive(Default)]
struct Refused {
    form: Form,
    errors: Vec<FieldError>,
    problem: Option<String>,
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab"]);
    let in_history = parameters.get("tab") == Some("history");
    Ok(Html(blocking(|| draw(&state, &page, &actor, id.0, in_history, &Refused::default()))?))
}

async fn change_stage(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    // The fields have the step in their names, which keeps their ids unique on the page.
    let suffix = format!("-{}", form.get("step"));
    let plain = |name: &str| name.strip_suffix(suffix.as_str()).unwrap_or(name).to_owned();
    let form = Form(form.0.iter().map(|(name, value)| (plain(name), value.clone())).collect());
    let note = form.get("note").trim().to_owned();
    let step = match form.get("step") {
        "advance" => Some(Step::Advance),
        "skip" => Some(Step::Skip),
        "return" => Stage::parse(form.get("stage")).map(Step::Return),
        _ => None,
    };
    let Some(step) = step else {
        return Err(AppError::BadRequest(t!("Select the stage to return to.").to_owned()).into());
    };
    let seen = Stage::parse(form.get("from"));
    let (errors, problem) = match blocking(|| state.app.move_project(&actor, id.0, seen, step, &note)) {
        Ok(project) => {
            let stage = words::choice(PROJECT_STAGES, project::CURRENT_STAGE.get(&project));
            let message = t!("The project is now in {stage}", stage);
            let undo = blocking(|| state.app.undo_of_last(&actor, &PROJECT, id.0))?;
            return Ok(done(&PROJECT.url(id.0), &message, undo.as_deref()));
        }
        Err(AppError::Invalid(errors)) => (errors, None),
        Err(AppError::Conflict { detail, .. }) => (Vec::new(), Some(detail)),
        Err(other) => return Err(other.into()),
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let refused = Refused { form, errors, problem };
    let html = blocking(|| draw(&state, &page, &actor, id.0, false, &refused))?;
    Ok((status, Html(html)).into_response())
}

fn draw(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    in_history: bool,
    refused: &Refused,
) -> Result<String, AppError> {
    let record = state.app.get(actor, &PROJECT, id)?;
    let address = PROJECT.url(id);
    let body = if in_history {
        history_panel(state, page, actor, &PROJECT, id)?
    } else {
        overview(state, page, actor, &record, refused)?
    };
    let content = html! {
        (generic::head(state, page, actor, &record)?)
        @if record.is_archived() {
            (notice(Tone::Warning, &html! { (t!("Archived: not in lists and figures. Restore it to change its stage.")) }))
        }
        (record_tabs(&address, in_history))
        (body)
    };
    Ok(page
        .clone()
        .below(words::label(PROJECT.plural), "/projects")
        .render(record.title(), &content)
        .into_string())
}

fn overview(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let project_state = state.app.project_state(record)?;
    let visits = list(project_state.get("stages"));
    let checks = list(project_state.get("checks"));
    let links = check_links(state, actor, checks)?;
    let people: Vec<Id> = visits
        .iter()
        .filter_map(|visit| visit.get("entered_by").and_then(Json::as_str)?.parse().ok())
        .collect();
    let mut directory = generic::directory_of(state, actor, record)?;
    directory.extend(state.app.directory(actor, &people)?);
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let may_move = !record.is_archived()
        && !actor.read_only
        && state.app.read(|tx| actor.may_on(tx, Action::Transition, record))?;
    let wide = html! {
        (panel("stages", LIVE, t!("Stages"), &html! {}, &html! {
            (timeline(record, visits, &values, state.app.now()))
            (next(record, &links, &values))
            @if may_move { (steps(page, record, checks, refused)) }
        }))
        (of_record::panel(state, page, actor, record)?)
        (files::panel(state, page, actor, record)?)
        (generic::long_texts(record, &values))
    };
    let narrow = html! {
        (panel("properties", "project", t!("Properties"), &html! {}, &properties(&generic::properties(record, &values))))
        (panel("people", "project", t!("People"), &html! {}, &properties(&generic::people(record, &values))))
        (trace::panel(state, page, actor, record)?)
        (panel("record", "project", t!("Record"), &html! {}, &properties(&generic::record_facts(record, &values))))
    };
    Ok(detail(&wide, &narrow))
}

fn list(json: Option<&Json>) -> &[Json] {
    json.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn instant(json: &Json, name: &str) -> Option<Timestamp> {
    text(json, name).parse().ok()
}

/// Nine stages: passed, current and future ones.
fn timeline(record: &Record, visits: &[Json], values: &Values<'_>, now: Timestamp) -> Markup {
    let current = Stage::parse(project::CURRENT_STAGE.get(record)).unwrap_or(Stage::NeedIdentification);
    html! {
        ol.stages {
            @for stage in Stage::ALL {
                @let own: Vec<&Json> = visits.iter().filter(|visit| text(visit, "stage") == stage.as_str()).collect();
                @let word = if stage == current { "current" } else if stage < current && own.is_empty() { "skipped" } else if stage < current { "passed" } else { "ahead" };
                li data-stage=(word) aria-current=[(stage == current).then_some("step")] {
                    span.stage-mark { @if word == "passed" { (icon("check")) } }
                    div.stage-body {
                        div.stage-title {
                            strong { (words::choice(PROJECT_STAGES, stage.as_str())) }
                            @if word == "skipped" { span.muted { (t!("Skipped")) } }
                            @if stage == current { span.visually-hidden { " " (t!("(now)")) } }
                            @if !own.is_empty() { span.muted { (time_in(&own, now)) } }
                        }
                        @for visit in &own {
                            p.muted {
                                @if let Some(entered) = instant(visit, "entered_at") { (t_html!("Entered {date}", date = values.instant(entered))) }
                                @if let Ok(person) = text(visit, "entered_by").parse::<Id>() { " " (t_html!("by {person}", person = values.reference(person, "user"))) }
                                @if !text(visit, "note").is_empty() { ": " (text(visit, "note")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the time that the project spent in a stage, over all its visits.
fn time_in(visits: &[&Json], now: Timestamp) -> String {
    let seconds: i64 = visits
        .iter()
        .filter_map(|visit| {
            let entered = instant(visit, "entered_at")?;
            Some(instant(visit, "left_at").unwrap_or(now).duration_since(entered).as_secs().max(0))
        })
        .sum();
    match (seconds / 86_400, seconds / 3600) {
        (0, 0) => t!("less than an hour").to_owned(),
        (0, 1) => t!("1 hour").to_owned(),
        (0, hours) => t!("{hours} hours", hours),
        (1, _) => t!("1 day").to_owned(),
        (days, _) => t!("{days} days", days),
    }
}

/// Missing requirements of the next stage, each with a link to where it is set.
fn next(record: &Record, checks: &[(String, Option<String>)], values: &Values<'_>) -> Markup {
    let Some(stage) = Stage::parse(project::CURRENT_STAGE.get(record)).and_then(Stage::next) else {
        return html! {
            p {
                @if let Some(day) = project::COMPLETED_ON.get(record) {
                    (t_html!("The project is completed, on {date}.", date = crate::components::badges::date(day, values.today)))
                } @else { (t!("The project is completed.")) }
            }
        };
    };
    let label = words::choice(PROJECT_STAGES, stage.as_str());
    html! {
        @if checks.is_empty() {
            p.row { (icon("circle-check")) span { (t_html!("Ready for {stage}.", stage = html! { strong { (label) } })) } }
        } @else {
            p { (t_html!("Missing for {stage}:", stage = html! { strong { (label) } })) }
            ul.checks {
                @for (message, address) in checks {
                    li {
                        (icon("circle-alert"))
                        @if let Some(address) = address { a href=(address) { (message) } } @else { (message) }
                    }
                }
            }
        }
    }
}

/// Returns failed checks with links: to the form where the person may edit the record, else to the record, and none
/// where they may not see it.
fn check_links(
    state: &State,
    actor: &Actor,
    checks: &[Json],
) -> Result<Vec<(String, Option<String>)>, AppError> {
    let page = |kind: &'static Kind, id: Id, field: &str| match state.app.get(actor, kind, id) {
        Ok(record) => {
            let may_write =
                !record.is_archived() && state.app.read(|tx| actor.writable(tx, &record))?.allows_name(field);
            let address = kind.url(id);
            Ok(Some(if may_write { format!("{address}/edit#field-{field}") } else { address }))
        }
        Err(AppError::NotFound(_) | AppError::Forbidden { .. }) => Ok(None),
        Err(other) => Err(other),
    };
    checks
        .iter()
        .map(|check| {
            let message = capitalized(text(check, "message"));
            let address = match (kinds::by_name(text(check, "kind")), text(check, "id").parse()) {
                (Some(kind), Ok(id)) => page(kind, id, text(check, "field"))?,
                _ => None,
            };
            Ok((message, address))
        })
        .collect()
}

fn steps(page: &Page, record: &Record, checks: &[Json], refused: &Refused) -> Markup {
    let current = Stage::parse(project::CURRENT_STAGE.get(record)).unwrap_or(Stage::NeedIdentification);
    let may_skip = current.may_be_skipped() || current.next().is_some_and(Stage::may_be_skipped);
    let asked = refused.form.get("step");
    let earlier: Vec<Choice> = Stage::ALL
        .into_iter()
        .filter(|stage| *stage < current)
        .map(|stage| Choice {
            value: stage.as_str().to_owned(),
            label: words::choice(PROJECT_STAGES, stage.as_str()).to_owned(),
            selected: refused.form.get("stage") == stage.as_str(),
        })
        .collect();
    html! {
        @if let Some(problem) = &refused.problem { (notice(Tone::Bad, &html! { (problem) })) }
        @if let (Some(next), true) = (current.next(), checks.is_empty()) {
            @let label = t!("Advance to {label}", label = words::choice(PROJECT_STAGES, next.as_str()));
            (step_form(page, record, "advance", &label, t!("Note"), false, &[], refused))
        }
        @if may_skip {
            details.more-fields open[asked == "skip"] {
                summary { (t!("Skip the policy linkage")) }
                (step_form(page, record, "skip", t!("Skip policy linkage"), t!("Reason"), true, &[], refused))
            }
        }
        @if !earlier.is_empty() {
            details.more-fields open[asked == "return"] {
                summary { (t!("Return to an earlier stage")) }
                (step_form(page, record, "return", t!("Return project"), t!("Reason"), true, &earlier, refused))
            }
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn step_form(
    page: &Page,
    record: &Record,
    step: &str,
    button: &str,
    note: &str,
    needs_reason: bool,
    stages: &[Choice],
    refused: &Refused,
) -> Markup {
    let own = refused.form.get("step") == step;
    let mut fields = Vec::new();
    if !stages.is_empty() {
        fields.push(FormField {
            name: format!("stage-{step}"),
            label: t!("Stage").to_owned(),
            required: true,
            control: Control::Select { options: stages.to_vec() },
            ..FormField::default()
        });
    }
    fields.push(FormField {
        // Several of these forms are on one page, and ids are unique.
        name: format!("note-{step}"),
        label: note.to_owned(),
        required: needs_reason,
        error: if own { error_of(&refused.errors, "note") } else { None },
        control: Control::Text {
            value: if own { refused.form.get("note").to_owned() } else { String::new() },
        },
        ..FormField::default()
    });
    let all: Vec<&FormField> = fields.iter().collect();
    html! {
        form.form.step-form method="post" action={ (PROJECT.url(record.id)) "/stage" } novalidate {
            @if own { (error_summary(None, &all)) }
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name="step" value=(step);
            input type="hidden" name="from" value=(project::CURRENT_STAGE.get(record));
            div.fields { @for entry in &fields { (field(entry)) } }
            div.form-actions {
                (submit_button(button, "", if step == "advance" { ButtonKind::Main } else { ButtonKind::Plain }))
            }
        }
    }
}
