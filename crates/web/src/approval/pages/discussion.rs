//! Assignee of the pending stage, comments, and the rounds so far.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::approval::{Approval, RoundView};
use obcms_app::{Actor, AppError};
use obcms_domain::approval::{actions, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;
use obcms_store::approval::Comment;

use super::{label, round_word};
use crate::components::badges::{badge, money};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::HistoryEntry;
use crate::components::forms::{Choice, Control, FormField, field};
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PathId};
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::programme::pages::ppas;
use crate::records::pages::Values;
use crate::records::pages::written::error_of;

/// Form that assigns the pending stage; empty for those who may not.
pub(super) fn assign_form(
    page: &Page,
    record: &Record,
    approval: &Approval,
    values: &Values<'_>,
    refused: &Refused,
) -> Markup {
    let Some(stage) = approval.pending() else { return html! {} };
    if approval.assignable.is_empty() {
        return html! {};
    }
    let name = actions::ASSIGNEE.name();
    let chosen = if refused.form.has(name) {
        refused.form.get(name).to_owned()
    } else {
        stage.assignee.map_or_else(String::new, |person| person.to_string())
    };
    let option = |value: String, label: String| Choice { selected: value == chosen, value, label };
    let mut options =
        vec![option(String::new(), t!("Any {role}", role = stage.stage.decider().label().to_lowercase()))];
    options.extend(approval.assignable.iter().map(|person| {
        let title = values.directory.get(person).map_or_else(String::new, |found| found.title.clone());
        option(person.to_string(), title)
    }));
    let select = FormField {
        name: name.to_owned(),
        label: t!("Assignee").to_owned(),
        help: String::new(),
        error: error_of(&refused.errors, name),
        required: false,
        control: Control::Select { options },
        ..FormField::default()
    };
    html! {
        form.form.assign-form method="post" data-in-place action={ (PPA.url(record.id)) "/approval/assignee" } data-guard {
            input type="hidden" name="csrf_token" value=(page.csrf());
            (field(&select))
            (submit_button(t!("Assign"), "user-check", ButtonKind::Plain))
        }
    }
}

/// Form of a comment; empty for those who see none.
pub(super) fn comment_form(
    page: &Page,
    actor: &Actor,
    record: &Record,
    approval: &Approval,
    refused: &Refused,
) -> Markup {
    if approval.comments.is_none() || actor.read_only {
        return html! {};
    }
    let name = actions::TEXT.name();
    let text = FormField {
        name: name.to_owned(),
        label: t!("Add a comment").to_owned(),
        help: t!("Partners do not see comments.").to_owned(),
        error: error_of(&refused.errors, name),
        required: false,
        control: Control::Multiline { value: refused.form.get(name).to_owned(), rows: 2 },
        ..FormField::default()
    };
    html! {
        form.form.comment-form method="post" data-in-place action={ (PPA.url(record.id)) "/approval/comments" } data-guard novalidate {
            input type="hidden" name="csrf_token" value=(page.csrf());
            (field(&text))
            (submit_button(t!("Comment"), "message-square", ButtonKind::Plain))
        }
    }
}

/// Comment as an entry beside the decisions.
pub(super) fn comment_entry(comment: &Comment, approval: &Approval, values: &Values<'_>) -> HistoryEntry {
    let who = comment.created_by.and_then(|person| values.directory.get(&person));
    let mut what = t!("commented in {state}", state = label(&comment.stage).to_lowercase());
    if approval.round > 1 {
        what.push_str(&t!(", round {round}", round = comment.round));
    }
    HistoryEntry {
        who: who.map_or_else(|| t!("Somebody").to_owned(), |person| person.title.clone()),
        what,
        when: values.instant_text(comment.created_at),
        instant: comment.created_at.to_string(),
        changes: Vec::new(),
        note: comment.text.clone(),
    }
}

/// Table of the rounds so far, the last one first.
pub(super) fn rounds(approval: &Approval, values: &Values<'_>) -> Markup {
    html! {
        div.figure-scroll {
            table.figure-table data-stacks {
                caption.visually-hidden { (t!("Rounds of approval")) }
                thead { tr {
                    th scope="col" { (t!("Round")) } th scope="col" { (t!("Submitted")) } th scope="col" { (t!("Ended")) }
                    th scope="col" { (t!("State")) } th.right scope="col" { (t!("Budget")) }
                } }
                tbody { @for round in approval.rounds.iter().rev() { (round_row(round, values)) } }
            }
        }
    }
}

fn round_row(round: &RoundView, values: &Values<'_>) -> Markup {
    let (word, tone) = round_word(&round.state);
    html! {
        tr {
            th scope="row" {
                (round.number)
                @if round.is_revision { span.figure-note { (t_html!("Revision: {reason}", reason = round.reason)) } }
            }
            td data-label=(t!("Submitted")) {
                span {
                    @match round.submitted_at { Some(at) => (values.instant(at)), None => span.faint { "–" } }
                    @if let Some(person) = round.submitted_by { span.figure-note { (values.reference(person, "user")) } }
                }
            }
            td data-label=(t!("Ended")) { @match round.ended_at { Some(at) => (values.instant(at)), None => span.faint { "–" } } }
            td data-label=(t!("State")) { (badge(word, tone)) }
            td.right data-label=(t!("Budget")) { (money(snapshot::budget(&round.snapshot))) }
        }
    }
}

/// `POST /ppas/{id}/approval/assignee`.
pub(super) async fn assign(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let input = form.action(&actions::ASSIGN);
    let result = blocking(|| state.app.assign_approval(&actor, id.0, &input, None));
    answer(&state, &page, &actor, id.0, form, result, t!("Assignee saved"))
}

/// `POST /ppas/{id}/approval/comments`.
pub(super) async fn comment(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let input = form.action(&actions::ADD_COMMENT);
    let result = blocking(|| state.app.comment_approval(&actor, id.0, &input));
    answer(&state, &page, &actor, id.0, form, result, t!("Comment added"))
}

fn answer<T>(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    form: Form,
    result: Result<T, AppError>,
    message: &str,
) -> Result<Response, PageError> {
    match result {
        Ok(_) => Ok(done(&format!("{}?tab=approval", PPA.url(id)), message, None)),
        Err(error) => {
            let (status, refused) = Refused::read(form, error)?;
            let html = blocking(|| ppas::draw(state, page, actor, id, "approval", &refused))?;
            Ok((status, Html(html)).into_response())
        }
    }
}
