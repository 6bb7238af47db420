//! Form with the actions that the person may take on an approval.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::approval::{Approval, ApprovalStep};
use obcms_app::{Actor, AppError};
use obcms_domain::approval::{Action, State as ApprovalState, actions, snapshot};
use obcms_domain::choices::{self, FUNDING_SOURCES, SECTORS};
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::Record;
use serde_json::{Map, Value as Json};

use super::{label, stage_label};
use crate::components::badges::{due_date, money_text};
use crate::components::buttons::ButtonKind;
use crate::components::detail::panel as box_of;
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PathId};
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::programme::pages::ppas;
use crate::records::pages::Values;
use crate::records::pages::controls::{form_fields, shown};
use crate::records::pages::written::{differing, error_of, written};

/// Name of the hidden input with the state that the person saw.
const SEEN: &str = "seen";

/// Panel with the form, or with who decides.
pub(super) fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    approval: &Approval,
    values: &Values<'_>,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let title = heading(approval);
    let content = if approval.actions.is_empty() {
        html! {
            // What was refused is shown also when the person may not try again.
            @if let Some(problem) = refused.problem_text() { (error_summary(Some(&problem), &[])) }
            @if !refused.form.get("comment").is_empty() { blockquote.lost-comment { (refused.form.get("comment")) } }
            (waiting(page, approval))
        }
    } else {
        let form = form(state, page, actor, record, approval, refused)?;
        let absent = approval.on_behalf_of.filter(|_| approval.actions.contains(&Action::Approve));
        html! {
            @if let Some(absent) = absent {
                p { (t_html!("You decide on behalf of {person}.", person = values.reference(absent, "user"))) }
            }
            (form)
        }
    };
    Ok(box_of("approval-actions", "ppa", &title, &html! {}, &content))
}

fn heading(approval: &Approval) -> String {
    let may = |action: Action| approval.actions.contains(&action);
    match approval.pending() {
        Some(stage) if may(Action::Approve) => {
            t!("Decide: {stage}", stage = stage_label(stage.stage).to_lowercase())
        }
        None if may(Action::Submit) => t!("Submit for approval").to_owned(),
        _ => t!("Next step").to_owned(),
    }
}

/// Note on the next decider, for everybody else.
fn waiting(page: &Page, approval: &Approval) -> Markup {
    html! {
        @match approval.pending() {
            Some(stage) => {
                p {
                    (t_html!("{role} decides the {stage}", role = stage.stage.decider().label(), stage = stage_label(stage.stage).to_lowercase()))
                    @if let Some(due) = stage.due_date { (t_html!(", due {due_date}", due_date = due_date(due, page.today))) }
                    "."
                }
                @if let Some(obstacle) = &approval.obstacle { p.muted { (words::message(obstacle)) } }
            }
            None => p.muted {
                @if let Some(obstacle) = &approval.obstacle { (words::message(obstacle)) }
                @else {
                    @match approval.state {
                        ApprovalState::Draft => (t!("The maker or a coordinator submits the figures for approval.")),
                        ApprovalState::Rejected => (t!("Rejected. An administrator can reopen the approval.")),
                        _ => (t!("The budget is enacted. A coordinator or budget officer can start a budget revision.")),
                    }
                }
            },
        }
    }
}

fn form(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    approval: &Approval,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let corrects =
        approval.state == ApprovalState::BudgetReview && approval.actions.contains(&Action::Approve);
    let corrections = if corrects { correction_fields(state, actor, record, refused)? } else { Vec::new() };
    let comment = FormField {
        name: actions::COMMENT.name().to_owned(),
        label: t!("Comment").to_owned(),
        help: help(approval),
        error: error_of(&refused.errors, actions::COMMENT.name()),
        required: false,
        control: Control::Multiline { value: refused.form.get(actions::COMMENT.name()).to_owned(), rows: 3 },
        ..FormField::default()
    };
    let problem = refused.problem_beside(|error| {
        error.field == comment.name || corrections.iter().any(|field| field.name == error.field)
    });
    let all: Vec<&FormField> = std::iter::once(&comment).chain(&corrections).collect();
    let is_open =
        corrections.iter().any(|field| field.error.is_some()) || is_corrected(record, &refused.form);
    Ok(html! {
        form.form.approval-form method="post" data-in-place action={ (PPA.url(record.id)) "/approval" } data-guard novalidate {
            (error_summary(problem.as_deref(), &all))
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name=(SEEN) value=(approval.state.as_str());
            (enacts(approval))
            @if !corrections.is_empty() {
                @let (name, value) = shown(&[&corrections]);
                input type="hidden" name=(name) value=(value);
                details.more-fields open[is_open] {
                    summary { (icon("chevron-right")) (t!("Correct figures")) }
                    p.field-help { (t!("Corrections are saved with the approval and shown in the decision.")) }
                    div.fields { @for entry in &corrections { (field(entry)) } }
                }
            }
            (field(&comment))
            div.approval-buttons {
                @for action in &approval.actions { (button(*action, approval)) }
            }
        }
    })
}

/// Summary of the figures that the last stage puts in force.
fn enacts(approval: &Approval) -> Markup {
    if approval.state != ApprovalState::Enactment || !approval.actions.contains(&Action::Approve) {
        return html! {};
    }
    let text = |name: &str| approval.snapshot.get(name).and_then(Json::as_str).unwrap_or_default();
    let year = approval.snapshot.get(ppa::FISCAL_YEAR.name()).and_then(Json::as_i64);
    let parts = [
        year.map_or_else(String::new, |year| t!("fiscal year {year}", year)),
        choices::label(SECTORS, text(ppa::SECTOR.name())).to_owned(),
        choices::label(FUNDING_SOURCES, text(ppa::FUNDING_SOURCE.name())).to_owned(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    html! {
        p {
            (t!("Enacts")) " " strong { (money_text(snapshot::budget(&approval.snapshot))) } ", " (parts.join(", "))
            @if let Some(enacted) = &approval.enacted {
                " " (t_html!("in place of {amount}", amount = money_text(snapshot::budget(enacted))))
            }
            "."
        }
    }
}

fn help(approval: &Approval) -> String {
    let words: Vec<&str> = approval
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Reject => Some("reject"),
            Action::Waive => Some("waive"),
            Action::Reopen => Some("reopen"),
            Action::Revise => Some(t!("start a revision")),
            _ => None,
        })
        .collect();
    if words.is_empty() { String::new() } else { t!("Required to {actions}.", actions = words.join(" or ")) }
}

fn button(action: Action, approval: &Approval) -> Markup {
    let (words, kind, drawing) = match action {
        Action::Submit => (t!("Submit for approval"), ButtonKind::Main, "send"),
        Action::Approve if approval.state == ApprovalState::Enactment => {
            (t!("Enact the budget"), ButtonKind::Main, "check")
        }
        Action::Approve => (t!("Approve"), ButtonKind::Main, "check"),
        Action::Return => (t!("Return for revision"), ButtonKind::Plain, "undo-2"),
        Action::Reject => (t!("Reject"), ButtonKind::Danger, "x"),
        Action::Waive => (t!("Waive the consultation"), ButtonKind::Plain, ""),
        Action::Reopen => (t!("Reopen"), ButtonKind::Main, "rotate-ccw"),
        Action::Withdraw if approval.state == ApprovalState::Draft => {
            (t!("Cancel the revision"), ButtonKind::Plain, "")
        }
        Action::Withdraw => (t!("Withdraw"), ButtonKind::Plain, "undo-2"),
        Action::Revise => (t!("Start a budget revision"), ButtonKind::Main, "pencil"),
    };
    html! {
        @let question = question(action, approval);
        button.button type="submit" name="action" value=(action.as_str()) data-kind=[kind.name()]
            data-confirm=[question.map(|(question, _)| question)] data-confirm-text=[question.map(|(_, text)| text)] {
            @if !drawing.is_empty() { (icon(drawing)) }
            (words)
        }
    }
}

/// Question, with a note, before an action that puts money in force or ends the approval.
fn question(action: Action, approval: &Approval) -> Option<(&'static str, &'static str)> {
    match action {
        Action::Approve if approval.state == ApprovalState::Enactment => Some((super::ENACT, super::FINAL)),
        Action::Reject => {
            Some((t!("Reject this PPA?"), t!("Only an administrator can reopen the approval.")))
        }
        _ => None,
    }
}

/// Fields of the figures that the budget review may correct.
fn correction_fields(
    state: &State,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Vec<FormField>, AppError> {
    let is_typed = refused.form.has(crate::records::pages::written::SHOWN);
    let typed = if is_typed { refused.form.clone() } else { written(record) };
    let (fields, more) = form_fields(state, actor, &PPA, &typed, &[], &refused.errors)?;
    let mut fields: Vec<FormField> = fields
        .into_iter()
        .chain(more)
        .filter(|field| snapshot::LOCKED.contains(&field.name.as_str()))
        .collect();
    fields.sort_by_key(|field| snapshot::LOCKED.iter().position(|name| *name == field.name));
    Ok(fields)
}

fn corrections(record: &Record, form: &Form) -> Map<String, Json> {
    if !form.has(crate::records::pages::written::SHOWN) {
        return Map::new();
    }
    let mut input = differing(record, form);
    input.retain(|name, _| snapshot::LOCKED.contains(&name.as_str()));
    input
}

fn is_corrected(record: &Record, form: &Form) -> bool {
    !corrections(record, form).is_empty()
}

/// `POST /ppas/{id}/approval`: `action`, `comment`, the state that the person saw, and corrected figures.
pub(super) async fn take(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    match blocking(|| step(&state, &actor, id, &form)) {
        Ok((record, action)) => {
            let address = format!("{}?tab=approval", PPA.url(id.0));
            Ok(done(&address, &message(&record, action), None))
        }
        Err(error) => {
            let (status, refused) = Refused::read(form, error)?;
            let html = blocking(|| ppas::draw(&state, &page, &actor, id.0, "approval", &refused))?;
            Ok((status, Html(html)).into_response())
        }
    }
}

fn step(state: &State, actor: &Actor, id: PathId, form: &Form) -> Result<(Record, Action), AppError> {
    let record = state.app.get(actor, &PPA, id.0)?;
    let mut input = form.action(&actions::APPROVAL);
    let corrections = corrections(&record, form);
    if !corrections.is_empty() {
        input.insert(actions::CORRECTIONS.name().to_owned(), Json::Object(corrections));
    }
    let seen = ApprovalState::parse(form.get(SEEN));
    let step = ApprovalStep { seen, ..ApprovalStep::parse(&input)? };
    let action = step.action;
    Ok((state.app.approval_step(actor, id.0, &step, Some(record.version))?, action))
}

fn message(record: &Record, action: Action) -> String {
    let now = label(record.text(ppa::APPROVAL_STAGE.name()));
    match action {
        Action::Submit => t!("Submitted: {stage}", stage = now.to_lowercase()),
        Action::Approve if record.text(ppa::APPROVAL_STAGE.name()) == ApprovalState::Enacted.as_str() => {
            t!("Budget enacted").to_owned()
        }
        Action::Approve => t!("Approved. Next: {stage}", stage = now.to_lowercase()),
        Action::Waive => t!("Consultation waived. Next: {stage}", stage = now.to_lowercase()),
        Action::Return => t!("Returned for revision").to_owned(),
        Action::Reject => t!("Rejected").to_owned(),
        Action::Reopen => t!("Approval reopened").to_owned(),
        Action::Withdraw => t!("Withdrawn").to_owned(),
        Action::Revise => t!("Revision started: change the figures, then submit them").to_owned(),
    }
}
