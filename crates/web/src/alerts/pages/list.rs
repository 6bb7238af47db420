//! List of alerts: tabs by state, and actions on rows.

use jiff::Timestamp;
use maud::html;
use obcms_app::Actor;
use obcms_domain::accounts::Action;
use obcms_domain::choices::ALERT_STATES;
use obcms_domain::kinds::{ALERT, alert};
use obcms_domain::registry::{Kind, Record};

use crate::components::icons::icon;
use crate::components::tables::BulkAction;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t, t_html};
use crate::core::frame::Page;
use crate::core::input::Form;
use crate::core::subject::RowAction;

/// Address of the active alerts, where the list begins.
pub const ACTIVE: &str = "/alerts?state=active";

/// Returns true if the person takes steps on alerts.
pub(super) fn takes_steps(actor: &Actor) -> bool {
    !actor.read_only && actor.may(Action::Transition, ALERT.area)
}

/// Tabs by state; other filters of the list stay.
#[must_use]
pub fn list_tabs(_: &Page, _: &Actor, _: &Kind, query: &Form) -> maud::Markup {
    let state = alert::STATE.name();
    let address = |value: &str| {
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        for (name, value) in query.0.iter().filter(|(name, _)| !["cursor", state].contains(&name.as_str())) {
            parameters.append_pair(name, value);
        }
        if value.is_empty() {
            // Without any parameter the list would begin with the active ones.
            if query.get("sort").is_empty() {
                parameters.append_pair("sort", ALERT.default_sort);
            }
        } else {
            parameters.append_pair(state, value);
        }
        format!("/{}?{}", ALERT.collection, parameters.finish())
    };
    let tab = |label: &str, value: &str| Tab {
        label: label.to_owned(),
        href: address(value),
        count: None,
        current: query.get(state) == value,
    };
    let mut all: Vec<Tab> =
        ALERT_STATES.iter().map(|choice| tab(words::label(choice.label), choice.value)).collect();
    all.push(tab(t!("All"), ""));
    tabs(t!("States"), &all)
}

/// Filters that the tabs show.
#[must_use]
pub fn list_tab_filters(_: &Page, _: &Actor, _: &Kind, query: &Form) -> &'static [&'static str] {
    let is_one = ALERT_STATES.iter().any(|choice| choice.value == query.get(alert::STATE.name()));
    if is_one { &["state"] } else { &[] }
}

/// Actions on the selected rows.
#[must_use]
pub fn bulk_actions(actor: &Actor, address: &dyn Fn(&str) -> String) -> Vec<BulkAction> {
    if !takes_steps(actor) {
        return Vec::new();
    }
    let action = |label: &str, icon: &str, path: &str| BulkAction {
        label: label.to_owned(),
        icon: icon.to_owned(),
        action: address(path),
        danger: false,
    };
    vec![
        action(t!("Acknowledge"), "check", "/acknowledge"),
        action(t!("Snooze for a week"), "alarm-clock", "/snooze"),
    ]
}

/// Button on the row of an active alert; it returns to the list.
#[must_use]
pub fn row_action(page: &Page, actor: &Actor, _: Timestamp, back: String) -> Option<RowAction> {
    let csrf_token = page.csrf().to_owned();
    takes_steps(actor).then(|| {
        Box::new(move |record: &Record| {
            html! {
                @if alert::STATE.get(record) == "active" && !record.is_archived() {
                    form.row-action method="post" action={ (ALERT.url(record.id)) "/acknowledge" } {
                        input type="hidden" name="csrf_token" value=(csrf_token);
                        input type="hidden" name="back" value=(back);
                        button.button.decide type="submit" data-only="icon" title=(t!("Acknowledge")) aria-label={ (t_html!("Acknowledge {title}", title = record.title())) } { (icon("check")) }
                    }
                }
            }
        }) as RowAction
    })
}
