//! Page of a project: its nine stages with their durations, requirements of the next one, its block, and its tasks.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::programme::completion::OpenWork;
use obcms_app::programme::project_state::place_of;
use obcms_app::programme::projects::{Move, Moved, Step};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::PROJECT_STAGES;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::kinds::{self, PROJECT, project};
use obcms_domain::programme::actions;
use obcms_domain::programme::life_cycle::{Missing, Stage};
use obcms_domain::registry::{FieldError, Kind, Record};
use serde_json::Value as Json;

use crate::attachments::pages as files;
use crate::components::badges::{Tone, badge, money_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{detail, panel, properties};
use crate::components::feedback::notice;
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t, t_html};
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
    problem: Option<Message>,
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
    let form = form.without_suffix(&format!("-{}", form.get("step")));
    let (errors, problem) = match blocking(|| take_step(&state, &actor, id.0, &form)) {
        Ok(message) => {
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

/// Takes the step of a form, and returns the message about it.
fn take_step(state: &State, actor: &Actor, id: Id, form: &Form) -> Result<String, AppError> {
    let step = match form.get("step") {
        "advance" => Some(Step::Advance),
        "skip" => Some(Step::Skip),
        "return" => Stage::parse(form.get("stage")).map(Step::Return),
        "block" => {
            let mut input = form.action(&actions::BLOCK);
            input.insert(actions::REQUIRED_REASON.name().to_owned(), form.get("note").into());
            // The form calls the reason a note, as its other steps do.
            let blocked = state.app.block_project(actor, id, &input);
            blocked.map_err(|error| error.rename_fields(|name| (name == "reason").then_some("note")))?;
            return Ok(t!("Project marked as blocked").to_owned());
        }
        "unblock" => {
            state.app.unblock_project(actor, id, &form.action(&actions::UNBLOCK))?;
            return Ok(t!("Project unblocked").to_owned());
        }
        _ => None,
    };
    let step = step.ok_or_else(|| AppError::BadRequest("Select the stage to return to.".into()))?;
    let request = Move {
        step,
        note: form.get("note").trim().to_owned(),
        seen: Stage::parse(form.get("from")),
        confirm_open: form.get("confirm_open") == "true",
    };
    let Moved { project, tasks } = state.app.move_project(actor, id, &request)?;
    let stage = words::choice(PROJECT_STAGES, project::CURRENT_STAGE.get(&project));
    let mut message = t!("The project is now in {stage}", stage);
    if tasks.archived > 0 || tasks.kept > 0 {
        message.push_str(&t!(
            ". Untouched tasks archived: {archived}, started tasks kept: {kept}",
            archived = tasks.archived,
            kept = tasks.kept
        ));
    }
    if tasks.restored > 0 {
        message.push_str(&t!(". Tasks restored: {restored}", restored = tasks.restored));
    }
    Ok(message)
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
    let (visits, missing) = (&project_state.visits, &project_state.missing);
    let links = check_links(state, actor, record, missing)?;
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
    let completes =
        Stage::parse(project::CURRENT_STAGE.get(record)).and_then(Stage::next) == Some(Stage::Completion);
    let open = if may_move && completes { Some(state.app.open_work(record)?) } else { None };
    let wide = html! {
        (panel("stages", LIVE, t!("Stages"), &html! {}, &html! {
            @if project::IS_BLOCKED.get(record) { div.blocked-notice { (blocked_notice(record, &values)) } }
            (timeline(record, visits, &values, state.app.now()))
            (in_stage(state, record))
            (next(record, &links, &values))
            @if may_move { (steps(page, record, missing.is_empty(), open.as_ref(), refused)) }
        }))
        (of_record::panel(state, page, actor, record)?)
        (files::panel(state, page, actor, record)?)
        (generic::long_texts(record, &values))
    };
    let narrow = html! {
        (panel("properties", "project", t!("Properties"), &html! {}, &properties(&generic::properties(record, &values))))
        (panel("people", "project", t!("People"), &html! {}, &properties(&generic::people(record, &values))))
        (panel("record", "project", t!("Record"), &html! {}, &properties(&generic::record_facts(record, &values))))
    };
    Ok(detail(&wide, &narrow))
}

/// Note on the block: why, by whom and since when.
fn blocked_notice(record: &Record, values: &Values<'_>) -> Markup {
    notice(
        Tone::Bad,
        &html! {
            strong { (t!("Blocked")) } ": " (project::BLOCKER_DESCRIPTION.get(record)) " "
            span.muted {
                @if let Some(since) = project::BLOCKED_AT.get(record) { (t_html!("Since {date}", date = values.instant(since))) }
                @if let Some(person) = project::BLOCKED_BY.get(record) { " " (t_html!("by {person}", person = values.reference(person, "user"))) }
            }
        },
    )
}

/// Time in the present stage, where it is longer than usual.
fn in_stage(state: &State, record: &Record) -> Markup {
    let (days, is_late) = state.app.days_in_stage(record);
    let usual = Stage::parse(project::CURRENT_STAGE.get(record)).and_then(Stage::usual_days);
    html! {
        @if is_late {
            p.row {
                (icon("alarm-clock"))
                span {
                    @match usual.filter(|usual| days > *usual) {
                        Some(usual) => (t!("{days} days in this stage; usually at most {usual}.", days, usual)),
                        None => (t!("The target date has passed.")),
                    }
                }
            }
        }
    }
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
                @let is_skipped = own.is_empty() || own.last().is_some_and(|visit| text(visit, "outcome") == "skipped");
                @let word = if stage == current { "current" } else if stage < current && is_skipped { "skipped" } else if stage < current { "passed" } else { "ahead" };
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
                                @if text(visit, "outcome") == "returned" { " " (badge(t!("Returned"), Tone::Warning)) }
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
        @if checks.is_empty() && project::IS_BLOCKED.get(record) {
            p { (t_html!("Nothing is missing for {stage} but the block.", stage = html! { strong { (label) } })) }
        } @else if checks.is_empty() {
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
    project: &Record,
    missing: &[Missing],
) -> Result<Vec<(String, Option<String>)>, AppError> {
    let page = |kind: &'static Kind, id: Id, field: &str| match state.app.get(actor, kind, id) {
        Ok(record) => {
            let may_write =
                !record.is_archived() && state.app.read(|tx| actor.writable(tx, &record))?.allows_name(field);
            let address = kind.url(id);
            Ok(Some(match field {
                "approval_stage" => format!("{address}?tab=approval"),
                _ if may_write => format!("{address}/edit#field-{field}"),
                _ => address,
            }))
        }
        Err(AppError::NotFound(_) | AppError::Forbidden { .. }) => Ok(None),
        Err(other) => Err(other),
    };
    missing
        .iter()
        .map(|missing| {
            let message = words::capitalized(&words::message(&missing.message()));
            let (kind, field) = missing.place();
            let address = match (kinds::by_name(kind), place_of(project, *missing)) {
                (Some(kind), Some(id)) => page(kind, id, field)?,
                _ => None,
            };
            Ok((message, address))
        })
        .collect()
}

/// Forms of the steps that the person may take.
fn steps(page: &Page, record: &Record, is_ready: bool, open: Option<&OpenWork>, refused: &Refused) -> Markup {
    let current = Stage::parse(project::CURRENT_STAGE.get(record)).unwrap_or(Stage::NeedIdentification);
    let is_blocked = project::IS_BLOCKED.get(record);
    let may_skip =
        !is_blocked && (current.may_be_skipped() || current.next().is_some_and(Stage::may_be_skipped));
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
    let plain =
        StepForm { page, record, refused, step: "", button: "", note: t!("Note"), needs_reason: false };
    let reasoned = StepForm { note: t!("Reason"), needs_reason: true, ..plain };
    html! {
        @if let Some(problem) = &refused.problem { (notice(Tone::Bad, &html! { (words::message(problem)) })) }
        @if is_blocked {
            (StepForm { step: "unblock", button: t!("Unblock project"), ..plain }.draw(&[], None))
        } @else if let (Some(next), true) = (current.next(), is_ready) {
            @let label = t!("Advance to {label}", label = words::choice(PROJECT_STAGES, next.as_str()));
            @match open.filter(|open| !open.is_empty()) {
                Some(open) => (StepForm { step: "advance", button: &label, ..reasoned }.draw(&[], Some(open))),
                None => (StepForm { step: "advance", button: &label, ..plain }.draw(&[], None)),
            }
        }
        @if may_skip {
            details.more-fields open[asked == "skip"] {
                summary { (t!("Skip the policy linkage")) }
                (StepForm { step: "skip", button: t!("Skip policy linkage"), ..reasoned }.draw(&[], None))
            }
        }
        @if !earlier.is_empty() {
            details.more-fields open[asked == "return"] {
                summary { (t!("Return to an earlier stage")) }
                p.muted { (t!("Untouched tasks of later stages are archived; started ones stay.")) }
                (StepForm { step: "return", button: t!("Return project"), ..reasoned }.draw(&earlier, None))
            }
        }
        @if !is_blocked && current != Stage::Completion {
            details.more-fields open[asked == "block"] {
                summary { (t!("Mark as blocked")) }
                (StepForm { step: "block", button: t!("Mark as blocked"), ..reasoned }.draw(&[], None))
            }
        }
    }
}

/// Form of one step.
#[derive(Clone, Copy)]
struct StepForm<'a> {
    page: &'a Page,
    record: &'a Record,
    refused: &'a Refused,
    step: &'a str,
    button: &'a str,
    note: &'a str,
    needs_reason: bool,
}

impl StepForm<'_> {
    /// Several of these forms are on one page, and ids are unique, so that the names have the step.
    fn name(&self, name: &str) -> String {
        format!("{name}-{}", self.step)
    }

    fn draw(&self, stages: &[Choice], open: Option<&OpenWork>) -> Markup {
        let own = self.refused.form.get("step") == self.step;
        let typed = |name: &str| if own { self.refused.form.get(name) } else { "" };
        let mut fields = Vec::new();
        if !stages.is_empty() {
            fields.push(FormField {
                name: self.name("stage"),
                label: t!("Stage").to_owned(),
                required: true,
                control: Control::Select { options: stages.to_vec() },
                ..FormField::default()
            });
        }
        if open.is_some() {
            fields.push(FormField {
                name: self.name("confirm_open"),
                label: t!("Complete with what is open").to_owned(),
                control: Control::Checkbox { checked: typed("confirm_open") == "true" },
                ..FormField::default()
            });
        }
        fields.push(FormField {
            name: self.name("note"),
            label: self.note.to_owned(),
            required: self.needs_reason,
            error: if own { error_of(&self.refused.errors, "note") } else { None },
            control: Control::Text { value: typed("note").to_owned() },
            ..FormField::default()
        });
        let all: Vec<&FormField> = fields.iter().collect();
        let kind =
            if ["advance", "unblock"].contains(&self.step) { ButtonKind::Main } else { ButtonKind::Plain };
        html! {
            form.form.step-form id={ "step-" (self.step) } method="post" data-in-place action={ (PROJECT.url(self.record.id)) "/stage" } novalidate {
                @if own { (error_summary(None, &all)) }
                @if let Some(open) = open { (open_notice(open)) }
                input type="hidden" name="csrf_token" value=(self.page.csrf());
                input type="hidden" name="step" value=(self.step);
                input type="hidden" name="from" value=(project::CURRENT_STAGE.get(self.record));
                div.fields { @for entry in &fields { (field(entry)) } }
                div.form-actions { (submit_button(self.button, "", kind)) }
            }
        }
    }
}

/// Figures of what is open before a completion, with links.
pub fn open_notice(open: &OpenWork) -> Markup {
    notice(
        Tone::Warning,
        &html! {
            p { (t!("Still open. Close this first, or confirm with a reason.")) }
            ul {
                @if open.tasks > 0 {
                    li { a href=(open.tasks_href) { (t!("Open tasks: {count}", count = open.tasks)) } }
                }
                @if open.unobligated > 0 {
                    li { a href=(open.money_href) { (t!("Allotted, not obligated: {amount}", amount = money_text(open.unobligated))) } }
                }
                @if open.undisbursed > 0 {
                    li { a href=(open.money_href) { (t!("Obligated, not disbursed: {amount}", amount = money_text(open.undisbursed))) } }
                }
            }
        },
    )
}
