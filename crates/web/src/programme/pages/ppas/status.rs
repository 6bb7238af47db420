//! Panel with the status of a PPA and the actions that change it.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::programme::completion::OpenWork;
use obcms_app::programme::ppa_status::{StatusChange, body_of};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::PPA_STATUSES;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::programme::actions;
use obcms_domain::programme::following::StatusAction;
use obcms_domain::registry::Record;

use super::draw;
use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::panel;
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::programme::pages::projects::open_notice;
use crate::records::pages::written::error_of;

/// Name of the hidden input with the action.
pub(super) const ACTION: &str = "action";

/// Panel with the status, how it follows, and a form for each action that the person may take.
pub(super) fn panel_of(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let possible = state.app.ppa_status_actions(actor, record)?;
    let ends = possible.iter().any(|action| action.ends());
    let open = if ends { state.app.open_work(record)? } else { OpenWork::default() };
    let status = ppa::STATUS.get(record);
    let asked = StatusAction::parse(refused.form.get(ACTION));
    Ok(panel(
        "status",
        "ppa project task tranche",
        t!("Status"),
        &html! {},
        &html! {
            p { (badge(words::choice(PPA_STATUSES, status), Tone::of_status(status))) }
            p.muted { (t!("Follows the approval, the project and the start date.")) }
            @if let (Some(problem), Some(_)) = (refused.problem_text(), asked) { (error_summary(Some(&problem), &[])) }
            @for action in possible {
                details.more-fields open[asked == Some(action)] {
                    summary { (label(action)) }
                    (form(page, record, action, &open, refused))
                }
            }
        },
    ))
}

fn label(action: StatusAction) -> &'static str {
    match action {
        StatusAction::Hold => t!("Put on hold"),
        StatusAction::Resume => t!("Resume"),
        StatusAction::Cancel => t!("Cancel PPA"),
        StatusAction::Complete => t!("Complete PPA"),
    }
}

fn form(page: &Page, record: &Record, action: StatusAction, open: &OpenWork, refused: &Refused) -> Markup {
    let open = Some(open.of_action(action)).filter(|open| !open.is_empty());
    let own = refused.form.get(ACTION) == action.as_str();
    let typed = |name: &str| if own { refused.form.get(name) } else { "" };
    // Several of these forms are on one page, and ids are unique.
    let name = |name: &str| format!("{name}-{}", action.as_str());
    let checkbox = |member: &str, label: &str| FormField {
        name: name(member),
        label: label.to_owned(),
        control: Control::Checkbox { checked: typed(member) == "true" },
        ..FormField::default()
    };
    let mut fields = Vec::new();
    if open.is_some() {
        let label = if action == StatusAction::Cancel {
            t!("Cancel with open money")
        } else {
            t!("Complete with what is open")
        };
        fields.push(checkbox(actions::CONFIRM_OPEN.name(), label));
    }
    if action == StatusAction::Cancel {
        fields.push(checkbox(actions::CANCEL_OPEN_TASKS.name(), t!("Also cancel open tasks and bookings")));
    }
    fields.push(FormField {
        name: name(actions::REASON.name()),
        label: t!("Reason").to_owned(),
        help: t!("Shown in the history.").to_owned(),
        required: action.needs_reason() || open.is_some(),
        error: if own { error_of(&refused.errors, actions::REASON.name()) } else { None },
        control: Control::Text { value: typed(actions::REASON.name()).to_owned() },
        ..FormField::default()
    });
    let all: Vec<&FormField> = fields.iter().collect();
    let kind = if action == StatusAction::Cancel { ButtonKind::Danger } else { ButtonKind::Plain };
    html! {
        form.form method="post" data-in-place action={ (PPA.url(record.id)) "/status" } data-guard novalidate {
            @if own { (error_summary(None, &all)) }
            @if let Some(open) = &open { (open_notice(open)) }
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name=(ACTION) value=(action.as_str());
            input type="hidden" name="version" value=(record.version);
            div.fields { @for entry in &fields { (field(entry)) } }
            div.form-actions { (submit_button(label(action), "", kind)) }
        }
    }
}

/// `POST /ppas/{id}/status`: `action`, and the members of its body with the action after their names.
pub(super) async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let Some(action) = StatusAction::parse(form.get(ACTION)) else {
        return Err(AppError::BadRequest("Unknown action.".into()).into());
    };
    let form = form.without_suffix(&format!("-{}", action.as_str()));
    let seen = form.get("version").parse().ok();
    let result = blocking(|| {
        let change = StatusChange::parse(action, &form.action(body_of(action)))?;
        state.app.change_ppa_status(&actor, id.0, action, &change, seen)
    });
    match result {
        Ok(record) => {
            let status = words::choice(PPA_STATUSES, ppa::STATUS.get(&record));
            let undo = blocking(|| state.app.undo_of_last(&actor, &PPA, id.0))?;
            Ok(done(&PPA.url(id.0), &t!("Status: {status}", status), undo.as_deref()))
        }
        Err(error) => {
            let (status, refused) = Refused::read(form, error)?;
            let html = blocking(|| draw(&state, &page, &actor, id.0, "overview", &refused))?;
            Ok((status, Html(html)).into_response())
        }
    }
}
