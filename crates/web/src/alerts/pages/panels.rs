//! Panels: steps above an alert, and the alerts about a record on its page.

use jiff::ToSpan;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{ALERT_STATES, ALERT_TYPES};
use obcms_domain::kinds::{self, ALERT, TASK, alert};
use obcms_domain::registry::Record;

use super::list::takes_steps;
use crate::components::badges::{self, Tone};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::panel as box_of;
use crate::components::words::{self, t};
use crate::core::frame::Page;
use crate::core::state::State;
use crate::records::may_create;

/// What was found, and what can be done about it.
pub fn lead_panel(_: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let state = alert::STATE.get(record);
    let subject = alert::SUBJECT
        .get(record)
        .and_then(|link| kinds::by_name(&link.kind).map(|kind| (kind, kind.url(link.id))));
    let open = html! {
        @if let Some((kind, address)) = &subject {
            (button_link(&t!("Open the {kind}", kind = words::lower(words::label(kind.label))), address, kind.icon, ButtonKind::Plain))
        }
    };
    let content = html! {
        p.alert-finding { (alert::DESCRIPTION.get(record)) }
        @if state == "resolved" {
            p.muted { (t!("This is over. The alert was resolved by itself.")) }
        } @else if takes_steps(actor) && !record.is_archived() {
            (steps(page, actor, record, state))
        }
    };
    Ok(box_of("steps", ALERT.name, t!("Finding"), &open, &content))
}

fn steps(page: &Page, actor: &Actor, record: &Record, state: &str) -> Markup {
    let action = |step: &str| format!("{}/{step}", ALERT.url(record.id));
    let token = html! { input type="hidden" name="csrf_token" value=(page.csrf()); };
    let tomorrow = page.today.tomorrow().unwrap_or(page.today);
    let in_a_week = page.today.saturating_add(7.days());
    let has_task = alert::TASK.get(record).is_some();
    html! {
        div.alert-steps {
            @if state == "acknowledged" {
                form method="post" action=(action("reopen")) {
                    (token)
                    button.button type="submit" { (t!("Reopen")) }
                }
            } @else {
                form.row method="post" data-in-place action=(action("acknowledge")) {
                    (token)
                    label for="alert-note" { (t!("Note")) }
                    input.input #alert-note name="note" maxlength="2000";
                    button.button data-kind="main" type="submit" { (t!("Acknowledge")) }
                }
            }
            form.row method="post" data-in-place action=(action("snooze")) {
                (token)
                label for="alert-until" { (t!("Until")) }
                input.input #alert-until type="date" name="until" required min=(tomorrow) value=(in_a_week);
                button.button type="submit" { (t!("Snooze")) }
            }
            @if !has_task && may_create(actor, &TASK) {
                form.row method="post" data-in-place action=(action("task")) {
                    (token)
                    label for="alert-due" { (t!("Due")) }
                    input.input #alert-due type="date" name="due_date" value=(in_a_week);
                    button.button type="submit" { (t!("Make a task")) }
                }
            }
        }
    }
}

/// Alerts about a record, below its title.
pub fn about_strip(state: &State, _: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if !kinds::ALERT_SUBJECTS.contains(&record.kind.name) {
        return Ok(html! {});
    }
    let alerts = state.app.alerts_about(actor, record.id)?;
    // The place stays without any, so that a new alert appears without a reload.
    Ok(html! {
        ul.alert-strip #record-alerts data-live=(ALERT.name) aria-label=(t!("Alerts")) {
            @for one in &alerts {
                li data-severity=(alert::SEVERITY.get(one)) data-quiet[alert::STATE.get(one) != "active"] {
                    (badges::priority(alert::SEVERITY.get(one)))
                    a href=(ALERT.url(one.id)) { (words::choice(ALERT_TYPES, alert::ALERT_TYPE.get(one))) }
                    span.muted { (alert::DESCRIPTION.get(one)) }
                    @if alert::STATE.get(one) != "active" {
                        (badges::badge(words::choice(ALERT_STATES, alert::STATE.get(one)), Tone::Quiet))
                    }
                }
            }
        }
    })
}
