//! Pages of the approval: its tab on the page of a PPA, the queue, the sheet to sign.

mod actions;
mod discussion;
mod figures;
mod panel;
mod queue;
mod sheet;
mod sheet_pdf;

use jiff::civil::Date;
use obcms_app::approval::Approval;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::approval::{Stage, State as ApprovalState};
use obcms_domain::choices::{self, APPROVAL_STATES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;
use obcms_store::records::Directory;

use crate::components::badges::Tone;
use crate::components::words::t;
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
        PageRoute::post("/ppas/{id}/approval/assignee", Access::Role, discussion::assign),
        PageRoute::post("/ppas/{id}/approval/comments", Access::Role, discussion::comment),
        PageRoute::get("/ppas/{id}/approval/sheet", Access::Role, sheet::show),
        PageRoute::get("/ppas/{id}/approval/sheet.pdf", Access::Role, sheet_pdf::download),
    ]
}

/// Note on the decisions of an approval, for the questions before them.
const FINAL: &str = t!("Decisions cannot be undone. Changes need a return or a budget revision.");
/// Question before an enactment.
const ENACT: &str = t!("Enact this budget?");

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
        "submit" => t!("submitted the figures").to_owned(),
        "approve" if stage == Stage::Enactment.as_str() => t!("enacted the budget").to_owned(),
        "approve" => t!("approved the {stage_name}", stage_name),
        "return" => t!("returned it in the {stage_name}", stage_name),
        "reject" => t!("rejected it in the {stage_name}", stage_name),
        "waive" => t!("waived the {stage_name}", stage_name),
        "reopen" => t!("reopened the approval").to_owned(),
        "withdraw" if stage == ApprovalState::Draft.as_str() => t!("cancelled the revision").to_owned(),
        "withdraw" => t!("withdrew the submission").to_owned(),
        "revise" => t!("started a budget revision").to_owned(),
        _ => String::new(),
    }
}

/// Word and tone for the state of a stage.
fn state_word(state: &str, due: Option<Date>, today: Date) -> (&'static str, Tone) {
    match state {
        "pending" if due.is_some_and(|due| due < today) => (t!("Late"), Tone::Bad),
        "pending" => (t!("Pending"), Tone::Active),
        "approved" => (t!("Approved"), Tone::Good),
        "waived" => (t!("Waived"), Tone::Good),
        "returned" => (t!("Returned"), Tone::Warning),
        "rejected" => (t!("Rejected"), Tone::Bad),
        "withdrawn" => (t!("Withdrawn"), Tone::Quiet),
        _ => (t!("Not started"), Tone::Quiet),
    }
}

/// Word and tone for the state of a round.
fn round_word(state: &str) -> (&'static str, Tone) {
    match state {
        "draft" => (t!("Draft"), Tone::Quiet),
        "open" => (t!("In approval"), Tone::Active),
        "enacted" => (t!("Enacted"), Tone::Good),
        ended => state_word(ended, None, Date::ZERO),
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
    people.extend(approval.decisions.iter().filter_map(|decision| decision.on_behalf_of));
    people.extend(approval.on_behalf_of);
    people.extend(&approval.assignable);
    people.extend(approval.rounds.iter().filter_map(|round| round.submitted_by));
    people.extend(approval.comments.iter().flatten().filter_map(|comment| comment.created_by));
    people.extend(approval.stages.iter().filter_map(|stage| stage.assignee));
    people.extend(approval.submitted_by);
    let mut directory = detail::directory_of(state, actor, record)?;
    directory.extend(state.app.directory(actor, &people)?);
    Ok(directory)
}
