//! Tab "Approval" on the page of a PPA.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::approval::{Approval, DecisionView, StageView};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Role;
use obcms_domain::approval::{Action, Stage, State as ApprovalState};
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;
use serde_json::Value as Json;

use super::{actions, deed, directory, discussion, figures, label, stage_label, state_word};
use crate::attachments::pages as files;
use crate::components::badges::{self, Tone, badge};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{
    FieldChange, HistoryEntry, Property, detail, history, panel as box_of, properties,
};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::icons::icon;
use crate::components::words::{t, t_html};
use crate::core::frame::Page;
use crate::core::refused::Refused;
use crate::core::state::State;
use crate::programme::pages::ppas;
use crate::records::pages::Values;

/// Kinds whose changes refresh the ceilings.
const CEILINGS_LIVE: &str = "ppa ceiling";

/// The tab; `refused` is the form of an action that was refused.
pub fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    if record.is_request() {
        return Ok(empty_state(&EmptyState {
            icon: "badge-check".to_owned(),
            title: t!("No budget approval").to_owned(),
            text: t!("Community requests have no budget approval. A coordinator can change the category to a PPA first.")
                .to_owned(),
            action: None,
        }));
    }
    let approval = state.app.approval(actor, record.id)?;
    let directory = directory(state, actor, record, &approval)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let writable = state.app.offer(actor, &PPA, Some(record))?;
    let may_fill = |field: &str| writable.allows_name(field);
    let sheet = format!("{}/approval/sheet", PPA.url(record.id));
    let effects = approval.stages.iter().find(|stage| stage.stage == Stage::BudgetReview);
    let effects = effects.map_or(&[][..], |stage| &stage.ceilings);
    let title = if approval.round == 0 {
        t!("Stages").to_owned()
    } else {
        t!("Stages of round {round}", round = approval.round)
    };
    let head = html! {
        @if approval.is_revision { (badge(t!("Budget revision"), Tone::Accent)) }
        // On the phone the form is far below.
        @if approval.actions.contains(&Action::Approve) {
            a.button.decide-link data-kind="main" href="#approval-actions" { (icon("arrow-down")) (t!("Decide")) }
        }
        (button_link(t!("Approval sheet"), &sheet, "printer", ButtonKind::Quiet))
    };
    let wide = html! {
        (box_of("approval-stages", "ppa", &title, &head, &html! {
            (ppas::cycle::hearing_line(state, page, actor, record)?)
            (steps(&approval, &values))
            (missing(record, &approval, &may_fill))
            @if let Some(excess) = approval.excess_allotted {
                div.missing-fields {
                    (icon("circle-alert"))
                    p {
                        (t_html!("{amount} more is allotted than this budget. Reverse it before the enactment.", amount = badges::money(excess)))
                        " " a href={ (PPA.url(record.id)) "?tab=money" } { (t!("Ledger")) }
                    }
                }
            }
        }))
        (box_of("approval-figures", "ppa", t!("Figures"), &html! {}, &figures::figures(&approval, &values)))
        @if approval.round > 0 { (files::round_panel(state, page, actor, record, approval.round)?) }
        (box_of("approval-ceilings", CEILINGS_LIVE, t!("Ceilings"), &html! {}, &figures::ceilings(effects)))
    };
    let narrow = html! {
        (actions::panel(state, page, actor, record, &approval, &values, refused)?)
        (box_of("approval-round", "ppa", t!("Round"), &html! {}, &html! {
            (properties(&round(record, &approval, &values)))
            (discussion::assign_form(page, record, &approval, &values, refused))
        }))
    };
    Ok(html! {
        (detail(&wide, &narrow))
        @if approval.rounds.len() > 1 {
            (box_of("approval-rounds", "ppa", t!("Rounds"), &html! {}, &discussion::rounds(&approval, &values)))
        }
        (box_of("approval-decisions", "ppa", t!("Decisions and comments"), &html! {}, &html! {
            (discussion::comment_form(page, actor, record, &approval, refused))
            (decisions(&approval, &values))
        }))
    })
}

/// The five stages, one line each.
fn steps(approval: &Approval, values: &Values<'_>) -> Markup {
    html! {
        ol.approval-steps {
            @for stage in &approval.stages { (step(stage, values)) }
        }
    }
}

fn step(stage: &StageView, values: &Values<'_>) -> Markup {
    let (word, tone) = state_word(&stage.state, stage.due_date, values.today);
    let mark = match stage.state.as_str() {
        "approved" | "waived" => "check",
        "rejected" | "withdrawn" => "x",
        "returned" => "undo-2",
        _ => "",
    };
    html! {
        li data-state=(stage.state) aria-current=[(stage.state == "pending").then_some("step")] {
            span.stage-mark { @if !mark.is_empty() { (icon(mark)) } }
            strong.step-name { (stage_label(stage.stage)) }
            span.step-state {
                @if stage.state == "upcoming" { span.faint { (word) } } @else { (badge(word, tone)) }
            }
            span.step-who {
                @match stage.decision.as_ref().map_or(stage.assignee, |decision| decision.decided_by) {
                    Some(person) => {
                        (values.reference(person, "user"))
                        @if let Some(absent) = stage.decision.as_ref().and_then(|decision| decision.on_behalf_of) {
                            span.figure-note { (t_html!("on behalf of {person}", person = values.reference(absent, "user"))) }
                        }
                    }
                    None => span.muted { (stage.stage.decider().label()) },
                }
            }
            span.step-when {
                @match (&stage.decision, stage.due_date) {
                    (Some(decision), _) => (values.instant(decision.decided_at)),
                    (None, Some(due)) if stage.state == "pending" => { (t_html!("Due {due_date}", due_date = badges::due_date(due, values.today))) }
                    _ => span.faint { (t_html!("{due_working_days} working days", due_working_days = stage.stage.due_working_days())) },
                }
            }
            @if let Some(comment) = stage.decision.as_ref().map(|decision| decision.comment.as_str()).filter(|text| !text.is_empty()) {
                q.step-comment { (comment) }
            }
        }
    }
}

/// Fields that must be filled in before the next stages, with links to the form.
fn missing(record: &Record, approval: &Approval, may_fill: &dyn Fn(&str) -> bool) -> Markup {
    let is_ahead = |stage: &&StageView| {
        stage.state != "approved" && stage.state != "waived" && !stage.missing.is_empty()
    };
    if approval.state == ApprovalState::Enacted {
        return html! {};
    }
    html! {
        @for stage in approval.stages.iter().filter(is_ahead) {
            div.missing-fields {
                (icon("circle-alert"))
                p {
                    (t_html!("Missing for {stage}", stage = stage_label(stage.stage).to_lowercase())) ": "
                    @for (place, name) in stage.missing.iter().enumerate() {
                        @if place > 0 { ", " }
                        @let label = PPA.field_label(name);
                        @if may_fill(name) {
                            a href={ (PPA.url(record.id)) "/edit#field-" (name) } { (label) }
                        } @else { (label) }
                    }
                }
            }
        }
    }
}

fn round(record: &Record, approval: &Approval, values: &Values<'_>) -> Vec<Property> {
    let property = |label: &str, value: Markup| Property { label: label.to_owned(), value };
    let mut rows = vec![property(
        t!("State"),
        html! { (badge(label(approval.state.as_str()), Tone::of_status(approval.state.as_str()))) },
    )];
    if let Some(person) =
        approval.pending().and_then(|stage| stage.assignee).filter(|_| approval.assignable.is_empty())
    {
        rows.push(property(t!("Assignee"), values.reference(person, "user")));
    }
    if !approval.reason.is_empty() {
        rows.push(property(t!("Reason of the revision"), html! { (approval.reason) }));
    }
    if let Some(at) = approval.submitted_at {
        rows.push(property(t!("Submitted"), values.instant(at)));
    }
    if let Some(person) = approval.submitted_by {
        rows.push(property(t!("Submitted by"), values.reference(person, "user")));
    }
    if let Some(amount) = record.integer("enacted_budget_centavos") {
        rows.push(property(t!("Enacted budget"), badges::money(amount)));
    }
    if let Some(day) = record.date("enacted_on") {
        rows.push(property(t!("Enacted on"), badges::date(day, values.today)));
    }
    rows
}

/// All decisions, steps and comments, the last one first.
fn decisions(approval: &Approval, values: &Values<'_>) -> Markup {
    let decided =
        approval.decisions.iter().map(|decision| (decision.decided_at, entry(decision, approval, values)));
    let comments = approval.comments.iter().flatten();
    let said =
        comments.map(|comment| (comment.created_at, discussion::comment_entry(comment, approval, values)));
    let mut entries: Vec<(Timestamp, HistoryEntry)> = decided.chain(said).collect();
    // Stable: what happened at the same time keeps its order.
    entries.sort_by_key(|(at, _)| *at);
    let entries: Vec<HistoryEntry> = entries.into_iter().rev().map(|(_, entry)| entry).collect();
    html! {
        @if entries.is_empty() { p.muted { (t!("No decisions yet.")) } } @else { (history(&entries)) }
    }
}

fn entry(decision: &DecisionView, approval: &Approval, values: &Values<'_>) -> HistoryEntry {
    let who = decision
        .decided_by
        .and_then(|person| values.directory.get(&person))
        .map_or_else(|| t!("Somebody").to_owned(), |person| person.title.clone());
    let role = Role::parse(&decision.role).map_or("", Role::label);
    let mut what = deed(&decision.action, &decision.stage);
    if approval.round > 1 {
        what.push_str(&t!(", round {round}", round = decision.round));
    }
    if !role.is_empty() {
        what.push_str(&t!(", as {role}", role = role.to_lowercase()));
    }
    if let Some(absent) = decision.on_behalf_of.and_then(|person| values.directory.get(&person)) {
        what.push_str(&t!(", on behalf of {person}", person = absent.title));
    }
    let mut changes: Vec<FieldChange> = Vec::new();
    for (name, pair) in &decision.corrections {
        if let Some(field) = PPA.field(name) {
            let text = |place: usize| values.text(field, pair.get(place).unwrap_or(&Json::Null));
            changes.push(FieldChange { label: field.label.to_owned(), old: text(0), new: text(1) });
        }
    }
    let exceeded = decision.ceilings.as_array().into_iter().flatten();
    for effect in exceeded.filter(|effect| effect.get("is_exceeded") == Some(&Json::Bool(true))) {
        let title = effect.get("title").and_then(Json::as_str).unwrap_or_default();
        let room = effect.get("remaining_centavos").and_then(Json::as_i64).unwrap_or_default();
        changes.push(FieldChange {
            label: t!("Ceiling {title}", title),
            old: String::new(),
            new: t!("exceeded by {amount}", amount = badges::money_text(room.saturating_neg())),
        });
    }
    HistoryEntry {
        who,
        what,
        when: values.instant_text(decision.decided_at),
        instant: decision.decided_at.to_string(),
        changes,
        note: decision.comment.clone(),
    }
}
