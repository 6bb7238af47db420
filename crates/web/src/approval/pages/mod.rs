//! Pages of the approval: its tab on the page of a PPA, the queue, the sheet to sign.

mod actions;
mod figures;
mod panel;
mod queue;
mod sheet;

use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::approval::{Approval, locks};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::approval::{Stage, State as ApprovalState};
use obcms_domain::choices::{self, APPROVAL_STATES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;
use obcms_store::records::Directory;

use crate::components::badges::Tone;
use crate::components::feedback::notice;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::State;
use crate::records::pages::detail;

pub use panel::panel;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let sees = Access::Policy(Action::View, PPA.area);
    vec![
        PageRoute::get("/approvals", sees, queue::show).purpose("see budget approvals"),
        PageRoute::post("/approvals/approve", Access::Role, queue::approve),
        PageRoute::post("/ppas/{id}/approval", Access::Role, actions::take),
        PageRoute::get("/ppas/{id}/approval/sheet", Access::Role, sheet::show),
    ]
}

/// Note above the edit form of a PPA whose figures are locked.
pub fn lock_note(record: &Record) -> Markup {
    let address = format!("{}?tab=approval", PPA.url(record.id));
    notice(
        Tone::Accent,
        &html! {
            "The budget approval locks the figures of this PPA. " (locks::unlock_hint_of(record)) " "
            a href=(address) { "Open the approval" } "."
        },
    )
}

/// Label of a stage or state.
fn label(state: &str) -> &'static str {
    APPROVAL_STATES.iter().find(|choice| choice.value == state).map_or("", |choice| choice.label)
}

fn stage_label(stage: Stage) -> &'static str {
    choices::label(APPROVAL_STATES, stage.as_str())
}

/// Past tense of an action, as in "approved the budget review".
fn deed(action: &str, stage: &str) -> String {
    let stage_name = label(stage).to_lowercase();
    match action {
        "submit" => "submitted the figures".to_owned(),
        "approve" if stage == Stage::Enactment.as_str() => "enacted the budget".to_owned(),
        "approve" => format!("approved the {stage_name}"),
        "return" => format!("returned it in the {stage_name}"),
        "reject" => format!("rejected it in the {stage_name}"),
        "waive" => format!("waived the {stage_name}"),
        "reopen" => "reopened the approval".to_owned(),
        "withdraw" if stage == ApprovalState::Draft.as_str() => "cancelled the revision".to_owned(),
        "withdraw" => "withdrew the submission".to_owned(),
        "revise" => "started a budget revision".to_owned(),
        _ => String::new(),
    }
}

/// Word and tone for the state of a stage.
fn state_word(state: &str, due: Option<Date>, today: Date) -> (&'static str, Tone) {
    match state {
        "pending" if due.is_some_and(|due| due < today) => ("Late", Tone::Bad),
        "pending" => ("Pending", Tone::Active),
        "approved" => ("Approved", Tone::Good),
        "waived" => ("Waived", Tone::Good),
        "returned" => ("Returned", Tone::Warning),
        "rejected" => ("Rejected", Tone::Bad),
        "withdrawn" => ("Withdrawn", Tone::Quiet),
        _ => ("Not started", Tone::Quiet),
    }
}

/// Titles of the people that an approval names, beside those of the record.
fn directory(
    state: &State,
    actor: &Actor,
    record: &Record,
    approval: &Approval,
) -> Result<Directory, AppError> {
    let mut people: Vec<Id> = approval.decisions.iter().filter_map(|decision| decision.decided_by).collect();
    people.extend(approval.stages.iter().filter_map(|stage| stage.assignee));
    people.extend(approval.submitted_by);
    let mut directory = detail::directory_of(state, actor, record)?;
    directory.extend(state.app.directory(actor, &people)?);
    Ok(directory)
}
