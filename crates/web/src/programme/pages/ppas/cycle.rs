//! Tab "Budget cycle" on the page of a PPA: its dated stages in order.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{BUDGET_CYCLE_STAGES, BUDGET_CYCLE_STATUSES};
use obcms_domain::core::dates::parse_time;
use obcms_domain::kinds::{BUDGET_CYCLE_STAGE, PPA, budget_cycle_stage as stage_of, ppa};
use obcms_domain::programme::budget_cycle::{is_hearing, planned};
use obcms_domain::registry::Record;

use super::draw;
use crate::components::badges::{self, Tone, badge};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::detail::panel as box_of;
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::records::may_create;

/// The tab; `refused` is the form that adds the stages.
pub fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let stages = state.app.budget_cycle(actor, record.id)?;
    let may_add = !record.is_archived() && !actor.read_only && may_create(actor, &BUDGET_CYCLE_STAGE);
    let is_whole = stages.len() >= BUDGET_CYCLE_STAGES.len();
    let head = html! { @if may_add && !is_whole && !stages.is_empty() { (add_button(page, record, t!("Add missing stages"))) } };
    Ok(html! {
        @if let Some(problem) = refused.problem_text() {
            (notice(Tone::Bad, &html! {
                (problem) " "
                a href={ (PPA.url(record.id)) "/edit#field-fiscal_year" } { (t!("Set the fiscal year")) } "."
            }))
        }
        @if stages.is_empty() {
            (empty(record))
            @if may_add { div.form-actions { (add_button(page, record, t!("Add budget cycle"))) } }
        } @else {
            (box_of("budget-cycle", "budget_cycle_stage", t!("Budget cycle"), &head, &html! {
                @if let Some(hearing) = next_hearing(&stages, page.today) { p.row { (icon("calendar-clock")) span { (t!("Next hearing")) ": " (hearing_words(hearing, page.today)) } } }
                ol.cycle-stages { @for stage in &stages { (line(stage, page.today, may_add)) } }
            }))
        }
    })
}

fn add_button(page: &Page, record: &Record, label: &str) -> Markup {
    let action = format!("{}/budget-cycle", PPA.url(record.id));
    post_button(label, &action, "plus", ButtonKind::Main, page.csrf(), &[])
}

/// Explanation of the empty tab, with the dates that the stages would get.
fn empty(record: &Record) -> Markup {
    let year = ppa::FISCAL_YEAR.get(record).and_then(|year| i16::try_from(year).ok());
    let dates = year.map(planned).and_then(|dates| Some((dates.first()?.1, dates.last()?.1)));
    empty_state(&EmptyState {
        icon: "calendar-clock".to_owned(),
        title: t!("No budget cycle yet").to_owned(),
        text: match dates {
            Some((first, last)) => t!(
                "Seven stages from the budget call ({first}) to accountability ({last}), with dates that you can change.",
                first,
                last
            ),
            None => t!("Set the fiscal year of this PPA first: the dates follow from it.").to_owned(),
        },
        action: None,
    })
}

/// Returns the next hearing that is not over.
#[must_use]
pub fn next_hearing(stages: &[Record], today: Date) -> Option<&Record> {
    let is_ahead = |stage: &&Record| {
        is_hearing(stage_of::STAGE.get(stage))
            && stage_of::STATUS.get(stage) != "completed"
            && stage_of::DUE_DATE.get(stage).is_some_and(|day| day >= today)
    };
    stages.iter().filter(is_ahead).min_by_key(|stage| stage_of::DUE_DATE.get(stage))
}

/// Stage, date, time and venue of a hearing, as a link.
#[must_use]
pub fn hearing_words(stage: &Record, today: Date) -> Markup {
    html! {
        a href=(BUDGET_CYCLE_STAGE.url(stage.id)) { (words::choice(BUDGET_CYCLE_STAGES, stage_of::STAGE.get(stage))) }
        ", " (when(stage, today))
        @if !stage_of::VENUE.is_empty(stage) { ", " (stage_of::VENUE.get(stage)) }
    }
}

/// Date of a stage, with the time of a hearing.
fn when(stage: &Record, today: Date) -> Markup {
    let is_open = stage_of::STATUS.get(stage) != "completed";
    html! {
        @match stage_of::DUE_DATE.get(stage) {
            Some(day) if is_open => (badges::due_date(day, today)),
            Some(day) => (badges::date(day, today)),
            None => span.muted { (t!("No date")) },
        }
        @if let Some(time) = parse_time(stage_of::HEARING_TIME.get(stage)) { " " (time.strftime("%-I:%M %p").to_string()) }
    }
}

fn line(stage: &Record, today: Date, may_edit: bool) -> Markup {
    let status = stage_of::STATUS.get(stage);
    let address = BUDGET_CYCLE_STAGE.url(stage.id);
    html! {
        li data-state=(status) {
            span.stage-mark { @if status == "completed" { (icon("check")) } }
            a.step-name href=(address) { (words::choice(BUDGET_CYCLE_STAGES, stage_of::STAGE.get(stage))) }
            span.step-state { (badge(words::choice(BUDGET_CYCLE_STATUSES, status), Tone::of_status(status))) }
            span.step-when { (when(stage, today)) }
            span.step-place.muted { (stage_of::VENUE.get(stage)) }
            @if may_edit { (button_link(t!("Edit"), &format!("{address}/edit"), "", ButtonKind::Quiet)) }
        }
    }
}

/// Line about the next hearing on other tabs; empty without one.
pub fn hearing_line(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let stages = state.app.budget_cycle(actor, record.id)?;
    Ok(html! {
        @if let Some(hearing) = next_hearing(&stages, page.today) {
            p.row { (icon("calendar-clock")) span { (t_html!("Next hearing: {hearing}", hearing = hearing_words(hearing, page.today))) } }
        }
    })
}

/// `POST /ppas/{id}/budget-cycle`.
pub(super) async fn add(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    match blocking(|| state.app.add_budget_cycle(&actor, id.0)) {
        Ok((count, _)) => {
            let address = format!("{}?tab=cycle", PPA.url(id.0));
            Ok(done(&address, &t!("Stages added: {count}", count), None))
        }
        Err(error) => {
            let (status, refused) = Refused::read(form, error)?;
            let html = blocking(|| draw(&state, &page, &actor, id.0, "cycle", &refused))?;
            Ok((status, Html(html)).into_response())
        }
    }
}
